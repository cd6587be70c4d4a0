"""Crisis mode: far more comes in than usual. Counted from the report facts, by index, every half minute. What the rule
does then concerns every conversation of the surge: they are walked a slice at a time, like those of a schedule.

The usual is the mean of the same stretch of the day over the two weeks before. A surge is noted once: it lasts until
less than half of what began it comes in.
"""

from __future__ import annotations

import msgspec

from inbox import clock
from inbox.automation.acting import told_by
from inbox.automation.rulebook import Ready, Rulebook, book_of
from inbox.clock import DAY, MINUTE
from inbox.domain import events as e
from inbox.domain.records import Notification
from inbox.domain.rule_records import Rule, RuleDue
from inbox.domain.rules import Notify, OnVolume
from inbox.domain.state import State
from inbox.eventlog.attention import ADMINS, end_now, raise_now
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import health, rows, rules
from inbox.storage.database import Database, Query

DAYS = 14
LOOK_SECONDS = 30
"""How often is looked."""


class Surge(msgspec.Struct, frozen=True, kw_only=True):
    """What came in, beside what is usual."""

    ref: int
    count: int
    usual: float


class Found(msgspec.Struct, kw_only=True):
    """What one look at a rule found."""

    began: list[Surge] = msgspec.field(default_factory=list)
    ended: list[int] = msgspec.field(default_factory=list)


class Surges:
    """Looks for surges on behalf of the rules that ask for them."""

    def __init__(self, database: Database, writer: Writer, directory: Directory) -> None:
        self._database = database
        self._writer = writer
        self._directory = directory

    async def look(self) -> None:
        """Begin and end surges. What the rule does about one that begins is due then (`pages.read_due`)."""
        book = await self._database.read(_book)
        for ready in book.ready:
            trigger = ready.saying.trigger
            if not isinstance(trigger, OnVolume) or ready.rule.paused_until is not None:
                continue
            found = await self._database.read(look_for, ready.rule.id, trigger, clock.now())
            for ref in found.ended:
                await self._writer.submit(Ended(ready, trigger, ref))
            for surge in found.began:
                await self._writer.submit(Began(ready, trigger, surge, await self._directory.fresh()))


def _book() -> Query[Rulebook]:
    return book_of((yield from rows.every(Rule)))


def key_of(trigger: OnVolume, ref: int) -> str:
    """How a surge that lasts is noted."""
    return f"surge:{trigger.scope}:{ref}"


def look_for(rule_id: int, trigger: OnVolume, now: int) -> Query[Found]:
    """Surges that begin or end now."""
    span = trigger.minutes * MINUTE
    counts = yield from rules.arrived(trigger.scope, now - span, now)
    noted = yield from rules.marks_of(rule_id)
    begin = f"surge:{trigger.scope}:"
    running = {int(key.removeprefix(begin)) for key in noted if key.startswith(begin)}
    found = Found()
    near = {ref for ref, count in counts.items() if count >= trigger.minimum} | running
    usual = (yield from _usual(trigger, now)) if near else {}
    for ref in sorted(near):
        count, mean = counts.get(ref, 0), usual.get(ref, 0.0)
        if ref not in running and begins(trigger, count, mean):
            found.began.append(Surge(ref=ref, count=count, usual=mean))
        elif ref in running and is_over(trigger, count, mean):
            found.ended.append(ref)
    return found


def begins(trigger: OnVolume, count: int, usual: float) -> bool:
    """Whether what came is a surge."""
    return count >= trigger.minimum and count > trigger.times * usual


def is_over(trigger: OnVolume, count: int, usual: float) -> bool:
    """Whether it is calm again: so little comes only well after it was too much."""
    return count < max(trigger.minimum, trigger.times * usual) / 2


def _usual(trigger: OnVolume, now: int) -> Query[dict[int, float]]:
    """The mean of the same stretch of the day over two weeks."""
    total: dict[int, int] = {}
    for day in range(1, DAYS + 1):
        until = now - day * DAY
        for ref, count in (yield from rules.arrived(trigger.scope, until - trigger.minutes * MINUTE, until)).items():
            total[ref] = total.get(ref, 0) + count
    return {ref: count / DAYS for ref, count in total.items()}


class Began(Unit):
    """A surge began: noted once, told to the admins and to those whom the rule names. False when it was noted."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, ready: Ready, trigger: OnVolume, surge: Surge, directory: Directory) -> None:
        self.ready = ready
        self.trigger = trigger
        self.surge = surge
        self.directory = directory

    def run(self, state: State) -> Query[bool]:
        """Note and tell."""
        rule, surge, trigger = self.ready.rule, self.surge, self.trigger
        key = key_of(trigger, surge.ref)
        if (yield from rules.marked(rule.id, key)) is not None:
            return False
        yield from rules.mark(rule.id, key, state.now)
        yield from rules.put_dues([RuleDue(rule.id, surge.ref, state.now, state.now, 0)])
        began = e.SurgeBegan(
            rule_id=rule.id, run_id=state.next_id(), scope=trigger.scope, ref=surge.ref, count=surge.count,
            usual=round(surge.usual, 1),
        )  # fmt: skip
        state.emit(began, e.Actor("rule", rule.id), audience=_audience(trigger, surge.ref))
        said = (
            f"{rule.name}: {surge.count} items in {trigger.minutes} minutes in"
            f" {name_of(trigger, surge.ref, self.directory)}; usual are {surge.usual:.1f}."
        )
        if (yield from health.detail_of("surge", rule.id)) is None:
            yield from raise_now(state, "surge", rule.id, said)
        for action in self.ready.saying.actions:
            if isinstance(action, Notify):
                for agent_id in told_by(action, self.directory, None):
                    _tell(state, agent_id, f"{action.text} {said}", e.Actor("rule", rule.id))
        return True


class Ended(Unit):
    """It is calm again."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, ready: Ready, trigger: OnVolume, ref: int) -> None:
        self.rule_id = ready.rule.id
        self.trigger = trigger
        self.ref = ref

    def run(self, state: State) -> Query[None]:
        """Forget it; the last one ends what the admins were told."""
        yield from rules.unmark(self.rule_id, key_of(self.trigger, self.ref))
        ended = e.SurgeEnded(rule_id=self.rule_id, scope=self.trigger.scope, ref=self.ref)
        state.emit(ended, e.Actor("rule", self.rule_id), audience=_audience(self.trigger, self.ref))
        if not any(key.startswith("surge:") for key in (yield from rules.marks_of(self.rule_id))):
            yield from end_now(state, "surge", self.rule_id)


def _audience(trigger: OnVolume, ref: int) -> e.Audience:
    """A channel's surge is seen by those who see the channel; one of a post or campaign may span several."""
    return e.Audience(channel_id=ref) if trigger.scope == "channel" else ADMINS


def name_of(trigger: OnVolume, ref: int, directory: Directory) -> str:
    """What surges, as people call it; a post has no name."""
    if trigger.scope == "channel" and ref in directory.channels:
        return directory.channels[ref].name
    if trigger.scope == "campaign" and ref in directory.campaigns:
        return directory.campaigns[ref].name
    return f"{trigger.scope} {ref}"


def _tell(state: State, agent_id: int, words: str, actor: e.Actor) -> None:
    told = state.add(
        Notification(
            id=state.next_id(), agent_id=agent_id, kind="rule", conversation_id=None, message_id=None, detail=words,
            at=state.now, read_at=None,
        )
    )  # fmt: skip
    state.emit(e.Notified(agent_id=agent_id, notification_id=told.id), actor, audience=e.Audience(agent_id=agent_id))
