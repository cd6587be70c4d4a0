"""A mail comes by IDLE, is answered in the web app by keys alone, the answer lands threaded; a bounce reopens it."""

from __future__ import annotations

import asyncio
import email.policy
import imaplib
import smtplib
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import cast

from playwright.async_api import Browser, expect

from tests.e2e.house import Api, Channel, House, embedded, until
from tests.e2e.screen import screen
from tests.mail_server import Mailbox, MailServer

SAFETY_POLL_SECONDS = 300
"""What the mailbox is looked into at least, should IDLE tell nothing."""


def connected(house: House, server: MailServer) -> Channel:
    """The support mailbox as a channel."""
    return house.channel(
        "email", "Support mail", address=server.support.address, name="Alkyon Support",
        password=server.support.password, imap_host=server.host, imap_port=str(server.imap_port),
        imap_security="none", smtp_host=server.host, smtp_port=str(server.submission_port), smtp_security="none",
    )  # fmt: skip


def posted(server: MailServer, message: bytes, *, sender: str) -> None:
    """Hand a mail for the support mailbox to the server as any client does."""
    with smtplib.SMTP(server.host, server.smtp_port) as smtp:
        smtp.sendmail(sender, [server.support.address], message)


def question(server: MailServer, subject: str) -> EmailMessage:
    """A customer's mail."""
    message = EmailMessage()
    # Rows are found by their kind: other tests write from the same address under other names, and the first one stays.
    message["From"] = f"Maria Παπαδοπούλου <{server.agent.address}>"
    message["To"] = server.support.address
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="customer.example")
    message.set_content("Καλημέρα! Where is my order A-71?\n\nMaria")
    return message


BOUNCE = """\
From: Mail Delivery System <mailer-daemon@mail.customer.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: {id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.customer.example

Final-Recipient: rfc822; {customer}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b1
Content-Type: text/rfc822-headers

Message-ID: {answer}
Subject: {subject}

--b1--
"""
"""What a mail server sends back when the customer's box is gone (RFC 3464), in Postfix's form."""


def bounce(answer: EmailMessage, server: MailServer) -> bytes:
    """The bounce of our answer."""
    written = BOUNCE.format(
        to=server.support.address, date=formatdate(), id=make_msgid(domain="mail.customer.example"),
        customer=server.agent.address, answer=answer["Message-ID"], subject=answer["Subject"],
    )  # fmt: skip
    return written.replace("\n", "\r\n").encode()


def found(server: MailServer, box: Mailbox, subject: str) -> EmailMessage | None:
    """The newest mail of a box with the subject, None where there is none."""
    with imaplib.IMAP4(server.host, server.imap_port) as imap:
        imap.login(box.address, box.password)
        imap.select("INBOX", readonly=True)
        _, (numbers,) = imap.search(None, "HEADER", "Subject", f'"{subject}"')
        if not numbers.split():
            return None
        _, data = imap.fetch(numbers.split()[-1].decode(), "(RFC822)")
        part = cast("tuple[bytes, bytes]", data[0])
        return message_from_bytes(part[1], policy=email.policy.default)


async def idling(api: Api, channel: Channel) -> None:
    """Wait until the mailbox was looked into and is healthy."""

    async def looked() -> bool:
        channels = {one["id"]: one for one in (await api.get("channels"))["items"]}
        return channels[channel.id]["health"] == "ok" and channels[channel.id]["caught_up_at"] is not None

    await until("the mailbox was looked into", looked)


async def test_mail_is_answered_in_the_browser_and_its_bounce_reopens_it(
    browser: Browser, mail_server: MailServer, tmp_path: Path
) -> None:
    """From a plain mail client to the web app and back, threaded; a bounce puts the conversation back, with why."""
    subject = f"Order {time.time_ns()}"
    with embedded(tmp_path, allow_private="127.0.0.1") as house:
        anna, channel = house.person("Anna Berg"), connected(house, mail_server)
        async with house.signed_in(anna) as api, screen(browser, house.url) as desk:
            await idling(api, channel)
            await desk.sign_in(anna)
            asked, sent_at = question(mail_server, subject), time.monotonic()
            await asyncio.to_thread(posted, mail_server, asked.as_bytes(), sender=mail_server.agent.address)
            await expect(desk.row("Mail")).to_be_visible()
            assert time.monotonic() - sent_at < SAFETY_POLL_SECONDS / 10

            await desk.keys("j", "Enter")
            await expect(desk.item("Where is my order A-71?")).to_be_visible()
            await desk.answers("It left this morning.\n\nAnna")
            await expect(desk.item("It left this morning.")).to_contain_text("Sends in")
            await expect(desk.item("It left this morning.").get_by_text("Sent", exact=True)).to_be_visible()

            async def arrived() -> EmailMessage | None:
                return await asyncio.to_thread(found, mail_server, mail_server.agent, f"Re: {subject}")

            answer = await until("the answer is in the customer's mailbox", arrived)
            assert answer["In-Reply-To"] == asked["Message-ID"]
            assert asked["Message-ID"] in answer["References"]
            assert answer["Subject"] == f"Re: {subject}"
            assert answer["From"].addresses[0].addr_spec == mail_server.support.address
            body = answer.get_body(("plain",))
            assert body is not None
            assert body.get_content().startswith("It left this morning.")
            (row,) = await api.conversations(channel=channel.id)
            assert row["waiting_since"] is None
            assert await api.conversations(view="waiting") == []

            await asyncio.to_thread(posted, mail_server, bounce(answer, mail_server), sender="")
            await expect(desk.item("It left this morning.").get_by_text("Not delivered")).to_be_visible()
            await expect(desk.item("It left this morning.")).to_contain_text("User unknown")
            await desk.keys("g", "w")
            await expect(desk.row("Mail")).to_contain_text("Not delivered")
            (again,) = await api.conversations(view="waiting")
            assert again["id"] == row["id"]
            assert again["waiting_since"]
            assert desk.complaints == []
