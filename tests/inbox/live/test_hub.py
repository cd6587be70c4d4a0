"""Sockets get what they may see, in order, once, and can prove it."""

from __future__ import annotations

import msgspec

from inbox.domain import events as e
from inbox.domain.permissions import Principal, Scope
from inbox.live.frames import Close
from inbox.live.hub import MAX_BUFFERED_BYTES, Hub, Socket
from inbox.live.protocol import payload_of, text_frame
from inbox.live.shown import Shown


class FakeWire:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.data = b""
        self.closed: Close | None = None
        self.stuck = 0

    def write(self, frames: bytes) -> None:
        """Take all."""
        self.data += frames

    def buffered(self) -> int:
        """What the peer has not taken."""
        return self.stuck

    def close(self, code: Close) -> None:
        """Note the code."""
        self.closed = code

    def frames(self) -> list[dict[str, object]]:
        """Decode the text frames written so far."""
        out, data = [], self.data
        while data:
            size, start = data[1], 2
            if size == 126:
                size, start = int.from_bytes(data[2:4], "big"), 4
            elif size == 127:
                size, start = int.from_bytes(data[2:10], "big"), 10
            out.append(msgspec.json.decode(data[start : start + size]))
            data = data[start + size :]
        return out


def shown(position: int, after: e.Audience, before: e.Audience | None = None, conversation: int = 5) -> Shown:
    """An event with an audience."""
    payload = b'{"type":"event","position":%d,"entered":false}' % position
    event = e.TagAdded(conversation_id=conversation, tag_id=1)
    return Shown(position, 0, conversation, after, before or after, text_frame(payload), event)


def joined(hub: Hub, scope: Scope, agent_id: int = 1) -> tuple[Socket, FakeWire]:
    """A live socket of an agent."""
    wire = FakeWire()
    socket = Socket(wire, Principal(e.Actor("agent", agent_id), "A", scope, frozenset()))
    socket.live = True
    hub.add(socket)
    return socket, wire


EVERYTHING = Scope(None, frozenset())
ONLY_7 = Scope(frozenset({7}), frozenset({3}))


def test_an_event_in_scope_is_sent_and_counted() -> None:
    """A socket gets the events of channels it covers and counts them."""
    hub = Hub()
    socket, wire = joined(hub, ONLY_7)

    hub.publish([shown(1, e.Audience(7)), shown(2, e.Audience(8)), shown(3, e.Audience(8, team_id=3))])

    assert [f["position"] for f in wire.frames()] == [1, 3]
    assert (socket.sent, socket.position) == (2, 3)


def test_moving_out_of_sight_sends_left_and_into_sight_entered() -> None:
    """The same event is `left` for those who lose the conversation and `entered` for those who gain it."""
    hub = Hub()
    _, loses = joined(hub, ONLY_7, 1)
    _, gains = joined(hub, Scope(frozenset({8}), frozenset()), 2)
    _, keeps = joined(hub, EVERYTHING, 3)

    hub.publish([shown(9, e.Audience(8), before=e.Audience(7))])

    assert [f["type"] for f in loses.frames()] == ["left"]
    assert [f["entered"] for f in gains.frames()] == [True]
    assert [f["entered"] for f in keeps.frames()] == [False]


def test_a_private_event_reaches_only_its_agent() -> None:
    """Private audience means one agent, whatever the scopes."""
    hub = Hub()
    _, mine = joined(hub, EVERYTHING, 1)
    _, other = joined(hub, EVERYTHING, 2)

    hub.publish([shown(1, e.Audience(agent_id=1))])

    assert len(mine.frames()) == 1
    assert other.frames() == []


def test_a_private_event_in_a_batch_changes_nothing_for_the_others() -> None:
    """The others get the rest of the batch, in order and counted, as if it were not there."""
    hub = Hub()
    _, his = joined(hub, EVERYTHING, 1)
    other, others = joined(hub, EVERYTHING, 2)

    hub.publish([shown(1, e.Audience(7)), shown(2, e.Audience(agent_id=1)), shown(3, e.Audience(7))])

    assert [f["position"] for f in his.frames()] == [1, 2, 3]
    assert [f["position"] for f in others.frames()] == [1, 3]
    assert (other.sent, other.position) == (2, 3)


def test_what_follows_a_change_of_rights_in_a_batch_is_shown_by_the_new_ones() -> None:
    """Whoever was narrowed or shut out gets what came before, and nothing that came after; nor the change itself, to
    which he comes back if he is cut before he could begin anew.
    """
    hub = Hub()
    narrowed, narrow = joined(hub, EVERYTHING, 1)
    _, ended = joined(hub, EVERYTHING, 2)

    def told(one: Shown) -> None:
        if isinstance(one.event, e.SettingChanged):
            [socket] = hub.rescope(Principal(e.Actor("agent", 1), "A", ONLY_7, frozenset()))
            socket.live = False

    hub.on_event.append(told)
    rights = msgspec.structs.replace(shown(2, e.EVERYONE), event=e.SettingChanged(object="agent", id=1))
    over = msgspec.structs.replace(
        shown(4, e.Audience(agent_id=2)), event=e.SessionRevoked(agent_id=2, session_id=None)
    )
    hub.publish([shown(1, e.Audience(8)), rights, shown(3, e.Audience(8)), over, shown(5, e.Audience(8))])

    assert [f["position"] for f in narrow.frames()] == [1]
    assert [f["position"] for f in ended.frames()] == [1, 2, 3]
    assert narrowed.position == 1


def test_what_a_snapshot_holds_is_not_sent_again() -> None:
    """A socket whose snapshot is newer than the start of a batch gets only the rest of it."""
    hub = Hub()
    socket, wire = joined(hub, EVERYTHING)
    socket.position = 2

    hub.publish([shown(1, e.Audience(7)), shown(2, e.Audience(7)), shown(3, e.Audience(7))])

    assert [f["position"] for f in wire.frames()] == [3]


def test_a_peer_that_stops_reading_is_closed_and_gets_nothing_more() -> None:
    """A socket over the buffer limit is closed with 4408; the others are served."""
    hub = Hub()
    slow, slow_wire = joined(hub, EVERYTHING, 1)
    _, quick_wire = joined(hub, EVERYTHING, 2)
    slow_wire.stuck = MAX_BUFFERED_BYTES + 1

    hub.publish([shown(1, e.Audience(7))])
    hub.publish([shown(2, e.Audience(7))])

    assert slow_wire.closed is Close.TOO_SLOW
    assert not slow.live
    assert slow_wire.frames() == []
    assert len(quick_wire.frames()) == 2


def test_progress_is_told_once_per_position() -> None:
    """Progress names the position and how many frames were sent; without news it is silent."""
    hub = Hub()
    _, wire = joined(hub, ONLY_7)
    hub.publish([shown(1, e.Audience(7)), shown(2, e.Audience(8))])

    hub.progress()
    hub.progress()

    told = [f for f in wire.frames() if f["type"] == "progress"]
    assert told == [{"type": "progress", "position": 2, "sent": 1}]


def test_a_revoked_session_closes_its_sockets() -> None:
    """SessionRevoked closes the sockets of that agent with 4403."""
    hub = Hub()
    _, wire = joined(hub, EVERYTHING, 4)
    revoked = Shown(
        1,
        0,
        None,
        e.Audience(agent_id=4),
        e.Audience(agent_id=4),
        text_frame(b"{}"),
        e.SessionRevoked(agent_id=4),
    )

    hub.publish([revoked])

    assert wire.closed is Close.REVOKED


def test_a_frame_says_what_it_was_made_of() -> None:
    """The payload of a text frame is found at every length of its head."""
    for size in (0, 125, 126, 65_535, 65_536):
        payload = b"x" * size

        assert payload_of(text_frame(payload)) == payload
