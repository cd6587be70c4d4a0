"""What is true of Facebook Pages, each fact with its source."""

from __future__ import annotations

from connectors._meta.fields import API_VERSION, APP_FIELDS
from connectors.contract import AttachmentRule, Capability, Fact, Field, Manifest, Rule, TextLimit
from connectors.outbound import ActionName

_READ_ON = "2026-11-22"
_DOCS = "https://developers.facebook.com/docs"


def _fact(page: str) -> Fact:
    return Fact(source=f"{_DOCS}/{page}", read_on=_READ_ON)


TEXT = TextLimit(limit=8000, unit="characters", fact=_fact("graph-api/reference/object/comments"))
"""The reference names no limit; 8000 is where Facebook's own composer stops."""
PRIVATE_TEXT = TextLimit(limit=2000, unit="characters", fact=_fact("messenger-platform/reference/send-api#message"))
"""A private reply is a message of Messenger."""
PRIVATE_REPLY_SECONDS = 7 * 86_400
"""https://developers.facebook.com/docs/messenger-platform/discovery/private-replies (read 2026-11-22): one, within 7
days of the comment.
"""

SCOPES = ("pages_read_engagement", "pages_read_user_content", "pages_manage_engagement", "pages_manage_metadata")
"""Permissions without which nothing works. https://developers.facebook.com/docs/pages-api/comments-mentions
(read 2026-11-22).
"""
PRIVATE_SCOPE = "pages_messaging"
"""The permission for private replies."""
SUBSCRIBED_FIELDS = ("feed", "mention", "ratings")
"""https://developers.facebook.com/docs/graph-api/webhooks/reference/page (read 2026-11-22)."""

LIKE = "👍"
REACTIONS = {
    "like": LIKE,
    "love": "❤️",
    "care": "🤗",
    "haha": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😡",
    "thankful": "🌸",
    "pride": "🏳️‍🌈",
}
"""Facebook's name → what people see. https://developers.facebook.com/docs/graph-api/reference/object/reactions
(read 2026-11-22). A page itself can only like.
"""

_IGNORED = {
    "page_like": "somebody follows the page: nothing is said",
    "post_reaction": "a reaction on a post, not on what somebody wrote to us",
    "reaction_without_author": "Facebook keeps to itself who reacted, so that it could not be taken back",
    "share": "somebody shared a post on his own profile",
    "own_post_removed": "a post of our own was hidden or removed: what was written under it stays",
    "video_moderation": "a video of ours was blocked, unblocked or muted: shown in Meta Business Suite",
    "permissions": "a permission was granted: nothing to do",
    "without_value": "a change of which only the field is told",
    "test": "the Test button of the developer dashboard",
}

_IMAGES = AttachmentRule(
    "image", ("image/jpeg", "image/png", "image/gif"), 4_000_000, 1, _fact("graph-api/reference/photo")
)
_OWN: frozenset[ActionName] = frozenset({"edit", "delete_sent"})

_COMMENT = Capability(
    audience="public",
    text=TEXT,
    attachments=(_IMAGES,),
    actions=_OWN | {"reply_comment", "private_reply", "hide", "unhide", "delete_comment", "react", "ban"},
    edit_seconds=0,
    delete_seconds=0,
    private_text=PRIVATE_TEXT,
    private_reply_seconds=PRIVATE_REPLY_SECONDS,
)
_MENTION = Capability(
    audience="public",
    text=TEXT,
    attachments=(_IMAGES,),
    actions=_OWN | {"reply_comment", "react", "ban"},
    edit_seconds=0,
    delete_seconds=0,
)
_REVIEW = Capability(
    audience="public",
    text=TEXT,
    actions=_OWN | {"reply_review", "react", "ban"},
    edit_seconds=0,
    delete_seconds=0,
)

MANIFEST = Manifest(
    network="facebook_page",
    name="Facebook Page",
    colour="#0866ff",
    mark="f",
    inbound=frozenset({"webhook", "poll"}),
    kinds={"comment": _COMMENT, "mention": _MENTION, "review": _REVIEW},
    fields=(
        Field("page_id", "Page ID", required=False, help="Found out from the token where it is left empty."),
        Field(
            "page_access_token",
            "Page access token",
            secret=True,
            help="Of a long-lived user token or a system user, with pages_read_engagement, pages_read_user_content, "
            "pages_manage_engagement, pages_manage_metadata and pages_messaging.",
        ),
        *APP_FIELDS,
        API_VERSION,
    ),
    base_url="https://graph.facebook.com",
    identity_scope="asset",
    # Facebook tells that a comment is gone, not who removed it: what our own people removed must stay on record.
    unsend="keep",
    idempotent_sends=False,
    receipts=frozenset({"accepted"}),
    reactions_in=True,
    edits_in=True,
    deletes_in=True,
    media_hosts=("*.fbcdn.net", "*.fbsbx.com"),
    rate_per_second=5.0,
    rate_per_thread_second=1.0,
    documented_events=(
        *("feed_comment_add", "feed_comment_edited", "feed_comment_remove", "feed_comment_hide", "feed_comment_unhide"),
        *("feed_post_add", "feed_post_edited", "feed_post_remove", "feed_post_hide", "feed_post_unhide"),
        *("feed_status_add", "feed_status_edited", "feed_photo_add", "feed_video_add", "feed_album_add"),
        *("feed_event_add", "feed_reaction_add", "feed_reaction_edit", "feed_reaction_remove"),
        *("feed_like_add", "feed_like_remove", "feed_share_add"),
        *("mention_post_add", "mention_comment_add"),
        *("ratings_rating_add", "ratings_rating_edit", "ratings_rating_remove"),
        *("ratings_comment_add", "ratings_comment_edited", "ratings_comment_remove"),
        *("ratings_reaction_add", "ratings_reaction_edit", "ratings_reaction_remove"),
        *("ratings_like_add", "ratings_like_remove"),
        *("permissions_revoked", *_IGNORED),
    ),
    ignored_events=_IGNORED,
    rules=(
        Rule("verifies-signature", True, "HMAC-SHA256 of the raw body with the app secret"),
        Rule("dedupes-redelivery", True),
        Rule("maps-all-documented-events", True),
        Rule("reports-receipts", False, "a public comment has no receipts beyond being accepted"),
        Rule("handles-revocation", True, "error 190 and revoked permissions ask to sign in again"),
        Rule("limits-sourced", True),
        Rule("golden-per-event", True),
        Rule("live-tested", False, "needs a page and an app reviewed by Meta"),
    ),
    facts=(
        _fact("graph-api/webhooks/reference/page"),
        _fact("pages-api/comments-mentions"),
        _fact("messenger-platform/discovery/private-replies"),
    ),
    reactions_out=(LIKE,),
    door="meta",
    asset_fields=("page_id",),
)
