"""Comparing the comments under our newest posts with what was there before: Instagram tells when one is written, and
never when it is deleted, hidden or changed. After them the conversations are read for what webhooks missed.

The cursor is what was there, as JSON. A round lists the newest posts and looks through those whose number of comments
changed, and in turn through some others, since a comment that is hidden or changed leaves the number as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import quote

from msgspec import Struct, structs

from connectors._meta import conversations, graph
from connectors.contract import Context
from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import Exchange, Polled
from connectors.inbound import AnyInbound, CommentModerated, Ignored, MessageDeleted, MessageEdited
from connectors.instagram.account import account_id, api, ask
from connectors.instagram.comments import Account, read_comment, read_media
from connectors.instagram.fetch import COMMENT_FIELDS, MEDIA_FIELDS, inbox_of
from connectors.instagram.manifest import MANIFEST
from connectors.instagram.payloads import Comment, Media
from connectors.toolkit.http import json_body
from connectors.toolkit.payload import decode

POSTS = 25
"""How many of the newest posts are watched."""
COMMENTS = 50
"""How many of a post's newest comments are compared: one page of Instagram's."""
REPLIES = 20
"""How many answers to each of them are compared."""
REMEMBERED = 200
"""How many comments of a post are remembered beside those that are listed."""
IN_TURN = 3
"""How many posts are looked through in a round though nothing speaks for a change."""
ASKED_AT_MOST = 10
"""How many comments that are not listed any more are asked for by id in a round: they can as well have moved beyond
the page.
"""
DIRECT_PAGES = 10
"""How many pages of the list of conversations are read in a round; it is gone on with in the next."""
_DEFAULT_SECONDS = 300.0
_SHORTEST_SECONDS = 1.0
_LIST_BYTES = 8 * 1024 * 1024


class Watched(Struct, kw_only=True, omit_defaults=True):
    """A post as it was when it was last looked through."""

    count: int = -1
    version: str = ""
    """Of what the post itself showed."""
    looked_at: int = 0
    """The round in which its comments were compared."""
    comments: dict[str, str] = {}
    """Comment → its mark: `-` or `h` (hidden), then a fingerprint of its words."""


class Memory(Struct, kw_only=True, omit_defaults=True):
    """The cursor."""

    round: int = 0
    direct: str = ""
    """Where the reading of conversations is."""
    posts: dict[str, Watched] = {}


@dataclass(slots=True)
class _Round:
    """What one poll has found so far."""

    account: Account
    now: int
    inbounds: list[AnyInbound] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    problems: list[tuple[str, bytes]] = field(default_factory=list)
    asked: int = 0

    def add(self, inbound: AnyInbound, source: bytes) -> None:
        """Note something that is new, with the JSON it was read from."""
        self.inbounds.append(inbound)
        self.raw.append(source)


def poll(cursor: str, ctx: Context) -> Exchange[Polled]:
    """One round. Raises SendError."""
    before, memory = _memory_of(cursor), Memory()
    memory.round = before.round + 1
    found = _Round(Account.of(ctx), ctx.now)
    media = yield from _newest(ctx, found)
    in_turn = _in_turn(media, before)
    for one in media:
        post_id = str(one.id)
        watched = before.posts.get(post_id, Watched())
        memory.posts[post_id] = watched
        _note_post(one, watched, found)
        has_changed = one.comments_count != watched.count and (one.comments_count != 0 or bool(watched.comments))
        if has_changed or post_id in in_turn:
            yield from _compare(one, watched, ctx, found)
            watched.count = one.comments_count if one.comments_count is not None else -1
            watched.looked_at = memory.round
    memory.direct = yield from _direct(before.direct, ctx, found)
    return Polled(
        inbounds=tuple(found.inbounds),
        cursor=json_body(memory).decode(),
        next_after_seconds=_pause(ctx),
        raw=tuple(found.raw),
        problems=tuple(found.problems),
    )


def _direct(cursor: str, ctx: Context, found: _Round) -> Exchange[str]:
    """What was said in private and not told; where the reading is now. An account that may not be asked for it is none
    the worse: whether its token holds, the comments tell.
    """
    inbox = inbox_of(ctx)
    for _ in range(DIRECT_PAGES):
        try:
            page = yield from conversations.poll(cursor, api(ctx), inbox)
        except SendError as refused:
            if refused.kind not in (SendErrorKind.REJECTED, SendErrorKind.REAUTH):
                raise
            return cursor
        found.inbounds += page.inbounds
        found.raw += page.raw
        found.problems += page.problems
        cursor = page.cursor
        if not page.more:
            break
    return cursor


def _memory_of(cursor: str) -> Memory:
    """What was there before; nothing where the cursor cannot be read, as after a change of its form."""
    try:
        return decode(cursor.encode(), Memory) if cursor else Memory()
    except PayloadInvalid:
        return Memory()


def _pause(ctx: Context) -> float:
    given = ctx.settings.get("poll_seconds", "").strip()
    return max(_SHORTEST_SECONDS, float(given)) if given.isdecimal() and len(given) < 7 else _DEFAULT_SECONDS


def _in_turn(media: list[Media], before: Memory) -> set[str]:
    """The posts that have not been looked through for longest, of those that have or had comments."""
    known = {str(one.id): before.posts[str(one.id)] for one in media if str(one.id) in before.posts}
    talked = [post_id for post_id, watched in known.items() if watched.count > 0 or watched.comments]
    return set(sorted(talked, key=lambda post_id: known[post_id].looked_at)[:IN_TURN])


def _newest(ctx: Context, found: _Round) -> Exchange[list[Media]]:
    params = {"fields": MEDIA_FIELDS, "limit": str(POSTS)}
    path = f"{quote(account_id(ctx), safe='')}/media"
    listed = yield from _listed(ctx, path, params)
    media: list[Media] = []
    for item in listed:
        source = json_body(item)
        try:
            media.append(decode(source, Media))
        except PayloadInvalid as broken:
            found.problems.append((str(broken), source))
    return media


def _note_post(media: Media, watched: Watched, found: _Round) -> None:
    source = json_body({"media": media})
    try:
        seen = read_media(media, found.account)
    except PayloadInvalid as broken:
        found.problems.append((str(broken), source))
        return
    if seen.dedupe_key != watched.version:
        watched.version = seen.dedupe_key
        found.add(seen, source)


def _compare(media: Media, watched: Watched, ctx: Context, found: _Round) -> Exchange[None]:
    """Tell the comments that are new, changed, hidden, shown again or gone, and remember them as they are."""
    fields = f"{COMMENT_FIELDS},replies.limit({REPLIES}){{{COMMENT_FIELDS}}}"
    try:
        listed = yield from _listed(ctx, f"{media.id}/comments", {"fields": fields, "limit": str(COMMENTS)})
    except SendError as refused:
        # Comments of this post are closed to us (or it is gone); that must not keep us from the others.
        if refused.kind not in (SendErrorKind.REJECTED, SendErrorKind.RECIPIENT_GONE):
            raise
        return
    marks: dict[str, str] = {}
    for item in _with_replies(listed):
        source = json_body(item)
        try:
            comment = decode(source, Comment)
            if comment.id is None:
                raise PayloadInvalid("a comment without id", path="comments")
            mark = _mark(comment)
            _tell(comment, media, watched.comments.get(str(comment.id)), found, source)
        except PayloadInvalid as broken:
            found.problems.append((str(broken), source))
            continue
        marks[str(comment.id)] = mark
    unlisted = [one for one in watched.comments if one not in marks]
    for comment_id in unlisted[:REMEMBERED]:
        gone = yield from _is_gone(comment_id, ctx, found)
        if not gone:
            marks[comment_id] = watched.comments[comment_id]
    watched.comments = marks


def _with_replies(listed: list[object]) -> list[object]:
    """The comments, listed newest first, from the oldest on, each with the answers to it, which name it."""
    found: list[object] = []
    for item in reversed(listed):
        found.append(item)
        replies = item.get("replies") if isinstance(item, dict) else None
        data = replies.get("data") if isinstance(replies, dict) else None
        if isinstance(item, dict) and isinstance(data, list):
            found += [{"parent_id": item.get("id"), **one} for one in data if isinstance(one, dict)]
    return found


def _mark(comment: Comment) -> str:
    return ("h" if comment.hidden else "-") + sha256((comment.text or "").encode("utf-8", "replace")).hexdigest()[:8]


def _tell(comment: Comment, media: Media, before: str | None, found: _Round, source: bytes) -> None:
    comment_id, mark = str(comment.id), _mark(comment)
    told = read_comment(structs.replace(comment, media=media), found.account, at=found.now)
    if before == mark or isinstance(told, Ignored):
        return
    if before is None:
        found.add(told, source)
    elif before[1:] != mark[1:]:
        edited = MessageEdited(
            dedupe_key=f"edited:{comment_id}:{mark}",
            occurred_at=found.now,
            external_id=comment_id,
            text=comment.text or "",
            edited_at=found.now,
        )
        found.add(edited, source)
    if (before or "-")[0] != mark[0]:
        state = CommentModerated(
            dedupe_key=f"moderated:{comment_id}:{mark[0]}:{found.now}",
            occurred_at=found.now,
            external_id=comment_id,
            state="hidden" if mark[0] == "h" else "visible",
        )
        found.add(state, source)


def _is_gone(comment_id: str, ctx: Context, found: _Round) -> Exchange[bool]:
    """Whether a comment that is listed no more was deleted. Who did it is not told; as with an unsent message its words
    must not stay.
    """
    if found.asked >= ASKED_AT_MOST:
        return False
    found.asked += 1
    try:
        yield from ask(ctx, graph.get(api(ctx), quote(comment_id, safe=""), {"fields": "id"}))
    except SendError as refused:
        if refused.kind is not SendErrorKind.RECIPIENT_GONE:
            raise
        gone = MessageDeleted(
            dedupe_key=f"deleted:{comment_id}",
            occurred_at=found.now,
            external_id=comment_id,
            erase=MANIFEST.unsend == "erase",
        )
        found.add(gone, json_body({"deleted": comment_id}))
        return True
    return False


def _listed(ctx: Context, path: str, params: dict[str, str]) -> Exchange[list[object]]:
    request = structs.replace(graph.get(api(ctx), path, params), max_bytes=_LIST_BYTES)
    answer = yield from ask(ctx, request)
    data = answer.get("data")
    return list(data) if isinstance(data, list) else []
