"""The story of a wait: its events in the log, through every conversation that it was moved into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from inbox.domain import events as e
from inbox.domain.facts import STORY_TYPES, moved_to
from inbox.domain.records import Conversation, Thread, Wait
from inbox.eventlog.log import logged_of
from inbox.storage import facts
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query

_MAX_MOVES = 64
"""A wait that was moved more often is told up to there."""


class Stories(msgspec.Struct):
    """Waits with all that their facts are derived from."""

    waits: dict[int, Wait]
    events: dict[int, list[e.Logged]]
    """Wait → its events in order, `wait_opened` first. A wait whose opening is no longer in the log is left out."""
    conversations: dict[int, Conversation]
    threads: dict[int, Thread]
    episodes: dict[int, int]
    """Wait → the episode of its home in which it opened."""


def stories_of(waits: Iterable[Wait], types: Sequence[str] = STORY_TYPES) -> Query[Stories]:
    """What happened to some waits. `types`: names of the events that belong to a story."""
    by_id = {wait.id: wait for wait in waits}
    opened = [logged_of(row) for row in (yield from facts.events_at({wait.position for wait in by_id.values()}))]
    home = {one.event.wait_id: one for one in opened if isinstance(one.event, e.WaitOpened)}
    known = {wait_id: wait for wait_id, wait in by_id.items() if wait_id in home}
    log = yield from _Logs(types).of(known, home)
    conversations = yield from facts.rows_by(t.conversation, {wait.conversation_id for wait in known.values()})
    threads = yield from facts.rows_by(t.thread, {wait.thread_id for wait in known.values()})
    return Stories(
        waits=known,
        events=log,
        conversations={row[0]: Conversation(*row) for row in conversations},
        threads={row[0]: Thread(*row) for row in threads},
        episodes=(yield from _episodes(home)),
    )


class _Logs:
    """Events of conversations, read once each."""

    def __init__(self, types: Sequence[str]) -> None:
        self.types = types
        self.of_conversation: dict[int, list[e.Logged]] = {}

    def of(self, waits: dict[int, Wait], home: dict[int, e.Logged]) -> Query[dict[int, list[e.Logged]]]:
        since = min((wait.position for wait in waits.values()), default=0)
        wanted = {wait.conversation_id for wait in waits.values()}
        wanted |= {e.conversation_of(home[wait_id].event) or 0 for wait_id in waits}
        yield from self._read(wanted, since)
        found: dict[int, list[e.Logged]] = {}
        for wait in waits.values():
            found[wait.id] = yield from self._story(wait, home[wait.id], since)
        return found

    def _read(self, conversation_ids: Iterable[int], since: int) -> Query[None]:
        new = set(conversation_ids) - self.of_conversation.keys()
        if not new:
            return
        self.of_conversation |= {one: [] for one in new}
        for row in (yield from facts.stories(new, since, self.types)):
            one = logged_of(row)
            self.of_conversation[e.conversation_of(one.event) or 0].append(one)

    def _story(self, wait: Wait, opened: e.Logged, since: int) -> Query[list[e.Logged]]:
        """Follow the wait's thread from conversation to conversation."""
        story = [opened]
        where, position = e.conversation_of(opened.event) or 0, opened.position
        for _ in range(_MAX_MOVES):
            left_for: int | None = None
            for one in self.of_conversation[where]:
                if one.position <= position or not _concerns(one, wait):
                    continue
                story.append(one)
                position = one.position
                left_for = moved_to(one.event, wait.thread_id)
                if left_for is not None:
                    break
            if left_for is None:
                return story
            where = left_for
            yield from self._read([where], since)
            held = yield from _held_on_arrival(where, position)
            if held is not None:
                story[-1] = msgspec.structs.replace(story[-1], audience=held)
        return story


def _concerns(one: e.Logged, wait: Wait) -> bool:
    """Events of a conversation are of all its waits; those of one wait, and of one answer, only of that."""
    event = one.event
    other: int | None = getattr(event, "wait_id", None)
    if isinstance(event, e.MessageSent | e.ApprovalAsked):
        return not event.answers or wait.id in event.answers
    return other is None or other == wait.id


def _held_on_arrival(conversation_id: int, position: int) -> Query[e.Audience | None]:
    """Who held a conversation when a thread was moved into it: as its next event found it, or as it is now."""
    row = yield from facts.next_of(conversation_id, position)
    if row is not None:
        return logged_of(row).before
    rows = yield ByKeys(t.conversation, [conversation_id])
    if not rows:
        return None
    found = Conversation(*rows[0])
    return e.Audience(found.channel_id, found.team_id, found.assignee_id)


def _episodes(home: dict[int, e.Logged]) -> Query[dict[int, int]]:
    """The episode in which each wait opened: the last one begun before it."""
    homes = {e.conversation_of(one.event) or 0 for one in home.values()}
    begun: dict[int, list[tuple[int, int]]] = {}
    for row in (yield from facts.stories(homes, 0, ("conversation_reopened",))):
        one = logged_of(row)
        if isinstance(one.event, e.ConversationReopened):
            begun.setdefault(one.event.conversation_id, []).append((one.position, one.event.episode))
    return {
        wait_id: next(
            (n for at, n in reversed(begun.get(e.conversation_of(one.event) or 0, [])) if at < one.position), 1
        )
        for wait_id, one in home.items()
    }
