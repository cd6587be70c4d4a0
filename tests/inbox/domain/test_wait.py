"""When somebody waits and when that ends (docs/metrics.md)."""

from __future__ import annotations

import pytest

from connectors import inbound as net
from connectors.errors import SendErrorKind
from inbox.clock import DAY
from inbox.domain import delivering, wait
from inbox.domain.events import SYSTEM
from inbox.domain.wait import customer_time
from tests.inbox.domain.floor import CHANNEL, NOW, ROBOT, Floor


@pytest.mark.parametrize(
    ("occurred", "received", "believed"),
    [(NOW - 5, NOW, NOW - 5), (NOW + 5, NOW, NOW), (NOW - 8 * DAY, NOW, NOW - 7 * DAY)],
)
def test_the_networks_time_is_believed_for_seven_days_before_ours(occurred: int, received: int, believed: int) -> None:
    """Anything else is clamped."""
    assert customer_time(occurred, received) == believed


def test_customer_writes_three_times_before_the_answer() -> None:
    """Clock from the oldest unanswered item; one reply closes one wait."""
    floor = Floor()
    for _ in range(3):
        floor.says()
        floor.later(60)
    floor.accepts(floor.answers())

    [one] = floor.waits
    assert (one.opened_at, one.end) == (NOW, "answered")


def test_bot_or_auto_reply_first() -> None:
    """What no person wrote ends no wait."""
    floor = Floor()
    floor.says()
    floor.accepts(floor.answers(author=ROBOT))

    assert floor.waits[0].end == ""


def test_an_automatic_item_opens_no_wait() -> None:
    """Out-of-office mails and bounces wait for nobody."""
    floor = Floor()
    floor.says(automatic="auto-reply")

    assert floor.waits == []


def test_ingest_late_keeps_two_clocks() -> None:
    """Customer clock from the network's time, desk clock from ours."""
    floor = Floor()
    written = floor.state.now
    floor.later(3600)
    floor.says(occurred_at=written)

    [one] = floor.waits
    assert (one.customer_opened_at, one.opened_at) == (written, written + 3600_000_000)


def test_history_opens_no_wait() -> None:
    """What was said before the channel was connected is not work."""
    floor = Floor()
    floor.says(occurred_at=CHANNEL.live_since - 1)

    assert floor.waits == []
    assert floor.newest.status == "closed"


def test_in_threads_of_many_each_author_waits_for_himself() -> None:
    """A comment thread holds a wait per author; an answer ends that of the one it answers."""
    floor = Floor()
    maria = floor.says(person="maria", kind="comment")
    floor.says(person="nikos", kind="comment")
    floor.accepts(floor.answers(in_reply_to=maria.id))

    assert [w.end for w in floor.waits] == ["answered", ""]


def test_item_deleted_or_hidden_before_an_answer() -> None:
    """The wait is void, unless the author has another unanswered item: then it goes on from its start."""
    floor = Floor()
    first, second = floor.says("One"), floor.says("Two")
    floor.receive(net.MessageDeleted(dedupe_key="x", occurred_at=NOW, external_id=first.external_id or ""))
    still = (floor.waits[0].end, floor.waits[0].opened_by)
    floor.receive(net.MessageDeleted(dedupe_key="y", occurred_at=NOW, external_id=second.external_id or ""))

    assert still == ("", second.id)
    assert (floor.waits[0].end, floor.waits[0].reason) == ("voided", "deleted")


def test_only_mentions_and_emoji_are_dismissed_as_no_question() -> None:
    """A giveaway's "@maria ❤" must not break the queue, and does not come back by writing again."""
    floor = Floor()
    floor.receive(floor.message("@maria ❤", kind="comment"), no_question=True)
    floor.later(60)
    floor.says("Is it vegan?", kind="comment")

    assert [(w.end, w.reason) for w in floor.waits] == [("dismissed", "no_question"), ("", "")]


def test_writing_again_after_a_day_is_a_new_wait() -> None:
    """A dismissal is taken back by the customer for 24 hours, not for ever."""
    floor = Floor()
    floor.says()
    wait.dismissed(floor.state, floor.waits, "thanks", SYSTEM)
    floor.later(24 * 3600 + 1)
    floor.says()

    assert [w.end for w in floor.waits] == ["dismissed", ""]


def test_an_answer_cannot_end_before_it_began() -> None:
    """An outside answer whose network time is odd still gives no negative duration."""
    floor = Floor()
    floor.later(3600)
    floor.says()
    floor.receive(floor.message("Done", occurred_at=NOW, author=net.Author(external_id="shop", is_self=True)))

    [one] = floor.waits
    assert one.end == "answered"
    assert (one.ended_at or 0) >= one.opened_at
    assert (one.customer_ended_at or 0) >= one.customer_opened_at


def test_what_comes_after_the_last_of_several_answers_waits() -> None:
    """Both answers on their way cover what came before them, and nothing of what came after."""
    floor = Floor()
    floor.says("One")
    first = floor.answers()
    floor.says("Two")
    second = floor.answers()
    third = floor.says("Three")
    floor.accepts(second)
    floor.accepts(first)

    assert [(w.end, w.opened_by) for w in floor.waits][1:] == [("", third.id)]


@pytest.mark.parametrize("order", ["accepted first", "refused first"])
def test_what_is_written_between_two_results_waits(order: str) -> None:
    """The first answer is through when the customer writes again, the second still on its way."""
    floor = Floor()
    floor.says("One")
    first = floor.answers()
    floor.says("Two")
    second = floor.answers()
    if order == "accepted first":
        floor.accepts(first)
    else:
        [part] = delivering.parts_of(floor.state, first.id)
        delivering.attempt_began(floor.state, part, 1)
        delivering.failed(floor.state, part, SendErrorKind.REJECTED, "", retry_at=None)
    third = floor.says("Three")
    floor.accepts(second)

    assert [w.opened_by for w in floor.waits if not w.end] == [third.id]


def test_answers_under_way_are_told_apart_by_the_order_of_decisions() -> None:
    """The item after the first answer is covered by the second: the first refused, nothing else is left open."""
    floor = Floor()
    floor.says("One")
    first = floor.answers()
    floor.says("Two")
    second = floor.answers()
    [part] = delivering.parts_of(floor.state, first.id)
    delivering.attempt_began(floor.state, part, 1)
    delivering.failed(floor.state, part, SendErrorKind.REJECTED, "", retry_at=None)
    floor.accepts(second)

    assert [(w.end, w.answer_id) for w in floor.waits] == [("answered", second.id)]
