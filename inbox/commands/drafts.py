"""What belongs to one agent alone, and is in no log: words not sent yet, how far he has read."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from inbox.commands.on_conversation import OnConversation
from inbox.domain.permissions import Action, Principal
from inbox.domain.records import Draft
from inbox.domain.state import State
from inbox.errors import Conflict, Unauthorised
from inbox.storage import drafts
from inbox.storage.database import Query

Mode = Literal["reply", "note"]


class _Own(OnConversation):
    alone = True
    action: ClassVar[Action] = "read"

    @property
    def agent_id(self) -> int:
        """Whose it is. Tokens have none."""
        agent_id = self.principal.agent_id
        if agent_id is None:
            raise Unauthorised("drafts and read marks belong to agents, not to tokens")
        return agent_id

    def act(self, state: State, conversation: object) -> None:
        """Nothing is decided: only that it may be seen."""


class KeepDraft(_Own):
    """Keep the words. Raises Conflict (`changed`) when a newer version was kept from another window."""

    def __init__(
        self, principal: Principal, conversation_id: int, mode: Mode, text: str, thread_id: int | None, version: int
    ) -> None:
        super().__init__(principal, conversation_id)
        self.mode = mode
        self.text = text
        self.thread_id = thread_id
        self.version = version

    def run(self, state: State) -> Query[Any]:
        """The result is the draft as it is kept."""
        self.decide(state)
        before = yield from drafts.one(self.agent_id, self.conversation_id, self.mode)
        if before is not None and before.version > self.version:
            raise Conflict(
                f"the draft is at version {before.version} now: another window of yours has newer words",
                code="changed",
                version=before.version,
            )
        draft = Draft(
            agent_id=self.agent_id,
            conversation_id=self.conversation_id,
            mode=self.mode,
            thread_id=self.thread_id,
            text=self.text,
            version=(before.version if before else self.version) + 1,
            at=state.now,
        )
        yield from drafts.put(draft)
        return draft


class RemoveDraft(_Own):
    """Forget the words."""

    def __init__(self, principal: Principal, conversation_id: int, mode: Mode) -> None:
        super().__init__(principal, conversation_id)
        self.mode = mode

    def run(self, state: State) -> Query[Any]:
        """The result is an empty draft, as the agent's other windows are told."""
        self.decide(state)
        yield from drafts.remove(self.agent_id, self.conversation_id, self.mode)
        return Draft(self.agent_id, self.conversation_id, self.mode, None, "", 0, state.now)


class MarkConversation(_Own):
    """Read up to a position; None: unread."""

    def __init__(self, principal: Principal, conversation_id: int, position: int | None) -> None:
        super().__init__(principal, conversation_id)
        self.position = position

    def run(self, state: State) -> Query[Any]:
        """Note it."""
        self.decide(state)
        if self.position is None:
            yield from drafts.mark_unread(self.agent_id, self.conversation_id)
        else:
            position = min(self.position, state.workspace.position)
            yield from drafts.mark_read(self.agent_id, self.conversation_id, position)
