"""Rows for a backup: read page by page."""

from __future__ import annotations

from inbox.storage import portable
from inbox.storage.database import Query, Text, connect
from inbox.storage.migrate import migrate


def _plan(text: str, count: int) -> Query[list[str]]:
    rows = yield Text({"sqlite": f"EXPLAIN QUERY PLAN {text}"}, (1,) * count)
    return [row[3] for row in rows]


async def test_a_page_is_read_along_the_key(sqlite_url: str) -> None:
    """The next page of a table is found where the last one ended: to sort a year's rows for each thousand of them would
    take hours.
    """
    await migrate(sqlite_url)
    database = connect(sqlite_url)
    await database.open()
    try:
        for table in portable.kept():
            for page in portable.pages_of(table):
                text, order = page.on("sqlite")
                plan = await database.read(_plan, text, len(order))
                assert not any("TEMP B-TREE" in step for step in plan), (table.name, plan)
            assert plan[0].startswith("SEARCH"), (table.name, plan)
    finally:
        await database.close()
