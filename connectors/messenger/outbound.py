"""Actions to parts, and parts to calls of the Send API.

https://developers.facebook.com/docs/messenger-platform/reference/send-api (read 2026-11-22). A call carries a text or
one file, and there are no captions; so each is a part of its own.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from connectors._meta import graph, options
from connectors.contract import Context
from connectors.errors import PlanRefused, SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest, http
from connectors.messenger.manifest import (
    HUMAN_AGENT_WINDOW_SECONDS,
    MANIFEST,
    STANDARD_WINDOW_SECONDS,
    TEXT,
)
from connectors.messenger.payloads import USER_REF
from connectors.outbound import (
    AnyOutbound,
    Blob,
    MarkSeen,
    Part,
    React,
    Receipt,
    SendMessage,
    ShowTyping,
    Target,
)
from connectors.toolkit import planning

Json = dict[str, Any]

_DIRECT = MANIFEST.kinds["direct"]
_US = 1_000_000
_TYPES = {"image": "image", "sticker": "image", "video": "video", "audio": "audio"}
_PICTURES = {"image/jpeg", "image/png", "image/gif", "image/webp"}


# --- planning ---------------------------------------------------------------------------------


def plan(action: AnyOutbound, ctx: Context) -> list[Part]:
    """One part for each text and each file. Raises PlanRefused."""
    planning.require_allowed(action, _DIRECT, where=MANIFEST.name)
    if not action.target.thread_id:
        raise PlanRefused("recipient_missing", "A Page cannot write first: wait until the person has written.")
    match action:
        case SendMessage():
            _tag(action, ctx.now, ctx)
            if planning.require_options(action, _DIRECT.options, where=MANIFEST.name):
                return planning.number([action], ctx)
            return planning.number(_messages(action), ctx)
        case React() if not action.target.message_id:
            raise PlanRefused("recipient_missing", "Name the message to react to.")
        case _:
            return planning.number([action], ctx)


def _messages(action: SendMessage) -> list[SendMessage]:
    """Texts first, then files; only the first of them quotes."""
    planning.require_attachments(action.attachments, _DIRECT.attachments)
    if not action.text.strip() and not action.attachments:
        raise PlanRefused("empty", "Write something: Messenger takes no empty message.")
    texts = planning.text_parts(action.text, TEXT, split=action.split)
    said = [replace(action, text=text, attachments=()) for text in texts if text.strip()]
    shown = [replace(action, text="", attachments=(blob,)) for blob in action.attachments]
    first, *rest = [*said, *shown]
    return [first, *(replace(one, target=replace(one.target, message_id=None)) for one in rest)]


def _tag(action: SendMessage, now: int, ctx: Context) -> Json:
    """Under which rule a message goes out: as an answer within 24 hours of the person's last act, then for six days
    more as a colleague's. Raises PlanRefused (`window_closed`).

    https://developers.facebook.com/docs/messenger-platform/policy/policy-overview (read 2026-11-22).
    """
    closes_at = action.target.window_closes_at
    planning.require_open(action, now)
    human = ctx.settings.get("human_agent", "yes") != "no"
    later = (HUMAN_AGENT_WINDOW_SECONDS - STANDARD_WINDOW_SECONDS) * _US if human else 0
    if closes_at is None or now < closes_at - later:
        return {"messaging_type": "RESPONSE"}
    if action.automatic:
        reason = "24 hours have passed since the person wrote: only people may answer now, no rule."
        raise PlanRefused("window_closed", reason)
    return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


# --- sending ----------------------------------------------------------------------------------


def send(part: Part, ctx: Context) -> Exchange[Receipt]:
    """Carry out one part. Raises SendError."""
    action = part.action
    match action:
        case SendMessage():
            request = _message(action, part.key, ctx)
        case React():
            request = _sender_action(action, ctx, *_reaction(action))
        case MarkSeen():
            request = _sender_action(action, ctx, "mark_seen")
        case ShowTyping():
            request = _sender_action(action, ctx, "typing_on" if action.on else "typing_off")
        case _:
            raise SendError(SendErrorKind.REJECTED, f"Messenger has no {planning.action_name(action)!r}")
    answer = yield from http(request)
    graph.require_reach(answer, _page(ctx))
    said = graph.said(answer, ctx.now, effect=request.effect)
    return _receipt(said, action) if isinstance(action, SendMessage) else Receipt()


def _message(action: SendMessage, key: str, ctx: Context) -> HttpRequest:
    """The call that says one thing. `metadata` comes back with the echo, which may be here before the answer is."""
    try:
        tag = _tag(action, ctx.now, ctx)
    except PlanRefused as closed:
        raise SendError(SendErrorKind.WINDOW_CLOSED, closed.detail) from None
    message: Json = {"metadata": key}
    if action.target.message_id:
        message["reply_to"] = {"mid": action.target.message_id}
    recipient = _recipient(action.target)
    if not action.attachments:
        said = options.message_of(action) if action.options else {"text": action.text}
        return graph.post(ctx, _path(ctx), {"recipient": recipient, **tag, "message": {**said, **message}})
    blob = action.attachments[0]
    attachment = {"type": _type_of(blob), "payload": {"is_reusable": False}}
    fields = {"recipient": recipient, **tag, "message": {"attachment": attachment, **message}}
    return graph.upload(ctx, _path(ctx), fields, blob)


def _receipt(said: Json, action: SendMessage) -> Receipt:
    """The receipt of what was sent. Raises SendError(UNKNOWN) where the answer names no message."""
    mid, person = said.get("message_id"), said.get("recipient_id")
    if not isinstance(mid, str) or not mid:
        raise SendError(SendErrorKind.UNKNOWN, "Facebook took it but named no message")
    landed = person if isinstance(person, str) and person != action.target.thread_id else ""
    return Receipt(external_id=mid, thread_id=landed)


def _sender_action(action: AnyOutbound, ctx: Context, name: str, payload: Json | None = None) -> HttpRequest:
    body: Json = {"recipient": _recipient(action.target), "sender_action": name}
    return graph.post(
        ctx, _path(ctx), body | ({"payload": payload} if payload else {}), effect=isinstance(action, React)
    )


def _reaction(action: React) -> tuple[str, Json]:
    payload = {"message_id": action.target.message_id}
    return ("react", payload | {"reaction": action.emoji}) if action.emoji else ("unreact", payload)


def _recipient(target: Target) -> Json:
    """Whom it is for, by page-scoped id or by the reference a plugin made."""
    person = target.thread_id
    return {"user_ref": person.removeprefix(USER_REF)} if person.startswith(USER_REF) else {"id": person}


def _path(ctx: Context) -> str:
    return f"{_page(ctx)}/messages"


def _page(ctx: Context) -> str:
    return ctx.asset_id or ctx.settings.get("page_id") or "me"


def _type_of(blob: Blob) -> str:
    """How Messenger shows it; pictures of kinds it does not show go as files."""
    kind = _TYPES.get(blob.kind, "file")
    return "file" if kind == "image" and blob.mime.lower() not in _PICTURES else kind
