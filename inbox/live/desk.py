"""The live side of a process: tail, hub, presence and counts together, and the tasks that keep them going."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from starlette.routing import BaseRoute, WebSocketRoute

from inbox import clock
from inbox.clock import SECOND
from inbox.domain import events as e
from inbox.domain.permissions import Principal
from inbox.domain.presence import Sign
from inbox.domain.records import Conversation
from inbox.errors import Unavailable
from inbox.eventlog.bus import MINE, Bus
from inbox.eventlog.directory import Directory
from inbox.eventlog.show import Show
from inbox.eventlog.writer import Writer
from inbox.live import snapshot
from inbox.live.availability import Attendants
from inbox.live.counts import Counts
from inbox.live.endpoint import Authenticate, LiveEndpoint, TypingOut
from inbox.live.frames import Close, Mine, Resync, Snapshot, encode
from inbox.live.frames import Presence as PresenceFrame
from inbox.live.hub import Hub, Socket
from inbox.live.own import whole
from inbox.live.presence import TYPING_SECONDS, Presence
from inbox.live.shown import Showing, Shown
from inbox.live.tail import Tail
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Database, Query

log = structlog.get_logger(__name__)

PRESENCE_SECONDS = 0.25
ATTENDANCE_SECONDS = 1.0


class Desk:
    """Everything live. `authenticate` and `typing_out` come from the layers above and beside."""

    def __init__(
        self, *, database: Database, writer: Writer, directory: Directory, show: Show, bus: Bus, public_url: str,
        authenticate: Authenticate, cursor_of: snapshot.CursorOf,
    ) -> None:  # fmt: skip
        self.database = database
        self.directory = directory
        self.bus = bus
        self.hub = Hub()
        self.tail = Tail(database, Showing(show, public_url), bus, self.hub.publish)
        self.presence = Presence(self.hub, bus, clock.now)
        self.counts = Counts(database, self.hub, directory, clock.now)
        self.snapshots = snapshot.Snapshots(directory, show, public_url, cursor_of)
        self._woven = _woven(directory)
        self.typing_out: TypingOut = lambda conversation_id, thread_id, on: None
        self.endpoint = LiveEndpoint(
            hub=self.hub,
            tail=self.tail,
            presence=self.presence,
            authenticate=authenticate,
            take_snapshot=self._snapshot,
            take_own=self._own,
            audience_of=self._audience_of,
            typing_out=lambda *told: self.typing_out(*told),
            joined=self._joined,
            now=clock.now,
        )
        self.attendants = Attendants(self.hub, writer, directory, clock.now)
        self.hub.on_event.append(self._setting_changed)
        bus.listen(MINE, self._mine)
        writer.listeners.append(self.tail.committed)

    def routes(self) -> list[BaseRoute]:
        """The socket, under both its addresses."""
        return [WebSocketRoute("/live", self.endpoint.serve), WebSocketRoute("/api/v1/live", self.endpoint.serve)]

    async def run(self) -> None:
        """Follow the log and tell, until cancelled; then every socket is closed with 1012 and comes back elsewhere.

        `tail.open` comes first: from then on the process shows what it commits.
        """
        self._woven = _woven(self.directory)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.tail.run(), name="tail")
                group.create_task(_every(1.0, self._each_second), name="progress")
                group.create_task(_every(PRESENCE_SECONDS, self._flush), name="presence")
                group.create_task(_every(ATTENDANCE_SECONDS, self.attendants.beat), name="attendance")
        finally:
            self.hub.close_all(Close.RESTART)

    def tell(self, agent_id: int, frame: Mine) -> None:
        """Send an agent's own news to all his sockets, in every process."""
        self.bus.publish(MINE, str(agent_id).encode() + b" " + encode(frame))

    def customer_types(self, conversation: Conversation, thread_id: int, name: str) -> None:
        """A customer is writing: told to those who may see the conversation."""
        self.presence.seen(
            Sign(
                agent_id=0,
                conversation_id=conversation.id,
                state="typing",
                until=clock.now() + TYPING_SECONDS * SECOND,
                channel_id=conversation.channel_id,
                team_id=conversation.team_id,
                thread_id=thread_id,
                name=name,
            )
        )

    # -- inside

    def _mine(self, payload: bytes) -> None:
        agent, _, frame = payload.partition(b" ")
        self.hub.tell(int(agent), frame)
        marks = msgspec.json.decode(frame, type=_Marks)
        if marks.starred or marks.following:
            self.counts.asked.heard()

    async def _flush(self) -> None:
        self.presence.flush()

    async def _each_second(self) -> None:
        self.hub.progress()
        await self.counts.tell()

    async def _snapshot(self, socket: Socket, principal: Principal, view: str) -> Snapshot:
        # The directory holds what the tail has heard of, the rest is read: where others wrote in between, a snapshot
        # is as old as its oldest part, and what came later is told after it.
        known = self.tail.position
        snapshot = await self.snapshots.snapshot(principal, view, self.presence.visible_to(socket))
        snapshot.position = min(snapshot.position, known)
        return snapshot

    async def _own(self, agent_id: int) -> tuple[int, Mine]:
        return await self.database.read(whole, agent_id)

    async def _audience_of(self, principal: Principal, conversation_id: int) -> e.Audience | None:
        found = await self.database.read(_audience, conversation_id)
        if found is None or not principal.scope.covers(found.channel_id, found.team_id):
            return None
        return found

    def _joined(self, socket: Socket) -> None:
        """A socket is live: what is not in the log is told as it is now."""
        self.counts.forget(socket)
        looking = self.presence.visible_to(socket)
        if looking:
            socket.send(PresenceFrame(entries=looking))

    def _setting_changed(self, shown: Shown) -> None:
        event = shown.event
        if not isinstance(event, e.SettingChanged):
            return
        if event.object in ("agent", "team", "token"):
            self._tokens_changed(event)
        if event.object in ("agent", "team"):
            self._scope_changed()
        woven, self._woven = self._woven, _woven(self.directory)
        if woven != self._woven:
            for socket in list(self.hub.sockets()):
                if socket.live and socket.agent_id is not None:
                    socket.live = False
                    socket.send(Resync(reason="scope"))

    def _scope_changed(self) -> None:
        """A role, a team or the channels of an agent changed: sockets with another scope now start anew."""
        for agent_id in list(self.hub.by_agent):
            agent = self.directory.agents.get(agent_id)
            if agent is None or not agent.active:
                self.hub.revoke(agent_id, None)
                continue
            for socket in self.hub.rescope(self.directory.principal_of(agent)):
                socket.live = False
                socket.send(Resync(reason="scope"))

    def _tokens_changed(self, event: e.SettingChanged) -> None:
        """A revoked token is shut out. A token may no more than whoever made it: when an agent changed, programs come
        again and are asked anew.
        """
        for socket in self.hub.tokens():
            if event.object != "token":
                socket.live = False
                socket.wire.close(Close.RESTART)
            elif event.removed and socket.principal.actor.id == event.id:
                socket.live = False
                socket.wire.close(Close.REVOKED)


class _Marks(msgspec.Struct):
    """What views are counted by, of an agent's own news."""

    starred: dict[str, bool] = {}
    following: dict[str, bool] = {}


def _woven(directory: Directory) -> tuple[Any, ...]:
    """What a snapshot shows of one object in others too: people in their teams, teams and channels as views, what
    agents take unless it is said of them. The frame of the one does not tell of the others.
    """
    return (
        directory.members,
        {team.id: team.name for team in directory.teams.values()},
        {channel.id: channel.name for channel in directory.channels.values()},
        directory.attendance.capacity,
    )


def _audience(conversation_id: int) -> Query[e.Audience | None]:
    rows = yield ByKeys(t.conversation, [conversation_id])
    if not rows:
        return None
    found = Conversation(*rows[0])
    return e.Audience(found.channel_id, found.team_id, found.assignee_id)


async def _every(seconds: float, do: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await do()
        except Unavailable as problem:
            log.warning("live_turn_waits", what=getattr(do, "__name__", "?"), detail=problem.detail)
        except Exception:  # the edge of a worker item: the next turn comes
            log.exception("live_turn_failed", what=getattr(do, "__name__", "?"))
