"""What is one agent's alone, and in no log: told whole to who comes back, since he was not there when it changed."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select

from inbox.domain.records import Draft, Notification
from inbox.eventlog import log
from inbox.eventlog.show_settings import draft_shape, notification_shape
from inbox.live.frames import Mine
from inbox.storage import notifications, own_marks
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, fetch

FIRST_NOTIFICATIONS = 50
READ_MARKS = 1_000
"""More than a window holds rows of."""
_NEWEST = 2**62
_DRAFTS = Statement(
    select(*[c for c in t.draft.c if c.name != "workspace_id"]).where(
        t.draft.c.workspace_id == 1, t.draft.c.agent_id == bindparam("agent")
    )
)
_READ = Statement(
    select(t.read_mark.c.conversation_id, t.read_mark.c.position)
    .where(t.read_mark.c.workspace_id == 1, t.read_mark.c.agent_id == bindparam("agent"))
    .order_by(t.read_mark.c.position.desc(), t.read_mark.c.conversation_id)
    .limit(bindparam("limit"))
)


class Own(msgspec.Struct, frozen=True):
    """All that a client starts from of it."""

    drafts: list[Draft]
    starred: list[int]
    following: list[int]
    notifications: list[Notification]


def own(agent_id: int) -> Query[Own]:
    """What an agent has now."""
    drafts = [Draft(*row) for row in (yield from fetch(_DRAFTS(agent=agent_id)))]
    starred = yield from own_marks.of("star", agent_id)
    following = yield from own_marks.of("follow", agent_id)
    newest = yield from notifications.page(agent_id, _NEWEST, FIRST_NOTIFICATIONS)
    return Own(drafts, starred, following, newest)


def whole(agent_id: int) -> Query[tuple[int, Mine]]:
    """The frame of it, and the position of the log that it is true at."""
    position, _ = yield from log.head()
    taken = yield from own(agent_id)
    marks = yield from fetch(_READ(agent=agent_id, limit=READ_MARKS))
    # The last of very many shares its position with others, maybe: they are not told of, and not taken for gone.
    read_from = marks[-1][1] + 1 if len(marks) == READ_MARKS else 0
    return position, Mine(
        whole=True,
        drafts=[draft_shape(one) for one in taken.drafts],
        read={str(conversation_id): up_to for conversation_id, up_to in marks},
        read_from=read_from,
        notifications=[notification_shape(one) for one in taken.notifications],
        starred={str(one): True for one in taken.starred},
        following={str(one): True for one in taken.following},
    )
