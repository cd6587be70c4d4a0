"""Write a note to colleagues."""

from __future__ import annotations

from typing import ClassVar

from inbox.commands.on_conversation import OnConversation, attached, require_colleague
from inbox.domain import notes
from inbox.domain.permissions import Action, Principal
from inbox.domain.records import Conversation
from inbox.domain.state import Needs, State
from inbox.errors import Invalid
from inbox.eventlog.directory import Directory


class WriteNote(OnConversation):
    """A note; those mentioned are notified and follow the conversation. The result is the note's id."""

    action: ClassVar[Action] = "note"

    def __init__(
        self, principal: Principal, conversation_id: int, text: str, *, directory: Directory,
        mentions: tuple[int, ...] = (), attachments: tuple[int, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id)
        if not text.strip() and not attachments:
            raise Invalid("a note needs words or a file", code="empty")
        self.text = text
        self.directory = directory
        self.mentions = tuple(dict.fromkeys(mentions))
        self.attachments = attachments

    def needs(self, needs: Needs) -> None:
        """The conversation and the files."""
        super().needs(needs)
        needs.media.update(self.attachments)

    def act(self, state: State, conversation: Conversation) -> int:
        """Write it. Raises Invalid when somebody mentioned could not see it."""
        for agent_id in self.mentions:
            require_colleague(self.directory, agent_id, conversation)
        files = attached(state, conversation, self.attachments)
        note = notes.write(state, conversation, self.text, self.actor, mentions=self.mentions, files=files)
        return note.id
