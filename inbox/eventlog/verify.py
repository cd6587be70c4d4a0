"""Every wait recomputed from the log, and compared with what is stored: the proof that the figures are the events'.

`domain.apply` is the only thing that runs here too, on a state that holds waits and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import bindparam, select

from inbox.domain import events as e
from inbox.domain.apply import apply
from inbox.domain.records import Conversation, Thread, Wait
from inbox.domain.state import State, Workspace
from inbox.eventlog import log
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Statement, fetch
from inbox.storage.dialect import record_columns

SLICE = 5_000
MAX_LISTED = 100
COMPARED = (
    "thread_id", "conversation_id", "identity_id", "opened_at", "customer_opened_at", "position", "ended_at",
    "customer_ended_at", "end", "reason", "ended_by_kind", "ended_by_id", "acknowledged_at", "reopened", "policy_id",
    "target", "deadline_at", "warned_at", "breached_at",
)  # fmt: skip
"""What the log decides alone. Not among them: which answer is on its way, and what was read of words since erased."""
_OF_WAITS = (
    e.WaitOpened, e.WaitAnswered, e.WaitAcknowledged, e.WaitDismissed, e.WaitVoided, e.WaitReopened, e.TargetChanged,
    e.TargetWarned, e.TargetBreached, e.BreachWithdrawn,
)  # fmt: skip
_MOVES = (e.ConversationsMerged, e.ConversationsUnmerged, e.ThreadBound)
_WAITS = Statement(
    select(*record_columns(t.wait)).where(t.wait.c.id > bindparam("after")).order_by(t.wait.c.id).limit(SLICE)
)


class Differences(msgspec.Struct):
    """What differs between what is stored and what the log says, in words: at most `MAX_LISTED` of `count`."""

    count: int = 0
    differences: list[str] = msgspec.field(default_factory=list)

    def differ(self, said: str) -> None:
        """Note a difference."""
        self.count += 1
        if self.count <= MAX_LISTED:
            self.differences.append(said)


class Verified(Differences):
    """How many were looked at."""

    events: int = 0
    waits: int = 0


def verify() -> Query[Verified]:
    """Read the whole log and all waits, in one transaction."""
    found = Verified()
    recomputed = yield from _replayed(found)
    after = 0
    while rows := (yield from fetch(_WAITS(after=after))):
        for row in rows:
            stored = Wait(*row)
            after = stored.id
            found.waits += 1
            for said in _differences(stored, recomputed.pop(stored.id, None)):
                found.differ(said)
    for wait in recomputed.values():
        found.differ(f"wait {wait.id} of conversation {wait.conversation_id} is in the log and not stored")
    return found


def _replayed(found: Verified) -> Query[dict[int, Wait]]:
    state = State(Workspace(0, 0, 0, 0), 0)
    position = 0
    while logged := (yield from log.after(position, SLICE)):
        for one in logged:
            position, state.now = one.position, one.at
            found.events += 1
            if isinstance(one.event, _OF_WAITS):
                _apply(state, one, found)
            elif isinstance(one.event, _MOVES):
                yield from _move(state, one)
        state.dirty.clear()
        state.new.clear()
    return state.waits


def _apply(state: State, one: e.Logged, found: Verified) -> None:
    wait_id: int | None = one.event.wait_id  # type: ignore[union-attr]
    if wait_id is None:
        # A conversation's resolution.
        return
    if wait_id not in state.waits and not isinstance(one.event, e.WaitOpened):
        found.differ(f"position {one.position} ends or changes wait {wait_id}, which never opened")
        return
    apply(state, one.event, one.position, one.actor)


def _move(state: State, one: e.Logged) -> Query[None]:
    """A merge moves waits, and so does a private thread that joins a comment's conversation. It is applied to copies of
    the rows as they are now, which are dropped again.
    """
    event = one.event
    assert isinstance(event, _MOVES)
    other = event.into_id if isinstance(event, e.ConversationsMerged) else event.from_id
    if other is None:
        return
    threads = (event.thread_id,) if isinstance(event, e.ThreadBound) else event.thread_ids
    state.load(Conversation(*row) for row in (yield ByKeys(t.conversation, sorted({event.conversation_id, other}))))
    state.load(Thread(*row) for row in (yield ByKeys(t.thread, sorted(threads))))
    if {event.conversation_id, other} <= state.conversations.keys():
        apply(state, event, one.position, one.actor)
    state.conversations.clear()
    state.threads.clear()
    state.thread_by_key.clear()


def _differences(stored: Wait, recomputed: Wait | None) -> Iterator[str]:
    if recomputed is None:
        yield f"wait {stored.id} of conversation {stored.conversation_id} is stored and not in the log"
        return
    for name in COMPARED:
        kept, due = getattr(stored, name), getattr(recomputed, name)
        if kept != due:
            yield f"wait {stored.id} of conversation {stored.conversation_id}: {name} is {kept}, the log says {due}"
