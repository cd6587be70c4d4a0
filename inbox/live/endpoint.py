"""`GET /live`: one socket of an agent, from handshake to close.

Authorised before it is accepted. Frames are a closed union; anything else closes with 4400, too many with 4429. Nothing
a client sends is echoed and an error says no more than a code.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import msgspec
import structlog
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

import inbox
from inbox.clock import DAY, SECOND, iso
from inbox.domain import events as e
from inbox.domain.permissions import Principal, require
from inbox.domain.presence import Sign
from inbox.errors import InboxError, Invalid, Unavailable
from inbox.live import frames as f
from inbox.live.hub import Hub, Socket
from inbox.live.presence import EXPIRY_SECONDS, TYPING_SECONDS, Presence
from inbox.live.shown import Shown
from inbox.live.tail import Tail

log = structlog.get_logger(__name__)

MAX_REPLAY = 10_000
MAX_AGE = DAY
FRAMES_PER_SECOND = 20
BURST = 60
CLOSE_SECONDS = 3.0
PAGE = 500
PIECE_BYTES = 262_144
"""What is replayed before the peer must have taken nearly all of it; one event may be longer."""
TURNS = 8
"""So many are read for at once: thousands who come together would else keep everything else waiting for seconds."""
_VIEW = re.compile(r"[a-z_]{1,40}(:[a-z_]{1,40}|:[0-9]{1,18})?")
"""Keys there may be. Any other would reach the store, which does not take every number and letter."""

Authenticate = Callable[[WebSocket], Awaitable[Principal | None]]
TakeSnapshot = Callable[[Socket, Principal, str], Awaitable[f.Snapshot]]
TakeOwn = Callable[[int], Awaitable[tuple[int, f.Mine]]]
AudienceOf = Callable[[Principal, int], Awaitable[e.Audience | None]]
TypingOut = Callable[[int, int | None, bool], None]
Joined = Callable[[Socket], None]


class LiveEndpoint:
    """The endpoint's parts. `take_own` gives what is an agent's alone and the position it is true at; `audience_of`
    who may see a conversation, None where the principal may not; `joined` is told of a socket that has become live.
    """

    def __init__(
        self, *, hub: Hub, tail: Tail, presence: Presence, authenticate: Authenticate, take_snapshot: TakeSnapshot,
        take_own: TakeOwn, audience_of: AudienceOf, typing_out: TypingOut, joined: Joined, now: Callable[[], int],
    ) -> None:  # fmt: skip
        self.hub = hub
        self.tail = tail
        self.presence = presence
        self.authenticate = authenticate
        self.take_snapshot = take_snapshot
        self.take_own = take_own
        self.audience_of = audience_of
        self.typing_out = typing_out
        self.joined = joined
        self.turns = asyncio.Semaphore(TURNS)
        self.now = now

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one socket until it closes."""
        rights = self.hub.rights
        principal = await self._admitted(websocket)
        if principal is None:
            return
        wire = _Wire(websocket)
        socket = Socket(wire, principal)
        session = _Session(self, socket, wire)
        self.hub.add(socket)
        if rights != self.hub.rights:
            # His may have changed while he was let in, and he was not yet there to be moved: he is asked anew.
            wire.close(f.Close.RESTART)
        try:
            socket.send(
                f.Hello(
                    epoch=self.tail.epoch,
                    position=self.tail.position,
                    server_time=iso(self.now()),
                    version=inbox.__version__,
                )
            )
            await session.serve(websocket)
        except WebSocketDisconnect:
            pass
        finally:
            self.hub.remove(socket)
            session.leave()
            if socket.agent_id is not None and socket.agent_id not in self.hub.by_agent:
                self.presence.gone(socket.agent_id)
            await wire.finished()

    async def _admitted(self, websocket: WebSocket) -> Principal | None:
        try:
            principal = await self.authenticate(websocket)
            if principal is not None:
                require(principal, "read")
        except InboxError as problem:
            await websocket.send_denial_response(
                JSONResponse({"code": problem.code, "status": problem.status}, status_code=problem.status)
            )
            return None
        if principal is None:
            # A browser cannot read a refused handshake: accept, say why with the code, close.
            await websocket.accept(subprotocol=_subprotocol(websocket))
            await websocket.close(f.Close.SIGN_IN)
            return None
        await websocket.accept(subprotocol=_subprotocol(websocket))
        return principal


def _subprotocol(websocket: WebSocket) -> str | None:
    return f.SUBPROTOCOL if f.SUBPROTOCOL in websocket.scope.get("subprotocols", []) else None


class _Wire:
    """`hub.Wire` over uvicorn's transport."""

    def __init__(self, websocket: WebSocket) -> None:
        extensions: dict[str, Any] = websocket.scope["extensions"]
        self._websocket = websocket
        # Attributes, not methods: a call less for each of ten thousand sockets.
        self.write: Callable[[bytes], None] = extensions["inbox.write"]["write"]
        self.buffered: Callable[[], int] = extensions["inbox.buffered"]["size"]
        self.drained: Callable[[], Awaitable[bool]] = extensions["inbox.drained"]["wait"]
        """Wait until the peer has taken nearly all; False when it is gone."""
        self._abort: Callable[[], None] = extensions["inbox.abort"]["abort"]
        self._closing: asyncio.Task[None] | None = None

    def close(self, code: f.Close) -> None:
        self.write = _nowhere  # a replay under way ends here: who is shut out gets nothing more
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close(code))

    async def _close(self, code: f.Close) -> None:
        # A peer that has stopped reading takes no close frame either: it is cut after a moment.
        with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._websocket.close(code)
                return
        self._abort()

    async def finished(self) -> None:
        """Wait until a close that was begun has been said."""
        if self._closing is not None:
            await asyncio.wait([self._closing], timeout=CLOSE_SECONDS + 1)


def _nowhere(frames: bytes) -> None:
    pass


class _Session:
    """What one socket asked for and shows."""

    def __init__(self, endpoint: LiveEndpoint, socket: Socket, wire: _Wire) -> None:
        self.endpoint = endpoint
        self.socket = socket
        self.wire = wire
        self.key = f"{id(socket):x}"
        self.looking: Sign | None = None
        self._allowance = float(BURST)
        self._refilled = endpoint.now()

    @property
    def principal(self) -> Principal:
        return self.socket.principal

    async def serve(self, websocket: WebSocket) -> None:
        while True:
            received = await websocket.receive()
            if received["type"] == "websocket.disconnect":
                return
            if not self._allowed():
                self.socket.wire.close(f.Close.FLOOD)
                return
            data: str | bytes = received.get("text") or received.get("bytes") or b""
            try:
                frame = f.decode_client(data)
            except (msgspec.DecodeError, UnicodeError):
                self.socket.wire.close(f.Close.BAD_FRAME)
                return
            await self._handle(frame)

    def _allowed(self) -> bool:
        now = self.endpoint.now()
        earned = max(0, now - self._refilled) / SECOND * FRAMES_PER_SECOND
        self._allowance = min(float(BURST), self._allowance + earned) - 1.0
        self._refilled = now
        return self._allowance >= 0

    async def _handle(self, frame: f.AnyClientFrame) -> None:
        try:
            match frame:
                case f.AskSnapshot(view=view):
                    await self._snapshot(view)
                case f.Resume(epoch=epoch, position=position):
                    await self._resume(epoch, position)
                case f.Viewing():
                    await self._viewing(frame)
                case f.Typing():
                    await self._typing(frame)
        except Unavailable as problem:
            if isinstance(frame, f.AskSnapshot | f.Resume):
                # Nothing would come any more, and nobody asks twice: he comes again when the store may be back.
                self.wire.close(f.Close.RESTART)
            else:
                self.socket.send(f.Error(code=problem.code))
        except InboxError as problem:
            self.socket.send(f.Error(code=problem.code))

    async def _snapshot(self, view: str) -> None:
        socket, principal, was_live = self.socket, self.principal, self.socket.live
        socket.live = False
        try:
            async with self.endpoint.turns:
                socket.hold()
                snapshot = await self.endpoint.take_snapshot(socket, principal, view if _VIEW.fullmatch(view) else "")
                if self.principal is not principal:
                    return  # what he may see changed meanwhile, and he was told to ask again
                socket.position = snapshot.position
                socket.send(snapshot)
        except Invalid:
            if was_live:
                await self._join()
            raise
        finally:
            socket.release()
        await self._join()

    async def _resume(self, epoch: int, position: int) -> None:
        reason = await self._why_not(epoch, position)
        if reason is not None:
            self.socket.send(f.Resync(reason=reason))  # type: ignore[arg-type]
            return
        self.socket.live = False
        self.socket.position = position
        if self.socket.agent_id is None or await self._tell_own(self.socket.agent_id):
            await self._join()

    async def _tell_own(self, agent_id: int) -> bool:
        """Send what he missed up to a position, then what is his own at it: it is in no log. False where there is no
        going on.
        """
        try:
            async with self.endpoint.turns:
                self.socket.hold()
                position, own = await self.endpoint.take_own(agent_id)
            if not await self._catch_up(position):
                return False
            self.socket.send(own)
            return True
        finally:
            self.socket.release()

    async def _why_not(self, epoch: int, position: int) -> str | None:
        tail = self.endpoint.tail
        if epoch != tail.epoch:
            return "epoch"
        if tail.position - position > MAX_REPLAY or position < 0:
            return "too_old"
        if position > tail.position and position > await tail.head():
            return "epoch"  # never written here: a store put back to an earlier state by other means than `restore`
        missed = await tail.missed(position, 1)
        if missed and self.endpoint.now() - missed[0].at > MAX_AGE:
            return "too_old"
        return None

    async def _catch_up(self, position: int) -> bool:
        """Send what happened up to a position, as far as it is known here. False where there is no going on."""
        socket, principal = self.socket, self.principal
        while await self.wire.drained():
            async with self.endpoint.turns:
                missed = await self.endpoint.tail.missed(socket.position, PAGE)
            missed = [one for one in missed if one.position <= position]
            if not missed or self.principal is not principal:
                return self.principal is principal
            if not await self._replay(missed):
                return False
        return False

    async def _join(self) -> None:
        """Send what happened since the socket's position, until there is nothing left, then go live without a gap."""
        principal = self.principal
        # A snapshot is a piece, too: whoever is still busy taking it is not yet behind.
        while await self.wire.drained():
            missed = await self._missed(principal)
            if self.principal is not principal or not missed:
                return  # told to ask for a snapshot, or live
            if not await self._replay(missed):
                return

    async def _replay(self, missed: Sequence[Shown]) -> bool:
        """Send events a piece at a time, as the peer takes them: who has missed much is not taken for one that has
        stopped reading. False where there is no going on.
        """
        if any(_changes_more(one, self.socket.agent_id) for one in missed):
            self.socket.send(f.Resync(reason="scope"))
            return False
        for piece in _pieces(missed):
            if not await self.wire.drained():
                return False
            self.endpoint.hub.replay(self.socket, piece)
        return True

    async def _missed(self, principal: Principal) -> Sequence[Shown]:
        """What he misses still, at most a page; where that is nothing he is live from here on."""
        socket = self.socket
        async with self.endpoint.turns:
            await asyncio.sleep(0)
            missed = await self.endpoint.tail.missed(socket.position, PAGE)
            if not missed and self.principal is principal:
                socket.live = True
                self.endpoint.joined(socket)
            return missed

    async def _viewing(self, frame: f.Viewing) -> None:
        self.socket.views = frozenset(view for view in frame.views[:50] if _VIEW.fullmatch(view))
        wanted = _id(frame.conversation_id)
        if self.looking is not None and self.looking.conversation_id != wanted:
            self.leave()
        self.socket.conversation_id = wanted
        if wanted is not None and self.principal.agent_id is not None:
            state = self.looking.state if self.looking is not None else "reading"
            await self._sign(wanted, state)

    async def _typing(self, frame: f.Typing) -> None:
        conversation_id = _id(frame.conversation_id)
        if conversation_id is None or self.principal.agent_id is None:
            return
        state = {"reply": "writing", "note": "noting", "none": "reading"}[frame.mode]
        if await self._sign(conversation_id, state) and frame.mode != "note":
            # A note being written is nobody's business outside.
            self.endpoint.typing_out(conversation_id, _id(frame.thread_id), frame.mode == "reply")

    async def _sign(self, conversation_id: int, state: str) -> bool:
        audience: e.Audience | None = None
        if self.looking is not None and self.looking.conversation_id == conversation_id:
            audience = e.Audience(self.looking.channel_id, self.looking.team_id)
        if audience is None or not self.principal.scope.sees(audience):
            audience = await self.endpoint.audience_of(self.principal, conversation_id)
        if audience is None:
            self.socket.send(f.Error(code="not_found"))
            return False
        seconds = EXPIRY_SECONDS if state == "reading" else TYPING_SECONDS * 2
        self.looking = Sign(
            agent_id=self.principal.agent_id or 0,
            conversation_id=conversation_id,
            state=state,
            until=self.endpoint.now() + seconds * SECOND,
            channel_id=audience.channel_id,
            team_id=audience.team_id,
            socket=self.key,
        )
        self.endpoint.presence.seen(self.looking)
        return True

    def leave(self) -> None:
        """No longer looking: a claim while writing ends with the connection."""
        if self.looking is not None:
            self.endpoint.presence.seen(msgspec.structs.replace(self.looking, until=0))
            self.looking = None


def _changes_more(one: Shown, agent_id: int | None) -> bool:
    """Whether an event may change what he sees, or more of an agent's snapshot than its frame tells (`desk`): later it
    is not known how much. Secrets that are renewed, of which only admins hear, change nothing that is shown.
    """
    if not isinstance(one.event, e.SettingChanged):
        return False
    of_snapshots = agent_id is not None and not one.audience.admins
    return one.event.object == "team" or (of_snapshots and one.event.object in ("agent", "channel", "house"))


def _pieces(shown: Sequence[Shown]) -> Iterator[Sequence[Shown]]:
    begin = size = 0
    for end, one in enumerate(shown):
        size += len(one.frame)
        if size > PIECE_BYTES and end > begin:
            yield shown[begin:end]
            begin, size = end, len(one.frame)
    yield shown[begin:]


def _id(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None
