"""Outgoing webhooks: how far the log was read for them, what waits for each, how each fares, and every attempt.

What waits are jobs whose kind names the webhook, so that `job_due` gives one webhook's queue in its order: `due_at` is
the place in the queue (the instant at which it was put there), and is moved back only when an event steps aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, case, delete, func, or_, select, update

from inbox.domain.records import Job
from inbox.domain.webhooks import WebhookAttempt
from inbox.storage import tables as t
from inbox.storage.database import Delete, Insert, Query, Row, Save, Statement, Update, among, fetch, first
from inbox.storage.dialect import record_columns

READER = "webhooks"
_row = msgspec.structs.astuple

_WAITING = Statement(
    select(*record_columns(t.job))
    .where(
        t.job.c.kind == bindparam("line"),
        # What was queued later than now was queued before the clock was put back.
        or_(t.job.c.due_at <= bindparam("now"), t.job.c.created_at > bindparam("now")),
    )
    .order_by(t.job.c.due_at, t.job.c.id)
    .limit(bindparam("most"))
)
_NEXT = Statement(select(func.min(t.job.c.due_at)).where(t.job.c.kind == bindparam("line")))
_COUNT = Statement(select(func.count()).select_from(t.job).where(t.job.c.kind == bindparam("line")))
_BACK = Statement(
    update(t.job)
    .where(t.job.c.kind == bindparam("line"), t.job.c.due_at > t.job.c.created_at)
    .values(due_at=t.job.c.created_at)
)
_DROP = Statement(delete(t.job).where(among(t.job.c.kind, "lines")))
_FORGET = Statement(delete(t.webhook_attempt).where(t.webhook_attempt.c.webhook_id == bindparam("of")))
_FARES = Statement(
    update(t.webhook)
    .where(t.webhook.c.id == bindparam("of"))
    .values(failures=bindparam("times"), failing_since=bindparam("since"), paused_until=bindparam("until"))
)
_message = t.message.c
_BEGAN = Statement(
    select(
        _message.conversation_id,
        func.min(_message.position),
        func.min(case((_message.mark != "history", _message.position))),
    )
    .where(among(_message.conversation_id, "conversations"))
    .group_by(_message.conversation_id)
)
_HISTORY_ITEMS = Statement(select(_message.id).where(among(_message.id, "messages"), _message.mark == "history"))
_OLD_POSTS = Statement(
    select(t.post.c.id)
    .select_from(t.post.join(t.channel, t.channel.c.id == t.post.c.channel_id))
    .where(among(t.post.c.id, "posts"), t.post.c.posted_at < t.channel.c.live_since)
)
_TAGS = Statement(
    select(t.conversation_tag.c.conversation_id, t.conversation_tag.c.tag_id).where(
        among(t.conversation_tag.c.conversation_id, "conversations")
    )
)
_attempt = t.webhook_attempt.c
_light = [column for column in record_columns(t.webhook_attempt) if column.name not in ("request_body", "answer_body")]
_log = (
    select(*_light)
    .where(_attempt.webhook_id == bindparam("of"), _attempt.id < bindparam("before"))
    .order_by(_attempt.id.desc())
    .limit(bindparam("most"))
)
_ATTEMPTS = Statement(_log)
_ENDED_SO = Statement(_log.where(_attempt.outcome == bindparam("outcome")))
_OF_KEY = Statement(_log.where(_attempt.key == bindparam("key")))
_OF_POSITION = Statement(_log.where(_attempt.position == bindparam("at_position")))
_ONE_ATTEMPT = Statement(
    select(*record_columns(t.webhook_attempt)).where(
        _attempt.webhook_id == bindparam("of"), _attempt.id == bindparam("one")
    )
)
_BLANK_CONVERSATIONS = Statement(
    update(t.webhook_attempt)
    .where(among(_attempt.conversation_id, "conversations"))
    .values(request_body=b"", answer_body="")
)
_BLANK_CONTACTS = Statement(
    update(t.webhook_attempt).where(among(_attempt.contact_id, "contacts")).values(request_body=b"", answer_body="")
)


def line_of(webhook_id: int) -> str:
    """Kind of the jobs that are events for one webhook."""
    return f"webhook:{webhook_id}"


def pings_of(webhook_id: int) -> str:
    """Kind of the jobs that are test events for one webhook: they pass everything else."""
    return f"webhook-ping:{webhook_id}"


def replays_of(webhook_id: int) -> str:
    """Kind of the jobs that are spans of the log to be sent once more."""
    return f"webhook-replay:{webhook_id}"


class Began(NamedTuple):
    """Positions of a conversation's first item, and of its first that is not history (None: it has none)."""

    first: int
    live: int | None


def began(conversation_ids: Sequence[int]) -> Query[dict[int, Began]]:
    """How conversations began; those without items are left out."""
    rows: list[Row] = yield from fetch(_BEGAN(conversations=list(conversation_ids)))
    return {row[0]: Began(row[1], row[2]) for row in rows}


def history_items(message_ids: Sequence[int]) -> Query[set[int]]:
    """Which of these items are from before their channel was connected."""
    rows = yield _HISTORY_ITEMS(messages=list(message_ids))
    return {row[0] for row in rows}


def old_posts(post_ids: Sequence[int]) -> Query[set[int]]:
    """Which of these posts are from before their channel was connected."""
    rows = yield _OLD_POSTS(posts=list(post_ids))
    return {row[0] for row in rows}


def tags_of(conversation_ids: Sequence[int]) -> Query[dict[int, set[int]]]:
    """Tags of conversations as they are now."""
    found: dict[int, set[int]] = {}
    rows = yield _TAGS(conversations=list(conversation_ids))
    for conversation_id, tag_id in rows:
        found.setdefault(conversation_id, set()).add(tag_id)
    return found


# --- what waits


def put(jobs: Sequence[Job]) -> Query[None]:
    """Put events into queues. One whose key waits already stays where it is."""
    if jobs:
        yield Save([Insert(t.job, [_row(job) for job in jobs], "nothing")])


def due(kind: str, now: int, most: int) -> Query[list[Job]]:
    """What is due of one kind, in the order of the queue."""
    rows = yield _WAITING(line=kind, now=now, most=most)
    return [Job(*row) for row in rows]


def next_due(kind: str) -> Query[int | None]:
    """When the first of a kind is due; None when nothing waits."""
    row = yield from first(_NEXT(line=kind))
    return row[0] if row else None


def count(kind: str) -> Query[int]:
    """How many wait."""
    row = yield from first(_COUNT(line=kind))
    return int(row[0]) if row else 0


def back_in_line(webhook_id: int) -> Query[None]:
    """Everything that stepped aside goes back to its place."""
    yield _BACK(line=line_of(webhook_id))


def settle(done: Sequence[int], later: Sequence[Job]) -> Query[None]:
    """Forget the jobs that ended, write those that are tried again."""
    if done:
        yield Save([Delete(t.job, [(job_id,) for job_id in done])])
    if later:
        yield Save([Update(t.job, [_row(job) for job in later])])


def drop(webhook_id: int) -> Query[None]:
    """Forget everything that waits for a webhook, and its log."""
    yield _DROP(lines=[line_of(webhook_id), pings_of(webhook_id), replays_of(webhook_id)])
    yield _FORGET(of=webhook_id)


# --- how it fares


def fares(webhook_id: int, failures: int, failing_since: int | None, paused_until: int | None) -> Query[None]:
    """Note failures in a row, since when, and until when nothing is tried."""
    yield _FARES(of=webhook_id, times=failures, since=failing_since, until=paused_until)


def log(attempts: Sequence[WebhookAttempt]) -> Query[None]:
    """Keep what was sent and what came back."""
    if attempts:
        yield Save([Insert(t.webhook_attempt, [_row(attempt) for attempt in attempts])])


def attempts(
    webhook_id: int,
    before: int,
    most: int,
    *,
    outcome: str | None = None,
    key: str | None = None,
    at_position: int | None = None,
) -> Query[list[WebhookAttempt]]:
    """Attempts below an id, newest first, without bodies: all, or those of one position, one key or one outcome."""
    where = {"of": webhook_id, "before": before, "most": most}
    if at_position is not None:
        rows: list[Row] = yield from fetch(_OF_POSITION(**where, at_position=at_position))
    elif key is not None:
        rows = yield from fetch(_OF_KEY(**where, key=key))
    elif outcome is not None:
        rows = yield from fetch(_ENDED_SO(**where, outcome=outcome))
    else:
        rows = yield from fetch(_ATTEMPTS(**where))
    names = [column.name for column in _light]
    return [WebhookAttempt(**dict(zip(names, row, strict=True)), request_body=b"", answer_body="") for row in rows]


def attempt(webhook_id: int, attempt_id: int) -> Query[WebhookAttempt | None]:
    """One attempt, whole."""
    row = yield from first(_ONE_ATTEMPT(of=webhook_id, one=attempt_id))
    return WebhookAttempt(*row) if row else None


def blank(conversation_ids: Sequence[int], contact_ids: Sequence[int] = ()) -> Query[None]:
    """Erase what was sent about conversations and contacts; that it was sent stays."""
    if conversation_ids:
        yield _BLANK_CONVERSATIONS(conversations=list(conversation_ids))
    if contact_ids:
        yield _BLANK_CONTACTS(contacts=list(contact_ids))
