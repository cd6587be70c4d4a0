"""The connector through the real transport against Postfix and Dovecot: written, read, answered, filed, found again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiosmtplib
import pytest

from connectors.contract import Context
from connectors.email import setup
from connectors.email.outbound import file, lookup_sent, plan, send
from connectors.email.poll import poll
from connectors.errors import SendError, SendErrorKind
from connectors.exchange import FetchMail, MailFetched, MailServer
from connectors.inbound import MessageReceived
from connectors.outbound import SendMessage, Target
from inbox.transport.courier import Clients, Courier
from inbox.transport.drive import drive
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.media import DiskMedia, chunks_of
from inbox.transport.reach import Reach
from tests.connectors.email.world import NOW, ctx
from tests.mail_server import MailServer as RealServer

FILE = bytes(range(256)) * 300


@pytest.fixture
async def courier(tmp_path: Path) -> AsyncIterator[Courier]:
    """A courier that may reach loopback."""
    guard, media = Guard(["127.0.0.0/8"]), DiskMedia(tmp_path, floor_bytes=0)
    http = HttpClient(guard, media)
    made = Clients(guard, media, http).courier(Reach())
    yield made
    await made.aclose()
    await http.aclose()


def support(server: RealServer, **credentials: str) -> Context:
    """The support mailbox of the real server."""
    known = ctx(
        address=server.support.address, imap_host=server.host, imap_port=str(server.imap_port), imap_security="none",
        smtp_host=server.host, smtp_port=str(server.submission_port), smtp_security="none", sent_folder="append",
    )  # fmt: skip
    return replace(
        known, now=NOW, credentials={**known.credentials, "password": server.support.password, **credentials}
    )


def customers_box(server: RealServer) -> MailServer:
    """The customer's own mailbox."""
    return MailServer(
        host=server.host, port=server.imap_port, security="none", username=server.agent.address,
        password=server.agent.password,
    )  # fmt: skip


async def messages(courier: Courier, known: Context, cursor: str, count: int) -> tuple[list[MessageReceived], str]:
    """Poll until so many messages came; IDLE is what waits in between."""
    found: list[MessageReceived] = []
    while len(found) < count:
        result = await drive(poll(cursor, known), courier)
        cursor = result.cursor
        found += [one for one in result.inbounds if isinstance(one, MessageReceived)]
        if len(found) < count and result.wait is not None:
            await courier.wait(result.wait)
    return found, cursor


async def test_a_conversation_over_real_servers(mail_server: RealServer, courier: Courier) -> None:
    """A customer's mail is read once, our answer with a file reaches him, and our copy in Sent is told as ours."""
    known = support(mail_server)
    made = await drive(setup(known), courier)
    question = (
        f"From: Anna <{mail_server.agent.address}>\r\nTo: {made.asset_id}\r\nSubject: Παραγγελία\r\n"
        "Message-ID: <real-1@people.example>\r\n\r\nΠού είναι;\r\n"
    )
    await aiosmtplib.send(
        question.encode(), sender=mail_server.agent.address, recipients=[made.asset_id], hostname=mail_server.host,
        port=mail_server.smtp_port, start_tls=False,
    )  # fmt: skip
    (asked,), cursor = await messages(courier, known, "", 1)
    blob = await courier.media.write(chunks_of(FILE), max_bytes=1_000_000, name="Απόδειξη.bin")
    target = Target(thread_id=asked.thread.external_id, address=asked.thread.address, message_id=asked.external_id)
    (part,) = plan(SendMessage(target=target, text="Έρχεται.", attachments=(blob,), quote=asked.text), known)
    receipt = await drive(send(part, known), courier)
    for again in (False, True):
        await drive(file(part, receipt.copy, known, again), courier)
    (copy,), _ = await messages(courier, known, cursor, 1)

    assert (asked.text, asked.title) == ("Πού είναι;", "Παραγγελία")
    assert (copy.external_id, copy.client_ref, copy.author.is_self) == (receipt.external_id, part.key, True)
    assert (copy.thread.external_id, copy.attachments[0].data) == (asked.thread.external_id, FILE)
    assert await drive(lookup_sent(part, known), courier) is not None
    theirs = await courier.carry(FetchMail(server=customers_box(mail_server), folder="INBOX"))
    assert isinstance(theirs, MailFetched)
    assert any(receipt.external_id.encode() in one.message for one in theirs.mails)


async def test_a_wrong_password_asks_for_a_new_sign_in(mail_server: RealServer, courier: Courier) -> None:
    """The submission server's refusal is understood."""
    known = support(mail_server, password="wrong")
    target = Target(thread_id="", address={"to": mail_server.agent.address})
    (part,) = plan(SendMessage(target=target, text="Hi", subject="Hi"), known)

    with pytest.raises(SendError) as raised:
        await drive(send(part, known), courier)

    assert raised.value.kind is SendErrorKind.REAUTH
