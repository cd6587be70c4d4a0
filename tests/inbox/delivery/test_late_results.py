"""What the network says of an answer when the customer has written again meanwhile: nobody is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from inbox.clock import DAY, SECOND
from tests.inbox.desk import Desk, desk


@pytest.fixture
async def made(database_url: str) -> AsyncIterator[Desk]:
    """A desk on each engine."""
    async with desk(database_url) as opened:
        yield opened


async def answers(made: Desk, **how: Any) -> int:
    """An agent answers, and the network accepts at once."""
    message = await made.replies(**how)
    await made.accepts(message)
    return message


async def _newest(made: Desk) -> int:
    return int((await made.rows("SELECT max(id) FROM conversation"))[0][0])


async def test_a_refusal_takes_in_what_the_customer_wrote_since(made: Desk) -> None:
    """Accepted, written again, then refused: one wait, from its original start."""
    await made.writes()
    made.later(60)
    answer = await answers(made)
    made.later(60)
    await made.writes("And the invoice?")
    made.later(60)
    await made.told_failed(answer)

    assert [(wait.end, wait.reason) for wait in await made.waits()] == [("", ""), ("voided", "merged")]


async def test_a_customer_writes_while_an_answer_to_a_closed_conversation_is_on_its_way(made: Desk) -> None:
    """Longer closed than it would open again: what he writes is taken in all the same."""
    await made.writes()
    await made.replies(then_close=True)
    made.later(4 * DAY // SECOND)
    for text in ("Hello?", "Anybody there?"):
        await made.writes(text)

    assert len(await made.rows("SELECT id FROM message WHERE direction = 'in'")) == 3


async def test_a_refusal_after_a_new_conversation_began_loses_nothing(made: Desk) -> None:
    """The wait goes on where it was; he may write on in the new one."""
    await made.writes()
    answer = await answers(made, then_close=True)
    made.later(4 * DAY // SECOND)
    await made.writes("Me again")
    await answers(made, conversation=await _newest(made))
    made.later(60)
    await made.told_failed(answer)
    await made.writes("Hello?")

    assert len(await made.rows("SELECT id FROM message WHERE direction = 'in'")) == 3


async def test_a_holding_answer_does_not_keep_a_wait_open_in_a_closed_conversation(made: Desk) -> None:
    """Whoever holds him off and closes has left him: it counts as unanswered."""
    await made.writes()
    message = await made.replies("We look into it.", ends_wait=False, then_close=True)
    made.later(60)
    await made.accepts(message)

    assert [(wait.end, wait.reason) for wait in await made.waits()] == [("dismissed", "closed")]


async def test_what_is_written_between_two_results_waits(made: Desk) -> None:
    """Two answers one after the other, and he writes again when only the first is through: he goes on waiting."""
    await made.writes("One")
    first = await made.replies()
    await made.writes("Two")
    second = await made.replies()
    await made.accepts(first)
    made.later(60)
    await made.writes("Three")
    made.later(60)
    await made.accepts(second)

    assert [wait.end for wait in await made.waits()] == ["answered", "answered", ""]
