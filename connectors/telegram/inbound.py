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
    PostSeen,
    ReactionChanged,
    Thread,
    ThreadClosed,
    ThreadMigrated,
)
from connectors.telegram import payloads as tg
from connectors.telegram.content import content_of, keys_of
from connectors.telegram.manifest import ALLOWED_UPDATES, MANIFEST
from connectors.telegram.people import Us, aimed_at_us, author_of, in_reply_to, person_of, post_of, thread_of
from connectors.toolkit.payload import decode
from connectors.toolkit.signatures import require_equal

_SECOND = 1_000_000
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header
_GONE = {"left", "kicked"}


@dataclass(frozen=True, slots=True)
class _Item:
    """One update while it is being read."""

    id: int
    kind: str
    raw: bytes | msgspec.Raw
    us: Us

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
        us = Us(
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
    at = message.date * _SECOND
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
    thread, place = thread_of(message, item.us)
    author = author_of(message, item.us)
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
            in_reply_to=in_reply_to(message, place),
            origin=Origin(kind="link", ref=payload) if payload else None,
            needs_answer=answerable and (thread.kind != "group" or aimed_at_us(message, item.us)),
            automatic=automatic,
        )
    ]


def _edited(message: tg.Message, item: _Item) -> list[AnyInbound]:
    if message.is_automatic_forward or message.chat.type == "channel":
        return _post(message, item)
    content = content_of(message, item.raw, item.kind)
    if content is None:
        return [_empty(message, item)]
    thread, place = thread_of(message, item.us)
    edited_at = (message.edit_date or message.date) * _SECOND
    external_id = place.message_id(message.message_id)
    return [
        MessageEdited(
            dedupe_key=item.key(external_id),
            occurred_at=edited_at,
            external_id=external_id,
            thread=thread,
            author=author_of(message, item.us),
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
    post = post_of(chat, number, content.text, message.date * _SECOND)
    at = (message.edit_date or message.date) * _SECOND
    return [PostSeen(dedupe_key=item.key(post.external_id), occurred_at=at, post=post)]


def _migrated(old: int, new: int, at: int) -> ThreadMigrated:
    """Both groups tell of it: one fact, one key."""
    return ThreadMigrated(
        dedupe_key=f"migrated:{old}:{new}", occurred_at=at, thread_id=str(old), new_thread_id=str(new)
    )


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
    return Ignored(dedupe_key=key, occurred_at=message.date * _SECOND, reason=reason)


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
            occurred_at=connection.date * _SECOND,
            thread=Thread(external_id=place.thread_id, kind="direct", audience="private", address=place.address()),
            author=person_of(connection.user, item.us),
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
        author = person_of(reaction.user, item.us)
    elif actor is not None:
        author = Author(external_id=str(actor.id), name=actor.title or "", username=actor.username or "")
    else:
        raise PayloadInvalid("neither user nor actor_chat", path="message_reaction")
    message_id = tg.Place(chat_id=str(reaction.chat.id)).message_id(reaction.message_id)
    return [
        ReactionChanged(
            dedupe_key=item.key(message_id),
            occurred_at=reaction.date * _SECOND,
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
            author=person_of(query.from_, item.us),
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
    at, status = change.date * _SECOND, change.new_chat_member.status
    thread_id = tg.Place(chat_id=str(change.chat.id)).thread_id
    key = item.key(thread_id)
    if change.chat.type == "private":
        author = person_of(change.from_, item.us)
        reachable = status not in _GONE
        return [
            IdentityChanged(dedupe_key=key, occurred_at=at, author=author, thread_id=thread_id, reachable=reachable)
        ]
    if status in _GONE and change.chat.type != "channel":
        reason = f"{person_of(change.from_, item.us).name} removed the bot from the group."
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
