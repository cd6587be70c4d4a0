"""`GET /chat/{channel}/ws`: one visitor's socket, from the first frame to the close.

What is kept is sent from the database, in the order of the visitor's own count; only acknowledgements and signs of
typing wait in memory, a bounded few. A visitor who stops reading is cut and comes back to where he was.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from inbox import clock
from inbox.clock import SECOND
from inbox.errors import Forbidden, InboxError, Unauthorised, Unavailable
from inbox.throttle import Rate
from inbox.webchat import frames as f
from inbox.webchat.site import Site
from inbox.webchat.visitor import Chat, Visitor, until_seconds

log = structlog.get_logger(__name__)

AUTH_SECONDS = 10.0
SILENT_SECONDS = 75.0
"""The widget gives a sign of life every 25 s; three missed are the end."""
SEND_SECONDS = 15.0
CLOSE_SECONDS = 3.0
MAX_WAITING = 200
MAX_TYPING_WAITING = 50
FRAMES_PER_SECOND = 10
BURST = 60
_NOTHING = 1 << 60
"""A count that no thread has: whoever is there gets the newest items afresh."""
CONNECTS = Rate(burst=30, every_seconds=1.0)

SiteOf = Callable[[WebSocket], Awaitable[Site]]
"""The chat of the socket's address. Raises NotFound, and Forbidden where the website or the visitor may not."""


class _Closed(Exception):
    """The conversation with this socket is over."""

    def __init__(self, code: f.Close) -> None:
        super().__init__(code.name)
        self.code = code


class VisitorEndpoint:
    """Serves visitors' sockets."""

    def __init__(self, chat: Chat, site_of: SiteOf) -> None:
        self._chat = chat
        self._site_of = site_of

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one socket until it closes."""
        address = websocket.client.host if websocket.client else ""
        await websocket.accept()
        try:
            site = await self._site_of(websocket)
        except Unavailable:
            await _close(websocket, f.Close.RESTART)
            return
        except InboxError:
            # A browser cannot read a refused handshake: accepted, then told why by the code.
            await _close(websocket, f.Close.ORIGIN)
            return
        if self._chat.throttle.take(("chat-connect", address), CONNECTS):
            await _close(websocket, f.Close.FLOOD)
            return
        session = _Session(self._chat, site, websocket, address)
        try:
            await session.serve()
        except _Closed as closed:
            await _close(websocket, closed.code)
        except Unavailable:
            await _close(websocket, f.Close.RESTART)
        except (WebSocketDisconnect, OSError):
            pass
        finally:
            session.leave()


class _Session:
    """A visitor's socket; a `rooms.Guest`."""

    def __init__(self, chat: Chat, site: Site, websocket: WebSocket, address: str) -> None:
        self._chat = chat
        self._site = site
        self._websocket = websocket
        self._address = address
        self._visitor: Visitor | None = None
        self._seq = 0
        """What he has, by his own count."""
        self._out: deque[f.AnyOut] = deque()
        self._awake = asyncio.Event()
        self._ending: f.Close | None = None
        self._told: tuple[int, str, f.Form | None, bool | None] = (0, "", None, None)
        """What he was told beside items: how far the desk has read, who answers, which form is due, open or closed."""
        self._allowance = float(BURST)
        self._refilled = self._heard_at = clock.now()

    # -- Guest

    @property
    def visitor_key(self) -> str:
        return self._visitor.key if self._visitor is not None else ""

    @property
    def thread_id(self) -> int:
        standing = self._visitor.standing if self._visitor is not None else None
        return standing.thread.id if standing is not None else 0

    def wake(self) -> None:
        self._awake.set()

    def typing(self, on: bool) -> None:
        # The first thing to do without when he reads slowly.
        if len(self._out) < MAX_TYPING_WAITING:
            self._put(f.Writing(on=on))

    def restart(self) -> None:
        self._ending = f.Close.RESTART
        self._awake.set()

    # -- serving

    async def serve(self) -> None:
        """Sign in, then read and write until either ends. Raises _Closed and WebSocketDisconnect."""
        visitor = self._visitor = await self._signed_in()
        self._chat.rooms.enter(self)
        writing = asyncio.create_task(self._write(visitor))
        reading = asyncio.create_task(self._read(visitor))
        try:
            await asyncio.wait((writing, reading), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (writing, reading):
                task.cancel()
            done = await asyncio.gather(writing, reading, return_exceptions=True)
        for problem in done:
            if isinstance(problem, Exception):
                raise problem

    def leave(self) -> None:
        """He is gone."""
        if self._visitor is not None:
            self._chat.rooms.leave(self)

    async def _signed_in(self) -> Visitor:
        try:
            async with asyncio.timeout(AUTH_SECONDS):
                frame = await self._next()
        except TimeoutError:
            raise _Closed(f.Close.TIMEOUT) from None
        if not isinstance(frame, f.Auth):
            raise _Closed(f.Close.BAD_FRAME)
        now = clock.now()
        try:
            claims = self._chat.tokens.read(frame.token, self._site.channel_id, now)
            visitor = Visitor(self._chat, self._site, claims, self._address)
            await visitor.refresh()
        except Unauthorised:
            raise _Closed(f.Close.TOKEN) from None
        except Forbidden:
            raise _Closed(f.Close.ORIGIN) from None
        visitor.person.language = frame.language[:20]
        if frame.page is not None:
            visitor.went_to(f.Page(url=frame.page.url, title=frame.page.title, referrer=frame.page.referrer))
        self._seq = max(0, frame.last_seq)
        await self._catch_up(visitor)
        token = self._chat.tokens.renewed(claims, now)
        self._put(
            f.Ready(seq=self._seq, read_up_to_seq=_read_seq(visitor), token=token, verified=bool(claims.sub)),
        )
        self._told = (_read_seq(visitor), visitor.agent(), None, None)
        self._awake.set()
        return visitor

    async def _read(self, visitor: Visitor) -> None:
        while True:
            frame = await self._next()
            self._heard_at = clock.now()
            client_msg_id = getattr(frame, "client_msg_id", None)
            try:
                await self._do(visitor, frame)
            except InboxError as problem:
                self._put(_problem(problem, client_msg_id))

    async def _do(self, visitor: Visitor, frame: f.AnyFrame) -> None:
        match frame:
            case f.Send():
                self._put(await visitor.say(frame))
            case f.Edit():
                await visitor.edit(frame)
            case f.Delete():
                await visitor.delete(frame)
            case f.Typing():
                await visitor.typing(frame)
            case f.Delivered() | f.Read():
                await visitor.seen(frame)
            case f.Identify():
                await self._identify(visitor, frame)
            case f.Page():
                visitor.went_to(frame)
            case f.Ping():
                self._put(f.Pong())
            case f.Auth():
                raise _Closed(f.Close.BAD_FRAME)

    async def _identify(self, visitor: Visitor, frame: f.Identify) -> None:
        before, thread_id = visitor.key, self.thread_id
        self._put(await visitor.identify(frame))
        if visitor.key != before:
            self._chat.rooms.renamed(self, before)
        if self.thread_id != thread_id:
            # Another thread is his now, with a count of its own: he begins anew.
            self._seq = _NOTHING
        self._awake.set()

    async def _next(self) -> f.AnyFrame:
        received = await self._websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", 1000))
        if not self._is_allowed():
            raise _Closed(f.Close.FLOOD)
        data: str | bytes = received.get("text") or received.get("bytes") or b""
        if len(data) > f.MAX_FRAME_BYTES:
            raise _Closed(f.Close.BAD_FRAME)
        try:
            frame: f.AnyFrame = f.decode(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise _Closed(f.Close.BAD_FRAME) from None
        return frame

    def _is_allowed(self) -> bool:
        now = clock.now()
        earned = max(0, now - self._refilled) / SECOND * FRAMES_PER_SECOND
        self._allowance = min(float(BURST), self._allowance + earned) - 1.0
        self._refilled = now
        return self._allowance >= 0

    # -- writing

    async def _write(self, visitor: Visitor) -> None:
        while True:
            self._awake.clear()
            await self._flush()
            if self._ending is not None:
                raise _Closed(self._ending)
            try:
                await visitor.refresh()
                if self._place(visitor):
                    self._awake.set()
                await self._catch_up(visitor)
                await self._tell(visitor)
            except Forbidden:
                raise _Closed(f.Close.ORIGIN) from None
            except InboxError as problem:
                # The store is away: what is new is read at the next turn.
                log.debug("chat_read_failed", detail=problem.detail)
            if clock.now() - self._heard_at > SILENT_SECONDS * SECOND:
                raise _Closed(f.Close.TIMEOUT)
            await self._sleep(visitor)

    async def _sleep(self, visitor: Visitor) -> None:
        """Until woken, or until the doors open or close, at most for a while."""
        change = until_seconds(visitor.status().until, clock.now())
        seconds = 15.0 if change is None else min(15.0, change + 0.05)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._awake.wait()

    async def _catch_up(self, visitor: Visitor) -> None:
        more = True
        while more:
            before = self._seq
            frames, reached, more = await visitor.news(before)
            if self._seq != before:
                # He signed in meanwhile: this was of the thread that he had.
                more = True
                continue
            self._seq = reached
            for frame in frames:
                await self._send(frame)

    async def _tell(self, visitor: Visitor) -> None:
        """What else changed: the desk has read, somebody took it, the doors opened or closed."""
        status, read, agent = visitor.status(), _read_seq(visitor), visitor.agent()
        told_read, told_agent, told_form, told_open = self._told
        self._told = (read, agent, status.form, status.open)
        if (status.form, status.open) != (told_form, told_open):
            await self._send(status)
        if read > told_read:
            await self._send(f.ReadUpTo(up_to_seq=read))
        if agent and agent != told_agent:
            await self._send(f.Joined(name=agent))

    def _place(self, visitor: Visitor) -> bool:
        standing = visitor.standing
        return standing is not None and self._chat.rooms.place(self, standing.conversation.id)

    def _put(self, frame: f.AnyOut) -> None:
        if len(self._out) >= MAX_WAITING:
            self._ending = f.Close.TIMEOUT
        else:
            self._out.append(frame)
        self._awake.set()

    async def _flush(self) -> None:
        while self._out:
            await self._send(self._out.popleft())

    async def _send(self, frame: f.AnyOut) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._websocket.send_text(f.encode(frame).decode())
        except TimeoutError:
            raise _Closed(f.Close.TIMEOUT) from None


def _read_seq(visitor: Visitor) -> int:
    return visitor.standing.read_seq if visitor.standing is not None else 0


def _problem(problem: InboxError, client_msg_id: str | None) -> f.Problem:
    errors: list[dict[str, str]] = problem.extra.get("errors", [])
    return f.Problem(
        code=problem.code,
        detail=problem.detail,
        client_msg_id=client_msg_id,
        retry_after_seconds=problem.extra.get("retry_after_seconds"),
        fields={one["pointer"]: one["message"] for one in errors},
    )


async def _close(websocket: WebSocket, code: f.Close) -> None:
    """Close; a peer that takes no close frame either is cut."""
    with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await websocket.close(code)
            return
    extensions: dict[str, Any] = websocket.scope.get("extensions") or {}
    abort = extensions.get("inbox.abort")
    if abort is not None:
        abort["abort"]()
