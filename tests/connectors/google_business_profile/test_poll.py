"""connectors/google_business_profile/poll.py: what is new, what is gone, and what was announced."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from connectors.errors import SendErrorKind as Kind
from connectors.exchange import AnyRequest, HttpResponse
from connectors.google_business_profile.cursor import cursor_of
from connectors.google_business_profile.oauth import EXPIRES_AT
from connectors.google_business_profile.poll import PAGES_A_POLL, fetch, poll
from connectors.inbound import AnyInbound, ChannelRevoked, ReceiptReceived, ReviewReceived
from connectors.outbound import ReplyToReview, Target
from connectors.toolkit import faults
from tests.connectors.google_business_profile.signing import context
from tests.connectors.google_business_profile.world import DAY, MINUTE, World, answered, urls
from tests.connectors.kit.driver import by_simulator, drive


def told(found: Any) -> list[tuple[str, int, str | None, bool]]:
    """Text, stars, answer and removal of each review."""
    return [
        (one.text, one.rating, one.reply_text, one.removed) for one in found if isinstance(one, ReviewReceived)
    ]  # fmt: skip


def crowd(world: World, number: int) -> None:
    """So many people review the location, one a minute."""
    for i in range(number):
        world.wait(MINUTE)
        world.reviewed(f"Review {i}", 5, f"person-{i}")


def test_the_first_poll_reads_everything() -> None:
    """A new channel gets all reviews there are, page after page, and then only asks now and then."""
    world = World()
    crowd(world, 120)
    polled = world.poll()
    assert len(polled.inbounds) == 120
    assert (polled.more, polled.next_after_seconds) == (False, 600.0)
    assert len({one.dedupe_key for one in polled.inbounds}) == 120


def test_the_next_poll_brings_only_what_changed() -> None:
    """New reviews, other words and other stars come; what is known in the same version does not."""
    world = World()
    crowd(world, 3)
    world.poll()
    world.wait(10 * MINUTE)
    assert (world.poll().inbounds, world.poll().inbounds) == ((), ())
    world.act("edit", "person-0", text="Other words")
    world.act("restar", "person-1", rating=1)
    world.reviewed("New", 2, "nina")
    assert sorted(told(world.poll().inbounds)) == [
        ("New", 2, None, False), ("Other words", 5, None, False), ("Review 1", 1, None, False),
    ]  # fmt: skip


def test_an_unchanged_cursor_is_the_same_text() -> None:
    """A poll that brings nothing leaves the cursor as it was, so that nothing has to be written."""
    world = World()
    crowd(world, 3)
    world.poll()
    before = world.cursor
    world.wait(10 * MINUTE)
    world.poll()
    assert world.cursor == before


def test_a_short_poll_reads_only_the_newest_page() -> None:
    """With thousands of reviews a poll still is one request."""
    world = World()
    crowd(world, 120)
    world.poll()
    run = world.run(poll(world.cursor, world.ctx))
    assert len(run.requests) == 1
    assert "orderBy=updateTime+desc" in urls(run)[0]


def test_changes_in_the_overlap_are_not_missed() -> None:
    """A review that Google shows late, with an older time than one that is known, still comes."""
    world = World()
    crowd(world, 1)
    world.poll()
    world.ctx = replace(world.ctx, now=world.ctx.now - 5 * MINUTE)
    world.reviewed("Late", 3, "nina")
    world.wait(20 * MINUTE)
    assert told(world.poll().inbounds) == [("Late", 3, None, False)]


def test_a_large_location_is_read_in_several_polls() -> None:
    """A walk of many pages is committed in parts, and goes on where it was."""
    world = World()
    crowd(world, 50 * PAGES_A_POLL + 1)
    first = world.poll()
    assert (len(first.inbounds), first.more) == (50 * PAGES_A_POLL, True)
    second = world.poll()
    assert (len(second.inbounds), second.more) == (1, False)


def test_after_a_long_silence_everything_is_read_again() -> None:
    """When the changes do not end within a poll, a full walk takes over and loses none."""
    world = World(full_walk_hours="9999")
    world.poll()
    crowd(world, 50 * PAGES_A_POLL + 20)
    found = list(world.poll().inbounds)
    assert world.poll().more
    polled = world.poll()
    found += polled.inbounds
    assert not polled.more
    texts = {one.text for one in found if isinstance(one, ReviewReceived)}
    assert len(texts) == 50 * PAGES_A_POLL + 20


def test_a_removed_review_is_told_after_three_walks() -> None:
    """Google announces no removal: three walks in a row have to miss a review, and then it is told once."""
    world = World()
    world.reviewed("Gone soon", 1)
    world.reviewed("Stays", 5, "nina")
    world.poll()
    assert world.act("delete") == []
    assert [told(world.walk()) for _ in range(5)] == [[], [], [("", 0, None, True)], [], []]


def test_a_review_that_comes_back_is_restored() -> None:
    """A removed review that Google shows again comes whole, as not removed."""
    world = World()
    review = world.reviewed("Lost and found", 2)
    world.poll()
    world.act("delete")
    removed = [one for _ in range(3) for one in world.walk()]
    assert [one.external_id for one in removed if isinstance(one, ReviewReceived)] == [review.external_id]
    world.act("join")
    assert told(world.walk()) == [("Lost and found", 2, None, False)]


def test_a_glitch_shorter_than_three_walks_is_not_told() -> None:
    """Google loses reviews for a day and brings them back: nobody has to know."""
    world = World()
    world.reviewed()
    world.poll()
    world.act("delete")
    found = [*world.walk(), *world.walk()]
    world.act("join")
    assert [*found, *world.walk(), *world.walk(), *world.walk()] == []


def test_an_answer_written_at_google_is_found_by_a_walk() -> None:
    """Writing, changing and deleting an answer outside leaves the review's own time alone; the walk sees it."""
    world = World()
    review = world.reviewed()
    crowd(world, 60)
    world.poll()
    answers: list[str | None] = []
    for text in ("Thanks!", "Thank you!", ""):
        world.wait(MINUTE)
        world.google.owner_answers(review.external_id, text, world.ctx.now)
        assert told(world.poll().inbounds) == []
        answers += [reply for _, _, reply, _ in told(world.walk())]
    assert answers == ["Thanks!", "Thank you!", None]


def test_our_answer_shows_only_once_it_is_published() -> None:
    """While Google checks an answer the review has none; afterwards it has it, with its time."""
    world = World()
    review = world.reviewed()
    world.poll()
    world.do(ReplyToReview(target=Target(thread_id=review.external_id), text="Thank you!"))
    at = world.ctx.now
    pending, published = world.poll().inbounds, None
    world.wait(MINUTE)
    (published,) = world.poll().inbounds
    assert [one.reply_text for one in pending if isinstance(one, ReviewReceived)] == [None]
    assert isinstance(published, ReviewReceived)
    assert (published.reply_text, published.reply_at) == ("Thank you!", at)


def test_an_answer_that_google_takes_down_later_is_told_once() -> None:
    """An accepted answer that is refused after all fails by its own id, with the policy, and the review has none."""
    world = World()
    review = world.reviewed()
    accepted = world.answer(review).result
    world.poll()
    world.google.moderate(review.external_id, "OFF_TOPIC")
    found = world.walk()
    receipts = [one for one in found if isinstance(one, ReceiptReceived)]
    assert [(one.state, one.message_id) for one in receipts] == [("failed", accepted.external_id)]
    assert "OFF_TOPIC" in receipts[0].reason
    assert [reply for _, _, reply, _ in told(found)] == [None]
    assert world.walk() == []


def test_a_broken_review_costs_only_itself() -> None:
    """What cannot be read is handed on as a problem; a review that was known before does not count as removed."""
    good: dict[str, Any] = {"reviewId": "A", "starRating": "FIVE", "updateTime": "2026-11-20T10:00:00Z"}
    other: dict[str, Any] = {**good, "reviewId": "B"}
    cursor = drive(poll("", context()), answered((200, {"reviews": [good, other]}))).result.cursor
    for day in range(1, 5):
        now = context().now + day * DAY
        ctx = replace(context(), now=now, credentials={**context().credentials, EXPIRES_AT: str(now + MINUTE)})
        page = {"reviews": [{**good, "comment": 7}, other, 8, {"starRating": "ONE"}]}
        polled = drive(poll(cursor, ctx), answered((200, page))).result
        cursor = polled.cursor
        assert polled.inbounds == ()
        assert [msgspec.json.decode(raw) for _, raw in polled.problems] == [
            {**good, "comment": 7},
            8,
            page["reviews"][3],
        ]


def test_each_record_stands_beside_its_source() -> None:
    """Every review is paired with the bytes it was read from."""
    world = World()
    crowd(world, 3)
    polled = world.poll()
    for inbound, raw in zip(polled.inbounds, polled.raw, strict=True):
        assert isinstance(inbound, ReviewReceived)
        assert inbound.text.encode() in raw


def test_what_was_read_before_a_refusal_is_kept() -> None:
    """When Google throttles in the middle of a walk its first pages are kept, and the next poll tells of it."""
    world = World()
    crowd(world, 120)
    simulated = by_simulator(world.google, world.ctx)

    def throttled_after_one(request: AnyRequest, number: int) -> Any:
        return simulated(request, number) if number == 0 else HttpResponse(status=429)

    polled = drive(poll("", world.ctx), throttled_after_one).result
    assert (len(polled.inbounds), polled.more) == (50, True)
    refused = drive(poll(polled.cursor, world.ctx), answered((429, {})))
    assert refused.error is not None
    assert refused.error.kind is Kind.THROTTLED
    rest = drive(poll(polled.cursor, world.ctx), simulated).result
    assert (len(rest.inbounds), rest.more) == (70, False)


def test_a_page_that_google_forgot_begins_the_walk_anew() -> None:
    """A page token does not live for ever: the walk starts again and nothing counts as removed for it."""
    world = World()
    crowd(world, 3)
    world.poll()
    cursor = cursor_of(world.cursor)
    cursor.walk, cursor.page = cursor.walk + 1, "forgotten"
    world.cursor = cursor.text()
    restarted = world.poll()
    assert (restarted.inbounds, restarted.more) == ((), True)
    assert (world.poll().more, cursor_of(world.cursor).page) == (False, None)


def test_a_walk_signs_in_once() -> None:
    """Where no token is kept, one is asked for at the beginning of a poll and used for all of its pages."""
    world = World()
    crowd(world, 120)
    world.ctx = replace(world.ctx, now=world.ctx.now + DAY)
    asked = [url.partition("?")[0].rpartition("/")[2] for url in urls(world.run(poll("", world.ctx)))]
    assert asked == ["token", "reviews", "reviews", "reviews"]


def test_intervals_are_the_admins() -> None:
    """How often is asked can be set; what is no number falls back, and nothing makes it a storm."""
    assert World(poll_minutes="3").poll().next_after_seconds == 180.0
    assert World(poll_minutes="often").poll().next_after_seconds == 600.0
    assert World(poll_minutes="-1").poll().next_after_seconds == 3.0


def test_a_location_without_reviews_is_well() -> None:
    """Google leaves `reviews` out of an empty page."""
    assert drive(poll("", context()), answered((200, {}))).result.inbounds == ()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.THROTTLED, Kind.THROTTLED),
        (faults.OUTAGE, Kind.UNREACHABLE),
        (faults.EXPIRED_TOKEN, Kind.REAUTH),
        (faults.HALF_BODY, Kind.UNREACHABLE),
    ],
)
def test_faults_end_a_poll_as_what_they_are(fault: str, kind: Kind) -> None:
    """Limits, outages and lost sign-ins are told apart, and the cursor stays where it was."""
    world = World()
    world.reviewed()
    world.google.faults = {fault}
    run = world.run(poll("", world.ctx))
    assert run.error is not None
    assert run.error.kind is kind


# --- announcements ----------------------------------------------------------------------------


def test_an_announced_review_comes_at_once_and_whole() -> None:
    """The announcement leads to the review; its next version has another key, and the poll brings it again."""
    world = World()
    first = world.reviewed("Slow", 2)
    (second,) = world.act("restar", rating=5)
    assert isinstance(second, ReviewReceived)
    assert (first.rating, second.rating, first.external_id == second.external_id) == (2, 5, True)
    assert first.dedupe_key != second.dedupe_key
    assert [one.dedupe_key for one in world.poll().inbounds] == [second.dedupe_key]


def test_an_announced_review_that_is_gone_brings_nothing() -> None:
    """Whether it stays away is not for one look to decide."""
    gone = (404, {"error": {"code": 404, "status": "NOT_FOUND"}})
    assert drive(fetch("review:R", context()), answered(gone)).result == []


def test_an_announced_review_that_cannot_be_read_is_asked_for_again() -> None:
    """It must not vanish: the job repeats, and ends in the quarantine."""
    run = drive(fetch("review:R", context()), answered((200, {"reviewId": "R", "comment": 7})))
    assert run.error is not None
    assert run.error.kind is Kind.UNREACHABLE


def test_an_announcement_without_a_name_brings_the_newest() -> None:
    """Where only the location is named, the ten newest reviews are looked at; broken ones are left to the poll."""
    reviews = [{"reviewId": "A", "updateTime": "2026-11-20T10:00:00Z"}, {"reviewId": "B", "comment": 7}]
    run = drive(fetch("newest", context()), answered((200, {"reviews": reviews})))
    assert [one.external_id for one in run.result] == ["A"]
    assert "pageSize=10" in urls(run)[0]


def test_a_lost_standing_revokes_the_channel() -> None:
    """When we may no longer speak for the location an admin learns it; as long as we may, nothing happens."""
    world = World()
    assert world.run(fetch("standing", world.ctx)).result == []
    world.google.is_verified = False
    (revoked,) = world.run(fetch("standing", world.ctx)).result
    assert isinstance(revoked, ChannelRevoked)
    assert "verify" in revoked.reason


def test_shuffled_and_doubled_announcements_lead_to_the_same() -> None:
    """Announcements come twice and out of order: each has its own key, and what is fetched is what stands."""
    world = World()
    world.google.faults = {faults.SHUFFLE}
    assert world.act("review", text="First", rating=3) == []
    found: list[AnyInbound] = world.act("edit", text="Second")
    world.google.faults = {faults.DUPLICATE}
    found += world.act("edit", text="Third")
    assert [one.text for one in found if isinstance(one, ReviewReceived)] == ["Second", "Second", "Third", "Third"]
