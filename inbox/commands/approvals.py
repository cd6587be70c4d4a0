"""What a supervisor does with an answer that needs a yes: lets it go, changes it first, or sends it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from msgspec import structs

from connectors.contract import Context
from connectors.outbound import Part
from inbox.commands.own_item import OnItem
from inbox.commands.reply import planned
from inbox.domain import approving, delivering
from inbox.domain.desk_records import Approval
from inbox.domain.permissions import Action, Principal
from inbox.domain.records import Conversation, Draft, Message
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Invalid
from inbox.eventlog.directory import Directory
from inbox.storage import approvals, drafts, rows
from inbox.storage.database import Query

_part = msgspec.json.Decoder(Part).decode


class OfApproval(OnItem):
    """A decision on an answer that waits for a yes. Raises Conflict (`state`) when it does not wait any more."""

    action: ClassVar[Action] = "settings"
    alone = True

    def needs(self, needs: Needs) -> None:
        """The answer with its words, its parts and the waits it was to end."""
        super().needs(needs)
        needs.contents.add(self.message_id)
        needs.outbox_of.add(self.message_id)
        needs.answered_by.add(self.message_id)

    def act(self, state: State, conversation: Conversation, message: Message) -> None:
        """It must still wait."""
        if not approving.waits(message):
            raise Conflict(
                f"message {message.id} does not wait for approval: it is {message.delivery_state}", code="state",
                state=message.delivery_state,
            )  # fmt: skip


class Approve(OfApproval):
    """Let it go, in other words if `text` says so. Raises Conflict (`other_pending`) when more answers wait in the same
    conversation, unless `force`: two that say the same must not both go unseen.
    """

    def __init__(
        self, principal: Principal, message_id: int, text: str | None, *, force: bool, directory: Directory,
        contexts: Mapping[int, Context],
    ) -> None:  # fmt: skip
        super().__init__(principal, message_id)
        self.text = text
        self.force = force
        self.directory = directory
        self.contexts = contexts

    def run(self, state: State) -> Query[int]:
        """Look for others, reword, release."""
        self.decide(state)
        message = state.messages[self.message_id]
        asked = yield from rows.one(Approval, message.id)
        others = yield from approvals.others(message.conversation_id, message.id)
        if others and not self.force:
            raise Conflict(
                f"{len(others)} more answers wait for approval in this conversation: look at them first",
                code="other_pending",
                messages=[str(one) for one in others],
            )
        if self.text is not None and self.text != state.contents[message.id].text:
            approving.reworded(state, message, self.text, self._planned(state, message), self.principal.actor)
        yield from rows.remove(Approval, message.id)
        seconds = asked.seconds if asked is not None else approving.HOLD_SECONDS
        approving.approved(state, message, seconds, self.principal.actor)
        return message.id

    def _planned(self, state: State, message: Message) -> list[Part]:
        thread = state.threads[message.thread_id or 0]
        before = [_part(one.part) for one in delivering.parts_of(state, message.id)]
        if len(before) != 1 or not hasattr(before[0].action, "text"):
            raise Invalid("this answer goes in several parts: send it back to be changed", code="parts")
        action: Any = structs.replace(before[0].action, text=self.text)
        parts = planned(action, thread, self.directory, self.contexts, at=state.now)
        if len(parts) != 1:
            raise Invalid("in these words it would go in several parts: shorten it", code="parts")
        return parts


class SendBack(OfApproval):
    """It does not go. The author gets his words back as a draft, and the note. The result is the draft; None where he
    has begun another one.
    """

    def __init__(self, principal: Principal, message_id: int, note: str) -> None:
        super().__init__(principal, message_id)
        self.note = note

    def run(self, state: State) -> Query[Draft | None]:
        """Cancel, tell, give the words back."""
        self.decide(state)
        message = state.messages[self.message_id]
        conversation = state.conversations[message.conversation_id]
        words = state.contents[message.id].text
        approving.sent_back(state, conversation, message, self.note, self.principal.actor)
        yield from rows.remove(Approval, message.id)
        if message.author_kind != "agent" or message.author_id is None:
            return None
        before = yield from drafts.one(message.author_id, conversation.id, "reply")
        if before is not None and before.text.strip():
            return None
        # A private answer to a comment has no thread yet: its draft must not wake up in public, nor for another.
        private = message.kind == "message" and state.threads[message.thread_id or 0].audience == "public"
        draft = Draft(
            message.author_id, conversation.id, "reply", None if private else message.thread_id, words,
            (before.version if before is not None else 0) + 1, state.now,
            in_reply_to=message.in_reply_to if private else None,
        )  # fmt: skip
        yield from drafts.put(draft)
        return draft
