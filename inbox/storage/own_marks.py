"""Stars and follows: two tables of the same form, one row for each agent and conversation."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Table, bindparam, select

from inbox.storage import tables as t
from inbox.storage.database import Delete, Insert, Query, Save, Statement, fetch

Mark = Literal["star", "follow"]
MOST = 2_000
_TABLES: dict[Mark, Table] = {"star": t.star, "follow": t.follower}
_KEY = ("agent_id", "conversation_id")


def _newest(table: Table) -> Statement:
    return Statement(
        select(table.c.conversation_id)
        .where(table.c.workspace_id == 1, table.c.agent_id == bindparam("agent"))
        .order_by(table.c.at.desc(), table.c.conversation_id.desc())
        .limit(MOST)
    )


_OF: dict[Mark, Statement] = {mark: _newest(table) for mark, table in _TABLES.items()}


def put(mark: Mark, agent_id: int, conversation_id: int, at: int) -> Query[None]:
    """Set a mark, unless it is there."""
    yield Save([Insert(_TABLES[mark], [(agent_id, conversation_id, at)], "nothing")])


def remove(mark: Mark, agent_id: int, conversation_id: int) -> Query[None]:
    """Take a mark off."""
    yield Save([Delete(_TABLES[mark], [(agent_id, conversation_id)], _KEY)])


def of(mark: Mark, agent_id: int) -> Query[list[int]]:
    """Conversations an agent has marked, the newest `MOST`."""
    rows = yield from fetch(_OF[mark](agent=agent_id))
    return [row[0] for row in rows]
