"""What is true of the website chat. Its rules are ours, so README.md is the source of its limits."""

from __future__ import annotations

from connectors.contract import AttachmentRule, Capability, Fact, Field, Manifest, Rule, TextLimit
from connectors.webchat.payloads import EVENTS

_OURS = Fact("connectors/webchat/README.md", "2026-11-22")
_HMAC = Fact("https://developers.intercom.com/installing-intercom/web/identity-verification", "2026-11-22")
TEXT = TextLimit(4_000, "characters", _OURS)
_FILE_BYTES = 20_000_000
_FILES = (
    AttachmentRule("image", ("image/jpeg", "image/png", "image/gif", "image/webp"), _FILE_BYTES, 10, _OURS),
    AttachmentRule("video", ("video/mp4", "video/webm"), _FILE_BYTES, 10, _OURS),
    AttachmentRule(
        "audio", ("audio/mpeg", "audio/ogg", "audio/mp4", "audio/wav", "audio/webm"), _FILE_BYTES, 10, _OURS,
    ),
    AttachmentRule(
        "file",
        (
            "application/pdf", "text/plain", "text/csv", "application/zip", "application/msword",
            "application/vnd.openxmlformats-officedocument.*", "application/vnd.oasis.opendocument.*",
        ),
        _FILE_BYTES,
        10,
        _OURS,
    ),
)  # fmt: skip

CHAT = Capability(
    audience="private",
    text=TEXT,
    attachments=_FILES,
    actions=frozenset({"send", "edit", "delete_sent", "typing"}),
    edit_seconds=0,
    delete_seconds=0,
)

FIELDS = (
    Field(
        "allowed_origins",
        "Websites the chat may stand on",
        required=False,
        help="One origin a line: https://shop.example or https://*.shop.example. Empty: only this installation.",
    ),
    Field("site_name", "Name above the chat", required=False, help="The channel's name if empty."),
    Field(
        "identity_secret",
        "Identity secret",
        secret=True,
        required=False,
        form="secret",
        help="Your server signs the ids of signed-in customers with it. Made for you if empty.",
    ),
    Field(
        "pre_chat_form",
        "Questions before the first message",
        required=False,
        help='JSON list of fields: [{"name": "email", "type": "email", "label": "E-mail", "required": true}]. Types: '
        "name, email, phone, text, select (with options), checkbox (with version, for consent).",
    ),
    Field(
        "hours",
        "Opening hours",
        required=False,
        help='JSON: {"timezone": "Europe/Athens", "weekly": {"mon": ["09:00-18:00"]}, "holidays": ["12-25", '
        '"2026-04-13"]}. Empty: always open.',
    ),
    Field("greeting", "Greeting", required=False, help='Text, or JSON by language: {"en": "Hello", "de": "Hallo"}.'),
    Field("quick_replies", "Quick answers under the greeting", required=False, help="One a line, or JSON by language."),
    Field("offline_text", "Text while closed", required=False, help="Text, or JSON by language."),
    Field(
        "colour",
        "Colour",
        required=False,
        default="#0b6377",
        help="#rrggbb, of launcher and visitor's messages.",
        pattern="#[0-9A-Fa-f]{6}",
    ),
    Field("languages", "Languages", required=False, default="en,el,id,hy,fi,de", help="The first is the fallback."),
    Field(
        "reply_seconds",
        "Expected time to answer",
        required=False,
        help="In seconds; shown beside the name.",
        form="number",
        least=1,
        most=9_999_999,
    ),
    Field("privacy_url", "Privacy page", required=False, help="Address of your own page.", form="url"),
    Field("blocked_addresses", "Blocked addresses", required=False, help="IP addresses or networks, one a line."),
)

MANIFEST = Manifest(
    network="webchat",
    name="Website chat",
    colour="#0b6377",
    mark="W",
    inbound=frozenset({"chat"}),
    kinds={"chat": CHAT},
    fields=FIELDS,
    base_url="",
    identity_scope="asset",
    unsend="erase",
    idempotent_sends=True,
    receipts=frozenset({"accepted", "delivered", "read"}),
    edits_in=True,
    deletes_in=True,
    typing_in=True,
    max_body_bytes=65_536,
    rate_per_second=100.0,
    rate_per_thread_second=5.0,
    documented_events=EVENTS,
    rules=(
        Rule(
            "verifies-signature",
            done=False,
            reason="no third party posts: a visitor's token and identity are checked by the socket",
        ),
        Rule("dedupes-redelivery", done=True),
        Rule("maps-all-documented-events", done=True),
        Rule("reports-receipts", done=True),
        Rule("handles-revocation", done=False, reason="there is no access that somebody else could withdraw"),
        Rule("limits-sourced", done=True),
        Rule("golden-per-event", done=True),
        Rule("live-tested", done=True, reason="2026-11-22, in Chromium against the service itself"),
    ),
    facts=(_OURS, _HMAC),
)
