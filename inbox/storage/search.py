"""Full-text search, the same on both engines: every word of the query must be in the item, as written or as it sounds;
the last one may be the beginning of a word. Newest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import select

from inbox import clock
from inbox.domain.listing import Filter
from inbox.domain.permissions import Scope
from inbox.domain.words import query_terms
from inbox.storage import conversations, dialect
from inbox.storage import tables as t
from inbox.storage.database import Query, Row, Statement, Text, among, fetch
from inbox.storage.dialect import Engine

MAX_TERMS = 16
_END = 2**62
_MOST = 200
"""Hits looked at in one step."""
_STEPS = 25
"""Steps after which a page is given as it is: a query with thousands of hits out of sight must not run for ever."""


class Hit(msgspec.Struct, frozen=True):
    """An item that was found."""

    message_id: int
    conversation_id: int
    received_at: int
    text: str


class Hits(msgspec.Struct, frozen=True):
    """A page of hits, newest first. `before`: the next page's; None when there are no more."""

    hits: list[Hit]
    before: int | None


def expression(engine: Engine, query: str) -> str:
    """The query in the engine's own language; empty when it holds no word. Terms are letters and digits alone, so
    that nothing in them can be an operator.
    """
    terms = query_terms(query)[:MAX_TERMS]
    last = len(terms) - 1
    if engine == "sqlite":
        words = [" OR ".join(f'"{form}"{"*" if i == last else ""}' for form in forms) for i, forms in enumerate(terms)]
        return " AND ".join(f"({word})" for word in words)
    words = [" | ".join(f"'{form}'{':*' if i == last else ''}" for form in forms) for i, forms in enumerate(terms)]
    return " & ".join(f"({word})" for word in words)


def find(
    engine: Engine, query: str, wanted: Filter, scope: Scope, *, limit: int, before: int | None = None
) -> Query[Hits]:
    """Items with these words in conversations that the filter and the scope let through."""
    words = expression(engine, query)
    if not words:
        return Hits([], None)
    found: list[Hit] = []
    at = _END if before is None else before
    for _ in range(_STEPS):
        ids = yield from _match(engine, words, at, _MOST)
        if not ids:
            return Hits(found, None)
        at = ids[-1]
        rows = yield from _visible(ids, wanted, scope)
        found += [Hit(*row) for row in rows]
        if len(found) > limit:
            return Hits(found[:limit], found[limit - 1].message_id)
        if len(ids) < _MOST:
            return Hits(found, None)
    return Hits(found, at)


def conversations_with(engine: Engine, query: str, scope: Scope) -> Query[list[int]]:
    """Ids of the conversations in which the newest 2,000 hits are."""
    hits = yield from find(engine, query, Filter(status="any"), scope, limit=2000)
    return list(dict.fromkeys(hit.conversation_id for hit in hits.hits))


def _match(engine: Engine, words: str, before: int, limit: int) -> Query[list[int]]:
    """Newest hits first. PostgreSQL: a common word is found among the newest items faster than through its index, a
    rare one only through the index.
    """
    if engine == "postgres":
        rows = yield from fetch(Text({"postgres": dialect.SEARCH_WALK}, (words, before, limit)))
        if len(rows) == limit:
            return [row[0] for row in rows]
    rows = yield from fetch(Text(dialect.SEARCH_MATCH, (words, before, limit)))
    return [row[0] for row in rows]


def _visible(ids: Sequence[int], wanted: Filter, scope: Scope) -> Query[list[Row]]:
    walk, values = conversations.narrowed(wanted, scope, clock.now())
    return (yield from fetch(_visible_statement(walk)(found=list(ids), **values)))


@lru_cache(maxsize=256)
def _visible_statement(walk: conversations.Walk) -> Statement:
    m, w = t.message.c, t.content.c
    query: Any = (
        select(m.id, m.conversation_id, m.received_at, w.text)
        .join_from(t.message, t.conversation, t.conversation.c.id == m.conversation_id)
        .join(t.content, (w.message_id == m.id) & (w.version == m.version))
        .where(among(m.id, "found"), *conversations.clauses_of(walk))
        .order_by(m.id.desc())
    )
    return Statement(query)
