"""A private answer and one public line: the line goes with the answer, or not at all."""

from __future__ import annotations

from inbox.clock import HOUR, SECOND
from tests.inbox.desk import Desk


async def both(desk: Desk) -> tuple[int, int]:
    """A comment, answered in private with a line beside it."""
    await desk.comments("Where is my order?", person="eleni")
    answer = await desk.replies("We wrote to you.", private=True, hold_seconds=10)
    line = await desk.replies("We answered in private.", after=answer, ends_wait=False, hold_seconds=10)
    return answer, line


async def state(desk: Desk, message: int) -> str:
    """The delivery state of an item of ours."""
    return (await desk.message(message)).delivery_state


async def passes(desk: Desk, seconds: float) -> None:
    """Time passes, and what is due fires."""
    desk.later(seconds)
    await desk.due()


async def test_the_line_goes_when_the_answer_was_taken(desk: Desk) -> None:
    """Not before: while the answer is on its way the line is held."""
    answer, line = await both(desk)
    await passes(desk, 11)
    waiting = await state(desk, line)
    await desk.accepts(answer)
    await passes(desk, 4)

    assert (waiting, await state(desk, line)) == ("held", "queued")
    assert await desk.rows("SELECT COUNT(*) FROM line") == [(0,)]


async def test_the_line_is_held_back_when_the_answer_was_refused(desk: Desk) -> None:
    """Nobody reads in public of an answer that never came; whoever wrote it is told, and the customer waits on."""
    answer, line = await both(desk)
    await passes(desk, 11)
    await desk.refuses(answer)
    await passes(desk, 4)

    assert await state(desk, line) == "cancelled"
    assert ("line_held_back",) in await desk.rows("SELECT kind FROM notification")
    assert [(w.end, w.answer_id) for w in await desk.waits()] == [("", None)]


async def test_both_can_be_taken_back(desk: Desk) -> None:
    """What was taken back is not let go by its timer."""
    answer, line = await both(desk)
    await desk.own(line, "undo")
    await desk.own(answer, "undo")
    await passes(desk, 11)

    assert (await state(desk, answer), await state(desk, line)) == ("cancelled", "cancelled")


async def test_a_line_does_not_wait_for_ever(desk: Desk) -> None:
    """After an hour on the way the answer is too late for it."""
    _, line = await both(desk)
    await passes(desk, 11)
    await passes(desk, 2 * HOUR / SECOND)

    assert await state(desk, line) == "cancelled"
