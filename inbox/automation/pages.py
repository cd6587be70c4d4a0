"""What a pass finds: in a page of the log, the events that would set off a rule, and the clocks they move; by the
clock, what is due. Asked outside of the writer's lock, so that what concerns no rule costs the writer nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from inbox.automation.asking import inside_hours
from inbox.automation.rulebook import Ready, Rulebook, book_of
from inbox.automation.triggers import Happened, clock_of, happened
from inbox.clock import MINUTE
from inbox.domain import events as e
from inbox.domain.calendar import add_open_time
from inbox.domain.records import Conversation
from inbox.domain.rule_records import Rule, RuleDue
from inbox.domain.rules import MAX_DEPTH, OnSchedule, OnTime, OnVolume
from inbox.domain.schedules import next_occurrence
from inbox.domain.sla import Terms
from inbox.domain.surveys import Answered
from inbox.eventlog import log
from inbox.storage import readers, rows, rules
from inbox.storage import rule_facts as facts
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query
from inbox.storage.rule_facts import Asked

PAGE = 400
AT_ONCE = 100
"""Conversations that a schedule, or the clock, is asked about in one step."""


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """Something that sets off a rule, as it looks from outside of the lock."""

    what: Happened
    message_id: int | None
    thread_id: int | None
    channel_id: int | None
    """Where an answer would go."""
    previous: int | None
    answered: Answered | None = None
    rules: tuple[int, ...] | None = None
    """The only rules that are asked, in their order; None: all that this sets off."""
    due: RuleDue | None = None


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that is asked of many conversations, a slice at a time, by their ids. What is noted of it says how far it
    came, so that a stop in between leaves out none.
    """

    before: RuleDue
    after: RuleDue | None
    """As it is after this slice; None: it was the last."""
    to_the_end: bool = False
    """Where the rule rests in between, it goes on from there afterwards."""
    left: int = 0
    """Of those that are walked to the end: how many come after this slice."""


class Page(msgspec.Struct, kw_only=True):
    """What one pass found. `saved`: the position that was saved then, None for what is due."""

    book: Rulebook
    saved: int | None = None
    end: int = 0
    more: bool = False
    chances: list[Chance] = msgspec.field(default_factory=list)
    starts: list[RuleDue] = msgspec.field(default_factory=list)
    stops: list[tuple[int, int]] = msgspec.field(default_factory=list)
    walk: Walk | None = None

    @property
    def writes(self) -> bool:
        """Whether there is anything to write but the position."""
        return bool(self.chances or self.starts or self.stops or self.walk)


def read_page(seen: int, terms: Terms, now: int) -> Query[Page | None]:
    """The next page after what was seen; None when there is nothing new, or no rule."""
    book = book_of((yield from rows.every(Rule)))
    if not book.ready:
        return None
    head, _ = yield from log.head()
    saved = yield from readers.position(rules.READER)
    start = max(seen, saved, min(one.rule.since_position for one in book.ready))
    if start >= head:
        return None
    logged = yield from log.of_types(book.types, start, head, PAGE)
    more = len(logged) == PAGE
    page = Page(book=book, saved=saved, end=logged[-1].position if more else head, more=more)
    if logged:
        page.chances = yield from _chances(book, logged, terms, now)
        page.starts, page.stops = yield from _clocks(book, logged, terms)
    return page


# --- events


def _chances(book: Rulebook, logged: Sequence[e.Logged], terms: Terms, now: int) -> Query[list[Chance]]:
    depths = (yield from _depths(logged)) if book.after_rules else {}
    found = [
        (what, ready)
        for one in logged
        for what in happened(one, depths.get(one.position, _depth_of(one)))
        if (ready := book.set_off_by(what))
    ]
    if not found:
        return []
    asked = yield from _asked(book, [what for what, _ in found], now)
    rated = yield from _rated(what for what, _ in found)
    chances: list[Chance] = []
    moved: set[int] = set()
    for what, candidates in found:
        one = asked.get((what.message_id, what.conversation_id))
        if one is None or one.merged or (what.word == "rating_changed" and what.message_id not in rated):
            continue
        if what.answered is not None:
            one.facts.answered = what.answered
        if what.conversation_id in moved:
            # What a rule did to this conversation a moment ago may let the next one hold.
            chances.append(_chance(what, one))
            continue
        hold = _holding(book, candidates, one, terms)
        if any(ready.would_act(one.facts) for ready in hold):
            moved.add(what.conversation_id)
            chances.append(_chance(what, one, tuple(ready.rule.id for ready in hold)))
    return chances


def _depth_of(one: e.Logged) -> int:
    """What a rule caused is out of reach of other rules unless its depth is known."""
    return MAX_DEPTH + 1 if one.actor.kind == "rule" else 0


def _depths(logged: Sequence[e.Logged]) -> Query[dict[int, int]]:
    """Positions of what rules caused → how many rules led there."""
    spans = yield from rules.depths(logged[0].position, logged[-1].position)
    return {position: depth + 1 for first, last, depth in spans for position in range(first, last + 1)}


def _asked(
    book: Rulebook, found: Iterable[Happened], now: int
) -> Query[dict[tuple[int | None, int], Asked]]:  # fmt: skip
    items = sorted({one.message_id for one in found if one.message_id is not None})
    others = sorted({one.conversation_id for one in found if one.message_id is None})
    asked: dict[tuple[int | None, int], Asked] = {}
    if items:
        for one in (yield from facts.of_items(items, now, with_previous=book.asks_previous)):
            asked[one.message_id, one.conversation_id] = one
    if others:
        for one in (yield from facts.of_conversations(others, now, with_previous=book.asks_previous)):
            asked[None, one.conversation_id] = one
    yield from _surveyed(book, asked.values())
    return asked


def _surveyed(book: Rulebook, asked: Iterable[Asked]) -> Query[None]:
    """What was answered last to surveys, where a rule asks about it."""
    if book.asks_surveys:
        listed = list(asked)
        answers = yield from facts.answers(one.conversation_id for one in listed)
        for one in listed:
            one.facts.answered = answers.get(one.conversation_id)


def _rated(told: Iterable[Happened]) -> Query[set[int]]:
    """Reviews whose stars changed with their newest version."""
    ids = sorted({one.message_id for one in told if one.word == "rating_changed" and one.message_id is not None})
    if not ids:
        return set()
    stars: dict[int, list[int | None]] = {}
    for (message_id, _), rating in sorted((yield from facts.ratings(ids)).items()):
        stars.setdefault(message_id, []).append(rating)
    return {message_id for message_id, given in stars.items() if len(given) > 1 and given[-1] != given[-2]}


def _holding(book: Rulebook, candidates: Sequence[Ready], one: Asked, terms: Terms) -> list[Ready]:
    if book.asks_hours and one.facts.inside_hours is None:
        one.facts.inside_hours = inside_hours(terms, one.facts.team, one.facts.channel, one.facts.now)
    return [ready for ready in candidates if ready.holds(one.facts)]


def _chance(
    what: Happened, one: Asked, rules: tuple[int, ...] | None = None, due: RuleDue | None = None
) -> Chance:  # fmt: skip
    return Chance(
        what=what, message_id=one.message_id, thread_id=one.thread_id, channel_id=one.channel_id,
        previous=one.facts.previous_conversations, answered=one.facts.answered, rules=rules, due=due,
    )  # fmt: skip


# --- clocks


def _clocks(
    book: Rulebook, logged: Sequence[e.Logged], terms: Terms
) -> Query[tuple[list[RuleDue], list[tuple[int, int]]]]:  # fmt: skip
    """What begins to run for rules that wait for a time, and what stops."""
    moves: dict[tuple[int, int], int | None] = {}
    for ready, trigger in book.timed:
        for one in logged:
            conversation_id = e.conversation_of(one.event)
            if conversation_id is None or one.position <= ready.rule.since_position:
                continue
            begins = clock_of(one, trigger.what)
            if begins is not None:
                moves[ready.rule.id, conversation_id] = one.at if begins else None
    begun = sorted({conversation_id for (_, conversation_id), at in moves.items() if at is not None})
    found = [Conversation(*row) for row in (yield ByKeys(t.conversation, begun))] if begun else []
    conversations = {one.id: one for one in found}
    starts: list[RuleDue] = []
    stops: list[tuple[int, int]] = []
    for (rule_id, conversation_id), at in moves.items():
        trigger_ = book.by_id[rule_id].saying.trigger
        conversation = conversations.get(conversation_id)
        assert isinstance(trigger_, OnTime)
        since = conversation.waiting_since if trigger_.what == "waiting" and conversation is not None else at
        if conversation is None or at is None or since is None or conversation.merged_into is not None:
            stops.append((rule_id, conversation_id))
        else:
            starts.append(RuleDue(rule_id, conversation_id, since, due_of(trigger_, conversation, since, terms), 0))
    return starts, stops


def due_of(trigger: OnTime, conversation: Conversation, since: int, terms: Terms) -> int | None:
    """When a rule's time has passed; None: never, its hours are over for good."""
    calendar = None
    if trigger.hours == "business":
        calendar = terms.calendars.at(conversation.team_id, conversation.channel_id)
    return add_open_time(calendar, since, trigger.seconds * 1_000_000)


def read_due(now: int) -> Query[Page | None]:
    """What is due by now, as a page of its own; None when nothing is."""
    book = book_of((yield from rows.every(Rule)))
    found = yield from rules.due(now, AT_ONCE)
    if not found:
        return None
    page = Page(book=book, more=len(found) == AT_ONCE)
    timed: list[RuleDue] = []
    for one in found:
        ready = book.by_id.get(one.rule_id)
        trigger = ready.saying.trigger if ready is not None else None
        if isinstance(trigger, OnTime) and one.conversation_id:
            timed.append(one)
        elif isinstance(trigger, OnSchedule) and not one.conversation_id:
            if page.walk is None:
                yield from _scheduled(page, one, trigger, now)
        elif isinstance(trigger, OnVolume) and one.conversation_id:
            if page.walk is None:
                yield from _surging(page, one, trigger, now)
        else:
            page.stops.append((one.rule_id, one.conversation_id))
    ids = sorted({one.conversation_id for one in timed})
    known = (yield from facts.of_conversations(ids, now, with_previous=book.asks_previous)) if ids else []
    yield from _surveyed(book, known)
    asked = {one.conversation_id: one for one in known}
    for one in sorted(timed, key=lambda due: (due.due_at or 0, book.by_id[due.rule_id].rule.place)):
        what = Happened(word=_what(book, one.rule_id), conversation_id=one.conversation_id)
        if one.conversation_id in asked:
            page.chances.append(_chance(what, asked[one.conversation_id], (one.rule_id,), one))
        else:
            page.stops.append((one.rule_id, one.conversation_id))
    return page


def _what(book: Rulebook, rule_id: int) -> str:
    trigger = book.by_id[rule_id].saying.trigger
    assert isinstance(trigger, OnTime)
    return trigger.what


def _scheduled(page: Page, due: RuleDue, schedule: OnSchedule, now: int) -> Query[None]:
    """The next slice of the conversations that a schedule is asked of; after the last, its next occurrence."""
    ready = page.book.by_id[due.rule_id]
    found = yield from facts.not_closed(due.cursor, AT_ONCE, now, with_previous=page.book.asks_previous)
    yield from _surveyed(page.book, found)
    for one in found:
        if ready.holds(one.facts) or ready.sees_hours:
            what = Happened(word="schedule", conversation_id=one.conversation_id)
            page.chances.append(_chance(what, one, (due.rule_id,)))
    if len(found) == AT_ONCE:
        after = RuleDue(due.rule_id, 0, due.since, due.due_at, found[-1].conversation_id)
    else:
        at = next_occurrence(schedule, now)
        after = RuleDue(due.rule_id, 0, at, at, 0)
    page.walk = Walk(before=due, after=after)


def _surging(page: Page, due: RuleDue, surge: OnVolume, now: int) -> Query[None]:
    """The next slice of the conversations in which a surge's items came: those of `due.since`, when it was noted."""
    ready = page.book.by_id[due.rule_id]
    span = (due.since - surge.minutes * MINUTE, due.since)
    ids = yield from rules.in_surge(surge.scope, due.conversation_id, *span, due.cursor, AT_ONCE)
    found = yield from facts.of_conversations(ids, now, with_previous=page.book.asks_previous)
    yield from _surveyed(page.book, found)
    for one in sorted(found, key=lambda asked: asked.conversation_id):
        if not one.merged and (ready.holds(one.facts) or ready.sees_hours):
            what = Happened(word="volume", conversation_id=one.conversation_id)
            page.chances.append(_chance(what, one, (due.rule_id,)))
    after, left = None, 0
    if len(ids) == AT_ONCE:
        after = RuleDue(due.rule_id, due.conversation_id, due.since, due.due_at, ids[-1])
        left = yield from rules.count_in_surge(surge.scope, due.conversation_id, *span, ids[-1])
    page.walk = Walk(before=due, after=after, to_the_end=True, left=left)
