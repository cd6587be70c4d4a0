"""The pieces tables are made of.

Every unique key begins with `workspace_id`, so that tables can later be partitioned by it; it is 1 until then.
Times are BIGINT µs, flags INTEGER 0/1, small structures JSON in TEXT.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text
from sqlalchemy import text as sql

metadata = MetaData()


def workspace(*, key: bool = False) -> Column[int]:
    """The workspace a row belongs to."""
    return Column("workspace_id", Integer, nullable=False, server_default=sql("1"), primary_key=key, default=1)


def identifier(name: str, *, key: bool = False, null: bool = False, default: str | None = None) -> Column[int]:
    """An id of ours."""
    given = sql(default) if default is not None else None
    return Column(name, BigInteger, primary_key=key, nullable=null, autoincrement=False, server_default=given)


def integer(name: str, *, null: bool = False, default: str | None = None) -> Column[int]:
    """A small number or a flag."""
    return Column(name, Integer, nullable=null, server_default=sql(default) if default is not None else None)


def text(name: str, *, null: bool = False, key: bool = False, default: str | None = None) -> Column[str]:
    """Words, names, JSON."""
    return Column(name, Text, nullable=null, primary_key=key, server_default=sql(default) if default else None)


def at(name: str, *, null: bool = False, default: str | None = None) -> Column[int]:
    """An instant, a span of time or a position."""
    return Column(name, BigInteger, nullable=null, server_default=sql(default) if default is not None else None)


def table(name: str, *items: Any, **options: Any) -> Table:
    """A table of this schema. `options`: of one engine, such as `sqlite_with_rowid`."""
    return Table(name, metadata, *items, **options)
