"""What we ask Google for: the reviews of a location, page by page, and single ones that were announced.

Two ways of reading alternate. Between full walks only the pages with newer changes are read, newest first, with an
overlap. A full walk reads them all: at first, at intervals, and after a silence too long to catch up on. What is known
already in the same version is passed over.
"""

from __future__ import annotations

from urllib.parse import urlencode

from msgspec import Raw

from connectors.contract import Context
from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import Exchange, Polled
from connectors.google_business_profile.calls import get
from connectors.google_business_profile.cursor import Cursor, Known, cursor_of
from connectors.google_business_profile.hosts import REVIEWS, VERIFICATIONS, address
from connectors.google_business_profile.inbound import (
    NEWEST,
    REVIEW_REF,
    STANDING_REF,
    read_review,
    removed_review,
    reply_id,
    version_of,
)
from connectors.google_business_profile.manifest import PAGE_SIZE
from connectors.google_business_profile.oauth import signed_in
from connectors.google_business_profile.outbound import review_url
from connectors.google_business_profile.payloads import (
    Named,
    Reply,
    Review,
    ReviewPage,
    Standing,
    location_name,
    number_of,
    part_of,
    time_of,
)
from connectors.google_business_profile.policies import why_refused
from connectors.inbound import AnyInbound, ChannelRevoked, ReceiptReceived
from connectors.toolkit.payload import decode

OVERLAP_SECONDS = 600
"""How far behind the newest change reading goes on: changes do not appear in the order of their times."""
PAGES_A_POLL = 10
"""Five hundred reviews are committed at once; a larger location takes several polls in a row."""
_NEWEST_SIZE = 10
"""How many reviews are looked at when an announcement names none."""


class _Found:
    """What a poll has read so far, in the order of reading."""

    def __init__(self, cursor: Cursor, ctx: Context) -> None:
        self.cursor = cursor
        self.ctx = ctx
        self.inbounds: list[AnyInbound] = []
        self.sources: list[bytes] = []
        self.problems: list[tuple[str, bytes]] = []

    def add(self, raw: Raw) -> int | None:
        """Read a review, and remember it. Returns the time of its last change; None where it has none."""
        try:
            review = decode(raw, Review)
            reply = part_of(review.review_reply, Reply)
            updated = time_of(review.update_time) or time_of(review.create_time)
            self._changed(raw, review, reply)
        except PayloadInvalid as broken:
            self.problems.append((str(broken), bytes(raw)))
            self._still_there(raw)
            return None
        self.cursor.newest = max(self.cursor.newest, min(updated or 0, self.ctx.now))
        return updated

    def _changed(self, raw: Raw, review: Review, reply: Reply | None) -> None:
        version, refused = version_of(review, reply), reply is not None and reply.review_reply_state == "REJECTED"
        before = self.cursor.known.get(review.id)
        if before is None or before.version != version:
            self.keep(read_review(raw, self.ctx), bytes(raw))
        if reply is not None and refused and not (before is not None and before.refused):
            self._refused(review.id, reply, bytes(raw))
        self.cursor.known[review.id] = Known(version, self.cursor.walk, refused)

    def _refused(self, review_id: str, reply: Reply, source: bytes) -> None:
        """Google refused an answer, maybe one that it had published before."""
        replied_at = time_of(reply.update_time)
        if replied_at is None:
            return
        item = reply_id(review_id, replied_at)
        receipt = ReceiptReceived(
            dedupe_key=f"{item}:refused",
            occurred_at=self.ctx.now,
            state="failed",
            message_id=item,
            reason=why_refused(reply),
        )
        self.keep(receipt, source)

    def _still_there(self, raw: Raw) -> None:
        """A review that cannot be read any more is not one that was removed."""
        named = part_of(raw, Named)
        known = self.cursor.known.get(str(named.review_id)) if named is not None else None
        if known is not None:
            known.walk = self.cursor.walk

    def keep(self, inbound: AnyInbound, source: bytes) -> None:
        """Hand a record on, with the bytes it was read from."""
        self.inbounds.append(inbound)
        self.sources.append(source)

    def polled(self, *, more: bool) -> Polled:
        """The result of the poll."""
        return Polled(
            inbounds=tuple(self.inbounds),
            cursor=self.cursor.text(),
            more=more,
            next_after_seconds=_setting(self.ctx, "poll_minutes", 10.0) * 60.0,
            raw=tuple(self.sources),
            problems=tuple(self.problems),
        )


def parse_part(body: bytes, ctx: Context) -> list[AnyInbound | Exception]:
    """Read a review again that was kept raw because it could not be understood. Raises PayloadInvalid when it still
    cannot.
    """
    return [read_review(body, ctx)]


def poll(cursor: str, ctx: Context) -> Exchange[Polled]:
    """Read what is new since the cursor, or the next pages of a full walk. Raises SendError."""
    ctx = yield from signed_in(ctx)
    found = _Found(cursor_of(cursor), ctx)
    if found.cursor.is_due(ctx.now, _setting(ctx, "full_walk_hours", 24.0) * 3600.0):
        found.cursor.begin_walk()
        more = yield from _walk(found, ctx)
    else:
        more = yield from _catch_up(found, ctx)
    return found.polled(more=more)


def _walk(found: _Found, ctx: Context) -> Exchange[bool]:
    """The next pages of a full walk. Returns whether there are more."""
    cursor = found.cursor
    for number in range(PAGES_A_POLL):
        try:
            page = yield from _page(ctx, cursor.page or "")
        except SendError as error:
            if cursor.page and error.kind is SendErrorKind.REJECTED:
                # Google forgets where it was after some time: the walk begins anew.
                cursor.page = ""
                return True
            if number == 0:
                raise
            # What was read is kept; the next poll meets the same refusal and tells it.
            return True
        for raw in page.reviews or ():
            found.add(raw)
        if not page.next_page_token:
            for review_id in cursor.end_walk(ctx.now):
                found.keep(removed_review(review_id, cursor.walk, ctx), b"")
            return False
        cursor.page = page.next_page_token
    return True


def _catch_up(found: _Found, ctx: Context) -> Exchange[bool]:
    """The pages with changes since the last poll. Where they do not end, a full walk begins."""
    known_until = found.cursor.newest - OVERLAP_SECONDS * 1_000_000
    token = ""
    for _ in range(PAGES_A_POLL):
        page = yield from _page(ctx, token)
        times = [updated for raw in page.reviews or () if (updated := found.add(raw)) is not None]
        token = page.next_page_token or ""
        if not token or (times and min(times) < known_until):
            return False
    found.cursor.begin_walk()
    return True


def _page(ctx: Context, token: str, size: int = PAGE_SIZE) -> Exchange[ReviewPage]:
    query = {"pageSize": str(size), "orderBy": "updateTime desc", **({"pageToken": token} if token else {})}
    url = address(ctx, REVIEWS, f"/{location_name(ctx)}/reviews?{urlencode(query)}")
    return (yield from get(ctx, url, ReviewPage))


def _setting(ctx: Context, name: str, default: float) -> float:
    """A number that an admin entered, within bounds that make sense; the default where it is none."""
    try:
        return min(10_000.0, max(0.05, float(ctx.settings.get(name, "") or default)))
    except ValueError:
        return default


# --- what was announced -----------------------------------------------------------------------


def fetch(ref: str, ctx: Context) -> Exchange[list[AnyInbound]]:
    """Bring what an announcement named: one review, the newest ones, or whether we may still speak for the location. A
    review that is gone brings nothing: whether it stays away is for the full walks to find.
    """
    if ref == STANDING_REF:
        return (yield from _standing(ctx))
    if ref == NEWEST:
        page = yield from _page(ctx, "", _NEWEST_SIZE)
        return _readable(page.reviews or (), ctx)
    try:
        raw = yield from get(ctx, review_url(ctx, ref.removeprefix(REVIEW_REF)), Raw)
    except SendError as error:
        if error.kind is SendErrorKind.RECIPIENT_GONE:
            return []
        raise
    try:
        return [read_review(raw, ctx)]
    except PayloadInvalid as broken:
        raise SendError(SendErrorKind.UNREACHABLE, f"the announced review cannot be read: {broken}") from None


def _readable(reviews: tuple[Raw, ...], ctx: Context) -> list[AnyInbound]:
    """The reviews that can be read; of the others the poll tells."""
    found: list[AnyInbound] = []
    for raw in reviews:
        try:
            found.append(read_review(raw, ctx))
        except PayloadInvalid:
            continue
    return found


def _standing(ctx: Context) -> Exchange[list[AnyInbound]]:
    """https://developers.google.com/my-business/reference/verifications/rest/v1/locations/getVoiceOfMerchantState (read
    2026-11-22).
    """
    location = number_of(location_name(ctx))
    url = address(ctx, VERIFICATIONS, f"/locations/{location}/VoiceOfMerchantState")
    standing = yield from get(ctx, url, Standing)
    if standing.has_voice_of_merchant is not False:
        return []
    reason = "Google no longer lets us speak for this location: verify it again in the Business Profile."
    return [ChannelRevoked(dedupe_key=f"standing:{ctx.now}", occurred_at=ctx.now, reason=reason)]
