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
_FEW_IDS = 200_000
"""While no more were given out, SQLite finds the beginning of a word as fast as the words that begin so."""
_MOST_ENDINGS = 250
"""Words that begin so, above which SQLite looks for the beginning itself."""
_GIVEN_OUT = Statement(select(t.workspace.c.last_id).where(t.workspace.c.id == 1))


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


def expression(engine: Engine, query: str) -> Query[str]:
    """The query in the engine's own language; empty when it holds no word. Terms are letters and digits alone, so
    that nothing in them can be an operator.
    """
    terms = query_terms(query)[:MAX_TERMS]
    if not terms:
        return ""
    *whole, last = terms
    if engine == "postgres":
        words = [" | ".join(f"'{form}'" for form in forms) for forms in whole]
        words.append(" | ".join(f"'{form}':*" for form in last))
        return " & ".join(f"({word})" for word in words)
    words = [" OR ".join(f'"{form}"' for form in forms) for forms in whole]
    words.append((yield from _endings(last)))
    return " AND ".join(f"({word})" for word in words)


def _endings(forms: Sequence[str]) -> Query[str]:
    """SQLite: the forms as beginnings of words. FTS5 gathers all hits of a beginning before it gives the newest; those
    of whole words it gives one by one. So in a large index the words that begin so are asked for (docs/adr/0040).
    """
    spelt: list[str] = []
    rows = yield from fetch(_GIVEN_OUT())
    is_large = bool(rows) and rows[0][0] > _FEW_IDS
    for form in forms:
        words = [form]
        if is_large:
            found = yield from fetch(Text({"sqlite": dialect.SEARCH_BEGINNING}, (form, _MOST_ENDINGS + 1)))
            words = [row[0] for row in found] or words
        many = not is_large or len(words) > _MOST_ENDINGS
        spelt += [f'"{form}"*'] if many else [f'"{word}"' for word in words]
    return " OR ".join(spelt)


def find(
    engine: Engine, query: str, wanted: Filter, scope: Scope, *, limit: int, before: int | None = None
) -> Query[Hits]:
    """Items with these words in conversations that the filter and the scope let through."""
    words = yield from expression(engine, query)
    if not words:
        return Hits([], None)
    found: list[Hit] = []
    at = _END if before is None else before
    for step in range(_STEPS):
        most = _MOST if step else limit + 1  # mostly nothing is out of sight
        ids = yield from _match(engine, words, at, most)
        if not ids:
            return Hits(found, None)
        at = ids[-1]
        rows = yield from _visible(ids, wanted, scope)
        found += [Hit(*row) for row in rows]
        if len(found) > limit:
            return Hits(found[:limit], found[limit - 1].message_id)
        if len(ids) < most:
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
