"""Mails written by programs."""

import pytest

from connectors.email.automation import is_robot
from tests.connectors.email.world import mail, one


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Auto-Submitted: auto-replied (vacation)", "auto-reply"),
        ("Auto-Submitted: auto-generated (failure)", "service"),
        ("X-Autoreply: yes", "auto-reply"),
        ("X-Autorespond: x", "auto-reply"),
        ("X-Loop: x", "auto-reply"),
        ("Precedence: auto_reply", "auto-reply"),
        ("Precedence: junk", "bulk"),
        ("Precedence: list", "list"),
        ("List-Id: <x.y>", "list"),
        ("Mailing-List: list x@y", "list"),
        ("List-Unsubscribe: <mailto:x@y>", "bulk"),
        ("Feedback-ID: 1:2:3", "bulk"),
        ("X-Auto-Response-Suppress: All", "service"),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", ""),
        ("Return-Path: <MAILER-DAEMON@mx.people.example>", "bounce"),
        ("Subject: AUTO: Smith, Anna is out of the office (returning 05/01/2027)", "auto-reply"),
        ("Return-Path: <>", "service"),
        ("X-Failed-Recipients: x@y.example", "bounce"),
        ("Auto-Submitted: no", ""),
        ("List-Id: <support.shop.example>", ""),
        ("Return-Path: <anna@people.example>", ""),
    ],
)
def test_marks_of_programs_are_known(header: str, reason: str) -> None:
    """Each mark makes a mail automatic, and an automatic mail waits for no answer."""
    message = one(mail(header))

    assert message.automatic == reason
    assert message.needs_answer is not bool(reason)


@pytest.mark.parametrize(
    ("address", "robot"),
    [
        ("no-reply@x", True),
        ("noreply-orders@x", True),
        ("donotreply@x", True),
        ("mailer-daemon@x", True),
        ("bounce+abc@x", True),
        ("orders-noreply@x", True),
        ("anna@x", False),
        ("norepinephrine@x", False),
        ("support@x", False),
    ],
)
def test_addresses_of_programs_are_known(address: str, robot: bool) -> None:
    """An address tells by its name that nobody reads it."""
    assert is_robot(address) is robot


def test_a_form_that_names_its_customer_is_a_question() -> None:
    """A mail from no-reply with another Reply-To waits for an answer."""
    form = mail("Reply-To: anna@people.example", sender="no-reply@forms.example")

    assert one(form).needs_answer
    assert not one(mail(sender="no-reply@forms.example")).needs_answer


def test_the_subject_counts_only_on_an_answer() -> None:
    """A subject of absence makes no first mail automatic."""
    subject = "Subject: Out of office: x"

    assert one(mail(subject)).automatic == ""
    assert one(mail(subject, "In-Reply-To: <a@b>")).automatic == "auto-reply"


def test_a_mark_added_on_the_way_says_nothing_of_the_author() -> None:
    """A provider that forwards a mailbox and marks all of it as bulk makes no person a program."""
    hop, mark = "Received: from a.example by b.example; Mon, 23 Nov 2026 08:00:00 +0000", "Precedence: bulk"

    assert one("\r\n".join([hop, mark, ""]).encode() + mail(hop)).needs_answer is True
    assert one("\r\n".join([hop, ""]).encode() + mail(mark)).automatic == "bulk"
