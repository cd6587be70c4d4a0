"""Signs of presence: colleagues give them, and see those of people."""

from __future__ import annotations

from inbox import clock
from inbox.clock import SECOND
from inbox.domain.presence import Sign, encode_sign
from inbox.eventlog.bus import PRESENCE, Bus
from inbox.live.hub import Hub
from inbox.live.presence import Presence
from inbox.sandbox.signs import Signs

ROW = {"id": "44", "channel_id": "7", "team_id": None}


def test_the_live_side_understands_what_a_colleague_does() -> None:
    """He is shown as anybody who writes, and gone when he left."""
    bus = Bus()
    live, signs = Presence(Hub(), bus, clock.now), Signs(bus)

    signs.give(3, ROW, "writing")
    assert live.shape(3, 44).state == "writing"
    signs.give(3, ROW, None)
    assert not live.entries


def test_people_are_seen_and_colleagues_are_not() -> None:
    """Where a person writes counts before where one reads; simulated colleagues and what is over do not count."""
    bus = Bus()
    signs = Signs(bus)
    signs.give(3, ROW, "writing")
    assert signs.where() is None

    until = clock.now() + 10 * SECOND
    for agent, conversation, state, ends in (
        (1, 50, "reading", until),
        (2, 51, "writing", until),
        (4, 52, "writing", 1),
    ):
        sign = Sign(agent, conversation, state, ends, 7, None)
        bus.publish(PRESENCE, encode_sign(sign))

    assert signs.where() == 51
    assert signs.where(1) == 50
    assert signs.where(4) is None
