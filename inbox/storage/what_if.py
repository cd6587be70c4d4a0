"""What has happened of late, newest first, for a draft of policies: waits and episodes with their labels."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, literal, select, tuple_

from inbox.domain.permissions import Scope
from inbox.storage import tables as t
from inbox.storage.conversations import in_scope, scope_values
from inbox.storage.database import Query, Row, Statement, fetch

PAGE = 5_000
_LAST = 2**62
_w, _c, _e = t.wait.c, t.conversation.c, t.episode.c
_LABELS = (_c.id, _c.number, _c.channel_id, _c.network, _c.kind, _c.priority, _c.tags, _c.language)


def _labelled(with_fields: bool) -> tuple[Any, ...]:
    return (*_LABELS, t.contact.c.fields if with_fields else literal(""))


@lru_cache(maxsize=8)
def _waits(scoped: bool, with_fields: bool) -> Statement:
    columns = (
        _w.id, _w.opened_at, _w.customer_opened_at, _w.ended_at, _w.customer_ended_at, _w.end, _w.first, _w.team_id,
        *_labelled(with_fields),
    )  # fmt: skip
    source: Any = t.wait.join(t.conversation, _c.id == _w.conversation_id)
    if with_fields:
        source = source.join(t.contact, t.contact.c.id == _c.contact_id)
    query = select(*columns).select_from(source).where(_w.id < bindparam("before"))
    if scoped:
        query = query.where(in_scope())
    return Statement(query.order_by(_w.id.desc()).limit(PAGE))


@lru_cache(maxsize=8)
def _episodes(scoped: bool, with_fields: bool) -> Statement:
    source: Any = t.episode.join(t.conversation, _c.id == _e.conversation_id)
    if with_fields:
        source = source.join(t.contact, t.contact.c.id == _c.contact_id)
    query = (
        select(_e.opened_at, _e.closed_at, _c.team_id, *_labelled(with_fields), _e.number)
        .select_from(source)
        .where(
            _e.workspace_id == 1,
            _e.opened_at >= bindparam("since"),
            tuple_(_e.conversation_id, _e.number) < tuple_(bindparam("before"), bindparam("n")),
        )
    )
    if scoped:
        query = query.where(in_scope())
    return Statement(query.order_by(_e.conversation_id.desc(), _e.number.desc()).limit(PAGE))


def waits(scope: Scope, with_fields: bool, since: int, before: int | None) -> Query[tuple[list[Row], int | None]]:
    """A page of waits that began since an instant (µs), as `what_if.PastWait`, and where the next page begins; None
    after the last. Ids rise with time: the walk ends where a whole page is older.
    """
    statement = _waits(scope.channels is not None, with_fields)
    rows = yield from fetch(statement(before=_LAST if before is None else before, **scope_values(scope)))
    within = [row for row in rows if row[1] >= since]
    return within, rows[-1][0] if len(rows) == PAGE and within else None


def episodes(
    scope: Scope, with_fields: bool, since: int, before: tuple[int, int] | None
) -> Query[tuple[list[Row], tuple[int, int] | None]]:
    """A page of episodes that began since an instant, as `what_if.PastEpisode`, in the same way. A conversation of long
    ago may have opened again, so all are walked.
    """
    statement = _episodes(scope.channels is not None, with_fields)
    at, n = before or (_LAST, 0)
    rows = yield from fetch(statement(since=since, before=at, n=n, **scope_values(scope)))
    last = rows[-1] if len(rows) == PAGE else None
    return [row[:-1] for row in rows], (last[3], last[-1]) if last is not None else None
