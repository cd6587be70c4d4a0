"""What is asked of a folder: commands as a server sees them. Answers of a real server are in test_imap.py."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable

import pytest

from connectors.exchange import FetchMail, MailRefused, MailServer, StoreMail
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


def folder_of(count: int, *, date: str = "01-Jan-2026", body: str = "BODY[]<0>") -> Callable[[str], str]:
    """The answers of a folder with the UIDs 10, 20, 30 …; the mail of UID n says n."""
    uids = [10 * (i + 1) for i in range(count)]

    def replies(command: str) -> str:
        if command.startswith("EXAMINE"):
            return f"* {count} EXISTS\r\n* OK [UIDVALIDITY 9] x\r\n* OK [UIDNEXT {10 * count + 1}] x\r\n"
        if window := re.match(r"UID SEARCH UID (\d+):", command):
            return f"* SEARCH {' '.join(str(uid) for uid in uids if uid >= int(window[1]))}\r\n"
        if not command.startswith("UID FETCH"):
            return ""
        lines = []
        for uid in map(int, command.split(" ")[2].split(",")):
            facts = f'UID {uid} INTERNALDATE "{date} 00:00:00 +0000" RFC822.SIZE {len(str(uid))}'
            content = f" {body} {{{len(str(uid))}}}\r\n{uid}" if "BODY" in command else ""
            lines.append(f"* {uid // 10} FETCH ({facts}{content})\r\n")
        return "".join(lines)

    return replies


def refusing(replies: Callable[[str], str], *broken: int, words: str) -> Callable[[str], str]:
    """The same folder, of which some mails cannot be had, nor any others in one command with them."""

    def answer(command: str) -> str:
        asked = {int(uid) for uid in re.findall(r"\d+", command.split(" ")[2])} if "BODY" in command else set()
        return f"NO {words}" if asked & set(broken) else replies(command)

    return answer


async def test_a_broken_mail_does_not_block_the_folder(imap: ImapClient) -> None:
    """Exchange refuses a mail that it cannot convert, and all asked for with it: it comes empty, the others whole."""
    replies = refusing(folder_of(4), 20, words="The specified message could not be retrieved")

    async with serve(server([], replies)) as peer:
        answer = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX"))

    assert [mail.message for mail in answer.mails] == [b"10", b"", b"30", b"40"]
    assert (answer.highest_uid, answer.more) == (40, False)


@pytest.mark.parametrize(
    ("words", "broken"),
    [("The specified message could not be retrieved", (30, 40)), ("Request is throttled. Backoff Time: 500", (30,))],
)
async def test_mails_that_are_refused_at_the_end_wait(imap: ImapClient, words: str, broken: tuple[int, ...]) -> None:
    """What was read before a server began to refuse is kept; the rest is asked for again, and then is a refusal."""
    async with serve(server([], refusing(folder_of(4), *broken, words=words))) as peer:
        first = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX"))
        rest = FetchMail(server=box(peer.port), folder="INBOX", uid_validity=9, after_uid=20, overlap=0)
        with pytest.raises(MailRefused):
            await imap.fetch(rest)

    assert [mail.message for mail in first.mails] == [b"10", b"20"]
    assert (first.highest_uid, first.more) == (20, True)


async def test_a_whole_mail_need_not_be_called_a_part(imap: ImapClient) -> None:
    """A server that answers BODY[] to the question for the first bytes has sent all of them."""
    async with serve(server([], folder_of(2, body="BODY[]"))) as peer:
        answer = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX"))

    assert [mail.message for mail in answer.mails] == [b"10", b"20"]


async def test_many_dates_are_asked_for_in_short_lines(imap: ImapClient) -> None:
    """Exchange takes command lines of 10,240 bytes: a first import of thousands of mails keeps within."""
    commands: list[str] = []

    async with serve(server(commands, folder_of(3_000, date="01-Jan-2020"))) as peer:
        answer = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX", since_at=1_760_000_000_000_000))

    assert (answer.mails, answer.highest_uid) == ((), 30_000)
    assert max(map(len, commands)) < 10_000


@pytest.mark.parametrize(
    ("folders", "chosen"),
    [
        (('"/" "INBOX"', '"/" "Sent Items"'), "Sent Items"),
        (('"." INBOX', '"." INBOX.Sent', '"." INBOX.Old.Sent'), "INBOX.Sent"),
        (('"/" "INBOX"', '"/" "&AMk-l&AOk-ments envoy&AOk-s"'), "&AMk-l&AOk-ments envoy&AOk-s"),
        (('"/" "INBOX"', '"/" "Sent Items"', '"/" "Sent"'), "Sent"),
        (('"/" "INBOX"', '"/" "Archive/Sent"'), "Sent"),
        (('NIL "INBOX"', 'NIL "Sent mail"'), "Sent mail"),
    ],
)
async def test_sent_is_found_by_its_usual_names(imap: ImapClient, folders: tuple[str, ...], chosen: str) -> None:
    """Where no folder is marked as Sent (Courier, older Exchange), one at the top with a usual name is."""
    commands: list[str] = []

    def replies(command: str) -> str:
        return "".join(f"* LIST () {one}\r\n" for one in folders) if command.startswith("LIST") else ""

    async with serve(server(commands, replies)) as peer:
        await imap.store(StoreMail(server=box(peer.port), folder="Sent", special_use="\\Sent", message=b"x"))

    assert commands[-1].split('"')[1] == chosen
