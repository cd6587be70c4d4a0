"""Whose turn it is."""

from inbox import clock
from inbox.delivery.turns import Turns, turns
from inbox.domain.records import ASIDE
from inbox.storage.outbox import Queued


def part(
    id: int, thread: int = 1, *, message: int = 0, index: int = 0, state: str = "waiting", next_at: int | None = None
) -> Queued:
    """An unfinished part; a message of its own unless one is named."""
    return Queued(id, message or id, thread, "message", index, state, next_at, 1)


def chosen(*queue: Queued, unsettled: set[tuple[int, int]] | None = None, busy: dict[int, int] | None = None) -> Turns:
    """The turns at the instant 100."""
    busy = busy or {}
    return turns(queue, unsettled or set(), busy_parts=busy.keys(), busy_threads=set(busy.values()), now=100)


def test_the_oldest_of_each_thread_goes() -> None:
    """Threads go side by side, each with its oldest part."""
    assert chosen(part(1), part(2), part(3, 2), part(4, 2)).send == [1, 3]


def test_a_part_that_waits_for_its_next_attempt_holds_up_its_thread_only() -> None:
    """Order is kept through a failure; other threads go on."""
    found = chosen(part(1, next_at=500), part(2), part(3, 2))

    assert found.send == [3]
    assert found.next_at == 500


def test_what_is_under_way_holds_up_its_thread() -> None:
    """One part of a thread at a time."""
    assert chosen(part(1, state="sending"), part(2), part(3, 2), busy={1: 1}) == Turns([3], [], [], None)


def test_a_later_part_waits_for_an_unknown_one_and_other_messages_do_not() -> None:
    """A message goes on only after each of its parts was accepted; the thread is not blocked by it."""
    found = chosen(part(2)._replace(message_id=9, part_index=1), part(3), unsettled={(9, 0), (9, 1)})

    assert found.send == [3]


def test_what_is_under_review_is_asked_about_when_it_is_time() -> None:
    """Pending parts are checked at their time, never when none was named, and hold up nobody."""
    found = chosen(
        part(1, state="pending", next_at=50), part(2, state="pending", next_at=900), part(3, state="pending"), part(4)
    )

    assert (found.check, found.send, found.next_at) == ([1], [4], 900)


def test_a_part_that_nobody_sends_is_stranded() -> None:
    """`sending` without a sender here is what a crash left."""
    assert chosen(part(1, state="sending"), part(2)) == Turns([], [], [1], None)


def test_a_next_attempt_that_lies_days_ahead_is_due() -> None:
    """It was set before the clock was put back."""
    assert chosen(part(1, next_at=100 + clock.DAY), part(2)).send == [1]
    assert chosen(part(1, next_at=100 + clock.HOUR)).send == []
    assert chosen(part(1, next_at=ASIDE), part(2)).send == []  # somebody else settles it, and its thread with it
