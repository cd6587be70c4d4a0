"""The closed loop: customers write, we answer, they see it."""

import pytest

from connectors.contract import CustomerAction
from connectors.email.inbound import read
from connectors.email.outbound import plan, send
from connectors.email.simulator import AUTO_REPLY, BOUNCE, DELAY, DUPLICATE, MailWorld
from connectors.exchange import AnyRequest, AnyResponse, MailStored, MailSubmitted, SubmitMail
from connectors.inbound import AnyInbound, Ignored, MessageReceived, ReceiptReceived
from connectors.outbound import Receipt, SendMessage, Target
from tests.connectors.email.world import NOW, ctx, run

WORDS = {
    "el": "Καλημέρα, πού είναι η παραγγελία μου;",
    "hy": "Բարեւ, որտե՞ղ է իմ պատվերը",
    "id": "Terima kasih, saya tidak dapat barang yang dipesan",
    "fi": "Hei, kiitos, minun tilaus ei ole tullut",
    "de": "Danke, ich bin nicht zufrieden, bitte umtauschen",
    "en": "Where is it? 🙂",
    "ja": "ありがとうございます",
    "zh": "谢谢，到了",
    "ar": "شكرا",
}


def write(world: MailWorld, text: str, **fields: str) -> list[AnyInbound]:
    """A customer writes; what we read."""
    world.act(CustomerAction(do="write", person="maria", name="Maria", text=text, **fields), NOW)  # type: ignore[arg-type]
    return [told for message in world.outbox() for told in read(message, ctx(), internal_at=NOW)]


def reply(world: MailWorld, to: AnyInbound, text: str) -> Receipt:
    """We answer a message, and the customer's side gets it."""
    assert isinstance(to, MessageReceived)
    target = Target(thread_id=to.thread.external_id, address=to.thread.address, message_id=to.external_id)
    (part,) = plan(SendMessage(target=target, text=text, quote=to.text), ctx())

    def take(request: AnyRequest) -> AnyResponse:
        if isinstance(request, SubmitMail):
            world.receive(request.message, NOW)
            return MailSubmitted()
        return MailStored()

    return run(send(part, ctx()), take)[0]


@pytest.mark.parametrize("language", WORDS)
def test_the_loop_closes_in_every_language(language: str) -> None:
    """Words arrive as written, our answer is seen, and the customer's own quote is cut off again."""
    world = MailWorld(7)
    (first,) = write(world, "First words")
    receipt = reply(world, first, "Our answer")
    (second,) = write(world, WORDS[language])

    assert isinstance(first, MessageReceived)
    assert isinstance(second, MessageReceived)
    assert (first.text, second.text) == ("First words", WORDS[language])
    assert second.thread.external_id == first.thread.external_id
    assert (second.in_reply_to, second.thread.address["proof"]) == (receipt.external_id, "token")
    assert [(one["from"], one["text"]) for one in world.seen(first.external_id)] == [
        ("them", "First words"),
        ("us", "Our answer"),
        ("them", WORDS[language]),
    ]


def test_the_same_seed_makes_the_same_mails() -> None:
    """Everything is repeatable."""

    def mails(seed: int) -> list[bytes]:
        world = MailWorld(seed)
        world.act(CustomerAction(do="write", person="maria", text="Hi"), NOW)
        return world.outbox()

    assert mails(7) == mails(7) != mails(8)


@pytest.mark.parametrize(("fault", "state"), [(BOUNCE, "failed"), (DELAY, None)])
def test_bounces_name_our_mail(fault: str, state: str | None) -> None:
    """A bounce fails the very mail that we sent; a delay changes nothing."""
    world = MailWorld(7)
    (first,) = write(world, "Hi")
    world.faults.add(fault)
    receipt = reply(world, first, "Our answer")
    (told,) = [one for message in world.outbox() for one in read(message, ctx(), internal_at=NOW)]

    if state is None:
        assert isinstance(told, Ignored)
    else:
        assert isinstance(told, ReceiptReceived)
        assert (told.state, told.message_id) == (state, receipt.external_id)


def test_read_receipts_and_machines_are_told_apart() -> None:
    """A read mail is a receipt; an absence note is an automatic message of the thread."""
    world = MailWorld(7)
    (first,) = write(world, "Hi")
    world.faults.add(AUTO_REPLY)
    receipt = reply(world, first, "Our answer")
    world.act(CustomerAction(do="read", person="maria"), NOW)
    away, read_it = [one for message in world.outbox() for one in read(message, ctx(), internal_at=NOW)]

    assert isinstance(away, MessageReceived)
    assert isinstance(read_it, ReceiptReceived)
    assert (away.automatic, away.thread.external_id) == ("auto-reply", first.thread.external_id)  # type: ignore[union-attr]
    assert (read_it.state, read_it.message_id) == ("read", receipt.external_id)


def test_doubled_mails_have_one_key() -> None:
    """What arrives twice is one message."""
    world = MailWorld(7)
    world.faults.add(DUPLICATE)
    told = write(world, "Hi")

    assert len(told) == 2
    assert len({one.dedupe_key for one in told}) == 1


def test_who_left_cannot_be_reached() -> None:
    """Mails to a mailbox that was given up come back."""
    world = MailWorld(7)
    (first,) = write(world, "Hi")
    world.act(CustomerAction(do="leave", person="maria"), NOW)
    reply(world, first, "Are you there?")

    (bounce,) = world.outbox()
    assert isinstance(read(bounce, ctx(), internal_at=NOW)[0], ReceiptReceived)
