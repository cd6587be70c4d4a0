"""What a batch holds: ids, positions, audiences, timers."""

from __future__ import annotations

from inbox.domain import events as e
from inbox.domain.records import Timer
from inbox.domain.state import Needs, State, Workspace
from tests.inbox.domain.floor import NOW, Floor


def test_positions_have_no_gaps_and_ids_do_not_repeat() -> None:
    """Both come from the locked workspace row."""
    floor = Floor()
    for number in range(5):
        floor.says(person=f"p{number}")

    positions = [logged.position for logged in floor.state.events]
    assert positions == list(range(1, len(positions) + 1))
    assert floor.state.workspace.position == positions[-1]
    assert floor.state.next_id() > max(floor.state.messages)


def test_an_event_that_moves_a_conversation_has_both_audiences() -> None:
    """Who could see it before learns that it left."""
    floor = Floor()
    floor.says()
    logged = floor.state.emit(e.TeamChanged(conversation_id=floor.newest.id, before=None, after=3))

    assert (logged.before.team_id, logged.audience.team_id) == (None, 3)
    assert floor.newest.as_of == logged.position


def test_what_the_batch_has_is_not_read_over() -> None:
    """A record loaded twice keeps the counter cell it had first."""
    floor = Floor()
    floor.says()
    conversation = floor.newest
    floor.state.load([conversation])

    assert floor.state.cells_before[conversation.id] is None


def test_a_timer_is_what_the_batch_made_of_it() -> None:
    """Stored, replaced or dropped."""
    state = State(Workspace(1, 1, 1, 1), NOW)
    state.due["snooze", 1] = Timer("snooze", 1, 5, 0)
    stored = state.timer("snooze", 1)
    state.set_timer("snooze", 1, 9)
    replaced = state.timer("snooze", 1)
    state.drop_timer("snooze", 1)

    assert stored is not None
    assert replaced is not None
    assert (stored.due_at, replaced.due_at) == (5, 9)
    assert state.timer("snooze", 1) is None
    assert state.timer("release", 1) is None


def test_needs_name_every_field_they_have() -> None:
    """A need that is not a slot would be lost without a word."""
    needs = Needs()
    assert all(hasattr(needs, name) for name in Needs.__slots__)
