"""Submitting mail: to aiosmtpd where the server must misbehave, to a real Postfix where it must not."""

import asyncio
import base64
import ssl
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from connectors.exchange import FetchMail, MailRefused, MailServer, SubmitMail, TransportFailed
from inbox.transport.guard import Guard, Trust
from inbox.transport.imap import ImapClient
from inbox.transport.media import DiskMedia, chunks_of
from inbox.transport.smtp import SmtpClient
from tests.inbox.transport.peers import serve
from tests.mail_server import MailServer as RealServer

Tls = tuple[ssl.SSLContext, ssl.SSLContext]


class Box:
    """An aiosmtpd handler that keeps what it takes and refuses what it is told to."""

    def __init__(self, refuse: dict[str, str] | None = None, after_data: str = "250 taken") -> None:
        self.refuse = refuse or {}
        self.after_data = after_data
        self.mails: list[Envelope] = []
        self.mail_options: list[str] = []

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self.mail_options = options
        envelope.mail_from = address
        return self.refuse.get(address, "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        said = self.refuse.get(address, "250 OK")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.mails.append(envelope)
        return self.after_data

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        good = base64.b64encode(b"user=me\x01auth=Bearer token\x01\x01").decode()
        return AuthResult(success=args[1] == good, handled=False)


def check_password(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=getattr(data, "password", b"") == "pässword".encode(), handled=False)


@asynccontextmanager
async def smtp_server(box: Box, tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[int]:
    """aiosmtpd on a free port; with `tls` from the first byte."""

    def made() -> SMTP:
        return SMTP(
            box, enable_SMTPUTF8=True, authenticator=check_password, auth_require_tls=False, loop=loop, **options
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(made, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
def smtp(guard: Guard, media: DiskMedia, tls: Tls) -> SmtpClient:
    """A client that may reach loopback."""
    return SmtpClient(guard, media, Trust.ADMIN, tls=tls[1])


def mail(port: int, *recipients: str, **fields: Any) -> SubmitMail:
    server = MailServer(host="127.0.0.1", port=port, security=fields.pop("security", "none"), **fields.pop("login", {}))
    values = {"message": b"Subject: hello\n\n.dot\nbody\n", "timeout_seconds": 5.0, **fields}
    return SubmitMail(server=server, envelope_from="us@example.test", recipients=recipients, **values)


async def refusal(smtp: SmtpClient, request: SubmitMail) -> tuple[int, str]:
    with pytest.raises(MailRefused) as refused:
        await smtp.submit(request)
    return refused.value.code, refused.value.stage


async def failure(smtp: SmtpClient, request: SubmitMail) -> tuple[str, bool]:
    with pytest.raises(TransportFailed) as failed:
        await smtp.submit(request)
    return failed.value.kind, failed.value.sent


async def test_a_mail_is_handed_over_byte_by_byte(smtp: SmtpClient, media: DiskMedia) -> None:
    """Line ends, leading dots and a large blob arrive as they should; the server's answer is kept."""
    blob = await media.write(chunks_of(bytes(range(256)) * 8_000), max_bytes=3_000_000)
    box = Box()

    async with smtp_server(box, data_size_limit=10_000_000) as port:
        text = b"Subject: x\n\n.dot\n..two\n@@blob@@\nend"
        done = await smtp.submit(mail(port, "a@example.test", message=text, blobs={"@@blob@@": blob}))

    content = box.mails[0].content
    assert isinstance(content, bytes)
    head, _, tail = content.partition(b"..two\r\n")
    assert (head, content[-5:]) == (b"Subject: x\r\n\r\n.dot\r\n", b"end\r\n")
    assert len(tail) == 5 + 2_048_000 // 3 * 4 + 4 + -(-2_048_000 // 57) * 2
    assert f"SIZE={len(content)}" in box.mail_options
    assert (done.refused, done.answer) == ({}, "250 taken")


def test_mail_is_submitted_under_uvloop(guard: Guard, media: DiskMedia, tls: Tls) -> None:
    """The loop that the server runs on has transports of its own kind: mail goes out there too, with TLS."""
    uvloop = pytest.importorskip("uvloop")
    box = Box()

    async def submit() -> None:
        smtp = SmtpClient(guard, media, Trust.ADMIN, tls=tls[1])
        async with smtp_server(box, tls_context=tls[0]) as port:
            await smtp.submit(mail(port, "a@example.test", security="starttls"))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(submit())
    assert [sent.rcpt_tos for sent in box.mails] == [["a@example.test"]]


async def test_a_mail_whose_file_is_gone_is_not_handed_over(smtp: SmtpClient, media: DiskMedia) -> None:
    """Nobody gets half a mail."""
    blob = await media.write(chunks_of(b"a file"), max_bytes=100)
    await media.delete(blob.sha256)
    box = Box()

    async with smtp_server(box) as port:
        gone = mail(port, "a@example.test", message=b"Subject: x\n\n@@blob@@\n", blobs={"@@blob@@": blob})
        assert await failure(smtp, gone) == ("missing", False)
    assert box.mails == []


async def test_some_recipients_may_be_refused(smtp: SmtpClient) -> None:
    """The mail goes to those who are taken, and the others come back with the server's reason."""
    box = Box({"gone@example.test": "550 5.1.1 no such user", "later@example.test": "450 busy"})

    async with smtp_server(box) as port:
        done = await smtp.submit(mail(port, "gone@example.test", "ok@example.test", "later@example.test"))

    assert box.mails[0].rcpt_tos == ["ok@example.test"]
    assert done.refused == {"gone@example.test": "550 5.1.1 no such user", "later@example.test": "450 busy"}


async def test_all_recipients_refused_is_a_no(smtp: SmtpClient) -> None:
    """When nobody is taken the mail is refused, with a code that may pass later if there is one."""
    box = Box({"a@example.test": "550 no", "b@example.test": "450 busy"})

    async with smtp_server(box) as port:
        assert await refusal(smtp, mail(port, "a@example.test")) == (550, "recipients")
        assert await refusal(smtp, mail(port, "a@example.test", "b@example.test")) == (450, "recipients")
    assert box.mails == []


async def test_a_refused_sender_and_refused_content_are_a_no(smtp: SmtpClient) -> None:
    """The stage says what the server did not like."""
    async with smtp_server(Box({"us@example.test": "553 not you"})) as port:
        assert await refusal(smtp, mail(port, "a@example.test")) == (553, "sender")
    async with smtp_server(Box(after_data="554 looks like spam")) as port:
        assert await refusal(smtp, mail(port, "a@example.test")) == (554, "data")
    async with smtp_server(Box(), data_size_limit=10) as port:
        assert await refusal(smtp, mail(port, "a@example.test")) == (552, "sender")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_signing_in_by_password_and_by_token(smtp: SmtpClient) -> None:
    """Passwords may hold any letters, tokens go by XOAUTH2; wrong ones are refused at login."""
    good = [{"username": "me", "password": "pässword"}, {"username": "me", "token": "token"}]
    bad = [{"username": "me", "password": "wrong"}, {"username": "me", "token": "wrong"}]
    box = Box()

    async with smtp_server(box, auth_required=True) as port:
        for login in good:
            await smtp.submit(mail(port, "a@example.test", login=login))
        assert [await refusal(smtp, mail(port, "a@example.test", login=login)) for login in bad] == [(535, "login")] * 2
        assert (await refusal(smtp, mail(port, "a@example.test")))[0] == 530
    assert len(box.mails) == 2


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_tls_is_required_when_it_is_asked_for(
    smtp: SmtpClient, guard: Guard, media: DiskMedia, tls: Tls, security: str
) -> None:
    """With TLS a trusted server is used, a stranger's certificate or a server without TLS is not; nothing was sent."""
    box = Box()
    options: dict[str, Any] = {"tls": tls[0]} if security == "tls" else {"tls_context": tls[0]}
    stranger = SmtpClient(guard, media, Trust.ADMIN, tls=ssl.create_default_context())

    server = smtp_server(box, options.pop("tls", None), **options)
    async with server as port, smtp_server(box) as plain:
        await smtp.submit(mail(port, "a@example.test", security=security))
        assert await failure(stranger, mail(port, "a@example.test", security=security)) == ("tls", False)
        assert await failure(smtp, mail(plain, "a@example.test", security=security, timeout_seconds=1)) in [
            ("tls", False), ("timeout", False),
        ]  # fmt: skip
    assert len(box.mails) == 1


def script(after_data: Callable[[asyncio.StreamWriter], None], *, read_mail: bool = True) -> Any:
    """A server that is polite until the mail has come (or begun to), then does `after_data`."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                break
            writer.write(b"250 fine\r\n")
        writer.write(b"354 go\r\n")
        if read_mail:
            await reader.readuntil(b"\r\n.\r\n")
        after_data(writer)
        await reader.read()

    return handle


async def test_no_answer_to_the_mail_may_have_been_sent(smtp: SmtpClient) -> None:
    """Silence or a cut after the end of the data: the server may have taken it."""
    async with serve(script(lambda writer: None)) as peer:
        assert await failure(smtp, mail(peer.port, "a@example.test", timeout_seconds=0.2)) == ("timeout", True)
    async with serve(script(lambda writer: writer.transport.abort())) as peer:
        assert await failure(smtp, mail(peer.port, "a@example.test")) == ("reset", True)


@pytest.mark.parametrize("said", [b"\xff\xfe garbage\r\n", b"250 " + b"x" * 20_000 + b"\r\n", b"000 \r\n"])
async def test_an_unreadable_answer_to_the_mail_may_have_been_a_yes(smtp: SmtpClient, said: bytes) -> None:
    """What is no answer of SMTP refuses nothing: the mail may be on its way."""
    async with serve(script(lambda writer: writer.write(said))) as peer:
        assert await failure(smtp, mail(peer.port, "a@example.test")) == ("reset", True)


async def test_who_looks_for_viruses_before_the_answer_has_time_and_may_forget_to_say_goodbye(smtp: SmtpClient) -> None:
    """Given up too early, a mail that is taken would be one of which nobody knows; QUIT changes nothing any more."""

    def late(writer: asyncio.StreamWriter) -> None:
        asyncio.get_running_loop().call_later(1.0, writer.write, b"250 taken\r\n")

    async with serve(script(late)) as peer:
        assert (await smtp.submit(mail(peer.port, "a@example.test", timeout_seconds=0.5))).answer == "250 taken"


async def test_every_kind_of_yes_to_the_mail_is_one(smtp: SmtpClient) -> None:
    """Some servers answer the end of the data with another code than 250."""
    async with serve(script(lambda writer: writer.write(b"251 taken\r\n"))) as peer:
        assert (await smtp.submit(mail(peer.port, "a@example.test"))).answer == "251 taken"


async def test_a_peer_that_speaks_no_smtp_refuses_nobody(smtp: SmtpClient) -> None:
    """An answer without a code is a broken connection: nobody has to sign in again."""

    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        writer.write(b"\x15\x03\x01 what?\r\n")
        await reader.read()

    async with serve(stranger) as peer:
        assert await failure(smtp, mail(peer.port, "a@example.test")) == ("reset", False)


async def test_a_cut_within_the_data_has_sent_nothing(smtp: SmtpClient, media: DiskMedia) -> None:
    """A server must throw away a mail whose end never came (RFC 5321 4.1.1.4)."""
    blob = await media.write(chunks_of(bytes(20_000_000)), max_bytes=20_000_000)
    large = {"message": b"Subject: x\n\n@@b@@\n", "blobs": {"@@b@@": blob}}

    async with serve(script(lambda writer: writer.transport.abort(), read_mail=False)) as peer:
        assert await failure(smtp, mail(peer.port, "a@example.test", **large)) == ("reset", False)


async def test_nobody_there_has_sent_nothing(smtp: SmtpClient, free_port: int) -> None:
    """Refused connections, silence and private addresses are told apart."""
    assert await failure(smtp, mail(free_port, "a@example.test")) == ("connect", False)
    async with serve(lambda reader, writer: asyncio.sleep(5)) as peer:
        assert await failure(smtp, mail(peer.port, "a@example.test", timeout_seconds=0.3)) == ("timeout", False)


async def test_private_mail_hosts_must_be_listed(media: DiskMedia, tls: Tls) -> None:
    """The guard holds for mail as for HTTP."""
    strict = SmtpClient(Guard(), media, Trust.ADMIN, tls=tls[1])

    async with serve(lambda reader, writer: asyncio.sleep(5)) as peer:
        assert await failure(strict, mail(peer.port, "a@example.test")) == ("refused", False)
    assert peer.connections == 0


@pytest.mark.mail
async def test_postfix_takes_what_dovecot_then_shows(
    smtp: SmtpClient, guard: Guard, media: DiskMedia, tls: Tls, mail_server: RealServer
) -> None:
    """A signed-in submission with an attachment arrives in the mailbox; one that is not signed in is refused."""
    mark = uuid.uuid4().hex
    blob = await media.write(chunks_of(bytes(range(256)) * 2_000), max_bytes=1_000_000)
    text = f"From: agent@example.test\nSubject: {mark}\n\n.dot\n@@b@@\n".encode()
    agent = mail_server.agent
    login = {"username": agent.address, "password": agent.password}
    fields = {"message": text, "blobs": {"@@b@@": blob}}

    done = await smtp.submit(mail(mail_server.submission_port, mail_server.support.address, login=login, **fields))
    code, _ = await refusal(smtp, mail(mail_server.submission_port, mail_server.support.address))
    assert done.answer.startswith("250")
    assert code in (530, 550, 554)

    imap = ImapClient(guard, media, Trust.ADMIN, tls=tls[1])
    box = MailServer(
        host=mail_server.host, port=mail_server.imap_port, security="none", username=mail_server.support.address,
        password=mail_server.support.password,
    )  # fmt: skip
    async with asyncio.timeout(20):
        while True:
            fetched = await imap.fetch(FetchMail(server=box, folder="INBOX", limit=200))
            if found := [one for one in fetched.mails if mark.encode() in one.message]:
                break
    await imap.aclose()
    assert b"\r\n.dot\r\n" in found[0].message
    assert found[0].message.count(b"\r\n") > 512_000 // 57
