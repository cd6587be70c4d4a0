"""What rules did in a period, counted, and the runs behind the counts; of conversations that a scope covers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, case, cast, func, literal, or_, select

from inbox.clock import DAY
from inbox.domain.figures import Behind
from inbox.domain.periods import offsets
from inbox.domain.permissions import Scope
from inbox.domain.rule_shapes import ActionCell, RuleCell
from inbox.domain.rules import ACTION_WORDS
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


ACTION_CELLS: tuple[ActionCell, ...] = ("done", "unchanged", "refused", "undone")
"""What became of an action in a run: done, so already, could not be done, taken back."""


def _of(query: Any, seen: bool, one_rule: bool) -> Any:
    """The same, of the period; `seen`: only what the scope covers."""
    if seen:
        query = query.join(t.conversation, t.conversation.c.id == _r.conversation_id).where(in_scope())
    return query.where(*_IN_TIME, *((_r.rule_id == bindparam("rule"),) if one_rule else ()))


def _became(action: str, cell: ActionCell) -> Any:
    """Whether this became of an action in a run. Told from the text of its deeds, as the encoder of `domain.rules.Deed`
    writes them: no spaces, fields in their order, those that say nothing left out; a quote within a text is escaped.
    """
    said = f'"do":"{action}"'.replace("_", r"\_")
    if cell == "undone":
        return _r.undo.like(f'%{said},"undone":true%', escape="\\")
    if cell == "done":
        return or_(*(_r.deeds.like(f'%{said},"{field}":%', escape="\\") for field in ("before", "after", "ids")))
    return _r.deeds.like(f'%{said},"refused":%' if cell == "refused" else f"%{said}}}%", escape="\\")


_ACTION_FIGURES = tuple(
    func.sum(case((_became(action, cell), 1), else_=0)) for action in ACTION_WORDS for cell in ACTION_CELLS
)


@lru_cache(maxsize=8)
def _by_rule(seen: bool, one_rule: bool) -> Statement:
    return Statement(_of(select(_r.rule_id, *_FIGURES), seen, one_rule).group_by(_r.rule_id))


@lru_cache(maxsize=8)
def _by_action(seen: bool, one_rule: bool) -> Statement:
    return Statement(_of(select(_r.rule_id, *_ACTION_FIGURES), seen, one_rule).group_by(_r.rule_id))


@lru_cache(maxsize=8)
def _in_all(seen: bool, one_rule: bool) -> Statement:
    return Statement(_of(select(*_FIGURES).select_from(t.rule_run), seen, one_rule))


@lru_cache(maxsize=64)
def _by_day(seen: bool, one_rule: bool, spans: tuple[tuple[int, int], ...]) -> Statement:
    def big(value: int) -> Any:
        return cast(literal(value), BigInteger())

    offset: Any = big(spans[-1][1])
    if len(spans) > 1:
        offset = case(*((_r.at < big(until), big(east)) for until, east in spans[:-1]), else_=offset)
    days = _of(select(((_r.at + offset) // big(DAY)).label("day"), _r.id), seen, one_rule).subquery()
    # Grouped by a name: an engine that is given the expression twice does not see that it is one.
    found = select(days.c.day, *_FIGURES).join(t.rule_run, _r.id == days.c.id).group_by(days.c.day)
    return Statement(found.order_by(days.c.day))


def _values(scope: Scope, since: int, until: int, rule_id: int | None) -> dict[str, Any]:
    rule = {} if rule_id is None else {"rule": rule_id}
    return {"since": since, "until": until, **rule, **scope_values(scope)}


def by_rule(since: int, until: int, scope: Scope, rule_id: int | None = None) -> Query[list[Row]]:
    """(rule, runs, of them undone, of them with something refused, conversations) between two instants."""
    statement = _by_rule(scope.channels is not None, rule_id is not None)
    return (yield from fetch(statement(**_values(scope, since, until, rule_id))))


def in_all(since: int, until: int, scope: Scope, rule_id: int | None = None) -> Query[Row]:
    """(runs, undone, with something refused, conversations) of all rules: a conversation counts once."""
    statement = _in_all(scope.channels is not None, rule_id is not None)
    row = yield from first(statement(**_values(scope, since, until, rule_id)))
    return (0, 0, 0, 0) if row is None else tuple(int(value or 0) for value in row)


def by_action(
    since: int, until: int, scope: Scope, rule_id: int | None = None
) -> Query[dict[int, Mapping[str, tuple[int, ...]]]]:
    """Rule → action → in how many runs each of `ACTION_CELLS` became of it; actions of which none did are left out."""
    statement = _by_action(scope.channels is not None, rule_id is not None)
    rows = yield from fetch(statement(**_values(scope, since, until, rule_id)))
    width = len(ACTION_CELLS)
    found: dict[int, Mapping[str, tuple[int, ...]]] = {}
    for row in rows:
        parts = [tuple(int(n or 0) for n in row[1 + at : 1 + at + width]) for at in range(0, len(row) - 1, width)]
        found[row[0]] = {action: part for action, part in zip(ACTION_WORDS, parts, strict=True) if any(part)}
    return found


def by_day(since: int, until: int, zone: str, scope: Scope, rule_id: int | None = None) -> Query[dict[int, Row]]:
    """Day of a zone, counted from 1970 → (runs, undone, with something refused, conversations)."""
    statement = _by_day(scope.channels is not None, rule_id is not None, offsets(zone, since, until))
    rows = yield from fetch(statement(**_values(scope, since, until, rule_id)))
    return {int(row[0]): tuple(int(value or 0) for value in row[1:]) for row in rows}


@lru_cache(maxsize=512)
def _behind(cell: RuleCell | ActionCell, action: str, one_rule: bool, seen: bool) -> Statement:
    query = _of(select(_r.conversation_id, _r.id, _r.at), seen, one_rule)
    if action:
        query = query.where(_became(action, cell))  # type: ignore[arg-type]  # the caller asks for a cell of actions
    elif cell == "undone":
        query = query.where(_UNDONE)
    elif cell == "refused":
        query = query.where(_REFUSED)
    elif cell == "conversations":
        # Each conversation once, by its last run: ids are given in the order of the runs.
        last = _of(select(func.max(_r.id)).select_from(t.rule_run), False, one_rule).group_by(_r.conversation_id)
        query = query.where(_r.id.in_(last))
    query = query.where(
        or_(_r.at < bindparam("before_at"), and_(_r.at == bindparam("before_at"), _r.id < bindparam("before_id")))
    )
    return Statement(query.order_by(_r.at.desc(), _r.id.desc()).limit(bindparam("most")))


def behind(
    cell: RuleCell | ActionCell, since: int, until: int, scope: Scope, rule_id: int | None, before: Before, most: int,
    action: str = "",
) -> Query[list[Behind]]:  # fmt: skip
    """The runs that a figure counts, before one, newest first. `rule_id` None: of all rules; `action`: in which this
    became of the action, with a cell of `ACTION_CELLS`.
    """
    statement = _behind(cell, action, rule_id is not None, scope.channels is not None)
    at, run_id = before
    values = _values(scope, since, until, rule_id)
    rows = yield from fetch(statement(before_at=at, before_id=run_id, most=most, **values))
    return [Behind(conversation_id=row[0], item_id=row[1], at=row[2], value=None) for row in rows]
