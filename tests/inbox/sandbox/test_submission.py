"""The submission server, given mails by our own client."""

from __future__ import annotations

import pytest

from connectors.exchange import MailRefused, MailServer, MailSubmitted, SubmitMail, TransportFailed
from connectors.toolkit import faults
from inbox.sandbox.stage import MAILBOX, PASSWORD, Stage
from inbox.transport.courier import Courier

MAIL = (
    b"From: hello@alkyon.example\r\nTo: pirjo@people.example\r\nSubject: Tilauksesi\r\n"
    b"Message-ID: <one@alkyon.example>\r\n\r\nHei Pirjo!\r\n"
)


def submission(made: Stage, password: str = PASSWORD, timeout_seconds: float = 10.0) -> SubmitMail:
    """A mail to Pirjo."""
    server = MailServer(
        host="127.0.0.1", port=made.submission.port, security="none", username=MAILBOX, password=password
    )
    return SubmitMail(
        server=server,
        envelope_from=MAILBOX,
        recipients=("pirjo@people.example",),
        message=MAIL,
        timeout_seconds=timeout_seconds,
    )


async def test_a_mail_reaches_its_recipient(made: Stage, courier: Courier) -> None:
    """What is submitted is seen by the customer it is for."""
    answer = await courier.carry(submission(made))

    assert isinstance(answer, MailSubmitted)
    assert [item["text"] for item in made.networks.seen("email", "one@alkyon.example")] == ["Hei Pirjo!"]


async def test_wrong_password_is_refused(made: Stage, courier: Courier) -> None:
    """Sending needs the sandbox's password."""
    with pytest.raises(MailRefused) as refused:
        await courier.carry(submission(made, "wrong"))

    assert refused.value.stage == "login"


@pytest.mark.parametrize(("fault", "code"), [(faults.OUTAGE, 421), (faults.THROTTLED, 451)])
async def test_refusals_say_that_it_may_pass(made: Stage, courier: Courier, fault: str, code: int) -> None:
    """An outage and a limit are answered with codes that ask to come again."""
    made.networks.faults["email"].add(fault)

    with pytest.raises(MailRefused) as refused:
        await courier.carry(submission(made))

    assert refused.value.code == code


async def test_with_a_time_out_the_mail_is_taken_but_not_confirmed(made: Stage, courier: Courier) -> None:
    """The fault `timeout` leaves the sender not knowing what became of his mail."""
    made.networks.faults["email"].add(faults.TIMEOUT)

    with pytest.raises(TransportFailed) as failed:
        await courier.carry(submission(made, timeout_seconds=1.0))

    assert failed.value.sent
    assert made.networks.seen("email", "one@alkyon.example")
