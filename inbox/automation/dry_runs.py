"""What a rule would have done over the last days, counted in slices, so that nothing waits for it. How far it came is
kept in the store: any process can tell, and stop it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import msgspec
import structlog

from inbox import clock
from inbox.automation.asking import inside_hours
from inbox.automation.lasting import TYPES, Fell, Lasting
from inbox.automation.past_surges import PastSurge, PastSurges
from inbox.automation.surges import name_of
from inbox.automation.triggers import answered_by, words_of
from inbox.clock import DAY, SECOND
from inbox.domain import events as e
from inbox.domain.condition_facts import Facts
from inbox.domain.condition_fields import OF_SURVEYS
from inbox.domain.conditions import Asked as Asks
from inbox.domain.conditions import compiled, fields_of, parse, shown, why
from inbox.domain.dry_run_shapes import DryHit, DryReason, DryResult, DrySurge
from inbox.domain.permissions import Scope
from inbox.domain.records import Post
from inbox.domain.rule_records import DryRun
from inbox.domain.rules import OnEvent, OnTime, OnVolume, RuleVersion, Trigger
from inbox.domain.sla import Terms
from inbox.domain.state import State
from inbox.domain.surveys import Answered
from inbox.domain.words import preview
from inbox.errors import Unavailable
from inbox.eventlog import log
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import rows as rows_of
from inbox.storage import rule_facts as facts
from inbox.storage import rules
from inbox.storage.database import Database, Query, Row
from inbox.storage.rule_facts import Asked

SLICE = 4_000
SHOWN = 50
SAVED_EVERY_SECONDS = 0.5
_READ = 700
"""Thousandths of the way that reading what came is, for a rule for far more than usual; the rest is looking at it."""
_OF_SURVEYS = frozenset({"survey_answered", "survey_commented"})
_RECEIVED = frozenset({"message_received"})
_OF_ITEMS = _RECEIVED | {"message_edited", "rating_changed"}
"""What happens to an item and is kept with its versions."""
_ANSWERED = ("survey_answered",)
_encode = msgspec.json.Encoder().encode
_log = structlog.get_logger(__name__)
Later = Callable[[Awaitable[object], str], None]


class Counting:
    """The hits among rows, as they come."""

    def __init__(self, saying: RuleVersion, terms: Terms) -> None:
        self.condition = parse(saying.condition)
        self.ask: Asks = compiled(self.condition)
        self.terms = terms
        fields = fields_of(self.condition)
        self.sees_hours = "business_hours" in fields
        self.sees_previous = "previous_conversations" in fields
        self.sees_surveys = bool(OF_SURVEYS & fields)
        self.checked = 0
        self.hits = 0
        self.days: dict[str, int] = {}
        self.first: list[DryHit] = []
        self.surge_count = 0
        self.surges: list[DrySurge] = []
        self._day = (0, "")

    def rows(self, rows: list[Row], answers: Mapping[int, Answered], words: frozenset[str]) -> None:
        """Ask of each item to which one of the words happened. `answers`: conversation → what was answered last to a
        survey in it.
        """
        ask, hits = self.ask, 0
        for row in rows:
            item = facts.past_item(row)
            if words.isdisjoint(item.words):
                continue
            found = item.facts
            if answers:
                found.answered = answers.get(item.conversation_id)
            if self.sees_hours:
                found.inside_hours = inside_hours(self.terms, found.team, found.channel, item.at)
            self.checked += 1
            if ask(found):
                hits += 1
                self._hit(item.message_id, item.conversation_id, item.at, item.number, found)
        self.hits += hits

    def fell(self, asked: list[tuple[Asked, int, Answered | None]]) -> None:
        """Ask of conversations at an instant of each, and with what was answered to a survey until then."""
        for one, at, answered in asked:
            found = one.facts
            found.now, found.answered = at, answered
            if self.sees_hours:
                found.inside_hours = inside_hours(self.terms, found.team, found.channel, at)
            if found.item_mark != "history" and self.ask(found):
                self.hits += 1
                self._hit(one.message_id, one.conversation_id, at, one.number, found)

    def _hit(self, message_id: int | None, conversation_id: int, at: int, number: int, found: Facts) -> None:
        if at // DAY != self._day[0]:
            self._day = at // DAY, clock.iso(at)[:10]
        self.days[self._day[1]] = self.days.get(self._day[1], 0) + 1
        if len(self.first) < SHOWN:
            reasons = [
                DryReason(
                    field=one.field, op=one.op, value=shown(one.field, one.value), found=shown(one.field, one.found),
                    held=one.held,
                )
                for one in why(self.condition, found)
            ]  # fmt: skip
            self.first.append(
                DryHit(
                    conversation_id=str(conversation_id), number=number,
                    message_id=str(message_id) if message_id is not None else "", at=clock.iso(at),
                    preview=preview(found.text), reasons=reasons,
                )
            )  # fmt: skip

    @property
    def result(self) -> DryResult:
        """The hits so far."""
        return DryResult(
            hits=self.hits, days=dict(sorted(self.days.items())), first=self.first, surge_count=self.surge_count,
            surges=self.surges,
        )  # fmt: skip


class DryRuns:
    """Counts in the background. `later` runs something that nobody awaits."""

    def __init__(self, database: Database, writer: Writer, directory: Directory, later: Later) -> None:
        self._database = database
        self._writer = writer
        self._directory = directory
        self._later = later

    async def start(self, saying: RuleVersion, days: int, scope: Scope, agent_id: int | None) -> DryRun:
        """Begin to count; what is known at once."""
        now = clock.now()
        run = DryRun(
            id=0, state="running", asked=_encode(saying).decode(), days=days, checked=0, share=0,
            result=_encode(DryResult()).decode(), cancelled=0, started_by=agent_id, created_at=now, updated_at=now,
        )  # fmt: skip
        run.id = await self._writer.submit(_Begin(run))
        self._later(self._count(run, saying, scope), f"dry-run-{run.id}")
        return run

    async def _count(self, run: DryRun, saying: RuleVersion, scope: Scope) -> None:
        terms = (await self._directory.fresh()).terms
        counting = Counting(saying, terms)
        try:
            run.state = await self._counted(run, counting, saying.trigger, scope)
            run.share = 1000 if run.state == "done" else run.share
        except Exception:  # the edge of a worker item: whoever asked is told
            run.state = "failed"
            _log.exception("dry_run_failed", run=run.id)
        await self._save(run, counting)

    async def _counted(self, run: DryRun, counting: Counting, trigger: Trigger, scope: Scope) -> str:
        if isinstance(trigger, OnTime):
            return await self._follow(run, counting, trigger, scope)
        if isinstance(trigger, OnVolume):
            return await self._surge(run, counting, trigger, scope)
        words = frozenset(trigger.events) if isinstance(trigger, OnEvent) else frozenset()
        if words & _OF_SURVEYS and not await self._answered(run, counting, words, scope):
            return "cancelled"
        if words and words <= _OF_SURVEYS:
            return "done"
        return await self._walk(run, counting, words & _OF_ITEMS or _RECEIVED, scope)

    async def _walk(self, run: DryRun, counting: Counting, words: frozenset[str], scope: Scope) -> str:
        """What came, and what became of it where the rule is set off by that, in the words and stars of each time."""
        first, last = await self._database.read(facts.span)
        since, after = run.created_at - run.days * DAY, (first, 0)
        while True:
            rows = await self._database.read(
                facts.past_items, scope, since, after, last, SLICE, with_previous=counting.sees_previous,
                edited=words != _RECEIVED,
            )  # fmt: skip
            answers: Mapping[int, Answered] = {}
            if counting.sees_surveys:
                answers = await self._database.read(facts.answers, {row[1] for row in rows})
            # Asking takes as long as reading: others go on meanwhile.
            await asyncio.to_thread(counting.rows, rows, answers, words)
            if len(rows) < SLICE:
                return "done"
            newest = facts.past_item(rows[-1])
            after = newest.message_id, newest.version
            run.share = min(999, (after[0] - first) * 1000 // max(1, last - first))
            if await self._is_stopped(run, counting):
                return "cancelled"

    async def _answered(self, run: DryRun, counting: Counting, words: frozenset[str], scope: Scope) -> bool:
        """Each time that a survey was answered, with the score of then. False: it is to stop."""
        since, position = run.created_at - run.days * DAY, 0
        head, _ = await self._database.read(log.head)
        while logged := await self._database.read(log.of_types, _ANSWERED, position, head, SLICE):
            told = [
                Fell(one.event.conversation_id, one.at, answered_by(one.event))
                for one in logged
                if isinstance(one.event, e.SurveyAnswered) and one.at >= since and words & set(words_of(one))
            ]
            counting.checked += await self._ask(counting, told, scope)
            position = logged[-1].position
            if await self._is_stopped(run, counting):
                return False
        return True

    async def _follow(self, run: DryRun, counting: Counting, trigger: OnTime, scope: Scope) -> str:
        """A rule that waits for a time: the whole log is followed, for what began before the days asked for too."""
        lasting = Lasting(trigger, counting.terms, run.created_at - run.days * DAY)
        head, _ = await self._database.read(log.head)
        position = 0
        while logged := await self._database.read(log.of_types, TYPES, position, head, SLICE):
            await asyncio.to_thread(lasting.tell, logged)
            counting.checked += await self._ask(counting, lasting.take(), scope)
            position = logged[-1].position
            run.share = min(999, position * 1000 // head)
            if await self._is_stopped(run, counting):
                return "cancelled"
        await asyncio.to_thread(lasting.end, run.created_at)
        counting.checked += await self._ask(counting, lasting.take(), scope)
        return "done"

    async def _surge(self, run: DryRun, counting: Counting, trigger: OnVolume, scope: Scope) -> str:
        """A rule for far more than usual: all that came is told, then each place is looked at by itself."""
        since = run.created_at - run.days * DAY
        past = PastSurges(trigger, since, run.created_at)
        after = begun = (past.needed_since, 0)
        while rows := await self._database.read(rules.came, trigger.scope, after, run.created_at, SLICE):
            await asyncio.to_thread(past.tell, [row[:3] for row in rows])
            after = (rows[-1][0], rows[-1][3])
            counting.checked += len(rows)
            run.share = _READ * (after[0] - begun[0]) // (run.created_at - begun[0])
            if await self._is_stopped(run, counting):
                return "cancelled"
        found: list[PastSurge] = []
        refs = past.refs
        for n, ref in enumerate(refs, 1):
            found += await asyncio.to_thread(past.of, ref)
            run.share = _READ + (999 - _READ) * n // len(refs)
            if await self._is_stopped(run, counting):
                return "cancelled"
        for one in sorted(found, key=lambda surge: (surge.began_at, surge.ref)):
            seen = await self._ask(counting, [Fell(there, one.began_at) for there in one.conversations], scope)
            if seen or scope.channels is None:
                await self._surged(counting, trigger, one)
        return "done"

    async def _surged(self, counting: Counting, trigger: OnVolume, one: PastSurge) -> None:
        counting.surge_count += 1
        if len(counting.surges) >= SHOWN:
            return
        post = await self._database.read(rows_of.one, Post, one.ref) if trigger.scope == "post" else None
        name = name_of(trigger, one.ref, self._directory) if post is None else preview(post.text)
        counting.surges.append(
            DrySurge(
                scope=trigger.scope, ref=str(one.ref), name=name, at=clock.iso(one.began_at),
                until=clock.iso_or_none(one.ended_at), count=one.count, usual=round(one.usual, 1),
                conversations=len(one.conversations),
            )
        )  # fmt: skip

    async def _ask(self, counting: Counting, fell: list[Fell], scope: Scope) -> int:
        """Ask of conversations at an instant of each, as far as the one who asks sees them; how many he sees."""
        seen = 0
        for first in range(0, len(fell), SLICE):
            part = fell[first : first + SLICE]
            ids = sorted({one.conversation_id for one in part})
            found = await self._database.read(facts.of_conversations, ids, 0, with_previous=counting.sees_previous)
            answers: Mapping[int, Answered] = {}
            if counting.sees_surveys:
                answers = await self._database.read(facts.answers, ids)
            known = {
                one.conversation_id: one
                for one in found
                if not one.merged and scope.covers(one.facts.channel, one.facts.team)
            }  # fmt: skip
            asked = [
                (known[one.conversation_id], one.at, one.answered or answers.get(one.conversation_id))
                for one in part
                if one.conversation_id in known
            ]
            await asyncio.to_thread(counting.fell, asked)
            seen += len(asked)
        return seen

    async def _is_stopped(self, run: DryRun, counting: Counting) -> bool:
        """Now and then: write how far it came, and see whether somebody wants it to stop."""
        if clock.now() - run.updated_at < SAVED_EVERY_SECONDS * SECOND:
            return False
        run.updated_at = clock.now()
        return await self._save(run, counting)

    async def _save(self, run: DryRun, counting: Counting) -> bool:
        """Write how far it came; whether somebody wants it to stop."""
        run.checked, run.result = counting.checked, _encode(counting.result).decode()
        try:
            stop: bool = await self._writer.submit(_Save(run))
        except Unavailable:
            return False
        return stop


class _Begin(Unit):
    priority = Priority.PERSON
    alone = True

    def __init__(self, run: DryRun) -> None:
        self.run_ = run

    def run(self, state: State) -> Query[int]:
        """Give it an id and keep it."""
        self.run_.id = state.next_id()
        yield from rules.save_dry_run(self.run_)
        return self.run_.id


class _Save(Unit):
    priority = Priority.BULK
    alone = True

    def __init__(self, run: DryRun) -> None:
        self.run_ = run

    def run(self, state: State) -> Query[bool]:
        """Keep how far it came."""
        self.run_.updated_at = state.now
        return (yield from rules.save_dry_run(self.run_))
