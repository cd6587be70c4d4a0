"""A private answer and one public line, as one action: the line goes when the network has taken the answer. When it is
refused, the line is held back, and whoever wrote it is told.
"""

from __future__ import annotations

from inbox.clock import HOUR, SECOND
from inbox.domain import events as e
from inbox.domain import notes, releasing
from inbox.domain.desk_records import Line
from inbox.domain.records import Message
from inbox.domain.state import State

LINE = "line"
"""Kind of the timer that looks whether the answer was taken; its ref is the line's message."""
LOOK_AGAIN = 3 * SECOND
LONGEST = HOUR
"""So long an answer may be on its way; then its line no longer goes."""
_TAKEN = frozenset({"pending", "accepted", "delivered", "read"})
_FAILED = frozenset({"refused", "expired", "cancelled"})


def begun(state: State, message: Message, after_id: int, at: int) -> None:
    """The line is held, and looked at when its hold is over."""
    message.delivery_until = None
    state.add(Line(message.id, after_id))
    state.set_timer(LINE, message.id, at)


def settled(state: State, message: Message, answer: Message | None) -> bool:
    """Let the line go, or hold it back, or look again later. False: not yet."""
    if message.delivery_state != "held":
        return True
    known = answer.delivery_state if answer is not None else "cancelled"
    if known in _TAKEN:
        releasing.released(state, message)
        return True
    if known not in _FAILED and state.now - message.occurred_at < LONGEST:
        state.set_timer(LINE, message.id, state.now + LOOK_AGAIN)
        return False
    releasing.cancelled(state, message, e.SYSTEM)
    conversation = state.conversations.get(message.conversation_id)
    if conversation is not None and message.author_kind == "agent" and message.author_id is not None:
        notes.notify(
            state, message.author_id, "line_held_back", conversation, e.SYSTEM,
            "the private answer did not go: the public line was held back", message.id,
        )  # fmt: skip
    return True
