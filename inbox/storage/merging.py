"""What moves between conversations that the state of a merge does not hold: all items, ended waits, participants."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, exists, func, insert, literal_column, select, update

from inbox.storage import tables as t
from inbox.storage.database import DropSearch, Query, Save, Statement, among, fetch, first

_m, _p = t.message.c, t.participant.c
_NOTES = Statement(
    select(_m.id).where(_m.conversation_id == bindparam("conversation"), _m.thread_id.is_(None)).order_by(_m.id)
)
_MOVE_ITEMS = Statement(
    update(t.message)
    .where(_m.conversation_id == bindparam("from_id"), among(_m.thread_id, "threads"))
    .values(conversation_id=bindparam("to_id"))
)
_MOVE_NOTES = Statement(
    update(t.message)
    .where(_m.conversation_id == bindparam("from_id"), among(_m.id, "notes"))
    .values(conversation_id=bindparam("to_id"))
)
_MOVE_WAITS = Statement(
    update(t.wait)
    .where(t.wait.c.conversation_id == bindparam("from_id"), among(t.wait.c.thread_id, "threads"))
    .values(conversation_id=bindparam("to_id"))
)
_ABSORB = (
    Statement(
        update(t.message)
        .where(_m.conversation_id == bindparam("here"), _m.in_reply_to == bindparam("gone_id"))
        .values(in_reply_to=bindparam("stays_id"))
    ),
    Statement(
        update(t.draft)
        .where(t.draft.c.in_reply_to == bindparam("gone_id"), t.draft.c.conversation_id == bindparam("here"))
        .values(in_reply_to=bindparam("stays_id"))
    ),
    Statement(
        update(t.alias).where(t.alias.c.message_id == bindparam("gone_id")).values(message_id=bindparam("stays_id"))
    ),
    Statement(update(t.wait).where(t.wait.c.answer_id == bindparam("gone_id")).values(answer_id=bindparam("stays_id"))),
    Statement(delete(t.content).where(t.content.c.workspace_id == 1, t.content.c.message_id == bindparam("gone_id"))),
    Statement(delete(t.message).where(_m.id == bindparam("gone_id"))),
)
_wrote = (
    select(_m.identity_id)
    .where(_m.conversation_id == bindparam("here"), _m.direction == "in", _m.identity_id.is_not(None))
    .distinct()
)
_there = t.participant.alias("there")
_JOIN = Statement(
    insert(t.participant).from_select(
        ["workspace_id", "conversation_id", "identity_id"],
        select(literal_column("1"), _m.conversation_id, _m.identity_id)
        .where(
            _m.conversation_id == bindparam("here"),
            _m.direction == "in",
            _m.identity_id.is_not(None),
            ~exists().where(
                _there.c.workspace_id == 1,
                _there.c.conversation_id == _m.conversation_id,
                _there.c.identity_id == _m.identity_id,
            ),
        )
        .distinct(),
    )
)
_LEAVE = Statement(
    delete(t.participant).where(
        _p.workspace_id == 1, _p.conversation_id == bindparam("here"), _p.identity_id.not_in(_wrote)
    )
)
_COUNT = Statement(select(func.count()).select_from(t.message).where(_m.conversation_id == bindparam("here")))
_COUNT_PEOPLE = Statement(
    select(func.count()).select_from(t.participant).where(_p.workspace_id == 1, _p.conversation_id == bindparam("here"))
)


def notes_of(conversation_id: int) -> Query[list[int]]:
    """Ids of a conversation's notes: they hang on no thread."""
    rows = yield from fetch(_NOTES(conversation=conversation_id))
    return [row[0] for row in rows]


def move(from_id: int, to_id: int, thread_ids: Sequence[int], note_ids: Sequence[int]) -> Query[None]:
    """Items, notes and waits of these threads go from one conversation to the other."""
    yield _MOVE_ITEMS(from_id=from_id, to_id=to_id, threads=list(thread_ids))
    yield _MOVE_NOTES(from_id=from_id, to_id=to_id, notes=list(note_ids))
    yield _MOVE_WAITS(from_id=from_id, to_id=to_id, threads=list(thread_ids))


def absorb(conversation_id: int, gone_id: int, stays_id: int) -> Query[None]:
    """An item without files becomes one with another of its conversation: what refers to it refers to the other."""
    for statement in _ABSORB:
        yield statement(here=conversation_id, gone_id=gone_id, stays_id=stays_id)
    yield Save([DropSearch([(gone_id,)])])


def recount(conversation_id: int) -> Query[tuple[int, int]]:
    """Participants made to match who wrote in the conversation; (items, participants)."""
    yield _LEAVE(here=conversation_id)
    yield _JOIN(here=conversation_id)
    items = yield from first(_COUNT(here=conversation_id))
    people = yield from first(_COUNT_PEOPLE(here=conversation_id))
    return items[0] if items else 0, people[0] if people else 0
