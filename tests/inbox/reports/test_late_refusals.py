"""Answers that are refused late, or still on their way, when the customer writes again: nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from inbox.clock import DAY, SECOND
from tests.inbox.reports.bureau import Bureau, bureau


@pytest.fixture
async def made(database_url: str) -> AsyncIterator[Bureau]:
    """A bureau on each engine."""
    async with bureau(database_url) as opened:
        yield opened


async def _newest(made: Bureau) -> int:
    return int((await made.desk.rows("SELECT max(id) FROM conversation"))[0][0])


async def test_a_refusal_takes_in_what_the_customer_wrote_since(made: Bureau) -> None:
    """Accepted, written again, then refused: one wait, from its original start."""
    await made.desk.writes()
    made.desk.later(60)
    answer = await made.answers()
    made.desk.later(60)
    await made.desk.writes("And the invoice?")
    made.desk.later(60)
    await made.desk.told_failed(answer)

    assert [(wait.end, wait.reason) for wait in await made.desk.waits()] == [("", ""), ("voided", "merged")]


async def test_a_customer_writes_while_an_answer_to_a_closed_conversation_is_on_its_way(made: Bureau) -> None:
    """Longer closed than it would open again: what he writes is taken in all the same."""
    await made.desk.writes()
    await made.desk.replies(then_close=True)
    made.desk.later(4 * DAY // SECOND)
    for text in ("Hello?", "Anybody there?"):
        await made.desk.writes(text)

    assert len(await made.desk.rows("SELECT id FROM message WHERE direction = 'in'")) == 3


async def test_a_refusal_after_a_new_conversation_began_loses_nothing(made: Bureau) -> None:
    """The wait goes on where it was; he may write on in the new one."""
    await made.desk.writes()
    answer = await made.answers(then_close=True)
    made.desk.later(4 * DAY // SECOND)
    await made.desk.writes("Me again")
    await made.answers(conversation=await _newest(made))
    made.desk.later(60)
    await made.desk.told_failed(answer)
    await made.desk.writes("Hello?")

    assert len(await made.desk.rows("SELECT id FROM message WHERE direction = 'in'")) == 3


async def test_a_holding_answer_does_not_keep_a_wait_open_in_a_closed_conversation(made: Bureau) -> None:
    """Whoever holds him off and closes has left him: it counts as unanswered."""
    await made.desk.writes()
    message = await made.desk.replies("We look into it.", ends_wait=False, then_close=True)
    made.desk.later(60)
    await made.desk.accepts(message)

    assert [(wait.end, wait.reason) for wait in await made.desk.waits()] == [("dismissed", "closed")]


async def test_what_is_written_between_two_results_waits(made: Bureau) -> None:
    """Two answers one after the other, and he writes again when only the first is through: he goes on waiting."""
    await made.desk.writes("One")
    first = await made.desk.replies()
    await made.desk.writes("Two")
    second = await made.desk.replies()
    await made.desk.accepts(first)
    made.desk.later(60)
    await made.desk.writes("Three")
    made.desk.later(60)
    await made.desk.accepts(second)

    assert [wait.end for wait in await made.desk.waits()] == ["answered", "answered", ""]
