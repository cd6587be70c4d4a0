"""From us to the customer's system: every action is one signed POST of the envelope to the channel's `outbound_url`.

The `webhook-id` and the event's `id` are the part's key, the same at every attempt, so that the customer's system can
tell a repetition; that is what makes sends idempotent.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, assert_never, cast
from urllib.parse import urlsplit

import msgspec

from connectors.contract import Capability, Context, Setup
from connectors.custom.inbound import parse
from connectors.custom.manifest import MANIFEST
from connectors.custom.signature import secrets_of
from connectors.errors import PayloadInvalid, PlanRefused, SendError, SendErrorKind, SignatureInvalid
from connectors.exchange import Exchange, HttpRequest, HttpResponse, Request, http
from connectors.inbound import AnyInbound, ThreadKind
from connectors.outbound import (
    AnyOutbound,
    BanAuthor,
    Blob,
    DeleteComment,
    DeleteSent,
    EditSent,
    HideComment,
    MarkSeen,
    Part,
    PrivateReply,
    React,
    Receipt,
    ReplyToComment,
    ReplyToReview,
    SendMessage,
    ShowTyping,
    UnhideComment,
)
from connectors.toolkit import planning, schemes
from connectors.toolkit.http import error_of, json_body, readable_object
from connectors.toolkit.times import to_rfc3339

_ANSWER_SECONDS = 10.0
_ANSWER_BYTES = 65_536
_FETCH_BYTES = 1_048_576
_KIND_OF_ACTION: dict[str, ThreadKind] = {
    "reply_review": "review",
    "reply_comment": "comment",
    "private_reply": "comment",
    "hide": "comment",
    "unhide": "comment",
    "delete_comment": "comment",
}
_TOUCHES = (EditSent, DeleteSent, HideComment, UnhideComment, DeleteComment, React, PrivateReply)
_KINDS_SAID = {
    "window_closed": SendErrorKind.WINDOW_CLOSED,
    "recipient_gone": SendErrorKind.RECIPIENT_GONE,
    "too_large": SendErrorKind.TOO_LARGE,
    "rejected": SendErrorKind.REJECTED,
}
"""What the customer's system may put into `code` of a 4xx answer."""


def plan(action: AnyOutbound, ctx: Context) -> list[Part]:
    """One part, or one for each piece of a text that may be split. Raises PlanRefused."""
    if not _url(ctx):
        raise PlanRefused("not_supported", "This channel only receives: set outbound_url to answer through it.")
    kind = _kind(action)
    capability = MANIFEST.kinds[kind]
    planning.require_allowed(action, capability, where=f"{MANIFEST.name} ({kind})")
    planning.require_open(action, ctx.now)
    _require_target(action)
    if isinstance(action, SendMessage):
        return planning.number(_pieces(action, capability), ctx)
    if isinstance(action, ReplyToComment):
        planning.require_attachments(action.attachments, capability.attachments)
    if isinstance(action, ReplyToComment | PrivateReply | ReplyToReview | EditSent):
        _require_words(action.text, action.attachments if isinstance(action, ReplyToComment) else ())
        planning.text_parts(action.text, capability.text, split=False)
    return planning.number([action], ctx)


def send(part: Part, ctx: Context) -> Exchange[Receipt]:
    """Post the part. Any 2xx within 10 s accepts it, whatever its body says. Raises SendError."""
    body = json_body(envelope(part, ctx))
    response = yield from http(_post(part.key, body, ctx, effect=True, max_bytes=_ANSWER_BYTES))
    if not 200 <= response.status < 300:
        raise _refusal(response, ctx.now)
    said = readable_object(response.body) or {}
    return Receipt(
        # What the customer's system does not name is known under our key, which stands in the envelope.
        external_id=_text(said, "external_id") or (part.key if _makes_item(part.action) else ""),
        thread_id=_text(said, "conversation_external_id"),
    )


def fetch(ref: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    """Ask for what `message.announced` named; the answer is an event or `{"events": […]}`. Raises SendError."""
    asked = {
        "type": "message.requested",
        "id": ref,
        "occurred_at": to_rfc3339(ctx.now),
        "message": {"external_id": ref},
    }
    response = yield from http(_post(ref, json_body(asked), ctx, effect=False, max_bytes=_FETCH_BYTES))
    if not 200 <= response.status < 300:
        raise _refusal(response, ctx.now)
    answer = Request(method="POST", path="", headers=response.headers, body=response.body)
    try:
        found = parse(answer, ctx)
    except PayloadInvalid as error:
        raise SendError(SendErrorKind.UNREACHABLE, f"the answer to message.requested is no event: {error}") from None
    broken = next((one for one in found if isinstance(one, Exception)), None)
    if broken is not None:
        raise SendError(SendErrorKind.REJECTED, f"the answer to message.requested cannot be read: {broken}")
    return [one for one in found if not isinstance(one, Exception)]


def setup(ctx: Context) -> Exchange[Setup]:
    """Make a webhook secret where there is none, and prove `outbound_url` by a signed `ping`. Raises SendError."""
    kept: dict[str, str] = {}
    try:
        secrets_of(ctx)
    except SignatureInvalid:
        # 52 letters and digits of chance are 268 bits; Standard Webhooks asks for 192 to 512.
        made = base64.b64encode((ctx.nonce() + ctx.nonce()).encode()).decode()
        kept["webhook_secret"] = f"whsec_{made}"
        ctx = replace(ctx, credentials={**ctx.credentials, **kept})
    if _url(ctx):
        key = ctx.nonce()
        ping = {"type": "ping", "id": key, "occurred_at": to_rfc3339(ctx.now), "webhook_url": ctx.webhook_url}
        response = yield from http(_post(key, json_body(ping), ctx, effect=False, max_bytes=_ANSWER_BYTES))
        if not 200 <= response.status < 300:
            raise _refusal(response, ctx.now)
    name = ctx.settings.get("name", "") or MANIFEST.name
    # Files in messages may be loaded from the channel's base URL only: by default the host that takes our answers.
    settings = {"base_url": _origin(_url(ctx))} if _url(ctx) and not ctx.base_url else {}
    return Setup(asset_id=ctx.channel_id, name=name, settings=settings, credentials=kept)


def envelope(part: Part, ctx: Context) -> dict[str, Any]:
    """The event that tells the customer's system what to do, in the words of README.md."""
    action = part.action
    target = action.target
    conversation: dict[str, Any] = {"external_id": target.thread_id}
    if target.address:
        conversation["address"] = target.address
    event: dict[str, Any] = {
        "id": part.key,
        "occurred_at": to_rfc3339(ctx.now),
        "channel_id": ctx.channel_id,
        "conversation": conversation,
        **_said(part, ctx),
    }
    if part.of > 1:
        event["part"] = {"number": part.index + 1, "of": part.of}
    return event


def _said(part: Part, ctx: Context) -> dict[str, Any]:
    """Type and content of the event of a part."""
    action = part.action
    target = action.target
    match action:
        case SendMessage() | ReplyToComment() | PrivateReply():
            return _written(part, action, ctx)
        case ReplyToReview():
            return {"type": "review.replied", "message": _item(part.key, action.text, reply_to=target.message_id)}
        case EditSent():
            message = {"external_id": target.message_id, "text": action.text}
            return {"type": "message.updated", "message": message | ({"html": action.html} if action.html else {})}
        case DeleteSent():
            return {"type": "message.deleted", "message": {"external_id": target.message_id, "by": "us"}}
        case HideComment() | UnhideComment() | DeleteComment():
            states = {HideComment: "hidden", UnhideComment: "visible", DeleteComment: "removed"}
            message = {"external_id": target.message_id, "state": states[type(action)]}
            return {"type": "message.moderated", "message": message}
        case React():
            emojis = [action.emoji] if action.emoji else []
            reaction = {"message_external_id": target.message_id, "emojis": emojis}
            return {"type": "reaction.added" if emojis else "reaction.removed", "reaction": reaction}
        case BanAuthor():
            return {"type": "author.banned", "author": {"external_id": target.author_id}}
        case MarkSeen():
            delivery = {"state": "read", "message_external_id": target.message_id}
            return {"type": "delivery.updated", "delivery": {k: v for k, v in delivery.items() if v}}
        case ShowTyping():
            return {"type": "typing", "on": action.on}
    assert_never(action)


def _written(part: Part, action: SendMessage | ReplyToComment | PrivateReply, ctx: Context) -> dict[str, Any]:
    """A new item. `audience` tells the public answer to a comment from the private one."""
    message = _item(part.key, action.text, reply_to=action.target.message_id)
    message["audience"] = "public" if isinstance(action, ReplyToComment) else "private"
    event: dict[str, Any] = {"type": "message.created", "message": message}
    if action.target.author_id:
        event["recipient"] = {"external_id": action.target.author_id}
    if isinstance(action, PrivateReply):
        return event
    if action.attachments:
        message["attachments"] = [_attachment(blob, ctx) for blob in action.attachments]
    if isinstance(action, SendMessage):
        if action.html:
            message["html"] = action.html
        if action.automatic:
            message["automatic"] = True
        if action.sender_name:
            event["author"] = {"name": action.sender_name, "is_owner": True}
    return event


def _item(key: str, text: str, *, reply_to: str | None) -> dict[str, Any]:
    return {"external_id": key, "text": text} | ({"reply_to": reply_to} if reply_to else {})


def _attachment(blob: Blob, ctx: Context) -> dict[str, Any]:
    return {
        "url": ctx.media_url(blob),
        "mime": blob.mime,
        "name": blob.name,
        "size": blob.size_bytes,
        "kind": blob.kind,
    }


def _pieces(action: SendMessage, capability: Capability) -> list[SendMessage]:
    """The message whole, or in pieces of which the first carries the files and none the HTML of the whole."""
    _require_words(action.text, action.attachments)
    planning.require_attachments(action.attachments, capability.attachments)
    texts = planning.text_parts(action.text, capability.text, split=action.split)
    if len(texts) == 1:
        return [action]
    first = msgspec.structs.replace(action, text=texts[0], html=None)
    return [first, *(msgspec.structs.replace(first, text=text, attachments=()) for text in texts[1:])]


def _kind(action: AnyOutbound) -> ThreadKind:
    """The kind of thread, which `parse` put into the address; without one, as the action itself tells."""
    said = action.target.address.get("kind", "")
    by_action = _KIND_OF_ACTION.get(planning.action_name(action), "direct")
    return cast(ThreadKind, said) if said in MANIFEST.kinds else by_action


def _require_target(action: AnyOutbound) -> None:
    """Raise PlanRefused when an action lacks the thread, item or person it is for."""
    target = action.target
    if not target.thread_id and not target.address.get("to"):
        raise PlanRefused("recipient_missing", "Name the conversation, or in `to` the person to write to.")
    if isinstance(action, _TOUCHES) and not target.message_id:
        raise PlanRefused("recipient_missing", "Name the message that this is about.")
    if isinstance(action, BanAuthor) and not target.author_id:
        raise PlanRefused("recipient_missing", "Name the person to ban.")


def _require_words(text: str, attachments: Sequence[Blob]) -> None:
    if not text.strip() and not attachments:
        raise PlanRefused("empty", "There is nothing to send: write something or attach a file.")


def _makes_item(action: AnyOutbound) -> bool:
    return isinstance(action, SendMessage | ReplyToComment | PrivateReply | ReplyToReview)


def _url(ctx: Context) -> str:
    """The admin's address; the sandbox gives its own as base URL."""
    return ctx.settings.get("outbound_url", "") or ctx.base_url


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _post(message_id: str, body: bytes, ctx: Context, *, effect: bool, max_bytes: int) -> HttpRequest:
    try:
        signed = schemes.standard_headers(message_id, body, secrets_of(ctx), ctx.now)
    except SignatureInvalid as error:
        raise SendError(SendErrorKind.REAUTH, str(error)) from None
    return HttpRequest(
        method="POST",
        url=_url(ctx),
        headers={"content-type": "application/json", "user-agent": "unified-inbox", **signed},
        body=body,
        effect=effect,
        max_bytes=max_bytes,
        timeout_seconds=_ANSWER_SECONDS,
    )


def _refusal(response: HttpResponse, now: int) -> SendError:
    """The SendError of an answer that is not 2xx; its body may name one of four kinds and explain itself."""
    said = readable_object(response.body) or {}
    reason = _text(said, "detail") or f"the customer's system answered HTTP {response.status}"
    if 300 <= response.status < 400:
        return SendError(SendErrorKind.REJECTED, f"{reason}; redirects are not followed: enter the final address")
    if response.status == 410:
        # https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11-22):
        # 410 asks the sender to disable the endpoint.
        return SendError(SendErrorKind.REAUTH, f"{reason}: it wants no more; check outbound_url")
    if 400 <= response.status < 500 and response.status not in (401, 403, 429):
        kind = _KINDS_SAID.get(_text(said, "code"))
        if kind is not None:
            return SendError(kind, reason)
    if response.status == 404:
        # A wrong address says the same as a person who is gone: of people the customer's system speaks by `code`.
        return SendError(SendErrorKind.REJECTED, f"{reason}: if it says so to every answer, check outbound_url")
    return error_of(response, now, reason)


def _text(said: Mapping[str, Any], name: str) -> str:
    """A text of the answer, cut to 500 characters, or a whole number as one; empty where it is neither."""
    value = said.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return str(value)[:500]
    return value[:500] if isinstance(value, str) else ""
