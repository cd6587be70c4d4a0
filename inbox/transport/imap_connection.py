"""One IMAP connection over a socket that the guard has made. The functions block: they run in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Sequence
from typing import Any

import imapclient
import imapclient.exceptions

from connectors.exchange import MailServer, TransportFailed

# Codes of a refusal that may pass by itself (RFC 5530 3).
_NOT_NOW = re.compile(r"\[(?:UNAVAILABLE|SERVERBUG|INUSE|LIMIT)\]", re.IGNORECASE)


class ImapConnection:
    """A socket, and once signed in the client that speaks over it.

    `folder` is the one it waits in; `changed` says that news of it came in beside another command.
    """

    def __init__(self, sock: socket.socket, server: MailServer) -> None:
        self.sock = sock
        self._client: imapclient.IMAPClient | None = None
        self.server = server
        self.folder = ""
        self.changed = False
        self.can_idle = False
        self._killed = False

    def kill(self) -> None:
        """Shut the socket from any thread; a command that waits on it ends with an error."""
        self._killed = True
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        if self._client is not None:
            with contextlib.suppress(OSError):
                self._client.shutdown()
        self.sock.close()

    def replace(self, sock: socket.socket) -> None:
        """Go on over `sock`, which has taken the place of the socket so far. Raises OSError when killed meanwhile."""
        self.sock = sock
        if self._killed:
            sock.close()
            raise ConnectionAbortedError("the connection was given up")

    @property
    def client(self) -> imapclient.IMAPClient:
        """The client, once `sign_in` has made it."""
        if self._client is None:
            raise RuntimeError("the connection is used before sign_in")
        return self._client

    def speak(self) -> imapclient.IMAPClient:
        """Read the greeting and begin to speak IMAP over the socket."""
        self._client = _Client(self.sock, self.server.host, self.server.port)
        return self._client

    def begin_idle(self) -> bool:
        """Go into IDLE. True when the server reports at once what changed since the last command."""
        self.client.idle()
        return self.tells_of_change(self.client.idle_check(timeout=0))

    async def readable(self) -> None:
        """Wait until bytes, or the end, have come in."""
        loop = asyncio.get_running_loop()
        came = loop.create_future()
        handle = self.sock.fileno()

        def wake() -> None:
            if not came.done():
                came.set_result(None)

        loop.add_reader(handle, wake)
        try:
            await came
        finally:
            loop.remove_reader(handle)

    @staticmethod
    def tells_of_change(lines: Sequence[Sequence[Any]]) -> bool:
        """Whether untagged responses say more than `* OK Still here`."""
        return any(len(line) > 1 and line[1] in (b"EXISTS", b"EXPUNGE", b"FETCH") for line in lines)


def sign_in(connection: ImapConnection, tls: ssl.SSLContext, read_seconds: float) -> None:
    """Agree on TLS, read the greeting and sign in. Raises imaplib's errors, OSError, TransportFailed."""
    server = connection.server
    connection.sock.settimeout(read_seconds)
    if server.security == "tls":
        # Known before the handshake: `kill` has to reach a peer that hangs in it.
        secured = tls.wrap_socket(connection.sock, server_hostname=server.host, do_handshake_on_connect=False)
        connection.replace(secured)
        secured.do_handshake()
    client = connection.speak()
    # IMAPClient has every command logged at debug level, sign-in among them.
    client._imap.debug = 0
    client.normalise_times = False
    if server.security == "starttls":
        if not client.has_capability("STARTTLS"):
            raise TransportFailed("tls", f"{server.host} offers no STARTTLS: nothing was sent", sent=False)
        try:
            client.starttls(tls)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as no:
            # Said before any password was: no reason to ask for another one.
            raise TransportFailed("tls", words_of(no), sent=False) from no
        connection.replace(client.socket())
    try:
        _log_in(client, server)
    except imapclient.exceptions.LoginError as refused:
        # IMAPClient says LoginError also when the connection broke, and when the server cannot check passwords now.
        if isinstance(refused.__context__, imaplib.IMAP4.abort):
            raise refused.__context__ from None
        if _NOT_NOW.search(str(refused)):
            raise TransportFailed("connect", words_of(refused), sent=False) from refused
        raise
    # Asked here, in the thread: the first such question after signing in is a command to the server.
    connection.can_idle = client.has_capability("IDLE")


def words_of(refused: imaplib.IMAP4.error) -> str:
    """What the server said: imaplib gives some answers as bytes, and IMAPClient's LoginError shows them as such."""
    source = refused.__context__ if isinstance(refused, imapclient.exceptions.LoginError) else refused
    said = source.args[0] if source is not None and source.args else refused
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(refused)


def _log_in(client: imapclient.IMAPClient, server: MailServer) -> None:
    if server.token:
        client.oauth2_login(server.username, server.token)
    elif f"{server.username}{server.password}".isascii():
        client.login(server.username, server.password)
    else:
        # LOGIN knows ASCII only (RFC 3501 6.2.3); SASL PLAIN is UTF-8 (RFC 4616).
        client.plain_login(server.username, server.password)


class _Client(imapclient.IMAPClient):  # type: ignore[misc]
    """An IMAPClient over a socket that exists already."""

    def __init__(self, sock: socket.socket, host: str, port: int) -> None:
        self._given = sock
        super().__init__(host, port, ssl=False, timeout=sock.gettimeout())

    def _create_IMAP4(self) -> imaplib.IMAP4:  # the name is IMAPClient's
        return _Imap4(self._given, self.host)

    def _poll_socket(self, sock: socket.socket, timeout: float | None = None) -> bool:
        """Called by `idle_check` before it reads. Always true: the event loop watches the socket, and lines that came
        with the last ones wait in buffers that a poll cannot see.
        """
        return True


class _Imap4(imaplib.IMAP4):
    def __init__(self, sock: socket.socket, host: str) -> None:
        self._given = sock
        super().__init__(host)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._given
