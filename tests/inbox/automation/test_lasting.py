"""What would have fallen due, told from the log: the same as what rules that ran did."""

from __future__ import annotations

import contextlib
import random
from typing import Any, get_args

import msgspec
import pytest

from inbox.automation.lasting import TYPES, Fell, Lasting
from inbox.clock import HOUR, MINUTE
from inbox.domain.rules import OnTime, TimeWord
from inbox.domain.sla_records import Calendar
from inbox.errors import InboxError
from inbox.eventlog import log
from inbox.storage import tables as t
from tests.inbox.automation.office import Office
from tests.inbox.automation.test_acting import OFFICE_HOURS
from tests.inbox.desk import ANNA, T0

LASTS = 20 * 60


async def told(there: Office, trigger: OnTime, since: int = 0) -> list[Fell]:
    """What the log says would have fallen due, in the order of its instants."""
    read = there.world.database.read
    head, _ = await read(log.head)
    lasting = Lasting(trigger, (await there.world.directory.fresh()).terms, since)
    lasting.tell(await read(log.of_types, TYPES, 0, head, 1_000_000))
    lasting.end(there.desk.now)
    return sorted(lasting.take(), key=lambda one: (one.at, one.conversation_id))


async def lives(there: Office, seed: int) -> None:
    """People write, are answered, closed, put aside, given away, for some hours; the rules look every minute."""
    dice = random.Random(seed)
    for _ in range(60):
        person = f"p{dice.randrange(4)}"
        known = [row[0] for row in await there.desk.rows("SELECT id FROM conversation ORDER BY id")]
        chosen = dice.choice(known) if known else None
        doing = dice.choice(["writes", "writes", "answers", "answers", "answers", "close", "snooze", "take", "leave"])
        if doing == "writes" or chosen is None:
            await there.desk.writes(person=person)
        elif doing == "answers":
            await there.desk.accepts(await there.desk.replies(conversation=chosen))
        else:
            await changes(there, chosen, doing)
        for _ in range(dice.randrange(1, 15)):
            there.desk.now += MINUTE
            await there.desk.due()
            await there.works()


async def changes(there: Office, conversation_id: int, doing: str) -> None:
    """What an agent does to a conversation."""
    words: dict[str, dict[str, Any]] = {
        "close": {"status": "closed"},
        "snooze": {"status": "snoozed", "snoozed_until": there.desk.now + HOUR},
        "take": {"assignee_id": ANNA},
        "leave": {"assignee_id": None},
    }
    with contextlib.suppress(InboxError):  # what is closed cannot be put aside
        await there.desk.triages(conversation=conversation_id, **words[doing])


@pytest.mark.parametrize("what", get_args(TimeWord))
async def test_the_log_tells_what_the_rule_did(there: Office, what: TimeWord) -> None:
    """For each word: the same conversations, as often, each within the minute in which the rules looked."""
    trigger = OnTime(what=what, seconds=LASTS)
    await there.rule({"do": "note", "text": "lasted"}, trigger=msgspec.to_builtins(trigger))
    await lives(there, len(what))

    ran = sorted((run.at, run.conversation_id) for run in await there.runs())
    fell = await told(there, trigger)
    assert len(ran) >= 3
    assert sorted(one.conversation_id for one in fell) == sorted(one for _, one in ran)
    for one, (at, conversation_id) in zip(
        sorted(fell, key=lambda one: (one.conversation_id, one.at)), sorted(ran, key=lambda one: one[::-1]), strict=True
    ):
        assert conversation_id == one.conversation_id
        assert 0 <= at - one.at <= MINUTE


async def test_hours_count_where_the_rule_counts_them(there: Office) -> None:
    """Two hours of business after a Friday evening are over on Monday; before the days asked for nothing counts."""
    await there.world.rows((t.calendar, Calendar(61, "Office", OFFICE_HOURS, 0, 1)))
    await there.world.directory.load()
    await there.desk.writes()
    there.desk.now += 4 * 24 * HOUR

    business = await told(there, OnTime(what="waiting", seconds=7200, hours="business"))
    calendar = await told(there, OnTime(what="waiting", seconds=7200))

    assert [one.at for one in calendar] == [T0 + 2 * HOUR]
    assert len(business) == 1
    assert business[0].at >= calendar[0].at
    assert await told(there, OnTime(what="waiting", seconds=7200), since=T0 + 3 * HOUR) == []
