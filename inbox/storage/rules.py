"""Rules: how far the log was read for them, their runs, what is due, what was done once, what was hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, delete, func, insert, literal, or_, select

from inbox.domain.permissions import Scope
from inbox.domain.rule_records import Appeal, DryRun, RuleDue, RuleRun
from inbox.storage import tables as t
from inbox.storage.conversations import in_scope, scope_values
from inbox.storage.database import (
    ByKeys,
    Delete,
    Insert,
    Query,
    Row,
    Save,
    Statement,
    Update,
    Upsert,
    fetch,
    first,
)
from inbox.storage.dialect import record_columns

READER = "rules"
Before = tuple[int, int]
"""(instant, id) of the run that a page of runs goes on after."""
_row = msgspec.structs.astuple
_r, _d, _k, _a, _c = (
    table.c for table in (t.rule_run, t.rule_due, t.rule_mark, t.appeal, t.conversation)
)  # fmt: skip
_IN_AN_HOUR = Statement(select(func.count()).where(_r.rule_id == bindparam("rule"), _r.at > bindparam("since")))
_DEPTHS = Statement(
    select(_r.since_position, _r.position, _r.depth)
    .where(_r.position >= bindparam("from_position"), _r.since_position <= bindparam("to_position"))
    .order_by(_r.position)
)
_DUE = Statement(
    select(*record_columns(t.rule_due))
    .where(_d.due_at <= bindparam("now"))
    .order_by(_d.due_at)
    .limit(bindparam("most"))
)
_NEXT = Statement(select(func.min(_d.due_at)))
_MARK = Statement(select(_k.at).where(_k.rule_id == bindparam("rule"), _k.key == bindparam("key")))
_MARKS = Statement(select(_k.key, _k.at).where(_k.rule_id == bindparam("rule")))
_FORGET_RULE = Statement(delete(t.rule_due).where(_d.rule_id == bindparam("rule")))
_TIDY_MARKS = Statement(delete(t.rule_mark).where(_k.at < bindparam("before")))
_TIDY_DUES = Statement(delete(t.rule_due).where(_d.due_at.is_(None), _d.since < bindparam("before")))
_TIDY_DRY = Statement(delete(t.dry_run).where(t.dry_run.c.updated_at < bindparam("before")))


def depths(from_position: int, to_position: int) -> Query[list[Row]]:
    """(first position, last position, depth) of the runs whose events lie in a span of the log."""
    return (yield from fetch(_DEPTHS(from_position=from_position, to_position=to_position)))


# --- runs


def runs_since(rule_id: int, since: int) -> Query[int]:
    """How often a rule ran after an instant."""
    row = yield from first(_IN_AN_HOUR(rule=rule_id, since=since))
    return int(row[0]) if row else 0


def add_runs(runs: Sequence[RuleRun]) -> Query[None]:
    """Keep what rules did."""
    if runs:
        yield Save([Insert(t.rule_run, [_row(one) for one in runs])])


def change_run(run: RuleRun) -> Query[None]:
    """Keep that it was undone."""
    yield Save([Update(t.rule_run, [_row(run)])])


def _runs(where: Any) -> Statement:
    return Statement(
        select(*record_columns(t.rule_run))
        .select_from(t.rule_run.outerjoin(t.conversation, _c.id == _r.conversation_id))
        .where(
            or_(_r.at < bindparam("before_at"), and_(_r.at == bindparam("before_at"), _r.id < bindparam("before_id"))),
            *where,
        )
        .order_by(_r.at.desc(), _r.id.desc())
        .limit(bindparam("most"))
    )


_OF_RULE, _OF_RULE_SEEN = (
    _runs((_r.rule_id == bindparam("of"), *scoped)) for scoped in ((), (in_scope(),))
)  # fmt: skip
_OF_CONVERSATION = _runs((_r.conversation_id == bindparam("of"),))


def runs_of(rule_id: int, scope: Scope, before: Before, most: int) -> Query[list[RuleRun]]:
    """Runs of a rule in conversations that a scope covers, before one, newest first."""
    statement = _OF_RULE if scope.channels is None else _OF_RULE_SEEN
    at, run_id = before
    rows = yield from fetch(statement(of=rule_id, before_at=at, before_id=run_id, most=most, **scope_values(scope)))
    return [RuleRun(*row) for row in rows]


def runs_in(conversation_id: int, before: Before, most: int) -> Query[list[RuleRun]]:
    """What rules did to a conversation, newest first."""
    at, run_id = before
    rows = yield from fetch(_OF_CONVERSATION(of=conversation_id, before_at=at, before_id=run_id, most=most))
    return [RuleRun(*row) for row in rows]


# --- what is due


def due(now: int, most: int) -> Query[list[RuleDue]]:
    """What is due by now, the oldest first."""
    rows = yield from fetch(_DUE(now=now, most=most))
    return [RuleDue(*row) for row in rows]


def next_due() -> Query[int | None]:
    """When something is due next; None: never."""
    row = yield from first(_NEXT())
    return row[0] if row else None


def dues_at(keys: Sequence[tuple[int, int]]) -> Query[dict[tuple[int, int], RuleDue]]:
    """(rule, conversation) → what is noted for it."""
    rows = yield ByKeys(t.rule_due, list(keys), ("rule_id", "conversation_id"))
    return {(row[0], row[1]): RuleDue(*row) for row in rows}


def put_dues(dues: Iterable[RuleDue]) -> Query[None]:
    """Note what is due, in place of what was noted for the same rule and conversation."""
    rows = [_row(one) for one in dues]
    if rows:
        yield Save([Upsert(t.rule_due, rows, ("rule_id", "conversation_id"))])


def drop_dues(keys: Sequence[tuple[int, int]]) -> Query[None]:
    """Their time ended before it had passed. What was asked already stays: the same time may go on."""
    known = (yield from dues_at(keys)) if keys else {}
    running = [key for key, due in known.items() if due.due_at is not None]
    if running:
        yield Save([Delete(t.rule_due, running, ("rule_id", "conversation_id"))])


def forget_dues(rule_id: int) -> Query[None]:
    """Nothing is due any more for a rule."""
    yield _FORGET_RULE(rule=rule_id)


_SINCE: dict[str, tuple[Any, Any]] = {
    "waiting": (_c.waiting_since, and_(_c.status == "open", _c.waiting_since.is_not(None))),
    "unassigned": (_c.opened_at, and_(_c.status == "open", _c.assignee_id.is_(None))),
    "silent": (
        _c.last_activity_at,
        and_(_c.status == "open", _c.waiting_since.is_(None), _c.preview_direction == "out"),
    ),
    "open": (_c.opened_at, _c.status != "closed"),
    "snoozed": (_c.last_activity_at, _c.status == "snoozed"),
}


def _seed(what: str) -> Statement:
    since, so = _SINCE[what]
    found = select(
        literal(1), bindparam("rule", type_=_d.rule_id.type), _c.id, since, since + bindparam("seconds"), literal(0)
    ).where(so, since > bindparam("not_before"), _c.merged_into.is_(None), _c.spam == 0)  # fmt: skip
    return Statement(
        insert(t.rule_due).from_select(
            ["workspace_id", "rule_id", "conversation_id", "since", "due_at", "cursor"], found
        )
    )


_SEEDS = {what: _seed(what) for what in _SINCE}


def seed(rule_id: int, what: str, left: int, now: int) -> Query[None]:
    """Note for a rule what runs already and is not due yet. `left` (µs): how long it lasts."""
    yield _SEEDS[what](rule=rule_id, seconds=left, not_before=now - left)


# --- what was done once


def marked(rule_id: int, key: str) -> Query[int | None]:
    """When a rule did this last; None: never."""
    row = yield from first(_MARK(rule=rule_id, key=key))
    return None if row is None else int(row[0])


def marks_of(rule_id: int) -> Query[dict[str, int]]:
    """All that a rule noted, with the instants."""
    rows = yield from fetch(_MARKS(rule=rule_id))
    return {row[0]: row[1] for row in rows}


def mark(rule_id: int, key: str, at: int) -> Query[None]:
    """Note that a rule did this."""
    yield Save([Upsert(t.rule_mark, [(rule_id, key, at)], ("rule_id", "key"))])


def unmark(rule_id: int, key: str) -> Query[None]:
    """It is over."""
    yield Save([Delete(t.rule_mark, [(rule_id, key)], ("rule_id", "key"))])


def tidy(marks_before: int, dry_runs_before: int) -> Query[None]:
    """Forget what nobody asks for any more."""
    yield _TIDY_DUES(before=marks_before)
    yield _TIDY_MARKS(before=marks_before)
    yield _TIDY_DRY(before=dry_runs_before)


# --- what was hidden


def _appeals(*where: Any) -> Statement:
    return Statement(
        select(*record_columns(t.appeal))
        .select_from(
            t.appeal.join(t.message, t.message.c.id == _a.message_id).join(t.conversation, _c.id == _a.conversation_id)
        )
        .where(
            _a.state == "open", t.message.c.deleted_at.is_(None), _a.message_id > bindparam("after"),
            t.message.c.hidden_at.is_not(None), *where,
        )
        .order_by(_a.message_id)
        .limit(bindparam("most"))
    )  # fmt: skip


_APPEALS, _APPEALS_SEEN = _appeals(), _appeals(in_scope())


def open_appeals(scope: Scope, after: int, most: int) -> Query[list[Appeal]]:
    """Items that rules hid, that are hidden still, and that nobody looked at again; the oldest first."""
    statement = _APPEALS if scope.channels is None else _APPEALS_SEEN
    rows = yield from fetch(statement(after=after, most=most, **scope_values(scope)))
    return [Appeal(*row) for row in rows]


def appeal_of(message_id: int) -> Query[Appeal | None]:
    """What is noted of an item that a rule hid."""
    rows = yield ByKeys(t.appeal, [message_id], ("message_id",))
    return Appeal(*rows[0]) if rows else None


def put_appeal(appeal: Appeal) -> Query[None]:
    """Note that a rule hid an item, or what a person decided."""
    yield Save([Upsert(t.appeal, [_row(appeal)], ("message_id",))])


# --- dry runs


def save_dry_run(run: DryRun) -> Query[bool]:
    """Write how far it came. Whether somebody wants it to stop."""
    rows = yield ByKeys(t.dry_run, [run.id])
    stop = bool(rows) and bool(DryRun(*rows[0]).cancelled)
    run.cancelled = int(stop)
    yield Save([Upsert(t.dry_run, [_row(run)], ("id",))])
    return stop


# --- surges

_deed = t.deed.c


def _arrived(column: Any) -> Statement:
    return Statement(
        select(column, func.count())
        .where(
            _deed.workspace_id == 1, _deed.at > bindparam("since"), _deed.at <= bindparam("until"),
            _deed.what == "received", column != 0,
        )
        .group_by(column)
    )  # fmt: skip


_ARRIVED = {
    "channel": _arrived(_deed.channel_id),
    "post": _arrived(_deed.post_id),
    "campaign": _arrived(_deed.campaign_id),
}


def _surged(column: Any) -> Any:
    return (
        select(_deed.conversation_id)
        .where(
            _deed.workspace_id == 1, _deed.at > bindparam("since"), _deed.at <= bindparam("until"),
            _deed.what == "received", column == bindparam("ref"), _deed.conversation_id > bindparam("after"),
        )
        .group_by(_deed.conversation_id)
        .order_by(_deed.conversation_id)
    )  # fmt: skip


_SURGED = {
    "channel": _surged(_deed.channel_id),
    "post": _surged(_deed.post_id),
    "campaign": _surged(_deed.campaign_id),
}
_IN_SURGE = {scope: Statement(found.limit(bindparam("most"))) for scope, found in _SURGED.items()}
_COUNT_IN_SURGE = {
    scope: Statement(select(func.count()).select_from(found.subquery())) for scope, found in _SURGED.items()
}  # fmt: skip


def _came(column: Any) -> Statement:
    return Statement(
        select(_deed.at, column, _deed.conversation_id, _deed.position)
        .where(
            _deed.workspace_id == 1, _deed.what == "received", column != 0, _deed.at <= bindparam("until"),
            _deed.at >= bindparam("at"), or_(_deed.at > bindparam("at"), _deed.position > bindparam("position")),
        )
        .order_by(_deed.at, _deed.position)
        .limit(bindparam("most"))
    )  # fmt: skip


_CAME = {"channel": _came(_deed.channel_id), "post": _came(_deed.post_id), "campaign": _came(_deed.campaign_id)}


def came(scope: str, after: tuple[int, int], until: int, most: int) -> Query[list[Row]]:
    """(instant, channel or post or campaign, conversation, position) of customers' items after an (instant, position)
    up to an instant, oldest first.
    """
    at, position = after
    return (yield from fetch(_CAME[scope](at=at, position=position, until=until, most=most)))


def in_surge(scope: str, ref: int, since: int, until: int, after: int, most: int) -> Query[list[int]]:
    """Conversations of a channel, post or campaign in which customers' items came between two instants, by id, after
    one.
    """
    rows = yield from fetch(_IN_SURGE[scope](ref=ref, since=since, until=until, after=after, most=most))
    return [row[0] for row in rows]


def count_in_surge(scope: str, ref: int, since: int, until: int, after: int) -> Query[int]:
    """How many of them come after one."""
    row = yield from first(_COUNT_IN_SURGE[scope](ref=ref, since=since, until=until, after=after))
    return int(row[0]) if row else 0


def arrived(scope: str, since: int, until: int) -> Query[dict[int, int]]:
    """Channel, post or campaign → customers' items that came between two instants."""
    rows = yield from fetch(_ARRIVED[scope](since=since, until=until))
    return {row[0]: int(row[1]) for row in rows}
