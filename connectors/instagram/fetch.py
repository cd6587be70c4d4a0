"""What is asked for by id: comments, posts and mentions that were announced, edits without words, and people."""

from __future__ import annotations

import re
from urllib.parse import quote

import msgspec

from connectors._meta import conversations, graph
from connectors._meta.refusals import refusal_in
from connectors.contract import Context
from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import Exchange, http
from connectors.inbound import AnyInbound, Author, MessageEdited, MessageReceived
from connectors.instagram.account import account_id, api, ask
from connectors.instagram.comments import Account, read_comment, read_media, read_mention
from connectors.instagram.inbound import parse_part
from connectors.instagram.manifest import NETWORK
from connectors.instagram.payloads import Comment, Long, Media, Record, Short
from connectors.toolkit.http import json_body
from connectors.toolkit.payload import decode

MEDIA_FIELDS = (
    "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,timestamp,username,comments_count"
)
COMMENT_FIELDS = "id,text,timestamp,username,from,hidden,parent_id"
_MENTIONED_MEDIA = "id,caption,media_type,media_product_type,media_url,permalink,timestamp,username"
_MENTIONED_COMMENT = "id,text,timestamp,username,media{id,media_type,media_url,permalink}"
_PROFILE_FIELDS = "name,username,follower_count,is_user_follow_business,is_business_follow_user,is_verified_user"
_NO_CONSENT = 230
"""The person has not written to the account: Instagram tells nothing of him."""
_ID = re.compile("[0-9A-Za-z_=.-]{1,512}")
"""What may be put into an address or a list of fields."""


class _Edited(Record, frozen=True, kw_only=True, gc=False):
    """A message as it reads now."""

    message: Long | None = None


class _Mentioned(Record, frozen=True, kw_only=True, gc=False):
    """Where the account was named."""

    mentioned_comment: Comment | None = None
    mentioned_media: Media | None = None


class _Person(Record, frozen=True, kw_only=True, gc=False):
    """What Instagram tells of somebody who has written to the account."""

    name: Short | None = None
    username: Short | None = None
    follower_count: int | None = None
    is_user_follow_business: bool | None = None
    is_business_follow_user: bool | None = None
    is_verified_user: bool | None = None


def fetch(ref: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    """Bring what was announced: `comment:<id>`, `media:<id>`, `mention:<media id>:<comment id or empty>`,
    `message:<mid>`, `edited:<mid>:<µs>`. What is gone by now brings nothing. Raises SendError.
    """
    kind, _, rest = ref.partition(":")
    first, _, second = rest.rpartition(":") if kind in ("mention", "edited") else (rest, "", "")
    if not _ID.fullmatch(first) or not all(char.isalnum() or char in "_-" for char in second):
        return []
    try:
        match kind:
            case "comment":
                return (yield from _comment(first, ctx))
            case "media":
                return (yield from _media(first, ctx))
            case "mention":
                return (yield from _mention(first, second, ctx))
            case "message":
                return (yield from _message(first, ctx))
            case "edited":
                return (yield from _edited(first, second, ctx))
            case _:
                return []
    except PayloadInvalid as broken:
        raise SendError(SendErrorKind.UNREACHABLE, f"an answer of Instagram that is not understood: {broken}") from None
    except SendError as refused:
        # A post is only the background of what is said under it: without it nothing is lost.
        harmless = refused.kind is SendErrorKind.REJECTED and kind == "media"
        if harmless or refused.kind is SendErrorKind.RECIPIENT_GONE:
            return []
        raise


def profile(author_id: str, ctx: Context) -> Exchange[Author]:
    """Name and following of a person who has written to the account; of others nothing is told."""
    unknown = Author(external_id=author_id)
    if not author_id.isdecimal():
        return unknown
    answer = yield from http(graph.get(api(ctx), author_id, {"fields": _PROFILE_FIELDS}))
    refusal = refusal_in(answer.body)
    if refusal is not None and refusal.number == _NO_CONSENT:
        return unknown
    try:
        person = decode(json_body(graph.said(answer, ctx.now)), _Person)
    except PayloadInvalid as broken:
        raise SendError(SendErrorKind.UNREACHABLE, f"a profile that is not understood: {broken}") from None
    facts = {
        "followers": str(person.follower_count) if person.follower_count is not None else "",
        "follows us": "yes" if person.is_user_follow_business else "",
        "followed by us": "yes" if person.is_business_follow_user else "",
        "verified": "yes" if person.is_verified_user else "",
    }
    return Author(
        external_id=author_id,
        name=person.name or person.username or "",
        username=person.username or "",
        profile={name: value for name, value in facts.items() if value},
    )


def _comment(comment_id: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    fields = {"fields": f"{COMMENT_FIELDS},media{{{MEDIA_FIELDS}}}"}
    answer = yield from ask(ctx, graph.get(api(ctx), _path(comment_id), fields))
    comment, account = decode(json_body({"id": comment_id, **answer}), Comment), Account.of(ctx)
    found = read_comment(comment, account, at=ctx.now)
    if comment.media is None or not isinstance(found, MessageReceived):
        return [found]
    return [found, read_media(comment.media, account)]


def _media(media_id: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    answer = yield from ask(ctx, graph.get(api(ctx), _path(media_id), {"fields": MEDIA_FIELDS}))
    return [read_media(decode(json_body({"id": media_id, **answer}), Media), Account.of(ctx))]


def _mention(media_id: str, comment_id: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    """Read through the account that was named, since the post is somebody else's."""
    fields = f"mentioned_media.media_id({media_id}){{{_MENTIONED_MEDIA}}}"
    if comment_id:
        fields = f"mentioned_comment.comment_id({comment_id}){{{_MENTIONED_COMMENT}}}"
    answer = yield from ask(ctx, graph.get(api(ctx), _path(account_id(ctx)), {"fields": fields}))
    mentioned, account = decode(json_body(answer), _Mentioned), Account.of(ctx)
    comment, media = mentioned.mentioned_comment, mentioned.mentioned_media
    if comment is not None:
        named = comment if comment.id is not None else msgspec.structs.replace(comment, id=comment_id)
        return [read_mention(comment.media or Media(id=media_id), named, account)]
    return [read_mention(media, None, account)] if media is not None else []


def inbox_of(ctx: Context) -> conversations.Inbox:
    """The account's direct messages, as they are read by asking."""
    own = account_id(ctx)
    ours = (own, *sorted(Account.of(ctx).ids - {own}))
    return conversations.Inbox("instagram", "me/conversations", NETWORK, ours, parse_part)


def _message(mid: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    answer = yield from ask(ctx, graph.get(api(ctx), _path(mid), {"fields": conversations.MESSAGE_FIELDS}))
    return conversations.message_of({"id": mid, **answer}, inbox_of(ctx), ctx)


def _edited(mid: str, at: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    answer = yield from ask(ctx, graph.get(api(ctx), _path(mid), {"fields": "id,message,created_time"}))
    text = decode(json_body(answer), _Edited).message
    if text is None:
        return []
    edited_at = int(at) if at.isdecimal() else ctx.now
    key = f"edited:{mid}:{edited_at}"
    return [MessageEdited(dedupe_key=key, occurred_at=edited_at, external_id=mid, text=text, edited_at=edited_at)]


def _path(item_id: str) -> str:
    return quote(item_id, safe="")
