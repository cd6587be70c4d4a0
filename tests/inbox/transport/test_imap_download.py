"""Loading mails: over slow lines, and past a mail at which the server hangs up. Refusals are in test_imap_folder.py."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from connectors.exchange import FetchMail, TransportFailed
from inbox.transport.guard import Guard, Trust
from inbox.transport.imap import ImapClient
from inbox.transport.media import DiskMedia
from tests.inbox.transport.peers import Handler, serve
from tests.inbox.transport.test_imap_folder import box, folder_of, server

LARGE = bytes(range(33, 126)) * 20_000
Reply = Callable[[str], Awaitable[str | None]]


@pytest.fixture
async def imap(guard: Guard, media: DiskMedia, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> AsyncIterator[ImapClient]:
    """A client over loopback."""
    client = ImapClient(guard, media, Trust.ADMIN, tls=tls[1])
    yield client
    await client.aclose()


def answering(reply: Reply) -> Handler:
    """An IMAP server; `reply` gives what comes before the OK, or None to hang up."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, _, command = line.partition(" ")
            said = "* CAPABILITY IMAP4rev1\r\n" if command == "CAPABILITY" else await reply(command)
            if said is None:
                return
            writer.write(f"{said}{tag} OK done\r\n".encode())

    return handle


async def test_a_slow_server_gives_what_it_has(imap: ImapClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for everything at once it would run into the end of the time, and again next time, for ever."""
    monkeypatch.setattr("inbox.transport.imap_download._READ_SECONDS", 0.0)
    monkeypatch.setattr("inbox.transport.imap_download._FIRST_BYTES", 2)
    async with serve(server([], folder_of(3))) as peer:
        answer = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX"))

    assert [mail.message for mail in answer.mails] == [b"10"]
    assert (answer.highest_uid, answer.more) == (10, True)


def large_mail(commands: list[str], *, size: int = len(LARGE), seconds: float = 0.0) -> Reply:
    """A folder with one large mail, which comes in the portions asked for, each after so many seconds. RFC822.SIZE is
    `size`.
    """
    replies = folder_of(1)

    async def reply(command: str) -> str:
        commands.append(command)
        part = re.search(r"BODY.PEEK\[\]<(\d+)\.(\d+)>", command)
        if part is None:
            return re.sub(r"RFC822.SIZE \d+", f"RFC822.SIZE {size}", replies(command))
        await asyncio.sleep(seconds)
        start, count = int(part[1]), int(part[2])
        piece = LARGE[start : start + count].decode()
        return f"* 1 FETCH (UID 10 FLAGS () BODY[]<{start}> {{{len(piece)}}}\r\n{piece})\r\n"

    return reply


@pytest.mark.parametrize("size", [len(LARGE), 4 * len(LARGE), 600_000])
async def test_a_large_mail_comes_in_portions(imap: ImapClient, size: int) -> None:
    """All of it, also where the server's idea of its size is wrong; it is more than one command."""
    commands: list[str] = []
    async with serve(answering(large_mail(commands, size=size))) as peer:
        answer = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX"))
        cut = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX", max_bytes=1_000_000))

    assert [mail.message for mail in answer.mails] == [LARGE]
    assert [mail.message for mail in cut.mails] == [LARGE[:1_000_000]]
    assert len([command for command in commands if "BODY" in command]) > 3


async def test_a_line_that_is_slow_and_goes_on_is_waited_for(imap: ImapClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is each portion's: a mail that takes longer than one command may does not block its folder."""
    monkeypatch.setattr("inbox.transport.imap.COMMAND_SECONDS", 1.0)
    monkeypatch.setattr("inbox.transport.imap_download._FIRST_BYTES", 400_000)
    monkeypatch.setattr("inbox.transport.imap_download._BATCH_BYTES", 400_000)
    async with serve(answering(large_mail([], seconds=0.3))) as peer:
        answer = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX"))

    assert [mail.message for mail in answer.mails] == [LARGE]


async def test_a_mail_that_takes_without_end_is_cut(imap: ImapClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has come of it is better than a folder of which nothing comes any more."""
    monkeypatch.setattr("inbox.transport.imap_download._MAIL_SECONDS", 0.0)
    async with serve(answering(large_mail([]))) as peer:
        answer = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX"))

    assert [mail.message for mail in answer.mails] == [LARGE[:500_000]]
    assert (answer.highest_uid, answer.more) == (10, False)


async def test_a_mail_at_which_the_server_hangs_up_does_not_block_the_folder(imap: ImapClient) -> None:
    """After some attempts it comes empty, as one that the server refuses; alone in its folder it is asked for on."""

    def hanging_up(at: int, count: int) -> Handler:
        replies = folder_of(count)

        async def reply(command: str) -> str | None:
            hit = "BODY" in command and str(at) in command.split(" ")[2].split(",")
            return None if hit else replies(command)

        return answering(reply)

    async def tried(request: FetchMail) -> list[tuple[int, bytes]]:
        for _ in range(6):
            try:
                answer = await imap.fetch(request)
            except TransportFailed:
                continue
            return [(mail.uid, mail.message) for mail in answer.mails]
        return []

    async with serve(hanging_up(20, 4)) as peer, serve(hanging_up(10, 1)) as alone:
        assert await tried(FetchMail(server=box(peer.port), folder="INBOX")) == [
            (10, b"10"), (20, b""), (30, b"30"), (40, b"40")
        ]  # fmt: skip
        assert await tried(FetchMail(server=box(alone.port), folder="Other")) == []


async def test_a_line_that_breaks_blames_no_mail(imap: ImapClient) -> None:
    """A server that is away for a while has all its mails when it is back."""
    away = [True] * 8
    replies = folder_of(3)
    found: list[bytes] = []

    async def reply(command: str) -> str | None:
        if "BODY" in command and away:
            away.pop()
            return None
        return replies(command)

    async with serve(answering(reply)) as peer:
        while away:
            with pytest.raises(TransportFailed):
                await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX"))
        request = FetchMail(server=box(peer.port), folder="INBOX")
        while True:
            answer = await imap.fetch(request)
            found += [mail.message for mail in answer.mails]
            if not answer.more:
                break
            request = FetchMail(
                server=box(peer.port), folder="INBOX", uid_validity=9, after_uid=answer.highest_uid, overlap=0
            )

    assert found == [b"10", b"20", b"30"]
