"""A state in memory with one channel, for decisions without a store: what is decided is there at once."""

from __future__ import annotations

from typing import Any

import msgspec

from connectors import inbound as net
from connectors.outbound import Part, Receipt, SendMessage, Target
from inbox.clock import DAY, SECOND
from inbox.domain import delivering, receiving, sending
from inbox.domain.events import Actor
from inbox.domain.outcome import Outcome
from inbox.domain.records import Conversation, Message, Wait
from inbox.domain.sending import Answer, Author
from inbox.domain.state import ChannelFacts, Prepared, PreparedAttachment, State, Workspace
from inbox.domain.words import preview, searchable

NOW = 1_800_000_000 * SECOND
ANNA = Author(Actor("agent", 5), "Anna")
ROBOT = Author(Actor("token", 9), "CRM")
CHANNEL = ChannelFacts(
    id=7, network="custom", identity_scope="asset:7", item_scope=False, erases_unsent=False, live_since=NOW - DAY,
    reopen_seconds=72 * 3600, team_id=None, sandbox=False, window_seconds={"direct": 24 * 3600},
)  # fmt: skip


def picture(name: str = "") -> PreparedAttachment:
    """A picture that is still to be fetched."""
    return PreparedAttachment(
        kind="image", name=name, mime="", size_bytes=None, title="", meta={}, content_id=None, state="pending",
        sha256=None, source="{}",
    )  # fmt: skip


class Floor:
    """Lets things happen on a state."""

    def __init__(self, channel: ChannelFacts = CHANNEL) -> None:
        self.channel = channel
        self.state = State(Workspace(0, 0, 0, 1), NOW)
        self.said = 0

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.state.now += int(seconds * SECOND)

    def receive(self, inbound: net.Inbound, **prepared: Any) -> Outcome:
        """One inbound arrives now."""
        text = getattr(inbound, "text", "")
        item = Prepared(inbound=inbound, folded=searchable(text), preview=preview(text), **prepared)  # type: ignore[arg-type]
        return receiving.receive(self.state, self.channel, item, self.state.now)

    def message(
        self, text: str = "Hello?", *, person: str = "eleni", kind: str = "direct", **changes: Any
    ) -> net.MessageReceived:
        """A fresh inbound message."""
        self.said += 1
        public = kind in ("comment", "mention")
        base = net.MessageReceived(
            dedupe_key=f"d{self.said}", occurred_at=self.state.now, external_id=f"m{self.said}", text=text,
            kind="comment" if public else "message",
            thread=net.Thread(
                external_id="post" if kind in ("comment", "group") else f"chat-{person}", kind=kind,  # type: ignore[arg-type]
                audience="public" if public else "private",
            ),
            author=net.Author(external_id=person, name=person.title()),
        )  # fmt: skip
        return msgspec.structs.replace(base, **changes)

    def says(self, text: str = "Hello?", *, prepared: dict[str, Any] | None = None, **changes: Any) -> Message:
        """A customer writes; the item."""
        inbound = self.message(text, **changes)
        assert self.receive(inbound, **prepared or {}) == "done"
        return self.state.message_by_key[self.channel.id, inbound.external_id]

    def answers(self, text: str = "Yes.", *, author: Author = ANNA, parts: int = 1, **fields: Any) -> Message:
        """Somebody answers in the newest conversation; the message, ready to leave."""
        conversation = self.newest
        answer = Answer(**{"text": text, "hold_seconds": 0, **fields})
        thread = sending.thread_for(self.state, conversation, answer)
        answered = sending.answered_item(self.state, thread, answer)
        action = SendMessage(target=Target(thread_id=thread.external_id), text=text)
        self.said += 1
        planned = [Part(action=action, key=f"key{self.said}-{i}", index=i, of=parts) for i in range(parts)]
        return sending.send(self.state, conversation, thread, answered, answer, author, planned, [])

    def accepts(self, message: Message, external_id: str = "") -> None:
        """The network takes all parts of it that wait."""
        for part in delivering.parts_of(self.state, message.id):
            if delivering.attempt_began(self.state, part, 1):
                delivering.accepted(self.state, part, Receipt(external_id=external_id or f"out{part.id}"))

    @property
    def newest(self) -> Conversation:
        """The conversation made last."""
        return self.state.conversations[max(self.state.conversations)]

    @property
    def waits(self) -> list[Wait]:
        """All waits, oldest first."""
        return sorted(self.state.waits.values(), key=lambda w: w.id)

    @property
    def events(self) -> list[str]:
        """Names of the events so far."""
        return [str(type(logged.event).__struct_config__.tag) for logged in self.state.events]
