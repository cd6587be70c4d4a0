"""What becomes of what we send."""

from __future__ import annotations

import pytest

from connectors import inbound as net
from connectors.errors import SendErrorKind
from connectors.outbound import Receipt
from inbox.domain import delivering, releasing
from inbox.domain.records import Message
from tests.inbox.domain.floor import ANNA, NOW, Floor


def answered(parts: int = 1, **fields: object) -> tuple[Floor, Message]:
    """A customer who wrote and an answer that is ready to leave."""
    floor = Floor()
    floor.says()
    return floor, floor.answers(parts=parts, **fields)


def test_a_message_is_accepted_when_all_its_parts_are() -> None:
    """It shows the least advanced part; the customer clock ends with the first."""
    floor, message = answered(parts=2)
    first, second = delivering.parts_of(floor.state, message.id)
    delivering.attempt_began(floor.state, first, 1)
    delivering.accepted(floor.state, first, Receipt(external_id="a"))
    half = (message.delivery_state, message.accepted_at, floor.waits[0].end)
    floor.later(9)
    delivering.accepted(floor.state, second, Receipt(external_id="b"))

    assert half == ("queued", NOW, "answered")
    assert (message.delivery_state, message.accepted_at) == ("accepted", NOW)
    assert (message.external_id, floor.state.message_by_key[message.channel_id, "b"]) == ("a", message)


def test_a_refused_part_cancels_those_after_it() -> None:
    """Nothing of a message arrives after its middle was refused."""
    floor, message = answered(parts=3)
    first, second, third = delivering.parts_of(floor.state, message.id)
    delivering.accepted(floor.state, first, Receipt(external_id="a"))
    delivering.failed(floor.state, second, SendErrorKind.REJECTED, "bad word", retry_at=None)

    assert [p.state for p in (first, second, third)] == ["accepted", "refused", "cancelled"]
    assert "bad word" in message.delivery_reason
    assert message.delivery_reason.endswith("The network has taken 1 of its 3 parts: trying again sends the rest.")


def test_what_may_be_retried_waits_and_says_until_when() -> None:
    """The message stays queued with the reason, the wait is untouched."""
    floor, message = answered()
    [part] = delivering.parts_of(floor.state, message.id)
    delivering.attempt_began(floor.state, part, 1)
    delivering.failed(floor.state, part, SendErrorKind.THROTTLED, "", retry_at=NOW + 5)

    assert (part.state, part.next_at, part.effect_at) == ("waiting", NOW + 5, None)
    assert (message.delivery_state, message.delivery_until, floor.waits[0].end) == ("queued", NOW + 5, "")


def test_no_attempt_begins_on_what_is_not_waiting() -> None:
    """A cancelled or accepted part is no longer ours to send."""
    floor, message = answered(hold_seconds=10)
    [part] = delivering.parts_of(floor.state, message.id)

    assert not delivering.attempt_began(floor.state, part, 1)
    assert releasing.cancelled(floor.state, message, ANNA.actor)
    assert not delivering.attempt_began(floor.state, part, 1)
    assert not releasing.cancelled(floor.state, message, ANNA.actor)


@pytest.mark.parametrize(
    ("states", "shown"),
    [(["read", "delivered"], "read"), (["delivered", "read"], "read"), (["delivered"], "delivered")],
)
def test_receipts_only_move_forward(states: list[str], shown: str) -> None:
    """Whatever order they come in."""
    floor, message = answered()
    floor.accepts(message, "x")
    for number, state in enumerate(states):
        floor.receive(
            net.ReceiptReceived(dedupe_key=str(number), occurred_at=NOW, state=state, message_id="x")  # type: ignore[arg-type]
        )

    assert message.delivery_state == shown


def test_a_watermark_counts_for_what_is_accepted_later_with_an_older_time() -> None:
    """Read up to an instant: also the item whose acceptance reaches us afterwards."""
    floor, message = answered()
    floor.later(60)
    floor.receive(
        net.ReceiptReceived(
            dedupe_key="w", occurred_at=NOW, state="read", thread_id="chat-eleni", up_to=floor.state.now
        )
    )
    [part] = delivering.parts_of(floor.state, message.id)
    delivering.attempt_began(floor.state, part, 1)
    delivering.accepted(floor.state, part, Receipt(external_id="x", accepted_at=NOW + 1))

    assert message.delivery_state == "read"


@pytest.mark.parametrize(
    ("told", "shown", "wait_ends"),
    [("accepted", "accepted", "answered"), ("read", "read", "answered"), ("failed", "refused", "")],
)
@pytest.mark.parametrize("standing", ["sending", "unknown"])
def test_a_receipt_with_our_key_settles_a_send_without_an_answer(
    standing: str, told: net.ReceiptState, shown: str, wait_ends: str
) -> None:
    """Before the network's answer, or when none came: it has the item, under the id that the receipt names."""
    floor, message = answered()
    [part] = delivering.parts_of(floor.state, message.id)
    delivering.attempt_began(floor.state, part, 1)
    if standing == "unknown":
        delivering.failed(floor.state, part, SendErrorKind.UNKNOWN, "", retry_at=None)
    key = {"message_id": "wamid.1", "client_ref": part.key}
    first = floor.receive(net.ReceiptReceived(dedupe_key="1", occurred_at=NOW, state=told, **key))
    again = floor.receive(net.ReceiptReceived(dedupe_key="1", occurred_at=NOW, state=told, **key))

    assert (first, again) == ("done", "duplicate")
    assert (part.state, message.external_id, message.delivery_state) == ("accepted", "wamid.1", shown)
    assert floor.waits[0].end == wait_ends


def test_the_answer_after_the_receipt_still_names_the_thread() -> None:
    """A thread that we began has its name from the answer alone; nothing else happens twice."""
    floor, message = answered()
    [part] = delivering.parts_of(floor.state, message.id)
    thread = floor.state.threads[part.thread_id]
    thread.external_id = "new:1"
    delivering.attempt_began(floor.state, part, 1)
    floor.receive(
        net.ReceiptReceived(dedupe_key="1", occurred_at=NOW, state="delivered", message_id="w", client_ref=part.key)
    )
    events = floor.events
    delivering.accepted(floor.state, part, Receipt(external_id="w", thread_id="30691"))

    assert (thread.external_id, floor.state.thread_by_key[7, "30691"]) == ("30691", thread)
    assert (floor.events, message.delivery_state) == (events, "delivered")


def test_a_receipt_before_the_answer_waits_for_it() -> None:
    """Where the network does not tell our key back, the receipt is applied when the answer names the item."""
    floor, message = answered()
    [part] = delivering.parts_of(floor.state, message.id)
    delivering.attempt_began(floor.state, part, 1)
    early = floor.receive(net.ReceiptReceived(dedupe_key="1", occurred_at=NOW, state="read", message_id="x"))
    delivering.accepted(floor.state, part, Receipt(external_id="x"))

    assert (early, message.delivery_state) == ("orphan", "read")
    assert len(floor.state.dropped_orphans) == 1


def test_a_message_is_not_read_while_a_part_of_it_has_to_leave() -> None:
    """It shows the least advanced of its parts."""
    floor, message = answered(parts=2)
    first, second = delivering.parts_of(floor.state, message.id)
    for part, name in ((first, "a"), (second, "b")):
        delivering.attempt_began(floor.state, part, 1)
        floor.receive(
            net.ReceiptReceived(dedupe_key=name, occurred_at=NOW, state="read", message_id=name, client_ref=part.key)
        )
        if part is first:
            assert message.delivery_state == "queued"

    assert message.delivery_state == "read"


def test_refused_after_accepted_brings_everything_back() -> None:
    """The wait has its original start, the conversation is open again, the reason is in words."""
    floor, message = answered()
    floor.accepts(message, "x")
    floor.receive(
        net.ReceiptReceived(dedupe_key="f", occurred_at=NOW, state="failed", message_id="x", reason="mailbox full")
    )

    assert (message.delivery_state, message.delivery_reason) == ("refused", "mailbox full")
    assert (floor.waits[0].end, floor.waits[0].opened_at, floor.newest.failed) == ("", NOW, "refused")
