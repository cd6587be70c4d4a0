"""Reports about our mails, beyond the forms in the golden files."""

import pytest

from connectors.email import threads
from connectors.email.inbound import read
from connectors.inbound import IdentityChanged, Ignored, MessageReceived, ReceiptReceived
from tests.connectors.email.world import NOW, box, ctx, mail

OURS = threads.new_message_id(box(), "aaaaaaaa", "key1")


def report(kind: str, fields: str, original: str = OURS) -> bytes:
    """A multipart/report about one of our mails."""
    body = (
        f"--b\r\nContent-Type: message/{kind}\r\n\r\n{fields}\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: <{original}>\r\nTo: anna@people.example\r\n\r\nx\r\n--b--"
    )
    return mail('Content-Type: multipart/report; boundary="b"', body=body, sender="mailer-daemon@x.example")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ("Action: failed\r\nStatus: 5.1.1", "failed"),
        ("Action: FAILED (bad)\r\nStatus: 4.4.7", "failed"),
        ("Status: 5.0.0", "failed"),
        ("Action: delivered", "delivered"),
        ("Status: 2.0.0", "delivered"),
        ("Action: delayed\r\nStatus: 4.0.0", None),
        ("Status: 4.0.0", None),
        ("Action: relayed", None),
        ("Action: expanded", None),
    ],
)
def test_the_action_decides(fields: str, state: str | None) -> None:
    """Action decides before Status; what is delayed or passed on is no failure."""
    message = report(
        "delivery-status", f"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; anna@people.example\r\n{fields}"
    )
    (told,) = read(message, ctx(), internal_at=NOW)

    assert (told.state if isinstance(told, ReceiptReceived) else None) == state
    assert isinstance(told, ReceiptReceived | Ignored)


def test_each_recipient_has_a_receipt_of_its_own() -> None:
    """A report about several recipients becomes several receipts with keys of their own."""
    fields = "\r\n\r\n".join(f"Final-Recipient: rfc822; a{i}@x.example\r\nAction: failed" for i in range(3))
    told = read(report("delivery-status", f"Reporting-MTA: dns; x\r\n\r\n{fields}"), ctx(), internal_at=NOW)

    assert [one.recipient for one in told if isinstance(one, ReceiptReceived)] == [
        "a0@x.example",
        "a1@x.example",
        "a2@x.example",
    ]
    assert len({one.dedupe_key for one in told}) == 3


def test_a_forged_report_changes_nothing() -> None:
    """A report about an id that only looks like ours is ignored, and so is a complaint about a foreign mail."""
    forged = OURS[:9] + "other" + OURS[13:]
    failed = "Final-Recipient: rfc822; anna@people.example\r\nAction: failed"
    complaint = report(
        "feedback-report", "Feedback-Type: abuse\r\nOriginal-Rcpt-To: anna@people.example", "x@y.example"
    )

    assert isinstance(read(report("delivery-status", failed, forged), ctx(), internal_at=NOW)[0], Ignored)
    assert isinstance(read(complaint, ctx(), internal_at=NOW)[0], Ignored)


def test_a_complaint_about_our_mail_makes_the_person_unreachable() -> None:
    """Who reports our mail as abuse is not written to again."""
    (told,) = read(report("feedback-report", "Feedback-Type: abuse"), ctx(), internal_at=NOW)

    assert isinstance(told, IdentityChanged)
    assert (told.author.external_id, told.reachable) == ("anna@people.example", False)


def test_a_report_that_names_no_mail_is_shown() -> None:
    """What cannot be tied to a mail of ours is not lost: it is an automatic message."""
    (told,) = read(
        mail(sender="postmaster@x.example", body="Something could not be delivered."), ctx(), internal_at=NOW
    )

    assert isinstance(told, MessageReceived)
    assert told.automatic == "bounce"
