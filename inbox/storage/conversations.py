"""Lists of conversations, page by page along an index, and what stands beside a row.

A list is one or more *walks*, one after another: "waits longest" walks along those who wait and then along the rest by
activity. A page goes on after the sort key of its last row, so it costs the same wherever it is, and no row is shown
twice or left out while others are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, bindparam, exists, or_, select, tuple_
from sqlalchemy import text as sql

from inbox.domain.conditions import Condition, fields_of
from inbox.domain.listing import Filter, Order
from inbox.domain.permissions import Scope
from inbox.domain.records import Conversation, Identity
from inbox.storage import tables as t
from inbox.storage.conditions import clause_of
from inbox.storage.database import Query, Row, Statement, among, fetch
from inbox.storage.dialect import record_columns

c = t.conversation.c
_EQUAL = ("channel_id", "network", "kind", "priority", "language", "rating", "sentiment", "campaign_id", "contact_id")
_STATUSES = ("open", "snoozed", "closed")
_WARNED = sql("wait.\"end\" = '' AND wait.warned_at IS NOT NULL AND wait.breached_at IS NULL")


class Walk(msgspec.Struct, frozen=True):
    """One way along an index. Hashable: its statement is compiled once."""

    by: str
    """`waiting`, `deadline`, `window`, `activity` or `tagged`."""
    conditions: frozenset[str]
    status: str
    """Empty: any."""
    scoped: bool
    going_on: bool
    condition: Condition | None = None


class Page(msgspec.Struct, frozen=True):
    """A page of a list. `after`: where the next one goes on; None when this is the last."""

    ids: list[int]
    after: list[int] | None


def page(
    wanted: Filter, order: Order, scope: Scope, *, now: int, limit: int, after: Sequence[int] | None = None
) -> Query[Page]:
    """A page of a list as this scope sees it. `after`: `Page.after` of the page before."""
    walks = _walks_of(wanted, order)
    at, key = (after[0], (after[1], after[2])) if after else (0, None)
    found: list[int] = []
    ends: list[int] | None = None
    while at < len(walks) and len(found) <= limit:
        rows = yield from _walk(walks[at], wanted, scope, now, limit + 1 - len(found), key)
        found += [row[0] for row in rows]
        if len(found) > limit:
            last = rows[-2] if len(rows) > 1 else None
            ends = [at, last[1], last[0]] if last is not None else [at, *_START[walks[at][0]]]
            break
        at, key = at + 1, None
    return Page(found[:limit], ends)


_FIRST, _LAST = -1, 2**62
_START: dict[str, tuple[int, int]] = {
    "waiting": (_FIRST, _FIRST),
    "deadline": (_FIRST, _FIRST),
    "window": (_FIRST, _FIRST),
    "activity": (_LAST, _LAST),
    "tagged": (_LAST, _LAST),
}
"""A key before the first row of a walk."""


def _walks_of(wanted: Filter, order: Order) -> list[tuple[str, str]]:
    """(order, further condition) of each walk of a list, one after another."""
    if order == "window" or wanted.window_until is not None:
        return [("window", "")]
    if wanted.status == "open" and order == "waiting":
        first = [("waiting", "")]
        return first if wanted.waiting else [*first, ("activity", "no_wait")]
    if wanted.status == "open" and order == "deadline":
        return [("deadline", ""), ("activity", "no_deadline")]
    return [("activity", "")]


def _walk(
    way: tuple[str, str], wanted: Filter, scope: Scope, now: int, limit: int, key: tuple[int, int] | None
) -> Query[list[Row]]:
    by, further = way
    values = _values(wanted, scope, now)
    conditions = _conditions_of(wanted) | ({further} if further else set())
    if by == "activity" and "tag_id" in conditions and wanted.status != "any":
        by, conditions = "tagged", conditions - {"tag_id"}
    # "Any status" is three walks side by side where nothing narrower leads.
    by_others = wanted.follower_id is not None or wanted.starred_id is not None or wanted.approval
    narrow = wanted.contact_id is not None or wanted.ids is not None or wanted.spam or by_others
    statuses = [wanted.status] if wanted.status != "any" else [""] if narrow else list(_STATUSES)
    rows: list[Row] = []
    for status in statuses:
        scoped = scope.channels is not None
        walk = Walk(by, frozenset(conditions), status, scoped, key is not None, wanted.condition)
        values |= {"key": key[0], "key_id": key[1]} if key is not None else {}
        rows += yield from fetch(_statement(walk)(**values, limit=limit))
    if len(statuses) > 1:
        rows.sort(key=lambda row: (row[1], row[0]), reverse=True)
    return rows[:limit]


def _conditions_of(wanted: Filter) -> set[str]:
    asked = (*_EQUAL, "tag_id", "post_id", "follower_id", "starred_id", "ids")
    names = {name for name in asked if getattr(wanted, name) is not None}
    names |= {name for name in ("waiting", "escalated", "spam", "approval") if getattr(wanted, name)}
    if wanted.window_until is not None:
        names.add("window_until")
    if wanted.target is not None:
        names.add(wanted.target)
    if wanted.team_id is not None:
        names.add("no_team" if wanted.team_id == "none" else "team_id")
    if wanted.urgency is not None:
        names.add("urgent" if wanted.urgency == "urgent" else "not_urgent")
    if wanted.assignee is not None:
        names.add("unassigned" if wanted.assignee == "none" else "assignee")
    return names


def _values(wanted: Filter, scope: Scope, now: int) -> dict[str, Any]:
    names = (*_EQUAL, "tag_id", "post_id", "follower_id", "starred_id", "window_until")
    values: dict[str, Any] = {name: value for name in names if (value := getattr(wanted, name)) is not None}
    if wanted.ids is not None:
        values["ids"] = list(wanted.ids)
    if isinstance(wanted.assignee, int):
        values["assignee"] = wanted.assignee
    if isinstance(wanted.team_id, int):
        values["team_id"] = wanted.team_id
    if wanted.window_until is not None or wanted.target is not None or wanted.condition is not None:
        values["now"] = now
    return values | scope_values(scope)


def scope_values(scope: Scope) -> dict[str, Any]:
    """Parameters of `in_scope`."""
    return {} if scope.channels is None else {"channels": sorted(scope.channels), "teams": sorted(scope.teams)}


def in_scope() -> ColumnElement[bool]:
    """What a scope that does not cover everything sees: its channels' conversations and its teams'."""
    return or_(among(c.channel_id, "channels"), among(c.team_id, "teams"))


@lru_cache(maxsize=1024)
def _statement(walk: Walk) -> Statement:
    """The statement of a walk. Statuses and flags stand in the text, not in parameters: only then can the partial
    indexes be used.
    """
    tagged = walk.by == "tagged"
    order = _order_of(walk)
    query: Any = select(c.id, order[0])
    if tagged:
        ct = t.conversation_tag.c
        query = query.join(t.conversation_tag, ct.conversation_id == c.id).where(
            ct.tag_id == bindparam("tag_id"), sql(f"conversation_tag.status = '{walk.status}'"), *_repeated(walk)
        )
    elif walk.status:
        query = query.where(sql(f"conversation.status = '{walk.status}'"))
    query = query.where(sql("conversation.merged_into IS NULL"), *_restrictions(walk))
    if walk.scoped:
        query = query.where(in_scope())
    if walk.going_on:
        here = tuple_(*order)
        query = query.where(here > _key() if _ascends(walk) else here < _key())
    directed = order if _ascends(walk) else tuple(column.desc() for column in order)
    return Statement(query.order_by(*directed).limit(bindparam("limit")))


def _repeated(walk: Walk) -> list[ColumnElement[bool]]:
    """Of the restrictions those that the tag index repeats: who fails them is not looked at."""
    ct = t.conversation_tag.c
    out: list[ColumnElement[bool]] = []
    if "channel_id" in walk.conditions:
        out.append(ct.channel_id == bindparam("channel_id"))
    if "assignee" in walk.conditions:
        out.append(ct.assignee_id == bindparam("assignee"))
    if "unassigned" in walk.conditions:
        out.append(ct.assignee_id.is_(None))
    return out


def _ascends(walk: Walk) -> bool:
    return walk.by in ("waiting", "deadline", "window")


def _order_of(walk: Walk) -> tuple[ColumnElement[int], ColumnElement[int]]:
    match walk.by:
        case "waiting":
            return c.waiting_since, c.id
        case "deadline":
            return c.deadline_at, c.id
        case "window":
            return c.window_closes_at, c.id
        case "tagged":
            return t.conversation_tag.c.last_activity_at, t.conversation_tag.c.conversation_id
        case _:
            return c.last_activity_at, c.id


def _restrictions(walk: Walk) -> list[ColumnElement[bool]]:
    names = walk.conditions
    out: list[Any] = [sql("conversation.spam = 1") if "spam" in names else sql("conversation.spam = 0")]
    if walk.condition is not None:
        out = out if "spam" not in fields_of(walk.condition) else []
        out.append(clause_of(walk.condition))
    if walk.by in ("waiting", "deadline", "window"):
        column = {"waiting": "waiting_since", "deadline": "deadline_at", "window": "window_closes_at"}[walk.by]
        out.append(sql(f"conversation.{column} IS NOT NULL"))
    flags = {
        "no_wait": "conversation.waiting_since IS NULL",
        "no_deadline": "conversation.deadline_at IS NULL",
        "waiting": "conversation.waiting_since IS NOT NULL",
        "escalated": "conversation.escalation <> ''",
        "unassigned": "conversation.assignee_id IS NULL",
        "urgent": "conversation.urgency = 'urgent'",
        "not_urgent": "conversation.urgency = 'normal'",
        "no_team": "conversation.team_id IS NULL",
    }
    out += [sql(text) for name, text in flags.items() if name in names]
    out += [c[name] == bindparam(name) for name in _EQUAL if name in names]
    if "assignee" in names:
        out.append(c.assignee_id == bindparam("assignee"))
    if "team_id" in names:
        out.append(c.team_id == bindparam("team_id"))
    if "late" in names:
        out.append(c.deadline_at <= bindparam("now"))
    if "soon" in names:
        out += [c.deadline_at > bindparam("now"), c.id.in_(select(t.wait.c.conversation_id).where(_WARNED))]
    if "window_until" in names:
        out += [c.window_closes_at > bindparam("now"), c.window_closes_at <= bindparam("window_until")]
    if "ids" in names:
        out.append(among(c.id, "ids"))
    out += _linked_rows(names)
    return out


def _linked_rows(names: frozenset[str]) -> list[Any]:
    """Conditions on rows of other tables."""
    out: list[Any] = []
    if "tag_id" in names:
        ct = t.conversation_tag.c
        out.append(exists().where(ct.workspace_id == 1, ct.tag_id == bindparam("tag_id"), ct.conversation_id == c.id))
    if "post_id" in names:
        out.append(c.id.in_(select(t.thread.c.conversation_id).where(t.thread.c.post_id == bindparam("post_id"))))
    if "starred_id" in names:
        s = t.star.c
        out.append(
            c.id.in_(select(s.conversation_id).where(s.workspace_id == 1, s.agent_id == bindparam("starred_id")))
        )
    if "approval" in names:
        # By the message: it may have moved with its thread since it was written.
        out.append(c.id.in_(select(t.message.c.conversation_id).join(t.approval, t.approval.c.id == t.message.c.id)))
    if "follower_id" in names:
        f = t.follower.c
        out.append(
            c.id.in_(select(f.conversation_id).where(f.workspace_id == 1, f.agent_id == bindparam("follower_id")))
        )
    return out


_NUMBERS = Statement(
    select(c.id, c.number, t.contact.c.name)
    .select_from(t.conversation.outerjoin(t.contact, t.contact.c.id == c.contact_id))
    .where(among(c.id, "ids"))
)
_NUMBERED = Statement(select(c.id).where(c.workspace_id == 1, c.number == bindparam("number")))


def called(conversation_ids: Sequence[int]) -> Query[dict[int, tuple[int, str]]]:
    """Conversation → its quotable number, and the name of its contact; empty where there is none."""
    rows = yield from fetch(_NUMBERS(ids=list(conversation_ids)))
    return {row[0]: (row[1], row[2] or "") for row in rows}


def numbered(number: int) -> Query[int | None]:
    """The conversation with this quotable number."""
    rows = yield from fetch(_NUMBERED(number=number))
    return rows[0][0] if rows else None


def count(wanted: Filter, scope: Scope, *, now: int, at_most: int) -> Query[int | None]:
    """How many conversations a filter shows; None: more than `at_most`."""
    found = yield from page(wanted, "activity", scope, now=now, limit=at_most)
    return len(found.ids) if found.after is None else None


# --- beside the rows

_READ = Statement(
    select(t.read_mark.c.conversation_id, t.read_mark.c.position).where(
        t.read_mark.c.workspace_id == 1,
        t.read_mark.c.agent_id == bindparam("agent"),
        among(t.read_mark.c.conversation_id, "conversations"),
    )
)
_NEWEST_IN = Statement(
    select(t.thread.c.conversation_id, t.message.c.position)
    .join_from(t.thread, t.message, t.message.c.id == t.thread.c.last_in_id)
    .where(among(t.thread.c.conversation_id, "conversations"))
)
_PARTICIPANTS = Statement(
    select(*record_columns(t.identity))
    .join_from(t.participant, t.identity, t.identity.c.id == t.participant.c.identity_id)
    .where(t.participant.c.workspace_id == 1, t.participant.c.conversation_id == bindparam("conversation"))
    .order_by(t.identity.c.id)
    .limit(200)
)
_LINKED = Statement(
    select(c.id)
    .where(
        c.contact_id == bindparam("contact"),
        or_(c.linked_from == bindparam("conversation"), c.id == bindparam("earlier")),
    )
    .order_by(c.id)
    .limit(20)
)
_OF_IDENTITIES = (
    select(c.id, c.last_activity_at)
    .join_from(t.participant, t.conversation, c.id == t.participant.c.conversation_id)
    .where(t.participant.c.identity_id.in_(select(t.identity.c.id).where(t.identity.c.contact_id == bindparam("who"))))
)


def unread(agent_id: int, conversation_ids: Sequence[int]) -> Query[set[int]]:
    """Which of these have a customer item newer than the agent's own read mark."""
    ids = list(conversation_ids)
    if not ids:
        return set()
    marks: dict[int, int] = dict((yield from fetch(_READ(agent=agent_id, conversations=ids))))
    newest = yield from fetch(_NEWEST_IN(conversations=ids))
    return {conversation for conversation, position in newest if position > marks.get(conversation, 0)}


def participants(conversation_id: int) -> Query[list[Identity]]:
    """Who wrote in a conversation, at most the first 200."""
    rows = yield from fetch(_PARTICIPANTS(conversation=conversation_id))
    return [Identity(*row) for row in rows]


def linked(conversation: Conversation) -> Query[list[int]]:
    """The conversations before and after this one in the same endless thread."""
    rows = yield from fetch(
        _LINKED(contact=conversation.contact_id, conversation=conversation.id, earlier=conversation.linked_from or 0)
    )
    return [row[0] for row in rows]


@lru_cache(maxsize=4)
def _of_person(scoped: bool, going_on: bool) -> Statement:
    query: Any = _OF_IDENTITIES.where(c.merged_into.is_(None)).distinct()
    if scoped:
        query = query.where(in_scope())
    if going_on:
        query = query.where(tuple_(c.last_activity_at, c.id) < _key())
    return Statement(query.order_by(c.last_activity_at.desc(), c.id.desc()).limit(bindparam("limit")))


def _key() -> Any:
    return tuple_(bindparam("key", type_=BigInteger()), bindparam("key_id", type_=BigInteger()))


def of_person(contact_id: int, scope: Scope, *, limit: int, after: Sequence[int] | None = None) -> Query[Page]:
    """Conversations a person took part in, newest first: his whole story."""
    values = {"key": after[0], "key_id": after[1]} if after else {}
    statement = _of_person(scope.channels is not None, after is not None)
    rows = yield from fetch(statement(who=contact_id, limit=limit + 1, **values, **scope_values(scope)))
    shown = rows[:limit]
    return Page([row[0] for row in shown], [shown[-1][1], shown[-1][0]] if len(rows) > limit else None)


def narrowed(wanted: Filter, scope: Scope, now: int = 0) -> tuple[Walk, dict[str, Any]]:
    """A filter and scope for another statement that has the conversation: what `clauses_of` takes, and the values."""
    status = "" if wanted.status == "any" else wanted.status
    scoped = scope.channels is not None
    walk = Walk("activity", frozenset(_conditions_of(wanted)), status, scoped, False, wanted.condition)
    return walk, _values(wanted, scope, now)


def clauses_of(walk: Walk) -> list[Any]:
    """The conditions of `narrowed`."""
    clauses: list[Any] = [sql("conversation.merged_into IS NULL"), *_restrictions(walk)]
    if walk.status:
        clauses.append(sql(f"conversation.status = '{walk.status}'"))
    return [*clauses, in_scope()] if walk.scoped else clauses
