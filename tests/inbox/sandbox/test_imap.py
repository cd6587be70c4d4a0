"""The mini IMAP server, asked by our own client."""

from __future__ import annotations

import asyncio

import pytest

from connectors.contract import CustomerAction
from connectors.exchange import (
    FetchMail,
    MailFetched,
    MailRefused,
    MailServer,
    MailStored,
    StoreMail,
    WaitForMail,
)
from inbox import clock
from inbox.sandbox.stage import MAILBOX, PASSWORD, Stage
from inbox.transport.courier import Courier


def server_of(made: Stage, password: str = PASSWORD) -> MailServer:
    """How the mailbox is reached."""
    return MailServer(host="127.0.0.1", port=made.imap.port, security="none", username=MAILBOX, password=password)


def writes(made: Stage, text: str, person: str = "pirjo") -> None:
    """A customer sends a mail."""
    made.networks.act("email", CustomerAction(do="write", person=person, name=person.title(), text=text), clock.now())


async def fetched(made: Stage, courier: Courier, after_uid: int = 0, folder: str = "INBOX") -> MailFetched:
    """What is new in a folder."""
    request = FetchMail(
        server=server_of(made),
        folder=folder,
        special_use="" if folder == "INBOX" else f"\\{folder}",
        uid_validity=20_261_122 if after_uid else 0,
        after_uid=after_uid,
        overlap=0,
        since_at=clock.now() - clock.DAY,
    )
    answer = await courier.carry(request)
    assert isinstance(answer, MailFetched)
    return answer


async def test_mails_are_read_whole_and_in_order(made: Stage, courier: Courier) -> None:
    """What customers sent is fetched byte for byte, oldest first, and not again."""
    writes(made, "Hei, missä pakettini on? 📦")
    writes(made, "Καλημέρα", person="stavros")

    first = await fetched(made, courier)
    again = await fetched(made, courier, after_uid=first.highest_uid)

    kept = [mail.message for mail in made.networks.mailbox.folders["INBOX"].mails]
    assert [mail.message for mail in first.mails] == kept
    assert b"pakettini" in kept[0]
    assert again.mails == ()


async def test_wrong_password_is_refused(made: Stage, courier: Courier) -> None:
    """Signing in needs the sandbox's password."""
    with pytest.raises(MailRefused):
        await courier.carry(FetchMail(server=server_of(made, "wrong"), folder="INBOX"))


async def test_a_copy_is_filed_into_sent(made: Stage, courier: Courier) -> None:
    """A mail appended to Sent is found there by its special use, and by its Message-ID when it is filed again."""
    message = b"Subject: hi\r\nMessage-ID: <a@x.example>\r\n\r\nhi\r\n"
    copy = StoreMail(
        server=server_of(made), folder="Sent", special_use="\\Sent", message=message, unless_id="a@x.example",
        since_at=clock.now(),
    )  # fmt: skip
    for _ in range(2):
        stored = await courier.carry(copy)

        assert isinstance(stored, MailStored)
        assert stored.uid == 1
    assert [mail.message for mail in (await fetched(made, courier, folder="Sent")).mails] == [message]


async def test_idle_ends_when_a_mail_comes(made: Stage, courier: Courier) -> None:
    """Whoever waits in IDLE is told of a new mail at once."""
    wait = WaitForMail(server=server_of(made), folder="INBOX", timeout_seconds=30)
    assert await courier.wait(wait)
    waiting = asyncio.create_task(courier.wait(wait))
    while not made.networks.mailbox.folders["INBOX"].watchers:
        await asyncio.sleep(0.01)

    writes(made, "Hello?")

    assert await asyncio.wait_for(waiting, 30)
