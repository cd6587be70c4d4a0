"""From the log to the facts: the reader `reports`.

A pass reads a page of the log, derives the rows of everything that the page touched, and in one unit checks that its
position is still what it read, writes them and its new position: exactly once, whatever dies in between. It stands
back while people and networks wait for the writer, so it lags before they do.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable

import msgspec
import structlog

from inbox.domain import events as e
from inbox.domain import facts as derive
from inbox.domain.episode_facts import Episodes
from inbox.domain.fact_records import Deed, EpisodeFact
from inbox.domain.facts import CalendarOf
from inbox.domain.records import Content, Conversation, Episode, Message, Thread, Wait
from inbox.domain.sla import Calendars
from inbox.domain.sla_records import Calendar
from inbox.domain.state import State
from inbox.domain.surveys import SURVEY
from inbox.errors import Unavailable
from inbox.eventlog import log
from inbox.eventlog.bus import HEAD, Bus
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.reports.stories import stories_of
from inbox.storage import facts, readers, rows
from inbox.storage import tables as t
from inbox.storage.database import Database, Query

PAGE = 200
PAUSE_SECONDS = 0.5
"""At most so often a page is begun while the log grows slowly: many events share one transaction."""
SCAN_SECONDS = 2.0
"""How long a change by another process may go unseen without a wake-up."""
BUSY_UNITS = 16
"""With so many units waiting, the reader lets them go first."""
_log = structlog.get_logger(__name__)
_HOLDS = (e.AssigneeChanged, e.TeamChanged, e.ApprovalAsked, e.ApprovalEnded)
_MOVES = (e.ConversationsMerged, e.ConversationsUnmerged, e.ThreadsLeft, e.ThreadBound)
_RELABELS = (e.TagAdded, e.TagRemoved, e.CampaignChanged)


def calendars_now() -> Query[CalendarOf]:
    """Business hours with all that they ever were: each instant counts by those in force then."""
    known = Calendars(list((yield from rows.every(Calendar))))
    return lambda channel_id, team_id: known.at(team_id or None, channel_id)


class Page(msgspec.Struct):
    """A page of the log as one pass sees it."""

    saved: int
    end: int
    more: bool
    changed: facts.Changed


class Reader:
    """Keeps the facts. Run by one process at a time; two would only read twice."""

    def __init__(self, database: Database, writer: Writer, bus: Bus) -> None:
        self._database = database
        self._writer = writer
        self._bus = bus

    async def run(self) -> None:
        """Follow the log until cancelled."""
        woken = asyncio.Event()
        stop = self._bus.listen(HEAD, lambda payload: woken.set())
        try:
            while True:
                woken.clear()
                try:
                    await self.catch_up()
                except Unavailable as unavailable:
                    _log.warning("reports_not_read", detail=unavailable.detail)
                await asyncio.sleep(PAUSE_SECONDS)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(SCAN_SECONDS):
                        await woken.wait()
        finally:
            stop()

    async def begin_anew(self) -> None:
        """Forget all that was counted; whoever catches up next counts it again from the log's first event."""
        await self._writer.submit(Forget())

    async def catch_up(self, read: Callable[[int], object] = lambda position: None) -> int:
        """Read to the head of the log; the position reached. `read` is told each position on the way."""
        while True:
            page = await self._database.read(read_page)
            if page is None:
                return await self._database.read(readers.position, facts.READER)
            read(page.saved)
            failpoint("reports.after_read")
            while self._writer.depth > BUSY_UNITS:  # noqa: ASYNC110 - nobody says when others are done
                await asyncio.sleep(0.05)
            await self._writer.submit(Keep(page))


class Forget(Unit):
    """Nothing is counted any more, and nothing of the log is read."""

    priority = Priority.BULK
    alone = True

    def run(self, state: State) -> Query[None]:
        """Remove the rows, and the position."""
        yield from facts.clear()


class Keep(Unit):
    """Write a page's rows and the position. False, and nothing is written, when somebody else read on."""

    priority = Priority.BULK
    alone = True

    def __init__(self, page: Page) -> None:
        self.page = page

    def run(self, state: State) -> Query[bool]:
        """Compare, then write."""
        saved = yield from readers.position(facts.READER)
        if saved != self.page.saved:
            return False
        yield from facts.write(self.page.changed)
        yield from readers.read_up_to(facts.READER, self.page.end)
        return True


def read_page() -> Query[Page | None]:
    """The next page with the rows that follow from it; None when there is nothing new."""
    saved = yield from readers.position(facts.READER)
    logged = yield from log.after(saved, PAGE)
    if not logged:
        return None
    calendar = yield from calendars_now()
    changed = yield from changed_by(logged, calendar)
    return Page(saved=saved, end=logged[-1].position, more=len(logged) == PAGE, changed=changed)


def changed_by(
    logged: list[e.Logged], calendar: CalendarOf, episodes: Iterable[EpisodeFact] | None = None
) -> Query[facts.Changed]:
    """The rows of everything that these events touch. `episodes`: those known before them, where they are not the
    stored ones.
    """
    context = yield from _context_of(logged)
    waits = yield from touched_waits(logged)
    stories = yield from stories_of(waits)
    told = [
        derive.told(
            wait, stories.events[i], stories.conversations[wait.conversation_id], stories.threads[wait.thread_id],
            stories.episodes[i], calendar,
        )
        for i, wait in stories.waits.items()
        if wait.conversation_id in stories.conversations and wait.thread_id in stories.threads
    ]  # fmt: skip
    found = facts.Changed(waits=[(one.fact, one.stretches) for one in told])
    known = (yield from facts.episodes_of(context.conversations)) if episodes is None else episodes
    folded = Episodes(known, calendar)
    for one in logged:
        conversation = context.conversations.get(e.conversation_of(one.event) or 0)
        if conversation is None:
            continue
        found.deeds += _deeds(one, conversation, context, folded, stories.events)
    for row in (yield from facts.rows_by(t.episode, context.conversations, ("conversation_id",))):
        folded.promised(Episode(*row))
    found.episodes = list(folded.touched.values())
    found.labels = _labels(logged, context)
    return found


class _Context(msgspec.Struct):
    conversations: dict[int, Conversation]
    threads: dict[int, Thread]
    messages: dict[int, Message]
    stars: dict[tuple[int, int], int]
    """(message, version) → stars it was given with that version."""

    def thread_of(self, event: e.AnyEvent) -> Thread | None:
        message = self.messages.get(getattr(event, "message_id", None) or 0)
        of_message = message.thread_id if message is not None else None
        return self.threads.get(getattr(event, "thread_id", None) or of_message or 0)


def _context_of(logged: list[e.Logged]) -> Query[_Context]:
    """The rows that events name."""
    events = [one.event for one in logged]
    conversation_ids = {i for i in map(e.conversation_of, events) if i is not None}
    message_ids = {i for i in (getattr(one, "message_id", None) for one in events) if i}
    conversations = yield from facts.rows_by(t.conversation, conversation_ids)
    messages = {row[0]: Message(*row) for row in (yield from facts.rows_by(t.message, message_ids))}
    thread_ids = {i for i in (getattr(one, "thread_id", None) for one in events) if i}
    thread_ids |= {m.thread_id for m in messages.values() if m.thread_id is not None}
    threads = yield from facts.rows_by(t.thread, thread_ids)
    versions = [(m.id, n) for m in messages.values() if m.rating is not None for n in range(1, m.version + 1)]
    contents = [Content(*row) for row in (yield from facts.rows_by(t.content, versions, ("message_id", "version")))]
    return _Context(
        conversations={row[0]: Conversation(*row) for row in conversations},
        threads={row[0]: Thread(*row) for row in threads},
        messages=messages,
        stars={(c.message_id, c.version): c.rating or 0 for c in contents},
    )


def touched_waits(logged: Iterable[e.Logged]) -> Query[list[Wait]]:
    """The waits whose rows may be others after these events, as they are stored now."""
    named, acted_in, moved = set(), set(), set()
    for one in logged:
        event = one.event
        wait_id: int | None = getattr(event, "wait_id", None)
        if wait_id is not None:
            named.add(wait_id)
        conversation_id = e.conversation_of(event)
        if conversation_id is None:
            continue
        if isinstance(event, _MOVES):
            moved |= {conversation_id, *_others(event)}
        elif isinstance(event, _HOLDS) or (
            one.actor.kind in ("agent", "outside", "rule", "token") and isinstance(event, derive.ACTS)
        ):
            acted_in.add(conversation_id)
    found = yield from facts.rows_by(t.wait, acted_in | moved, ("conversation_id",), "t.ended_at IS NULL")
    for fact in (yield from facts.facts_in(moved)) if moved else ():
        named.add(fact.wait_id)
    found += yield from facts.rows_by(t.wait, named)
    return list({row[0]: Wait(*row) for row in found}.values())


def _others(event: e.AnyEvent) -> set[int]:
    """The other conversation of a move."""
    ids = (getattr(event, name, None) for name in ("into_id", "from_id", "to_id"))
    return {i for i in ids if i is not None}


def _deeds(
    one: e.Logged, conversation: Conversation, context: _Context, folded: Episodes,
    stories: dict[int, list[e.Logged]],
) -> list[Deed]:  # fmt: skip
    thread = context.thread_of(one.event)
    history = folded.is_history(one)
    added = folded.apply(one, conversation, (thread.post_id or 0) if thread is not None else 0)
    # What we ask and thank with is counted once the network has it, as every answer is.
    asks = isinstance(one.event, e.DeliveryChanged) and _is_survey(context.messages.get(one.event.message_id))
    what = None if history or asks else derive.deed_of(one)
    version = getattr(one.event, "version", 1)
    stars = context.stars.get((getattr(one.event, "message_id", 0), version), 0)
    found = [derive.deed(one, name, conversation, thread, stars) for name in (what, added) if name]
    story = stories.get(getattr(one.event, "wait_id", 0), [])
    counted = derive.restated(one, story)
    if counted is not None:
        mark = derive.deed(one, "restated", conversation, thread)
        found.append(msgspec.structs.replace(mark, at=counted, after_at=one.at))
    return found


def _is_survey(message: Message | None) -> bool:
    """Whether the service asked how it was: no reply to anybody."""
    return message is not None and message.automatic == SURVEY


def _labels(logged: list[e.Logged], context: _Context) -> list[tuple[int, str, int, str, int]]:
    touched = set()
    for one in logged:
        rated = isinstance(one.event, e.MessageReceived | e.MessageEdited) and (
            (message := context.messages.get(one.event.message_id)) is not None and message.rating is not None
        )
        if rated or isinstance(one.event, _RELABELS):
            touched.add(e.conversation_of(one.event))
    found = []
    for conversation_id in sorted(i for i in touched if i in context.conversations):
        labels = derive.labels_of(context.conversations[conversation_id])
        found.append((conversation_id, *(labels[name] for name in facts.LABELS)))
    return found
