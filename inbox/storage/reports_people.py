"""What agents did: deeds of each sort, and in how many conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, literal_column, select, union_all

from inbox.domain.figures import Asked
from inbox.domain.permissions import Scope
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, fetch, first
from inbox.storage.dialect import Engine
from inbox.storage.reports_source import Source, at_length, big, condition, grouped, groups_in, unfiltered, whole

_d = t.deed.c


class Deeds(msgspec.Struct, frozen=True):
    """How many deeds of one sort, and in how many conversations."""

    n: int
    conversations: int


def deeds_of_agents(
    engine: Engine, source: Source, what: Sequence[str], asked: Asked, scope: Scope
) -> Query[dict[tuple[int, str], Deeds]]:
    """(agent, what) → his deeds of that sort, of those in `source`, which are of the sorts `what`; agent 0 is everybody
    and everything else.
    """
    if engine == "postgres":
        return (yield from _there(source, what, asked, scope))
    if unfiltered(asked, scope):
        return (yield from _by_index(what, asked))
    wanted = condition(source, asked, scope)
    columns = yield from whole(
        source, [_d.agent_id, _d.what, _d.conversation_id], ("agent", "by", "conversation"), wanted
    )
    inside = Counter((agent, what) for agent, what, _ in set(zip(*columns, strict=True)))
    pairs = Counter(zip(columns[0], columns[1], strict=True))
    return {pair: Deeds(n, inside[pair]) for pair, n in pairs.items()}


_SPAN = (_d.at >= bindparam("since"), _d.at < bindparam("until"))
_IN_CONVERSATIONS = (
    select(func.count().label("n"))
    .where(_d.workspace_id == 1, _d.agent_id == bindparam("agent"), _d.what == bindparam("what"), *_SPAN)
    .group_by(_d.conversation_id)
    .subquery()
)
_ONE = Statement(select(func.sum(_IN_CONVERSATIONS.c.n), func.count()).select_from(_IN_CONVERSATIONS))


def _by_index(what: Sequence[str], asked: Asked) -> Query[dict[tuple[int, str], Deeds]]:
    """SQLite: each agent's deeds of each sort lie in an index, those of a conversation beside one another."""
    found: dict[tuple[int, str], Deeds] = {}
    for agent in (yield from groups_in(_d.agent_id)):
        for sort in what:
            row = yield from first(_ONE(agent=agent, what=sort, since=asked.since, until=asked.until))
            if row is not None and row[1]:
                found[agent, sort] = Deeds(*row)
    return found


def _there(source: Source, what: Sequence[str], asked: Asked, scope: Scope) -> Query[dict[tuple[int, str], Deeds]]:
    yield from at_length()
    if unfiltered(asked, scope) and (yield from _is_much(asked)):
        return (yield from _side_by_side(what, asked))
    wanted = condition(source, asked, scope)
    query = select(_d.agent_id, _d.what, func.count(), func.count(_d.conversation_id.distinct())).where(*wanted.clauses)
    rows = yield from fetch(grouped(query, 2)(**wanted.values))
    return {(agent, what): Deeds(n, inside) for agent, what, n, inside in rows}


MUCH = 4
"""From this part of all time on, the index by agent, which holds all of it, is read rather than that by name."""
MOST_BRANCHES = 600
"""So many agents and sorts go into one statement."""
_ENDS = Statement(select(func.min(_d.at), func.max(_d.at)).where(_d.workspace_id == 1))


def _is_much(asked: Asked) -> Query[bool]:
    row = yield from first(_ENDS())
    if row is None or row[0] is None:
        return False
    begin, end = row
    return bool((min(asked.until, end) - max(asked.since, begin)) * MUCH >= end - begin)


def _side_by_side(what: Sequence[str], asked: Asked) -> Query[dict[tuple[int, str], Deeds]]:
    """PostgreSQL counts different conversations in one process only; each agent's by themselves, in the order of their
    index, several processes count.
    """
    of = (_d.workspace_id == 1, _d.at >= big(asked.since), _d.at < big(asked.until))
    pairs = [(agent, sort) for agent in (yield from groups_in(_d.agent_id)) for sort in what]
    found: dict[tuple[int, str], Deeds] = {}
    for start in range(0, len(pairs), MOST_BRANCHES):
        some = pairs[start : start + MOST_BRANCHES]
        branches: list[Any] = [
            select(literal_column(str(place)), func.count(), func.count(_d.conversation_id.distinct())).where(
                *of, _d.agent_id == big(agent), _d.what == sort
            )
            for place, (agent, sort) in enumerate(some)
        ]
        for place, n, inside in (yield from fetch(Statement(union_all(*branches))())):
            if n:
                found[some[place]] = Deeds(n, inside)
    return found
