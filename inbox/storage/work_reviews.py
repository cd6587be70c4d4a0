"""Reviews of work: whose work there is to look at, what was looked at, and what was said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Literal

import msgspec
from sqlalchemy import and_, bindparam, exists, func, or_, select, update

from inbox.domain.figures import Asked
from inbox.domain.permissions import Scope
from inbox.domain.work_review_records import WorkReview, WorkSample
from inbox.domain.work_review_samples import Candidate
from inbox.storage import measures as m
from inbox.storage import tables as t
from inbox.storage.database import Query, Row, Statement, among, fetch, first
from inbox.storage.dialect import record_columns
from inbox.storage.reports_source import Source, condition

View = Literal["of_me", "by_me", "all"]
WORK = ("replied", "noted", "closed", "dismissed")
"""Deeds by which an agent's work is in a conversation."""
_r, _s, _d, _w = t.work_review.c, t.work_sample.c, t.deed.c, t.wait_fact.c
_ONE = Statement(
    select(*record_columns(t.work_review)).where(
        _r.workspace_id == 1,
        _r.conversation_id == bindparam("conversation"),
        _r.agent_id == bindparam("agent"),
        _r.reviewer_id == bindparam("reviewer"),
    )
)
_REVIEWED = Statement(
    select(_r.agent_id, _r.conversation_id).where(
        _r.workspace_id == 1, or_(_r.shared_at.is_not(None), _r.reviewer_id == bindparam("reviewer"))
    )
)
_MINE = Statement(
    select(*record_columns(t.work_review)).where(
        _r.workspace_id == 1, among(_r.conversation_id, "conversations"), _r.reviewer_id == bindparam("reviewer")
    )
)
_SAMPLES = Statement(
    select(*record_columns(t.work_sample))
    .where(_s.owner_id == bindparam("owner"), _s.id < bindparam("before"))
    .order_by(_s.id.desc())
    .limit(bindparam("limit"))
)
_PLACES = Statement(
    select(t.conversation.c.id, t.conversation.c.channel_id, t.conversation.c.team_id).where(
        among(t.conversation.c.id, "conversations"), t.conversation.c.merged_into.is_(None)
    )
)
_ERASE = Statement(
    update(t.work_review)
    .where(_r.workspace_id == 1, among(_r.conversation_id, "conversations"))
    .values(remarks="", comment="", answer="")
)
_WHO = {"of_me": _r.agent_id, "by_me": _r.reviewer_id}


class Place(msgspec.Struct, frozen=True):
    """The newest or oldest end of a page: (instant, id)."""

    at: int
    id: int


LAST = Place(2**63 - 1, 2**63 - 1)


def candidates(asked: Asked, scope: Scope, *, breached: bool) -> Query[list[Candidate]]:
    """Whose work there is in which conversations, of what is asked for and seen by this scope. `breached`: only where
    the agent answered late, or held what became late.
    """
    late = exists().where(
        _w.workspace_id == 1,
        _w.conversation_id == _d.conversation_id,
        _w.late == 1,
        or_(_w.agent_id == _d.agent_id, _w.late_owner_id == _d.agent_id),
    )
    source = Source(t.deed, _d.at, (m.one_of(_d.what, *WORK), _d.by == "agent", *([late] if breached else [])))
    wanted = condition(source, asked, scope)
    query = select(_d.agent_id, _d.conversation_id, func.max(_d.at)).where(*wanted.clauses)
    rows = yield from fetch(Statement(query.group_by(_d.agent_id, _d.conversation_id))(**wanted.values))
    return [Candidate(*row) for row in rows]


def seen_now(conversation_ids: Collection[int], scope: Scope) -> Query[set[int]]:
    """Which of these a scope sees as they are now; those that were merged away are none of them."""
    rows = yield from fetch(_PLACES(conversations=sorted(conversation_ids)))
    return {row[0] for row in rows if scope.covers(row[1], row[2])}


def reviewed(reviewer_id: int) -> Query[set[tuple[int, int]]]:
    """(agent, conversation) of all that was shared by anybody, or begun by this reviewer."""
    rows: list[Row] = yield from fetch(_REVIEWED(reviewer=reviewer_id))
    return {(row[0], row[1]) for row in rows}


def one_of(conversation_id: int, agent_id: int, reviewer_id: int) -> Query[WorkReview | None]:
    """What a reviewer says of an agent's work in a conversation."""
    row = yield from first(_ONE(conversation=conversation_id, agent=agent_id, reviewer=reviewer_id))
    return WorkReview(*row) if row else None


def of_reviewer_in(reviewer_id: int, conversation_ids: Collection[int]) -> Query[dict[tuple[int, int], WorkReview]]:
    """(agent, conversation) → a reviewer's own review, in these conversations."""
    rows = yield from fetch(_MINE(reviewer=reviewer_id, conversations=sorted(conversation_ids)))
    found = [WorkReview(*row) for row in rows]
    return {(one.agent_id, one.conversation_id): one for one in found}


def samples(owner_id: int, before: int, limit: int) -> Query[list[WorkSample]]:
    """One's own samples below an id, newest first."""
    rows = yield from fetch(_SAMPLES(owner=owner_id, before=before, limit=limit))
    return [WorkSample(*row) for row in rows]


def page(view: View, who: int, conversation_id: int | None, before: Place, limit: int) -> Query[list[WorkReview]]:
    """Reviews newest first: shared ones of an agent's work, those that a reviewer wrote, or all shared ones."""
    here = {"conversation": conversation_id} if conversation_id is not None else {}
    mine = {"who": who} if view != "all" else {}
    statement = _page(view, conversation_id is not None)
    rows = yield from fetch(statement(at=before.at, before=before.id, limit=limit, **here, **mine))
    return [WorkReview(*row) for row in rows]


@cache
def _page(view: View, of_conversation: bool) -> Statement:
    at: Any = _r.created_at if view == "by_me" else _r.shared_at
    clauses = [at.is_not(None), at <= bindparam("at"), or_(at < bindparam("at"), _r.id < bindparam("before"))]
    if view != "all":
        clauses.append(_WHO[view] == bindparam("who"))
    if of_conversation:
        clauses += [_r.workspace_id == 1, _r.conversation_id == bindparam("conversation")]
    query = select(*record_columns(t.work_review)).where(and_(*clauses))
    return Statement(query.order_by(at.desc(), _r.id.desc()).limit(bindparam("limit")))


def place_of(view: View, review: WorkReview) -> Place:
    """Where a review stands in a view."""
    return Place(review.created_at if view == "by_me" else review.shared_at or 0, review.id)


def erase(conversation_ids: Sequence[int]) -> Query[None]:
    """Blank all that was written of these conversations; the marks stay."""
    yield _ERASE(conversations=list(conversation_ids))
