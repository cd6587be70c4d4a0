"""What belongs to one agent alone, and is in no log: words not sent yet, how far he has read."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec

from inbox.commands.on_conversation import OnConversation
from inbox.domain.permissions import Action, Principal
from inbox.domain.records import Draft
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Forbidden, Invalid, NotFound
from inbox.storage import drafts
from inbox.storage.database import Query

Mode = Literal["reply", "note"]


class OwnCommand(OnConversation):
    """Something an agent does for himself alone with a conversation he may see."""

    alone = True
    action: ClassVar[Action] = "read"

    @property
    def agent_id(self) -> int:
        """Whose it is. Tokens have none."""
        agent_id = self.principal.agent_id
        if agent_id is None:
            raise Forbidden("drafts and read marks belong to agents, not to tokens: sign in", code="needs_person")
        return agent_id

    def act(self, state: State, conversation: object) -> None:
        """Nothing is decided: only that it may be seen."""


class KeepDraft(OwnCommand):
    """Keep the words. Raises Conflict (`changed`) when a newer version was kept from another window, and Invalid
    (`in_reply_to`) when they are to answer what is no item of this conversation; one that left it since is kept.
    """

    def __init__(
        self, principal: Principal, conversation_id: int, mode: Mode, text: str, thread_id: int | None, version: int,
        shared: bool | None = None, in_reply_to: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id)
        self.mode = mode
        self.text = text
        self.thread_id = thread_id
        self.version = version
        self.shared = shared
        self.in_reply_to = in_reply_to

    def needs(self, needs: Needs) -> None:
        """The conversation, and the item that is answered."""
        super().needs(needs)
        if self.in_reply_to is not None:
            needs.messages.add(self.in_reply_to)

    def run(self, state: State) -> Query[Any]:
        """The result is the draft as it is kept, and whether colleagues are to be told."""
        self.decide(state)
        before = yield from drafts.one(self.agent_id, self.conversation_id, self.mode)
        if before is not None and before.version > self.version:
            raise Conflict(
                f"the draft is at version {before.version} now: another window of yours has newer words",
                code="changed",
                version=before.version,
            )
        if before is None or before.in_reply_to != self.in_reply_to:
            self._require_item(state)
        draft = Draft(
            agent_id=self.agent_id,
            conversation_id=self.conversation_id,
            mode=self.mode,
            thread_id=self.thread_id,
            text=self.text,
            version=(before.version if before else self.version) + 1,
            at=state.now,
            shared=int(self.shared) if self.shared is not None else (before.shared if before else 0),
            in_reply_to=self.in_reply_to,
        )
        yield from drafts.put(draft)
        return draft, bool(draft.shared or (before and before.shared))

    def _require_item(self, state: State) -> None:
        """A deleted item will do: its author is still the one who is answered."""
        if self.in_reply_to is None:
            return
        item = state.messages.get(self.in_reply_to)
        if item is None or item.conversation_id != self.conversation_id or item.thread_id is None:
            raise Invalid(
                f"in_reply_to {self.in_reply_to} is not an item of conversation {self.conversation_id}: "
                "name one of its items",
                code="in_reply_to",
            )


class TakeOverDraft(OwnCommand):
    """Go on with a colleague's shared draft: it is one's own from then on, and shared still. The result are his, gone,
    and one's own. Raises NotFound, and Conflict: `changed` when he wrote on meanwhile, `own_draft` when one has begun
    to write oneself.
    """

    def __init__(self, principal: Principal, conversation_id: int, mode: Mode, from_id: int, version: int) -> None:
        super().__init__(principal, conversation_id)
        self.mode = mode
        self.from_id = from_id
        self.version = version

    def run(self, state: State) -> Query[tuple[Draft, Draft]]:
        """Move it."""
        self.decide(state)
        theirs = yield from drafts.one(self.from_id, self.conversation_id, self.mode)
        if theirs is None or not theirs.shared or self.from_id == self.agent_id:
            raise NotFound(f"agent {self.from_id} shares no draft in conversation {self.conversation_id}")
        if theirs.version != self.version:
            raise Conflict(
                f"the draft is at version {theirs.version} now: look at what was written since", code="changed",
                version=theirs.version,
            )  # fmt: skip
        own = yield from drafts.one(self.agent_id, self.conversation_id, self.mode)
        if own is not None and own.text.strip():
            raise Conflict("you have begun an answer yourself: send or clear it first", code="own_draft")
        version = max(own.version if own is not None else 0, theirs.version) + 1
        mine = msgspec.structs.replace(theirs, agent_id=self.agent_id, version=version, at=state.now)
        yield from drafts.put(mine)
        yield from drafts.remove(self.from_id, self.conversation_id, self.mode)
        return msgspec.structs.replace(theirs, text="", shared=0, version=theirs.version + 1), mine


class RemoveDraft(OwnCommand):
    """Forget the words."""

    def __init__(self, principal: Principal, conversation_id: int, mode: Mode) -> None:
        super().__init__(principal, conversation_id)
        self.mode = mode

    def run(self, state: State) -> Query[Any]:
        """The result is an empty draft, as the agent's other windows are told, and whether colleagues are too."""
        self.decide(state)
        before = yield from drafts.one(self.agent_id, self.conversation_id, self.mode)
        yield from drafts.remove(self.agent_id, self.conversation_id, self.mode)
        gone = Draft(self.agent_id, self.conversation_id, self.mode, None, "", 0, state.now)
        return gone, bool(before and before.shared)


class MarkConversation(OwnCommand):
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
