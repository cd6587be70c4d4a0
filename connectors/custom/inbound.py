"""From the customer's system to us: handshake, events, and the answer they get."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never
from urllib.parse import parse_qs

import msgspec
from msgspec import UNSET, UnsetType

from connectors.contract import Context
from connectors.custom import payloads as p
from connectors.errors import PayloadInvalid
from connectors.exchange import Request, Response
from connectors.inbound import (
    AnyInbound,
    Attachment,
    AttachmentKind,
    Audience,
    Author,
    ChannelRevoked,
    CommentModerated,
    Fetch,
    IdentitiesLinked,
    IdentityChanged,
    Ignored,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    MessageReceived,
    Post,
    PostSeen,
    ReactionChanged,
    ReceiptReceived,
    ReviewReceived,
    Thread,
    ThreadClosed,
    ThreadKind,
    ThreadMigrated,
    TypingStarted,
)
from connectors.toolkit import times
from connectors.toolkit.http import json_body
from connectors.toolkit.payload import decode
from connectors.toolkit.signatures import fingerprint

_PUBLIC: frozenset[ThreadKind] = frozenset({"comment", "mention", "review"})
_MESSAGE_KINDS: dict[ThreadKind, MessageKind] = {"comment": "comment", "mention": "mention", "review": "comment"}
_KINDS_BY_MIME: dict[str, AttachmentKind] = {"image": "image", "video": "video", "audio": "audio"}
_WORDS_ONLY: frozenset[AttachmentKind] = frozenset({"location", "contact", "link"})
MAX_EVENTS = 500
_EVENT_DEPTH = 8
"""Levels of objects and lists in an event: more than any has."""


def answer(request: Request, ctx: Context) -> Response | None:
    """Repeat the challenge of a signed GET (`?challenge=`) or of `{"type": "challenge"}`; None for a delivery."""
    if request.method == "GET":
        given = parse_qs(request.query).get("challenge", [""])[0]
        return Response(status=200, headers={"content-type": "text/plain; charset=utf-8"}, body=given.encode()[:500])
    try:
        asked = decode(request.body, p.Challenge)
    except PayloadInvalid:
        return None
    if asked.type != "challenge":
        return None
    return _json(200, {"challenge": asked.challenge})


def acknowledge(request: Request, ctx: Context) -> Response:
    """202 with the id of the event, or `ids` of all in a batch (empty where one has none)."""
    alone = _alone(request.body)
    if alone is not None:
        return _json(202, {"accepted": True, "id": alone.id or ""})
    try:
        batch, elements = _elements(request.body)
    except PayloadInvalid:
        return _json(202, {"accepted": True, "id": ""})
    ids = [_id_of(element) for element in elements]
    if batch:
        return _json(202, {"accepted": True, "ids": ids})
    return _json(202, {"accepted": True, "id": ids[0]})


def parse(request: Request, ctx: Context) -> list[AnyInbound | Exception]:
    """Every event of the delivery in its order. Raises PayloadInvalid when the body is no JSON object or holds too many
    events.
    """
    alone = _alone(request.body)
    if alone is not None:
        return [_outcome(alone, request.body, ctx)]
    batch, elements = _elements(request.body)
    found: list[AnyInbound | Exception] = []
    for i, element in enumerate(elements):
        try:
            found.append(read(element, ctx, path=f"events[{i}]" if batch else ""))
        except PayloadInvalid as error:
            found.append(error)
    return found


def read(element: bytes | msgspec.Raw, ctx: Context, *, path: str = "") -> AnyInbound:
    """One event. Raises PayloadInvalid."""
    return _event(decode(element, p.Head, path=path), element, ctx, path)


def _outcome(head: p.Head, element: bytes, ctx: Context) -> AnyInbound | Exception:
    try:
        return _event(head, element, ctx, "")
    except PayloadInvalid as error:
        return error


def _event(head: p.Head, element: bytes | msgspec.Raw, ctx: Context, path: str) -> AnyInbound:
    kind = p.EVENTS.get(head.type)
    if kind is None:
        reason = "ping" if head.type == "ping" else f"unknown: {head.type}"
        key = head.id or fingerprint(json_body(decode(element, dict[str, object], path=path)))
        return Ignored(dedupe_key=f"{head.type}:{key}", occurred_at=ctx.now, reason=reason)
    event = _typed(element, kind, path)
    # Without an id of the sender's, the same content is the same fact.
    key = event.id or fingerprint(json_body(event))
    at = times.from_datetime(event.occurred_at) if event.occurred_at else ctx.now
    return _inbound(event, dedupe_key=f"{head.type}:{key}", at=at)


def _typed(element: bytes | msgspec.Raw, kind: type[p.AnyEvent], path: str) -> p.AnyEvent:
    """The event. Null counts as left out, which is how many serialisers write a field that has no value."""
    try:
        return decode(element, kind, path=path)
    except PayloadInvalid:
        if b"null" not in bytes(element):
            raise
        return decode(json_body(_without_nulls(decode(element, object, path=path), 0)), kind, path=path)


def _without_nulls(value: object, depth: int) -> object:
    """Objects without their nulls, as deep as an event goes; `reply: null` says that there is no answer."""
    if depth > _EVENT_DEPTH or not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        return [_without_nulls(one, depth + 1) for one in value]
    return {k: _without_nulls(one, depth + 1) for k, one in value.items() if one is not None or k == "reply"}


def _inbound(event: p.AnyEvent, *, dedupe_key: str, at: int) -> AnyInbound:
    match event:
        case p.MessageCreated() | p.MessageUpdated() | p.MessageDeleted() | p.MessageModerated():
            return _about_message(event, dedupe_key, at)
        case p.MessageAnnounced():
            return Fetch(dedupe_key=dedupe_key, occurred_at=at, ref=event.message.external_id)
        case p.ReactionAdded() | p.ReactionRemoved():
            return ReactionChanged(
                dedupe_key=dedupe_key,
                occurred_at=at,
                message_id=event.reaction.message_external_id,
                author=_author(event.author),
                emojis=event.reaction.emojis,
            )
        case p.DeliveryUpdated():
            return _receipt(event, dedupe_key, at)
        case p.ReviewUpserted():
            return _review(event, dedupe_key, at)
        case p.PostUpserted():
            return PostSeen(dedupe_key=dedupe_key, occurred_at=at, post=_post(event.post))
        case p.AuthorUpdated() | p.AuthorLinked():
            return _about_author(event, dedupe_key, at)
        case p.Typing() | p.ConversationMigrated() | p.ConversationClosed():
            return _about_thread(event, dedupe_key, at)
        case p.ChannelRevoked():
            return ChannelRevoked(dedupe_key=dedupe_key, occurred_at=at, reason=event.reason)
    assert_never(event)


def _about_message(
    event: p.MessageCreated | p.MessageUpdated | p.MessageDeleted | p.MessageModerated, dedupe_key: str, at: int
) -> AnyInbound:
    match event:
        case p.MessageCreated():
            return _message(event, dedupe_key, at)
        case p.MessageUpdated(message=edit):
            return MessageEdited(
                dedupe_key=dedupe_key,
                occurred_at=at,
                external_id=edit.external_id,
                thread=_thread(event.conversation) if event.conversation else None,
                author=_author(event.author) if event.author else None,
                text=edit.text,
                html=edit.html,
                attachments=None if edit.attachments is None else _attachments(edit.attachments),
                edited_at=at,
            )
        case p.MessageDeleted(message=gone):
            return MessageDeleted(
                dedupe_key=dedupe_key,
                occurred_at=at,
                external_id=gone.external_id,
                by=gone.by,
                erase=gone.by == "author" if gone.erase is None else gone.erase,
            )
        case p.MessageModerated(message=item):
            return CommentModerated(
                dedupe_key=dedupe_key, occurred_at=at, external_id=item.external_id, state=item.state
            )
    assert_never(event)


def _message(event: p.MessageCreated, dedupe_key: str, at: int) -> MessageReceived:
    thread, message = _thread(event.conversation), event.message
    return MessageReceived(
        dedupe_key=dedupe_key,
        occurred_at=at,
        thread=thread,
        author=_author(event.author),
        external_id=message.external_id,
        kind=_MESSAGE_KINDS.get(thread.kind, "message"),
        text=message.text,
        html=message.html,
        title=message.title,
        attachments=_attachments(message.attachments),
        in_reply_to=message.reply_to,
        origin=event.origin,
        client_ref=message.client_ref,
        alternate_ids=message.alternate_ids,
        needs_answer=message.needs_answer,
        automatic=message.automatic,
    )


def _review(event: p.ReviewUpserted, dedupe_key: str, at: int) -> ReviewReceived:
    review = event.message
    conversation = event.conversation or p.ConversationIn(external_id=review.external_id, title=review.item)
    return ReviewReceived(
        dedupe_key=dedupe_key,
        occurred_at=at,
        thread=_thread(conversation, "review"),
        author=_author(event.author),
        external_id=review.external_id,
        rating=review.rating,
        best_rating=review.best_rating,
        title=review.title,
        text=review.text,
        item=review.item,
        attachments=_attachments(review.attachments),
        reply_text=review.reply.text if review.reply else None,
        reply_at=_at(review.reply.at) if review.reply else None,
        reply_known=review.reply is not UNSET,
        removed=review.removed,
    )


def _receipt(event: p.DeliveryUpdated, dedupe_key: str, at: int) -> ReceiptReceived:
    delivery = event.delivery
    if delivery.message_external_id is not None:
        return ReceiptReceived(
            dedupe_key=dedupe_key,
            occurred_at=at,
            state=delivery.state,
            message_id=delivery.message_external_id,
            reason=delivery.reason,
            recipient=delivery.recipient,
        )
    if event.conversation is None:
        raise PayloadInvalid(
            "names neither a message (delivery.message_external_id) nor a conversation", path="delivery"
        )
    return ReceiptReceived(
        dedupe_key=dedupe_key,
        occurred_at=at,
        state=delivery.state,
        thread_id=event.conversation.external_id,
        up_to=_at(delivery.up_to) or at,
        reason=delivery.reason,
        recipient=delivery.recipient,
    )


def _about_author(event: p.AuthorUpdated | p.AuthorLinked, dedupe_key: str, at: int) -> AnyInbound:
    if isinstance(event, p.AuthorLinked):
        return IdentitiesLinked(
            dedupe_key=dedupe_key,
            occurred_at=at,
            author=_author(event.author),
            other_id=event.other.external_id,
            reason=event.other.reason,
        )
    return IdentityChanged(
        dedupe_key=dedupe_key,
        occurred_at=at,
        author=_author(event.author),
        thread_id=event.conversation.external_id if event.conversation else None,
        reachable=event.reachable,
    )


def _about_thread(
    event: p.Typing | p.ConversationMigrated | p.ConversationClosed, dedupe_key: str, at: int
) -> AnyInbound:
    thread_id = event.conversation.external_id
    match event:
        case p.Typing():
            author = _author(event.author)
            return TypingStarted(dedupe_key=dedupe_key, occurred_at=at, thread_id=thread_id, author=author, on=event.on)
        case p.ConversationMigrated():
            return ThreadMigrated(
                dedupe_key=dedupe_key, occurred_at=at, thread_id=thread_id, new_thread_id=event.new_external_id
            )
        case p.ConversationClosed():
            return ThreadClosed(dedupe_key=dedupe_key, occurred_at=at, thread_id=thread_id, reason=event.reason)
    assert_never(event)


def _thread(conversation: p.ConversationIn, said: p.Kind | UnsetType | None = None) -> Thread:
    """`said`: its kind, where the event tells that by itself."""
    said = said or conversation.kind
    kind: ThreadKind = "direct" if said is UNSET or said == "dm" else said
    audience: Audience = "public" if kind in _PUBLIC else "private"
    return Thread(
        external_id=conversation.external_id,
        kind=kind,
        audience=audience,
        title=conversation.title,
        post=_post(conversation.post) if conversation.post else None,
        window_closes_at=_at(conversation.window_closes_at),
        bound_to=conversation.joins,
        address=_address(conversation, kind, is_told=said is not UNSET),
    )


def _address(conversation: p.ConversationIn, kind: ThreadKind, *, is_told: bool) -> dict[str, str]:
    """What comes back with every answer, and the kind, since `plan` has only the address to tell what an action is for.
    Empty where the event says neither: then that of an earlier event counts on.
    """
    if not is_told and conversation.address is UNSET:
        return {}
    return {**(conversation.address or {}), "kind": kind}


def _author(author: p.AuthorIn) -> Author:
    return Author(
        external_id=author.external_id,
        name=author.name,
        username=author.username,
        avatar_url=author.avatar_url,
        # By an address and by aliases people are found: PostgreSQL indexes no longer ones.
        email=author.email if len(author.email or "") <= p.MOST_ID else None,
        phone=author.phone,
        language=author.language,
        is_self=author.is_owner,
        is_verified=author.is_verified,
        aliases=tuple(alias for alias in author.aliases if len(alias.value) <= p.MOST_ID),
        profile=author.profile,
    )


def _post(post: p.PostIn) -> Post:
    return Post(
        external_id=post.external_id,
        text=post.text,
        url=post.url,
        image_url=post.image_url,
        is_ad=post.is_ad,
        posted_at=_at(post.posted_at),
    )


def _attachments(given: Sequence[p.AttachmentIn]) -> tuple[Attachment, ...]:
    return tuple(map(_attachment, given))


def _attachment(given: p.AttachmentIn) -> Attachment:
    kind = given.kind or _KINDS_BY_MIME.get(given.mime.partition("/")[0].lower(), "file")
    if given.url is None and kind not in _WORDS_ONLY:
        raise PayloadInvalid(f"an attachment of kind {kind!r} needs a url", path="message.attachments")
    return Attachment(
        kind=kind,
        name=given.name,
        mime=given.mime,
        size_bytes=given.size,
        url=None if kind in _WORDS_ONLY else given.url,
        title=given.title or (given.url or "" if kind == "link" else ""),
        meta=given.meta,
    )


def _at(value: datetime | None) -> int | None:
    return None if value is None else times.from_datetime(value)


def _alone(body: bytes) -> p.Alone | None:
    """The head of a delivery that is one event, as most are: one reading tells both. None for all others."""
    try:
        head = decode(body, p.Alone)
    except PayloadInvalid:
        return None
    return head if head.events is UNSET or bytes(head.events) == b"null" else None


def _elements(body: bytes) -> tuple[bool, Sequence[bytes | msgspec.Raw]]:
    """Whether the body is a batch, and its events."""
    events = decode(body, p.Batch).events
    if events is UNSET or events is None:
        return False, [body]
    if len(events) > MAX_EVENTS:
        raise PayloadInvalid(f"{len(events)} events in one delivery; at most {MAX_EVENTS}", path="events")
    return True, events


def _id_of(element: bytes | msgspec.Raw) -> str:
    try:
        return decode(element, p.Head).id or ""
    except PayloadInvalid:
        return ""


def _json(status: int, value: object) -> Response:
    return Response(status=status, headers={"content-type": "application/json"}, body=json_body(value))
