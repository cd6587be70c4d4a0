"""The month written through the ordinary doors: complete, at its own times, and the same for the same seed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from connectors.registry import networks
from inbox.clock import DAY, MINUTE
from inbox.domain import events as e
from inbox.storage import sandbox as stored
from tests.inbox.sandbox.company import BEGUN_AT, Company, company

SHARE = 0.02


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[Company]:
    """A company without a worker, so that nothing but the telling writes."""
    async with company(tmp_path / "one") as found:
        yield found


async def test_everything_told_is_there_once_and_the_waits_are_the_logs(made: Company) -> None:
    """Every item of every network is shown once, nothing is left to be sent, and recomputing finds no difference."""
    told = await made.tell(SHARE)

    line = await made.line()
    assert told.told == told.total > 60
    assert told.refused <= told.total // 50
    assert (line.shown, line.lost, line.doubled) == (line.sent, 0, 0)
    assert await made.rows("SELECT state, COUNT(*) FROM outbox WHERE state <> 'accepted' GROUP BY state") == []
    verified = await made.verified()
    assert (verified.count, verified.differences) == (0, [])
    assert verified.waits > 100
    there = await made.rows("SELECT DISTINCT c.network FROM conversation v JOIN channel c ON c.id = v.channel_id")
    assert {row[0] for row in there} == set(networks())


async def test_it_happened_then_and_not_now(made: Company) -> None:
    """Waits opened and ended in the month, most within hours; items are work, not history; nobody is told today."""
    before = await made.head()
    await made.tell(SHARE)

    logged = await made.logged(before)
    assert all(BEGUN_AT - 32 * DAY < one.at <= BEGUN_AT + 30 * MINUTE for one in logged)
    waits = await made.rows("SELECT opened_at, ended_at FROM wait WHERE ended_at IS NOT NULL")
    hours = sorted((ended - opened) / MINUTE for opened, ended in waits)
    assert 5 < hours[len(hours) // 2] < 240
    marks = await made.rows("SELECT mark, COUNT(*) FROM message WHERE direction = 'in' GROUP BY mark")
    assert {row[0] for row in marks} == {"live"}
    assert await made.inbox.database.read(stored.waiting) <= 40


async def test_a_conversations_events_follow_each_other_in_time(made: Company) -> None:
    """Within a conversation nothing is told of before it happened: an answer is accepted, then delivered, then read."""
    before = await made.head()
    await made.tell(SHARE)

    newest: dict[int, int] = {}
    earlier = 0
    logged = await made.logged(before)
    for one in logged:
        conversation = e.conversation_of(one.event) or 0
        earlier += one.at < newest.get(conversation, 0) - 5 * MINUTE
        newest[conversation] = max(one.at, newest.get(conversation, 0)) if conversation else 0
    assert len(logged) > 1_000
    assert earlier == 0


async def test_agents_work_is_in_it(made: Company) -> None:
    """Agents of four teams answered, tagged, took, closed; the campaign has what hangs on its post."""
    before = await made.head()
    await made.tell(SHARE)

    kinds = {type(one.event) for one in await made.logged(before)}
    assert {e.MessageSent, e.DeliveryChanged, e.NoteWritten, e.ConversationClosed, e.WaitAnswered} <= kinds
    teams = await made.rows("SELECT COUNT(DISTINCT team_id) FROM conversation WHERE team_id IS NOT NULL")
    assert teams[0][0] == 4
    carried = await made.rows("SELECT COUNT(*) FROM conversation WHERE campaign_id IS NOT NULL")
    assert carried[0][0] >= 10


async def test_the_same_seed_writes_the_same_log(made: Company, tmp_path: Path) -> None:
    """Two companies that were told the same month have logs that are alike, ids and times among it. What differs is not
    in the log: the random keys that our own sends carry.
    """
    async with company(tmp_path / "two") as other:
        logs = []
        for one in (made, other):
            before = await one.head()
            await one.tell(SHARE)
            logs.append([msgspec.to_builtins((x.at, x.actor, x.event)) for x in await one.logged(before)])

        assert len(logs[0]) > 1_000
        assert logs[0] == logs[1]


async def test_it_is_told_once(made: Company) -> None:
    """Telling again, as after a restart, adds nothing."""
    await made.tell(SHARE)
    before = await made.head()

    told = await made.tell(SHARE)

    assert told.told == told.total
    assert await made.head() == before


async def test_the_networks_know_the_month_after_a_restart(tmp_path: Path) -> None:
    """Rebuilt from their journal they have the same items and threads, and people go on where they were."""
    async with company(tmp_path) as made:
        await made.tell(SHARE)
        before = made.stage.networks

    async with company(tmp_path) as again:
        after = again.stage.networks
        assert (after.sent, after.threads, after.played) == (before.sent, before.threads, before.played)
        assert after.chapters == before.chapters
        assert (await again.line()).lost == 0
