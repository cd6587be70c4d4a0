"""Figures against the plainest way to count them: every report, by every dimension, on both engines."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from inbox import clock
from inbox.clock import DAY, HOUR, SECOND
from inbox.domain.fact_records import OPEN, Deed, EpisodeFact, WaitFact, WaitStretch
from inbox.domain.figures import DIMENSIONS, Asked, Filters, percentile_cont
from inbox.domain.permissions import Scope
from inbox.errors import Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.reports.desk import Reports
from inbox.reports.kinds import KINDS
from inbox.storage import tables as t
from inbox.storage.database import Insert, Query, Save
from tests.inbox.new_database import with_schema

T0 = 1_800_000_000 * SECOND
EVERYTHING = Scope(None, frozenset(), True)
ASKED = Asked(since=T0, until=T0 + 20 * DAY, zone="Europe/Athens", now=T0 + 20 * DAY)
_row = msgspec.structs.astuple
_WAYS: dict[str, Callable[[Any], Iterable[Any]]] = {
    "channel": lambda f: [f.channel_id],
    "network": lambda f: [f.network],
    "kind": lambda f: [f.kind],
    "team": lambda f: [f.team_id],
    "agent": lambda f: [f.agent_id],
    "owner": lambda f: [f.owner_id],
    "tag": lambda f: [int(x) for x in f.tags.split(",") if x] or [0],
    "campaign": lambda f: [f.campaign_id],
    "post": lambda f: [f.post_id],
    "language": lambda f: [f.language],
    "rating": lambda f: [f.rating],
    "day": lambda f: [_local(f.ended_at).date().isoformat()],
    "weekday": lambda f: [_local(f.ended_at).weekday()],
    "hour": lambda f: [_local(f.ended_at).hour],
}


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone(ZoneInfo("Europe/Athens"))


def waits(count: int, seed: int = 7) -> list[WaitFact]:
    """Waits of all sorts."""
    dice = random.Random(seed)
    return [_wait(i, dice) for i in range(1, count + 1)]


def _wait(i: int, dice: random.Random) -> WaitFact:
    opened = T0 + dice.randrange(18 * DAY)
    took = dice.choice([0, dice.randrange(60 * SECOND), dice.randrange(3 * HOUR), dice.randrange(2 * DAY)])
    end = dice.choice(["answered", "answered", "answered", "dismissed", "voided", ""])
    ended = OPEN if not end else opened + took
    deadline = dice.choice([None, opened + HOUR])
    return WaitFact(
        ended_at=ended, wait_id=i, conversation_id=1000 + i // 3, home_id=1000 + i // 3,
        channel_id=dice.randrange(1, 4), network=dice.choice(["telegram", "custom"]),
        kind=dice.choice(["direct", "comment"]), team_id=dice.randrange(3), agent_id=dice.randrange(4),
        owner_id=dice.randrange(4), tags=dice.choice(["", ",5,", ",5,17,", ",17,"]), campaign_id=dice.randrange(2),
        post_id=dice.randrange(2), language=dice.choice(["", "el", "en", 'o"dd']), rating=dice.randrange(4), end=end,
        reason=dice.choice(["closed", "no_question", ""]) if end == "dismissed" else "",
        ended_by=dice.choice(["agent", "system", "outside"]) if end else "",
        response=dice.choice(["first", "next", "reopened"]) if end == "answered" else "", episode=1,
        opened_at=opened, customer_opened_at=opened - dice.randrange(MINUTES),
        customer_ended_at=ended + (5 if end else 0),
        acted_at=dice.choice([None, opened + took // 2]), automatic_at=None, acknowledged_at=None, in_queue=took // 2,
        in_team=0, with_person=took - took // 2, over=0, desk_worked=took // 3, customer_worked=took // 3 + 5,
        policy_id=0, promised=dice.choice(["first", "next"]) if deadline else "", deadline_at=deadline,
        late=int(deadline is not None and bool(end) and ended > deadline), late_team_id=dice.randrange(3),
        late_owner_id=dice.randrange(3), reopened=0,
    )  # fmt: skip


MINUTES = 5 * 60 * SECOND


def _others(facts: list[WaitFact]) -> tuple[list[WaitStretch], list[EpisodeFact], list[Deed]]:
    dice = random.Random(3)
    stretches = [
        WaitStretch(
            ended_at=f.ended_at, wait_id=f.wait_id, began_at=f.opened_at, part="person", team_id=f.team_id,
            owner_id=f.owner_id, channel_id=f.channel_id, network=f.network, kind=f.kind, opened_at=f.opened_at,
            wait_ended_at=f.ended_at, worked=0,
        )
        for f in facts
    ]  # fmt: skip
    shared = {
        name: None
        for name in (
            "channel_id",
            "network",
            "kind",
            "team_id",
            "agent_id",
            "owner_id",
            "tags",
            "campaign_id",
            "post_id",
            "language",
            "rating",
        )
    }
    episodes = [
        EpisodeFact(
            # Many are closed by one action: at the same instant, each as the first episode of its conversation.
            closed_at=OPEN if f.ended_at == OPEN else -(-f.ended_at // DAY) * DAY,
            conversation_id=f.wait_id, number=1, position=f.wait_id, opened_at=f.opened_at,
            first_in_at=f.opened_at, closed_by="agent", again=dice.choice(["", "customer", "person"]), worked=1,
            policy_id=0, deadline_at=f.deadline_at, late=f.late, **{name: getattr(f, name) for name in shared},
        )
        for f in facts
    ]  # fmt: skip
    what = ("received", "replied", "hidden", "closed", "edited", "noted", "wrote_again")
    deeds = [
        Deed(
            at=f.opened_at, position=f.wait_id, what=dice.choice(what), by=dice.choice(["agent", "contact", "rule"]),
            conversation_id=f.conversation_id, message_id=0, stars=dice.randrange(6), after_at=0,
            **{**{name: getattr(f, name) for name in shared}, "kind": dice.choice(["review", "direct"])},
        )
        for f in facts
    ]  # fmt: skip
    return stretches, episodes, deeds


@pytest.fixture
async def made(database_url: str) -> AsyncIterator[tuple[Reports, list[WaitFact]]]:
    """Reports over four hundred waits."""
    database = await with_schema(database_url)
    facts = waits(400)
    stretches, episodes, deeds = _others(facts)
    rows = {t.wait_fact: facts, t.wait_stretch: stretches, t.episode_fact: episodes, t.deed: deeds}

    def put() -> Query[None]:
        for table, records in rows.items():
            yield Save([Insert(table, [_row(one) for one in records])])  # type: ignore[arg-type]

    await database.write(put)
    directory = Directory(database)
    await directory.load()
    yield Reports(database, directory), facts
    await database.close()


@pytest.mark.parametrize(("clock_", "hours"), [("customer", "calendar"), ("desk", "calendar"), ("desk", "business")])
async def test_response_times_are_those_of_the_plainest_count(
    made: tuple[Reports, list[WaitFact]], clock_: Any, hours: Any
) -> None:
    """Number, mean, percentiles and distribution, of everything and by each dimension, are exact."""
    reports, facts = made
    ended = [f for f in facts if f.end == "answered" and ASKED.since <= f.ended_at < ASKED.until]
    for dimension, way in _WAYS.items():
        asked = msgspec.structs.replace(ASKED, by=(dimension,), clock=clock_, hours=hours)
        report = await reports.table("response", asked, EVERYTHING)
        groups: dict[str, list[int]] = defaultdict(list)
        for fact in ended:
            for key in way(fact):
                groups["none" if key in (0, "") and dimension in DIMENSIONS else str(key)].append(
                    _time(fact, clock_, hours)
                )
        assert {line.key[dimension] for line in report.lines} == groups.keys(), dimension
        for line in report.lines:
            _same(line.cells, sorted(groups[line.key[dimension]]))
        _same(report.total.cells, sorted(_time(f, clock_, hours) for f in ended))


def _time(fact: WaitFact, clock_: str, hours: str) -> int:
    if hours == "business":
        return fact.desk_worked
    return fact.ended_at - fact.opened_at if clock_ == "desk" else fact.customer_ended_at - fact.customer_opened_at


def _same(cells: dict[str, float | None], ordered: list[int]) -> None:
    assert cells["n"] == len(ordered)
    assert cells["mean"] == pytest.approx(fmean(ordered) / SECOND)
    assert cells["longest"] == ordered[-1] / SECOND
    for name, fraction in (("median", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95)):
        exact = percentile_cont([float(x) for x in ordered], fraction) / SECOND if len(ordered) >= 5 else None
        assert cells[name] == exact
    assert cells["up_to_120"] == sum(30 * SECOND < x <= 120 * SECOND for x in ordered)
    assert cells["longer"] == sum(x > DAY for x in ordered)
    assert cells["zeros"] == ordered.count(0)


def test_percentiles_are_those_of_percentile_cont() -> None:
    """Linear interpolation between the nearest ranks: what a customer gets in a spreadsheet."""
    assert percentile_cont([1.0, 2.0, 3.0, 4.0], 0.5) == 2.5
    assert percentile_cont([10.0, 20.0, 30.0, 40.0, 50.0], 0.9) == 46.0
    assert percentile_cont([7.0], 0.9) == 7.0


async def test_few_values_are_listed_instead_of_a_percentile(made: tuple[Reports, list[WaitFact]]) -> None:
    """With fewer than five there is no percentile, and the values themselves stand there."""
    reports, facts = made
    some = [f for f in facts if f.end == "answered"][:3]
    found = []
    for fact in some:
        asked = msgspec.structs.replace(ASKED, since=fact.ended_at, until=fact.ended_at + 1)
        found.append((await reports.table("response", asked, EVERYTHING)).total)
    assert [line.cells["median"] for line in found] == [None] * 3
    assert [line.values for line in found] == [[_time(f, "customer", "calendar") / SECOND] for f in some]


@pytest.mark.parametrize("name", sorted(KINDS))
async def test_behind_each_number_are_exactly_so_many(made: tuple[Reports, list[WaitFact]], name: str) -> None:
    """The list behind a cell has as many rows as the cell says, page by page, none twice."""
    reports, _ = made
    report = await reports.table(name, ASKED, EVERYTHING)
    assert report.total.cells
    for column in report.columns:
        if not column.cell:
            continue
        expected = report.total.cells[column.key]
        if name == "targets" and column.key in ("met", "answered_late", "open_late", "pending"):
            # The total is of waits and resolutions; the lists are apart.
            parts = [msgspec.structs.replace(ASKED, measure=measure) for measure in ("", "resolution")]
            assert sum([len(await _everything(reports, name, column.cell, asked)) for asked in parts]) == expected
        else:
            assert len(await _everything(reports, name, column.cell, ASKED)) == expected, column.key


async def _everything(reports: Reports, name: str, cell: str, asked: Asked) -> set[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    after = None
    while page := await reports.behind(name, cell, asked, EVERYTHING, limit=37, after=after):
        found += [(one.at, one.conversation_id, one.item_id) for one in page]
        after = (page[-1].at, page[-1].item_id, page[-1].conversation_id)
    assert len(set(found)) == len(found)
    return set(found)


async def test_groups_add_up_to_the_whole(made: tuple[Reports, list[WaitFact]]) -> None:
    """Every count by every dimension that divides them adds up to its total."""
    reports, _ = made
    for name in ("rate", "targets", "volume", "moderation", "reopened"):
        for by in (("channel",), ("team",), ("language",), ("day",), ("weekday", "hour"), ("kind", "agent")):
            report = await reports.table(name, msgspec.structs.replace(ASKED, by=by), EVERYTHING)
            for column in report.columns:
                if column.unit == "count":
                    said = sum(line.cells[column.key] or 0 for line in report.lines)
                    assert said == report.total.cells[column.key], (name, by, column.key)


@pytest.mark.parametrize(
    ("filters", "holds"),
    [
        (Filters(team=(1,)), lambda f: f.team_id == 1),
        (Filters(team=(0, 2)), lambda f: f.team_id in (0, 2)),
        (Filters(tag=(17,)), lambda f: ",17," in f.tags),
        (Filters(tag=(0,)), lambda f: not f.tags),
        (Filters(language=("el", "en"), kind=("direct",)), lambda f: f.language in ("el", "en") and f.kind == "direct"),
        (Filters(rating=(1, 2), post=(1,)), lambda f: f.rating in (1, 2) and f.post_id == 1),
        (Filters(network=("custom",), campaign=(0,)), lambda f: f.network == "custom" and not f.campaign_id),
        (Filters(channel=(1, 2), agent=(3,)), lambda f: f.channel_id < 3 and f.agent_id == 3),
    ],
)  # fmt: skip
async def test_filters_hold(
    made: tuple[Reports, list[WaitFact]], filters: Filters, holds: Callable[[WaitFact], bool]
) -> None:
    """Each filter leaves exactly the waits it names."""
    reports, facts = made
    expected = sum(f.end == "answered" and f.ended_at < ASKED.until and holds(f) for f in facts)
    report = await reports.table("response", msgspec.structs.replace(ASKED, filters=filters), EVERYTHING)
    assert report.total.cells["n"] == expected > 0


async def test_a_scope_sees_the_figures_of_its_channels_and_teams(made: tuple[Reports, list[WaitFact]]) -> None:
    """Whoever sees some channels, and teams, counts what is in these and nothing else."""
    reports, facts = made
    scope = Scope(frozenset({1}), frozenset({2}))
    seen = [f for f in facts if f.channel_id == 1 or f.team_id == 2]
    for name, number in (("rate", len([f for f in seen if f.end == "answered"])),):
        report = await reports.table(name, ASKED, scope)
        assert report.total.cells["answered"] == number
    listed = await reports.behind("rate", "answered", ASKED, scope, limit=500)
    assert {one.item_id for one in listed} == {f.wait_id for f in seen if f.end == "answered"}


@pytest.mark.parametrize("step", ["hour", "day", "week"])
async def test_backlog_at_each_instant_is_that_of_the_plainest_count(
    made: tuple[Reports, list[WaitFact]], step: Any
) -> None:
    """How many waited, and how long already, at every hour, midnight or Monday of a place."""
    reports, facts = made
    report = await reports.table("backlog", ASKED, EVERYTHING, step=step)
    assert len(report.lines) > 2
    for line in report.lines:
        at = clock.parse_iso(line.key["at"])
        ages = sorted(float(at - f.opened_at) for f in facts if f.opened_at <= at < f.ended_at and f.opened_at < at)
        assert line.cells["waits"] in (len(ages), len(ages) + sum(f.opened_at == at for f in facts))
        if line.cells["waits"] < 5:
            assert line.cells["median"] is None
            assert len(line.values or []) == line.cells["waits"]
        else:
            assert line.cells["median"] == percentile_cont(ages, 0.5) / SECOND


@pytest.mark.parametrize("days", [1, 6, 30])
async def test_behind_a_backlog_are_those_who_waited_at_its_instant(
    made: tuple[Reports, list[WaitFact]], days: int
) -> None:
    """However long they had waited; with their age then, and each to be explained."""
    reports, _ = made
    asked = msgspec.structs.replace(ASKED, until=T0 + days * DAY, since=T0)
    report = await reports.table("backlog", asked, EVERYTHING)
    found = await reports.behind("backlog", "waits", asked, EVERYTHING, limit=10_000)
    at = min(asked.until, asked.now)
    assert len(found) == report.total.cells["waits"]
    assert all(one.is_wait and one.value == at - one.at for one in found)
    assert max((one.value or 0 for one in found), default=0) / SECOND == (report.total.cells["oldest"] or 0)
    open_then = await reports.behind("backlog", "conversations", asked, EVERYTHING, limit=10_000)
    assert len(open_then) == report.total.cells["conversations"]
    assert not any(one.is_wait for one in open_then)


async def test_a_backlog_is_compared_with_that_at_the_beginning_of_the_period(
    made: tuple[Reports, list[WaitFact]],
) -> None:
    """The period before ends where this one begins."""
    reports, _ = made
    later = msgspec.structs.replace(ASKED, since=T0 + 9 * DAY)
    compared = await reports.table("backlog", later, EVERYTHING, compare=True)
    before = await reports.table("backlog", msgspec.structs.replace(ASKED, until=T0 + 9 * DAY), EVERYTHING)
    assert compared.previous is not None
    assert compared.previous.cells == before.total.cells


async def test_agents_are_compared_with_the_period_before(made: tuple[Reports, list[WaitFact]]) -> None:
    """Each agent beside himself."""
    reports, _ = made
    later = msgspec.structs.replace(ASKED, since=T0 + 10 * DAY)
    compared = await reports.table("agents", later, EVERYTHING, compare=True)
    alone = await reports.table("agents", msgspec.structs.replace(ASKED, until=T0 + 10 * DAY), EVERYTHING)
    assert compared.previous is not None
    assert compared.previous.cells == alone.total.cells
    known = {line.key["agent"]: line.cells for line in alone.lines}
    assert compared.lines
    assert all(line.previous == known.get(line.key["agent"]) for line in compared.lines)


async def test_only_waits_can_be_explained(made: tuple[Reports, list[WaitFact]]) -> None:
    """Of promises, those of answers are of waits, those of resolutions of episodes; deeds are neither."""
    reports, _ = made

    async def kinds_of(name: str, cell: str, measure: str = "") -> set[bool]:
        asked = msgspec.structs.replace(ASKED, measure=measure)
        return {one.is_wait for one in await reports.behind(name, cell, asked, EVERYTHING, limit=50)}

    assert await kinds_of("targets", "met") == {True}
    assert await kinds_of("targets", "met", "resolution") <= {False}
    assert await kinds_of("agents", "answered") == {True}
    assert await kinds_of("volume", "received") <= {False}


async def test_a_period_is_compared_with_the_one_before(made: tuple[Reports, list[WaitFact]]) -> None:
    """The figures of as many days before stand beside the total, and beside each group."""
    reports, _ = made
    later = msgspec.structs.replace(ASKED, since=T0 + 10 * DAY, by=("team",))
    earlier = msgspec.structs.replace(ASKED, until=T0 + 10 * DAY, by=("team",))
    compared = await reports.table("rate", later, EVERYTHING, compare=True)
    alone = await reports.table("rate", earlier, EVERYTHING)
    assert compared.previous is not None
    assert compared.previous.cells == alone.total.cells
    assert {x.key["team"]: x.previous for x in compared.lines} == {x.key["team"]: x.cells for x in alone.lines}


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("response", {"by": ("flavour",)}, "by"),
        ("response", {"by": ("team", "agent", "day")}, "by"),
        ("response", {"by": ("location",)}, "by"),
        ("response", {"measure": "guess"}, "measure"),
        ("rate", {"zone": "Mars/Olympus"}, "zone"),
        ("rate", {"until": T0}, "period"),
        ("agents", {"by": ("team",)}, "by"),
        ("agents", {"measure": "first"}, "measure"),
        ("backlog", {"by": ("tag",)}, "by"),
        ("backlog", {"measure": "first"}, "measure"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_words(
    made: tuple[Reports, list[WaitFact]], name: str, change: dict[str, Any], code: str
) -> None:
    """An unknown group, measure, zone or an empty period is named."""
    reports, _ = made
    with pytest.raises(Invalid) as refused:
        await reports.table(name, msgspec.structs.replace(ASKED, **change), EVERYTHING)
    assert refused.value.code == code


async def test_there_is_no_report_of_that_name(made: tuple[Reports, list[WaitFact]]) -> None:
    """Neither the report nor a list behind it."""
    reports, _ = made
    with pytest.raises(NotFound):
        await reports.table("guesses", ASKED, EVERYTHING)
    with pytest.raises(NotFound):
        await reports.behind("rate", "guesses", ASKED, EVERYTHING, limit=5)
