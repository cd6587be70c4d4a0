"""What is true of WhatsApp, each fact with its source."""

from __future__ import annotations

from connectors._meta.fields import API_VERSION, APP_FIELDS
from connectors.contract import AttachmentRule, Capability, Fact, Field, Manifest, Options, Rule, TextLimit

_READ_ON = "2026-11-22"
_DOCS = "https://developers.facebook.com/documentation/business-messaging/whatsapp"


def _fact(page: str) -> Fact:
    return Fact(source=f"{_DOCS}/{page}", read_on=_READ_ON)


TEXT = TextLimit(limit=4096, unit="characters", fact=_fact("messages/text-messages"))
CAPTION = TextLimit(limit=1024, unit="characters", fact=_fact("messages/image-messages"))

_BUTTONS = _fact("messages/interactive-reply-buttons-messages")
_LIST = _fact("messages/interactive-list-messages")
_LINK = _fact("messages/interactive-cta-url-messages")
OPTIONS = Options(
    max_count=3,
    title=TextLimit(20, "characters", _BUTTONS),
    text=TextLimit(1024, "characters", _BUTTONS),
    longer=Options(
        max_count=10,
        title=TextLimit(24, "characters", _LIST),
        text=TextLimit(4096, "characters", _LIST),
        description=TextLimit(72, "characters", _LIST),
        button=TextLimit(20, "characters", _LIST),
    ),
    links=Options(max_count=1, title=TextLimit(20, "characters", _LINK), text=TextLimit(1024, "characters", _LINK)),
    location=True,
)
"""Reply buttons; more than three are a list; one alone may open an address. The place is asked for by
https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-request-messages
(read 2026-11-22).
"""

WINDOW_SECONDS = 24 * 3600
"""https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages (read 2026-11-22):
the customer service window, counted from the person's last message or call. After it only templates are taken.
"""
FREE_ENTRY_HOURS = 72
"""https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing (read 2026-11-22): an answer within
24 hours to somebody who came from an ad opens a free entry point. It makes messages free of charge; words of one's own
still need the 24-hour window.
"""

IMAGE_MAX_BYTES = 5 * 1024 * 1024
MEDIA_MAX_BYTES = 16 * 1024 * 1024
DOCUMENT_MAX_BYTES = 100 * 1024 * 1024
STICKER_MAX_BYTES = 500 * 1024
"""https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
(read 2026-11-22). A picture, video or sound above its limit is sent as a document.
"""

MESSAGE_TYPES = (
    "text",
    "image",
    "video",
    "audio",
    "voice",
    "sticker",
    "document",
    "location",
    "contacts",
    "button",
    "interactive",
    "order",
    "unsupported",
    "request_welcome",
    "reaction",
    "edit",
    "revoke",
    "system",
)
STATUSES = ("sent", "delivered", "read", "played", "failed")
FIELDS = (
    "messages",
    "smb_message_echoes",
    "history",
    "calls",
    "user_preferences",
    "user_id_update",
    "account_update",
    "group_lifecycle_update",
    "group_status_update",
)
"""Fields of the webhook that are read; those below are of no interest."""

IGNORED = {
    "deleted": "a message of ours was deleted by its reader for himself",
    "warning": "a note on a message of ours that was sent all the same",
    "smb_app_state_sync": "the address book of the phone app: people are called what they call themselves",
    "account_alerts": "advice on verification and limits, read in WhatsApp Manager",
    "account_review_update": "the review of the account, read in WhatsApp Manager",
    "account_settings_update": "as account_alerts",
    "business_capability_update": "limits of the account, read in WhatsApp Manager",
    "business_status_update": "as business_capability_update",
    "business_username_update": "our own username",
    "message_template_status_update": "the list of templates is read anew whenever it is shown",
    "message_template_quality_update": "as message_template_status_update",
    "message_template_components_update": "as message_template_status_update",
    "template_category_update": "as message_template_status_update",
    "template_correct_category_detection": "as message_template_status_update",
    "phone_number_name_update": "the number's display name, read in WhatsApp Manager",
    "phone_number_quality_update": "the number's rating, read in WhatsApp Manager",
    "security": "two-step codes are set in WhatsApp Manager",
    "flows": "states of flows are seen where flows are made",
    "group_participants_update": "who is in a group shows when they write",
    "group_settings_update": "the picture and description of a group",
    "payment_configuration_update": "payments are settled elsewhere",
    "partner_solutions": "contracts between providers",
    "tracking_events": "measures of advertising",
    "automatic_events": "as tracking_events",
    "messaging_handovers": "this app does not share the number with another",
    "standby": "as messaging_handovers: what is said meanwhile is for another app to answer",
    "account_news": "events of the account that change nothing for its messages",
    "passing_error": "an overload of WhatsApp's that passes by itself",
    "group_news": "events of a group other than its end, and requests of ours that failed",
    "history_declined": "the business did not share its older messages",
    "outgoing_call": "a call of ours",
    "call_ringing": "a call that is told of again when it is over",
}
"""Kind → why it is of no interest."""

_MEDIA = _fact("business-phone-numbers/media")
_ATTACHMENTS = (
    AttachmentRule("image", ("image/*",), DOCUMENT_MAX_BYTES, None, _MEDIA),
    AttachmentRule("video", ("video/*",), DOCUMENT_MAX_BYTES, None, _MEDIA),
    AttachmentRule("audio", ("audio/*",), DOCUMENT_MAX_BYTES, None, _MEDIA),
    AttachmentRule("sticker", ("image/webp",), DOCUMENT_MAX_BYTES, None, _MEDIA),
    AttachmentRule("file", ("*/*",), DOCUMENT_MAX_BYTES, None, _MEDIA),
)

_DIRECT = Capability(
    audience="private",
    text=TEXT,
    attachments=_ATTACHMENTS,
    actions=frozenset({"send", "react", "seen", "typing", "ban"}),
    window_seconds=WINDOW_SECONDS,
    starts=True,
    options=OPTIONS,
)
_GROUP = Capability(
    audience="private",
    text=TEXT,
    attachments=_ATTACHMENTS,
    actions=frozenset({"send", "seen"}),
    window_seconds=WINDOW_SECONDS,
)

MANIFEST = Manifest(
    network="whatsapp",
    name="WhatsApp",
    colour="#25d366",
    mark="W",
    inbound=frozenset({"webhook"}),
    kinds={"direct": _DIRECT, "group": _GROUP},
    fields=(
        Field(
            "phone_number_id",
            "Phone number ID",
            required=False,
            help="WhatsApp → API setup. Left empty, it is found out where the account has a single number.",
        ),
        Field(
            "waba_id",
            "WhatsApp Business Account ID",
            required=False,
            help="WhatsApp → API setup. Left empty, it is found out where the token is for a single account.",
        ),
        Field(
            "access_token",
            "Access token",
            secret=True,
            help="Of a system user, with whatsapp_business_messaging and whatsapp_business_management."
            " Signing in brings one.",
        ),
        Field(
            "pin",
            "PIN of the number",
            secret=True,
            required=False,
            help="Six digits, of its two-step verification: registers a number that is not on the Cloud API yet.",
        ),
        Field(
            "template_language",
            "Language of templates",
            required=False,
            default="en_US",
            help="Used where a template is named without its language.",
        ),
        *APP_FIELDS,
        Field(
            "config_id",
            "Configuration of Embedded Signup",
            required=False,
            of_app=True,
            help="Facebook Login for Business → Configurations, of the variation WhatsApp Embedded Signup.",
        ),
        API_VERSION,
    ),
    base_url="https://graph.facebook.com",
    identity_scope="network",
    unsend="erase",
    idempotent_sends=False,
    receipts=frozenset({"accepted", "delivered", "read"}),
    reactions_in=True,
    edits_in=True,
    deletes_in=True,
    media_hosts=("*.fbsbx.com", "*.fbcdn.net", "*.whatsapp.net"),
    max_body_bytes=4 * 1024 * 1024,
    rate_per_second=80.0,
    rate_per_thread_second=1.0,
    concurrency=4,
    documented_events=(*FIELDS, *MESSAGE_TYPES, *STATUSES, *IGNORED),
    ignored_events=IGNORED,
    rules=(
        Rule("verifies-signature", True, "HMAC-SHA256 of the raw body with the app's secret"),
        Rule("dedupes-redelivery", True),
        Rule("maps-all-documented-events", True),
        Rule("reports-receipts", True, "sent, delivered, read and played; failed also after any of them"),
        Rule("handles-revocation", True, "account_update, revoked permissions, and error 190 ask for a new token"),
        Rule("limits-sourced", True),
        Rule("golden-per-event", True),
        Rule("live-tested", False, "needs a number of a business at Meta"),
    ),
    facts=(
        _fact("webhooks/reference/messages"),
        _fact("business-scoped-user-ids"),
        _fact("messages/send-messages"),
        _fact("throughput"),
        _fact("pricing"),
    ),
    door="meta",
    asset_fields=("phone_number_id", "waba_id"),
)
