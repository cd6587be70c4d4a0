"""The IMAP client: a real Dovecot where it is there, a scripted server for what a good one never does."""

import asyncio
import base64
import ssl
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import aiosmtplib
import pytest

from connectors.exchange import FetchMail, MailRefused, MailServer, StoreMail, TransportFailed, WaitForMail
from inbox.transport.guard import Guard, Trust
from inbox.transport.imap import ImapClient
from inbox.transport.media import DiskMedia, chunks_of
from tests.inbox.transport.peers import serve
from tests.mail_server import MailServer as RealServer

Tls = tuple[ssl.SSLContext, ssl.SSLContext]
Commands = Callable[[str, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bool]]


@pytest.fixture
async def imap(guard: Guard, media: DiskMedia, tls: Tls) -> AsyncIterator[ImapClient]:
    """A client as it is used."""
    client = ImapClient(guard, media, Trust.ADMIN, tls=tls[1])
    yield client
    await client.aclose()


@pytest.fixture
async def hasty(guard: Guard, media: DiskMedia, tls: Tls) -> AsyncIterator[ImapClient]:
    """A client that gives up a silent server after a second."""
    client = ImapClient(guard, media, Trust.ADMIN, tls=tls[1], read_seconds=1.0)
    yield client
    await client.aclose()


def box_of(server: RealServer, password: str = "") -> MailServer:
    return MailServer(
        host=server.host, port=server.imap_port, security="none", username=server.agent.address,
        password=password or server.agent.password,
    )  # fmt: skip


async def new_folder(imap: ImapClient, box: MailServer, *mails: bytes) -> str:
    """A folder of the test's own with some mails in it."""
    folder = f"Test-{uuid.uuid4().hex}"
    for mail in mails:
        await imap.store(StoreMail(server=box, folder=folder, message=mail))
    return folder


def mail_of(subject: str, body: str = "x") -> bytes:
    return f"Subject: {subject}\r\n\r\n{body}\r\n".encode()


def subjects(mails: tuple[object, ...]) -> list[str]:
    return [getattr(mail, "message").split(b"\r\n")[0].decode().removeprefix("Subject: ") for mail in mails]  # noqa: B009


@pytest.mark.mail
async def test_a_first_fetch_pages_oldest_first(imap: ImapClient, mail_server: RealServer) -> None:
    """Five mails, two at a time: each once, in order, and the cursor ends at the newest. Flags stay as they were."""
    box = box_of(mail_server)
    folder = await new_folder(imap, box, *(mail_of(str(i)) for i in range(5)))

    first = await imap.fetch(FetchMail(server=box, folder=folder, limit=2))
    seen, request = list(first.mails), FetchMail(server=box, folder=folder, limit=2)
    answer = first
    while answer.more:
        answer = await imap.fetch(
            FetchMail(server=box, folder=folder, limit=2, uid_validity=answer.uid_validity,
                      after_uid=answer.highest_uid, known_uids=tuple(mail.uid for mail in seen))
        )  # fmt: skip
        seen += answer.mails

    assert subjects(tuple(seen)) == ["0", "1", "2", "3", "4"]
    assert answer.highest_uid == seen[-1].uid
    assert all(abs(mail.internal_at / 1e6 - time.time()) < 60 for mail in seen)
    again = await imap.fetch(request)
    assert again.mails[0].flags == seen[0].flags


@pytest.mark.mail
async def test_overlap_known_mails_and_a_new_validity(imap: ImapClient, mail_server: RealServer) -> None:
    """The overlap is looked at again but known mails are not downloaded; when the validity changed all is new."""
    box = box_of(mail_server)
    folder = await new_folder(imap, box, *(mail_of(str(i)) for i in range(4)))
    all_of = await imap.fetch(FetchMail(server=box, folder=folder))
    uids = [mail.uid for mail in all_of.mails]

    def ask(**fields: object) -> FetchMail:
        known = {"uid_validity": all_of.uid_validity, "after_uid": uids[3], **fields}
        return FetchMail(server=box, folder=folder, **known)  # type: ignore[arg-type]

    assert (await imap.fetch(ask(overlap=0))).mails == ()
    assert subjects((await imap.fetch(ask(overlap=2))).mails) == ["2", "3"]
    assert subjects((await imap.fetch(ask(overlap=50, known_uids=(uids[0], uids[2])))).mails) == ["1", "3"]
    assert len((await imap.fetch(ask(uid_validity=all_of.uid_validity + 1, known_uids=tuple(uids)))).mails) == 4


@pytest.mark.mail
async def test_a_first_fetch_is_bounded_by_time(imap: ImapClient, mail_server: RealServer) -> None:
    """Mails from before `since_at` are left out, then and in later overlaps, while the cursor moves past them."""
    box = box_of(mail_server)
    folder = await new_folder(imap, box, mail_of("old"))
    old = (await imap.fetch(FetchMail(server=box, folder=folder))).mails[0]
    since_at = old.internal_at + 1

    first = await imap.fetch(FetchMail(server=box, folder=folder, since_at=since_at))
    assert (first.mails, first.highest_uid) == ((), old.uid)

    later = FetchMail(
        server=box, folder=folder, since_at=since_at, uid_validity=first.uid_validity, after_uid=first.highest_uid
    )
    await imap.store(StoreMail(server=box, folder=folder, message=mail_of("new")))
    assert subjects((await imap.fetch(later)).mails) == ["new"]


@pytest.mark.mail
async def test_an_answer_is_bounded_in_bytes(imap: ImapClient, mail_server: RealServer) -> None:
    """Mails beyond `max_bytes` wait for the next fetch; one that is larger alone comes cut, never not at all."""
    box = box_of(mail_server)
    folder = await new_folder(imap, box, *(mail_of(str(i), "y" * 5_000) for i in range(3)))

    answer = await imap.fetch(FetchMail(server=box, folder=folder, max_bytes=11_000))
    assert (subjects(answer.mails), answer.more) == (["0", "1"], True)
    answer = await imap.fetch(FetchMail(server=box, folder=folder, max_bytes=1_000))
    assert ([len(mail.message) for mail in answer.mails], answer.more) == ([1_000], True)


@pytest.mark.mail
async def test_our_copy_goes_to_the_folder_with_the_special_use(
    imap: ImapClient, media: DiskMedia, mail_server: RealServer
) -> None:
    """`\\Sent` is found by its mark whatever it is called; the copy is read, has its attachment, and can be flagged."""
    box = box_of(mail_server)
    blob = await media.write(chunks_of(b"attached"), max_bytes=99)
    mark = uuid.uuid4().hex

    stored = await imap.store(
        StoreMail(
            server=box, folder="Gesendet", special_use="\\Sent", message=mail_of(mark, "@@a@@"), blobs={"@@a@@": blob}
        )
    )
    await imap.store(StoreMail(server=box, folder="Sent", uid=stored.uid, flag="\\Answered"))
    sent = await imap.fetch(FetchMail(server=box, folder="nowhere", special_use="\\Sent", limit=500))

    assert sent.folder == "Sent"
    [copy] = [mail for mail in sent.mails if mark.encode() in mail.message]
    assert copy.uid == stored.uid
    assert set(copy.flags) >= {"\\Seen", "\\Answered"}
    assert b"YXR0YWNoZWQ=" in copy.message


@pytest.mark.mail
async def test_a_copy_that_is_there_is_not_filed_again(imap: ImapClient, mail_server: RealServer) -> None:
    """By its Message-ID; a folder that is not there has none, and another mail is no reason to leave it out."""
    box, mark = box_of(mail_server), uuid.uuid4().hex

    def copy(name: str) -> StoreMail:
        message = f"Message-ID: <{name}.{mark}@x.example>\r\nSubject: {name}\r\n\r\nx\r\n".encode()
        return StoreMail(
            server=box, folder=f"Copies-{mark}", message=message, unless_id=f"{name}.{mark}@x.example",
            since_at=round(time.time() * 1e6),
        )  # fmt: skip

    stored = [await imap.store(copy(name)) for name in ("a", "a", "b")]

    assert len({one.uid for one in stored}) == 2
    assert len((await imap.fetch(FetchMail(server=box, folder=f"Copies-{mark}"))).mails) == 2


@pytest.mark.mail
async def test_refusals_keep_their_words(imap: ImapClient, mail_server: RealServer) -> None:
    """A wrong password and a folder that is not there are the server's no, at their stage."""
    with pytest.raises(MailRefused) as refused:
        await imap.fetch(FetchMail(server=box_of(mail_server, "wrong"), folder="INBOX"))
    assert refused.value.stage == "login"
    assert "wrong" not in str(refused.value)
    with pytest.raises(MailRefused) as refused:
        await imap.fetch(FetchMail(server=box_of(mail_server), folder="No such folder"))
    assert refused.value.stage == "imap"


@pytest.mark.mail
async def test_new_mail_ends_the_wait(imap: ImapClient, mail_server: RealServer) -> None:
    """The first wait says look; then nothing new is False in time, and a mail that arrives ends the wait at once."""
    box = box_of(mail_server)
    wait = WaitForMail(server=box, folder="INBOX", timeout_seconds=15)

    assert await imap.wait(wait) is True
    while await imap.wait(WaitForMail(server=box, folder="INBOX", timeout_seconds=0.3)):
        pass
    waiting = asyncio.create_task(imap.wait(wait))
    await aiosmtplib.send(
        mail_of("wake up"), sender="x@example.test", recipients=[box.username], hostname=mail_server.host,
        port=mail_server.smtp_port, start_tls=False,
    )  # fmt: skip

    assert await asyncio.wait_for(waiting, 30) is True


@pytest.mark.mail
async def test_a_wait_can_be_stopped_while_work_goes_on(imap: ImapClient, mail_server: RealServer) -> None:
    """A fetch runs beside a wait; cancelling the wait ends it at once, and the next one begins anew."""
    box = box_of(mail_server)
    folder = await new_folder(imap, box, mail_of("x"))
    wait = WaitForMail(server=box, folder=folder, timeout_seconds=60)
    await imap.wait(wait)
    waiting = asyncio.create_task(imap.wait(wait))

    assert len((await imap.fetch(FetchMail(server=box, folder=folder))).mails) == 1
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, wait.timeout_seconds / 2)

    assert await imap.wait(wait) is True


def scripted(commands: Commands | None = None) -> Callable[..., Awaitable[None]]:
    """A small IMAP server; `commands` may answer a line itself and say so by returning True."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN] ready\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, _, command = line.partition(" ")
            if commands is not None and await commands(line, reader, writer):
                continue
            if command.startswith("CAPABILITY"):
                writer.write(b"* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\n")
            elif command.startswith(("SELECT", "EXAMINE")):
                writer.write(b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 1] x\r\n")
            elif command.startswith("IDLE"):
                writer.write(b"+ idling\r\n")
                await reader.readline()
            writer.write(f"{tag} OK done\r\n".encode())

    return handle


def box_at(port: int, **fields: str) -> MailServer:
    values = {"security": "none", "username": "me", "password": "secret", **fields}
    return MailServer(host="127.0.0.1", port=port, **values)  # type: ignore[arg-type]


async def failure(work: Awaitable[object]) -> tuple[str, bool]:
    with pytest.raises(TransportFailed) as failed:
        await work
    return failed.value.kind, failed.value.sent


async def test_a_server_that_hangs_up_ends_the_wait(hasty: ImapClient) -> None:
    """A closed connection during IDLE is noticed at once and counts as a change; then a new one is made."""

    async def hang_up(line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if line.endswith("IDLE"):
            writer.write(b"+ idling\r\n* OK Still here\r\n")
            await writer.drain()
            writer.close()
            return True
        return False

    async with serve(scripted(hang_up)) as peer:
        wait = WaitForMail(server=box_at(peer.port), folder="INBOX", timeout_seconds=30)
        async with asyncio.timeout(30):
            assert [await hasty.wait(wait) for _ in range(3)] == [True] * 3
        assert peer.connections == 2


async def test_a_server_that_died_in_idle_is_given_up(hasty: ImapClient) -> None:
    """When DONE is not answered the connection is dead: a failure in time, and a new connection afterwards."""

    async def dead(line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if line.endswith("IDLE"):
            writer.write(b"+ idling\r\n")
            await asyncio.sleep(30)
        return False

    async with serve(scripted(dead)) as peer:
        wait = WaitForMail(server=box_at(peer.port), folder="INBOX", timeout_seconds=0.2)
        await hasty.wait(wait)
        assert await failure(hasty.wait(wait)) == ("timeout", True)
        assert await hasty.wait(wait) is True
        assert peer.connections == 2


async def test_news_that_comes_with_the_first_line_is_not_missed(hasty: ImapClient) -> None:
    """An EXISTS in the same packet as the server's "go on" ends the wait, though the socket is never readable again."""

    async def at_once(line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if not line.endswith("IDLE"):
            return False
        writer.write(b"+ idling\r\n* 1 EXISTS\r\n")
        await reader.readline()
        writer.write(f"{line.split(' ')[0]} OK done\r\n".encode())
        return True

    async with serve(scripted(at_once)) as peer:
        wait = WaitForMail(server=box_at(peer.port), folder="INBOX", timeout_seconds=30)
        await hasty.wait(wait)
        async with asyncio.timeout(30):
            assert await hasty.wait(wait) is True


async def test_broken_servers_are_told_apart(hasty: ImapClient, free_port: int, tls: Tls) -> None:
    """Nobody there, silence, a cut, no TLS, a stranger's certificate: nothing was sent in any of them."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        await reader.readline()

    def fetch(port: int, **fields: str) -> Awaitable[object]:
        return hasty.fetch(FetchMail(server=box_at(port, **fields), folder="INBOX"))

    assert await failure(fetch(free_port)) == ("connect", False)
    async with serve(lambda reader, writer: asyncio.sleep(5)) as silent:
        assert await failure(fetch(silent.port)) == ("timeout", False)
    async with serve(hang_up) as cutting:
        assert await failure(fetch(cutting.port)) == ("reset", False)
        with pytest.raises(TransportFailed, match="the mail server closed the connection"):
            await fetch(cutting.port)
    async with serve(scripted()) as plain:
        assert await failure(fetch(plain.port, security="starttls")) == ("tls", False)
        assert await failure(fetch(plain.port, security="tls")) == ("tls", False)


async def test_a_server_that_offers_starttls_and_refuses_it_refuses_no_password(hasty: ImapClient) -> None:
    """Its certificate could not be loaded, say: nobody has to sign in again."""

    async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n")
        while line := (await reader.readline()).decode():
            said = "NO TLS is not available now" if "STARTTLS" in line else "OK done"
            writer.write(f"* CAPABILITY IMAP4rev1 STARTTLS\r\n{line.split(' ')[0]} {said}\r\n".encode())

    async with serve(refusing) as peer:
        request = FetchMail(server=box_at(peer.port, security="starttls"), folder="INBOX")
        assert await failure(hasty.fetch(request)) == ("tls", False)


async def test_tls_and_tokens(hasty: ImapClient, tls: Tls) -> None:
    """Over TLS to a trusted server, signing in with a token says XOAUTH2; a password of any letters goes as PLAIN."""
    said: list[str] = []

    async def sasl(line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if " AUTHENTICATE " in line:
            said.append(line.split(" ")[-1])
            writer.write(b"+ \r\n")
            said.append((await reader.readline()).decode().strip())
            writer.write(f"{line.split(' ')[0]} OK welcome\r\n".encode())
            return True
        return False

    async with serve(scripted(sasl), tls=tls[0]) as peer:
        for login in ({"token": "tok"}, {"password": "pässword"}):
            await hasty.fetch(FetchMail(server=box_at(peer.port, security="tls", **login), folder="INBOX"))

    assert [said[0], said[2]] == ["XOAUTH2", "PLAIN"]
    assert base64.b64decode(said[1]) == b"user=me\x01auth=Bearer tok\x01\x01"
    assert base64.b64decode(said[3]).split(b"\x00")[1:] == [b"me", "pässword".encode()]


async def test_a_server_that_cannot_check_passwords_now_is_no_refusal(hasty: ImapClient) -> None:
    """[UNAVAILABLE] at login may pass by itself: nobody has to sign in again."""

    async def unavailable(line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if " LOGIN " in line:
            writer.write(f"{line.split(' ')[0]} NO [UNAVAILABLE] try later\r\n".encode())
            return True
        return False

    async with serve(scripted(unavailable)) as peer:
        assert await failure(hasty.fetch(FetchMail(server=box_at(peer.port), folder="INBOX"))) == ("connect", False)


async def test_private_mail_hosts_must_be_listed(media: DiskMedia, tls: Tls) -> None:
    """The guard holds for IMAP as for HTTP."""
    strict = ImapClient(Guard(), media, Trust.ADMIN, tls=tls[1])

    async with serve(scripted()) as peer:
        assert await failure(strict.fetch(FetchMail(server=box_at(peer.port), folder="INBOX"))) == ("refused", False)
    assert peer.connections == 0


async def test_waiting_works_over_tls(imap: ImapClient, tls: Tls) -> None:
    """Behind TLS the socket is watched too: first a sign of life, which is no change, then news."""

    async def later(line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if not line.endswith("IDLE"):
            return False
        for said in (b"+ idling\r\n", b"* OK Still here\r\n", b"* 1 EXISTS\r\n"):
            writer.write(said)
            await asyncio.sleep(0.05)
        await reader.readline()
        writer.write(f"{line.split(' ')[0]} OK done\r\n".encode())
        return True

    async with serve(scripted(later), tls=tls[0]) as peer:
        wait = WaitForMail(server=box_at(peer.port, security="tls"), folder="INBOX", timeout_seconds=30)
        async with asyncio.timeout(30):
            assert [await imap.wait(wait) for _ in range(3)] == [True] * 3
        assert peer.connections == 1


async def test_dead_servers_do_not_hold_up_the_others(
    hasty: ImapClient, guard: Guard, media: DiskMedia, tls: Tls
) -> None:
    """Each of them keeps a thread until it is given up; the mailbox beside them is read meanwhile."""
    patient = [ImapClient(guard, media, Trust.ADMIN, tls=tls[1], read_seconds=30.0) for _ in range(20)]
    async with serve(lambda reader, writer: reader.read()) as dead, serve(scripted()) as well:
        hanging = [
            asyncio.create_task(one.fetch(FetchMail(server=box_at(dead.port), folder="INBOX"))) for one in patient
        ]
        while dead.connections < len(patient):
            await asyncio.sleep(0.01)
        await hasty.fetch(FetchMail(server=box_at(well.port), folder="INBOX"))
        for one in hanging:
            one.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)


async def test_giving_up_ends_a_handshake_that_hangs(imap: ImapClient) -> None:
    """The peer sees the connection end: neither it nor a thread stays behind."""
    ended = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        begun.set()
        await reader.read()
        ended.set()

    begun = asyncio.Event()
    async with serve(silent) as peer:
        fetching = asyncio.create_task(imap.fetch(FetchMail(server=box_at(peer.port, security="tls"), folder="INBOX")))
        async with asyncio.timeout(20):
            await begun.wait()
            fetching.cancel()
            await ended.wait()


@pytest.mark.parametrize("said", ["* OK [UIDVALIDITY many] x", "* SEARCH nothing", "* " + "(" * 5_000])
async def test_an_answer_that_is_no_imap_is_a_failure_of_the_network(hasty: ImapClient, said: str) -> None:
    """Whatever the libraries raise when they read it: the caller knows what to do about the network."""

    async def odd(line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if "EXAMINE" in line or "SEARCH" in line or line.endswith("IDLE"):
            writer.write(b"+ idling\r\n" if line.endswith("IDLE") else b"")
            writer.write(f"{said}\r\n{line.split(' ')[0]} OK done\r\n".encode())
            return True
        return False

    async with serve(scripted(odd)) as peer:
        wait = WaitForMail(server=box_at(peer.port), folder="INBOX", timeout_seconds=30)
        with pytest.raises((TransportFailed, MailRefused)):
            await hasty.fetch(FetchMail(server=box_at(peer.port), folder="INBOX"))
            await hasty.wait(wait)
            await hasty.wait(wait)


@pytest.mark.parametrize("greets", [True, False])
async def test_a_no_reads_as_the_server_said_it(hasty: ImapClient, greets: bool) -> None:
    """At login and instead of a greeting imaplib gives bytes: an admin reads the words, not their notation."""

    async def full(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n" if greets else b"* BYE Too many connections\r\n")
        while line := (await reader.readline()).decode():
            tag = line.split(" ")[0]
            said = "NO [ALERT] Too many connections" if "LOGIN" in line else "OK done"
            writer.write(f"* CAPABILITY IMAP4rev1\r\n{tag} {said}\r\n".encode())

    async with serve(full) as peer:
        with pytest.raises(MailRefused) as refused:
            await hasty.fetch(FetchMail(server=box_at(peer.port), folder="INBOX"))
    assert refused.value.text == ("[ALERT] Too many connections" if greets else "* BYE Too many connections")
