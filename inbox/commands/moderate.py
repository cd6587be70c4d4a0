"""Do something to an item at its network: hide, delete, edit, react, ban. Shown as done when the network did it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import nh3

from connectors import registry
from connectors.contract import Context
from inbox.commands.own_item import OnItem
from inbox.commands.reply import ContextOf, planned
from inbox.domain import moderating, sending
from inbox.domain.moderating import ActionWord
from inbox.domain.permissions import Action, Principal
from inbox.domain.records import Conversation, Message, Thread
from inbox.domain.state import Needs, State
from inbox.errors import Invalid
from inbox.eventlog.directory import Directory
from inbox.storage import threads
from inbox.storage.database import Database


class Moderate(OnItem):
    """Queue an action on an item; `revert` takes back the last one, or raises Conflict (`nothing_to_revert`). Raises
    Invalid with what the network would refuse (`not_supported`, `too_late`…).
    """

    action: ClassVar[Action] = "moderate"

    def __init__(
        self, principal: Principal, message_id: int, word: ActionWord, *, directory: Directory,
        contexts: Mapping[int, Context], text: str = "", html: str | None = None, emoji: str = "", reason: str = "",
    ) -> None:  # fmt: skip
        super().__init__(principal, message_id)
        self.word = word
        self.directory = directory
        self.contexts = contexts
        self.text = text
        self.html = nh3.clean(html) if html else None
        self.emoji = emoji
        self.reason = reason.strip()

    def needs(self, needs: Needs) -> None:
        """The item, its thread and its author."""
        super().needs(needs)
        needs.authors_of.add(self.message_id)
        needs.contents.add(self.message_id)

    def act(self, state: State, conversation: Conversation, message: Message) -> None:
        """Plan and queue it."""
        thread = state.threads.get(message.thread_id or 0)
        if thread is None:
            raise Invalid(f"message {message.id} is a note: it is at no network", code="not_supported")
        word, emoji = moderating.reverting(message) if self.word == "revert" else (self.word, self.emoji)
        action = moderating.action_for(state, thread, message, word, text=self.text, html=self.html, emoji=emoji)
        self._require_in_time(state, thread, message)
        parts = planned(action, thread, self.directory, self.contexts, at=state.now)
        sending.queue_action(state, message, thread, parts, self.principal.actor, self.reason)
        moderating.done_here(state, message, thread)

    def _require_in_time(self, state: State, thread: Thread, message: Message) -> None:
        if self.word not in ("edit", "delete_sent"):
            return
        capability = registry.manifest(thread.network).kinds.get(thread.kind)  # type: ignore[call-overload]
        if capability is not None:
            seconds = capability.edit_seconds if self.word == "edit" else capability.delete_seconds
            moderating.require_in_time(message, seconds, state.now, "edit" if self.word == "edit" else "delete")


async def context_of_item(database: Database, context_of: ContextOf, message_id: int) -> dict[int, Context]:
    """What the connector of an item's channel needs in order to plan; empty when there is no such item."""
    channel = await database.read(threads.channel_of_item, message_id)
    return {} if channel is None else {channel: await context_of(channel)}
