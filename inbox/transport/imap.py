"""Reading and filing mail over IMAP: what is new by UID, our copy into Sent, flags, and waiting in IDLE.

IMAPClient blocks, so every command runs in a pool of threads. Waiting does not: once the server is in IDLE, the
event loop watches the socket, and a thread is only needed to read what came. A channel has at most two connections, one
that works and one that waits; both are kept and used again.
"""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Literal, TypeVar

import structlog

from connectors.exchange import (
    FetchMail,
    MailFetched,
    MailRefused,
    MailServer,
    MailStored,
    StoreMail,
    TransportFailed,
    WaitForMail,
)
from inbox.transport import imap_folder
from inbox.transport.guard import AddressRefused, Guard, Trust
from inbox.transport.imap_connection import ImapConnection, sign_in, words_of
from inbox.transport.imap_download import Breaking
from inbox.transport.mail_body import MailBody
from inbox.transport.media import MediaMissing, MediaStore

CONNECT_SECONDS = 15.0
READ_SECONDS = 60.0
"""A server that says nothing for so long in the middle of a command is given up."""
COMMAND_SECONDS = 300.0
IDLE_SECONDS = 28 * 60.0
"""Servers may log out who is idle for 30 minutes; RFC 2177 asks to begin anew before 29 are over."""
NO_IDLE_SECONDS = 60.0
"""How long to wait where the server cannot tell."""

T = TypeVar("T")
# Each connection to a server that hangs keeps a thread for a minute. Threads are made when none is free, so that those
# of dead servers are not what the others wait for.
_threads = ThreadPoolExecutor(max_workers=128, thread_name_prefix="imap")
_log = structlog.get_logger(__name__)


class ImapClient:
    """The IMAP side of one channel."""

    def __init__(
        self, guard: Guard, media: MediaStore, trust: Trust, *, tls: ssl.SSLContext, read_seconds: float = READ_SECONDS
    ) -> None:
        self._guard = guard
        self._media = media
        self._trust = trust
        self._tls = tls
        self._read_seconds = read_seconds
        self._working = _Slot()
        self._waiting = _Slot()
        self._breaking: dict[str, Breaking] = {}

    async def fetch(self, request: FetchMail) -> MailFetched:
        """Read what is new in a folder; flags stay as they are. Raises TransportFailed, MailRefused."""
        breaking = self._breaking.setdefault(request.folder, Breaking())
        breaking.begin()
        try:
            async with (
                self._using(self._working, request.server) as connection,
                asyncio.timeout(COMMAND_SECONDS) as end,
            ):
                progress = partial(_postpone, end, asyncio.get_running_loop())
                read = partial(imap_folder.fetch, connection.client, request, breaking, progress)
                return await _in_thread(connection, read)
        except TransportFailed:
            breaking.broke()
            raise

    async def store(self, request: StoreMail) -> MailStored:
        """File a mail, or set a flag on one. Raises TransportFailed, MailRefused."""
        message = b""
        if request.message:
            try:
                body = MailBody(request.message, request.blobs, self._media)
                # IMAP wants the length first and IMAPClient the whole: our own mails are bounded by what SMTP took.
                message = b"".join([piece async for piece in body])
            except MediaMissing as gone:
                raise TransportFailed("missing", str(gone), sent=False) from gone
        async with self._using(self._working, request.server) as connection, asyncio.timeout(COMMAND_SECONDS):
            return await _in_thread(connection, partial(imap_folder.store, connection.client, request, message))

    async def wait(self, request: WaitForMail) -> bool:
        """Wait until the folder changes (True) or `timeout_seconds` are over (False). To stop, cancel.

        True at once after a new connection was made: what arrived before it began to listen is not announced, so the
        caller looks again. A connection that the server closed counts as a change too. So the caller keeps a least
        distance between two looks of its own.
        """
        async with self._using(self._waiting, request.server) as connection:
            if connection.folder != request.folder:
                await _in_thread(connection, partial(connection.client.select_folder, request.folder, readonly=True))
                connection.folder = request.folder
                return True
            if connection.changed:
                connection.changed = False
                return True
            if not connection.can_idle:
                await asyncio.sleep(min(request.timeout_seconds, NO_IDLE_SECONDS))
                return True
            return await self._idle(connection, request.timeout_seconds)

    async def aclose(self) -> None:
        """Close both connections without ceremony; IMAP servers are used to it."""
        for slot in (self._working, self._waiting):
            slot.drop()

    async def _idle(self, connection: ImapConnection, timeout_seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_seconds
        while (left := until - loop.time()) > 0:
            if await self._idle_once(connection, min(left, IDLE_SECONDS)):
                return True
        return False

    async def _idle_once(self, connection: ImapConnection, seconds: float) -> bool:
        """One IDLE command. The socket is read only when the loop has seen that something came."""
        client = connection.client
        until = asyncio.get_running_loop().time() + seconds
        changed = await _in_thread(connection, connection.begin_idle)
        while not changed:
            try:
                async with asyncio.timeout_at(until):
                    await connection.readable()
            except TimeoutError:
                break
            lines = await _in_thread(connection, partial(client.idle_check, timeout=0))
            if not lines:
                # Readable without a line: the end of the stream.
                self._waiting.drop()
                return True
            changed = connection.tells_of_change(lines)
        _, lines = await _in_thread(connection, client.idle_done)
        return changed or connection.tells_of_change(lines)

    @asynccontextmanager
    async def _using(self, slot: _Slot, server: MailServer) -> AsyncIterator[ImapConnection]:
        """The slot's connection, made anew where needed; given up after any failure."""
        async with slot.lock:
            stage: Literal["login", "imap"] = "login"
            try:
                connection = await self._connection(slot, server)
                stage = "imap"
                yield connection
            except BaseException as error:
                slot.drop()
                failure = _failure(error, stage)
                if failure is error:
                    raise
                raise failure from error

    async def _connection(self, slot: _Slot, server: MailServer) -> ImapConnection:
        if slot.connection is not None:
            if slot.connection.server == server and await _answers(slot.connection):
                return slot.connection
            slot.drop()
        slot.connection = await self._connect(server)
        return slot.connection

    async def _connect(self, server: MailServer) -> ImapConnection:
        sock = await self._guard.connect(server.host, server.port, self._trust, timeout_seconds=CONNECT_SECONDS)
        connection = ImapConnection(sock, server)
        try:
            async with asyncio.timeout(self._read_seconds):
                await _in_thread(connection, partial(sign_in, connection, self._tls, self._read_seconds))
        except BaseException:
            connection.kill()
            raise
        return connection


class _Slot:
    """A place for one connection."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.connection: ImapConnection | None = None

    def drop(self) -> None:
        if self.connection is not None:
            self.connection.kill()
            self.connection = None


async def _answers(connection: ImapConnection) -> bool:
    """Whether a kept connection still works."""
    try:
        async with asyncio.timeout(10):
            _, lines = await _in_thread(connection, connection.client.noop)
    except (TimeoutError, OSError, imaplib.IMAP4.error):
        return False
    connection.changed = connection.changed or connection.tells_of_change(lines)
    return True


def _postpone(end: asyncio.Timeout, loop: asyncio.AbstractEventLoop) -> None:
    """Give what follows its own time: something has come. Called in a thread."""

    def later() -> None:
        with contextlib.suppress(RuntimeError):  # it has ended meanwhile
            end.reschedule(loop.time() + COMMAND_SECONDS)

    loop.call_soon_threadsafe(later)


async def _in_thread(connection: ImapConnection, command: Callable[[], T]) -> T:
    """Run a blocking command. When this task is cancelled the socket is shut, which ends the command in its thread."""
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, command)
    except asyncio.CancelledError:
        connection.kill()
        raise


def _failure(error: BaseException, stage: Literal["login", "imap"]) -> BaseException:
    sent = stage == "imap"
    match error:
        case AddressRefused():
            return TransportFailed("refused", str(error), sent=False)
        case ssl.SSLError():
            return TransportFailed("tls", str(error), sent=sent)
        case TimeoutError():
            return TransportFailed("timeout", str(error) or "the mail server did not answer in time", sent=sent)
        case imaplib.IMAP4.abort() | ConnectionResetError() | BrokenPipeError():
            # imaplib says "socket error: EOF", which tells an admin nothing.
            said = "the mail server closed the connection" if "EOF" in str(error) else str(error)
            return TransportFailed("reset", said, sent=sent)
        case imaplib.IMAP4.error():
            return MailRefused(0, words_of(error), stage=stage)
        case OSError():
            return TransportFailed("reset" if sent else "connect", str(error), sent=sent)
        case TransportFailed() | MailRefused():
            return error
        case Exception():  # the edge of the network: what the libraries make of an answer that is not IMAP
            _log.warning("imap_answer_unreadable", exc_info=error)
            return TransportFailed("reset", "the mail server gave an answer that is not valid IMAP", sent=sent)
        case _:
            return error
