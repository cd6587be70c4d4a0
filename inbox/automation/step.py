"""One step of the rules: everything that a page set off, decided and written in one unit with the saved position. So
each event sets off each rule once, whatever dies in between.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from connectors.contract import Context
from inbox.automation.acting import Doing, act
from inbox.automation.asking import facts_now, inside_hours
from inbox.automation.pages import Chance, Page, due_of
from inbox.automation.rulebook import Ready, book_of
from inbox.clock import HOUR
from inbox.domain import events as e
from inbox.domain.records import Conversation, Message
from inbox.domain.rule_records import Rule, RuleRun
from inbox.domain.rules import Deed, OnTime
from inbox.domain.state import Needs, State
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Priority, Unit
from inbox.intake.health import end_now, raise_now
from inbox.storage import health, readers, rows, rules
from inbox.storage.database import Query

_json = msgspec.json.Encoder().encode


class RuleBroke(Exception):
    """A rule could not be run for a reason nobody foresaw: the others go on without it."""

    def __init__(self, rule_id: int, chance: Chance) -> None:
        super().__init__(f"rule {rule_id} broke on {chance.what}")
        self.rule_id = rule_id
        self.chance = chance


class Step(Unit):
    """Ask again under the lock, and act. False, and nothing is written, when somebody else read on or changed a rule.

    `broken`: (rule, position, conversation) that are left out. Raises RuleBroke.
    """

    priority = Priority.BULK
    alone = True

    def __init__(
        self, page: Page, directory: Directory, contexts: Mapping[int, Context],
        broken: frozenset[tuple[int, int, int]] = frozenset(),
    ) -> None:  # fmt: skip
        self.page = page
        self.directory = directory
        self.contexts = contexts
        self.broken = broken
        self._counts: dict[int, int] = {}
        self._paused: set[int] = set()

    def needs(self, needs: Needs) -> None:
        """Conversations with the items that are asked about."""
        for chance in self.page.chances:
            needs.conversations.add(chance.what.conversation_id)
            if chance.message_id is not None:
                needs.messages.add(chance.message_id)
                needs.authors_of.add(chance.message_id)
                needs.returning.add(chance.message_id)
            if chance.thread_id is not None and self.page.book.visible:
                needs.unanswered.add(chance.thread_id)

    def run(self, state: State) -> Query[bool]:
        """Compare, act, save."""
        page = self.page
        if page.saved is not None and (yield from readers.position(rules.READER)) != page.saved:
            return False
        if book_of((yield from rows.every(Rule))).versions != page.book.versions:
            return False
        if not (yield from self._schedule()):
            return False
        for chance in page.chances:
            yield from self._ask(state, chance)
        yield from self._clocks()
        if page.saved is not None:
            yield from readers.read_up_to(rules.READER, page.end)
        return True

    # -- clocks

    def _schedule(self) -> Query[bool]:
        """A schedule moves on, unless somebody else moved it."""
        if self.page.schedule is None:
            return True
        before, after = self.page.schedule
        key = (before.rule_id, before.conversation_id)
        if (yield from rules.dues_at([key])).get(key) != before:
            return False
        yield from rules.put_dues([after])
        return True

    def _clocks(self) -> Query[None]:
        """What begins to run, unless it ran out once for the same beginning; and what stops."""
        yield from rules.drop_dues(self.page.stops)
        if self.page.starts:
            known = yield from rules.dues_at([(one.rule_id, one.conversation_id) for one in self.page.starts])
            yield from rules.put_dues(
                one
                for one in self.page.starts
                if (old := known.get((one.rule_id, one.conversation_id))) is None or old.since != one.since
            )

    def _ran_out(self, state: State, chance: Chance, conversation: Conversation, ready: Ready) -> Query[bool]:
        """Whether what was due is due indeed. It is noted as asked, moved, or forgotten."""
        due, trigger = chance.due, ready.saying.trigger
        assert due is not None
        key = (due.rule_id, due.conversation_id)
        if (yield from rules.dues_at([key])).get(key) != due:
            return False
        if ready.rule.id in self._paused or (ready.rule.paused_until or 0) > state.now:
            yield from rules.put_dues([replace(due, due_at=state.now + HOUR)])
            return False
        since = _since(state, trigger, conversation, due.since) if isinstance(trigger, OnTime) else None
        if since is None:
            yield from rules.drop_dues([key])
            return False
        assert isinstance(trigger, OnTime)
        at = due_of(trigger, conversation, since, state.terms)
        over = at is not None and at <= state.now
        yield from rules.put_dues([replace(due, since=since, due_at=None if over else at)])
        return over

    # -- asking

    def _ask(self, state: State, chance: Chance) -> Query[None]:
        conversation = state.conversations.get(chance.what.conversation_id)
        if conversation is None or conversation.merged_into is not None:
            return
        item = state.messages.get(chance.message_id or 0)
        if chance.rule_id is not None:
            ready = self.page.book.by_id.get(chance.rule_id)
            if ready is None or (
                chance.due is not None and not (yield from self._ran_out(state, chance, conversation, ready))
            ):
                return
            candidates = [ready]
        else:
            candidates = self.page.book.set_off_by(chance.what)
        facts = facts_now(state, conversation, item, chance.previous)
        if self.page.book.asks_hours:
            facts.inside_hours = inside_hours(
                state.terms, conversation.team_id, conversation.channel_id, state.now
            )  # fmt: skip
        # All are asked before any of them acts: the order decides who acts first, not what is so.
        for ready in [one for one in candidates if one.holds(facts)]:
            if (yield from self._run(state, chance, conversation, item, ready)) and ready.saying.stop:
                return

    def _run(
        self, state: State, chance: Chance, conversation: Conversation, item: Message | None, ready: Ready
    ) -> Query[bool]:
        """One rule on one conversation. Whether it did anything."""
        if (ready.rule.id, chance.what.position, conversation.id) in self.broken:
            return False
        if not (yield from self._within_cap(state, ready)):
            return False
        doing = Doing(
            state=state, directory=self.directory, contexts=self.contexts, rule=ready.rule, saying=ready.saying,
            run_id=state.next_id(), conversation=conversation, item=item,
        )  # fmt: skip
        since = state.workspace.position + 1
        deeds: list[Deed] = []
        try:
            for action in ready.saying.actions:
                deeds.append((yield from act(doing, action)))
        except Exception as problem:  # the edge of the worker item: one rule must not stop the others
            raise RuleBroke(ready.rule.id, chance) from problem
        if not any(one.refused or one.ids or one.after is not None for one in deeds):
            return False  # everything was so already
        yield from self._keep(doing, chance, deeds, since)
        return True

    def _keep(self, doing: Doing, chance: Chance, deeds: list[Deed], since: int) -> Query[None]:
        state, what = doing.state, chance.what
        ran = e.RuleRan(
            conversation_id=doing.conversation.id, rule_id=doing.rule.id, version=doing.saying.version,
            run_id=doing.run_id, trigger=what.word, trigger_position=what.position, since_position=since,
            actions=tuple(one.do for one in deeds), refused=tuple(one.do for one in deeds if one.refused),
            depth=what.depth,
        )  # fmt: skip
        position = state.emit(ran, doing.actor).position
        self._counts[doing.rule.id] = self._counts.get(doing.rule.id, 0) + 1
        yield from rules.add_run(
            RuleRun(
                id=doing.run_id, rule_id=doing.rule.id, rule_version=doing.saying.version,
                conversation_id=doing.conversation.id, message_id=doing.item.id if doing.item is not None else None,
                trigger=what.word, trigger_position=what.position, since_position=since, position=position,
                depth=what.depth, at=state.now, deeds=_json(deeds).decode(),
            )
        )  # fmt: skip

    # -- the cap

    def _within_cap(self, state: State, ready: Ready) -> Query[bool]:
        """Whether a rule may run once more. One that ran too often rests for an hour, and the admins hear of it."""
        rule = ready.rule
        if rule.id in self._paused or (rule.paused_until or 0) > state.now:
            return False
        if rule.id not in self._counts:
            self._counts[rule.id] = yield from rules.runs_since(rule.id, state.now - HOUR)
        if self._counts[rule.id] < ready.saying.hour_cap:
            return True
        self._paused.add(rule.id)
        yield from rows.change(replace(rule, paused_until=state.now + HOUR))
        state.emit(e.SettingChanged(object="rule", id=rule.id))
        if (yield from health.detail_of("rule", rule.id)) is None:
            yield from raise_now(state, "rule", rule.id, _CAPPED.format(rule=rule, cap=ready.saying.hour_cap))
        return False


_CAPPED = (
    "The rule “{rule.name}” ran {cap} times within an hour and rests for one. Look at what it did, and narrow its"
    " condition or raise its cap."
)


def _since(state: State, trigger: OnTime, conversation: Conversation, since: int) -> int | None:
    """Since when a rule's time runs, if it still does; None: it does no more."""
    c = conversation
    match trigger.what:
        case "waiting":
            return c.waiting_since if c.status == "open" else None
        case "unassigned":
            so = c.status == "open" and c.assignee_id is None
        case "silent":
            wrote = any((thread.last_in_at or 0) > since for thread in state.threads_of(c.id))
            so = c.status == "open" and not wrote and not state.anybody_waits(c.id)
        case "snoozed":
            so = c.status == "snoozed"
        case "open":
            so = c.status != "closed"
    return since if so and not c.spam else None


class Resume(Unit):
    """A rule that rested for an hour goes on."""

    priority = Priority.BULK
    alone = True

    def __init__(self, rule_id: int) -> None:
        self.rule_id = rule_id

    def run(self, state: State) -> Query[bool]:
        """Wake it, and tell the admins that it is mended."""
        rule = yield from rows.one(Rule, self.rule_id)
        if rule is None or rule.paused_until is None or rule.paused_until > state.now:
            return False
        yield from rows.change(replace(rule, paused_until=None))
        state.emit(e.SettingChanged(object="rule", id=rule.id))
        yield from end_now(state, "rule", rule.id)
        return True


class Broke(Unit):
    """A rule broke on something: the admins hear of it, once."""

    priority = Priority.BULK
    alone = True

    def __init__(self, rule_id: int, name: str, detail: str) -> None:
        self.rule_id = rule_id
        self.detail = f"The rule “{name}” could not be run and was skipped: {detail}. Look at its actions."

    def run(self, state: State) -> Query[None]:
        """Raise it, unless it stands already."""
        if (yield from health.detail_of("rule", self.rule_id)) is None:
            yield from raise_now(state, "rule", self.rule_id, self.detail)
