"""What one agent keeps of a conversation for himself: a star; that he follows it. In no log, like read marks."""

from __future__ import annotations

from inbox.commands.drafts import OwnCommand
from inbox.domain.permissions import Principal
from inbox.domain.state import State
from inbox.storage import own_marks
from inbox.storage.database import Query
from inbox.storage.own_marks import Mark


class SetMark(OwnCommand):
    """Put a mark on a conversation, or take it off."""

    def __init__(self, principal: Principal, conversation_id: int, mark: Mark, on: bool) -> None:
        super().__init__(principal, conversation_id)
        self.mark = mark
        self.on = on

    def run(self, state: State) -> Query[None]:
        """Write it. Done twice, it changes nothing."""
        self.decide(state)
        if self.on:
            yield from own_marks.put(self.mark, self.agent_id, self.conversation_id, state.now)
        else:
            yield from own_marks.remove(self.mark, self.agent_id, self.conversation_id)
