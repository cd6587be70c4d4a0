"""What rules ask about, read in one go for many items or conversations: the rows behind `condition_facts.Facts`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, case, func, literal, or_, select

from inbox.domain.condition_facts import Facts
from inbox.domain.permissions import Scope
from inbox.domain.surveys import Answered
from inbox.storage import tables as t
from inbox.storage.conversations import in_scope, scope_values
from inbox.storage.database import Query, Row, Statement, among, fetch

_c, _m, _x, _k, _i, _h, _p = (
    table.c for table in (t.conversation, t.message, t.content, t.contact, t.identity, t.thread, t.post)
)
_FACTS = (
    _c.status, _c.priority, _c.kind, _c.audience, _c.network, _c.channel_id, _c.team_id, _c.assignee_id, _c.tags,
    _c.language, _c.rating, _c.campaign_id, _h.post_id, _p.is_ad, _c.spam, _c.escalation, _c.waiting_since,
    _c.created_at, _c.last_activity_at, _c.origin, _c.contact_id, _c.fields, _k.blocked, _k.fields,
    _i.verified, _i.profile, _m.kind, _m.mark, _m.automatic, _x.text, _x.attachments, _m.sentiment, _m.urgency,
)  # fmt: skip
_HEAD = (_m.id, _c.id, _m.received_at, _c.number, _m.thread_id, _h.channel_id, _c.merged_into)


class Asked(msgspec.Struct):
    """A conversation and the item it is asked about, with the facts of both."""

    message_id: int | None
    conversation_id: int
    received_at: int
    number: int
    thread_id: int | None
    channel_id: int | None
    """The thread's channel: where an answer goes."""
    merged: bool
    facts: Facts


def asked_of(row: Row, now: int | None = None) -> Asked:
    """A row as it is asked. `now` (µs): the instant that ages are counted to; None: that of the item's receipt."""
    message_id, conversation_id, received_at, number, thread_id, channel_id, merged, *values, _, previous = row
    facts = facts_of(values, received_at or 0 if now is None else now)
    facts.conversation_id, facts.previous_conversations = conversation_id, previous
    return Asked(
        message_id, conversation_id, received_at or 0, number, thread_id, channel_id, merged is not None, facts
    )  # fmt: skip


def facts_of(values: Sequence[Any], now: int) -> Facts:
    """Facts from the columns above."""
    (
        status, priority, kind, audience, network, channel, team, assignee, tags, language, rating, campaign, post,
        is_ad, spam, escalation, waiting_since, created_at, last_activity_at, origin, contact, own, blocked, fields,
        verified, profile, item_kind, mark, automatic, text, files, sentiment, urgency,
    ) = values  # fmt: skip
    return Facts(
        now=now, status=status, priority=priority, kind=kind, audience=audience, network=network, channel=channel,
        team=team, assignee=assignee, tag_text=tags, language=language, rating=rating, campaign=campaign,
        post=() if post is None else (post,), is_ad=bool(is_ad), spam=bool(spam), escalated=bool(escalation),
        waiting_since=waiting_since, created_at=created_at, last_activity_at=last_activity_at, origin_text=origin,
        contact=contact, blocked=bool(blocked), fields_text=own, contact_text=fields or "",
        verified=None if verified is None else bool(verified), profile_text=profile or "", item_kind=item_kind or "",
        item_mark=mark or "live", item_automatic=automatic or "", text=text or "", file_text=files or "",
        sentiment=sentiment, urgency=urgency,
    )  # fmt: skip


def _columns(cursor: Any, with_previous: bool) -> tuple[Any, ...]:
    other = t.conversation.alias("other")
    previous: Any = literal(None)
    if with_previous:
        previous = (
            select(func.count())
            .select_from(other)
            .where(other.c.contact_id == _c.contact_id, other.c.id < _c.id)
            .correlate(t.conversation)
            .scalar_subquery()
        )
    return (*_HEAD, *_FACTS, cursor, previous)


def _around(items: Any, version: Any) -> Any:
    """What is read beside a version of an item and its conversation."""
    return (
        items.outerjoin(t.content, and_(_x.message_id == _m.id, version))
        .outerjoin(t.thread, _h.id == _m.thread_id)
        .outerjoin(t.post, _p.id == _h.post_id)
        .outerjoin(t.identity, _i.id == _m.identity_id)
        .join(t.contact, _k.id == _c.contact_id)
    )


@lru_cache(maxsize=16)
def _statement(of: str, with_previous: bool) -> Statement:
    threads = t.thread.alias("threads")
    newest: Any = (
        select(func.max(threads.c.last_in_id)).where(threads.c.conversation_id == _c.id).scalar_subquery()
    )  # fmt: skip
    if of in ("conversations", "schedule"):
        source = t.conversation.outerjoin(t.message, _m.id == newest)
    else:
        source = t.message.join(t.conversation, _c.id == _m.conversation_id)
    cursor = _c.id if of == "schedule" else _m.id
    query: Any = select(*_columns(cursor, with_previous)).select_from(_around(source, _x.version == _m.version))
    return Statement(_narrowed(query, of))


_before = t.content.alias("before")
_b = _before.c
_VERSION = (_x.version, _x.at, case((_m.kind == "review", _x.rating), else_=_c.rating), _b.rating)
"""Of a past item also: which version, from when on, with which stars; and the version before it."""


@lru_cache(maxsize=8)
def _past(with_previous: bool, scoped: bool, edited: bool) -> Statement:
    """Versions of items, by item and version; not `edited`: only the first of each."""
    source = _around(t.message.join(t.conversation, _c.id == _m.conversation_id), _x.version > 0)
    source = source.outerjoin(_before, and_(_b.message_id == _x.message_id, _b.version == _x.version - 1))
    since: Any = bindparam("since")
    first = _x.version == 1
    query: Any = select(*_columns(_m.id, with_previous), *_VERSION).select_from(source).where(
        _m.id >= bindparam("after"),
        or_(_m.id > bindparam("after"), _x.version > bindparam("version")),
        _m.id <= bindparam("last"), _m.direction == "in", _m.mark != "history",
        or_(and_(first, _m.received_at >= since), and_(~first, _x.at >= since)) if edited
        else and_(first, _m.received_at >= since),
    )  # fmt: skip
    if scoped:
        query = query.where(in_scope())
    return Statement(query.order_by(_m.id, _x.version).limit(bindparam("most")))


class PastItem(msgspec.Struct, frozen=True):
    """A version of an item as a rule would have met it."""

    message_id: int
    version: int
    conversation_id: int
    number: int
    at: int
    """When it reached us (µs), or was changed."""
    words: frozenset[str]
    """What happened then, in the words of triggers."""
    facts: Facts


def past_item(row: Row) -> PastItem:
    """A row of the past, with the words and stars of its version; labels are those of now."""
    version, changed_at, rating, rating_before = row[-len(_VERSION) :]
    values = row[len(_HEAD) : -len(_VERSION)]
    at = row[2] if version == 1 else changed_at
    found = facts_of(values[:-2], at)
    found.previous_conversations, found.rating = values[-1], rating
    words = {"message_received"}
    if version > 1:
        words = {"message_edited", "rating_changed"} if rating != rating_before else {"message_edited"}
    return PastItem(row[0], version, row[1], row[3], at, frozenset(words), found)


def _narrowed(query: Any, of: str) -> Any:
    most: Any = bindparam("most")
    match of:
        case "items":
            return query.where(among(_m.id, "ids"))
        case "conversations":
            return query.where(among(_c.id, "ids"))
        case "schedule":
            return query.where(
                _c.id > bindparam("after"), _c.status != "closed", _c.merged_into.is_(None), _c.spam == 0
            ).order_by(_c.id).limit(most)  # fmt: skip
    raise AssertionError(of)


def of_items(message_ids: Sequence[int], now: int, *, with_previous: bool) -> Query[list[Asked]]:
    """Items with their conversations."""
    rows = yield from fetch(_statement("items", with_previous)(ids=list(message_ids)))
    return [asked_of(row, now) for row in rows]


def of_conversations(conversation_ids: Sequence[int], now: int, *, with_previous: bool) -> Query[list[Asked]]:
    """Conversations, each with the newest item of a customer."""
    rows = yield from fetch(_statement("conversations", with_previous)(ids=list(conversation_ids)))
    return [asked_of(row, now) for row in rows]


def not_closed(after: int, most: int, now: int, *, with_previous: bool) -> Query[list[Asked]]:
    """Conversations that are not closed, by id, after one."""
    rows = yield from fetch(_statement("schedule", with_previous)(after=after, most=most))
    return [asked_of(row, now) for row in rows]


def past_items(
    scope: Scope, since: int, after: tuple[int, int], last: int, most: int, *, with_previous: bool, edited: bool
) -> Query[list[Row]]:
    """Rows of customers' items received since an instant, and with `edited` of those changed since then, by item and
    version, after one of these, up to an item.
    """
    statement = _past(with_previous, scope.channels is not None, edited)
    item, version = after
    values = {"since": since, "after": item, "version": version, "last": last, "most": most, **scope_values(scope)}
    return (yield from fetch(statement(**values)))


_SPAN = Statement(select(func.min(_m.id), func.max(_m.id)))
_RATED = Statement(select(_x.message_id, _x.version, _x.rating).where(among(_x.message_id, "ids")))


_a = t.survey_ask.c
_ANSWERS = Statement(
    select(_a.conversation_id, _a.survey_id, _a.scale, _a.score, _a.comment != "")
    .where(_a.workspace_id == 1, among(_a.conversation_id, "conversations"), _a.score.is_not(None))
    .order_by(_a.answered_at, _a.id)
)


def answers(conversation_ids: Iterable[int]) -> Query[dict[int, Answered]]:
    """Conversation → what was answered last to a survey in it, where anything was."""
    wanted = sorted(set(conversation_ids))
    rows = (yield from fetch(_ANSWERS(conversations=wanted))) if wanted else []
    return {
        conversation: Answered(survey_id=survey, scale=scale, score=score, commented=bool(commented))
        for conversation, survey, scale, score, commented in rows
    }


def span() -> Query[tuple[int, int]]:
    """Ids of the first and the last item; (0, 0) without any."""
    rows = yield from fetch(_SPAN())
    return (rows[0][0] or 0, rows[0][1] or 0)


def ratings(message_ids: Sequence[int]) -> Query[dict[tuple[int, int], int | None]]:
    """(item, version) → stars it was given with it."""
    rows = yield from fetch(_RATED(ids=list(message_ids)))
    return {(row[0], row[1]): row[2] for row in rows}
