"""All rules that are switched on, ready to be asked: in their order, with their conditions as functions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from inbox.automation.asking import changes_nothing
from inbox.automation.triggers import Happened, types_of
from inbox.domain.condition_facts import Facts
from inbox.domain.condition_fields import OF_SURVEYS
from inbox.domain.conditions import Asked, compiled, fields_of, parse
from inbox.domain.rule_records import Rule
from inbox.domain.rules import (
    MAX_DEPTH,
    VISIBLE,
    OnEvent,
    OnTime,
    OutOfHours,
    RuleVersion,
    active_in_order,
    saying,
)

_OF_AUTHORS = frozenset({"verified", "followers"})


class Ready:
    """One rule, ready to be asked."""

    __slots__ = ("ask", "fields", "rule", "saying", "sees_hours", "visible")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.saying: RuleVersion = saying(rule)
        condition = parse(self.saying.condition)
        self.ask: Asked = compiled(condition)
        self.fields = fields_of(condition)
        self.visible = any(isinstance(one, VISIBLE) for one in self.saying.actions)
        out_of_hours = any(isinstance(one, OutOfHours) for one in self.saying.actions)
        self.sees_hours = out_of_hours or "business_hours" in self.fields

    def set_off_by(self, what: Happened) -> bool:
        """Whether this is what it is to be set off by, whatever its condition says."""
        trigger = self.saying.trigger
        if not isinstance(trigger, OnEvent) or what.word not in trigger.events:
            return False
        if trigger.tag_id is not None and what.tag_id is not None and what.tag_id != trigger.tag_id:
            return False
        if what.position <= self.rule.since_position:
            return False
        return what.depth == 0 or (self.saying.after_rules and what.depth <= MAX_DEPTH)

    def holds(self, facts: Facts) -> bool:
        """Whether its condition holds. What was said before the channel was connected is nobody's work."""
        return facts.item_mark != "history" and self.ask(facts)

    def would_act(self, facts: Facts) -> bool:
        """Whether anything that it does is not so already, where its condition holds."""
        return not all(changes_nothing(one, facts) for one in self.saying.actions)


class Rulebook:
    """The rules that are switched on, in their order."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.ready = [Ready(one) for one in active_in_order(rules)]
        self.by_id = {one.rule.id: one for one in self.ready}
        self.by_word: dict[str, list[Ready]] = {}
        self.timed: list[tuple[Ready, OnTime]] = []
        for one in self.ready:
            trigger = one.saying.trigger
            if isinstance(trigger, OnTime):
                self.timed.append((one, trigger))
            for word in trigger.events if isinstance(trigger, OnEvent) else ():
                self.by_word.setdefault(word, []).append(one)
        self.types = types_of(self.by_word, {trigger.what for _, trigger in self.timed})
        """Names of the events that concern any of them."""
        self.asks_authors = any(_OF_AUTHORS & one.fields for one in self.ready)
        self.asks_previous = any("previous_conversations" in one.fields for one in self.ready)
        self.asks_surveys = any(OF_SURVEYS & one.fields for one in self.ready)
        self.asks_hours = any(one.sees_hours for one in self.ready)
        self.visible = any(one.visible for one in self.ready)
        self.after_rules = any(one.saying.after_rules for one in self.ready)

    @property
    def versions(self) -> dict[int, tuple[int, int | None]]:
        """Rule → its version, and until when it rests."""
        return {one.rule.id: (one.rule.version, one.rule.paused_until) for one in self.ready}

    def set_off_by(self, what: Happened) -> list[Ready]:
        """The rules that this may set off, in their order."""
        return [one for one in self.by_word.get(what.word, ()) if one.set_off_by(what)]


@lru_cache(maxsize=4)
def _book(key: tuple[tuple[object, ...], ...]) -> Rulebook:
    return Rulebook(Rule(*fields) for fields in key)  # type: ignore[arg-type]


def book_of(rules: Iterable[Rule]) -> Rulebook:
    """The rulebook of these rules; the same one while they are the same."""
    names = Rule.__struct_fields__
    return _book(tuple(tuple(getattr(one, name) for name in names) for one in rules if one.active))
