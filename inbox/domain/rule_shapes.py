"""Rules as the outside sees them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

RuleCell = Literal["runs", "undone", "refused", "conversations"]
"""A figure of the report of rules."""
ActionCell = Literal["done", "unchanged", "refused", "undone"]
"""A figure of one of their actions."""


class RuleShape(msgspec.Struct, frozen=True, kw_only=True):
    """A rule. `trigger`, `condition` and `actions` are as docs/rules.md has them; ids in them are strings.
    `rule_version`: of what it says; `version`: of the object.
    """

    id: str
    name: str
    place: int
    active: bool
    trigger: dict[str, Any]
    condition: dict[str, Any]
    actions: list[dict[str, Any]]
    stop: bool
    also_late: bool
    hour_cap: int
    after_rules: bool
    rule_version: int
    valid_from: str
    paused_until: str | None
    created_at: str
    version: int


class RuleDraftShape(msgspec.Struct, frozen=True, kw_only=True):
    """A rule to begin with. What it names (tags, teams) is for the one who takes it to choose."""

    key: str
    name: str
    trigger: dict[str, Any]
    condition: dict[str, Any]
    actions: list[dict[str, Any]]
    stop: bool = False


class FieldShape(msgspec.Struct, frozen=True, kw_only=True):
    """Something that conditions can ask about."""

    name: str
    of: str
    kind: str
    means: str
    ops: list[str]
    choices: list[str]


class DeedShape(msgspec.Struct, frozen=True, kw_only=True):
    """One action of a run. `refused`: why it could not be done. `undone`: null while its run was not undone; `why`: why
    it was left as it is.
    """

    do: str
    refused: str
    changed: bool
    undone: bool | None
    why: str


class RuleRunShape(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a rule did something."""

    id: str
    rule_id: str
    rule_name: str
    rule_version: int
    conversation_id: str
    conversation_number: int
    contact_name: str
    message_id: str | None
    trigger: str
    position: int
    depth: int
    at: str
    deeds: list[DeedShape]
    undone_at: str | None
    undone_by: str


class AppealShape(msgspec.Struct, frozen=True, kw_only=True):
    """An item that a rule hid and nobody looked at again."""

    message_id: str
    conversation_id: str
    rule_id: str
    rule_name: str
    run_id: str
    at: str
    text: str


class RuleCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How much rules did in a period. `refused`: runs in which something could not be done."""

    runs: int
    undone: int
    refused: int
    conversations: int


class ActionCounts(msgspec.Struct, frozen=True, kw_only=True):
    """In how many runs an action was `done`, was so already (`unchanged`), could not be done (`refused`), and in how
    many of those in which it was done a person took it back (`undone`). A run that has an action twice may count in
    two of them.
    """

    do: str
    done: int
    unchanged: int
    refused: int
    undone: int


class RuleDay(msgspec.Struct, frozen=True, kw_only=True):
    """What rules did on a date of the report's zone."""

    day: str
    runs: int
    undone: int
    refused: int
    conversations: int


class RuleCountShape(msgspec.Struct, frozen=True, kw_only=True):
    """How much a rule did in a period. `refused`: runs in which something could not be done. `actions`: the same of
    each of its actions. `previous`: in the period before, where that was asked for.
    """

    rule_id: str
    rule_name: str
    runs: int
    undone: int
    refused: int
    conversations: int
    actions: list[ActionCounts] = []
    previous: RuleCounts | None = None


class RuleReport(msgspec.Struct, kw_only=True):
    """What rules did in a period. A conversation in which several rules ran counts once in `total`. `actions`: of all
    rules together, most done first. `days`: each date of the period in `zone`, where it has at most 400 of them; else
    those on which a rule ran. `previous`: the period before, where that was asked for. As of `position`.
    """

    items: list[RuleCountShape]
    next_cursor: None = None
    """All are in one page."""
    position: int
    since: str
    until: str
    zone: str
    total: RuleCounts
    actions: list[ActionCounts] = []
    days: list[RuleDay] = []
    previous: RuleCounts | None = None
