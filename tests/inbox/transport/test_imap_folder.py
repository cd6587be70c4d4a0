"""What is asked of a folder: commands as a server sees them. Answers of a real server are in test_imap.py."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable

import pytest

from connectors.exchange import FetchMail, MailServer, StoreMail
from inbox.transport.guard import Guard, Trust
from inbox.transport.imap import ImapClient
from inbox.transport.media import DiskMedia
from tests.inbox.transport.peers import serve


@pytest.fixture
async def imap(guard: Guard, media: DiskMedia, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> AsyncIterator[ImapClient]:
    """A client over loopback."""
    client = ImapClient(guard, media, Trust.ADMIN, tls=tls[1])
    yield client
    await client.aclose()


def server(commands: list[str], replies: Callable[[str], str]) -> Callable[..., object]:
    """An IMAP server that keeps the commands; `replies` gives what comes before the OK, or a whole NO."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, _, command = line.partition(" ")
            commands.append(command)
            if literal := re.search(r"\{(\d+)\}$", command):
                writer.write(b"+ go on\r\n")
                await reader.readexactly(int(literal[1]) + 2)
            if command == "CAPABILITY":
                writer.write(b"* CAPABILITY IMAP4rev1\r\n")
            reply = replies(command)
            writer.write((f"{tag} {reply}" if reply.startswith("NO") else f"{reply}{tag} OK done").encode() + b"\r\n")

    return handle


def box(port: int) -> MailServer:
    return MailServer(host="127.0.0.1", port=port, security="none", username="me", password="secret")


async def test_a_huge_folder_is_searched_in_windows(imap: ImapClient) -> None:
    """A folder with 120,000 UIDs is asked for in lines that imaplib can read, and only until the limit is reached."""
    commands: list[str] = []

    def replies(command: str) -> str:
        if command.startswith("EXAMINE"):
            return "* 120000 EXISTS\r\n* OK [UIDVALIDITY 9] x\r\n* OK [UIDNEXT 120001] x\r\n"
        if window := re.match(r"UID SEARCH UID (\d+):(\d+|\*)", command):
            last = 120_000 if window[2] == "*" else int(window[2])
            return f"* SEARCH {' '.join(map(str, range(int(window[1]), last + 1)))}\r\n"
        if "RFC822.SIZE" in command:
            return "* 1 FETCH (UID 1 RFC822.SIZE 1)\r\n"
        if "BODY.PEEK" in command:
            return '* 1 FETCH (UID 1 FLAGS () INTERNALDATE "01-Jan-2026 00:00:00 +0000" BODY[]<0> {1}\r\nx)\r\n'
        return ""

    async with serve(server(commands, replies)) as peer:
        answer = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX", limit=1))
        nothing = await imap.fetch(
            FetchMail(server=box(peer.port), folder="INBOX", uid_validity=9, after_uid=120_000, overlap=0)
        )

    assert (answer.more, answer.highest_uid, [mail.message for mail in answer.mails]) == (True, 1, [b"x"])
    assert next(command for command in commands if "SEARCH" in command) == "UID SEARCH UID 1:50000"
    assert len([command for command in commands if "SEARCH UID 1:" in command]) == 1
    assert (nothing.mails, nothing.highest_uid) == ((), 120_000)


async def test_a_missing_folder_is_made_for_our_copy(imap: ImapClient) -> None:
    """NO [TRYCREATE] makes the folder, subscribes it and appends again."""
    commands: list[str] = []

    def replies(command: str) -> str:
        made = any(before.startswith("CREATE") for before in commands)
        return "NO [TRYCREATE] no such folder" if command.startswith("APPEND") and not made else ""

    async with serve(server(commands, replies)) as peer:
        stored = await imap.store(StoreMail(server=box(peer.port), folder="Sent", message=b"Subject: x\n\n"))

    assert stored.uid == 0
    assert [command.split(" ")[0] for command in commands[-4:]] == ["APPEND", "CREATE", "SUBSCRIBE", "APPEND"]
