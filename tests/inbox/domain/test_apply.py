"""The projection: every event has one, and none is missing."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from inbox.domain import apply
from inbox.domain import events as e
from inbox.domain.state import cell
from tests.inbox.domain.floor import ANNA, Floor


def test_every_event_has_a_projection() -> None:
    """An event that is emitted without one would fail at night."""
    assert set(get_args(e.AnyEvent)) == set(apply._PROJECTIONS)


@pytest.mark.parametrize("kind", get_args(e.AnyEvent))
def test_every_event_survives_the_log(kind: type[e.Event]) -> None:
    """Encoded and decoded it is the same, and its name is its tag."""
    values = {f.name: _value(f) for f in msgspec.structs.fields(kind) if f.required}
    event = kind(**values)

    assert e.decode(e.encode(event)) == event
    assert e.name_of(event) == kind.__struct_config__.tag


def _value(field: msgspec.structs.FieldInfo) -> object:
    said = str(field.type)
    if "tuple" in said:
        return (1, 2)
    if "Literal" in said:
        return get_args(field.type)[0]
    if field.type is bool:
        return True
    return "x" if field.type is str else 1


def test_counters_follow_what_happens() -> None:
    """A cell loses what another gains; merged conversations are in none."""
    floor = Floor()
    floor.says()
    made = floor.state.cell_changes()
    conversation = floor.newest
    floor.state.cells_before[conversation.id] = cell(conversation)
    floor.state.emit(e.AssigneeChanged(conversation_id=conversation.id, after=5), ANNA.actor)
    moved = floor.state.cell_changes()
    conversation.merged_into = 4711

    assert list(made.values()) == [1]
    assert sorted(moved.values()) == [-1, 1]
    assert cell(conversation) is None


def test_tags_are_kept_in_order_and_once() -> None:
    """The row's tags are ascending ids."""
    floor = Floor()
    floor.says()
    for kind, tag in ((e.TagAdded, 9), (e.TagAdded, 3), (e.TagAdded, 9), (e.TagRemoved, 4)):
        floor.state.emit(kind(conversation_id=floor.newest.id, tag_id=tag))

    assert floor.newest.tags == "3,9"
