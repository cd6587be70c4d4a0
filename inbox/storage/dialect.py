"""What differs between SQLite and PostgreSQL, in one place: bulk reads by key, bulk writes, the workspace lock, the
full-text index.

A bulk read takes a list of keys without changing its SQL text; a bulk write takes rows as tuples. On PostgreSQL several
independent writes become one statement (a CTE each), which saves the round trips that decide latency at low load.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table

Engine = Literal["sqlite", "postgres"]


def _names(columns: Sequence[Column[object]], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{c.name}"' for c in columns)


def _pg_type(column: Column[object]) -> str:
    if isinstance(column.type, BigInteger):
        return "bigint"
    if isinstance(column.type, Integer):
        return "integer"
    return "bytea" if isinstance(column.type, LargeBinary) else "text"


def record_columns(table: Table) -> list[Column[object]]:
    """The columns of a table as its record has them: all but `workspace_id`."""
    return [c for c in table.columns if c.name != "workspace_id"]


def _start(table: Table, keys: tuple[str, ...]) -> str:
    """The first column of the unique key that will be used, where that is the workspace: without it the key is of no
    use.
    """
    leads = _led_by(table) == ("workspace_id", keys[0]) or "external_id" in keys or keys == ("key",)
    return "t.workspace_id = 1 AND " if leads else ""


def _led_by(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key.columns)[:2]


@cache
def read_by_keys(engine: Engine, table: Table, keys: tuple[str, ...], where: str = "") -> str:
    """SELECT of whole records by a list of keys.

    One parameter per key column on PostgreSQL (parallel arrays), one JSON array of values or arrays on SQLite.
    PostgreSQL looks each key up through the index (LATERAL, and OFFSET 0 to keep it from becoming a join): with `= ANY`
    or a plain join it scans the index prefix while a table has no statistics (297 against 21 µs, more as it grows).
    """
    columns = record_columns(table)
    more = f" AND {where}" if where else ""
    if engine == "sqlite":
        value = "j.value" if len(keys) == 1 else None
        match = " AND ".join(
            f't."{key}" = {value or f"json_extract(j.value, {chr(39)}$[{i}]{chr(39)})"}' for i, key in enumerate(keys)
        )
        start = _start(table, keys)
        return (
            f'SELECT {_names(columns, "t.")} FROM json_each(?) j CROSS JOIN "{table.name}" t WHERE {start}{match}{more}'
        )
    arrays = ", ".join(f"${i + 1}::{_pg_type(table.c[key])}[]" for i, key in enumerate(keys))
    match = " AND ".join(f't."{key}" = x.k{i}' for i, key in enumerate(keys))
    start = _start(table, keys)
    alias = ", ".join(f"k{i}" for i in range(len(keys)))
    return (
        f"SELECT {_names(columns, 'm.')} FROM unnest({arrays}) AS x({alias}) CROSS JOIN LATERAL "
        f'(SELECT * FROM "{table.name}" t WHERE {start}{match}{more} OFFSET 0) m'
    )


@cache
def read_together(asked: tuple[tuple[Table, tuple[str, ...], str], ...], *, locked: bool = False) -> str:
    """PostgreSQL: several `read_by_keys` as one SELECT, an array of rows for each; parameters follow one another.
    `locked`: the locked row before them.
    """
    parts = [LOCKED["postgres"]] if locked else []
    start = 0
    for table, keys, where in asked:
        text = read_by_keys("postgres", table, keys, where)
        columns = _names(record_columns(table), "m.")
        text = text.replace(f"SELECT {columns} FROM", f"SELECT ROW({columns}) FROM", 1)
        parts.append(f"ARRAY({numbered_on(text, len(keys), start)})")
        start += len(keys)
    return f"SELECT {', '.join(parts)}"


def numbered_on(text: str, count: int, start: int) -> str:
    """PostgreSQL: the text with its `count` parameters numbered on from `start`."""
    for number in range(count, 0, -1):
        text = text.replace(f"${number}::", f"${number + start}::")
    return text


@cache
def insert_many(engine: Engine, table: Table, on_conflict: Literal["", "nothing"] = "", count: int = 2) -> str:
    """INSERT of many records. `on_conflict="nothing"` leaves a row that is there as it is.

    `count`, here and below, is the number of rows. SQLite's text has a place for each of them: one statement gives up
    the interpreter's lock once, while `executemany` does for every row, and each time waits for its turn again.
    For exactly one row PostgreSQL takes plain parameters; all other numbers have one text.
    """
    columns = record_columns(table)
    tail = " ON CONFLICT DO NOTHING" if on_conflict else ""
    head = f'INSERT INTO "{table.name}" ({_names(columns)})'
    if engine == "sqlite":
        return f"{head} {_values(len(columns), count)}{tail}"
    return f"{head} {_given(columns, count == 1)}{tail}"


@cache
def update_many(
    engine: Engine, table: Table, keys: tuple[str, ...] = ("id",), count: int = 2, named: tuple[str, ...] = ()
) -> str:
    """UPDATE of many records by their key: whole, or the columns named, keys among them."""
    columns = [table.c[name] for name in named] if named else record_columns(table)
    changed = [c for c in columns if c.name not in keys]
    if engine == "sqlite":
        place = {c.name: f"x.column{i}" for i, c in enumerate(columns, 1)}
        sets = ", ".join(f'"{c.name}" = {place[c.name]}' for c in changed)
        match = " AND ".join(f't."{key}" = {place[key]}' for key in keys)
        return f'UPDATE "{table.name}" AS t SET {sets} FROM ({_values(len(columns), count)}) AS x WHERE {match}'
    sets = ", ".join(f'"{c.name}" = x."{c.name}"' for c in changed)
    match = " AND ".join(f't."{key}" = x."{key}"' for key in keys)
    return (
        f'UPDATE "{table.name}" t SET {sets} FROM ({_given(columns, count == 1)}) AS x({_names(columns)}) WHERE {match}'
    )


@cache
def upsert_many(engine: Engine, table: Table, keys: tuple[str, ...], add: str = "", count: int = 2) -> str:
    """INSERT, or replace the record with that key. `add` names one column that is added to instead of replaced."""
    columns = record_columns(table)
    sets = ", ".join(
        f'"{c.name}" = "{table.name}"."{c.name}" + excluded."{c.name}"' if c.name == add
        else f'"{c.name}" = excluded."{c.name}"'
        for c in columns
        if c.name not in keys
    )  # fmt: skip
    target = ", ".join(f'"{key}"' for key in ("workspace_id", *keys))
    primary = {c.name for c in table.primary_key.columns}
    if "workspace_id" not in primary:
        target = ", ".join(f'"{key}"' for key in keys)
    action = f"DO UPDATE SET {sets}" if sets else "DO NOTHING"
    return f"{insert_many(engine, table, '', count)} ON CONFLICT ({target}) {action}"


@cache
def delete_many(engine: Engine, table: Table, keys: tuple[str, ...], count: int = 2) -> str:
    """DELETE by a list of keys."""
    start = _start(table, keys)
    if engine == "sqlite":
        named = ", ".join(f't."{key}"' for key in keys)
        named = f"({named})" if len(keys) > 1 else named
        return f'DELETE FROM "{table.name}" AS t WHERE {start}{named} IN ({_values(len(keys), count)})'
    alias = ", ".join(f"k{i}" for i in range(len(keys)))
    match = " AND ".join(f't."{key}" = x.k{i}' for i, key in enumerate(keys))
    given = _given([table.c[key] for key in keys], count == 1)
    # Every column of the key is a join column, the workspace too: so it is looked up, never scanned for.
    start = start.replace("= 1", "= x.w")
    return (
        f'DELETE FROM "{table.name}" t USING (SELECT 1 AS w, y.* FROM ({given}) AS y({alias}) OFFSET 0) AS x '
        f"WHERE {start}{match}"
    )


def _values(width: int, count: int) -> str:
    """SQLite: the rows that are written, as a VALUES clause of plain parameters."""
    one = f"({', '.join('?' * width)})"
    return f"VALUES {', '.join([one] * count)}"


@cache
def search_put(engine: Engine, count: int = 2) -> str:
    """(message id, text) pairs into the full-text index, in the place of what was there."""
    if engine == "postgres":
        return _SEARCH_PUT
    return f"INSERT OR REPLACE INTO search (rowid, text) {_values(2, count)}"


@cache
def search_delete(engine: Engine, count: int = 2) -> str:
    """Message ids that leave the full-text index."""
    if engine == "postgres":
        return _SEARCH_DELETE
    return f"DELETE FROM search WHERE rowid IN ({_values(1, count)})"


def _given(columns: Sequence[Column[object]], one: bool) -> str:
    """PostgreSQL: the rows that are written, as a SELECT. One comes as plain parameters. More come as one text of JSON,
    which takes little more than half the time of an array for each of forty columns; bytes, which JSON has not, come in
    arrays.
    """
    if one or _has_bytes(columns):
        parameters = ", ".join(f"${i + 1}::{_pg_type(c)}{'' if one else '[]'}" for i, c in enumerate(columns))
        return f"SELECT {parameters}" if one else f"SELECT * FROM unnest({parameters})"
    kinds = ", ".join(f'"{c.name}" {_pg_type(c)}' for c in columns)
    return f"SELECT * FROM json_to_recordset($1::json) AS r({kinds})"


def _has_bytes(columns: Sequence[Column[object]]) -> bool:
    return any(isinstance(column.type, LargeBinary) for column in columns)


@cache
def written_as_json(table: Table, named: tuple[str, ...] = ()) -> tuple[str, ...] | None:
    """PostgreSQL: the columns under whose names many rows of a write are given as JSON, all or those named; None where
    they are given as arrays.
    """
    columns = [table.c[name] for name in named] if named else record_columns(table)
    return None if _has_bytes(columns) else tuple(column.name for column in columns)


_LOCKED = "position, last_id, last_number, epoch"
LOCKED: dict[Engine, str] = {
    "sqlite": f"SELECT {_LOCKED} FROM workspace WHERE id = 1",
    "postgres": f"ARRAY(SELECT ROW({_LOCKED}) FROM workspace WHERE id = 1)",
}
"""The locked row, once the lock is held; on PostgreSQL as one of the arrays of `read_together`."""
BEGIN_LOCKED = "BEGIN; SELECT FROM workspace WHERE id = 1 FOR UPDATE"
"""PostgreSQL: a transaction begins and waits for the lock, in one round trip. What is read after it is newer than what
whoever had the lock before has written: a statement that waited itself would see what was there when it began to wait.
"""
PASSIVE = "pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'"
"""PostgreSQL: it answers, but takes no changes."""
ADVANCE: dict[Engine, str] = {
    "sqlite": "UPDATE workspace SET position = ?1, last_id = ?2, last_number = ?3 WHERE id = 1",
    "postgres": (
        "UPDATE workspace SET position = $1::bigint, last_id = $2::bigint, last_number = $3::bigint WHERE id = 1"
    ),
}
"""Last of a save: the locked row moves on."""

SEARCH_CREATE: dict[Engine, tuple[str, ...]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search USING fts5(text, content='', contentless_delete=1, "
        "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\")",
    ),
    "postgres": (
        "CREATE TABLE search (message_id BIGINT PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX search_words ON search USING gin (words) WITH (gin_pending_list_limit = 256)",
    ),
}
_SEARCH_PUT = (
    "INSERT INTO search (message_id, words) "
    "SELECT x.m, array_to_tsvector(string_to_array(x.t, ' ')) FROM unnest($1::bigint[], $2::text[]) AS x(m, t) "
    "ON CONFLICT (message_id) DO UPDATE SET words = excluded.words"
)
_SEARCH_DELETE = "DELETE FROM search s USING unnest($1::bigint[]) AS x(m) WHERE s.message_id = x.m"
SEARCH_WORDS = "CREATE VIRTUAL TABLE temp.search_words USING fts5vocab('main', 'search', 'instance')"
"""SQLite: the words of the full-text index, as a table of each connection. Nothing of it is stored
(https://sqlite.org/fts5.html#the_fts5vocab_virtual_table_module, read 2026-11-23).
"""
SEARCH_BEGINNING = """
WITH RECURSIVE w (term) AS (
  SELECT (SELECT term FROM temp.search_words WHERE term >= ?1 LIMIT 1)
  UNION ALL
  SELECT (SELECT term FROM temp.search_words WHERE term >= w.term || char(1) LIMIT 1) FROM w
  WHERE substr(w.term, 1, length(?1)) = ?1
  LIMIT ?2
)
SELECT term FROM w WHERE substr(term, 1, length(?1)) = ?1"""
"""SQLite: the words that begin so, from one to the next without reading where they stand."""
SEARCH_MATCH: dict[Engine, str] = {
    "sqlite": "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
    "postgres": (
        "WITH hits AS MATERIALIZED (SELECT message_id FROM search WHERE words @@ $1::text::tsquery) "
        "SELECT message_id FROM hits WHERE message_id < $2 ORDER BY message_id DESC LIMIT $3"
    ),
}
SEARCH_WALK = (
    "SELECT message_id FROM (SELECT message_id, words FROM search WHERE message_id < $2 ORDER BY message_id DESC "
    "LIMIT 5000) s WHERE words @@ $1::text::tsquery LIMIT $3"
)
"""PostgreSQL, first try: the newest 5,000 hold enough hits of a common word; a rare one then goes through the index."""
