"""Rows of what the desk keeps: macros, notices, its rules, answers to be approved, what a bulk change can take back."""

from __future__ import annotations

from inbox.domain.records import Record


class Macro(Record):
    """Several actions, and an answer perhaps, in one step."""

    id: int
    name: str
    shortcut: str
    scope: str
    """`mine`, `team` or `all`."""
    owner_id: int | None
    team_id: int | None
    steps: str
    """JSON of `domain.macros.Steps`."""
    created_at: int
    version: int


class Notice(Record):
    """Something all agents should know who have a matching conversation open."""

    id: int
    title: str
    text: str
    canned_id: int | None
    """The answer to use."""
    filter: str
    """JSON of query parameters of GET conversations, as saved views hold them."""
    until: int | None
    created_by: int | None
    created_at: int
    version: int


class DeskRules(Record):
    """What holds for the whole desk: one row."""

    id: int
    closing: str
    """JSON of `domain.desk_rules.Closing`."""
    approval: str
    """JSON of `domain.desk_rules.Approvals`."""
    version: int


class Approval(Record):
    """An answer that waits for somebody's yes."""

    id: int
    """The message's."""
    conversation_id: int
    by_id: int
    """The agent who wrote it."""
    at: int
    seconds: int
    """How long it is held after the yes."""


class Line(Record):
    """A public line that goes only after a private answer was taken."""

    id: int
    """The message's."""
    after_id: int
    """The private answer's."""


class Bulk(Record):
    """One action on one or many conversations, or a file of people, as it can be taken back within an hour."""

    id: int
    actor_kind: str
    actor_id: int | None
    at: int
    steps: str
    """JSON: a list of `domain.taking_back.Step`, or a `domain.people_back.TakenIn`."""
