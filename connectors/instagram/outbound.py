"""Actions to parts, and parts to calls of the Instagram API.

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api and
https://developers.facebook.com/docs/instagram-platform/comment-moderation (read 2026-11-22).
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any, assert_never
from urllib.parse import quote

from msgspec.structs import replace

from connectors._meta import graph, options
from connectors.contract import Context
from connectors.errors import PlanRefused, SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest, http
from connectors.inbound import ThreadKind
from connectors.instagram.account import account_id, answers_for_seconds, api, ask
from connectors.instagram.comments import COMMENTED_AT, LIVE, MEDIA_ID, PERSON
from connectors.instagram.manifest import (
    COMMENT,
    COMMENT_HASHTAGS,
    COMMENT_LINKS,
    HEART,
    IMAGES_AT_ONCE,
    MANIFEST,
    NETWORK,
    PRIVATE_REPLY_SECONDS,
    TEXT,
    WINDOW_SECONDS,
)
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
    Sibling,
    Target,
    UnhideComment,
)
from connectors.toolkit import planning

Json = dict[str, Any]
_US = 1_000_000
_HASHTAG = re.compile(r"(?<![\w#])#\w")
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_TYPES = {"image": "image", "video": "video", "audio": "audio", "application": "file"}
"""First half of a MIME type → what Instagram calls the attachment."""


# --- planning ---------------------------------------------------------------------------------


def plan(action: AnyOutbound, ctx: Context) -> list[Part]:
    """One part per message that the customer will see: texts first, then files; pictures that follow each other go as
    one message of up to 10.
    """
    if type(action) in _NOT_SUPPORTED:
        raise PlanRefused("not_supported", _NOT_SUPPORTED[type(action)])
    if not action.target.thread_id:
        raise PlanRefused("recipient_missing", "Nobody can be written to first: wait until the person has written.")
    kind = kind_of(action)
    planning.require_allowed(action, MANIFEST.kinds[kind], where=f"Instagram in a thread of kind {kind!r}")
    match action:
        case SendMessage():
            return planning.number(_messages(action, ctx), ctx)
        case ReplyToComment():
            return planning.number([_comment(action)], ctx)
        case PrivateReply():
            return planning.number([_private(action, ctx)], ctx)
        case HideComment() | UnhideComment() | DeleteComment() | DeleteSent() | React():
            return planning.number([_touching(action)], ctx)
        case MarkSeen() | ShowTyping():
            return planning.number([action], ctx)
        case EditSent() | ReplyToReview() | BanAuthor():
            raise PlanRefused("not_supported", _NOT_SUPPORTED[type(action)])
        case _:
            assert_never(action)


_NOT_SUPPORTED: dict[type[AnyOutbound], str] = {
    EditSent: "Instagram cannot change what was sent. Send a second message, or delete the comment and write another.",
    ReplyToReview: "Instagram has no reviews.",
    BanAuthor: "Instagram lets nobody be blocked from outside its app. Block the person in the app.",
}
_PUBLIC = (ReplyToComment, PrivateReply, HideComment, UnhideComment, DeleteComment, DeleteSent)


def kind_of(action: AnyOutbound) -> ThreadKind:
    """What kind of thread an action is for, as its address tells: a mention's thread is the post it is in, one of
    comments hangs on a post, a direct one is a person's. Where no address is known, what is to be done tells.
    """
    address = action.target.address
    if address.get(MEDIA_ID) == action.target.thread_id:
        return "mention"
    is_comment = MEDIA_ID in address or (PERSON not in address and isinstance(action, _PUBLIC))
    return "comment" if is_comment else "direct"


def _messages(action: SendMessage, ctx: Context) -> list[SendMessage]:
    planning.require_open(action, ctx.now)
    if action.automatic and _is_late(action.target, ctx):
        raise PlanRefused("window_closed", "A day has passed since the person wrote: only people may answer, no rule.")
    if planning.require_options(action, MANIFEST.kinds["direct"].options, where="Instagram"):
        return [action]
    planning.require_attachments(action.attachments, MANIFEST.kinds["direct"].attachments)
    if not action.attachments:
        _require_text(action.text)
    texts = [text for text in planning.text_parts(action.text, TEXT, split=action.split) if text.strip()]
    said = [replace(action, text=text, attachments=()) for text in texts]
    return said + [replace(action, text="", attachments=files) for files in _bundles(action.attachments)]


def _bundles(files: tuple[Blob, ...]) -> list[tuple[Blob, ...]]:
    """Pictures that follow each other together, at most 10; everything else alone."""
    bundles: list[tuple[Blob, ...]] = []
    for kind, run in groupby(files, key=_type_of):
        neighbours = tuple(run)
        size = IMAGES_AT_ONCE if kind == "image" else 1
        bundles.extend(neighbours[i : i + size] for i in range(0, len(neighbours), size))
    return bundles


def _comment(action: ReplyToComment) -> ReplyToComment:
    if action.target.address.get(LIVE):
        live = "Under a live video Instagram takes no public answers from outside. Answer in private while it is on."
        raise PlanRefused("not_supported", live)
    if action.attachments:
        raise PlanRefused("attachment_type", "A comment on Instagram is text alone. Answer in private to send a file.")
    _require_text(action.text)
    planning.text_parts(action.text, COMMENT, split=False)
    if len(_HASHTAG.findall(action.text)) > COMMENT_HASHTAGS:
        raise PlanRefused("not_supported", f"A comment may hold at most {COMMENT_HASHTAGS} hashtags. Take some out.")
    if len(_LINK.findall(action.text)) > COMMENT_LINKS:
        raise PlanRefused("not_supported", "A comment may hold one link only. Take the others out.")
    return action


def _private(action: PrivateReply, ctx: Context) -> PrivateReply:
    """Refused only where it is certain: the thread tells when a customer last commented in it."""
    _require_item(action)
    _require_text(action.text)
    # A direct message could be longer; but one counter stands beside the words in a thread of comments.
    planning.text_parts(action.text, COMMENT, split=False)
    commented_at = action.target.address.get(COMMENTED_AT, "")
    if commented_at.isdecimal() and int(commented_at) + PRIVATE_REPLY_SECONDS * _US <= ctx.now:
        raise PlanRefused("window_closed", "A comment can be answered in private for 7 days. Answer it publicly.")
    return action


def _touching(
    action: HideComment | UnhideComment | DeleteComment | DeleteSent | React,
) -> AnyOutbound:
    _require_item(action)
    if isinstance(action, React) and action.emoji.replace("\ufe0f", "") not in ("", HEART.replace("\ufe0f", "")):
        raise PlanRefused("not_supported", f"From outside its app Instagram takes {HEART} as a reaction and no other.")
    return action


def _require_item(action: AnyOutbound) -> None:
    if not action.target.message_id:
        raise PlanRefused("recipient_missing", "Name the comment or message that is meant.")


def _require_text(text: str) -> None:
    if not text.strip():
        raise PlanRefused("empty", "Write something: Instagram takes no empty message.")


# --- sending ----------------------------------------------------------------------------------


def send(part: Part, ctx: Context) -> Exchange[Receipt]:
    """Carry out one part. Raises SendError."""
    action, at = part.action, api(ctx)
    target = action.target
    match action:
        case SendMessage():
            tag = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if _is_late(target, ctx) else {}
            body = {"recipient": {"id": target.thread_id}, **tag, "message": _message(action, ctx)}
            return (yield from _sent(ctx, graph.post(at, "me/messages", body)))
        case PrivateReply():
            body = {"recipient": {"comment_id": target.message_id}, "message": {"text": action.text}}
            return _with_sibling((yield from _said(ctx, graph.post(at, "me/messages", body))))
        case ReplyToComment():
            return (yield from _comment_sent(action, ctx))
        case HideComment() | UnhideComment():
            params = {"hide": "true" if isinstance(action, HideComment) else "false"}
            yield from ask(ctx, graph.post(at, _path(target.message_id), params=params))
        case DeleteComment() | DeleteSent():
            yield from _delete(target.message_id or "", ctx)
        case React():
            yield from ask(ctx, graph.post(at, "me/messages", _reaction(action)))
        case MarkSeen() | ShowTyping():
            yield from ask(ctx, graph.post(at, "me/messages", _shown(action), effect=False))
        case _:
            raise SendError(SendErrorKind.REJECTED, f"Instagram has no {planning.action_name(action)!r}")
    return Receipt()


def _is_late(target: Target, ctx: Context) -> bool:
    """Whether the first day is over, in which anything may be said: then only people may answer, and say so by a tag.
    https://developers.facebook.com/docs/messenger-platform/policy/policy-overview (read 2026-11-22).
    """
    if target.window_closes_at is None:
        return False
    opened_at = target.window_closes_at - answers_for_seconds(ctx) * _US
    return ctx.now >= opened_at + WINDOW_SECONDS * _US


def _message(action: SendMessage, ctx: Context) -> Json:
    if action.options:
        return options.message_of(action)
    files = [{"type": _type_of(blob), "payload": {"url": ctx.media_url(blob)}} for blob in action.attachments]
    if not files:
        return {"text": action.text}
    return {"attachment": files[0]} if len(files) == 1 else {"attachments": files}


def _type_of(blob: Blob) -> str:
    return _TYPES.get(blob.mime.lower().partition("/")[0], "file")


def _sent(ctx: Context, request: HttpRequest) -> Exchange[Receipt]:
    answer = yield from _said(ctx, request)
    return Receipt(external_id=answer["message_id"])


def _said(ctx: Context, request: HttpRequest) -> Exchange[dict[str, str]]:
    """The answer to a message: its id, and whose conversation it is in."""
    told = yield from http(request)
    graph.require_reach(told, "me", account_id(ctx))
    answer = graph.said(told, ctx.now, effect=request.effect)
    message_id = answer.get("message_id") or answer.get("id")
    if not isinstance(message_id, str) or not message_id:
        raise SendError(SendErrorKind.UNKNOWN, "Instagram took it but named no message")
    return {"message_id": message_id, "recipient_id": str(answer.get("recipient_id") or "")}


def _with_sibling(answer: dict[str, str]) -> Receipt:
    """A private reply lands in the person's direct thread, which joins the comment's conversation."""
    person = answer["recipient_id"]
    sibling = Sibling(network=NETWORK, thread_id=person, author_id=person) if person else None
    return Receipt(external_id=answer["message_id"], sibling=sibling)


def _comment_sent(action: ReplyToComment, ctx: Context) -> Exchange[Receipt]:
    """Under a post of ours always at the thread's first comment: an answer to an answer would be moved there anyway."""
    at, target = api(ctx), action.target
    if kind_of(action) == "mention":
        params = {"media_id": target.thread_id, "message": action.text}
        if target.message_id and target.message_id != target.thread_id:
            params["comment_id"] = target.message_id
        request = graph.post(at, f"{ctx.asset_id or ctx.settings.get('ig_user_id', '')}/mentions", params)
    else:
        request = graph.post(at, f"{_path(target.thread_id)}/replies", {"message": action.text})
    answer = yield from ask(ctx, request)
    comment_id = answer.get("id")
    if not isinstance(comment_id, str) or not comment_id:
        raise SendError(SendErrorKind.UNKNOWN, "Instagram took it but named no comment")
    return Receipt(external_id=comment_id)


def _delete(comment_id: str, ctx: Context) -> Exchange[None]:
    """Remove a comment. One that is gone already is no error."""
    try:
        yield from ask(ctx, graph.delete(api(ctx), _path(comment_id)))
    except SendError as refused:
        if refused.kind is not SendErrorKind.RECIPIENT_GONE:
            raise


def _path(item_id: str | None) -> str:
    """An id as a part of an address."""
    return quote(item_id or "", safe="")


def _reaction(action: React) -> Json:
    payload = {"message_id": action.target.message_id}
    if action.emoji:
        payload["reaction"] = "love"
    doing = "react" if action.emoji else "unreact"
    return {"recipient": {"id": action.target.thread_id}, "sender_action": doing, "payload": payload}


def _shown(action: MarkSeen | ShowTyping) -> Json:
    typing = "typing_on" if isinstance(action, ShowTyping) and action.on else "typing_off"
    doing = "mark_seen" if isinstance(action, MarkSeen) else typing
    return {"recipient": {"id": action.target.thread_id}, "sender_action": doing}
