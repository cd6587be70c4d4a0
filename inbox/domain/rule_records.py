"""Rows of rules: what they say, what they did, what they are to do later, and what was hidden by them."""

from __future__ import annotations

from inbox.domain.records import Record


class Rule(Record):
    """Something to be done by itself, with all that it ever said."""

    id: int
    name: str
    place: int
    """Rules are asked from the lowest place on."""
    active: int
    versions: str
    """JSON list of `domain.rules.RuleVersion`, oldest first."""
    since_position: int
    """Events up to here are not its business: it was made, or switched on, at this position."""
    paused_until: int | None
    """It ran more often than its cap allows: until then it rests."""
    created_at: int
    version: int
    removed_at: int | None = None
    """When it was removed; what it did still names it."""


class RuleRun(Record):
    """One time that a rule did something."""

    id: int
    rule_id: int
    rule_version: int
    conversation_id: int
    message_id: int | None
    """The item it was asked about."""
    trigger: str
    """Name of what set it off: an event, `waiting`, `schedule`, `volume`…"""
    trigger_position: int
    """Position of that event; 0: there was none."""
    since_position: int
    position: int
    """What it caused stands in the log from the one to the other."""
    depth: int
    """How many rules before it led here; 0: none."""
    at: int
    deeds: str
    """JSON list of `domain.rules.Deed`."""
    undone_at: int | None = None
    undone_by_kind: str = ""
    undone_by_id: int | None = None
    undo: str = ""
    """JSON list of `domain.rules.Undone`."""


class RuleDue(Record):
    """A rule that is to be asked about a conversation when a time has passed."""

    rule_id: int
    conversation_id: int
    """0: the rule has a schedule."""
    since: int
    """When that time began (µs)."""
    due_at: int | None
    """None: it was asked for this time already."""
    cursor: int
    """Of a schedule that is under way: the last conversation it was asked about."""


class Appeal(Record):
    """An item that a rule hid: a person may look again."""

    message_id: int
    conversation_id: int
    rule_id: int
    run_id: int
    at: int
    state: str
    """`open`, `confirmed` or `reverted`."""
    decided_by_kind: str
    decided_by_id: int | None
    decided_at: int | None


class DryRun(Record):
    """What a rule would have done, being counted."""

    id: int
    state: str
    """`running`, `done`, `cancelled` or `failed`."""
    asked: str
    """JSON of the `domain.rules.RuleVersion` that is tried."""
    days: int
    checked: int
    """Items looked at."""
    share: int
    """Thousandths of the way."""
    result: str
    """JSON of the `domain.dry_run_shapes.DryResult` so far."""
    cancelled: int
    """Somebody wants it to stop."""
    started_by: int | None
    created_at: int
    updated_at: int
