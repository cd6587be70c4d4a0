"""Claims while one writes: one at a time, seen by colleagues, gone with the minute or the connection."""

from __future__ import annotations

from inbox.clock import SECOND
from inbox.domain.events import Actor, Audience
from inbox.domain.permissions import Principal, Scope
from inbox.domain.presence import Sign
from inbox.eventlog.bus import Bus
from inbox.live.hub import Hub, Socket
from inbox.live.presence import CLAIM_SECONDS, Presence
from tests.inbox.live.test_hub import FakeWire

ANNA, BEN, HERE = 21, 22, 5
SEEN = Audience(11, None)


class Room:
    """Presence with a clock of its own, and Ben's socket."""

    def __init__(self) -> None:
        self.now = 1_000_000 * SECOND
        self.hub = Hub()
        self.presence = Presence(self.hub, Bus(), lambda: self.now)
        self.wire = FakeWire()
        ben = Socket(self.wire, Principal(Actor("agent", BEN), "Ben", Scope(None, frozenset()), frozenset()))
        ben.live = True
        self.hub.add(ben)

    def told(self) -> list[dict[str, object]]:
        """What Ben is told of colleagues now."""
        self.wire.data = b""
        self.presence.flush()
        return [entry for frame in self.wire.frames() for entry in frame["entries"]]  # type: ignore[attr-defined]


def test_a_claim_is_shown_to_colleagues_and_ends_by_itself() -> None:
    """For a minute from the last word; then he is gone."""
    room = Room()
    room.presence.take(ANNA, HERE, SEEN)

    [shown] = room.told()
    assert (shown["agent_id"], shown["state"], shown["claimed"]) == (str(ANNA), "writing", True)
    assert room.presence.holder(HERE) == ANNA
    room.now += (CLAIM_SECONDS - 1) * SECOND
    room.presence.take(ANNA, HERE, SEEN)
    room.now += (CLAIM_SECONDS - 1) * SECOND
    assert room.presence.holder(HERE) == ANNA
    room.now += 2 * SECOND
    assert room.presence.holder(HERE) is None
    assert [entry["claimed"] for entry in room.told()] == [False]


def test_taking_over_ends_the_other_s_claim() -> None:
    """Two never have it."""
    room = Room()
    room.presence.take(ANNA, HERE, SEEN)
    room.presence.take(BEN, HERE, SEEN)

    assert room.presence.holder(HERE) == BEN
    assert {entry["agent_id"]: entry["claimed"] for entry in room.told()} == {str(ANNA): False, str(BEN): True}


def test_claims_end_with_the_last_connection() -> None:
    """All of his, nobody else's."""
    room = Room()
    room.presence.take(ANNA, HERE, SEEN)
    room.presence.take(BEN, HERE + 1, SEEN)

    room.presence.gone(ANNA)

    assert room.presence.holder(HERE) is None
    assert room.presence.holder(HERE + 1) == BEN


def test_nobody_stays_because_clocks_differ() -> None:
    """The clock of who tells of him is minutes ahead, or ours is put back: he goes when he falls silent."""
    room = Room()
    ahead = Sign(
        agent_id=ANNA,
        conversation_id=HERE,
        state="reading",
        until=room.now + 600 * SECOND,
        channel_id=SEEN.channel_id,
        team_id=None,
        socket="one",
    )
    room.presence.seen(ahead)
    assert [entry["agent_id"] for entry in room.told()] == [str(ANNA)]
    room.now += (CLAIM_SECONDS + 1) * SECOND
    room.told()
    assert not room.presence.entries

    room.presence.take(BEN, HERE, SEEN)
    room.now -= 600 * SECOND
    room.told()
    assert not room.presence.entries
