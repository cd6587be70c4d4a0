"""Counts of views, told at most once a second, only what changed, each socket for its own scope.

Fixed views are sums over the counter cells, read once for everybody. What needs a query (mentions, windows that end
soon, saved views) is counted only while a socket shows it, at most every two seconds, and only when something happened
that may have changed it (`asked`).
"""

from __future__ import annotations

from collections.abc import Callable

from inbox.domain import events as e
from inbox.domain import views
from inbox.domain.permissions import Scope
from inbox.domain.routing import loads_of
from inbox.eventlog.directory import Directory
from inbox.eventlog.show_settings import view_key
from inbox.live.asked import Asked
from inbox.live.frames import Counts as CountsFrame
from inbox.live.hub import Hub, Socket
from inbox.live.shown import Shown
from inbox.storage import counters
from inbox.storage.database import Database

Told = dict[str, tuple[int | None, int]]


class Counts:
    """Remembers what each socket was told."""

    def __init__(self, database: Database, hub: Hub, directory: Directory, now: Callable[[], int]) -> None:
        self.database = database
        self.hub = hub
        self.directory = directory
        self.asked = Asked(database, now)
        self._told: dict[Socket, Told] = {}
        self._loads_told: dict[Socket, dict[str, int]] = {}
        self._changed = True
        self._turn = 0
        hub.on_event.append(self._heard)

    def _heard(self, shown: Shown) -> None:
        # Attachments, reactions and typing move no conversation between views; almost everything else may.
        if isinstance(shown.event, (e.AttachmentReady, e.ReactionsChanged)):
            return
        self.asked.heard(shown.event)
        if isinstance(shown.event, e.SettingChanged) and shown.event.object == "view":
            for told in self._told.values():  # the view was told anew, without its count
                told.pop(view_key(shown.event.id), None)
        if shown.conversation_id is not None:
            self._changed = True

    def forget(self, socket: Socket) -> None:
        """A socket begins, or begins anew: it is told everything, since nothing was told to it meanwhile."""
        self._told.pop(socket, None)
        self._loads_told.pop(socket, None)
        self._changed = True

    def keys(self) -> list[str]:
        """Keys of the fixed views that are counted from cells."""
        return [
            *(view.key for view in (*views.MAIN, *views.BY_KIND) if view.counted),
            *(f"channel:{channel}" for channel in self.directory.channels),
            *(f"team:{team}" for team in self.directory.teams),
        ]

    async def cells(self) -> dict[views.Cell, int]:
        """The counter cells as they are now."""
        return {views.read_cell(name): n for name, n in (await self.database.read(counters.cells)).items()}

    async def tell(self) -> None:
        """Send what changed to everyone; called once a second."""
        self._turn += 1
        for gone in [socket for socket in self._told if socket not in self.hub.groups.get(socket.scope, ())]:
            del self._told[gone]
            self._loads_told.pop(gone, None)
        if self._changed:
            cells, keys = await self._changed_cells(), self.keys()
            nobody = {str(agent_id): 0 for agent_id in self.directory.agents}
            on_hands = loads_of(cells, self.directory.attendance)
            loads = nobody | {str(agent_id): n for agent_id, n in on_hands.items()}
            for scope, group in list(self.hub.groups.items()):
                self._tell_group(scope, list(group), cells, keys, loads)
        if self._turn % 2 == 0:
            await self._tell_asked()

    async def _changed_cells(self) -> dict[views.Cell, int]:
        self._changed = False  # before: what happens while this reads may not be in it
        try:
            return await self.cells()
        except BaseException:
            self._changed = True  # nobody was told: the next turn tells
            raise

    async def _tell_asked(self) -> None:
        counted = frozenset(self.keys())
        showing = [(socket, socket.views - counted) for socket in self.hub.sockets() if socket.live]
        showing = [(socket, keys) for socket, keys in showing if keys]
        answers = await self.asked.counts((socket.scope, socket.agent_id, keys) for socket, keys in showing)
        for (socket, _), counts in zip(showing, answers, strict=True):
            if socket.live:
                self._send(socket, {key: (n, 0) for key, n in counts.items()})

    def _tell_group(
        self, scope: Scope, group: list[Socket], cells: dict[views.Cell, int], keys: list[str], loads: dict[str, int]
    ) -> None:
        shared = views.counts_of([key for key in keys if key != "mine"], scope, cells, None)
        owned = views.owned_of(scope, cells)
        for socket in group:
            if socket.live:
                mine = owned.get(socket.agent_id or 0, 0)
                self._send(socket, {key: (n, 0) for key, n in {**shared, "mine": mine}.items()}, loads)

    def _send(self, socket: Socket, counts: Told, loads: dict[str, int] | None = None) -> None:
        told = self._told.setdefault(socket, {})
        news = {key: value for key, value in counts.items() if told.get(key) != value}
        known = self._loads_told.setdefault(socket, {})
        moved = {who: n for who, n in (loads or {}).items() if known.get(who, 0) != n}
        if news or moved:
            told.update(news)
            known.update(moved)
            socket.send(CountsFrame(counts=news, loads=moved))
