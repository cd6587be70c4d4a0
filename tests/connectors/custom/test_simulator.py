"""The simulated customer's system keeps its own rules."""

import json

import pytest

from connectors.contract import CustomerAction
from connectors.custom import CONNECTOR
from connectors.custom.simulator import CustomSimulator
from connectors.exchange import HttpRequest, Request
from connectors.inbound import (
    AnyInbound,
    Attachment,
    IdentityChanged,
    MessageReceived,
    ReceiptReceived,
    ReviewReceived,
    ThreadClosed,
    TypingStarted,
)
from connectors.outbound import (
    AnyOutbound,
    DeleteComment,
    EditSent,
    HideComment,
    MarkSeen,
    PrivateReply,
    React,
    ReplyToReview,
    SendMessage,
    Target,
    UnhideComment,
)
from connectors.toolkit import faults
from tests.connectors.kit.driver import Run, as_served, by_simulator, drive
from tests.connectors.kit.subject import subject

CTX = subject("custom").context()


def told(simulator: CustomSimulator, action: CustomerAction) -> list[AnyInbound]:
    """What we read of a customer's action."""
    assert CONNECTOR.parse is not None
    found = [one for request in simulator.act(action, CTX.now) for one in CONNECTOR.parse(request, CTX)]
    return [one for one in found if not isinstance(one, Exception)]


def carried_out(simulator: CustomSimulator, action: AnyOutbound) -> Run:
    """Our action at the simulator."""
    assert CONNECTOR.send is not None
    (part,) = CONNECTOR.plan(action, CTX)
    run = drive(CONNECTOR.send(part, CTX), by_simulator(simulator, CTX))
    assert run.error is None, run.error
    return run


def wrote(simulator: CustomSimulator, thread_id: str = "", text: str = "hello") -> MessageReceived:
    """A customer's message as we read it."""
    found = told(simulator, CustomerAction(do="write", person="maria", thread_id=thread_id, text=text))[-1]
    assert isinstance(found, MessageReceived)
    return found


def target_of(message: MessageReceived) -> Target:
    """Where an answer to it goes."""
    return Target(
        thread_id=message.thread.external_id,
        address=message.thread.address,
        message_id=message.external_id,
        author_id=message.author.external_id,
    )


def test_same_seed_same_world() -> None:
    """Two simulators of one seed say the same bytes."""
    action = CustomerAction(do="write", person="maria", text="hello")

    assert CustomSimulator(3).act(action, CTX.now) == CustomSimulator(3).act(action, CTX.now)


def test_a_repetition_is_carried_out_once() -> None:
    """The same webhook-id gives the same answer and no second message."""
    simulator = CustomSimulator(1)
    run = carried_out(simulator, SendMessage(target=target_of(wrote(simulator)), text="once"))
    (request,) = run.requests
    assert isinstance(request, HttpRequest)

    again = simulator.respond(as_served(request, CTX), CTX.now)

    assert json.loads(again.body)["external_id"] == run.result.external_id
    assert [one["text"] for one in simulator.seen("dm-maria")] == ["hello", "once"]


def test_unsigned_requests_are_refused() -> None:
    """401, and nothing happens."""
    simulator = CustomSimulator(1)

    response = simulator.respond(Request(method="POST", path="/", headers={}, body=b"{}"), CTX.now)

    assert response.status == 401


def test_moderation_is_what_the_public_sees() -> None:
    """Hidden, shown again, deleted."""
    simulator = CustomSimulator(1)
    comment = wrote(simulator, "comment-1")

    carried_out(simulator, HideComment(target=target_of(comment)))
    assert simulator.seen("comment-1")[0]["state"] == "hidden"
    carried_out(simulator, UnhideComment(target=target_of(comment)))
    assert simulator.seen("comment-1")[0]["state"] == "sent"
    carried_out(simulator, DeleteComment(target=target_of(comment)))
    assert simulator.seen("comment-1") == []


def test_private_reply_goes_to_the_author() -> None:
    """It lands in the person's own conversation, and the receipt says which."""
    simulator = CustomSimulator(1)
    comment = wrote(simulator, "comment-1")

    run = carried_out(simulator, PrivateReply(target=target_of(comment), text="psst"))

    assert run.result.thread_id == "dm-maria"
    assert [one["text"] for one in simulator.seen("dm-maria")] == ["psst"]
    assert len(simulator.seen("comment-1")) == 1


def test_edits_reactions_and_ticks() -> None:
    """Our edit and reaction show; delivered comes with the next act, read when the customer reads."""
    simulator = CustomSimulator(1)
    message = wrote(simulator)
    sent = carried_out(simulator, SendMessage(target=target_of(message), text="first")).result.external_id
    carried_out(simulator, React(target=target_of(message), emoji="👍"))
    edited = Target(thread_id="dm-maria", address={"kind": "direct"}, message_id=sent)
    carried_out(simulator, EditSent(target=edited, text="second"))
    carried_out(simulator, MarkSeen(target=target_of(message)))

    receipts = told(simulator, CustomerAction(do="read", person="maria"))

    assert [(one["text"], one["emojis"]) for one in simulator.seen("dm-maria")] == [("hello", "👍"), ("second", "")]
    assert [one.state for one in receipts if isinstance(one, ReceiptReceived)] == ["delivered", "read"]


def test_reviews_rise_and_fall() -> None:
    """A review and its new version are one item with other stars; our answer stands under it."""
    simulator = CustomSimulator(1)
    (review,) = told(simulator, CustomerAction(do="review", person="budi", text="meh", rating=2))
    assert isinstance(review, ReviewReceived)
    thread = review.thread.external_id

    target = Target(thread_id=thread, address=review.thread.address, message_id=review.external_id)
    carried_out(simulator, ReplyToReview(target=target, text="sorry"))
    version = told(simulator, CustomerAction(do="restar", person="budi", message_id=review.external_id, rating=5))[-1]

    assert isinstance(version, ReviewReceived)
    assert (version.external_id, version.rating, version.text) == (review.external_id, 5, "meh")
    assert [one["text"] for one in simulator.seen(thread)] == ["meh", "sorry"]


@pytest.mark.parametrize(
    ("do", "record"),
    [("typing", TypingStarted), ("block", IdentityChanged), ("leave", ThreadClosed), ("join", MessageReceived)],
)
def test_other_things_customers_do(do: str, record: type[AnyInbound]) -> None:
    """Each is told in its own event."""
    action = CustomerAction(do=do, person="maria", thread_id="group-1")  # type: ignore[arg-type]

    assert [type(one) for one in told(CustomSimulator(1), action)] == [record]


def test_attachments_and_answers_arrive() -> None:
    """A photo in answer to a message has its link and what it answers."""
    simulator = CustomSimulator(1)
    photo = Attachment(kind="image", url="https://crm.customer.example/1.jpg", mime="image/jpeg", size_bytes=5)

    first = wrote(simulator)
    action = CustomerAction(do="write", person="maria", attachments=(photo,), in_reply_to=first.external_id)
    (second,) = told(simulator, action)

    assert isinstance(second, MessageReceived)
    assert (second.attachments, second.in_reply_to) == ((photo,), first.external_id)


def test_shuffled_deliveries_lose_nothing() -> None:
    """With the fault on, the first arrives after the second."""
    simulator = CustomSimulator(1)
    simulator.faults.add(faults.SHUFFLE)

    assert told(simulator, CustomerAction(do="write", person="maria", text="one")) == []
    found = told(simulator, CustomerAction(do="write", person="maria", text="two"))

    assert [one.text for one in found if isinstance(one, MessageReceived)] == ["two", "one"]


def test_unknown_items_are_refused() -> None:
    """404 for us, a KeyError that says where to look for whoever scripts a customer."""
    simulator = CustomSimulator(1)
    assert CONNECTOR.send is not None
    (part,) = CONNECTOR.plan(EditSent(target=Target(thread_id="c", message_id="nope"), text="x"), CTX)

    run = drive(CONNECTOR.send(part, CTX), by_simulator(simulator, CTX))

    assert run.error is not None
    with pytest.raises(KeyError, match="seen"):
        simulator.act(CustomerAction(do="edit", person="maria", message_id="nope"), CTX.now)
