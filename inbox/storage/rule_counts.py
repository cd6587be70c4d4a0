"""What rules did in a period, counted, and the runs behind the counts; of conversations that a scope covers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select

from inbox.domain.figures import Behind
from inbox.domain.permissions import Scope
from inbox.domain.rule_shapes import RuleCell
from inbox.storage import tables as t
from inbox.storage.conversations import in_scope, scope_values
from inbox.storage.database import Query, Row, Statement, fetch, first
from inbox.storage.rules import Before

_r = t.rule_run.c
_UNDONE = _r.undone_at.is_not(None)
_REFUSED = _r.deeds.like('%"refused"%')
_IN_TIME = (_r.at >= bindparam("since"), _r.at < bindparam("until"))
_FIGURES = (
    func.count(),
    func.sum(case((_UNDONE, 1), else_=0)),
    func.sum(case((_REFUSED, 1), else_=0)),
    func.count(_r.conversation_id.distinct()),
)


def _of(query: Any, seen: bool) -> Any:
    """The same, of the period; `seen`: only what the scope covers."""
    if seen:
        query = query.join(t.conversation, t.conversation.c.id == _r.conversation_id).where(in_scope())
    return query.where(*_IN_TIME)


_BY_RULE = {seen: Statement(_of(select(_r.rule_id, *_FIGURES), seen).group_by(_r.rule_id)) for seen in (False, True)}
_IN_ALL = {seen: Statement(_of(select(*_FIGURES).select_from(t.rule_run), seen)) for seen in (False, True)}


def by_rule(since: int, until: int, scope: Scope) -> Query[list[Row]]:
    """(rule, runs, of them undone, of them with something refused, conversations) between two instants."""
    statement = _BY_RULE[scope.channels is not None]
    return (yield from fetch(statement(since=since, until=until, **scope_values(scope))))


def in_all(since: int, until: int, scope: Scope) -> Query[Row]:
    """(runs, undone, with something refused, conversations) of all rules: a conversation counts once."""
    statement = _IN_ALL[scope.channels is not None]
    row = yield from first(statement(since=since, until=until, **scope_values(scope)))
    return (0, 0, 0, 0) if row is None else tuple(int(value or 0) for value in row)


def _behind(cell: RuleCell, one_rule: bool, seen: bool) -> Statement:
    rule = (_r.rule_id == bindparam("rule"),) if one_rule else ()
    query = _of(select(_r.conversation_id, _r.id, _r.at), seen).where(*rule)
    if cell == "undone":
        query = query.where(_UNDONE)
    elif cell == "refused":
        query = query.where(_REFUSED)
    elif cell == "conversations":
        # Each conversation once, by its last run: ids are given in the order of the runs.
        last = select(func.max(_r.id)).where(*_IN_TIME, *rule).group_by(_r.conversation_id)
        query = query.where(_r.id.in_(last))
    query = query.where(
        or_(_r.at < bindparam("before_at"), and_(_r.at == bindparam("before_at"), _r.id < bindparam("before_id")))
    )
    return Statement(query.order_by(_r.at.desc(), _r.id.desc()).limit(bindparam("most")))


_CELLS: tuple[RuleCell, ...] = ("runs", "undone", "refused", "conversations")
_BEHIND = {
    (cell, one_rule, seen): _behind(cell, one_rule, seen)
    for cell in _CELLS
    for one_rule in (False, True)
    for seen in (False, True)
}


def behind(
    cell: RuleCell, since: int, until: int, scope: Scope, rule_id: int | None, before: Before, most: int
) -> Query[list[Behind]]:
    """The runs that a figure counts, before one, newest first. `rule_id` None: of all rules."""
    statement = _BEHIND[cell, rule_id is not None, scope.channels is not None]
    values = {} if rule_id is None else {"rule": rule_id}
    at, run_id = before
    rows = yield from fetch(
        statement(since=since, until=until, before_at=at, before_id=run_id, most=most, **values, **scope_values(scope))
    )
    return [Behind(conversation_id=row[0], item_id=row[1], at=row[2], value=None) for row in rows]
