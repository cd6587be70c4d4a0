"""Rows come back as they were written, one by one and many at a time."""

from __future__ import annotations

from functools import partial

import pytest

from inbox.storage import tables as t
from inbox.storage.database import (
    ByKeys,
    Database,
    Delete,
    Insert,
    Lock,
    Query,
    Row,
    Save,
    Update,
    Upsert,
)  # fmt: skip
from tests.inbox.new_database import with_schema

WORDS = [
    "", "plain", 'a "quoted" word', "back\\slash \\n \\u0041 \\", "two\nlines\r\n\ttab", "\x01\x1f\x7f", "{}",
    '[1, "x"]', "null", "{a,b}", "Καλημέρα, πού είναι;", "שלום", "👩‍👩‍👧", "\u2028\u2029\ufeff",
    "%s $1 ?1 :name", "x" * 70_000,
]  # fmt: skip
NUMBERS = [0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 1_700_000_000_000_001]
ROWS = [(NUMBERS[n % len(NUMBERS)], f"key-{n} {word}", n) for n, word in enumerate(WORDS * 2)]


async def opened(url: str) -> Database:
    """An empty database."""
    made = await with_schema(url)
    return made


def seen(keys: list[tuple[int, str]]) -> Query[list[Row]]:
    """What is kept of deliveries with these keys, by key."""
    rows = yield ByKeys(t.seen_delivery, keys, ("channel_id", "dedupe_key"))
    return sorted(tuple(row) for row in rows)


def saved(*writes: Insert | Update | Upsert | Delete) -> Query[None]:
    """Write."""
    yield Save(writes)


@pytest.mark.parametrize("at_once", [1, 2, 3, len(ROWS)])
async def test_whatever_is_written_is_read(database_url: str, at_once: int) -> None:
    """Quotes, backslashes, control characters, every script, texts that look like the syntax that carries them, and the
    largest numbers; inserted, replaced and removed.
    """
    database = await opened(database_url)
    for begin in range(0, len(ROWS), at_once):
        rows = ROWS[begin : begin + at_once]
        await database.write(partial(saved, Insert(t.seen_delivery, rows)))
    keys = [(row[0], row[1]) for row in ROWS]
    inserted = await database.read(seen, keys)

    again = [(*key, 2**62) for key in keys]
    for begin in range(0, len(again), at_once):
        rows = again[begin : begin + at_once]
        await database.write(partial(saved, Upsert(t.seen_delivery, rows, ("channel_id", "dedupe_key"))))
    replaced = await database.read(seen, keys)

    for begin in range(0, len(keys), at_once):
        some = keys[begin : begin + at_once]
        await database.write(partial(saved, Delete(t.seen_delivery, some, ("channel_id", "dedupe_key"))))
    left = await database.read(seen, keys)
    await database.close()

    assert inserted == sorted(ROWS)
    assert replaced == sorted(again)
    assert left == []


@pytest.mark.parametrize("count", [1, 2, 5])
async def test_nothing_is_null_that_was_not_and_bytes_are_bytes(database_url: str, count: int) -> None:
    """A row with bytes and nulls, and a change of some of its columns."""
    database = await opened(database_url)
    rows = [(n, f"job-{n}", "fetch", None, bytes(range(256)) * n, n, 0, 9, "", 5) for n in range(1, count + 1)]
    changed = [(row[0], f'why "{row[0]}"', row[0] % 2 or None) for row in rows]

    await database.write(lambda: saved(Insert(t.job, rows)))
    await database.write(lambda: saved(Update(t.job, changed, columns=("id", "reason", "lease_until"))))
    found = await database.read(jobs, [row[0] for row in rows])
    await database.close()

    names = [column.name for column in t.job.columns if column.name != "workspace_id"]
    expected = [dict(zip(names, row, strict=True)) for row in rows]
    for one, (_, reason, until) in zip(expected, changed, strict=True):
        one |= {"reason": reason, "lease_until": until}
    assert [dict(zip(names, row, strict=True)) for row in found] == expected


def jobs(ids: list[int]) -> Query[list[Row]]:
    """Jobs by id."""
    rows = yield ByKeys(t.job, ids)
    return sorted(tuple(row) for row in rows)


async def test_many_rows_are_saved_as_few_are(database_url: str) -> None:
    """A batch of a thousand rows, which SQLite writes in slices, is there after the write, and gone if it fails."""
    database = await opened(database_url)
    rows = [(n, f"key-{n}", n) for n in range(1_000)]

    def saved(*, fails: bool) -> Query[None]:
        yield Lock()
        yield Save([Insert(t.seen_delivery, rows)])
        if fails:
            raise ValueError("decided wrongly")

    with pytest.raises(ValueError, match="decided wrongly"):
        await database.write(lambda: saved(fails=True), quick=True)
    await database.write(lambda: saved(fails=False), quick=True)
    kept = await database.read(lambda: everything())
    await database.close()
    assert kept == rows


def everything() -> Query[list[Row]]:
    """Every delivery that was seen."""
    rows = yield ByKeys(t.seen_delivery, [(n, f"key-{n}") for n in range(1_000)], ("channel_id", "dedupe_key"))
    return sorted(tuple(row) for row in rows)
