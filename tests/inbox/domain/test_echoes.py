"""Our own sends coming back."""

from __future__ import annotations

import pytest

from connectors import inbound as net
from connectors.errors import SendErrorKind
from connectors.outbound import Receipt
from inbox.domain import delivering
from inbox.domain.records import Message
from tests.inbox.domain.floor import NOW, Floor

SHOP = net.Author(external_id="shop", is_self=True)


def sent() -> tuple[Floor, Message]:
    """An answer whose only attempt has begun."""
    floor = Floor()
    floor.says()
    message = floor.answers()
    [part] = delivering.parts_of(floor.state, message.id)
    delivering.attempt_began(floor.state, part, 1)
    return floor, message


@pytest.mark.parametrize("by_key", [True, False])
def test_an_echo_resolves_what_nobody_knew(by_key: bool) -> None:
    """By our own key, or by the same words within fifteen seconds; it becomes no second item."""
    floor, message = sent()
    [part] = delivering.parts_of(floor.state, message.id)
    delivering.failed(floor.state, part, SendErrorKind.UNKNOWN, "", retry_at=None)
    unknown = message.delivery_state
    outcome = floor.receive(floor.message("Yes.", author=SHOP, client_ref=part.key if by_key else None))

    assert (unknown, outcome, message.delivery_state) == ("unknown", "duplicate", "accepted")
    assert floor.waits[0].end == "answered"


@pytest.mark.parametrize("echoed_as", ["mid.1", "mid.2"])
def test_a_message_read_at_once_shows_as_read_when_its_echo_tells_the_networks_time(echoed_as: str) -> None:
    """The network's watermark lies before the moment at which its answer reached our clock; the wait's end stays. The
    echo is known by the item's id, or by our key.
    """
    floor, message = sent()
    [part] = delivering.parts_of(floor.state, message.id)
    floor.later(3)
    delivering.accepted(floor.state, part, Receipt(external_id="mid.1"))
    ended_at = floor.waits[0].customer_ended_at
    floor.receive(
        net.ReceiptReceived(dedupe_key="w", occurred_at=NOW, state="read", thread_id="chat-eleni", up_to=NOW + 2)
    )
    missed = message.delivery_state
    floor.receive(floor.message("Yes.", author=SHOP, external_id=echoed_as, client_ref=part.key, occurred_at=NOW + 1))

    assert (missed, message.delivery_state, message.accepted_at) == ("accepted", "read", NOW + 1)
    assert floor.waits[0].customer_ended_at == ended_at


def test_a_later_echo_moves_no_time() -> None:
    """The second of two parts comes back later than the first was taken."""
    floor, message = sent()
    floor.accepts(message, "mid.1")
    [part] = delivering.parts_of(floor.state, message.id)
    delivering.accepted(floor.state, part, Receipt(external_id="mid.1"))
    accepted_at = message.accepted_at
    floor.later(5)
    floor.receive(floor.message("Yes.", author=SHOP, external_id="mid.1"))

    assert message.accepted_at == accepted_at
