"""Save: one multi-row statement per table of what became new or changed, the log, counters and the workspace row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy import text as sql

from inbox.domain import events as e
from inbox.domain.desk_records import Approval, Bulk, Line
from inbox.domain.records import (
    Contact,
    Content,
    Conversation,
    Identity,
    Job,
    Media,
    Message,
    Notification,
    Orphan,
    OutboxPart,
    Post,
    Raw,
    Record,
    Thread,
    Timer,
    Wait,
)
from inbox.domain.state import State
from inbox.domain.survey_records import SurveyAsk
from inbox.eventlog import save_people
from inbox.storage import readings, webhooks
from inbox.storage import tables as t
from inbox.storage.database import (
    Advance,
    Delete,
    DropSearch,
    Insert,
    PutSearch,
    Query,
    Row,
    Save,
    Statement,
    Update,
    Upsert,
    Write,
)
from inbox.storage.dialect import record_columns

_TABLES: dict[type[Record], Table] = {
    Conversation: t.conversation,
    Thread: t.thread,
    Message: t.message,
    Content: t.content,
    Identity: t.identity,
    Contact: t.contact,
    Post: t.post,
    Wait: t.wait,
    OutboxPart: t.outbox,
    Orphan: t.orphan,
    Media: t.media,
    Job: t.job,
    Raw: t.raw,
    Notification: t.notification,
    Approval: t.approval,
    Bulk: t.bulk,
    Line: t.line,
    SurveyAsk: t.survey_ask,
}
_ONCE: tuple[type[Record], ...] = (Job,)
"""Whose key says that it is there already: the second is passed over."""
_row = msgspec.structs.astuple
_json = msgspec.json.Encoder().encode

_BLANK = Statement(
    update(t.content)
    .where(t.content.c.message_id == bindparam("message"))
    .values(text="", html=None, quoted_html=None, title="", attachments="", mentions="", recipients="", options="")
)


_thread, _message, _wait = t.thread.c, t.message.c, t.wait.c
_there = (
    select(func.count())
    .select_from(t.thread.join(t.message, _message.conversation_id == _thread.conversation_id))
    .where(
        _thread.post_id == t.post.c.id, _message.thread_id == _thread.id, _message.kind == "comment",
        _message.direction == "in", _message.deleted_at.is_(None),
    )
)  # fmt: skip
_answers = (
    select(func.count())
    .select_from(
        t.thread.join(t.message, _message.conversation_id == _thread.conversation_id).join(
            t.wait, _wait.answer_id == _message.id
        )
    )
    .where(_thread.post_id == t.post.c.id, _message.thread_id == _thread.id, _wait.end == "answered")
)
_unasked = (
    select(func.count())
    .select_from(t.thread.join(t.wait, _wait.thread_id == _thread.id))
    .where(
        _thread.post_id == t.post.c.id, sql("\"end\" IN ('dismissed', 'voided')"), _wait.reason == "no_question",
        _wait.ended_by_kind == "system",
    )
)  # fmt: skip
_RECOUNT = Statement(
    update(t.post)
    .where(t.post.c.id == bindparam("recounted"))
    .values(
        comment_count=_there.scalar_subquery(),
        hidden_count=_there.where(_message.hidden_at.is_not(None)).scalar_subquery(),
        answered_count=_answers.scalar_subquery(),
        unasked_count=_unasked.scalar_subquery(),
    )
)


def save(state: State) -> Query[None]:
    """Write what the batch decided, and move the workspace's position."""
    for message_id in sorted(state.blanked):
        state.contents.pop(message_id, None)
    ended = _ended_waits(state)
    if ended:
        yield Save(ended)
    yield from save_people.before(state)
    yield from save_people.refusals(state)
    workspace = state.workspace
    moved = Advance([(workspace.position, workspace.last_id, workspace.last_number)])
    people = save_people.writes(state)
    yield Save([*_inserts(state), *_updates(state), *people, *_side_tables(state), *_log(state), moved])
    for message_id in sorted(state.blanked):
        yield _BLANK(message=message_id)
    if state.blanked:
        yield from readings.forget(sorted(state.blanked))
        told = {state.messages[i].conversation_id for i in state.blanked if i in state.messages}
        yield from webhooks.blank(sorted(told))
    for post_id in sorted(state.recounted):
        yield _RECOUNT(recounted=post_id)


def _ended_waits(state: State) -> list[Write]:
    """A wait that ends makes room for the next of its author, or for an earlier one that goes on: the unique index must
    see that in this order, and of the rows of one UPDATE no engine promises any.
    """
    waits = [wait for wait in state.dirty.get(Wait, {}).values() if isinstance(wait, Wait)]
    rows = [_row(wait) for wait in waits if wait.end]
    if not rows or (Wait not in state.new and len(rows) == len(waits)):
        return []
    return _changed(t.wait, rows, state.stored.get(Wait, {}))


def _inserts(state: State) -> list[Write]:
    out: list[Write] = []
    for kind, records in state.new.items():
        conflict = "nothing" if kind in _ONCE else ""
        out.append(Insert(_TABLES[kind], [_row(record) for record in records], conflict))  # type: ignore[arg-type]
    return out


def _updates(state: State, only: type[Record] | None = None) -> list[Write]:
    out: list[Write] = []
    for kind, by_id in state.dirty.items():
        if only is not None and kind is not only:
            continue
        fresh = {id(record) for record in state.new.get(kind, ())}
        rows = [_row(record) for record in by_id.values() if id(record) not in fresh]
        if rows:
            out += _changed(_TABLES[kind], rows, state.stored.get(kind, {}))
    return out


def _changed(table: Table, rows: list[Row], stored: dict[int, Sequence[Any]]) -> list[Write]:
    """Only the columns that differ in some row: an index whose columns stay the same is not touched then."""
    names = [column.name for column in record_columns(table)]
    differs: set[int] = set()
    for row in rows:
        before = stored.get(row[0])
        if before is None:
            return [Update(table, rows)]
        differs.update(i for i, value in enumerate(row) if value != before[i])
    if not differs:
        return []
    at = sorted(differs)
    return [Update(table, [(row[0], *[row[i] for i in at]) for row in rows], columns=("id", *[names[i] for i in at]))]


def _side_tables(state: State) -> list[Write]:
    timers = [_row(timer) for timer in state.timers.values() if isinstance(timer, Timer)]
    gone = [key for key, timer in state.timers.items() if timer is None]
    tags = [(tag, cid, *_listed(state.conversations[cid])) for (tag, cid), added in state.tag_changes.items() if added]
    untagged = [key for key, added in state.tag_changes.items() if not added]
    retagged = _retagged(state)
    written = list(state.search.items())
    followers = [(agent, conversation, state.now) for agent, conversation in sorted(state.followers)]
    links = [(*pair, *made, state.now) for pair, made in state.links.items() if made is not None]
    unlinked = [pair for pair, made in state.links.items() if made is None]
    writes: list[Write] = [
        Insert(t.alias, state.aliases, "nothing"),
        Insert(t.identity_alias, state.identity_aliases, "nothing"),
        Insert(t.participant, state.new_participants, "nothing"),
        Insert(t.follower, followers, "nothing"),
        Upsert(t.conversation_link, links, ("conversation_id", "other_id")),
        Delete(t.conversation_link, unlinked, ("conversation_id", "other_id")),
        Upsert(t.episode, [_row(episode) for episode in state.episodes.values()], ("conversation_id", "number")),
        Upsert(t.timer, timers, ("kind", "ref")),
        Delete(t.timer, gone, ("kind", "ref")),
        Upsert(t.conversation_tag, [*tags, *retagged], ("tag_id", "conversation_id")),
        Delete(t.conversation_tag, untagged, ("tag_id", "conversation_id")),
        Delete(t.orphan, [(orphan,) for orphan in state.dropped_orphans]),
        PutSearch([pair for pair in written if pair[0] not in state.unsearched]),
        DropSearch([(message,) for message in sorted(state.unsearched)]),
        Upsert(t.counter, list(state.cell_changes().items()), ("cell",), "n"),
        Insert(t.seen_delivery, state.new_seen, "nothing"),
        Insert(t.raw_of, state.raw_identities, "nothing"),
        Upsert(t.cursor, [(channel, text, state.now) for channel, text in state.cursors.items()], ("channel_id",)),
    ]
    return [write for write in writes if write.rows]


def _listed(conversation: Conversation) -> tuple[str, int, int, int | None]:
    """What the tag index repeats of a conversation, for lists by several filters."""
    return conversation.status, conversation.last_activity_at, conversation.channel_id, conversation.assignee_id


def _retagged(state: State) -> list[Row]:
    """The tag index follows when what it repeats is changed."""
    rows: list[Row] = []
    for record in state.dirty.get(Conversation, {}).values():
        assert isinstance(record, Conversation)
        for tag in record.tags.split(","):
            if tag and (int(tag), record.id) not in state.tag_changes:
                rows.append((int(tag), record.id, *_listed(record)))
    return rows


def _log(state: State) -> list[Write]:
    rows = [
        (
            logged.position,
            logged.at,
            e.name_of(logged.event),
            e.conversation_of(logged.event),
            logged.actor.kind,
            logged.actor.id,
            e.encode(logged.event),
            encode_audience(logged.audience),
            "" if logged.before == logged.audience else encode_audience(logged.before),
        )
        for logged in state.events
    ]
    return [Insert(t.event, rows)] if rows else []


def encode_audience(audience: e.Audience) -> str:
    """`channel.team.assignee.agent.admins`, empty for none: short, and the same text for the same audience."""
    return ".".join(
        "" if part is None else str(int(part))
        for part in (
            audience.channel_id,
            audience.team_id,
            audience.assignee_id,
            audience.agent_id,
            audience.admins or None,
        )
    )


def decode_audience(text: str) -> e.Audience:
    """The audience that `encode_audience` wrote."""
    channel, team, assignee, agent, admins = ((int(part) if part else None) for part in text.split("."))
    return e.Audience(channel, team, assignee, agent, bool(admins))
