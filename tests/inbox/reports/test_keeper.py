"""Tallies of finished months: reports are the same with and without them, and what changes takes its months back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
import pytest

from inbox.clock import DAY, HOUR
from inbox.domain.fact_records import OPEN, Deed, EpisodeFact, WaitFact, WaitStretch
from inbox.domain.figures import Asked, Filters
from inbox.domain.permissions import Scope
from inbox.domain.report_shapes import Report
from inbox.eventlog.directory import Directory
from inbox.reports import keeper as keeping
from inbox.reports import verify
from inbox.reports.desk import Reports
from inbox.reports.keeper import Keeper
from inbox.storage import facts, kept
from inbox.storage import tables as t
from inbox.storage.database import Database, Insert, Query, Save, Statement, Text, fetch
from tests.inbox.new_database import with_schema
from tests.inbox.reports.test_figures import EVERYTHING, T0, _others, waits

MONTHS = 3
BACK = 3_650 * DAY
"""The waits of other tests, ten years earlier: months that are over by any clock."""
BEGAN = T0 - BACK
NOW = BEGAN + (MONTHS + 1) * 30 * DAY
# From the middle of a month to the middle of another: both ends lie beside what is kept.
ASKED = Asked(since=BEGAN + 3 * DAY + HOUR, until=BEGAN + MONTHS * 30 * DAY, zone="Europe/Athens", now=NOW)
_row = msgspec.structs.astuple


class Made(msgspec.Struct):
    """A store, its reports, and what keeps tallies of it."""

    database: Database
    reports: Reports
    keeper: Keeper
    waits: list[WaitFact]

    async def keeps(self) -> int:
        """Keep all that can be kept now."""
        return await self.keeper.keep(NOW, ["Europe/Athens"])

    async def rows(self, text: str) -> list[Any]:
        """Rows of a statement."""
        return list(await self.database.read(lambda: fetch(Text({"postgres": text}))))

    async def writes(self, changed: facts.Changed) -> None:
        """As the reader of the log does it."""
        await self.database.write(lambda: facts.write(changed))


def _moved(fact: WaitFact) -> WaitFact:
    """Over several months."""
    by = fact.wait_id % MONTHS * 30 * DAY - BACK
    names = ("opened_at", "customer_opened_at", "acted_at", "deadline_at")
    ends = () if fact.ended_at == OPEN else ("ended_at", "customer_ended_at")
    instants = {name: getattr(fact, name) for name in (*names, *ends)}
    return msgspec.structs.replace(fact, **{name: at + by for name, at in instants.items() if at is not None})


@pytest.fixture
async def made(postgres_url: str) -> AsyncIterator[Made]:
    """Nine hundred waits of three months, nothing kept yet."""
    database = await with_schema(postgres_url)
    of = [_moved(fact) for fact in waits(900, seed=5)]
    stretches, episodes, deeds = _others(of)

    def put() -> Query[None]:
        for table, records in (
            (t.wait_fact, of), (t.wait_stretch, stretches), (t.episode_fact, episodes), (t.deed, deeds),
        ):  # fmt: skip
            yield Save([Insert(table, [_row(one) for one in records])])

    await database.write(put)
    directory = Directory(database)
    await directory.load()
    yield Made(database, Reports(database, directory), Keeper(database, database.write), of)
    await database.close()


_PAGES: list[tuple[str, tuple[str, ...]]] = [
    (name, by)
    for name in ("response", "resolution", "targets", "parts", "reopened", "volume", "rate", "reviews")
    for by in ((), ("agent",), ("tag",), ("day",))
] + [("response", ("team", "language")), ("volume", ("weekday", "hour")), ("volume", ("week",)), ("agents", ())]


async def _pages(
    made: Made, asked: Asked = ASKED, scope: Scope = EVERYTHING, *, some: bool = False
) -> dict[Any, Report]:
    """All pages, or every third of them."""
    return {
        (name, by): await made.reports.table(name, msgspec.structs.replace(asked, by=by), scope)
        for name, by in (_PAGES[::3] if some else _PAGES)
    }


_OTHERS: dict[str, tuple[Asked, Scope]] = {
    "all of it": (ASKED, EVERYTHING),
    "whole months": (
        msgspec.structs.replace(ASKED, since=kept.span_of(kept.month_of(BEGAN) + 1)[0], zone="UTC"), EVERYTHING,
    ),
    "another zone": (msgspec.structs.replace(ASKED, zone="Asia/Kathmandu"), EVERYTHING),
    "in business hours, by the desk": (msgspec.structs.replace(ASKED, clock="desk", hours="business"), EVERYTHING),
    "by their beginning": (msgspec.structs.replace(ASKED, bucket="began"), EVERYTHING),
    "a part": (msgspec.structs.replace(ASKED, filters=Filters(team=(1,), language=("el", "en"))), EVERYTHING),
    "seen by some": (ASKED, Scope(frozenset({2}), frozenset({1}))),
    "a week": (msgspec.structs.replace(ASKED, since=ASKED.until - 7 * DAY), EVERYTHING),
}  # fmt: skip


async def test_every_page_is_the_same_with_and_without(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked, counted row by row or made of kept months, is the same to the last bit."""
    # As where there are many: days in buckets too.
    monkeypatch.setattr("inbox.storage.spreads.AT_ONCE", -1)
    before = {name: await _pages(made, *asked, some=name != "all of it") for name, asked in _OTHERS.items()}
    assert await made.keeps() > 200
    after = {name: await _pages(made, *asked, some=name != "all of it") for name, asked in _OTHERS.items()}
    for name, pages in before.items():
        for page, report in pages.items():
            assert after[name][page] == report, (name, page)
    assert before["all of it"]["response", ()].total.cells["n"]


async def test_kept_months_are_not_counted_again(made: Made) -> None:
    """A page reads what is kept: emptied, its figures are missing."""
    pages = {
        "response": ("agent", "n"),
        "volume": ("day", "received"),
        "targets": ("team", "met"),
        "parts": ("tag", "n"),
    }

    async def shown() -> dict[str, float]:
        found = {}
        for name, (by, cell) in pages.items():
            report = await made.reports.table(name, msgspec.structs.replace(ASKED, by=(by,)), EVERYTHING)
            found[name] = report.total.cells[cell] or 0.0
        return found

    await made.keeps()
    whole = await shown()
    await made.database.write(lambda: fetch(Text({"postgres": "UPDATE kept_tally SET tally = '[]'"})))
    rest = await shown()
    assert all(0 < rest[name] < whole[name] for name in pages)


async def test_only_what_pages_ask_for_is_kept_and_nothing_counted_twice(made: Made) -> None:
    """A second pass has nothing to do; a zone without a calendar, or a definition that has changed, leaves nothing."""
    assert await made.keeps()
    assert await made.keeps() == 0
    before = _months(await made.rows(_PLACES))
    await made.keeper.keep(NOW, ["UTC"])
    after = _months(await made.rows(_PLACES))
    assert len(after) == len(before)
    assert len(after & before) > len(after - before) > 50


_PLACES = "SELECT source, month || fingerprint FROM kept_tally WHERE state = 'kept'"


def _months(rows: Sequence[Any]) -> set[tuple[str, Any]]:
    return {(row[0], row[1]) for row in rows}


_LEFT = "SELECT DISTINCT source, month FROM kept_tally WHERE state = 'kept'"


async def test_a_wait_that_is_told_otherwise_takes_back_its_months(made: Made) -> None:
    """Those it was counted in and those it is counted in now, and no others; then figures are the new ones."""
    await made.keeps()
    before = _months(await made.rows(_LEFT))
    old = next(f for f in made.waits if f.end == "answered" and f.wait_id % MONTHS == 0 and f.deadline_at is None)
    new = msgspec.structs.replace(old, ended_at=old.ended_at + 60 * DAY)
    await made.writes(facts.Changed(waits=[(new, [_stretch(new)])]))

    gone = before - _months(await made.rows(_LEFT))
    assert ("wait_fact.ended_at", kept.month_of(old.ended_at)) in gone
    assert ("wait_fact.ended_at", kept.month_of(new.ended_at)) in gone
    assert {source for source, _ in gone} == {"wait_fact.ended_at"}
    found = await _pages(made)
    await made.database.write(_nothing_kept)
    assert found == await _pages(made)


def _stretch(fact: WaitFact) -> WaitStretch:
    return WaitStretch(
        ended_at=fact.ended_at, wait_id=fact.wait_id, began_at=fact.opened_at, part="person", team_id=fact.team_id,
        owner_id=fact.owner_id, channel_id=fact.channel_id, network=fact.network, kind=fact.kind,
        opened_at=fact.opened_at, wait_ended_at=fact.ended_at, worked=0,
    )  # fmt: skip


def _nothing_kept() -> Query[None]:
    yield Text({"postgres": "DELETE FROM kept_tally"})


async def test_a_wait_that_is_told_as_before_takes_nothing_back(made: Made) -> None:
    """The reader writes rows anew that are what they were."""
    fact = next(f for f in made.waits if f.end == "answered")
    await made.writes(facts.Changed(waits=[(fact, [_stretch(fact)])]))
    await made.keeps()
    before = await made.rows(_LEFT)
    again = (await made.database.read(lambda: facts.facts_of([fact.wait_id])))[0]
    await made.writes(facts.Changed(waits=[(msgspec.structs.replace(again, response="next"), [_stretch(fact)])]))
    assert _months(await made.rows(_LEFT)) == _months(before)


async def test_a_new_deed_and_a_changed_episode_take_back_theirs(made: Made) -> None:
    """Each the months of its own instants."""
    await made.keeps()
    before = _months(await made.rows(_LEFT))
    at = BEGAN + 65 * DAY
    deed = Deed(*(await made.rows("SELECT * FROM deed LIMIT 1"))[0][1:])
    await made.writes(facts.Changed(deeds=[msgspec.structs.replace(deed, at=at, position=10**9, what="replied")]))
    gone = before - _months(await made.rows(_LEFT))
    assert gone == {("deed.at", kept.month_of(at))}

    closed = "SELECT * FROM episode_fact WHERE closed_at < 4611686018427387904 ORDER BY closed_at LIMIT 1 OFFSET 350"
    episode = EpisodeFact(*(await made.rows(closed))[0][1:])
    await made.writes(facts.Changed(episodes=[msgspec.structs.replace(episode, again="customer", worked=7)]))
    gone = before - gone - _months(await made.rows(_LEFT))
    assert gone == {("episode_fact.closed_at", kept.month_of(episode.closed_at))}


async def test_a_label_takes_back_only_what_is_told_by_labels(made: Made) -> None:
    """Tags, campaign, language and rating of the past follow the conversation; teams and agents do not."""
    await made.keeps()
    count = "SELECT labelled, count(*) FROM kept_tally WHERE state = 'kept' GROUP BY 1"
    before = dict(await made.rows(count))
    fact = next(f for f in made.waits if f.end == "answered" and f.wait_id % MONTHS == 1)
    await made.writes(facts.Changed(labels=[(fact.conversation_id, ",99,", 4, "hy", 2)]))
    after = dict(await made.rows(count))
    assert after[0] == before[0]
    assert 0 < after[1] < before[1]
    found = await _pages(made)
    assert "99" in {line.key["tag"] for line in found["response", ("tag",)].lines}
    await made.database.write(_nothing_kept)
    assert found == await _pages(made)


async def test_what_changes_while_it_is_counted_is_not_kept(made: Made) -> None:
    """Counted from a state before the change, it would be wrong for ever."""
    fact = next(f for f in made.waits if f.end == "answered" and f.wait_id % MONTHS == 2)
    month = kept.month_of(fact.ended_at)
    source = "wait_fact.ended_at"
    tally = next(one for one in keeping.tallies(month, ["UTC"]) if one.key[0] == source)
    await made.database.write(lambda: kept.begin([tally], "mine"))
    rows = await made.database.read(lambda: kept.counted(tally.bound))
    await made.writes(facts.Changed(waits=[(msgspec.structs.replace(fact, team_id=77), [_stretch(fact)])]))
    await made.database.write(lambda: kept.finish([(tally.key, rows)], "mine"))
    assert await made.rows(f"SELECT * FROM kept_tally WHERE source = '{source}' AND month = {month}") == []


async def test_of_two_who_count_the_later_is_kept(made: Made) -> None:
    """Who began before it was taken back does not fill what another has begun since."""
    tally = next(iter(keeping.tallies(kept.month_of(BEGAN) + 1, ["UTC"])))
    await made.database.write(lambda: kept.begin([tally], "first"))
    await made.database.write(lambda: kept.begin([tally], "second"))
    await made.database.write(lambda: kept.finish([(tally.key, "[[1]]")], "first"))
    assert await made.rows("SELECT state, tally FROM kept_tally") == [("second", "")]


async def test_a_tally_of_many_rows_is_not_kept(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is counted each time, and not tried again."""
    monkeypatch.setattr(kept, "MOST_ROWS", 3)
    before = await _pages(made)
    await made.keeps()
    assert (await made.rows("SELECT count(*) FROM kept_tally WHERE state = 'many'"))[0][0] > 50
    assert await made.keeps() == 0
    assert before == await _pages(made)


async def test_verification_counts_kept_months_again(made: Made) -> None:
    """A row that is not what the facts say is told by its month."""
    await made.keeper.keep(NOW, ["UTC"])
    assert (await made.database.read(_verified)).count == 0
    month = kept.month_of(BEGAN) + 2
    one = f"SELECT fingerprint FROM kept_tally WHERE source = 'deed.at' AND month = {month} AND tally <> '[]' LIMIT 1"
    spoil = f"UPDATE kept_tally SET tally = replace(tally, ']]', '0]]') WHERE month = {month} AND fingerprint = ({one})"
    await made.database.write(lambda: fetch(Text({"postgres": spoil})))
    found = await made.database.read(_verified)
    assert found.differences == ["what is kept of 2017-03 by deed.at is not what its facts say"]


def _verified() -> Query[verify.Verified]:
    found = verify.Verified()
    yield from verify._tallies(found)
    return found


async def test_few_waits_and_sqlite_keep_nothing(made: Made, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their pages are quick enough without."""
    await made.keeper.look()
    assert await made.rows("SELECT * FROM kept_tally") == []
    monkeypatch.setattr(keeping, "MANY", -1)
    small = await with_schema(sqlite_url)
    await Keeper(small, small.write).look()
    assert await small.read(lambda: fetch(Statement(t.kept_tally.select())())) == []
    await small.close()
    await made.keeper.look()
    assert (await made.rows("SELECT count(*) FROM kept_tally"))[0][0] > 100
