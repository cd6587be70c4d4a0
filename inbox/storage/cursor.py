"""How far each polled or streamed network has been read."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, first

_CURSOR = Statement(select(t.cursor.c.cursor).where(t.cursor.c.channel_id == bindparam("channel")))
_CAUGHT_UP = Statement(
    update(t.channel).where(t.channel.c.id == bindparam("channel")).values(caught_up_at=bindparam("caught_up"))
)


def cursor_of(channel_id: int) -> Query[str]:
    """The cursor committed last; empty before the first."""
    row = yield from first(_CURSOR(channel=channel_id))
    return str(row[0]) if row else ""


def caught_up(channel_id: int, at: int) -> Query[None]:
    """Note that at this instant everything the network had was here."""
    yield _CAUGHT_UP(channel=channel_id, caught_up=at)
