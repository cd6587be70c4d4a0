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

from inbox import clock
from inbox.clock import DAY, SECOND
from inbox.domain.facts import OPEN, Deed, WaitFact, WaitStretch
from inbox.domain.figures import Asked, Filters, percentile_cont
from inbox.domain.permissions import Scope
from inbox.eventlog.directory import Directory
from inbox.reports.desk import Reports
from inbox.storage import schema
from inbox.storage import tables as t
from inbox.storage.database import Insert, Query, Save, connect
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
    database = connect(database_url)
    await database.open()
    facts = waits(3_000, seed=11)
    stretches, episodes, deeds = _others(facts)
    # Half a year of them: clocks are changed meanwhile.
    deeds = [msgspec.structs.replace(one, at=one.at + one.position % 26 * 7 * DAY) for one in deeds]
    rows: dict[Any, list[Any]] = {
        t.wait_fact: facts, t.wait_stretch: stretches, t.episode_fact: episodes, t.deed: deeds
    }  # fmt: skip

    def put() -> Query[None]:
        yield from schema.create(database.engine, clock.now())
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


def _tags(fact: WaitFact) -> list[str]:
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
