"""Actions to parts, and parts to calls of the Graph API.

Sources: https://developers.facebook.com/docs/pages-api/comments-mentions,
https://developers.facebook.com/docs/graph-api/reference/comment, …/reference/object/comments, …/reference/page/blocked,
https://developers.facebook.com/docs/messenger-platform/discovery/private-replies (read 2026-11-22).
"""

from __future__ import annotations

from typing import assert_never, cast

from connectors._meta import graph
from connectors._meta.refusals import refusal_in
from connectors.contract import Context, TextLimit
from connectors.errors import PlanRefused, SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest, HttpResponse, http
from connectors.facebook_page.fetch import is_gone, is_unreadable
from connectors.facebook_page.items import is_stranger
from connectors.facebook_page.manifest import LIKE, MANIFEST, PRIVATE_TEXT, TEXT
from connectors.inbound import ThreadKind
from connectors.outbound import (
    AnyOutbound,
    BanAuthor,
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

_NO_PRIVATE_REPLY = (
    "Facebook lets a page write to the author of a comment once, within 7 days, and not to everybody. Answer publicly."
)
_NOT_THIS_OBJECT = range(200, 300)
"""Codes of a permission that is missing for what was asked.
https://developers.facebook.com/docs/graph-api/guides/error-handling (read 2026-11-22).
"""
_STATE_FIELDS = "message,is_hidden,user_likes,can_reply_privately"
_PRIVATE_REPLY_CODES = frozenset({10900, 10901, 10903})
"""Already answered in private, too late, or not allowed for this person."""


# --- planning ---------------------------------------------------------------------------------


def plan(action: AnyOutbound, ctx: Context) -> list[Part]:
    """One part: everything on a page is one call that people can see. Raises PlanRefused."""
    kind = kind_of(action.target)
    planning.require_allowed(action, MANIFEST.kinds[kind], where=f"A Facebook page in a thread of kind {kind!r}")
    match action:
        case ReplyToComment():
            planning.require_attachments(action.attachments, MANIFEST.kinds[kind].attachments)
            _require_text(action.text, may_be_empty=bool(action.attachments))
        case ReplyToReview():
            _require_text(action.text)
            _require_story(action.target)
        case EditSent():
            _require_text(action.text)
        case PrivateReply():
            _require_text(action.text, PRIVATE_TEXT)
        case React():
            _require_like(action.emoji)
        case BanAuthor():
            _require_person(action.target)
        case HideComment() | UnhideComment() | DeleteComment() | DeleteSent():
            pass
        case SendMessage() | MarkSeen() | ShowTyping():
            raise PlanRefused("not_supported", "A Facebook page has no such thing for public comments.")
        case _:
            assert_never(action)
    if not (_object_of(action.target) or isinstance(action, BanAuthor)):
        raise PlanRefused("recipient_missing", "Name the comment or post that is meant.")
    return planning.number([action], ctx)


def kind_of(target: Target) -> ThreadKind:
    """The kind of thread that a target names by its address; a comment's where no address was kept."""
    kind = target.address.get("kind", "comment")
    return cast(ThreadKind, kind) if kind in MANIFEST.kinds else "comment"


def _object_of(target: Target) -> str:
    return target.message_id or target.thread_id


def _require_text(text: str, limit: TextLimit = TEXT, *, may_be_empty: bool = False) -> None:
    if not text.strip() and not may_be_empty:
        raise PlanRefused("empty", "Write something: Facebook takes no empty comment.")
    planning.text_parts(text, limit, split=False)


def _require_story(target: Target) -> None:
    """A recommendation whose story Facebook does not tell cannot be answered."""
    if target.thread_id.startswith("rating-"):
        raise PlanRefused("not_supported", "Facebook tells no id of this recommendation: answer it on Facebook itself.")


def _require_like(emoji: str) -> None:
    if emoji.replace("\ufe0f", "") not in ("", LIKE):
        raise PlanRefused("not_supported", f"A Facebook page can only like, {LIKE}; it cannot react with {emoji}.")


def _require_person(target: Target) -> None:
    if not target.author_id or is_stranger(target.author_id):
        raise PlanRefused("recipient_missing", "Facebook does not tell who wrote this: the person cannot be banned.")


# --- sending ----------------------------------------------------------------------------------


def send(part: Part, ctx: Context) -> Exchange[Receipt]:
    """Carry out one part. Raises SendError."""
    action, target = part.action, part.action.target
    object_id = _object_of(target)
    match action:
        case ReplyToComment() | ReplyToReview():
            return (yield from _reply(action, ctx))
        case PrivateReply():
            return (yield from _private_reply(action, ctx))
        case EditSent():
            yield from _done(graph.post(ctx, object_id, {"message": action.text}), ctx)
        case HideComment() | UnhideComment():
            hidden = isinstance(action, HideComment)
            yield from _done(graph.post(ctx, object_id, {"is_hidden": hidden}), ctx)
        case DeleteComment() | DeleteSent():
            yield from _done(graph.delete(ctx, object_id), ctx, gone_is_done=True)
        case React():
            path = f"{object_id}/likes"
            request = graph.post(ctx, path) if action.emoji else graph.delete(ctx, path)
            yield from _done(request, ctx, gone_is_done=not action.emoji)
        case BanAuthor():
            yield from _done(graph.post(ctx, f"{_page(ctx)}/blocked", {"user": target.author_id}), ctx)
        case _:
            raise SendError(SendErrorKind.REJECTED, f"a Facebook page has no {planning.action_name(action)!r}")
    return Receipt()


def _reply(action: ReplyToComment | ReplyToReview, ctx: Context) -> Exchange[Receipt]:
    """A comment of ours. Answers to answers stand beside them: Facebook shows two levels."""
    under = yield from _place_of(action.target, ctx)
    said: graph.Json = {"message": action.text} if action.text else {}
    for blob in getattr(action, "attachments", ()):
        said["attachment_url"] = ctx.media_url(blob)
    answer = yield from http(graph.post(ctx, f"{under}/comments", said))
    made = _said(answer, ctx).get("id")
    if not made:
        raise SendError(SendErrorKind.UNKNOWN, "Facebook took the comment but named no id")
    return Receipt(external_id=str(made))


def _place_of(target: Target, ctx: Context) -> Exchange[str]:
    """What a comment of ours goes under: the thread's top-level comment, or in the thread of a post the post itself.

    In the thread of a visitor's post or a recommendation the item answered may be an answer itself: then its parent.
    """
    post_id, object_id = target.address.get("post_id", ""), _object_of(target)
    if not target.thread_id or target.thread_id != post_id:
        return target.thread_id or object_id
    if object_id == post_id:
        return post_id
    answer = yield from http(graph.get(ctx, object_id, {"fields": "parent{id}"}))
    if is_unreadable(answer):
        return object_id
    parent = graph.said(answer, ctx.now).get("parent")
    return str(parent["id"]) if isinstance(parent, dict) and parent.get("id") else object_id


def _private_reply(action: PrivateReply, ctx: Context) -> Exchange[Receipt]:
    """The one message to a comment's author. It lands in Messenger, in a thread named by the id in the answer."""
    object_id = _object_of(action.target)
    what = "post_id" if object_id == action.target.address.get("post_id") else "comment_id"
    asked = yield from http(graph.get(ctx, object_id, {"fields": "can_reply_privately"}))
    if not is_unreadable(asked) and graph.said(asked, ctx.now).get("can_reply_privately") is False:
        raise SendError(SendErrorKind.WINDOW_CLOSED, _NO_PRIVATE_REPLY)
    said = {"recipient": {what: object_id}, "message": {"text": action.text}, "messaging_type": "RESPONSE"}
    answer = yield from http(graph.post(ctx, f"{_page(ctx)}/messages", said))
    refusal = refusal_in(answer.body)
    if refusal is not None and refusal.number in _PRIVATE_REPLY_CODES:
        raise SendError(SendErrorKind.WINDOW_CLOSED, refusal.reason)
    made = _said(answer, ctx)
    message_id, recipient = str(made.get("message_id") or ""), str(made.get("recipient_id") or "")
    if not message_id:
        raise SendError(SendErrorKind.UNKNOWN, "Messenger took the private reply but named no id")
    sibling = Sibling(network="messenger", thread_id=recipient, author_id=recipient) if recipient else None
    return Receipt(external_id=message_id, sibling=sibling)


def _done(request: HttpRequest, ctx: Context, *, gone_is_done: bool = False) -> Exchange[None]:
    """Carry out something that makes no new item. `gone_is_done`: what is not there needs no removing."""
    answer = yield from http(request)
    try:
        said = _said(answer, ctx)
    except SendError as refused:
        if gone_is_done and refused.kind is SendErrorKind.RECIPIENT_GONE:
            return
        raise
    if any(value is False for value in said.values()):
        raise SendError(SendErrorKind.REJECTED, "Facebook says that it was not done")


def _said(answer: HttpResponse, ctx: Context) -> graph.Json:
    """What Facebook says to something done. That the page may not do it to this one object is no fault of the token,
    which `setup` has proved: the channel goes on. Raises SendError.
    """
    try:
        return graph.said(answer, ctx.now, effect=True)
    except SendError as refused:
        refusal = refusal_in(answer.body)
        if refused.kind is SendErrorKind.REAUTH and refusal is not None and refusal.number in _NOT_THIS_OBJECT:
            raise SendError(SendErrorKind.REJECTED, refusal.reason) from None
        raise


# --- after a crash ----------------------------------------------------------------------------


def lookup_sent(part: Part, ctx: Context) -> Exchange[Receipt | None]:
    """Whether a part was carried out, as far as it shows: what was to be so is so, or is not. Comments of ours show
    nothing but their words, which may be there for another reason: raises SendError(UNKNOWN) for those.
    """
    action, object_id = part.action, _object_of(part.action.target)
    if isinstance(action, ReplyToComment | ReplyToReview):
        raise SendError(SendErrorKind.UNKNOWN, "a comment of ours is told by its echo")
    if isinstance(action, BanAuthor):
        found = yield from http(graph.get(ctx, f"{_page(ctx)}/blocked", {"user": action.target.author_id or ""}))
        return Receipt() if graph.said(found, ctx.now).get("data") else None
    answer = yield from http(graph.get(ctx, object_id, {"fields": _STATE_FIELDS}))
    if isinstance(action, DeleteComment | DeleteSent):
        if is_gone(answer):
            return Receipt()
        graph.said(answer, ctx.now)
        return None
    return _as_asked(action, graph.said(answer, ctx.now))


def _as_asked(action: AnyOutbound, node: graph.Json) -> Receipt | None:
    """Whether something stands as the action wanted it. Raises SendError(UNKNOWN) where that is not told."""
    match action:
        case HideComment() | UnhideComment() if "is_hidden" in node:
            done = bool(node["is_hidden"]) == isinstance(action, HideComment)
        case React() if "user_likes" in node:
            done = bool(node["user_likes"]) == bool(action.emoji)
        case EditSent() if "message" in node:
            done = node["message"] == action.text
        case PrivateReply() if node.get("can_reply_privately") is True:
            done = False
        case _:
            raise SendError(SendErrorKind.UNKNOWN, "Facebook does not tell whether it was done")
    return Receipt() if done else None


def _page(ctx: Context) -> str:
    return ctx.asset_id or ctx.settings.get("page_id", "") or "me"
