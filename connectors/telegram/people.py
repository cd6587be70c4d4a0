"""Who speaks in which thread, which post it hangs on, and whether it is for us."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.errors import PayloadInvalid
from connectors.inbound import Author, Post, Thread, ThreadKind
from connectors.telegram import payloads as tg
from connectors.telegram.content import stretch
from connectors.telegram.manifest import BUSINESS_WINDOW_SECONDS

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Us:
    """Who the bot is, to tell what is aimed at it; and which groups hold comments under our posts."""

    id: str
    username: str
    discussions: frozenset[str]
    now: int


def thread_of(message: tg.Message, us: Us) -> tuple[Thread, tg.Place]:
    """The thread a message stands in, and how it is written to: a chat, a topic in it, or what stands under a post."""
    chat, number = message.chat, message.message_thread_id
    kind: ThreadKind
    branch, post = "", None
    if chat.is_direct_messages and message.direct_messages_topic is not None:
        kind, branch = "direct", f"d{message.direct_messages_topic.topic_id}"
    elif _is_comment(message, us):
        kind, branch, post = "comment", f"c{number}", _commented_post(message)
    else:
        kind = "direct" if chat.type == "private" else "group"
        branch = f"t{number}" if message.is_topic_message and number is not None else ""
    place = tg.Place(chat_id=str(chat.id), business=message.business_connection_id or "", branch=branch)
    thread = Thread(
        external_id=place.thread_id,
        kind=kind,
        audience="public" if kind == "comment" else "private",
        title=(chat.title or "") if kind != "direct" else "",
        post=post,
        window_closes_at=_window_closes_at(message),
        address=place.address(),
    )
    return thread, place


def _window_closes_at(message: tg.Message) -> int | None:
    """Until when a business chat takes answers; only what the person newly writes tells it."""
    if not message.business_connection_id or _is_owner(message) or message.edit_date is not None:
        return None
    return (message.date + BUSINESS_WINDOW_SECONDS) * _SECOND


def _is_comment(message: tg.Message, us: Us) -> bool:
    """Whether it stands under a post of a channel.

    Replies in ordinary groups have a thread number too, and an answer to a comment does not name the post: then only
    the setting `discussion_groups` tells.
    https://github.com/tdlib/telegram-bot-api/issues/447 (read 2026-11-22).
    """
    if message.message_thread_id is None or message.is_topic_message or message.chat.type != "supergroup":
        return False
    replied = message.reply_to_message
    return str(message.chat.id) in us.discussions or (replied is not None and replied.is_automatic_forward)


def _commented_post(message: tg.Message) -> Post | None:
    replied = message.reply_to_message
    origin = replied.forward_origin if replied is not None and replied.is_automatic_forward else None
    if replied is None or origin is None or origin.chat is None or origin.message_id is None:
        return None
    return post_of(origin.chat, origin.message_id, replied.text or replied.caption or "")


def _is_owner(message: tg.Message) -> bool:
    """Whether the owner of the business account wrote it: the chat bears the other person's id."""
    return message.from_ is not None and message.from_.id != message.chat.id


def author_of(message: tg.Message, us: Us) -> Author:
    """Who speaks: a person, or a chat (a channel, or a group's admins who stay anonymous)."""
    sender = message.sender_chat
    if sender is not None:
        return Author(
            external_id=str(sender.id),
            name=sender.title or "",
            username=sender.username or "",
            is_self=_is_ours(sender, message, us),
        )
    user = message.from_
    if user is None:
        raise PayloadInvalid("neither a sender nor a sender chat", path="message")
    shared = message.contact
    own_number = shared.phone_number if shared is not None and shared.user_id == user.id else None
    is_owner = bool(message.business_connection_id) and message.chat.type == "private" and _is_owner(message)
    return person_of(user, us, phone=own_number, is_self=is_owner)


def _is_ours(sender: tg.Chat, message: tg.Message, us: Us) -> bool:
    """Whether a chat that speaks is the company: the channel in its private messages (customers write there as
    themselves), and under a post its channel, or the discussion group whose admins stay anonymous.
    """
    if message.chat.is_direct_messages:
        return True
    if not _is_comment(message, us):
        return False
    post = _commented_post(message)
    return sender.id == message.chat.id or (post is not None and post.external_id.startswith(f"{sender.id}:"))


def person_of(user: tg.User, us: Us, *, phone: str | None = None, is_self: bool = False) -> Author:
    """Somebody with an account of his own, or a bot: ours is we."""
    return Author(
        external_id=str(user.id),
        name=user.name,
        username=user.username or "",
        phone=phone,
        language=user.language_code,
        is_self=is_self or str(user.id) == us.id,
    )


def aimed_at_us(message: tg.Message, us: Us) -> bool:
    """Whether something said in a group is for the bot: an answer, its name, or a command not given to another."""
    replied = message.reply_to_message
    if replied is not None and replied.from_ is not None and str(replied.from_.id) == us.id:
        return True
    text, entities = (message.text, message.entities) if message.text else (message.caption, message.caption_entities)
    return any(_names_us(text or "", entity, us) for entity in entities)


def _names_us(text: str, entity: tg.Entity, us: Us) -> bool:
    match entity.type:
        case "text_mention":
            return entity.user is not None and str(entity.user.id) == us.id
        case "mention":
            return bool(us.username) and stretch(text, entity).lower() == f"@{us.username}"
        case "bot_command":
            _, at, addressee = stretch(text, entity).partition("@")
            return not at or addressee.lower() == us.username
        case _:
            return False


def in_reply_to(message: tg.Message, place: tg.Place) -> str | None:
    """The item that it answers; None where that is everything above it."""
    replied = message.reply_to_message
    # The post above a comment, and the line that opened a topic, are answered by everything in them.
    if replied is None or replied.is_automatic_forward:
        return None
    if message.is_topic_message and replied.message_id == message.message_thread_id:
        return None
    return place.message_id(replied.message_id)


def post_of(chat: tg.Chat, number: int, text: str, posted_at: int | None = None) -> Post:
    """The post of that number in a channel of ours."""
    url = f"https://t.me/{chat.username}/{number}" if chat.username else None
    return Post(external_id=f"{chat.id}:{number}", text=text, url=url, posted_at=posted_at)
