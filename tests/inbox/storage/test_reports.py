"""How SQLite goes about reports: it is led to the index that holds all that is asked, and never to each row apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from inbox.clock import DAY
from inbox.domain.figures import Asked, Filters
from inbox.domain.permissions import Scope
from inbox.storage import measures as m
from inbox.storage import reports, reports_source
from inbox.storage.database import Database, Query, Statement, Text, fetch
from inbox.storage.reports_source import Source
from tests.inbox.new_database import with_schema

EVERYTHING = Scope(None, frozenset(), True)
SOME = Scope(frozenset({1}), frozenset({2}))
ASKED = Asked(since=100 * DAY, until=130 * DAY, now=130 * DAY)
IN_GREEK = Filters(language=("el",))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty store, whose engine knows nothing of how much it will hold."""
    made = await with_schema(f"sqlite:///{tmp_path}/inbox.sqlite3")
    yield made
    await made.close()


def _plan(source: Source, asked: Asked, scope: Scope, by: tuple[str, ...], cell: Any) -> Query[str]:
    wanted = reports_source.condition(source, asked, scope, engine="sqlite", by=by)
    keys = reports_source.keys_of(source, asked, by)
    columns = [func.group_concat(one) for one in (cell, *keys)]
    text, order = Statement(select(*columns).where(*wanted.clauses)).on("sqlite")
    values = tuple("[]" if isinstance(wanted.values.get(name), list) else value for name, value in order)
    rows = yield from fetch(Text({"sqlite": f"EXPLAIN QUERY PLAN {text}"}, values))
    return " | ".join(row[3] for row in rows if "json_each" not in row[3] and "LIST" not in row[3])


_MET = m.promises(ASKED)["met"]
_ANSWERED = m.outcomes(ASKED)["open_old"]
_PLANS: dict[str, tuple[Source, Asked, Scope, tuple[str, ...], Any, str]] = {
    "promises": (m.due(ASKED), ASKED, EVERYTHING, ("agent",), _MET, "COVERING INDEX wait_fact_due"),
    "promises seen by some": (m.due(ASKED), ASKED, SOME, ("team",), _MET, "COVERING INDEX wait_fact_due"),
    "promises by language": (m.due(ASKED), ASKED, EVERYTHING, ("language",), _MET, "SCAN wait_fact"),
    "beginnings": (m.begun(ASKED), ASKED, EVERYTHING, ("day", "channel"), _ANSWERED, "COVERING INDEX wait_fact_opened"),
    "beginnings by tag": (m.begun(ASKED), ASKED, EVERYTHING, ("tag",), _ANSWERED, "USING PRIMARY KEY"),
    "beginnings in Greek": (
        m.begun(ASKED), msgspec.structs.replace(ASKED, filters=IN_GREEK), EVERYTHING, (), _ANSWERED,
        "USING PRIMARY KEY",
    ),
    "actions": (m.acted(ASKED), ASKED, EVERYTHING, ("team",), m.TIME_TO_ACTION, "COVERING INDEX wait_fact_opened"),
    "reviews": (m.reviews(), ASKED, EVERYTHING, ("channel",), m.stars()["stars_5"], "COVERING INDEX deed_review"),
    "deeds": (m.deeds(), ASKED, EVERYTHING, ("by",), m.d.what, "USING PRIMARY KEY"),
}  # fmt: skip


@pytest.mark.parametrize("name", _PLANS)
async def test_figures_are_read_from_what_holds_them_in_order(database: Database, name: str) -> None:
    """By an index that holds all of it where there is one, else by a walk along the key; nothing is sorted."""
    source, asked, scope, by, cell, way = _PLANS[name]
    plan = await database.read(_plan, source, asked, scope, by, cell)
    assert way in plan
    assert "TEMP B-TREE" not in plan


_LISTS = {
    "promises": (m.due(ASKED), m.WAIT_ITEM, "COVERING INDEX wait_fact_due"),
    "beginnings": (m.begun(ASKED), m.WAIT_ITEM, "COVERING INDEX wait_fact_opened"),
    "answers": (m.answered(ASKED), m.WAIT_ITEM, "USING PRIMARY KEY"),
}


@pytest.mark.parametrize("name", _LISTS)
async def test_a_list_ends_when_it_is_full(database: Database, name: str) -> None:
    """What is behind a number comes in the order in which it is shown: no more is read than that."""
    source, item, way = _LISTS[name]
    wanted = reports_source.condition(source, ASKED, EVERYTHING, engine="sqlite")
    text, order = reports.list_of(source, item, wanted, 51).on("sqlite")

    def explained() -> Query[str]:
        rows = yield from fetch(Text({"sqlite": f"EXPLAIN QUERY PLAN {text}"}, tuple(value for _, value in order)))
        return " | ".join(row[3] for row in rows)

    plan = await database.read(explained)
    assert way in plan
    assert "TEMP B-TREE" not in plan
