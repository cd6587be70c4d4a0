"""The whole of what a client starts from, read in one transaction at one position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, select

import inbox
from inbox import clock
from inbox.clock import iso
from inbox.domain import views
from inbox.domain.desk_records import Macro
from inbox.domain.listing import of_view
from inbox.domain.macros import is_seen_by
from inbox.domain.permissions import Principal
from inbox.domain.records import View
from inbox.domain.routing import loads_of
from inbox.domain.routing_records import Availability
from inbox.domain.routing_shapes import AttendanceShape, attendance_shape, availability_shape
from inbox.domain.shapes import ViewShape
from inbox.domain.state import State, Workspace
from inbox.errors import Invalid
from inbox.eventlog import load, log
from inbox.eventlog.directory import Directory
from inbox.eventlog.show import Show
from inbox.eventlog.show_desk import macro_shape, notice_shape, rules_shape
from inbox.eventlog.show_settings import (
    agent_shape,
    canned_shape,
    channel_shape,
    draft_shape,
    notification_shape,
    tag_shape,
    team_shape,
    view_shape,
)
from inbox.live.asked import question_of
from inbox.live.frames import Me, Snapshot
from inbox.live.frames import State as StateFrame
from inbox.live.own import Own, own
from inbox.storage import conversations, counters, labels
from inbox.storage import rows as stored
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement, among, fetch

FIRST_ROWS = 50
START = "waiting"
CursorOf = Callable[[str, list[int]], str]
"""(view key, `Page.after`) → a cursor that `GET conversations?view=` continues from."""

_READ = Statement(
    select(t.read_mark.c.conversation_id, t.read_mark.c.position).where(
        t.read_mark.c.workspace_id == 1,
        t.read_mark.c.agent_id == bindparam("agent"),
        among(t.read_mark.c.conversation_id, "conversations"),
    )
)


class Taken:
    """What the transaction brought."""

    def __init__(self) -> None:
        self.position = 0
        self.state = State(Workspace(0, 0, 0, 1), clock.now())
        self.page = conversations.Page([], None)
        self.cells: dict[views.Cell, int] = {}
        self.saved: list[View] = []
        self.own = Own([], [], [], [])
        self.read: dict[int, int] = {}
        self.unread: set[int] = set()
        self.availability: list[Availability] = []
        self.asked: dict[str, int | None] = {}
        """Counts of the views that need a query; None: more than are counted."""


def take(principal: Principal, view: str, now: int) -> Query[Taken]:
    """Read everything a snapshot needs."""
    taken = Taken()
    taken.position, _ = yield from log.head()
    agent = principal.agent_id or 0
    taken.saved = yield from labels.views_for(agent)
    wanted, order = of_view(view, principal.agent_id, now)
    taken.page = yield from conversations.page(wanted, order, principal.scope, now=now, limit=FIRST_ROWS)
    yield from load.rows_of(taken.state, taken.page.ids, waits=False)
    taken.cells = {views.read_cell(name): n for name, n in (yield from counters.cells()).items()}
    asked = [view.key for view in views.MAIN if not view.counted] + [f"saved:{view.id}" for view in taken.saved]
    saved = {f"saved:{view.id}": view for view in taken.saved}
    for key in asked:
        question = question_of(key, saved, principal.scope, principal.agent_id)
        taken.asked[key] = yield from question.count(now)
    taken.own = yield from own(agent)
    marks = yield from fetch(_READ(agent=agent, conversations=list(taken.page.ids)))
    taken.read = {row[0]: row[1] for row in marks}
    taken.unread = yield from conversations.unread(agent, taken.page.ids)
    taken.availability = yield from stored.every(Availability)
    return taken


class Snapshots:
    """Makes snapshot frames."""

    def __init__(self, directory: Directory, show: Show, public_url: str, cursor_of: CursorOf) -> None:
        self.directory = directory
        self.show = show
        self.public_url = public_url
        self.cursor_of = cursor_of

    async def snapshot(self, principal: Principal, view: str, presence: list[Any]) -> Snapshot:
        """The state for one agent with the first rows of a view; an unknown view shows the start view."""
        directory = await self.directory.fresh()
        now = clock.now()
        try:
            of_view(view, principal.agent_id, now)
        except Invalid:
            view = START
        taken = await directory.database.read(take, principal, view, now)
        me = directory.agents.get(principal.agent_id or 0)
        if me is None:
            raise Invalid("only agents have a desk: a token reads /api/v1/events", code="agents_only")
        rows = [self.show.row(taken.state.conversations[i], taken.state) for i in taken.page.ids]
        for row in rows:
            row.unread = int(row.id) in taken.unread
        after = taken.page.after
        return Snapshot(
            position=taken.position,
            state=StateFrame(
                me=Me(agent=agent_shape(me, directory), permissions=sorted(principal.may)),
                workspace={"name": "Inbox", "version": inbox.__version__, "server_time": iso(now)},
                agents=[agent_shape(a, directory) for a in directory.agents.values()],
                teams=[team_shape(x, directory) for x in directory.teams.values()],
                channels=[channel_shape(c, self.public_url) for c in directory.channels.values()],
                tags=[tag_shape(x) for x in directory.tags.values()],
                canned=[canned_shape(x) for x in directory.canned.values()],
                macros=[macro_shape(x) for x in _macros_for(principal, directory)],
                notices=[notice_shape(x) for x in directory.desk.notices.values()],
                desk_rules=rules_shape(directory.desk.rules),
                starred=[str(i) for i in taken.own.starred],
                following=[str(i) for i in taken.own.following],
                views=self._views(principal, taken),
                presence=presence,
                notifications=[notification_shape(n) for n in taken.own.notifications],
                drafts=[draft_shape(d) for d in taken.own.drafts],
                read={str(k): v for k, v in taken.read.items()},
                view=view,
                rows=rows,
                next_cursor=self.cursor_of(view, after) if after is not None else None,
                availability=[availability_shape(one) for one in taken.availability],
                loads={str(who): n for who, n in loads_of(taken.cells, directory.attendance).items()},
                attendance=_attendance(directory),
            ),
        )

    def _views(self, principal: Principal, taken: Taken) -> list[ViewShape]:
        fixed = [*views.MAIN, *views.BY_KIND]
        fixed += [
            views.FixedView(f"channel:{c.id}", c.name, "waiting", "channels")
            for c in self.directory.channels.values()
            if principal.scope.channels is None or c.id in principal.scope.channels
        ]
        fixed += [views.FixedView(f"team:{x.id}", x.name, "waiting", "teams") for x in self.directory.teams.values()]
        counted = [view.key for view in fixed if view.counted]
        counts: dict[str, int | None] = dict(taken.asked)
        counts |= views.counts_of(counted, principal.scope, taken.cells, principal.agent_id)
        shapes = [_fixed(view, counts.get(view.key)) for view in fixed]
        shapes += [view_shape(view) for view in taken.saved]
        for shape in shapes:
            shape.count = counts.get(shape.key)
        return shapes


def _attendance(directory: Directory) -> AttendanceShape:
    house = directory.houses.get(1)
    return attendance_shape(directory.attendance, house.version if house is not None else 0)


def _macros_for(principal: Principal, directory: Directory) -> list[Macro]:
    own, teams = principal.agent_id, principal.scope.teams
    return [one for one in directory.desk.macros.values() if is_seen_by(one, own, teams)]


def _fixed(view: views.FixedView, count: int | None) -> ViewShape:
    return ViewShape(
        key=view.key,
        name=view.name,
        filter={"view": view.key},
        sort=view.sort,
        scope="fixed",
        group=view.group,
        count=count,
        late=0,
        version=1,
    )
