"""What is true of the custom channel. Its rules are ours, so README.md is the source of most facts."""

from __future__ import annotations

from connectors.contract import AttachmentRule, Capability, Fact, Field, Manifest, Rule, TextLimit
from connectors.custom.payloads import EVENTS
from connectors.inbound import AttachmentKind

_OURS = Fact("connectors/custom/README.md", "2026-11-22")
_STANDARD = Fact(
    "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md", "2026-11-22"
)
_TEXT = TextLimit(65_536, "characters", _OURS)
_KINDS: tuple[AttachmentKind, ...] = ("image", "video", "audio", "file")
_MIMES = {"image": ("image/*",), "video": ("video/*",), "audio": ("audio/*",), "file": ("*/*",)}
_FILES = tuple(AttachmentRule(kind, _MIMES[kind], 100_000_000, 20, _OURS) for kind in _KINDS)

_PRIVATE = Capability(
    audience="private",
    text=_TEXT,
    attachments=_FILES,
    actions=frozenset({"send", "edit", "delete_sent", "react", "ban", "seen", "typing"}),
    edit_seconds=0,
    delete_seconds=0,
    html=True,
    starts=True,
)
_COMMENT = Capability(
    audience="public",
    text=_TEXT,
    attachments=_FILES,
    actions=frozenset(
        {
            "reply_comment", "private_reply", "edit", "delete_sent", "hide", "unhide", "delete_comment", "react",
            "ban", "seen",
        }
    ),
    edit_seconds=0,
    delete_seconds=0,
)  # fmt: skip
_MENTION = Capability(
    audience="public",
    text=_TEXT,
    attachments=_FILES,
    actions=frozenset({"reply_comment", "private_reply", "edit", "delete_sent", "react", "ban", "seen"}),
    edit_seconds=0,
    delete_seconds=0,
)
_REVIEW = Capability(
    audience="public",
    text=_TEXT,
    actions=frozenset({"reply_review", "delete_sent", "seen"}),
    delete_seconds=0,
)

MANIFEST = Manifest(
    network="custom",
    name="Custom channel",
    colour="#5b6472",
    mark="C",
    inbound=frozenset({"webhook"}),
    kinds={
        "direct": _PRIVATE,
        "group": _PRIVATE,
        "chat": _PRIVATE,
        "comment": _COMMENT,
        "mention": _MENTION,
        "review": _REVIEW,
    },
    fields=(
        Field("name", "Name of the system", required=False, help="What agents read; the channel's name if empty."),
        Field(
            "outbound_url",
            "Address for our answers",
            required=False,
            form="url",
            help="Every answer and action is posted here. Leave empty for a channel that only receives.",
        ),
        Field(
            "base_url",
            "Address of your system",
            required=False,
            form="url",
            help="Files in messages are loaded from this host only; the host of outbound_url if empty.",
        ),
        Field(
            "webhook_secret",
            "Webhook secret",
            secret=True,
            required=False,
            form="signing_secret",
            help="Signs both directions. `whsec_` and base64 of 24 to 64 bytes; made for you if empty.",
        ),
        Field(
            "signature",
            "How deliveries to us are signed",
            required=False,
            default="standard",
            help="Standard Webhooks unless the sender knows only another way. For `basic` the secret is user:password.",
            choices=("standard", "github", "stripe", "base64", "basic", "bearer"),
        ),
        Field("signature_header", "Signature header", required=False, help="Where the sender uses another name."),
        Field("signature_algorithm", "Hash", required=False, choices=("", "sha1", "sha256", "sha512")),
        Field("signature_encoding", "Encoding of the signature", required=False, choices=("", "hex", "base64")),
        Field("signature_prefix", "Text before the signature", required=False),
        Field("signature_signed", "What is signed", required=False, choices=("", "body", "time.body", "url+body")),
    ),
    base_url="",
    identity_scope="asset",
    unsend="erase",
    idempotent_sends=True,
    receipts=frozenset({"accepted", "delivered", "read"}),
    reactions_in=True,
    edits_in=True,
    deletes_in=True,
    typing_in=True,
    max_body_bytes=1_048_576,
    rate_per_second=30.0,
    rate_per_thread_second=10.0,
    documented_events=(*EVENTS, "ping", "challenge"),
    ignored_events={
        "ping": "proves the signature and brings nothing",
        "challenge": "is answered at once and brings nothing",
    },
    rules=(
        Rule("verifies-signature", done=True),
        Rule("dedupes-redelivery", done=True),
        Rule("maps-all-documented-events", done=True),
        Rule("reports-receipts", done=True),
        Rule("handles-revocation", done=True),
        Rule("limits-sourced", done=True),
        Rule("golden-per-event", done=True),
        Rule("live-tested", done=False, reason="there is no one network to try it against"),
    ),
    facts=(_OURS, _STANDARD),
)
