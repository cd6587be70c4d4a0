"""What is asked of a folder: commands as a server sees them. Answers of a real server are in test_imap.py."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable

import pytest
from msgspec.structs import replace

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


def changed(replies: Callable[[str], str], pattern: str, instead: str) -> Callable[[str], str]:
    """The same folder, whose server says something another way."""
    return lambda command: re.sub(pattern, instead, replies(command))


async def test_a_folder_without_uidvalidity_is_read_on_from_its_last_uid(imap: ImapClient) -> None:
    """Read from the beginning each time, what lies behind the first mails would never come."""
    async with serve(server([], changed(folder_of(4), r"\* OK \[UIDVALIDITY 9\] x\r\n", ""))) as peer:
        first = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX", limit=2))
        rest = await imap.fetch(
            FetchMail(server=box(peer.port), folder="INBOX", limit=2, after_uid=20, known_uids=(10, 20))
        )

    assert [mail.message for mail in first.mails] == [b"10", b"20"]
    assert (first.uid_validity, first.more) == (0, True)
    assert [mail.message for mail in rest.mails] == [b"30", b"40"]
    assert not rest.more


async def test_nil_for_a_mail_is_told_and_for_its_facts_is_nothing(imap: ImapClient) -> None:
    """A body that the server cannot give comes empty, as one that it refuses; size and flags may be unknown."""
    replies = changed(folder_of(2), r"RFC822.SIZE \d+", "RFC822.SIZE NIL FLAGS NIL")
    replies = changed(replies, r"BODY\[\]<0> \{2\}\r\n20", "BODY[]<0> NIL")
    async with serve(server([], replies)) as peer:
        answer = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX"))

    assert [(mail.uid, mail.message) for mail in answer.mails] == [(10, b"10"), (20, b"")]


@pytest.mark.parametrize(
    "date",
    ["NIL", '"00-Jan-1900 00:00:00 +0000"', '"23-Nov-2026 20:00:00"', '"23-Nov-2026 20:00:00 +9900"'],
)
async def test_a_mail_whose_date_is_unknown_is_not_left_out(imap: ImapClient, date: str) -> None:
    """A first fetch leaves out what is too old, which nobody says of this one."""
    replies = changed(folder_of(1), r'"01-Jan-2026 00:00:00 \+0000"', date)
    async with serve(server([], replies)) as peer:
        answer = await imap.fetch(FetchMail(server=box(peer.port), folder="INBOX", since_at=1))

    assert [mail.uid for mail in answer.mails] == [10]


async def test_a_folder_with_a_new_uidvalidity_each_time_is_read_on_from_its_last_uid(imap: ImapClient) -> None:
    """Where it tells nothing the caller says so; a folder that has become shorter is read on from its new end."""
    async with serve(server([], folder_of(4))) as peer:
        rest = FetchMail(
            server=box(peer.port), folder="INBOX", uid_validity=5, after_uid=20, overlap=10, by_uid_alone=True
        )
        read_on = await imap.fetch(rest)
        shorter = await imap.fetch(replace(rest, after_uid=900))

    assert [mail.uid for mail in read_on.mails] == [20, 30, 40]
    assert [mail.uid for mail in shorter.mails] == [40]
    assert (shorter.highest_uid, shorter.more) == (40, False)


async def test_a_folder_whose_uids_begin_anew_is_read_from_its_start(imap: ImapClient) -> None:
    """Moved to another server of the same make, a mailbox may have the same UIDVALIDITY: what comes there would have
    long known UIDs. One mail less is no such sign.
    """
    async with serve(server([], folder_of(4))) as peer:
        moved = FetchMail(server=box(peer.port), folder="INBOX", uid_validity=9, after_uid=900, known_uids=(860, 20))
        anew = await imap.fetch(moved)
        removed = await imap.fetch(replace(moved, after_uid=50, known_uids=(10, 20, 30, 40)))

    assert [mail.uid for mail in anew.mails] == [10, 20, 30, 40]
    assert (anew.highest_uid, anew.more) == (40, False)
    assert (removed.mails, removed.highest_uid) == ((), 50)
