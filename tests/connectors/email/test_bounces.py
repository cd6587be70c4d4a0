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


def told_by(subject: str, text: str, *headers: str) -> MessageReceived | ReceiptReceived | Ignored | IdentityChanged:
    """What a bounce in plain words tells about our mail, of which it brings the headers."""
    copy = f"------ This is a copy of your message, including all the headers. ------\r\n\r\nMessage-ID: <{OURS}>\r\n"
    (told,) = read(
        mail(f"Subject: {subject}", *headers, body=f"{text}\r\n\r\n{copy}", sender="mailer-daemon@mx.example"),
        ctx(),
        internal_at=NOW,
    )
    assert isinstance(told, MessageReceived | ReceiptReceived | Ignored | IdentityChanged)
    return told


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Warning: message 1abCD-000 delayed 24 hours",
            "Your message has not yet been delivered to:\r\n\r\n  anna@people.example\r\n\r\nDelivery attempts will"
            " continue; this warning is repeated while the message remains undelivered.",
        ),
        (
            "Delivery Status Notification (Delay)",
            "Delivery to the following recipient has been delayed:\r\n\r\n  anna@people.example",
        ),
        ("Delivery failure notification", "Could not be delivered to\r\n<anna@people.example>\r\nIt will be retried."),
    ],
)
def test_a_warning_in_words_is_no_failure(subject: str, text: str) -> None:
    """A mail server that is still trying has not failed, though it names the recipient."""
    told = told_by(subject, text)

    assert isinstance(told, Ignored)
    assert told.reason == "bounce_delayed"


@pytest.mark.parametrize(
    "text",
    [
        "This message, addressed to 'anna@people.example', could not be delivered: mailbox full.",
        "Undeliverable to anna@people.example\r\n550 user unknown",
        "Unable to deliver mail.\r\nUser's mailbox is full: <anna@people.example>",
        "Undelivered mail, after the delivery was delayed. A permanent error. [SMTP:anna@people.example]",
        "From postmaster@mx.example: Message did not reach the following recipient(s): * anna@people.example.",
    ],
)
def test_a_recipient_named_within_a_sentence_is_found(text: str) -> None:
    """Where no line of its own names the recipient, an address in the words does; those of the servers do not."""
    told = told_by("Mail problem", text)

    assert isinstance(told, ReceiptReceived)
    assert (told.state, told.recipient) == ("failed", "anna@people.example")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Returned mail: Cannot send message for 4 days",
            "421 people.example (smtp)... Deferred: Connection timed out",
        ),
        ("Delivery error", "An error has occurred while attempting to deliver your mail:\r\nanna@people.example: full"),
        ("Nicht angekommen", "Der Benutzer ist hier nicht bekannt: unknown user"),
    ],
)
def test_a_mail_to_one_person_failed_at_that_person(subject: str, text: str) -> None:
    """A bounce without a recipient that pastes the headers of our mail is about the only one it went to."""
    pasted = (
        f"   ----- Unsent message follows -----\r\nReceived:from mx\r\nMessage-ID: <{OURS}>\r\nFrom: me@shop.example"
    )
    body = f"{text}\r\n\r\n{pasted}\r\nTo: anna@people.example\r\n\r\nHello"
    told = read(mail(f"Subject: {subject}", body=body, sender="post_master@mx.example"), ctx(), internal_at=NOW)

    assert [(one.state, one.recipient) for one in told if isinstance(one, ReceiptReceived)] == [
        ("failed", "anna@people.example")
    ]


def test_a_bounce_to_several_names_nobody_whom_it_does_not_name() -> None:
    """Of a mail to two people, a bounce without a recipient fails for neither: it is shown instead."""
    pasted = f"Message-ID: <{OURS}>\r\nTo: anna@people.example, bob@people.example"
    (told,) = read(
        mail("Subject: Undeliverable", body=f"No such user\r\n\r\n{pasted}\r\n\r\nHi", sender="postmaster@x.example"),
        ctx(),
        internal_at=NOW,
    )

    assert isinstance(told, MessageReceived)
    assert told.automatic == "bounce"


def test_the_header_that_names_failed_recipients_is_enough() -> None:
    """Google Groups says in other words why it takes no mail; a reason in words of its own is shown as it stands."""
    told = told_by(
        "Group problem",
        "anna@people.example\r\nThe group may not exist, or you may not post to it.",
        "X-Failed-Recipients: anna@people.example",
    )

    assert isinstance(told, ReceiptReceived)
    assert (told.state, told.recipient) == ("failed", "anna@people.example")
    assert told.reason == "The group may not exist, or you may not post to it."


def test_a_warning_that_names_its_recipients_in_the_header_is_no_failure() -> None:
    """The header does not turn a mail server's warning into a failure."""
    told = told_by("Delayed", "Your mail has not yet been delivered.", "X-Failed-Recipients: anna@people.example")

    assert isinstance(told, Ignored)
    assert told.reason == "bounce_delayed"


def test_only_recipients_of_our_mail_are_taken_from_a_sentence() -> None:
    """With our mail attached, an address in the words counts when the mail went there."""
    parts = (
        "--b\r\n\r\nUndeliverable: anna@people.example said to ask help@people.example instead.\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{OURS}>\r\nTo: anna@people.example\r\n\r\nx\r\n--b--"
    )
    bounce = mail('Content-Type: multipart/mixed; boundary="b"', body=parts, sender="postmaster@x.example")
    told = read(bounce, ctx(), internal_at=NOW)

    assert [one.recipient for one in told if isinstance(one, ReceiptReceived)] == ["anna@people.example"]


def test_a_status_without_recipients_leaves_the_words() -> None:
    """Servers that fill no recipient into the machine-readable part name him above it."""
    parts = (
        "--b\r\n\r\nA message could not be delivered to:\r\nanna@people.example\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.example\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{OURS}>\r\n\r\n--b--"
    )
    (told,) = read(mail('Content-Type: multipart/report; boundary="b"', body=parts), ctx(), internal_at=NOW)

    assert isinstance(told, ReceiptReceived)
    assert (told.state, told.recipient) == ("failed", "anna@people.example")


def test_a_refusal_in_the_form_of_a_read_receipt_is_a_failure() -> None:
    """Mail filters refuse with a disposition `deleted` (RFC 5429); a client's `deleted` stays without effect."""
    fields = (
        "Final-Recipient: rfc822; anna@people.example\r\nDisposition: automatic-action/MDN-sent-automatically; deleted"
    )
    refused = report("disposition-notification", fields).replace(
        b"\r\n\r\n--b", b"\r\n\r\n--b\r\n\r\nYour message was automatically rejected:\r\nQuota exceeded\r\n--b", 1
    )
    (told,) = read(refused, ctx(), internal_at=NOW)
    (unread,) = read(report("disposition-notification", fields), ctx(), internal_at=NOW)

    assert isinstance(told, ReceiptReceived)
    assert told.state == "failed"
    assert "Quota exceeded" in told.reason
    assert isinstance(unread, Ignored)
