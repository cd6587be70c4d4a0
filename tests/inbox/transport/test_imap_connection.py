"""One IMAP connection: what counts as news, and that it can be ended from outside."""

import asyncio
import socket

import pytest

from connectors.exchange import MailServer
from inbox.transport.imap_connection import ImapConnection

SERVER = MailServer(host="127.0.0.1", port=143, security="none")


@pytest.mark.parametrize(
    ("lines", "news"),
    [
        ([], False),
        ([(b"OK", b"Still here")], False),
        ([(1, b"RECENT")], False),
        ([(b"BYE",)], False),
        ([(b"OK", b"Still here"), (5, b"EXISTS")], True),
        ([(5, b"EXPUNGE")], True),
        ([(5, b"FETCH", (b"FLAGS", (b"\\Seen",)))], True),
    ],
)
def test_news_is_told_from_chatter(lines: list[tuple[object, ...]], news: bool) -> None:
    """New, removed and changed mails are news; signs of life are not."""
    assert ImapConnection.tells_of_change(lines) is news


async def test_killing_wakes_whoever_waits() -> None:
    """A thread that reads from the socket sees its end at once."""
    ours, theirs = socket.socketpair()
    connection = ImapConnection(ours, SERVER)

    def read() -> bytes:
        try:
            return ours.recv(1)
        except OSError:
            # It came to read only after the socket was closed.
            return b""

    reading = asyncio.create_task(asyncio.to_thread(read))
    with theirs:
        await asyncio.sleep(0)
        connection.kill()
        assert await asyncio.wait_for(reading, 30) == b""


async def test_readable_waits_for_bytes() -> None:
    """The loop says when something came, without a thread."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        waiting = asyncio.create_task(ImapConnection(ours, SERVER).readable())
        done, _ = await asyncio.wait([waiting], timeout=0.05)
        assert not done
        theirs.send(b"* 1 EXISTS\r\n")
        await asyncio.wait_for(waiting, 30)


def test_nothing_is_said_before_signing_in() -> None:
    """A connection without client says so instead of failing somewhere deep."""
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(RuntimeError, match="sign_in"):
        _ = ImapConnection(ours, SERVER).client
