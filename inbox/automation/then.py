"""What rules would have done at instants of the past, item by item: for whoever writes a past that had rules.

The rules need not be switched on, so that the reader of the log leaves alone what is written meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from connectors.contract import Context
from inbox.automation.asking import inside_hours
from inbox.automation.pages import Chance, Page
from inbox.automation.rulebook import Ready, Rulebook
from inbox.automation.step import Step
from inbox.automation.triggers import Happened
from inbox.commands.reply import ContextOf
from inbox.domain.rules import OnEvent
from inbox.domain.sla import Terms
from inbox.domain.state import State
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import rule_facts as facts
from inbox.storage.database import Database, Query
from inbox.storage.rule_facts import Asked

RECEIVED = "message_received"


class RulesThen:
    """Asks the rules that were there when it was first asked."""

    def __init__(self, database: Database, directory: Directory, context_of: ContextOf) -> None:
        self._database = database
        self._directory = directory
        self._context_of = context_of
        self._contexts: dict[int, Context] = {}
        self._book: Rulebook | None = None

    async def __call__(self, items: Sequence[tuple[int, int, int]]) -> Mapping[int, Unit]:
        """Of items (conversation, item, place in the log) those that set a rule off, each with what is to be done at
        its instant.
        """
        if self._book is None:
            self._book = _book(await self._directory.fresh())
        if not self._book.ready:
            return {}
        book, terms = self._book, self._directory.terms
        asked = await self._database.read(
            facts.of_items, [item_id for _, item_id, _ in items], 0, with_previous=book.asks_previous
        )
        found = {one.message_id: one for one in asked if one.message_id is not None}
        acts: dict[int, Unit] = {}
        for conversation_id, item_id, position in items:
            one = found.get(item_id)
            if one is None or one.merged or not _would(book, one, terms):
                continue
            chance = Chance(
                what=Happened(word=RECEIVED, conversation_id=conversation_id, position=position),
                message_id=item_id,
                thread_id=one.thread_id, channel_id=one.channel_id, previous=one.facts.previous_conversations,
            )  # fmt: skip
            contexts = {} if one.channel_id is None else {one.channel_id: await self._context(one.channel_id)}
            acts[item_id] = _Then(Page(book=book, chances=[chance]), self._directory, contexts)
        return acts

    async def _context(self, channel_id: int) -> Context:
        if channel_id not in self._contexts:
            self._contexts[channel_id] = await self._context_of(channel_id)
        return self._contexts[channel_id]


def _book(directory: Directory) -> Rulebook:
    """The rules as if they had been on from the first event."""
    known = (one for one in directory.rules.values() if one.removed_at is None)
    return Rulebook(replace(one, active=1, since_position=0, paused_until=None) for one in known)


def _would(book: Rulebook, one: Asked, terms: Terms) -> bool:
    one.facts.now = one.received_at
    if book.asks_hours:
        one.facts.inside_hours = inside_hours(terms, one.facts.team, one.facts.channel, one.received_at)
    return any(
        ready.holds(one.facts)
        for ready in book.ready
        if isinstance(ready.saying.trigger, OnEvent) and RECEIVED in ready.saying.trigger.events
    )


class _Then(Step):
    """A step in a log that is not told in the order of its instants: nobody reads it on, and no cap counts in it."""

    def _current(self) -> Query[bool]:
        yield from ()
        return True

    def _within_cap(self, state: State, ready: Ready) -> Query[bool]:
        yield from ()
        return True
