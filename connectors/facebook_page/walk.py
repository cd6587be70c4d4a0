"""A walk over the page as it stands: what was seen last time, what is seen now, and what the difference says.

No requests are made here: `poll` makes them. What was seen is kept in the cursor, as short as it can be: for each post
its newest comments, each with a fingerprint of its words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from connectors.contract import Context
from connectors.errors import PayloadInvalid
from connectors.exchange import Polled
from connectors.facebook_page import items
from connectors.facebook_page import payloads as fb
from connectors.facebook_page.items import Item
from connectors.inbound import AnyInbound, Attachment, Author, MessageDeleted
from connectors.toolkit.payload import decode

NodeT = TypeVar("NodeT")

PAUSE_SECONDS = 600.0
PAGES_MOST = 5
MISSES = 3
"""A recommendation that is not seen in so many walks is gone: it cannot be asked for by itself."""
_OVERLAP = 3_600_000_000
"""Comments of the hour (µs) before the last walk are looked at again."""
_RATINGS = "ratings"
_SECOND = 1_000_000


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """How something stood when it was seen last."""

    created: int
    """Seconds."""
    words: str
    """Fingerprint."""
    hidden: bool = False
    misses: int = 0


class Walk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The cursor: where the walk is, and what stood where. Times µs."""

    began_at: int = 0
    before_at: int = 0
    """When the walk before this one began; 0: there was none."""
    after: str = ""
    pages: int = 0
    longer: tuple[tuple[str, str], ...] = ()
    """(post, cursor) of lists of comments that are to be read on."""
    known: dict[str, dict[str, Seen]] = {}
    """Post → its comments, and under its own id the post itself; `ratings` → recommendations."""
    visited: tuple[str, ...] = ()

    @classmethod
    def of(cls, cursor: str) -> Walk:
        """The walk that a cursor stands for; a new one where it is none of ours."""
        try:
            return decode(cursor.encode(), cls) if cursor else cls()
        except PayloadInvalid:
            return cls()


class Walker:
    """One step of a walk: told what is seen, it knows what that means. Ends with `polled`."""

    def __init__(self, walk: Walk, ctx: Context) -> None:
        self.walk = walk
        self.now = ctx.now
        self.page = ctx.asset_id or ctx.settings.get("page_id", "")
        self.missing: list[tuple[str, str]] = []
        """(post, comment) of what was there and is not seen any more."""
        self._known = {post_id: dict(seen) for post_id, seen in walk.known.items()}
        self._inbounds: list[AnyInbound] = []
        self._raw: list[bytes] = []
        self._problems: list[tuple[str, bytes]] = []

    def polled(self) -> Polled:
        """What was found, with the cursor of the next step, or of the next walk."""
        walk = replace(self.walk, known=self._known)
        over = not walk.longer and (not walk.after or walk.pages >= PAGES_MOST)
        if over:
            keep = {_RATINGS, *walk.visited}
            known = {post_id: seen for post_id, seen in self._known.items() if post_id in keep}
            walk = Walk(before_at=walk.began_at, known=known)
        return Polled(
            inbounds=tuple(self._inbounds),
            cursor=msgspec.json.encode(walk).decode(),
            more=not over,
            next_after_seconds=PAUSE_SECONDS,
            raw=tuple(self._raw),
            problems=tuple(self._problems),
        )

    # --- posts and comments -------------------------------------------------------------------

    def saw_posts(self, listed: fb.Listed) -> None:
        """A page of the feed: posts of the page and of visitors, each with its newest comments."""
        longer, visited = list(self.walk.longer), list(self.walk.visited)
        for raw in listed.data:
            node = self._read(raw, fb.PostNode)
            if node is None:
                continue
            try:
                post_id = self._post(node, raw)
            except PayloadInvalid as broken:
                self._problems.append((str(broken), bytes(raw)))
                continue
            visited.append(post_id)
            if self._newest_comments(post_id, node.comments, self._info(node)):
                longer.append((post_id, node.comments.paging.after))
        self.walk = replace(
            self.walk,
            after=listed.paging.after,
            pages=self.walk.pages + 1,
            longer=tuple(longer),
            visited=tuple(visited),
        )

    def saw_further(self, listed: fb.Listed | None) -> None:
        """A further page of the comments that are read on; None where the post is gone."""
        (post_id, _), *rest = self.walk.longer
        if listed is not None:
            oldest = self._comments(post_id, listed.data, fb.PostInfo())[0]
            if self._goes_on(listed.paging, oldest):
                rest = [(post_id, listed.paging.after), *rest]
        self.walk = replace(self.walk, longer=tuple(rest))

    def is_gone(self, post_id: str, comment_id: str) -> None:
        """A comment that was there is removed: Facebook says so itself."""
        self._known[post_id].pop(comment_id, None)
        self._add([self._deleted(comment_id)], b"")

    def _post(self, node: fb.PostNode, raw: Raw) -> str:
        """A post as it stands: the page's own for agents to see, a visitor's as an item."""
        post_id = fb.id_of(node.id, path="id")
        value = fb.Value(
            item="post",
            verb="add",
            post_id=post_id,
            from_=node.from_,
            message=node.message,
            photo=node.full_picture,
            created_time=node.created_time,
        )
        item = Item(page=self.page, field="feed", value=value, at=self.now)
        if self._is_visitors(node):
            now = self._seen(node.created_time, node.message, hidden=node.is_hidden)
            self._note(post_id, item, items.files_of(value), now, raw)
            return post_id
        post = items.post_of(node)
        now = self._seen(node.created_time, f"{post.text}\n{post.is_ad}")
        if self._known.setdefault(post_id, {}).get(post_id) != now:
            self._known[post_id][post_id] = now
            self._add([items.post_seen(post, key=self._key(f"post:{post_id}"), at=self.now, page=self.page)], raw)
        return post_id

    def _info(self, node: fb.PostNode) -> fb.PostInfo:
        """What a webhook would tell of the post above a comment."""
        return fb.PostInfo(
            permalink_url=node.permalink_url,
            status_type=items.WALL_POST if self._is_visitors(node) else None,
            is_published=node.is_published,
            promotion_status=node.promotion_status,
        )

    def _is_visitors(self, node: fb.PostNode) -> bool:
        return node.from_ is not None and str(node.from_.id) != self.page

    def _newest_comments(self, post_id: str, comments: fb.Comments, info: fb.PostInfo) -> bool:
        """The first page of a post's comments. What was known, is newer than the oldest of them and is not among them
        is missing. Whether the list is to be read on.
        """
        oldest, listed = self._comments(post_id, comments.data, info)
        whole, goes_on = not comments.paging.after, self._goes_on(comments.paging, oldest)
        known = self._known[post_id]
        for comment_id in sorted(set(known) - listed - {post_id}):
            if whole or known[comment_id].created > oldest:
                self.missing.append((post_id, comment_id))
            elif not goes_on:
                del known[comment_id]
        return goes_on

    def _comments(self, post_id: str, data: Iterable[Raw], info: fb.PostInfo) -> tuple[int, set[str]]:
        """A page of comments, newest first: when the oldest was written (seconds), and which they are."""
        oldest, listed = self.now // _SECOND, set()
        self._known.setdefault(post_id, {})
        for raw in data:
            node = self._read(raw, fb.CommentNode)
            if node is None:
                continue
            try:
                item = items.from_node(node, post_id, self.page, info, at=self.now)
                now = self._seen(node.created_time, node.message, hidden=node.is_hidden)
                self._note(post_id, item, items.attached(node.attachment), now, raw)
            except PayloadInvalid as broken:
                self._problems.append((str(broken), bytes(raw)))
                continue
            oldest = min(oldest, now.created)
            listed.add(item.comment_id)
        return oldest, listed

    def _goes_on(self, paging: fb.Paging, oldest: int) -> bool:
        """Whether what follows in a list may be newer than the last walk. The first walk takes the newest only."""
        return bool(paging.after) and self.walk.before_at > 0 and oldest * _SECOND >= self.walk.before_at - _OVERLAP

    def _note(self, post_id: str, item: Item, files: tuple[Attachment, ...], now: Seen, raw: Raw) -> None:
        """Something that a person wrote: new, changed, hidden, shown again, or as it was."""
        known, object_id = self._known.setdefault(post_id, {}), item.object_id
        before = known.get(object_id)
        found: list[AnyInbound] = []
        if before is None:
            is_comment = item.value.comment_id is not None
            new = items.comment(item, items.comment_thread(item), files) if is_comment else None
            found.append(new or items.visitor_post(item, files))
        elif before.words != now.words:
            changed = items.edited(item, ())
            found.append(replace(changed, dedupe_key=self._key(f"{object_id}:edited")))
        if now.hidden != (before is not None and before.hidden):
            what = items.moderated(item, hidden=now.hidden)
            found.append(replace(what, dedupe_key=self._key(f"{object_id}:{what.state}")))
        known[object_id] = now
        self._add(found, raw)

    # --- recommendations ----------------------------------------------------------------------

    def saw_ratings(self, listed: fb.Listed) -> None:
        """The newest recommendations. One that stays away in several walks is gone."""
        known = self._known.setdefault(_RATINGS, {})
        oldest, seen = self.now // _SECOND, set()
        for raw in listed.data:
            node = self._read(raw, fb.RatingNode)
            if node is None:
                continue
            try:
                story_id, now = self._rating(node, raw)
            except PayloadInvalid as broken:
                self._problems.append((str(broken), bytes(raw)))
                continue
            known[story_id] = now
            oldest = min(oldest, now.created)
            seen.add(story_id)
        for story_id in sorted(set(known) - seen):
            self._missed(story_id, in_reach=not listed.paging.after or known[story_id].created > oldest)

    def _rating(self, node: fb.RatingNode, raw: Raw) -> tuple[str, Seen]:
        created_at = fb.instant(node.created_time)
        at = self.now if created_at is None else created_at
        if node.open_graph_story is not None:
            story_id = fb.tail(fb.id_of(node.open_graph_story.id, path="open_graph_story.id"))
        else:
            story_id = f"rating-{at // _SECOND}"
        now = self._seen(node.created_time, f"{node.recommendation_type}\n{node.rating}\n{node.review_text}")
        before = self._known[_RATINGS].get(story_id)
        if before is None or before.words != now.words:
            person = node.reviewer
            author = items.stranger(story_id)
            if person is not None and person.id is not None:
                author = Author(external_id=fb.id_of(person.id, path="reviewer.id"), name=person.name or "")
            key = f"rating:{story_id}:{now.words}"
            when = at if before is None else self.now
            self._add([items.review(self.page, story_id, author, node, key=key, at=when)], raw)
        return story_id, now

    def _missed(self, story_id: str, *, in_reach: bool) -> None:
        known = self._known[_RATINGS]
        if not in_reach:
            del known[story_id]
            return
        known[story_id] = replace(known[story_id], misses=known[story_id].misses + 1)
        if known[story_id].misses >= MISSES:
            del known[story_id]
            self._add([self._deleted(story_id)], b"")

    # --- all of them --------------------------------------------------------------------------

    def _seen(self, created: fb.Time | None, words: str | None, *, hidden: fb.Flag | None = None) -> Seen:
        at = fb.instant(created)
        digest = hashlib.blake2s((words or "").encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        return Seen((self.now if at is None else at) // _SECOND, digest, bool(hidden))

    def _deleted(self, external_id: str) -> MessageDeleted:
        return MessageDeleted(
            dedupe_key=self._key(f"{external_id}:gone"),
            occurred_at=self.now,
            asset_id=self.page,
            external_id=external_id,
            by="network",
        )

    def _key(self, what: str) -> str:
        """Dedupe key of a difference: the same in every step of one walk."""
        return f"{what}:walk:{self.walk.began_at}"

    def _read(self, raw: Raw, wanted: type[NodeT]) -> NodeT | None:
        """An element of a list; None, kept as a problem, where it cannot be read."""
        try:
            return decode(raw, wanted)
        except PayloadInvalid as broken:
            self._problems.append((str(broken), bytes(raw)))
            return None

    def _add(self, inbounds: Iterable[AnyInbound], raw: bytes | Raw) -> None:
        for one in inbounds:
            self._inbounds.append(one)
            self._raw.append(bytes(raw))
