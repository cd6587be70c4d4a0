"""The month written through the ordinary doors: complete, at its own times, and the same for the same seed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from connectors.registry import networks
from inbox.clock import DAY, MINUTE, SECOND
from inbox.domain import events as e
from inbox.domain.state import State
from inbox.eventlog.unit import Unit
from inbox.sandbox.laid_down import switch_on
from inbox.sandbox.moved import FAR
from inbox.storage import sandbox as stored
from tests.inbox.sandbox.company import BEGUN_AT, Company, company

SHARE = 0.02


class _Sets(Unit):
    """Sets a timer."""

    def __init__(self, kind: str, ref: int, due_at: int) -> None:
        self.timer = (kind, ref, due_at)

    def decide(self, state: State) -> None:
        state.set_timer(*self.timer)


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


async def test_some_targets_are_met_and_some_missed_each_at_its_own_instant(made: Company) -> None:
    """Everybody who waited had a deadline; most were kept; a miss is noted at the deadline itself, and none twice."""
    before = await made.head()
    await made.tell(SHARE)

    waits = await made.rows("SELECT id, deadline_at, breached_at, ended_at FROM wait WHERE policy_id IS NOT NULL")
    ended = [row for row in waits if row[3] is not None]
    missed = [row for row in ended if row[2] is not None]
    assert len(waits) > 100
    assert 0.05 < len(missed) / len(ended) < 0.5
    assert all(breached == deadline for _, deadline, breached, _ in missed)
    assert all(breached is not None or at <= deadline for _, deadline, breached, at in ended)
    logged = await made.logged(before)
    breaches = [one for one in logged if isinstance(one.event, e.TargetBreached) and one.event.wait_id is not None]
    assert all(one.at == one.event.deadline_at for one in breaches if isinstance(one.event, e.TargetBreached))
    assert {e.TargetWarned, e.EscalationStepped} <= {type(one.event) for one in logged}


async def test_what_is_still_to_come_is_left_to_the_service(made: Company) -> None:
    """When the month is told no deadline is put off any more: those of people who wait are due at their instants."""
    await made.tell(SHARE)

    clocks = await made.rows("SELECT kind, ref, due_at FROM timer WHERE kind IN ('target', 'chain', 'resolution')")
    waiting = await made.rows("SELECT id FROM wait WHERE ended_at IS NULL AND deadline_at IS NOT NULL")
    assert all(due_at > BEGUN_AT - MINUTE for _, _, due_at in clocks)
    assert all(due_at < FAR for _, _, due_at in clocks)
    assert {ref for kind, ref, _ in clocks if kind == "target"} <= {row[0] for row in waiting}
    assert len(waiting) >= 5


async def test_deadlines_that_a_stop_left_behind_are_taken_up(made: Company) -> None:
    """A telling that goes on hands the service the deadlines that the one before it had put off."""
    await made.inbox.writer.submit(_Sets("target", 1, FAR))

    await made.tell(SHARE)

    assert await made.rows(f"SELECT ref FROM timer WHERE due_at >= {FAR}") == []


async def test_rules_did_their_part_when_it_happened(made: Company) -> None:
    """Rules tagged, escalated and answered out of hours within seconds of what set them off, though they are off still;
    nobody answered twice for one night.
    """
    before = await made.head()
    await made.tell(0.05)

    logged = {one.position: one for one in await made.logged(before)}
    ran = [one for one in logged.values() if isinstance(one.event, e.RuleRan)]
    names: dict[int, str] = {row[0]: row[1] for row in await made.rows("SELECT id, name FROM rule")}
    assert {"Where is my order", "Closed now", "Low-star review"} <= {names[one.actor.id or 0] for one in ran}
    for one in ran:
        assert isinstance(one.event, e.RuleRan)
        assert one.event.refused == ()
        cause = logged[one.event.trigger_position]
        assert isinstance(cause.event, e.MessageReceived)
        assert 0 < one.at - cause.at < 10 * SECOND
    assert {row[0] for row in await made.rows("SELECT active FROM rule")} == {0}

    await switch_on(made.inbox.writer, made.inbox.directory)

    assert {row[0] for row in await made.rows("SELECT active FROM rule")} == {1}


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
