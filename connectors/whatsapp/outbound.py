"""Planning and sending: messages, templates, reactions, read marks and blocks.

https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-phone-number/message-api
(read 2026-11-22).
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from connectors._meta import graph
from connectors.contract import Context
from connectors.errors import PlanRefused, SendError, SendErrorKind
from connectors.exchange import Exchange
from connectors.inbound import ThreadKind
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
    Target,
    UnhideComment,
)
from connectors.toolkit import planning
from connectors.toolkit.text import length
from connectors.whatsapp.calls import Json, call, number_of
from connectors.whatsapp.interactive import interactive
from connectors.whatsapp.manifest import (
    CAPTION,
    IMAGE_MAX_BYTES,
    MANIFEST,
    MEDIA_MAX_BYTES,
    STICKER_MAX_BYTES,
    TEXT,
)
from connectors.whatsapp.payloads import SCOPED_ID
from connectors.whatsapp.people import digits_of
from connectors.whatsapp.templates import message_of, name_and_language

_LINK = re.compile(r"https?://\S")
_TAKES_CAPTION = ("image", "video", "document")


# --- whom it goes to --------------------------------------------------------------------------


def kind_of(target: Target) -> ThreadKind:
    """What kind of thread a target is in. An id that is neither a phone number nor a person's is a group's."""
    if target.address.get("group_id"):
        return "group"
    written = _written(target)
    return "direct" if not written or written.isdecimal() or SCOPED_ID.fullmatch(written) else "group"


def recipient_of(target: Target) -> Json:
    """How WhatsApp addresses whom an action goes to: phone numbers as `to`, all others as `recipient`. The number goes
    first: not every kind of message can be sent to an id. Empty where the target names nobody.
    """
    written = _written(target)
    if kind_of(target) == "group":
        return {"recipient_type": "group", "to": target.address.get("group_id") or written}
    if written.isdecimal():
        return {"recipient_type": "individual", "to": written}
    return {"recipient_type": "individual", "recipient": written} if written else {}


def _written(target: Target) -> str:
    """The person or group, as far as the target says: a number goes before an id."""
    address = target.address
    known = address.get("phone") or address.get("user_id") or address.get("group_id")
    return digits_of(known or target.thread_id or address.get("to", "") or target.author_id or "")


# --- planning ---------------------------------------------------------------------------------


def plan(action: AnyOutbound, ctx: Context) -> list[Part]:
    """One part for each message that the customer will see: texts first, then files one by one.

    A text goes as the caption of a single file where it fits. With a template the text is what agents see of it, and
    a file is its header's. Empty for what WhatsApp needs no call for (the end of typing).
    """
    if type(action) in _NOT_SUPPORTED:
        raise PlanRefused("not_supported", _NOT_SUPPORTED[type(action)])
    if not recipient_of(action.target):
        raise PlanRefused("recipient_missing", "Name a phone number, in international form.")
    kind = kind_of(action.target)
    planning.require_allowed(action, MANIFEST.kinds[kind], where=f"WhatsApp in a thread of kind {kind!r}")
    match action:
        case SendMessage(template=str(template)) if template:
            return planning.number([_templated(action, template, ctx)], ctx)
        case SendMessage():
            _require_open(action, ctx.now)
            if planning.require_options(action, MANIFEST.kinds[kind].options, where=f"WhatsApp in a {kind} thread"):
                return planning.number([action], ctx)
            return planning.number(_messages(action), ctx)
        case React():
            _require_message(action)
            return planning.number([action], ctx)
        case BanAuthor():
            return planning.number([action], ctx)
        case MarkSeen():
            return planning.number([action], ctx) if action.target.message_id else []
        case ShowTyping():
            return planning.number([action], ctx) if action.on and action.target.message_id else []
        case _:
            raise PlanRefused("not_supported", f"WhatsApp has no {planning.action_name(action)!r} to carry out.")


_NOT_SUPPORTED: dict[type[AnyOutbound], str] = {
    EditSent: "WhatsApp lets businesses change nothing they sent. Send a correction.",
    DeleteSent: "WhatsApp lets businesses take back nothing they sent. Send a correction.",
    ReplyToComment: "WhatsApp has no public comments.",
    PrivateReply: "WhatsApp has no public comments.",
    ReplyToReview: "WhatsApp has no reviews.",
    HideComment: "WhatsApp has no public comments.",
    UnhideComment: "WhatsApp has no public comments.",
    DeleteComment: "WhatsApp lets businesses delete nothing that others wrote.",
}


def _require_open(action: SendMessage, now: int) -> None:
    """Raise PlanRefused where WhatsApp takes nothing but templates: first messages, and after the window."""
    target = action.target
    if not target.thread_id:
        raise PlanRefused("window_closed", "A first message on WhatsApp must be a template. Choose one.")
    if target.window_closes_at is not None and target.window_closes_at <= now:
        raise PlanRefused("window_closed", "The person last wrote more than 24 hours ago. Send a template.")


def _require_message(action: AnyOutbound) -> None:
    if not action.target.message_id:
        raise PlanRefused("recipient_missing", "Name the message that is meant.")


def _templated(action: SendMessage, template: str, ctx: Context) -> SendMessage:
    name, language = name_and_language(template, ctx.settings.get("template_language") or "en_US")
    planning.require_attachments(action.attachments, MANIFEST.kinds["direct"].attachments)
    if len(action.attachments) > 1:
        raise PlanRefused("attachment_size", "A template takes one file, in its header.", limit=1, unit="attachments")
    message_of(template, action.template_values, language)
    return replace(action, template=f"{name}/{language}")


def _messages(action: SendMessage) -> list[SendMessage]:
    files = action.attachments
    planning.require_attachments(files, MANIFEST.kinds["direct"].attachments)
    if not files and not action.text.strip():
        raise PlanRefused("empty", "Write something: WhatsApp takes no empty message.")
    if len(files) == 1 and field_of(files[0]) in _TAKES_CAPTION and length(action.text, CAPTION.unit) <= CAPTION.limit:
        return [action]
    texts = planning.text_parts(action.text, TEXT, split=action.split)
    said = [replace(action, text=text, attachments=()) for text in texts if text.strip()]
    first, *rest = [*said, *(replace(action, text="", attachments=(blob,)) for blob in files)]
    return [first, *(replace(one, target=replace(one.target, message_id=None)) for one in rest)]


_FIELDS = {
    "image/jpeg": ("image", IMAGE_MAX_BYTES),
    "image/png": ("image", IMAGE_MAX_BYTES),
    "video/mp4": ("video", MEDIA_MAX_BYTES),
    "video/3gpp": ("video", MEDIA_MAX_BYTES),
    "audio/aac": ("audio", MEDIA_MAX_BYTES),
    "audio/amr": ("audio", MEDIA_MAX_BYTES),
    "audio/mpeg": ("audio", MEDIA_MAX_BYTES),
    "audio/mp4": ("audio", MEDIA_MAX_BYTES),
    "audio/ogg": ("audio", MEDIA_MAX_BYTES),
}
"""MIME type → the field it is sent in, and up to which size. Whatever WhatsApp would not show goes as a document.
https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
(read 2026-11-22).
"""


def field_of(blob: Blob) -> str:
    """What a file is sent as."""
    if blob.kind == "sticker" and blob.mime == "image/webp" and blob.size_bytes <= STICKER_MAX_BYTES:
        return "sticker"
    field, most_bytes = _FIELDS.get(blob.mime.lower(), ("document", 0))
    return field if blob.kind != "file" and blob.size_bytes <= most_bytes else "document"


# --- sending ----------------------------------------------------------------------------------


def send(part: Part, ctx: Context) -> Exchange[Receipt]:
    """Carry out one part. Raises SendError."""
    action = part.action
    match action:
        case SendMessage():
            return (yield from _send_message(action, part.key, ctx))
        case React():
            reaction = {"message_id": action.target.message_id, "emoji": action.emoji}
            yield from _post({**recipient_of(action.target), "type": "reaction", "reaction": reaction}, ctx)
        case MarkSeen():
            yield from _mark(action.target, {}, ctx)
        case ShowTyping():
            yield from _mark(action.target, {"typing_indicator": {"type": "text"}}, ctx)
        case BanAuthor():
            yield from _block(action.target, ctx)
        case _:
            raise SendError(SendErrorKind.REJECTED, f"WhatsApp has no {planning.action_name(action)!r}")
    return Receipt()


def _send_message(action: SendMessage, key: str, ctx: Context) -> Exchange[Receipt]:
    body: Json = {**recipient_of(action.target), "biz_opaque_callback_data": key}
    if action.target.message_id:
        body["context"] = {"message_id": action.target.message_id}
    media = (yield from _uploaded(action.attachments[0], ctx)) if action.attachments else None
    if action.template:
        values, language = action.template_values, ctx.settings.get("template_language") or "en_US"
        template = message_of(action.template, values, language, media=_as_header(media))
        answer = yield from _post({**body, "type": "template", "template": template}, ctx)
    elif action.options or action.asks_location:
        answer = yield from _post({**body, "type": "interactive", "interactive": interactive(action)}, ctx)
    elif media is not None:
        field = media["type"]
        caption = {"caption": action.text} if action.text and field in _TAKES_CAPTION else {}
        answer = yield from _post({**body, "type": field, field: media[field] | caption}, ctx)
    else:
        text: Json = {"body": action.text, "preview_url": bool(_LINK.search(action.text))}
        answer = yield from _post({**body, "type": "text", "text": text}, ctx)
    return _receipt(answer, action.target)


def _uploaded(blob: Blob, ctx: Context) -> Exchange[Json]:
    """Upload a file: how a message refers to it (`{"type": "image", "image": {"id": …}}`)."""
    fields = {"messaging_product": "whatsapp", "type": blob.mime}
    request = graph.upload(ctx, f"{number_of(ctx)}/media", fields, blob, name="file", effect=False)
    media_id = str((yield from call(request, ctx)).get("id") or "")
    if not media_id:
        raise SendError(SendErrorKind.UNREACHABLE, "WhatsApp took the file and gave it no id")
    field = field_of(blob)
    named = {"filename": blob.name} if field == "document" and blob.name else {}
    voice = {"voice": True} if field == "audio" and blob.mime.lower() == "audio/ogg" else {}
    return {"type": field, field: {"id": media_id, **named, **voice}}


def _as_header(media: Json | None) -> Json | None:
    """A file in a template's header. Raises SendError for one that headers do not take."""
    if media is None or media["type"] in _TAKES_CAPTION:
        return media
    raise SendError(SendErrorKind.REJECTED, "a template's header takes a picture, a video or a document")


def _post(body: Json, ctx: Context) -> Exchange[Json]:
    path = f"{number_of(ctx)}/messages"
    return (yield from call(graph.post(ctx, path, {"messaging_product": "whatsapp", **body}), ctx))


def _receipt(answer: Json, target: Target) -> Receipt:
    """The receipt of what was sent; where it began the thread, also what the thread is called."""
    messages, contacts = _objects(answer.get("messages")), _objects(answer.get("contacts"))
    external_id = next((str(one["id"]) for one in messages if one.get("id")), "")
    if not external_id:
        raise SendError(SendErrorKind.UNKNOWN, "WhatsApp took it but named no message")
    named = next(iter(contacts), {})
    thread_id = "" if target.thread_id else str(named.get("user_id") or named.get("wa_id") or _written(target))
    return Receipt(external_id=external_id, thread_id=thread_id)


def _objects(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _mark(target: Target, more: Json, ctx: Context) -> Exchange[None]:
    """Mark a message, and all before it, as read; with a typing indicator for as long as WhatsApp shows one."""
    body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": target.message_id, **more}
    yield from call(graph.post(ctx, f"{number_of(ctx)}/messages", body, effect=False), ctx)


def _block(target: Target, ctx: Context) -> Exchange[None]:
    """Keep a person from writing to us. WhatsApp takes it only for somebody who wrote within 24 hours."""
    whom = recipient_of(target)
    user = {"user": whom["to"]} if "to" in whom else {"user_id": whom["recipient"]}
    body: Json = {"messaging_product": "whatsapp", "block_users": [user]}
    answer = yield from call(graph.post(ctx, f"{number_of(ctx)}/block_users", body), ctx)
    listed = answer.get("block_users")
    failed = _objects(listed.get("failed_users")) if isinstance(listed, dict) else []
    for one in failed:
        said = next((str(error.get("message", "")) for error in _objects(one.get("errors"))), "")
        raise SendError(SendErrorKind.REJECTED, said or "WhatsApp did not block the person")
