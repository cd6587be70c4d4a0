"""The reports of surveys: against the plainest count, with their intervals; and one survey from close to figure."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox import clock
from inbox.clock import DAY, SECOND
from inbox.commands.survey_asks import Asker
from inbox.commands.surveys import PutSurvey
from inbox.commands.triage import Triage, TriageChange
from inbox.delivery.clockwork import Clockwork
from inbox.domain.figures import Asked, Filters
from inbox.domain.permissions import Principal, Scope
from inbox.domain.survey_records import Survey, SurveyAsk
from inbox.eventlog.bus import Bus
from inbox.eventlog.directory import Directory
from inbox.reports.desk import Reports
from inbox.reports.reader import Reader
from inbox.reports.surveys import around_nps, nps, wilson
from inbox.storage import rows
from inbox.storage import tables as t
from inbox.storage.database import Insert, Query, Save
from inbox.surveylinks import SurveyLinks
from tests.inbox.house import house, network, running, served
from tests.inbox.new_database import with_schema

T0 = 1_800_000_000 * SECOND
EVERYTHING = Scope(None, frozenset(), True)
ASKED = Asked(since=T0, until=T0 + 20 * DAY, zone="Europe/Athens", now=T0 + 20 * DAY)
LINKS = SurveyLinks(["a secret of the house"], "https://inbox.example")
_WAYS: dict[str, Callable[[SurveyAsk], Iterable[Any]]] = {
    "channel": lambda a: [a.channel_id],
    "network": lambda a: [a.network],
    "kind": lambda a: [a.kind],
    "team": lambda a: [a.team_id],
    "agent": lambda a: [a.agent_id],
    "owner": lambda a: [a.owner_id],
    "tag": lambda a: [int(x) for x in a.tags.split(",") if x] or [0],
    "language": lambda a: [a.language],
    "survey": lambda a: [a.survey_id],
    "day": lambda a: [_local(a.sent_at).date().isoformat()],
    "hour": lambda a: [_local(a.sent_at).hour],
}


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone(ZoneInfo("Europe/Athens"))


def asks(count: int) -> list[SurveyAsk]:
    """People who were asked, of all sorts."""
    dice = random.Random(19)
    return [_ask(i, dice) for i in range(1, count + 1)]


def _ask(i: int, dice: random.Random) -> SurveyAsk:
    scale = dice.choice(("csat", "nps"))
    score = dice.choice(range(1, 6) if scale == "csat" else range(11)) if dice.random() < 0.6 else None
    sent_at = T0 - 3 * DAY + dice.randrange(25 * DAY)
    return SurveyAsk(
        id=i, survey_id=dice.choice((1, 2)), scale=scale, conversation_id=i, episode=1, thread_id=i, message_id=i,
        wording="en", way="link", sent_at=sent_at, channel_id=dice.randrange(1, 4), network=dice.choice("xyz"),
        kind=dice.choice(("direct", "mail")), team_id=dice.randrange(3), agent_id=dice.randrange(4),
        owner_id=dice.randrange(4), tags=dice.choice(("", ",17,", ",17,18,")), campaign_id=0, post_id=0,
        language=dice.choice(("", "el", "en")), rating=0, score=score,
        answered_at=sent_at + DAY if score is not None else None, answered_by="page" if score is not None else "",
        comment="Words" if score is not None and dice.random() < 0.3 else "",
    )  # fmt: skip


def _filled(records: list[SurveyAsk]) -> Query[None]:
    yield Save([Insert(t.survey_ask, [msgspec.structs.astuple(one) for one in records])])


@pytest.fixture
async def made(database_url: str) -> AsyncIterator[tuple[Reports, list[SurveyAsk]]]:
    """Reports over 600 who were asked."""
    database, records = await with_schema(database_url), asks(600)
    await database.write(lambda: _filled(records))
    directory = Directory(database)
    await directory.load()
    yield Reports(database, directory), records
    await database.close()


@pytest.mark.parametrize("name", ["csat", "nps"])
async def test_figures_are_those_of_the_plainest_count(made: tuple[Reports, list[SurveyAsk]], name: str) -> None:
    """Sent, answered, each score, and what follows of them, of everything and by each dimension."""
    reports, records = made
    counted = [a for a in records if a.scale == name and ASKED.since <= a.sent_at < ASKED.until]
    for dimension, way in _WAYS.items():
        report = await reports.table(name, msgspec.structs.replace(ASKED, by=(dimension,)), EVERYTHING)
        groups: dict[str, list[SurveyAsk]] = defaultdict(list)
        for ask in counted:
            for key in way(ask):
                groups["none" if key in (0, "") and dimension != "hour" else str(key)].append(ask)
        assert {line.key[dimension] for line in report.lines} == groups.keys(), dimension
        for line in report.lines:
            _same(name, line.cells, groups[line.key[dimension]])
        _same(name, report.total.cells, counted)


def _same(name: str, cells: dict[str, float | None], of: list[SurveyAsk]) -> None:
    scores = [a.score for a in of if a.score is not None]
    assert (cells["sent"], cells["answered"]) == (len(of), len(scores))
    assert cells["response_rate"] == len(scores) / len(of)
    assert cells["commented"] == sum(bool(a.comment) for a in of)
    for score in range(11):
        assert cells.get(f"score_{score}", 0) == scores.count(score)
    if not scores:
        assert cells[name] is None
    elif name == "csat":
        assert cells["csat"] == sum(s >= 4 for s in scores) / len(scores)
    else:
        up, down = sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
        assert cells["nps"] == pytest.approx(100 * (up - down) / len(scores), abs=0.5)
        assert (cells["promoters"], cells["detractors"], cells["passives"]) == (up, down, len(scores) - up - down)


@pytest.mark.parametrize("name", ["csat", "nps"])
async def test_behind_each_number_are_exactly_so_many(made: tuple[Reports, list[SurveyAsk]], name: str) -> None:
    """The list behind a cell has as many rows as the cell says."""
    reports, _ = made
    report = await reports.table(name, ASKED, EVERYTHING)
    for column in report.columns:
        if column.cell:
            found = await reports.behind(name, column.cell, ASKED, EVERYTHING, limit=1_000)
            assert len(found) == report.total.cells[column.key], column.key


async def test_filters_scope_and_the_period_before_hold(made: tuple[Reports, list[SurveyAsk]]) -> None:
    """Of some teams, of a scope's channels, and beside the days before."""
    reports, records = made
    only = msgspec.structs.replace(ASKED, filters=Filters(team=(0, 2), kind=("mail",)))
    found = await reports.table("csat", only, EVERYTHING)
    one = msgspec.structs.replace(ASKED, filters=Filters(survey=(2,)))
    of_one = await reports.table("csat", one, EVERYTHING)
    behind = await reports.behind("csat", "answered", one, EVERYTHING, limit=1_000)
    seen = await reports.table("csat", ASKED, Scope(frozenset({1}), frozenset({2})))
    later = msgspec.structs.replace(ASKED, since=T0 + 10 * DAY)
    compared = await reports.table("csat", later, EVERYTHING, compare=True)
    csat = [a for a in records if a.scale == "csat" and a.sent_at < ASKED.until]

    inside = [a for a in csat if a.sent_at >= T0]
    assert found.total.cells["sent"] == sum(a.team_id in (0, 2) and a.kind == "mail" for a in inside)
    assert of_one.total.cells["sent"] == sum(a.survey_id == 2 for a in inside)
    assert len(behind) == sum(a.survey_id == 2 and a.score is not None for a in inside)
    assert seen.total.cells["sent"] == sum(a.channel_id == 1 or a.team_id == 2 for a in inside)
    assert compared.previous is not None
    assert compared.previous.cells["sent"] == sum(a.sent_at < T0 + 10 * DAY for a in inside)


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_the_interval_holds_the_score(promoters: int, passives: int, detractors: int) -> None:
    """Within its bounds, never wider than the scale, wide where there are few; mirrored when everybody turns round."""
    answered = promoters + passives + detractors
    score, (low, high) = nps(promoters, detractors, answered), around_nps(promoters, detractors, answered)
    if score is None or low is None or high is None:
        assert (answered, score, low, high) == (0, None, None, None)
        return
    assert -100 <= low <= high <= 100
    assert low <= score <= high
    assert around_nps(detractors, promoters, answered) == (-high, -low)
    assert high - low >= 40 or answered >= 10


def test_scores_are_said_as_everybody_says_them() -> None:
    """Whole points; 4 and 5 are good; halves go away from zero; an interval that is known."""
    assert nps(50, 25, 100) == 25
    assert nps(1, 0, 8) == 13
    assert nps(0, 1, 8) == -13
    assert nps(0, 0, 0) is None
    low, high = wilson(80, 100)
    assert (round(low or 0, 3), round(high or 0, 3)) == (0.711, 0.867)
    assert around_nps(10, 0, 10) == (48, 100)


# --- one survey, from close to figure


async def test_from_the_close_over_the_network_to_the_figure(database_url: str, tmp_path: Path) -> None:
    """Closed; the clock asks; it goes over HTTP to the network; one answers in the thread by her network's own call,
    one on the page's unit; the report counts both, and nobody waits.
    """
    async with network() as far, house(database_url, tmp_path) as home:
        channel_id = await home.channel(outbound_url=far.url)
        await home.directory.load()
        home.writer.terms = lambda: home.directory.terms
        admin = await home.admin()
        await home.directory.load()
        who = home.directory.principal_of(home.directory.agents[admin])
        await _survey(home.writer, who)
        await home.directory.load()
        asker = Asker(home.database, home.directory, home.contexts.of, LINKS.url)
        clockwork = Clockwork(home.database, home.writer, asker.unit, scan_seconds=0.05)
        home.writer.listeners.append(clockwork.committed)
        async with (
            served(home.hooks) as url,
            httpx2.AsyncClient() as client,
            running(home.holder().run()),
            running(clockwork.run()),
        ):

            async def write(person: str, text: str) -> None:
                request = far.writes(person, text)
                address = f"{url}/hooks/custom/{channel_id}"
                answer = await client.post(address, content=request.body, headers=dict(request.headers))
                assert answer.status_code == 202

            for person in ("maria", "nikos"):
                await write(person, "Where is my order?")
            for conversation_id in await home.column("SELECT id FROM conversation ORDER BY id"):
                change = TriageChange(status="closed")
                await home.writer.submit(Triage(who, conversation_id, change, directory=home.directory))

            async def both_asked() -> bool:
                return len(far.effects) == 2

            await home.until(both_asked)
            await home.until_column("SELECT delivery_state FROM message WHERE direction = 'out'", ["accepted"] * 2)
            await write("maria", "5")
            await home.until_column("SELECT score FROM survey_ask WHERE score IS NOT NULL", [5])

            async def thanked() -> bool:
                return len(far.effects) == 3

            await home.until(thanked)
            await write("nikos", "It is still not here")
            asks_ = await home.database.read(rows.every, SurveyAsk)
            reports = Reports(home.database, home.directory)
            now = clock.now()
            asked = Asked(since=now - DAY, until=now + DAY, by=("network",), now=now)
            report = await reports.table("csat", asked, EVERYTHING)
            await Reader(home.database, home.writer, Bus()).catch_up()
            done = (await reports.table("volume", asked, EVERYTHING)).total.cells

    texts = [text for _, text in far.effects]
    assert all(text.startswith("How did we do?") for text in texts[:2])
    assert {LINKS.ask_of(re.findall(r"/s/(\S+)", text)[0]) for text in texts[:2]} == {ask.id for ask in asks_}
    assert texts[2].startswith("Thank you")
    assert report.lines[0].key == {"network": "custom"}
    assert {name: report.total.cells[name] for name in ("sent", "answered", "csat", "score_5")} == {
        "sent": 2, "answered": 1, "csat": 1.0, "score_5": 1,
    }  # fmt: skip
    assert (done["replied"], done["replied_automatically"], done["closed"]) == (0, 0, 2), "to ask is no reply"
    states = {ask.conversation_id: ask.score for ask in asks_}
    assert sorted(states.values(), key=str) == [5, None]


async def _survey(writer: Any, who: Principal) -> Survey:
    texts = [{"language": "en", "question": "How did we do?", "thanks": ""}]
    given_ = {
        "name": "After close", "scale": "csat", "texts": texts, "condition": {}, "delay_seconds": 0, "every_days": 0,
        "after_rules": True, "active": True, "place": None,
    }  # fmt: skip
    made_: Survey = await writer.submit(PutSurvey(who, None, given_))
    return made_
