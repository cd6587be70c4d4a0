"""Whole mails."""

import random
import time

import msgspec
import pytest

from connectors.email import threads
from connectors.email.inbound import read
from connectors.errors import PayloadInvalid
from connectors.inbound import Ignored, MessageReceived
from tests.connectors.email.world import GOLDEN, NOW, box, ctx, mail, one

DAY = 86_400_000_000


def mutated(message: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The mail with pieces cut out, noise and pieces of other mails put in."""
    data = bytearray(message)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        what = chance.randrange(4)
        if what == 0:
            del data[at : at + chance.randint(1, 60)]
        elif what == 1:
            data[at:at] = chance.randbytes(chance.randint(1, 20))
        elif what == 2:
            other = chance.choice(others)
            begin = chance.randrange(len(other))
            data[at:at] = other[begin : begin + chance.randint(1, 300)]
        elif data:
            data[min(at, len(data) - 1)] = chance.randrange(256)
    return bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_broken_mails_never_raise_anything_else(seed: int) -> None:
    """Of 2,000 mutated mails each is read, or refused as no mail, and what it tells can be stored."""
    chance = random.Random(seed)
    mails = [path.read_bytes() for path in sorted(GOLDEN.glob("*.eml"))]

    for _ in range(500):
        try:
            told = read(mutated(chance.choice(mails), mails, chance), ctx(), internal_at=NOW)
        except PayloadInvalid:
            continue
        assert told
        assert msgspec.json.encode(told)


def test_an_ordinary_mail_is_read_quickly() -> None:
    """Well under 2 ms of work on average over the goldens (measured 0.2 ms for plain text, 1 ms for a Gmail reply)."""
    mails = [path.read_bytes() for path in GOLDEN.glob("message_*.eml")]
    known = ctx()
    begun = time.process_time()
    for message in mails:
        read(message, known, internal_at=NOW)

    assert (time.process_time() - begun) / len(mails) < 0.01


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"no header here\n\nbody", b"X-Odd: 1\n\nbody"])
def test_what_is_no_mail_is_refused(data: bytes) -> None:
    """Bytes without a header of a mail are PayloadInvalid."""
    with pytest.raises(PayloadInvalid):
        read(data, ctx())


def test_the_same_mail_has_one_key_on_every_way() -> None:
    """Through two aliases, another folder or other hops, a mail has one dedupe key."""
    direct, by_alias = (
        mail("Date: Sat, 21 Nov 2026 10:00:00 +0000"),
        mail("Received: x", "Date: Sat, 21 Nov 2026 10:00:00 +0000"),
    )

    assert one(direct).dedupe_key == one(by_alias).dedupe_key
    assert read(direct, ctx(), place="sent")[0].dedupe_key == one(direct).dedupe_key


def test_a_reused_message_id_is_another_mail() -> None:
    """Two mails of one id and different dates are two; of one date, one."""
    dates = {"m1@people.example": 1_000_000}

    (other,) = read(mail("Date: Sat, 21 Nov 2026 10:00:00 +0000"), ctx(), dates=dates)
    assert isinstance(other, MessageReceived)
    assert other.external_id == "m1@people.example#1795255200"


def test_a_mail_without_id_is_known_by_its_content() -> None:
    """The hash is the same each time and differs with the words."""
    first, again, other = (one(mail(body=b, mid="")).external_id for b in ("a", "a", "b"))

    assert first == again != other


@pytest.mark.parametrize(("days", "is_believed"), [(0, True), (3, True), (30, False), (9_000, False), (-1, False)])
def test_only_a_believable_date_counts(days: int, is_believed: bool) -> None:
    """A sender's clock that is far off does not turn a question into history: the time of arrival stands."""
    (told,) = read(mail("Date: Sat, 21 Nov 2026 10:00:00 +0000"), ctx(), internal_at=1_795_255_200_000_000 + days * DAY)

    assert (told.occurred_at == 1_795_255_200_000_000) is is_believed


def test_sent_mail_is_ours_and_answers_its_recipient() -> None:
    """What a person sent from his own client is ours, waits for nothing, and the thread answers the customer."""
    message = mail("Subject: Re: x", sender="support@shop.example").replace(
        b"To: support@shop.example", b"To: anna@people.example"
    )
    (told,) = read(message, ctx(), place="sent")

    assert isinstance(told, MessageReceived)
    assert (told.author.is_self, told.needs_answer, told.client_ref) == (True, False, None)
    assert told.thread.address["reply_to"] == "anna@people.example"


def test_our_own_copy_names_its_part() -> None:
    """Our mail in Sent is matched to its part by our header, also when the server replaced the Message-ID."""
    (told,) = read(
        mail(f"X-Inbox-Part: {threads.part_mark(box(), 'key1')}", sender="support@shop.example"), ctx(), place="sent"
    )

    assert isinstance(told, MessageReceived)
    assert told.client_ref == "key1"


def test_our_own_mail_from_another_is_a_loop() -> None:
    """Our mark on a mail that somebody else sent means that a machine sends our mails back."""
    (told,) = read(mail(f"X-Inbox-Part: {threads.part_mark(box(), 'key1')}"), ctx())

    assert isinstance(told, Ignored)
    assert one(mail("X-Inbox-Part: key1.forged")).text == "Hello"


def test_junk_is_shown_and_waits_for_nothing() -> None:
    """A mail of the junk folder is automatic."""
    (told,) = read(mail(), ctx(), place="junk")

    assert isinstance(told, MessageReceived)
    assert (told.automatic, told.needs_answer) == ("junk", False)


@pytest.mark.parametrize(
    ("headers", "answers"),
    [
        ((), "anna@people.example"),
        (("Reply-To: home@people.example",), "home@people.example"),
        (("Reply-To: support@shop.example",), "anna@people.example"),
        (("Reply-To: support+x@shop.example, home@people.example",), "home@people.example"),
    ],
)
def test_answers_go_to_reply_to_unless_that_is_us(headers: tuple[str, ...], answers: str) -> None:
    """Reply-To decides, but we never answer ourselves."""
    assert one(mail(*headers)).thread.address["reply_to"] == answers
