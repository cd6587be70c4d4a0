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
from inbox.automation.pages import Chance, Page, Walk, due_of
from inbox.automation.rulebook import Ready, book_of
from inbox.clock import HOUR
from inbox.domain import events as e
from inbox.domain.records import Conversation, Message
from inbox.domain.rule_records import Rule, RuleRun
from inbox.domain.rules import Deed, OnTime
from inbox.domain.state import Needs, State
from inbox.eventlog.attention import end_now, raise_now
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Priority, Unit
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
        self._ran: list[RuleRun] = []
        self._left = 0
        """Conversations that a surge's rule comes to after the one at hand."""

    def needs(self, needs: Needs) -> None:
        """Conversations with the items that are asked about."""
        book = self.page.book
        for chance in self.page.chances:
            needs.conversations.add(chance.what.conversation_id)
            if chance.message_id is not None:
                needs.messages.add(chance.message_id)
                if book.visible or book.asks_authors:
                    needs.authors_of.add(chance.message_id)
                if book.visible:
                    needs.returning.add(chance.message_id)
            if chance.thread_id is not None and book.visible:
                needs.unanswered.add(chance.thread_id)

    def run(self, state: State) -> Query[bool]:
        """Compare, act, save."""
        page = self.page
        if not (yield from self._current()):
            return False
        yield from (self._walk(state, page.walk) if page.walk is not None else self._ask_all(state))
        yield from rules.add_runs(self._ran)
        yield from self._clocks()
        if page.saved is not None:
            yield from readers.read_up_to(rules.READER, page.end)
        return True

    def _current(self) -> Query[bool]:
        """Whether the page was read by the rules as they are, and nobody else read on."""
        page = self.page
        if page.saved is not None and (yield from readers.position(rules.READER)) != page.saved:
            return False
        if page.walk is not None:
            key = (page.walk.before.rule_id, page.walk.before.conversation_id)
            if (yield from rules.dues_at([key])).get(key) != page.walk.before:
                return False
        return book_of((yield from rows.every(Rule))).versions == page.book.versions

    def _ask_all(self, state: State) -> Query[None]:
        for chance in self.page.chances:
            yield from self._ask(state, chance)

    # -- many conversations

    def _walk(self, state: State, walk: Walk) -> Query[None]:
        """Ask of a slice, and note how far that came. A surge is walked to its end: where the rule rests in between, it
        goes on with the one it could not do.
        """
        if not walk.to_the_end:
            yield from self._ask_all(state)
            yield from rules.put_dues([walk.after] if walk.after is not None else [])
            return
        rule = self.page.book.by_id[walk.before.rule_id].rule
        cursor, walked = walk.before.cursor, (rule.paused_until or 0) <= state.now
        for n, chance in enumerate(self.page.chances if walked else []):
            self._left = len(self.page.chances) - n - 1 + walk.left
            yield from self._ask(state, chance)
            walked = rule.id not in self._paused
            if not walked:
                cursor = chance.what.conversation_id - 1
                break
        if not walked:
            again_at = max(rule.paused_until or 0, state.now + HOUR) if self._paused else rule.paused_until
            yield from rules.put_dues([replace(walk.before, due_at=again_at, cursor=cursor)])
        elif walk.after is not None:
            yield from rules.put_dues([walk.after])
        else:
            yield from rules.drop_dues([(walk.before.rule_id, walk.before.conversation_id)])

    # -- clocks

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
        if chance.rules is None:
            candidates = self.page.book.set_off_by(chance.what)
        else:
            known = self.page.book.by_id
            candidates = [known[one] for one in chance.rules if one in known]
        if chance.due is not None and not (
            candidates and (yield from self._ran_out(state, chance, conversation, candidates[0]))
        ):
            return
        facts = facts_now(state, conversation, item, chance.previous, chance.answered)
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
        if self._left and self._counts[ready.rule.id] + 1 >= ready.saying.hour_cap:
            deeds.append(Deed(do=REST, refused=_RESTS.format(cap=ready.saying.hour_cap, left=self._left)))
        self._keep(doing, chance, deeds, since)
        return True

    def _keep(self, doing: Doing, chance: Chance, deeds: list[Deed], since: int) -> None:
        state, what = doing.state, chance.what
        ran = e.RuleRan(
            conversation_id=doing.conversation.id, rule_id=doing.rule.id, version=doing.saying.version,
            run_id=doing.run_id, trigger=what.word, trigger_position=what.position, since_position=since,
            actions=tuple(one.do for one in deeds if one.do != REST),
            refused=tuple(one.do for one in deeds if one.refused and one.do != REST),
            depth=what.depth,
        )  # fmt: skip
        position = state.emit(ran, doing.actor).position
        self._counts[doing.rule.id] = self._counts.get(doing.rule.id, 0) + 1
        run = RuleRun(
            id=doing.run_id, rule_id=doing.rule.id, rule_version=doing.saying.version,
            conversation_id=doing.conversation.id, message_id=doing.item.id if doing.item is not None else None,
            trigger=what.word, trigger_position=what.position, since_position=since, position=position,
            depth=what.depth, at=state.now, deeds=_json(deeds).decode(),
        )  # fmt: skip
        self._ran.append(run)

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


REST = "rest"
"""What stands among the deeds of the last run of a surge before the cap: no action, but what is left for later."""
_RESTS = (
    "this was run {cap} of at most {cap} within an hour: up to {left} conversations of this surge are left, and follow"
    " when the rule has rested"
)
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
