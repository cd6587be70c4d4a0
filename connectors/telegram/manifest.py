"""What is true of Telegram, each fact with its source."""

from __future__ import annotations

from dataclasses import replace

from connectors.contract import AttachmentRule, Capability, Fact, Field, Manifest, Options, Rule, TextLimit

_READ_ON = "2026-11-22"
_API = "https://core.telegram.org/bots/api"


def _fact(anchor: str) -> Fact:
    return Fact(source=f"{_API}#{anchor}", read_on=_READ_ON)


TEXT = TextLimit(limit=4096, unit="utf16", fact=_fact("sendmessage"))
"""Telegram says `characters`. Counted as its entity offsets are, in UTF-16 units (an emoji is two): the stricter of the
two readings in use, so that no text is refused after it was sent.
"""
CAPTION = TextLimit(limit=1024, unit="utf16", fact=_fact("sendphoto"))

ALBUM_MAX = 10
"""https://core.telegram.org/bots/api#sendmediagroup (read 2026-11-22): 2 to 10 items."""
PHOTO_MAX_BYTES = 10_000_000
"""https://core.telegram.org/bots/api#sending-files (read 2026-11-22). Larger pictures are sent as documents."""
UPLOAD_MAX_BYTES = 50_000_000
"""https://core.telegram.org/bots/api#sending-files (read 2026-11-22)."""
DOWNLOAD_MAX_BYTES = 20 * 1024 * 1024
"""https://core.telegram.org/bots/api#getfile (read 2026-11-22)."""
LOCAL_SERVER_MAX_BYTES = 2_000_000_000
"""https://core.telegram.org/bots/api#using-a-local-bot-api-server (read 2026-11-22)."""
BUSINESS_WINDOW_SECONDS = 24 * 3600
"""https://core.telegram.org/bots/api#businessbotrights (read 2026-11-22): `can_reply` holds for private chats that had
an incoming message in the last 24 hours.
"""

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "callback_query",
    "my_chat_member",
)
"""Asked for by name, since Telegram leaves reactions out unless they are (#setwebhook)."""

_IGNORED = {
    "bot_membership": "the bot was added to a chat, or its rights there changed: nothing to answer",
    "channel_service": "a service line in a channel (new title, pinned post): not a post",
    "inline_callback_query": "a button under a message that this bot did not send itself",
    "chat_member": "comings and goings of others; not asked for",
    "chat_join_request": "who may join is decided in Telegram; not asked for",
    "chat_boost": "boosts are no contact with a customer; not asked for",
    "removed_chat_boost": "as chat_boost",
    "message_reaction_count": "anonymous counts name nobody whose reaction changed; not asked for",
    "inline_query": "inline mode is not a conversation; not asked for",
    "chosen_inline_result": "as inline_query",
    "guest_message": "calls of the bot in chats that it is not in cannot be followed up; not asked for",
    "poll": "states of polls are read in Telegram; not asked for",
    "poll_answer": "as poll",
    "pre_checkout_query": "orders are confirmed by the shop that sent the invoice; not asked for",
    "shipping_query": "as pre_checkout_query",
    "purchased_paid_media": "as pre_checkout_query",
    "managed_bot": "bots that manage bots; not asked for",
    "subscription": "paid subscriptions to a bot; not asked for",
    "stopped_message_generation": "drafts that a bot streams; not asked for",
}

REACTIONS: tuple[str, ...] = (
    *"👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡",
    "❤️‍🔥",
    "👨‍💻",
    "🤷‍♂️",
    "🤷‍♀️",
)
"""https://core.telegram.org/bots/api#reactiontypeemoji (read 2026-11-22)."""

_FILES = _fact("sending-files")
_ATTACHMENTS = (
    AttachmentRule("image", ("image/*",), UPLOAD_MAX_BYTES, None, _FILES),
    AttachmentRule("video", ("video/*",), UPLOAD_MAX_BYTES, None, _FILES),
    AttachmentRule("audio", ("audio/*",), UPLOAD_MAX_BYTES, None, _FILES),
    AttachmentRule("sticker", ("image/webp",), UPLOAD_MAX_BYTES, None, _FILES),
    AttachmentRule("file", ("*/*",), UPLOAD_MAX_BYTES, None, _FILES),
)

_KEYBOARD = _fact("inlinekeyboardbutton")
_BUTTONS = Options(max_count=20, title=TextLimit(64, "characters", _KEYBOARD), text=TEXT)
OPTIONS = replace(_BUTTONS, links=_BUTTONS)
"""An inline keyboard, a button in each row. Telegram names no limit for their number and titles: what a phone shows."""
CALLBACK_MAX_BYTES = 64
"""https://core.telegram.org/bots/api#inlinekeyboardbutton (read 2026-11-22)."""

_DIRECT = Capability(
    audience="private",
    text=TEXT,
    attachments=_ATTACHMENTS,
    actions=frozenset({"send", "edit", "delete_sent", "react", "typing", "seen"}),
    edit_seconds=0,
    delete_seconds=48 * 3600,
    options=OPTIONS,
)
_GROUP = Capability(
    audience="private",
    text=TEXT,
    attachments=_ATTACHMENTS,
    actions=frozenset({"send", "edit", "delete_sent", "react", "typing", "delete_comment", "ban"}),
    edit_seconds=0,
    delete_seconds=48 * 3600,
    options=OPTIONS,
)
_COMMENT = Capability(
    audience="public",
    text=TEXT,
    attachments=_ATTACHMENTS,
    actions=frozenset({"reply_comment", "edit", "delete_sent", "react", "typing", "delete_comment", "ban"}),
    edit_seconds=0,
    delete_seconds=48 * 3600,
)

MANIFEST = Manifest(
    network="telegram",
    name="Telegram",
    colour="#26a5e4",
    mark="T",
    inbound=frozenset({"webhook", "poll"}),
    kinds={"direct": _DIRECT, "group": _GROUP, "comment": _COMMENT},
    fields=(
        Field("token", "Bot token", secret=True, help="From @BotFather: /newbot, or /token for a bot you have."),
        Field(
            "mode",
            "How updates arrive",
            required=False,
            default="auto",
            choices=("auto", "webhook", "poll"),
            help="auto: webhook where this installation has an https address, else poll.",
        ),
        Field(
            "webhook_secret",
            "Webhook secret",
            secret=True,
            required=False,
            pattern="[A-Za-z0-9_-]{1,256}",
            help="1 to 256 of A-Z a-z 0-9 _ -. Left empty, one is made.",
        ),
        Field(
            "discussion_groups",
            "Discussion groups",
            required=False,
            help="Ids of the groups that hold the comments under your channel's posts, with commas between.",
        ),
    ),
    base_url="https://api.telegram.org",
    identity_scope="network",
    unsend="erase",
    idempotent_sends=False,
    receipts=frozenset({"accepted"}),
    reactions_in=True,
    edits_in=True,
    deletes_in=True,
    media_hosts=("api.telegram.org",),
    rate_per_second=30.0,
    rate_per_thread_second=1.0,
    documented_events=(*ALLOWED_UPDATES, *_IGNORED),
    ignored_events=_IGNORED,
    rules=(
        Rule("verifies-signature", True, "the secret that setWebhook was given comes back in a header"),
        Rule("dedupes-redelivery", True),
        Rule("maps-all-documented-events", True),
        Rule("reports-receipts", False, "Telegram tells bots nothing of delivery and reading"),
        Rule("handles-revocation", True, "401 and 404 ask for a new token; blocking and removal are told as updates"),
        Rule("limits-sourced", True),
        Rule("golden-per-event", True),
        Rule("live-tested", False, "needs a bot account of Telegram"),
    ),
    facts=(_fact("update"), _fact("responseparameters"), Fact("https://core.telegram.org/bots/faq", _READ_ON)),
    reactions_out=REACTIONS,
)
