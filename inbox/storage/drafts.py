"""What belongs to one agent alone: drafts, read marks."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select

from inbox.domain.records import Draft
from inbox.storage import tables as t
from inbox.storage.database import Delete, Query, Save, Statement, Upsert, fetch, first
from inbox.storage.dialect import record_columns

_d = t.draft.c
_ONE = Statement(
    select(*record_columns(t.draft)).where(
        _d.workspace_id == 1,
        _d.agent_id == bindparam("agent"),
        _d.conversation_id == bindparam("conversation"),
        _d.mode == bindparam("mode"),
    )
)
_SHARED = Statement(
    select(*record_columns(t.draft))
    .where(_d.workspace_id == 1, _d.conversation_id == bindparam("conversation"), _d.shared == 1)
    .order_by(_d.at)
)
_KEY = ("agent_id", "conversation_id", "mode")


def one(agent_id: int, conversation_id: int, mode: str) -> Query[Draft | None]:
    """An agent's draft in a conversation; None without one."""
    row = yield from first(_ONE(agent=agent_id, conversation=conversation_id, mode=mode))
    return Draft(*row) if row else None


def shared(conversation_id: int) -> Query[list[Draft]]:
    """Drafts in a conversation that their agents share."""
    rows = yield from fetch(_SHARED(conversation=conversation_id))
    return [Draft(*row) for row in rows]


def put(draft: Draft) -> Query[None]:
    """Keep a draft in place of the one before."""
    yield Save([Upsert(t.draft, [msgspec.structs.astuple(draft)], _KEY)])


def remove(agent_id: int, conversation_id: int, mode: str) -> Query[None]:
    """Forget a draft."""
    yield Save([Delete(t.draft, [(agent_id, conversation_id, mode)], _KEY)])


def mark_read(agent_id: int, conversation_id: int, position: int) -> Query[None]:
    """An agent has read a conversation up to a position."""
    rows = [(agent_id, conversation_id, position)]
    yield Save([Upsert(t.read_mark, rows, ("agent_id", "conversation_id"))])


def mark_unread(agent_id: int, conversation_id: int) -> Query[None]:
    """As if he had never looked."""
    yield Save([Delete(t.read_mark, [(agent_id, conversation_id)], ("agent_id", "conversation_id"))])
