"""What a tag, agent or team holds is let go, in slices, before it is removed: nothing stays with nobody's knowledge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from inbox.domain import events as e
from inbox.domain.state import Needs, State
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import labels
from inbox.storage.database import Database, Query

Holder = Literal["tag", "agent", "team"]
_HELD: dict[Holder, Callable[[int, int], Query[list[int]]]] = {
    "tag": labels.tagged,
    "agent": labels.held_by_agent,
    "team": labels.held_by_team,
}
SLICE = 100


class Release(Unit):
    """Some conversations lose a tag, their owner or their team."""

    priority = Priority.BULK

    def __init__(self, holder: Holder, holder_id: int, conversation_ids: Sequence[int], actor: e.Actor) -> None:
        self.holder = holder
        self.holder_id = holder_id
        self.conversation_ids = conversation_ids
        self.actor = actor
        self.weight = len(conversation_ids)

    def needs(self, needs: Needs) -> None:
        """The conversations."""
        needs.conversations.update(self.conversation_ids)

    def decide(self, state: State) -> int:
        """Those that still are held. The result is how many."""
        events = [event for c in self.conversation_ids if (event := self._event(state, c)) is not None]
        for event in events:
            state.emit(event, self.actor)
        return len(events)

    def _event(self, state: State, conversation_id: int) -> e.AnyEvent | None:
        conversation = state.conversations.get(conversation_id)
        if conversation is None:
            return None
        if self.holder == "tag":
            held = str(self.holder_id) in conversation.tags.split(",")
            return e.TagRemoved(conversation_id=conversation_id, tag_id=self.holder_id) if held else None
        if self.holder == "agent":
            held = conversation.assignee_id == self.holder_id
            return e.AssigneeChanged(conversation_id=conversation_id, before=self.holder_id) if held else None
        held = conversation.team_id == self.holder_id
        return e.TeamChanged(conversation_id=conversation_id, before=self.holder_id) if held else None


async def release_all(database: Database, writer: Writer, holder: Holder, holder_id: int, actor: e.Actor) -> None:
    """Let go of everything, slice after slice. What comes to be held meanwhile is in a later slice."""
    while True:
        held = await database.read(_HELD[holder], holder_id, SLICE)
        if not held or not await writer.submit(Release(holder, holder_id, held, actor)):
            return
