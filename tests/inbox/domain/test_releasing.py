"""What people decide about what we send."""

from __future__ import annotations

from connectors.errors import SendErrorKind
from connectors.outbound import Receipt
from inbox.domain import delivering, releasing
from inbox.domain.events import Actor
from tests.inbox.domain.test_delivering import answered


def test_a_hold_is_released_once() -> None:
    """Its timer goes; a second release does nothing."""
    floor, message = answered(hold_seconds=10)
    done = [releasing.released(floor.state, message) for _ in range(2)]

    assert done == [True, False]
    assert floor.state.timers[releasing.RELEASE, message.id] is None
    assert (message.delivery_state, message.delivery_until) == ("queued", None)


def test_tried_again_starts_at_the_first_part_that_was_not_accepted() -> None:
    """Parts that arrived are not sent twice."""
    floor, message = answered(parts=3)
    first, second, third = delivering.parts_of(floor.state, message.id)
    delivering.accepted(floor.state, first, Receipt(external_id="a"))
    delivering.failed(floor.state, second, SendErrorKind.REJECTED, "", retry_at=None)
    second.attempts = 150
    keys = iter(["n1", "n2", "n3"])
    again = releasing.tried_again(floor.state, message, lambda: next(keys), Actor("agent", 5))

    assert again
    assert [(p.state, p.key) for p in (second, third)] == [("waiting", "n1"), ("waiting", "n2")]
    assert first.state == "accepted"
    assert second.attempts == 0, "by hand it is tried as often as at first"
