"""What the desk's own events do to the state (`domain.apply` asks here)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inbox.domain.desk_events import ApprovalAsked, ApprovalEnded, ConversationLinked, ConversationUnlinked
from inbox.domain.event import Actor, Event

if TYPE_CHECKING:
    from inbox.domain.state import State


def _linked(state: State, event: ConversationLinked, position: int, actor: Actor) -> None:
    if not event.reverse:
        state.links[event.conversation_id, event.other_id] = (event.kind, actor.id)


def _unlinked(state: State, event: ConversationUnlinked, position: int, actor: Actor) -> None:
    state.links[event.conversation_id, event.other_id] = None


def _nothing(state: State, event: Event, position: int, actor: Actor) -> None:
    """The item itself says how it stands; the event says since when."""


PROJECTIONS: dict[type[Event], Callable[[State, Any, int, Actor], None]] = {
    ApprovalAsked: _nothing,
    ApprovalEnded: _nothing,
    ConversationLinked: _linked,
    ConversationUnlinked: _unlinked,
}
