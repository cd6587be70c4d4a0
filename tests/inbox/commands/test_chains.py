"""Escalation chains as they run: each step once, at its instant, until somebody says that he has seen it."""

from __future__ import annotations

import asyncio
from typing import Any, get_args

import msgspec
import pytest

from inbox.clock import HOUR, MINUTE, SECOND
from inbox.commands.chains import PutChain, RemoveChain
from inbox.commands.due import Fire, unit_of
from inbox.commands.triage import Escalate, Escalation, TriageChange
from inbox.commands.triage import Triage as ChangeIt
from inbox.delivery.clockwork import Clockwork
from inbox.domain import events as e
from inbox.domain.chains import Chain, Level
from inbox.domain.escalating import CHAIN
from inbox.domain.escalation_shapes import Cell
from inbox.domain.permissions import Scope
from inbox.domain.records import Timer
from inbox.errors import Invalid, Stale
from inbox.eventlog.escalations import behind, report
from inbox.storage import tables as t
from tests.inbox.desk import ANNA, CLEO, T0, Desk
from tests.inbox.domain.promises import calendar, policy
from tests.inbox.house import running
from tests.inbox.world import ATHENS, BEN, agent

SOFIA = 24
THREE = (
    Level(after_seconds=0, to="assignee"),
    Level(after_seconds=600, to="team"),
    Level(after_seconds=1200, to="agents", agent_ids=(CLEO,)),
)


async def made(desk: Desk, *levels: Level, **terms: Any) -> Chain:
    """A chain, and the directory that knows it."""
    fields = {"levels": levels or THREE, **terms}
    unit = PutChain(desk.agent(CLEO), None, {"name": "Night"}, fields, directory=desk.world.directory)
    chain: Chain = await desk.do(unit)
    await desk.world.directory.load()
    return chain


async def escalated(desk: Desk, **fields: Any) -> int:
    """A conversation of Anna's and the team's, escalated."""
    await desk.writes()
    conversation = await desk.only()
    await desk.triages(assignee_id=ANNA, team_id=ATHENS)
    await desk.do(Escalate(desk.agent(CLEO), conversation, "Lawyer", directory=desk.world.directory, **fields))
    return conversation


async def steps(desk: Desk) -> list[tuple[float, int, str, tuple[int, ...]]]:
    """(minutes since the beginning, level, to, agents) of the steps made, by the log."""
    rows = await desk.rows("SELECT at, data FROM event WHERE type = 'escalation_stepped' ORDER BY position")
    found = [(at, e.decode(data)) for at, data in rows]
    return [((at - T0) / MINUTE, x.level, x.to, x.agent_ids) for at, x in found if isinstance(x, e.EscalationStepped)]


async def test_three_levels_are_asked_each_at_its_time(desk: Desk) -> None:
    """At once the owner, ten minutes later the team, twenty after that the one named; then nobody."""
    await made(desk, workspace=True)
    await escalated(desk)
    for _ in range(40):
        desk.later(60)
        await desk.due()

    assert await steps(desk) == [
        (0, 1, "assignee", (ANNA,)), (10, 2, "team", ()), (30, 3, "agents", (CLEO,)),
    ]  # fmt: skip
    assert await desk.rows("SELECT * FROM timer WHERE kind = 'chain'") == []


@pytest.mark.parametrize(("minutes", "level"), [(5, 1), (20, 2), (35, 3)])
async def test_an_acknowledgement_at_any_step_is_the_last_of_it(desk: Desk, minutes: int, level: int) -> None:
    """Nobody else is asked; the escalation itself goes on until it is ended."""
    await made(desk, workspace=True, repeats=3)
    conversation = await escalated(desk)
    for _ in range(minutes):
        desk.later(60)
        await desk.due()
    await desk.do(Escalation(desk.agent(CLEO), conversation, end=False))
    desk.later(3 * 3600)
    await desk.due()

    assert [one[1] for one in await steps(desk)] == list(range(1, level + 1))
    standing = msgspec.json.decode((await desk.conversation()).escalation)
    assert (standing["level"], standing["next_at"]) == (level, None)
    assert standing["acknowledged_at"] == T0 + minutes * MINUTE


async def test_a_worker_that_was_stopped_records_the_right_instants(desk: Desk) -> None:
    """Nothing fired for hours: the steps stand in the log at the times at which they were due."""
    await made(desk, workspace=True)
    await escalated(desk)
    desk.later(5 * 3600)

    assert await desk.due() == 1
    assert [one[0] for one in await steps(desk)] == [0, 10, 30]


async def test_what_was_due_before_an_acknowledgement_is_recorded_before_it(desk: Desk) -> None:
    """A worker that was stopped changes no result: the team had been asked when somebody said he had seen it."""
    await made(desk, workspace=True)
    conversation = await escalated(desk)
    desk.later(15 * 60)
    await desk.do(Escalation(desk.agent(CLEO), conversation, end=False))
    desk.later(3600)
    await desk.due()

    names = [name for name in await desk.events() if name.startswith("escalat")]
    assert names == ["escalated", "escalation_stepped", "escalation_stepped", "escalation_acknowledged"]
    assert [one[0] for one in await steps(desk)] == [0, 10]


async def test_the_owner_of_the_instant_is_asked_and_not_a_later_one(desk: Desk) -> None:
    """The step was due while Anna held it; that Ben took it before it was noticed changes nothing."""
    await made(desk, Level(after_seconds=60, to="assignee"), workspace=True)
    await escalated(desk)
    desk.later(300)
    await desk.triages(assignee_id=BEN)
    await desk.due()

    assert await steps(desk) == [(1, 1, "assignee", (ANNA,))]


async def test_several_workers_make_each_step_once(desk: Desk) -> None:
    """Three that fire the same timer at the same moment: one of them makes the steps."""
    await made(desk, workspace=True, repeats=2, repeat_seconds=60)
    conversation = await escalated(desk)
    desk.later(2 * 3600)
    clocks = [Clockwork(desk.world.database, desk.world.writer, unit_of, scan_seconds=0.05) for _ in range(3)]
    same = [desk.do(Fire(Timer(CHAIN, conversation, T0, 0))) for _ in range(10)]
    async with running(clocks[0].run()), running(clocks[1].run()), running(clocks[2].run()):
        await asyncio.gather(*same)
        async with asyncio.timeout(20):
            while await desk.rows("SELECT * FROM timer WHERE kind = 'chain'"):
                await asyncio.sleep(0.01)

    assert [one[:2] for one in await steps(desk)] == [(0, 1), (10, 2), (30, 3), (31, 3), (32, 3)]


@pytest.mark.parametrize(("until", "goes_on"), [("acknowledged", False), ("answered", True)])
async def test_a_chain_may_go_on_until_the_customer_has_his_answer(desk: Desk, until: str, goes_on: bool) -> None:
    """Somebody has seen it, and the next level is asked all the same; an answer ends that."""
    await made(desk, workspace=True, until=until)
    conversation = await escalated(desk)
    await desk.do(Escalation(desk.agent(CLEO), conversation, end=False))
    desk.later(600)
    await desk.due()
    assert len(await steps(desk)) == (2 if goes_on else 1)

    await desk.accepts(await desk.replies())
    desk.later(3 * 3600)
    await desk.due()
    assert len(await steps(desk)) == (2 if goes_on else 1)


@pytest.mark.parametrize(("how", "reason"), [("closed", "closed"), ("spam", "spam"), ("end", "person")])
async def test_closing_spam_and_de_escalation_end_it(desk: Desk, how: str, reason: str) -> None:
    """With the reason in the event; nobody is asked any more."""
    await made(desk, workspace=True)
    conversation = await escalated(desk)
    if how == "end":
        await desk.do(Escalation(desk.agent(CLEO), conversation, end=True))
    else:
        change = TriageChange(status=how)  # type: ignore[arg-type]
        await desk.do(ChangeIt(desk.agent(), conversation, change, directory=desk.world.directory))
    desk.later(3 * 3600)
    await desk.due()

    [(data,)] = await desk.rows("SELECT data FROM event WHERE type = 'escalation_ended'")
    ended = e.decode(data)
    assert isinstance(ended, e.EscalationEnded)
    assert (ended.reason, len(await steps(desk)), (await desk.conversation()).escalation) == (reason, 1, "")


async def test_business_time_stands_still_at_night(desk: Desk) -> None:
    """By the calendar of the conversation's team: what is due after closing time is due in the morning."""
    await desk.world.rows((t.calendar, calendar(team_ids=frozenset({ATHENS}), workspace=False)))
    await made(desk, Level(after_seconds=3600, to="team"), workspace=True, time="business")
    # T0 is Friday, 2027-01-15, 10:00 in Athens. It is escalated half an hour before closing, so half an hour is left
    # for Monday from 09:00 on.
    desk.later(6.5 * 3600)
    await escalated(desk)
    desk.later(4 * 24 * 3600)
    await desk.due()

    assert [one[0] for one in await steps(desk)] == [(3 * 24 - 0.5) * 60]


async def test_a_policy_names_the_chain_for_a_breach(desk: Desk) -> None:
    """Nobody escalates it: the deadline does, at the deadline, and the chain's clock runs from there."""
    chain = await made(desk, Level(after_seconds=0, to="team"), Level(after_seconds=60, to="supervisors"))
    await desk.world.rows((t.policy, policy(first_response_seconds=600, chain_id=chain.id)))
    await desk.writes()
    desk.later(3600)
    await desk.due()

    assert [one[:3] for one in await steps(desk)] == [(10, 1, "team"), (11, 2, "supervisors")]
    standing = msgspec.json.decode((await desk.conversation()).escalation)
    assert (standing["cause"], standing["by"], standing["at"]) == ("target_breached", None, T0 + 10 * MINUTE)


async def test_a_policy_may_escalate_at_the_warning(desk: Desk) -> None:
    """Before anything is late; what is escalated already is not escalated once more by the breach."""
    chain = await made(desk, Level(after_seconds=0, to="team"))
    terms: dict[str, Any] = {
        "first_response_seconds": 600, "warning_seconds": 120, "chain_id": chain.id, "chain_on": "warning",
    }  # fmt: skip
    await desk.world.rows((t.policy, policy(**terms)))
    await desk.writes()
    desk.later(3600)
    await desk.due()

    assert [one[0] for one in await steps(desk)] == [8]
    assert (await desk.events()).count("escalated") == 1


async def test_a_running_chain_keeps_the_version_it_began_with(desk: Desk) -> None:
    """A change, and even its removal, counts for what is escalated from then on."""
    chain = await made(desk, workspace=True)
    await escalated(desk)
    fields = {"levels": (Level(after_seconds=5, to="supervisors"),)}
    put = PutChain(desk.agent(CLEO), chain.id, {}, fields, directory=desk.world.directory, version=1)
    await desk.do(put)
    with pytest.raises(Stale):
        await desk.do(put)
    await desk.do(RemoveChain(desk.agent(CLEO), chain.id, 2))
    await desk.world.directory.load()
    desk.later(3600)
    await desk.due()

    assert [one[:2] for one in await steps(desk)] == [(0, 1), (10, 2), (30, 3)]
    with pytest.raises(Invalid):
        await desk.do(Escalate(desk.agent(), await desk.only(), "x", directory=desk.world.directory, chain_id=chain.id))


async def test_who_names_somebody_asks_him_and_no_chain(desk: Desk) -> None:
    """The workspace's chain is for those who name nobody; a chain that is named runs beside."""
    chain = await made(desk, workspace=True)
    conversation = await escalated(desk, to_agent_id=BEN)
    assert (await steps(desk), await desk.rows("SELECT agent_id FROM notification WHERE kind = 'escalated'")) == (
        [], [(BEN,)],
    )  # fmt: skip

    both = Escalate(
        desk.agent(CLEO), conversation, "Again", directory=desk.world.directory, to_agent_id=BEN, chain_id=chain.id
    )
    await desk.do(both)
    assert [one[1] for one in await steps(desk)] == [1]


async def test_the_report_counts_from_the_log(desk: Desk) -> None:
    """Two escalations: how soon they were seen and ended, at which level, of which team."""
    await made(desk, workspace=True)
    first = await escalated(desk)
    desk.later(15 * 60)
    await desk.do(Escalation(desk.agent(CLEO), first, end=False))
    desk.later(45 * 60)
    await desk.do(Escalation(desk.agent(CLEO), first, end=True))
    await desk.do(Escalate(desk.agent(CLEO), first, "Again", directory=desk.world.directory, to_agent_id=BEN))
    found = await desk.world.database.read(report, T0, T0 + 24 * HOUR, Scope(None, frozenset()))
    nothing = await desk.world.database.read(report, T0 - HOUR, T0, Scope(None, frozenset()))
    unseen = await desk.world.database.read(report, T0, T0 + 24 * HOUR, Scope(frozenset({9}), frozenset()))

    assert (found.total.escalations, found.total.acknowledged, found.total.ended, found.total.open) == (2, 1, 1, 1)
    assert (found.total.median_acknowledge_seconds, found.total.median_end_seconds) == (900, 3600)
    assert [(one.key, one.escalations) for one in found.levels] == [("0", 1), ("2", 1)]
    assert [(one.key, one.escalations) for one in found.teams] == [(str(ATHENS), 2)]
    assert (nothing.total.escalations, unseen.total.escalations) == (0, 0)


async def test_behind_each_figure_are_the_escalations_it_counts(desk: Desk) -> None:
    """For every figure of every line as many as it says, newest first, each with its own time."""
    await made(desk, workspace=True)
    first = await escalated(desk)
    desk.later(15 * 60)
    await desk.do(Escalation(desk.agent(CLEO), first, end=False))
    desk.later(45 * 60)
    await desk.do(Escalation(desk.agent(CLEO), first, end=True))
    await desk.do(Escalate(desk.agent(CLEO), first, "Again", directory=desk.world.directory, to_agent_id=BEN))
    period, read = (T0, T0 + 24 * HOUR, Scope(None, frozenset())), desk.world.database.read
    found = await read(report, *period)
    lines = [({}, found.total)]
    lines += [({"level": one.key}, one) for one in found.levels] + [({"team": one.key}, one) for one in found.teams]
    lines += [({"cause": one.key}, one) for one in found.causes]

    for only, line in lines:
        for cell in get_args(Cell):
            behind_it = await read(behind, cell, *period, only)
            assert len(behind_it) == getattr(line, cell), (cell, only)
            assert [one.at for one in behind_it] == sorted((one.at for one in behind_it), reverse=True)
            assert {one.conversation_id for one in behind_it} <= {first}
    assert [one.value for one in await read(behind, "acknowledged", *period, {})] == [900 * SECOND]
    assert [one.value for one in await read(behind, "ended", *period, {})] == [3600 * SECOND]
    assert [one.value for one in await read(behind, "escalations", *period, {})] == [None, 900 * SECOND]
    unseen = await read(behind, "escalations", T0, T0 + 24 * HOUR, Scope(frozenset({9}), frozenset()), {})
    assert unseen == []


async def test_a_chain_that_asks_nobody_is_refused(desk: Desk) -> None:
    """No level, a level without people, people who are not there, a team that is not."""
    for fields in (
        {"levels": ()},
        {"levels": (Level(after_seconds=0, to="agents"),)},
        {"levels": (Level(after_seconds=0, to="on_call", agent_ids=(4711,)),)},
        {"levels": THREE, "team_ids": frozenset({4711})},
    ):
        unit = PutChain(desk.agent(CLEO), None, {"name": "x"}, fields, directory=desk.world.directory)
        with pytest.raises(Invalid):
            await desk.do(unit)


async def test_supervisors_of_a_conversation_are_asked_by_the_reader(desk: Desk) -> None:
    """The event says `supervisors`; who they are is looked up when they are told."""
    await desk.world.rows((t.agent, agent(SOFIA, "Sofia", "supervisor")))
    await made(desk, Level(after_seconds=30, to="supervisors"), workspace=True)
    await escalated(desk)
    desk.later(31)
    await desk.due()

    assert await steps(desk) == [(30 * SECOND / MINUTE, 1, "supervisors", ())]
