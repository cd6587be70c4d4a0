"""connectors/whatsapp/statuses.py: states, reasons in words, readers of groups."""

from typing import Any

import pytest

from connectors.inbound import Ignored, ReceiptReceived
from tests.connectors.whatsapp.deliveries import read, told


def receipt(**status: Any) -> ReceiptReceived:
    """The receipt of one status."""
    (one,) = told(statuses=[{"id": "wamid.1", "timestamp": "1795299900", **status}])
    assert isinstance(one, ReceiptReceived)
    return one


@pytest.mark.parametrize(
    ("status", "state"),
    [("sent", "accepted"), ("delivered", "delivered"), ("read", "read"), ("played", "read"), ("READ", "read")],
)
def test_states_are_ours(status: str, state: str) -> None:
    """WhatsApp's words for ticks are ours."""
    assert receipt(status=status).state == state


def test_a_late_failure_says_why_in_words() -> None:
    """What failed after it was taken is told with a reason that an agent can act on."""
    failed = receipt(status="failed", errors=[{"code": 131047, "title": "Re-engagement message"}])
    assert failed.state == "failed"
    assert failed.reason.startswith("The person last wrote more than 24 hours ago. Send a template.")
    assert "131047" in failed.reason


@pytest.mark.parametrize(("kind", "name"), [("payment", "failed"), ("payment", "captured"), ("call", "RINGING")])
def test_what_became_of_a_payment_is_no_receipt(kind: str, name: str) -> None:
    """A message that was read does not fail with the payment that it asks for."""
    (one,) = told(statuses=[{"id": "wamid.1", "timestamp": "1795299900", "type": kind, "status": name}])
    assert isinstance(one, Ignored)
    assert not one.reason.startswith("unknown")
    assert receipt(type="message", status="read").state == "read"


def test_a_failure_without_a_reason_is_still_one() -> None:
    """Nothing is made up where WhatsApp says nothing."""
    assert receipt(status="failed").reason == ""


def test_each_reader_of_a_group_has_a_receipt() -> None:
    """The same message read by two people is two facts."""
    found = [one for one in read("group_status") if isinstance(one, ReceiptReceived)]
    assert len({one.dedupe_key for one in found}) == len({one.recipient for one in found}) == 2


def test_a_state_of_the_future_is_ignored_by_name() -> None:
    """An unknown state changes nothing."""
    (one,) = told(statuses=[{"id": "wamid.1", "timestamp": "1795299900", "status": "teleported"}])
    assert isinstance(one, Ignored)
    assert one.reason == "unknown: status teleported"


def test_a_status_names_our_own_send() -> None:
    """By what our request gave along, so that it settles a send whose answer never came."""
    assert receipt(status="sent", biz_opaque_callback_data="key-1").client_ref == "key-1"
    assert receipt(status="sent").client_ref is None
