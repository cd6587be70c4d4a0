"""What is true of Instagram, each fact with its source."""

from __future__ import annotations

from connectors._meta.fields import API_VERSION, APP_FIELDS
from connectors._meta.media import HOSTS
from connectors._meta.options import options_beside
from connectors.contract import AttachmentRule, Capability, Fact, Field, Manifest, Rule, TextLimit

_READ_ON = "2026-11-22"
_PLATFORM = "https://developers.facebook.com/docs/instagram-platform"
_MESSAGING = "https://developers.facebook.com/docs/messenger-platform/instagram"

NETWORK = "instagram"
INSTAGRAM_HOST = "https://graph.instagram.com"
FACEBOOK_HOST = "https://graph.facebook.com"


def _fact(page: str) -> Fact:
    return Fact(source=f"{_PLATFORM}/{page}", read_on=_READ_ON)


_SENDING = _fact("instagram-api-with-instagram-login/messaging-api")
_MEDIA = Fact(source=f"{_MESSAGING}/features/send-message", read_on=_READ_ON)
_UPLOAD = Fact(source=f"{_MESSAGING}/features/attachment-upload", read_on=_READ_ON)
_COMMENTS = _fact("instagram-graph-api/reference/ig-media/comments")
_REPLIES = _fact("instagram-graph-api/reference/ig-comment/replies")
_PRIVATE = Fact(source=f"{_MESSAGING}/features/private-replies", read_on=_READ_ON)

TEXT = TextLimit(limit=1000, unit="bytes", fact=_SENDING)
COMMENT = TextLimit(limit=300, unit="utf16", fact=_COMMENTS)
"""Instagram says `characters`. Counted in UTF-16 units, the stricter reading, so that none is refused after sending."""
COMMENT_HASHTAGS = 4
COMMENT_LINKS = 1
"""Both from the page of `COMMENT`."""

IMAGES_AT_ONCE = 10
"""The page of `_SENDING`: several pictures go as one message."""
_MB = 1_000_000
_ATTACHMENTS = (
    AttachmentRule("image", ("image/png", "image/jpeg"), 8 * _MB, None, _MEDIA),
    AttachmentRule(
        "video", ("video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"), 25 * _MB, None, _MEDIA
    ),
    AttachmentRule(
        "audio", ("audio/aac", "audio/mp4", "audio/x-m4a", "audio/m4a", "audio/wav", "audio/x-wav"), 25 * _MB, None,
        _MEDIA,
    ),
    AttachmentRule("file", ("application/pdf",), 25 * _MB, None, _UPLOAD),
)  # fmt: skip

DAY_SECONDS = 86_400
WINDOW_SECONDS = DAY_SECONDS
"""How long after the customer's last message anything may be said (`_SENDING`)."""
HUMAN_AGENT_SECONDS = 7 * DAY_SECONDS
"""How long a person may still answer with the tag HUMAN_AGENT, which Meta grants an app on request (`_SENDING`)."""
PRIVATE_REPLY_SECONDS = 7 * DAY_SECONDS
"""How long after a comment it can be answered in private, once (`_PRIVATE`)."""

HEART = "❤️"

SUBSCRIBED = (
    "messages",
    "message_reactions",
    "messaging_seen",
    "message_edit",
    "comments",
    "live_comments",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_handover",
    "standby",
    "mentions",
)
"""What an account that signed in with Instagram is subscribed to. Behind a Page the app's dashboard chooses them.
https://developers.facebook.com/docs/instagram-platform/webhooks (read 2026-11-22).
"""

SELF_MESSAGE = "self_message"
OWN_POST_COMMENT = "own_post_comment"

INSTAGRAM_SCOPES = (
    "instagram_business_basic",
    "instagram_business_manage_messages",
    "instagram_business_manage_comments",
)
FACEBOOK_SCOPES = (
    "instagram_basic",
    "instagram_manage_messages",
    "instagram_manage_comments",
    "pages_manage_metadata",
    "pages_read_engagement",
    "pages_show_list",
)
"""What is asked of the admin. https://developers.facebook.com/docs/instagram-platform/overview (read 2026-11-22)."""

_IGNORED = {
    "messaging_handover": "which app holds a conversation is settled in the Page's settings; what is said comes anyway",
    "messaging_optins": "a subscription to marketing messages is no contact that waits for an answer",
    "story_insights": "numbers of an ended story name nobody",
    "story_poll_response": "votes in a story's poll are read in Instagram",
    "comment_poll_response": "votes in a poll under a post are read in Instagram",
    "share_to_story": "that somebody shared a post into a story comes without the story",
    "follow": "a new follower has asked nothing",
    "onboarding_welcome_message_series": "our own greeting was shown",
    SELF_MESSAGE: "the account wrote to itself, as previews of automations do",
    OWN_POST_COMMENT: "our own first comment under a post of ours is to nobody",
}

_DIRECT = Capability(
    audience="private",
    text=TEXT,
    attachments=_ATTACHMENTS,
    actions=frozenset({"send", "react", "seen", "typing"}),
    window_seconds=WINDOW_SECONDS,
    options=options_beside(TEXT),
)
_COMMENT = Capability(
    audience="public",
    text=COMMENT,
    actions=frozenset({"reply_comment", "private_reply", "hide", "unhide", "delete_comment", "delete_sent"}),
    delete_seconds=0,
    private_reply_seconds=PRIVATE_REPLY_SECONDS,
)
_MENTION = Capability(audience="public", text=COMMENT, actions=frozenset({"reply_comment"}))

MANIFEST = Manifest(
    network=NETWORK,
    name="Instagram",
    colour="#d62976",
    mark="Ig",
    inbound=frozenset({"webhook", "poll"}),
    kinds={"direct": _DIRECT, "comment": _COMMENT, "mention": _MENTION},
    fields=(
        Field(
            "access_token",
            "Access token",
            secret=True,
            required=False,
            help="Of the Instagram account (begins with IG), or of the Page it is linked to (begins with EAA). Left "
            "empty, sign in at the network after the channel is made.",
        ),
        Field(
            "ig_user_id",
            "Instagram account",
            required=False,
            help="Id of the professional account, 17841… Left empty, the token tells.",
        ),
        Field(
            "login",
            "Signed in with",
            required=False,
            choices=("instagram", "facebook"),
            help="Left empty, the token tells; without a token: instagram.",
        ),
        Field(
            "human_agent",
            "Human Agent feature",
            required=False,
            default="yes",
            choices=("yes", "no"),
            help="yes: your app was granted Human Agent, so people may answer for 7 days; no: for 24 hours.",
        ),
        Field(
            "poll_seconds",
            "Compare comments every",
            required=False,
            default="300",
            form="number",
            least=30,
            most=86_400,
            help="Seconds. Instagram does not tell when a comment is deleted, hidden or changed: it is looked for.",
        ),
        *APP_FIELDS,
        API_VERSION,
    ),
    base_url=INSTAGRAM_HOST,
    identity_scope="asset",
    unsend="erase",
    idempotent_sends=False,
    receipts=frozenset({"accepted", "read"}),
    reactions_in=True,
    edits_in=True,
    deletes_in=True,
    media_hosts=HOSTS,
    rate_per_second=10.0,
    rate_per_thread_second=1.0,
    documented_events=(*SUBSCRIBED, *(kind for kind in _IGNORED if kind not in SUBSCRIBED)),
    ignored_events=_IGNORED,
    rules=(
        Rule("verifies-signature", True, "with every live secret of the app"),
        Rule("dedupes-redelivery", True),
        Rule("maps-all-documented-events", True),
        Rule("reports-receipts", True, "seen; Instagram tells nothing of delivery"),
        Rule("handles-revocation", True, "190 and its kin ask for a new sign-in; tokens are refreshed before they end"),
        Rule("limits-sourced", True),
        Rule("golden-per-event", True),
        Rule("live-tested", False, "needs a professional account and an app reviewed by Meta"),
    ),
    facts=(
        _SENDING,
        _REPLIES,
        _PRIVATE,
        _fact("comment-moderation"),
        _fact("webhooks/examples"),
        _fact("webhooks/new"),
        _fact("self-messaging"),
        _fact("instagram-graph-api/reference/ig-user/mentions"),
    ),
    reactions_out=(HEART,),
    door="meta",
    asset_fields=("ig_user_id", "app_scoped_id", "page_id"),
)
