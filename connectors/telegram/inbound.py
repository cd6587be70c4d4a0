"""Telegram's updates to `Inbound`: one update gives one record in most cases, several for deletions and buttons.

Deliveries carry no signature: Telegram repeats the secret that `setWebhook` was given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.exchange import Request
from connectors.inbound import (
    AnyInbound,
    Author,
    Fetch,
    IdentityChanged,
    Ignored,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    Origin,
    Post,
    PostSeen,
    ReactionChanged,
    Thread,
    ThreadClosed,
    ThreadKind,
    ThreadMigrated,
)
from connectors.telegram import payloads as tg
from connectors.telegram.content import content_of, keys_of, stretch
from connectors.telegram.manifest import ALLOWED_UPDATES, BUSINESS_WINDOW_SECONDS, MANIFEST
from connectors.toolkit.payload import decode
from connectors.toolkit.signatures import require_equal

_US = 1_000_000
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header
_GONE = {"left", "kicked"}


@dataclass(frozen=True, slots=True)
class _Us:
    """Who the bot is, to tell what is aimed at it; and which groups hold comments under our posts."""

    id: str
    username: str
    discussions: frozenset[str]
    now: int


@dataclass(frozen=True, slots=True)
class _Item:
    """One update while it is being read."""

    id: int
    kind: str
    raw: bytes | msgspec.Raw
    us: _Us

    def key(self, what: str = "") -> str:
        """Dedupe key. Numbers of updates start anew at random after a quiet week, so what happened is named too.
        https://core.telegram.org/bots/api#update (read 2026-11-22).
        """
        return f"{self.id}:{self.kind}:{what}"


def verify(request: Request, ctx: Context) -> None:
    """Raise SignatureInvalid unless the header holds one of the channel's live secrets."""
    kept = ctx.credentials.get("webhook_secret", "").encode()
    require_equal(request.headers.get(SECRET_HEADER), [*ctx.secrets, kept], what=SECRET_HEADER)


def parse(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """The inbounds of a webhook delivery, which is one update."""
    return read_update(request.body, ctx)


def read_update(raw: bytes | msgspec.Raw, ctx: Context) -> list[AnyInbound | Exception]:
    """The inbounds of one update as it came by webhook or poll; PayloadInvalid stands in for one that is broken."""
    try:
        update = decode(raw, tg.Update)
        us = _Us(
            id=ctx.asset_id or ctx.credentials.get("token", "").partition(":")[0],
            username=ctx.settings.get("username", "").lower(),
            discussions=frozenset(ctx.settings.get("discussion_groups", "").replace(",", " ").split()),
            now=ctx.now,
        )
        for kind in ALLOWED_UPDATES:
            payload = getattr(update, kind)
            if payload is not None:
                return list(_READERS[kind](payload, _Item(update.update_id, kind, raw, us)))
        return [_ignored_update(update.update_id, raw, ctx.now)]
    except PayloadInvalid as broken:
        return [broken]


def _ignored_update(update_id: int, raw: bytes | msgspec.Raw, now: int) -> Ignored:
    kind = next((key for key in keys_of(raw) if key != "update_id" and key not in ALLOWED_UPDATES), "update")
    reason = kind if kind in MANIFEST.ignored_events else f"unknown: {kind}"
    return Ignored(dedupe_key=f"{update_id}:{kind}:", occurred_at=now, reason=reason)


# --- messages ---------------------------------------------------------------------------------


def _message(message: tg.Message, item: _Item) -> list[AnyInbound]:
    at = message.date * _US
    if message.migrate_to_chat_id is not None:
        return [_migrated(message.chat.id, message.migrate_to_chat_id, at)]
    if message.migrate_from_chat_id is not None:
        return [_migrated(message.migrate_from_chat_id, message.chat.id, at)]
    if message.is_automatic_forward or message.chat.type == "channel":
        return _post(message, item)
    content = content_of(message, item.raw, item.kind)
    if content is None:
        return [_empty(message, item)]
    text = content.text
    thread, place = _thread(message, item.us)
    author = _author(message, item.us)
    payload = _start_payload(text)
    robot = message.from_ is not None and message.from_.is_bot and message.sender_chat is None
    automatic = "service" if content.is_service else "auto-reply" if robot or message.is_from_offline else ""
    answerable = not (author.is_self or automatic or payload is not None)
    return [
        MessageReceived(
            dedupe_key=item.key(place.message_id(message.message_id)),
            occurred_at=at,
            thread=thread,
            author=author,
            external_id=place.message_id(message.message_id),
            kind="comment" if thread.kind == "comment" else "message",
            text=text,
            attachments=content.attachments,
            in_reply_to=_in_reply_to(message, place),
            origin=Origin(kind="link", ref=payload) if payload else None,
            needs_answer=answerable and (thread.kind != "group" or _aimed_at_us(message, item.us)),
            automatic=automatic,
        )
    ]


def _edited(message: tg.Message, item: _Item) -> list[AnyInbound]:
    if message.is_automatic_forward or message.chat.type == "channel":
        return _post(message, item)
    content = content_of(message, item.raw, item.kind)
    if content is None:
        return [_empty(message, item)]
    thread, place = _thread(message, item.us)
    edited_at = (message.edit_date or message.date) * _US
    external_id = place.message_id(message.message_id)
    return [
        MessageEdited(
            dedupe_key=item.key(external_id),
            occurred_at=edited_at,
            external_id=external_id,
            thread=thread,
            author=_author(message, item.us),
            text=content.text,
            attachments=content.attachments,
            edited_at=edited_at,
        )
    ]


def _post(message: tg.Message, item: _Item) -> list[AnyInbound]:
    """A post in a channel of ours, seen in the channel or, forwarded by Telegram, in its discussion group."""
    content = content_of(message, item.raw, item.kind)
    if content is None:
        return [_empty(message, item)]
    if content.is_service:
        return [_ignored(item, message, "channel_service")]
    origin = message.forward_origin if message.is_automatic_forward else None
    chat, number = message.chat, message.message_id
    if origin is not None and origin.chat is not None and origin.message_id is not None:
        chat, number = origin.chat, origin.message_id
    post = _post_of(chat, number, content.text, message.date * _US)
    at = (message.edit_date or message.date) * _US
    return [PostSeen(dedupe_key=item.key(post.external_id), occurred_at=at, post=post)]


def _post_of(chat: tg.Chat, number: int, text: str, posted_at: int | None = None) -> Post:
    url = f"https://t.me/{chat.username}/{number}" if chat.username else None
    return Post(external_id=f"{chat.id}:{number}", text=text, url=url, posted_at=posted_at)


def _migrated(old: int, new: int, at: int) -> ThreadMigrated:
    """Both groups tell of it: one fact, one key."""
    return ThreadMigrated(
        dedupe_key=f"migrated:{old}:{new}", occurred_at=at, thread_id=str(old), new_thread_id=str(new)
    )


def _thread(message: tg.Message, us: _Us) -> tuple[Thread, tg.Place]:
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
    return (message.date + BUSINESS_WINDOW_SECONDS) * _US


def _is_comment(message: tg.Message, us: _Us) -> bool:
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
    return _post_of(origin.chat, origin.message_id, replied.text or replied.caption or "")


def _is_owner(message: tg.Message) -> bool:
    """Whether the owner of the business account wrote it: the chat bears the other person's id."""
    return message.from_ is not None and message.from_.id != message.chat.id


def _author(message: tg.Message, us: _Us) -> Author:
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
    return _person(user, us, phone=own_number, is_self=is_owner)


def _is_ours(sender: tg.Chat, message: tg.Message, us: _Us) -> bool:
    """Whether a chat that speaks is the company: the channel in its private messages (customers write there as
    themselves), and under a post its channel, or the discussion group whose admins stay anonymous.
    """
    if message.chat.is_direct_messages:
        return True
    if not _is_comment(message, us):
        return False
    post = _commented_post(message)
    return sender.id == message.chat.id or (post is not None and post.external_id.startswith(f"{sender.id}:"))


def _person(user: tg.User, us: _Us, *, phone: str | None = None, is_self: bool = False) -> Author:
    return Author(
        external_id=str(user.id),
        name=user.name,
        username=user.username or "",
        phone=phone,
        language=user.language_code,
        is_self=is_self or str(user.id) == us.id,
    )


def _aimed_at_us(message: tg.Message, us: _Us) -> bool:
    """Whether something said in a group is for the bot: an answer, its name, or a command not given to another."""
    replied = message.reply_to_message
    if replied is not None and replied.from_ is not None and str(replied.from_.id) == us.id:
        return True
    text, entities = (message.text, message.entities) if message.text else (message.caption, message.caption_entities)
    return any(_names_us(text or "", entity, us) for entity in entities)


def _names_us(text: str, entity: tg.Entity, us: _Us) -> bool:
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


def _in_reply_to(message: tg.Message, place: tg.Place) -> str | None:
    replied = message.reply_to_message
    # The post above a comment, and the line that opened a topic, are answered by everything in them.
    if replied is None or replied.is_automatic_forward:
        return None
    if message.is_topic_message and replied.message_id == message.message_thread_id:
        return None
    return place.message_id(replied.message_id)


def _start_payload(text: str) -> str | None:
    """What a deep link (`t.me/bot?start=payload`) carried, empty where somebody merely opened the chat; None for what a
    person wrote. https://core.telegram.org/bots/features#deep-linking (read 2026-11-22): at most 64 characters.
    """
    command, _, payload = text.partition(" ")
    is_start = command.partition("@")[0] == "/start" and len(payload) <= 64
    return payload if is_start else None


def _empty(message: tg.Message, item: _Item) -> Ignored:
    return _ignored(item, message, "unknown: message without content")


def _ignored(item: _Item, message: tg.Message, reason: str) -> Ignored:
    key = item.key(f"{message.chat.id}:{message.message_id}")
    return Ignored(dedupe_key=key, occurred_at=message.date * _US, reason=reason)


# --- everything else --------------------------------------------------------------------------


def _business_connection(connection: tg.BusinessConnection, item: _Item) -> list[AnyInbound]:
    """Told as a line in the owner's private chat with the bot. It must not stop the channel: whoever has a business
    account can connect a bot that allows it, and disconnect it again.
    """
    place = tg.Place(chat_id=str(connection.user_chat_id))
    external_id = f"{place.chat}:connection-{connection.id}-{int(connection.is_enabled)}-{item.id}"
    did = "connected this bot to" if connection.is_enabled else "disconnected this bot from"
    return [
        MessageReceived(
            dedupe_key=item.key(connection.id),
            occurred_at=connection.date * _US,
            thread=Thread(external_id=place.thread_id, kind="direct", audience="private", address=place.address()),
            author=_person(connection.user, item.us),
            external_id=external_id,
            text=f"{connection.user.name} {did} a business account.",
            needs_answer=False,
            automatic="service",
        )
    ]


def _business_deleted(deleted: tg.BusinessMessagesDeleted, item: _Item) -> list[AnyInbound]:
    place = tg.Place(chat_id=str(deleted.chat.id), business=deleted.business_connection_id)
    return [
        MessageDeleted(
            dedupe_key=item.key(place.message_id(number)),
            occurred_at=item.us.now,
            external_id=place.message_id(number),
            erase=MANIFEST.unsend == "erase",
        )
        for number in deleted.message_ids
    ]


def _reaction(reaction: tg.MessageReaction, item: _Item) -> list[AnyInbound]:
    actor = reaction.actor_chat
    if reaction.user is not None:
        author = _person(reaction.user, item.us)
    elif actor is not None:
        author = Author(external_id=str(actor.id), name=actor.title or "", username=actor.username or "")
    else:
        raise PayloadInvalid("neither user nor actor_chat", path="message_reaction")
    message_id = tg.Place(chat_id=str(reaction.chat.id)).message_id(reaction.message_id)
    return [
        ReactionChanged(
            dedupe_key=item.key(message_id),
            occurred_at=reaction.date * _US,
            message_id=message_id,
            author=author,
            emojis=tuple(_emoji(one) for one in reaction.new_reaction),
        )
    ]


def _emoji(reaction: tg.ReactionType) -> str:
    """Custom emoji have an id and no character; they are named so."""
    if reaction.type == "paid":
        return "⭐"
    return reaction.emoji or f"custom:{reaction.custom_emoji_id or reaction.type}"


def _callback_query(query: tg.CallbackQuery, item: _Item) -> list[AnyInbound]:
    """A pressed button is a message with the button's words, and Telegram is told that it arrived (`fetch`)."""
    pressed = query.message
    if pressed is None:
        key = item.key(query.id)
        return [Ignored(dedupe_key=key, occurred_at=item.us.now, reason="inline_callback_query")]
    direct = pressed.chat.type == "private"
    branch = f"t{pressed.message_thread_id}" if pressed.is_topic_message and pressed.message_thread_id else ""
    place = tg.Place(chat_id=str(pressed.chat.id), business=pressed.business_connection_id or "", branch=branch)
    return [
        MessageReceived(
            dedupe_key=item.key(query.id),
            occurred_at=item.us.now,
            thread=Thread(
                external_id=place.thread_id,
                kind="direct" if direct else "group",
                audience="private",
                title="" if direct else pressed.chat.title or "",
                address=place.address(),
            ),
            author=_person(query.from_, item.us),
            external_id=f"{place.chat}:callback-{query.id}",
            text=_label(query, pressed),
            in_reply_to=place.message_id(pressed.message_id),
        ),
        Fetch(dedupe_key=item.key(f"{query.id}:answer"), occurred_at=item.us.now, ref=f"callback:{query.id}"),
    ]


def _label(query: tg.CallbackQuery, pressed: tg.Pressed) -> str:
    """The words on the button, or what it stands for where the bot can no longer read its message."""
    rows = pressed.reply_markup.inline_keyboard if pressed.reply_markup is not None else ()
    labels = (button.text for row in rows for button in row if button.callback_data == query.data)
    return next(labels, query.data or "")


def _my_chat_member(change: tg.ChatMemberUpdated, item: _Item) -> list[AnyInbound]:
    at, status = change.date * _US, change.new_chat_member.status
    thread_id = tg.Place(chat_id=str(change.chat.id)).thread_id
    key = item.key(thread_id)
    if change.chat.type == "private":
        author = _person(change.from_, item.us)
        reachable = status not in _GONE
        return [
            IdentityChanged(dedupe_key=key, occurred_at=at, author=author, thread_id=thread_id, reachable=reachable)
        ]
    if status in _GONE and change.chat.type != "channel":
        reason = f"{_person(change.from_, item.us).name} removed the bot from the group."
        return [ThreadClosed(dedupe_key=key, occurred_at=at, thread_id=thread_id, reason=reason)]
    return [Ignored(dedupe_key=key, occurred_at=at, reason="bot_membership")]


_READERS: dict[str, Callable[[Any, _Item], list[AnyInbound]]] = {
    "message": _message,
    "edited_message": _edited,
    "channel_post": _message,
    "edited_channel_post": _edited,
    "business_connection": _business_connection,
    "business_message": _message,
    "edited_business_message": _edited,
    "deleted_business_messages": _business_deleted,
    "message_reaction": _reaction,
    "callback_query": _callback_query,
    "my_chat_member": _my_chat_member,
}
