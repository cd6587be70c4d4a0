"""Actions to parts, and parts to calls of the Bot API."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import assert_never

from msgspec import Raw
from msgspec.structs import replace

from connectors.contract import Context
from connectors.errors import PayloadInvalid, PlanRefused, SendError, SendErrorKind
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
    Option,
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
from connectors.telegram.calls import Params, ask, call, refusal
from connectors.telegram.manifest import (
    ALBUM_MAX,
    CALLBACK_MAX_BYTES,
    CAPTION,
    MANIFEST,
    OPTIONS,
    PHOTO_MAX_BYTES,
    REACTIONS,
    TEXT,
)
from connectors.telegram.payloads import Id, Place, Record, Second, numbers_of
from connectors.toolkit import planning
from connectors.toolkit.payload import decode
from connectors.toolkit.text import length


class SentChat(Record, frozen=True, kw_only=True, gc=False):
    """Where a message landed: another chat than we named where a group was upgraded."""

    id: Id


class Sent(Record, frozen=True, kw_only=True, gc=False):
    """A message of ours as Telegram took it."""

    message_id: Id
    date: Second
    chat: SentChat


# --- planning ---------------------------------------------------------------------------------


def plan(action: AnyOutbound, ctx: Context) -> list[Part]:
    """One part per message that the customer will see: texts first, then files, of which 2 to 10 make one album.

    A text goes as the caption of a single file where it fits. Empty for what Telegram has no call for and needs none
    (marking read outside business chats, the end of typing).
    """
    _require_place(action)
    if type(action) not in _NOT_SUPPORTED:
        kind = kind_of(place_of(action))
        planning.require_allowed(action, MANIFEST.kinds[kind], where=f"Telegram in a thread of kind {kind!r}")
    match action:
        case SendMessage() | ReplyToComment():
            return planning.number(_messages(action), ctx)
        case EditSent() | React() | DeleteSent() | DeleteComment():
            return planning.number([_touching(action)], ctx)
        case BanAuthor():
            if not action.target.author_id:
                raise PlanRefused("recipient_missing", "Name the person to ban.")
            return planning.number([action], ctx)
        case MarkSeen():
            shows = bool(place_of(action).business) and bool(numbers_of(action.target.message_id or ""))
            return planning.number([action], ctx) if shows else []
        case ShowTyping():
            return planning.number([action], ctx) if action.on else []
        case PrivateReply() | ReplyToReview() | HideComment() | UnhideComment():
            raise PlanRefused("not_supported", _NOT_SUPPORTED[type(action)])
        case _:
            assert_never(action)


_NOT_SUPPORTED: dict[type[AnyOutbound], str] = {
    PrivateReply: "A Telegram bot cannot write to a person first. Answer publicly with a link to the bot.",
    ReplyToReview: "Telegram has no reviews.",
    HideComment: "Telegram cannot hide a comment. Delete it instead.",
    UnhideComment: "Telegram cannot hide a comment, so there is none to show again.",
}


def kind_of(place: Place) -> ThreadKind:
    """What kind of thread a place is: comments hang on a post, groups have negative ids, all else is one person's."""
    if place.branch.startswith("c"):
        return "comment"
    return "group" if place.chat_id.startswith("-") and not place.branch.startswith("d") else "direct"


def place_of(action: AnyOutbound) -> Place:
    """Where an action goes: by the thread's address, or by its id where no address was kept."""
    address, target = action.target.address, action.target
    if "chat_id" not in address:
        return Place.of(target.thread_id)
    business, branch = address.get("business_connection_id", ""), address.get("branch", "")
    return Place(chat_id=address["chat_id"], business=business, branch=branch)


def _require_place(action: AnyOutbound) -> None:
    if not place_of(action).chat_id:
        raise PlanRefused("recipient_missing", "A Telegram bot cannot write first: wait until the person has written.")


def _touching(action: EditSent | React | DeleteSent | DeleteComment) -> AnyOutbound:
    """The action on a message that is there already. Raises PlanRefused when it names none, or cannot be done."""
    if not numbers_of(action.target.message_id or ""):
        raise PlanRefused("recipient_missing", "Name the message that is meant.")
    if isinstance(action, React):
        return replace(action, emoji=_known_emoji(action))
    if isinstance(action, EditSent):
        _require_text(action.text)
        planning.text_parts(action.text, TEXT, split=False)
    return action


def _require_text(text: str) -> None:
    if not text.strip():
        raise PlanRefused("empty", "Write something: Telegram takes no empty message.")


def _known_emoji(action: React) -> str:
    """The emoji as Telegram writes it. Raises PlanRefused for one outside its list, and in business chats."""
    if place_of(action).business:
        raise PlanRefused("not_supported", "Telegram takes no reactions through a business account.")
    if not action.emoji:
        return ""
    plain = action.emoji.replace("\ufe0f", "")
    known = next((one for one in REACTIONS if one.replace("\ufe0f", "") == plain), None)
    if known is None:
        raise PlanRefused("not_supported", f"Telegram does not take {action.emoji} as a reaction. Choose another.")
    return known


def _messages(action: SendMessage | ReplyToComment) -> list[SendMessage | ReplyToComment]:
    if isinstance(action, SendMessage) and planning.require_options(action, OPTIONS, where="Telegram"):
        return [_answering(action)]
    files = action.attachments
    planning.require_attachments(files, MANIFEST.kinds["direct"].attachments)
    if not files:
        _require_text(action.text)
    if len(files) == 1 and _takes_caption(files[0]) and length(action.text, CAPTION.unit) <= CAPTION.limit:
        return [_answering(action)]
    split = isinstance(action, SendMessage) and action.split
    texts = planning.text_parts(action.text, TEXT, split=split)
    said = [replace(action, text=text, attachments=()) for text in texts if text.strip()]
    shown = [replace(action, text="", attachments=album) for album in _albums(files)]
    first, *rest = [*said, *shown]
    return [_answering(first), *(replace(one, target=replace(one.target, message_id=None)) for one in rest)]


def _answering(action: SendMessage | ReplyToComment) -> SendMessage | ReplyToComment:
    """The action with what it answers: in groups the message is quoted, so that all see whom it is for; in a chat of
    two a quote before every answer is noise.
    """
    place = place_of(action)
    is_shared = place.chat_id.startswith("-") and not place.branch.startswith("d")
    if is_shared:
        return action
    return replace(action, target=replace(action.target, message_id=None))


def _albums(files: Sequence[Blob]) -> list[tuple[Blob, ...]]:
    """Neighbours that Telegram takes as one album, at most 10 each; everything else alone.

    Photos mix with videos; documents and audio files only with their own kind.
    https://core.telegram.org/bots/api#sendmediagroup (read 2026-11-22).
    """
    albums: list[tuple[Blob, ...]] = []
    for family, run in groupby(files, key=lambda blob: _ALBUMS.get(_field_of(blob), "")):
        neighbours = list(run)
        size = ALBUM_MAX if family else 1
        albums.extend(tuple(neighbours[i : i + size]) for i in range(0, len(neighbours), size))
    return albums


_ALBUMS = {"photo": "visual", "video": "visual", "document": "document", "audio": "audio"}
_METHODS = {
    "photo": "sendPhoto",
    "video": "sendVideo",
    "animation": "sendAnimation",
    "audio": "sendAudio",
    "voice": "sendVoice",
    "sticker": "sendSticker",
    "document": "sendDocument",
}
_FIELDS = {
    "image/jpeg": "photo",
    "image/png": "photo",
    "image/webp": "photo",
    "image/gif": "animation",
    "video/mp4": "video",
    "audio/ogg": "voice",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/x-m4a": "audio",
}
"""MIME type → the field it is sent in. Whatever Telegram would not play goes as a document.
https://core.telegram.org/bots/api#sendaudio, #sendvoice, #sendvideo (read 2026-11-22).
"""


def _field_of(blob: Blob) -> str:
    if blob.kind == "file":
        return "document"
    if blob.kind == "sticker" and blob.mime == "image/webp":
        return "sticker"
    field = _FIELDS.get(blob.mime.lower(), "document")
    return "document" if field == "photo" and blob.size_bytes > PHOTO_MAX_BYTES else field


def _takes_caption(blob: Blob) -> bool:
    return _field_of(blob) != "sticker"


# --- sending ----------------------------------------------------------------------------------


def send(part: Part, ctx: Context) -> Exchange[Receipt]:
    """Carry out one part. Raises SendError."""
    action, place = part.action, place_of(part.action)
    match action:
        case SendMessage() | ReplyToComment():
            return (yield from _send_message(action, place, ctx))
        case EditSent():
            yield from _edit(action, place, ctx)
        case DeleteSent() | DeleteComment():
            yield from _delete(numbers_of(action.target.message_id or ""), place, ctx)
        case React():
            reaction = [{"type": "emoji", "emoji": action.emoji}] if action.emoji else []
            params = {**_one_message(action, place), "reaction": reaction}
            yield from call(ctx, "setMessageReaction", params, effect=True)
        case BanAuthor():
            yield from _ban(action.target.author_id or "", place, ctx)
        case MarkSeen():
            params = {"business_connection_id": place.business, **_one_message(action, place)}
            yield from call(ctx, "readBusinessMessage", params)
        case ShowTyping():
            yield from call(ctx, "sendChatAction", {**_where(place), "action": "typing"})
        case _:
            raise SendError(SendErrorKind.REJECTED, f"Telegram has no {planning.action_name(action)!r}")
    return Receipt()


def _send_message(action: SendMessage | ReplyToComment, place: Place, ctx: Context) -> Exchange[Receipt]:
    params = {**_where(place), **_reply_parameters(action, place)}
    files = action.attachments
    if not files:
        said = {**params, "text": action.text, **_keyboard(action)}
        raw = yield from call(ctx, "sendMessage", said, effect=True)
    elif len(files) == 1:
        field = _field_of(files[0])
        caption = {"caption": action.text} if action.text else {}
        raw = yield from call(ctx, _METHODS[field], {**params, **caption}, files={field: files[0]}, effect=True)
    else:
        named = {f"file{i}": blob for i, blob in enumerate(files)}
        media = [{"type": _field_of(blob), "media": f"attach://{name}"} for name, blob in named.items()]
        raw = yield from call(ctx, "sendMediaGroup", {**params, "media": media}, files=named, effect=True)
    return _receipt(raw, place)


def _keyboard(action: SendMessage | ReplyToComment) -> Params:
    """The options as buttons below the message, one in each row."""
    if not isinstance(action, SendMessage) or not action.options:
        return {}
    rows = [[_button(one, i)] for i, one in enumerate(action.options)]
    return {"reply_markup": {"inline_keyboard": rows}}


def _button(option: Option, index: int) -> Params:
    if option.url:
        return {"text": option.title, "url": option.url}
    given = planning.option_id(option, index)
    fits = len(given.encode()) <= CALLBACK_MAX_BYTES
    return {"text": option.title, "callback_data": given if fits else str(index + 1)}


def _receipt(raw: Raw, place: Place) -> Receipt:
    """The receipt of what was sent. An album is one item, named after all its messages."""
    try:
        sent = decode(raw, list[Sent]) if bytes(raw).startswith(b"[") else [decode(raw, Sent)]
    except PayloadInvalid as broken:
        raise SendError(SendErrorKind.UNKNOWN, f"Telegram took it but its answer is not understood: {broken}") from None
    if not sent:
        raise SendError(SendErrorKind.UNKNOWN, "Telegram took it but named no message")
    landed = replace(place, chat_id=str(sent[0].chat.id))
    numbers = [one.message_id for one in sent]
    return Receipt(
        external_id=landed.message_id(*numbers),
        alternate_ids=tuple(landed.message_id(number) for number in numbers) if len(numbers) > 1 else (),
        thread_id=landed.thread_id if landed.chat_id != place.chat_id else "",
        accepted_at=sent[0].date * 1_000_000,
    )


def _edit(action: EditSent, place: Place, ctx: Context) -> Exchange[None]:
    """Change the text; where the message is a file, its caption. The same text again is no error."""
    params = {**_business(place), **_one_message(action, place)}
    answer = yield from ask(ctx, "editMessageText", {**params, "text": action.text}, effect=True)
    if "no text in the message to edit" in answer.description:
        answer = yield from ask(ctx, "editMessageCaption", {**params, "caption": action.text}, effect=True)
    if not answer.ok and "message is not modified" not in answer.description:
        raise refusal(answer)


def _delete(numbers: list[int], place: Place, ctx: Context) -> Exchange[None]:
    """Delete one message, or all of an album. One that is gone already is no error."""
    if place.business:
        method, params = "deleteBusinessMessages", {**_business(place), "message_ids": numbers}
    elif len(numbers) > 1:
        method, params = "deleteMessages", {"chat_id": _chat_id(place), "message_ids": numbers}
    else:
        method, params = "deleteMessage", {"chat_id": _chat_id(place), "message_id": numbers[0]}
    answer = yield from ask(ctx, method, params, effect=True)
    if not answer.ok and "message to delete not found" not in answer.description:
        raise refusal(answer)


def _ban(author_id: str, place: Place, ctx: Context) -> Exchange[None]:
    """Ban a person, or the channel somebody writes as (its id is negative)."""
    is_chat = author_id.startswith("-")
    method, field = ("banChatSenderChat", "sender_chat_id") if is_chat else ("banChatMember", "user_id")
    yield from call(ctx, method, {"chat_id": _chat_id(place), field: _number(author_id)}, effect=True)


def _chat_id(place: Place) -> int | str:
    return _number(place.chat_id)


def _number(written: str) -> int | str:
    """Ids go as numbers; `@channel` names as they are."""
    digits = written.removeprefix("-")
    return int(written) if digits.isascii() and digits.isdigit() and len(digits) < 20 else written


def _business(place: Place) -> Params:
    return {"business_connection_id": place.business} if place.business else {}


def _where(place: Place) -> Params:
    """How Telegram addresses the place. The comments of a post are reached by answering in them."""
    params: Params = {"chat_id": _chat_id(place), **_business(place)}
    if place.branch.startswith("t"):
        params["message_thread_id"] = _number(place.branch[1:])
    if place.branch.startswith("d"):
        params["direct_messages_topic_id"] = _number(place.branch[1:])
    return params


def _reply_parameters(action: SendMessage | ReplyToComment, place: Place) -> Params:
    """What it answers; when that is gone, it is sent all the same."""
    numbers = numbers_of(action.target.message_id or "")
    if not numbers and place.branch.startswith("c"):
        numbers = numbers_of(place.branch[1:])
    if not numbers:
        return {}
    return {"reply_parameters": {"message_id": numbers[0], "allow_sending_without_reply": True}}


def _one_message(action: AnyOutbound, place: Place) -> Params:
    return {"chat_id": _chat_id(place), "message_id": numbers_of(action.target.message_id or "")[0]}
