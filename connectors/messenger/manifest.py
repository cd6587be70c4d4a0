"""What is true of Messenger, each fact with its source."""

from __future__ import annotations

from connectors._meta.fields import API_VERSION, APP_FIELDS
from connectors._meta.media import HOSTS
from connectors._meta.options import options_beside
from connectors.contract import AttachmentRule, Capability, Fact, Field, Manifest, Rule, TextLimit

_READ_ON = "2026-11-22"
_DOCS = "https://developers.facebook.com/docs/messenger-platform"


def _fact(page: str) -> Fact:
    return Fact(source=f"{_DOCS}/{page}", read_on=_READ_ON)


TEXT = TextLimit(limit=2000, unit="characters", fact=_fact("reference/send-api"))
STANDARD_WINDOW_SECONDS = 24 * 3600
"""https://developers.facebook.com/docs/messenger-platform/policy/policy-overview (read 2026-11-22): after a person's
message, pressed button, reaction or click on a link to the chat.
"""
HUMAN_AGENT_WINDOW_SECONDS = 7 * 24 * 3600
"""https://developers.facebook.com/docs/messenger-platform/send-messages/message-tags (read 2026-11-22): for what a
person of ours writes, where the app has the feature Human Agent.
"""

FIELDS = (
    "messages",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_deliveries",
    "message_reads",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_optins",
    "messaging_handovers",
    "messaging_policy_enforcement",
    "messaging_customer_information",
    "messaging_feedback",
    "standby",
)
"""What is subscribed to. `response_feedback` is read but not asked for: subscribing puts buttons under our messages.
https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/response_feedback (read 2026-11-22).
"""
SCOPES = ("pages_messaging", "pages_manage_metadata", "pages_show_list")

IGNORED = {
    "app_roles": "which app owns new conversations is set at Facebook; nothing was said",
    "account_linking": "signing in to the company's own site from the chat is the site's business",
    "message_context": "tells what led to a message; the message brings it, too",
    "game_play": "Instant Games are no conversation",
    "policy_unblock": "the Page may write again; the channel is set right by an admin",
}

_UPLOADS = _fact("send-messages/saving-assets")
_MEGABYTE = 1_000_000
_ATTACHMENTS = (
    AttachmentRule("image", ("image/jpeg", "image/png", "image/gif", "image/webp"), 8 * _MEGABYTE, None, _UPLOADS),
    AttachmentRule("video", ("video/*",), 25 * _MEGABYTE, None, _UPLOADS),
    AttachmentRule("audio", ("audio/*",), 25 * _MEGABYTE, None, _UPLOADS),
    AttachmentRule("file", ("*/*",), 25 * _MEGABYTE, None, _UPLOADS),
)

_DIRECT = Capability(
    audience="private",
    text=TEXT,
    attachments=_ATTACHMENTS,
    actions=frozenset({"send", "react", "typing", "seen"}),
    window_seconds=STANDARD_WINDOW_SECONDS,
    options=options_beside(TEXT),
)

MANIFEST = Manifest(
    network="messenger",
    name="Messenger",
    colour="#0084ff",
    mark="M",
    inbound=frozenset({"webhook", "poll"}),
    kinds={"direct": _DIRECT},
    fields=(
        Field("page_id", "Page ID", required=False, help="Left empty, it is taken from the token."),
        Field(
            "page_access_token",
            "Page access token",
            secret=True,
            required=False,
            help="Of the Page, or of a system user who may act as it. Signing in with Facebook brings one.",
        ),
        Field(
            "human_agent",
            "Human Agent feature",
            required=False,
            default="yes",
            choices=("yes", "no"),
            help="yes: your app was granted Human Agent, so people may answer for 7 days; no: for 24 hours.",
        ),
        *APP_FIELDS,
        API_VERSION,
    ),
    base_url="https://graph.facebook.com",
    identity_scope="asset",
    unsend="erase",
    idempotent_sends=False,
    receipts=frozenset({"accepted", "delivered", "read"}),
    reactions_in=True,
    edits_in=True,
    deletes_in=True,
    media_hosts=HOSTS,
    rate_per_second=40.0,
    rate_per_thread_second=2.0,
    documented_events=(
        "message",
        "message_echo",
        "message_deleted",
        "message_edit",
        "reaction",
        "delivery",
        "read",
        "postback",
        "referral",
        "optin",
        "pass_thread_control",
        "take_thread_control",
        "request_thread_control",
        "policy_enforcement",
        "response_feedback",
        "messaging_customer_information",
        "messaging_feedback",
        "standby",
        "permissions",
        *IGNORED,
    ),
    ignored_events=IGNORED,
    rules=(
        Rule("verifies-signature", True),
        Rule("dedupes-redelivery", True),
        Rule("maps-all-documented-events", True),
        Rule("reports-receipts", True),
        Rule("handles-revocation", True, "permissions taken back, policy enforcement, and error 190 ask for a sign-in"),
        Rule("limits-sourced", True),
        Rule("golden-per-event", True),
        Rule("live-tested", False, "needs an app of Meta's with a Page"),
    ),
    facts=(
        _fact("webhooks"),
        _fact("reference/webhook-events"),
        _fact("send-messages/sender-actions"),
        _fact("handover-protocol"),
        _fact("error-codes"),
        _fact("policy/policy-overview"),
    ),
    door="meta",
    asset_fields=("page_id",),
)
