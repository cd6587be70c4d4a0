"""Reading the log: pages by position, the head, the horizon."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, or_, select, text

from inbox.domain import events as e
from inbox.eventlog.save import decode_audience
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Row, Statement, among, first

COLUMNS = (
    t.event.c.position, t.event.c.at, t.event.c.actor_kind, t.event.c.actor_id, t.event.c.data, t.event.c.audience,
    t.event.c.before,
)  # fmt: skip
"""What `logged_of` reads."""
_AFTER = Statement(
    select(*COLUMNS)
    .where(t.event.c.workspace_id == 1, t.event.c.position > bindparam("after"))
    .order_by(t.event.c.position)
    .limit(bindparam("limit"))
)  # fmt: skip
_OF_TYPES = Statement(
    select(*COLUMNS)
    .where(
        t.event.c.workspace_id == 1, t.event.c.position > bindparam("after"),
        t.event.c.position <= bindparam("last"), among(t.event.c.type, "types"),
    )
    .order_by(t.event.c.position)
    .limit(bindparam("limit"))
)  # fmt: skip
_HEAD = Statement(select(t.workspace.c.position, t.workspace.c.epoch).where(t.workspace.c.id == 1))
_OLDEST = Statement(select(func.min(t.event.c.position)).where(t.event.c.workspace_id == 1))
_OF_CONVERSATION = (
    select(*COLUMNS)
    .where(
        t.event.c.conversation_id == bindparam("conversation"),
        t.event.c.position >= bindparam("from_position"),
        t.event.c.position <= bindparam("to_position"),
    )
    .order_by(t.event.c.position.desc())
    .limit(500)
)  # fmt: skip
_MERGES = Statement(
    # As the index of the few says it: a parameter in its place would have the whole log read.
    select(*COLUMNS).where(text("type = 'contacts_merged'")).order_by(t.event.c.position.desc())
)
_ALL_OF_CONVERSATION = Statement(_OF_CONVERSATION)
_SOME_OF_CONVERSATION = Statement(_OF_CONVERSATION.where(among(t.event.c.type, "types")))


def logged_of(row: Row) -> e.Logged:
    """A row of the log as it was emitted."""
    position, at, actor_kind, actor_id, data, audience, before = row
    after = decode_audience(audience)
    return e.Logged(
        position, at, e.Actor(actor_kind, actor_id), e.decode(data), after, decode_audience(before) if before else after
    )


def after(position: int, limit: int) -> Query[list[e.Logged]]:
    """Events after a position, in order."""
    rows = yield _AFTER(after=position, limit=limit)
    return [logged_of(row) for row in rows]


def of_types(types: Sequence[str], position: int, last: int, limit: int) -> Query[list[e.Logged]]:
    """Events of some types after a position, up to another, in order."""
    rows = yield _OF_TYPES(after=position, last=last, limit=limit, types=list(types))
    return [logged_of(row) for row in rows]


def at(positions: Sequence[int]) -> Query[dict[int, e.Logged]]:
    """Events by position; those no longer kept are left out."""
    rows = yield ByKeys(t.event, list(positions), ("position",))
    # The record has the type and the conversation too, which the event says itself.
    return {row[0]: logged_of((row[0], row[1], *row[4:])) for row in rows}


def of_conversation(
    conversation_id: int, from_position: int, to_position: int, types: Sequence[str] = ()
) -> Query[list[e.Logged]]:
    """Events of one conversation in a span of positions, oldest first; at most the newest 500. `types`: only these."""
    span = {"conversation": conversation_id, "from_position": from_position, "to_position": to_position}
    rows = yield _SOME_OF_CONVERSATION(**span, types=list(types)) if types else _ALL_OF_CONVERSATION(**span)
    return [logged_of(row) for row in reversed(rows)]


def newest_merge(contact_id: int) -> Query[e.ContactsMerged | None]:
    """How this person was merged into another last; None when nobody did."""
    rows = yield _MERGES()
    events = (logged_of(row).event for row in rows)
    return next((one for one in events if isinstance(one, e.ContactsMerged) and one.contact_id == contact_id), None)


def head() -> Query[tuple[int, int]]:
    """(position, epoch) of the newest event."""
    row = yield from first(_HEAD())
    return (row[0], row[1]) if row else (0, 1)


_SETTINGS = Statement(
    select(t.event.c.data)
    .where(
        t.event.c.workspace_id == 1,
        t.event.c.position > bindparam("after"),
        t.event.c.position <= bindparam("to_position"),
        or_(t.event.c.type == "setting_changed", t.event.c.type == "channel_health_changed"),
    )
    .order_by(t.event.c.position)
)


def settings_after(position: int) -> Query[tuple[int, list[e.AnyEvent]]]:
    """The head, and the settings events between a position and it."""
    newest, _ = yield from head()
    if newest <= position:
        return newest, []
    rows = yield _SETTINGS(after=position, to_position=newest)
    return newest, [e.decode(row[0]) for row in rows]


def oldest() -> Query[int]:
    """Position of the oldest event still kept; 1 when the log is empty."""
    row = yield from first(_OLDEST())
    return row[0] if row and row[0] is not None else 1


_ERASURES = Statement(
    select(*COLUMNS).where(
        t.event.c.workspace_id == 1,
        t.event.c.position > bindparam("after"),
        or_(t.event.c.type == "content_erased", t.event.c.type == "message_deleted"),
    )
)  # fmt: skip


def erased_after(position: int) -> Query[list[e.ContentErased | e.MessageDeleted]]:
    """What blanked words after a position: whoever joined words up to there holds some that are gone."""
    rows = yield _ERASURES(after=position)
    events = [logged_of(row).event for row in rows]
    return [
        one for one in events if isinstance(one, e.ContentErased) or (isinstance(one, e.MessageDeleted) and one.erased)
    ]
