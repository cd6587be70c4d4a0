"""Reports over some thousand waits of chance against the plainest way to count them, in the paths that a large number
takes: groups that an index has in order, all groups in one walk, the wall clock read once for each quarter of an hour.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from inbox.clock import DAY, SECOND
from inbox.domain.fact_records import OPEN, Deed, WaitFact, WaitStretch
from inbox.domain.figures import Asked, Filters, percentile_cont
from inbox.domain.permissions import Scope
from inbox.eventlog.directory import Directory
from inbox.reports.desk import Reports
from inbox.storage import reports_people, spreads
from inbox.storage import tables as t
from inbox.storage.database import Insert, Query, Save
from tests.inbox.new_database import with_schema
from tests.inbox.reports.test_figures import ASKED, EVERYTHING, _local, _others, waits

_DEEDS = {"replies": "replied", "notes": "noted", "resolved": "closed"}


class Made(msgspec.Struct):
    """Reports, and what they count."""

    reports: Reports
    facts: list[WaitFact]
    stretches: list[WaitStretch]
    deeds: list[Deed]


@pytest.fixture
async def made(database_url: str) -> AsyncIterator[Made]:
    """Reports over three thousand waits."""
    database = await with_schema(database_url)
    facts = waits(3_000, seed=11)
    stretches, episodes, deeds = _others(facts)
    # Half a year of them: clocks are changed meanwhile.
    deeds = [msgspec.structs.replace(one, at=one.at + one.position % 26 * 7 * DAY) for one in deeds]
    rows: dict[Any, list[Any]] = {
        t.wait_fact: facts, t.wait_stretch: stretches, t.episode_fact: episodes, t.deed: deeds
    }  # fmt: skip

    def put() -> Query[None]:
        for table, records in rows.items():
            yield Save([Insert(table, [msgspec.structs.astuple(one) for one in records])])

    await database.write(put)
    directory = Directory(database)
    await directory.load()
    yield Made(Reports(database, directory), facts, stretches, deeds)
    await database.close()


def _spread(cells: dict[str, float | None], values: list[float]) -> None:
    """The cells are those of these values."""
    assert cells["n"] == len(values)
    if len(values) < 5:
        return
    ordered = sorted(values)
    for name, fraction in (("median", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95)):
        assert cells[name] == percentile_cont(ordered, fraction) / SECOND
    assert cells["mean"] == sum(ordered) / len(ordered) / SECOND
    assert cells["longest"] == ordered[-1] / SECOND


_PAIRS: dict[tuple[str, ...], Callable[[WaitFact], list[tuple[str, ...]]]] = {
    ("tag", "language"): lambda f: [(str(tag), f.language or "none") for tag in _tags(f)],
    ("team", "tag"): lambda f: [(_id(f.team_id), str(tag)) for tag in _tags(f)],
    ("agent", "day"): lambda f: [(_id(f.agent_id), _local(f.ended_at).date().isoformat())],
    ("network", "kind"): lambda f: [(f.network, f.kind)],
    ("weekday", "hour"): lambda f: [(str(_local(f.ended_at).weekday()), str(_local(f.ended_at).hour))],
}


def _tags(fact: WaitFact | Deed) -> list[str]:
    return [x for x in fact.tags.split(",") if x] or ["none"]


def _id(value: int) -> str:
    return str(value) if value else "none"


@pytest.mark.parametrize("by", _PAIRS)
async def test_response_times_by_two_things_are_those_of_the_plainest_count(made: Made, by: tuple[str, ...]) -> None:
    """Of each pair of groups and of everything, a wait with several tags in each of them and once in the whole."""
    report = await made.reports.table("response", msgspec.structs.replace(ASKED, by=by, clock="desk"), EVERYTHING)
    groups: dict[tuple[str, ...], list[float]] = defaultdict(list)
    counted = [f for f in made.facts if f.end == "answered" and ASKED.since <= f.ended_at < ASKED.until]
    for fact in counted:
        for key in _PAIRS[by](fact):
            groups[key].append(float(fact.ended_at - fact.opened_at))
    assert {tuple(line.key[name] for name in by) for line in report.lines} == groups.keys()
    for line in report.lines:
        _spread(line.cells, groups[tuple(line.key[name] for name in by)])
    _spread(report.total.cells, [float(f.ended_at - f.opened_at) for f in counted])


_SEEN: dict[str, tuple[Filters, Scope, Callable[[Any], bool]]] = {
    "everything": (Filters(), EVERYTHING, lambda f: True),
    "a team": (Filters(team=(1,)), EVERYTHING, lambda f: f.team_id == 1),
    "a scope": (Filters(), Scope(frozenset({2}), frozenset({1})), lambda f: f.channel_id == 2 or f.team_id == 1),
}


@pytest.mark.parametrize("seen", _SEEN)
async def test_each_agents_figures_are_those_of_the_plainest_count(made: Made, seen: str) -> None:
    """Replies, conversations, answers and what was held, of everything and where only some of it is asked for or
    seen.
    """
    filters, scope, holds = _SEEN[seen]
    report = await made.reports.table("agents", msgspec.structs.replace(ASKED, filters=filters), scope)
    deeds = [d for d in made.deeds if holds(d) and ASKED.since <= d.at < ASKED.until]
    answered = [f for f in made.facts if holds(f) and f.end == "answered" and ASKED.since <= f.ended_at < ASKED.until]
    held = [s for s in made.stretches if holds(s) and s.ended_at < OPEN and s.wait_ended_at < ASKED.until]
    assert len(report.lines) == 3
    for line in report.lines:
        agent = int(line.key["agent"])
        for cell, what in _DEEDS.items():
            assert line.cells[cell] == sum(d.agent_id == agent and d.what == what for d in deeds)
        inside = {d.conversation_id for d in deeds if d.agent_id == agent and d.what == "replied"}
        assert line.cells["conversations"] == len(inside)
        times = sorted(float(f.ended_at - f.opened_at) for f in answered if f.agent_id == agent)
        assert (line.cells["answered"], line.cells["median"]) == (len(times), percentile_cont(times, 0.5) / SECOND)
        assert line.cells["owned_waits"] == sum(s.owner_id == agent for s in held)
    for cell, what in _DEEDS.items():
        assert report.total.cells[cell] == sum(d.what == what for d in deeds)
    assert report.total.cells["answered"] == len(answered)


WEEK = msgspec.structs.replace(ASKED, since=ASKED.since + 5 * DAY, until=ASKED.since + 12 * DAY)


async def test_each_agents_figures_of_a_week_are_those_of_the_plainest_count(made: Made) -> None:
    """Nothing of before or after is counted, however it is looked up."""
    report = await made.reports.table("agents", WEEK, EVERYTHING)
    cells = {int(line.key["agent"]): line.cells for line in report.lines}
    assert cells.keys() == {1, 2, 3}
    for agent, found in cells.items():
        replies = [d for d in made.deeds if d.agent_id == agent and d.what == "replied" and _in_week(d.at)]
        answers = [f for f in made.facts if f.agent_id == agent and f.end == "answered" and _in_week(f.ended_at)]
        held = [s for s in made.stretches if s.owner_id == agent and s.ended_at < OPEN and _in_week(s.wait_ended_at)]
        assert (found["replies"], found["conversations"]) == (len(replies), len({d.conversation_id for d in replies}))
        times = sorted(float(f.ended_at - f.opened_at) for f in answers)
        assert (found["answered"], found["p90"]) == (len(times), percentile_cont(times, 0.9) / SECOND)
        assert (found["owned_waits"], found["due"]) == (len(held), len(_missed_or_kept(made, agent)))


async def test_each_agents_figures_are_the_same_grouped_at_once_and_agent_by_agent(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL counts different conversations agent by agent where much of all time is asked for."""
    monkeypatch.setattr(reports_people, "MUCH", 0)
    at_once = await made.reports.table("agents", ASKED, EVERYTHING)
    monkeypatch.setattr(reports_people, "MUCH", 1_000_000)
    monkeypatch.setattr(reports_people, "MOST_BRANCHES", 4)
    one_by_one = await made.reports.table("agents", ASKED, EVERYTHING)
    assert len(at_once.lines) == 3
    assert (one_by_one.lines, one_by_one.total) == (at_once.lines, at_once.total)


def _in_week(at: int | None) -> bool:
    return at is not None and WEEK.since <= at < WEEK.until


def _missed_or_kept(made: Made, agent: int) -> list[WaitFact]:
    """Promises of the week that are met or missed; who held a late wait at its deadline has missed it."""
    due = [f for f in made.facts if _in_week(f.deadline_at) and agent == _answerable(f)]
    return [f for f in due if f.end in ("answered", "") or f.late]


def _answerable(fact: WaitFact) -> int:
    return fact.late_owner_id if fact.deadline_at is not None and fact.deadline_at < fact.ended_at else fact.agent_id


@pytest.mark.parametrize("seen", _SEEN)
@pytest.mark.parametrize("by", [(), ("agent",), ("team",), ("language",), ("kind", "channel"), ("day",)])
async def test_promises_and_beginnings_of_a_week_are_those_of_the_plainest_count(
    made: Made, by: tuple[str, ...], seen: str
) -> None:
    """By what the index in their order holds, and by what it does not, of everything and of a part of it."""
    filters, scope, holds = _SEEN[seen]
    asked = msgspec.structs.replace(WEEK, by=by, filters=filters)
    due = [f for f in made.facts if _in_week(f.deadline_at)]
    # A promise belongs to the team that held the wait at its deadline, if it was missed.
    missed = [f for f in due if (f.deadline_at or 0) < f.ended_at]
    moved = {f.wait_id: msgspec.structs.replace(f, team_id=f.late_team_id, agent_id=f.late_owner_id) for f in missed}
    placed = [moved.get(f.wait_id, f) for f in due]
    if scope.channels is None:
        met = [f for f in placed if holds(f) and f.end == "answered" and not f.late]
        answers = msgspec.structs.replace(asked, measure="all")
        await _lines(made, "targets", "met", answers, scope, Counter(_key(f, by, f.deadline_at or 0) for f in met))
    begun = [f for f in made.facts if _in_week(f.opened_at) and holds(f) and f.end == "answered"]
    await _lines(made, "rate", "answered", asked, scope, Counter(_key(f, by, f.opened_at) for f in begun))


@pytest.mark.parametrize("by", [(), ("agent",), ("channel",), ("day",), ("by",), ("weekday", "team"), ("tag",)])
async def test_deeds_of_a_week_are_those_of_the_plainest_count(made: Made, by: tuple[str, ...]) -> None:
    """Each sort of them, by what the index by their names holds and by what it does not."""
    asked = msgspec.structs.replace(WEEK, by=by)
    for what, cell in (("replied", "replied"), ("closed", "closed"), ("received", "received")):
        keys = Counter(
            key for d in made.deeds if d.what == what and _in_week(d.at) for key in _keys_of_deed(d, by)
        )  # fmt: skip
        await _lines(made, "volume", cell, asked, EVERYTHING, keys)


def _keys_of_deed(deed: Deed, by: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(tag,) for tag in _tags(deed)] if by == ("tag",) else [_key(deed, by, deed.at)]


def _key(row: Any, by: tuple[str, ...], at: int) -> tuple[str, ...]:
    found = []
    for name in by:
        if name in ("day", "weekday"):
            found.append(_wall(at, ASKED.zone, name))
        else:
            found.append(_id(getattr(row, name if hasattr(row, name) else f"{name}_id")))
    return tuple(str(part) for part in found)


async def _lines(made: Made, name: str, cell: str, asked: Asked, scope: Scope, plain: Counter[tuple[str, ...]]) -> None:
    """A cell of each group is what was counted, and that of everything: a row with several tags counts once there."""
    report = await made.reports.table(name, asked, scope)
    found = {tuple(line.key[key] for key in asked.by): line.cells[cell] for line in report.lines if line.cells[cell]}
    if asked.by:
        assert found == plain
    if asked.by != ("tag",):
        assert report.total.cells[cell] == sum(plain.values())


async def test_response_times_by_day_are_the_same_when_not_all_values_are_handed_over(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL looks into buckets where a table is large, as it is here with a lower limit."""
    asked = msgspec.structs.replace(ASKED, by=("day",))
    at_once = await made.reports.table("response", asked, EVERYTHING)
    monkeypatch.setattr(spreads, "AT_ONCE", -1)
    in_buckets = await made.reports.table("response", asked, EVERYTHING)
    assert len(at_once.lines) > 15
    assert (in_buckets.lines, in_buckets.total) == (at_once.lines, at_once.total)


@pytest.mark.parametrize(
    ("zone", "by"),
    [
        ("Europe/Athens", ("weekday", "hour")),
        ("Europe/Athens", ("hour", "day")),
        ("Asia/Kathmandu", ("day",)),
        ("Australia/Lord_Howe", ("week", "hour")),
    ],
)
async def test_deeds_on_the_wall_clock_are_those_of_the_plainest_count(
    made: Made, zone: str, by: tuple[str, ...]
) -> None:
    """Also where the clock is a quarter of an hour off, or is changed by half an hour within the period."""
    asked = Asked(since=ASKED.since, until=ASKED.since + 220 * DAY, zone=zone, by=by, now=ASKED.now)
    report = await made.reports.table("volume", asked, EVERYTHING)
    plain = Counter(tuple(_wall(d.at, zone, name) for name in by) for d in made.deeds if d.what == "replied")
    found = {tuple(line.key[name] for name in by): line.cells["replied"] for line in report.lines}
    assert {key: n for key, n in found.items() if n} == plain


def _wall(at: int, zone: str, name: str) -> str:
    local = datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(zone))
    if name == "day":
        return local.date().isoformat()
    if name == "week":
        return (local.date() - timedelta(days=local.weekday())).isoformat()
    return str(local.weekday() if name == "weekday" else local.hour)
