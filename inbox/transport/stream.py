"""Keeping a network's stream open: the driver of `connectors.exchange.Stream` machines over websockets.

The machine says what to do, this loop does it, one step at a time: a `Deliver` is committed before the next frame is
read. So a cut at any moment loses nothing that the network can send again from the committed resume state, and a slow
database slows the network down instead of filling memory.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from connectors.errors import SendError, SendErrorKind
from connectors.exchange import Connect, Deliver, Reconnect, Stream, StreamStep, WakeAt, Write
from connectors.inbound import AnyInbound
from inbox import clock
from inbox.transport.guard import AddressRefused, Guard
from inbox.transport.reach import Reach, origin_of

Commit: TypeAlias = Callable[[Sequence[AnyInbound], str, bytes], Awaitable[None]]
"""(inbounds, resume, raw): stores all of them in one transaction and returns when they are durable."""

OPEN_SECONDS = 15.0
PING_SECONDS = 20.0
MAX_FRAME_BYTES = 16_777_216
_FIRST_DELAY_SECONDS = 1.0
_LONGEST_DELAY_SECONDS = 60.0
_SETTLED_SECONDS = 60.0
"""A connection that lasted so long, or delivered, starts the back-off anew when it ends."""

_log = structlog.get_logger(__name__)
_chance = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Line:
    """What a stream runs over: the guard, what the channel may reach, and whom to trust in TLS."""

    guard: Guard
    reach: Reach
    tls: ssl.SSLContext
    ping_seconds: float = PING_SECONDS
    first_delay_seconds: float = _FIRST_DELAY_SECONDS


async def run(
    machine: Stream,
    line: Line,
    *,
    resume: str,
    commit: Commit,
    on_up: Callable[[bool], None] = lambda up: None,
) -> None:
    """Keep the stream open until cancelled, from the resume state committed last.

    A connection that ends is opened anew, after 1 s at first and up to 60 s, with jitter. `on_up` is told when it is
    up and when it is gone. Raises what the machine and `commit` raise, and SendError(REAUTH) when the network answers
    the handshake with 401 or 403.
    """
    session = _Session(machine, line, commit, on_up, resume)
    failures = 0
    while True:
        after_seconds = await session.run_once()
        failures = 0 if session.settled else failures + 1
        if after_seconds is None:
            longest = min(_LONGEST_DELAY_SECONDS, line.first_delay_seconds * 2**failures)
            after_seconds = _chance.uniform(longest / 2, longest)
        await asyncio.sleep(after_seconds)


class _Lost(Exception):
    """This connection is over; `after_seconds` where the machine said when to come back."""

    def __init__(self, why: str, after_seconds: float | None = None) -> None:
        super().__init__(why)
        self.after_seconds = after_seconds


class _Session:
    """One machine with its connection, its alarm clock and the resume state committed last."""

    def __init__(self, machine: Stream, line: Line, commit: Commit, on_up: Callable[[bool], None], resume: str) -> None:
        self._machine = machine
        self._line = line
        self._commit = commit
        self._on_up = on_up
        self._resume = resume
        self._socket: ClientConnection | None = None
        self._wake_at: int | None = None
        self.settled = False

    async def run_once(self) -> float | None:
        """From `open` to the end of the connection. Returns how long the machine wants to stay away, if it said so."""
        self.settled = False
        self._wake_at = None
        began = asyncio.get_running_loop().time()
        try:
            await self._carry_out(self._machine.open(self._resume))
            while True:
                await self._carry_out(await self._next())
        except _Lost as lost:
            _log.info("stream_closed", why=str(lost))
            return lost.after_seconds
        finally:
            self.settled = self.settled or asyncio.get_running_loop().time() - began > _SETTLED_SECONDS
            await self._close()

    async def _next(self) -> list[StreamStep]:
        """Wait for a frame or for the alarm, whichever comes first, and ask the machine. The alarm goes before frames
        that have come in already, so that a flood of them cannot keep back a heartbeat.
        """
        delay = None if self._wake_at is None else (self._wake_at - clock.now()) / clock.SECOND
        if delay is None or delay > 0:
            try:
                async with asyncio.timeout(delay):
                    frame = await self._receive()
            except TimeoutError:
                pass
            else:
                return self._machine.on_frame(frame, clock.now())
        self._wake_at = None
        return self._machine.on_timer(clock.now())

    async def _receive(self) -> str | bytes:
        while self._socket is None:
            if self._wake_at is None:
                raise _Lost("the machine neither connected nor set an alarm")
            # Only the alarm ends this wait.
            await asyncio.Event().wait()
        try:
            return await self._socket.recv()
        except ConnectionClosed as closed:
            raise _Lost(str(closed)) from closed

    async def _carry_out(self, first: list[StreamStep]) -> None:
        """Do the steps in order; what `on_committed` asks for comes before the steps after its `Deliver`."""
        steps = deque(first)
        while steps:
            match steps.popleft():
                case Connect() as step:
                    await self._connect(step)
                case Write(data=data):
                    await self._write(data)
                case Deliver(inbounds=inbounds, resume=resume, token=token, raw=raw):
                    await self._commit(inbounds, resume, raw)
                    self._resume = resume
                    self.settled = True
                    steps.extendleft(reversed(self._machine.on_committed(token)))
                case WakeAt(at=at):
                    self._wake_at = at
                case Reconnect(after_seconds=after_seconds):
                    raise _Lost("the machine asked for it", after_seconds)
                case other:
                    assert_never(other)

    async def _connect(self, step: Connect) -> None:
        await self._close()
        reach = self._line.reach
        try:
            origin = origin_of(step.url)
            sock = await self._line.guard.connect(origin.host, origin.port, reach.given, timeout_seconds=OPEN_SECONDS)
            secure = origin.scheme == "wss"
            self._socket = await connect(
                step.url,
                sock=sock,
                additional_headers=dict(step.headers),
                subprotocols=[Subprotocol(name) for name in step.subprotocols] or None,
                proxy=None,
                open_timeout=OPEN_SECONDS,
                ping_interval=self._line.ping_seconds,
                ping_timeout=self._line.ping_seconds,
                close_timeout=2,
                max_size=MAX_FRAME_BYTES,
                ssl=self._line.tls if secure else None,
                server_hostname=origin.host if secure else None,
            )
        except InvalidStatus as refused:
            status = refused.response.status_code
            if status in (401, 403):
                raise SendError(SendErrorKind.REAUTH, f"the stream was refused with HTTP {status}") from refused
            raise _Lost(f"handshake answered with HTTP {status}") from refused
        except (AddressRefused, OSError, TimeoutError, InvalidHandshake, WebSocketException, ValueError) as failed:
            raise _Lost(f"{type(failed).__name__}: {failed}") from failed
        self._on_up(True)

    async def _write(self, data: str) -> None:
        if self._socket is None:
            raise _Lost("the machine wrote before it connected")
        try:
            # A peer that stops reading would hold this up for ever: keep-alive pings wait behind it.
            async with asyncio.timeout(self._line.ping_seconds):
                await self._socket.send(data)
        except (ConnectionClosed, TimeoutError) as lost:
            self._socket.transport.abort()
            raise _Lost(f"could not write: {type(lost).__name__}") from lost

    async def _close(self) -> None:
        if self._socket is None:
            return
        socket, self._socket = self._socket, None
        self._on_up(False)
        try:
            await socket.close()
        except BaseException:
            socket.transport.abort()
            raise
