"""The fixed views: what each shows and how many that is, for any scope, from the counter cells.

A cell counts the conversations that are alike in all that fixed views ask (`state.cell`). There are few hundred of them
however many conversations there are, so that a view's count is a sum, not a query. Saved views, mentions and windows
that end soon are counted by SQL (storage/conversations).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from inbox.domain.permissions import Scope

KINDS = ("comment", "review", "mention", "direct", "group", "chat", "mail")
Sort = Literal["waiting", "activity", "deadline"]


class Cell(msgspec.Struct, frozen=True):
    """A counter cell taken apart."""

    channel_id: int
    team_id: int
    """0: none, like the assignee."""
    assignee_id: int
    status: str
    kind: str
    waiting: bool
    escalated: bool
    spam: bool


class FixedView(msgspec.Struct, frozen=True):
    """A view everybody has. `key` is its name in the API and in `counts` frames."""

    key: str
    name: str
    """In English; the web app translates by the key."""
    sort: Sort
    group: Literal["main", "kinds", "channels", "teams"]
    counted: bool = True
    """False: its count is a query."""


MAIN = (
    FixedView("mine", "Mine", "waiting", "main"),
    FixedView("unassigned", "Unassigned", "waiting", "main"),
    FixedView("waiting", "Waits longest", "waiting", "main"),
    FixedView("window", "Window ends soon", "deadline", "main", counted=False),
    FixedView("mentions", "Mentions me", "activity", "main", counted=False),
    FixedView("starred", "Starred", "activity", "main", counted=False),
    FixedView("approve", "To approve", "activity", "main", counted=False),
    FixedView("escalated", "Escalated", "waiting", "main"),
    FixedView("snoozed", "Snoozed", "activity", "main"),
    FixedView("closed", "Closed", "activity", "main"),
    FixedView("spam", "Spam", "activity", "main"),
    FixedView("all", "All open", "activity", "main"),
)
BY_KIND = tuple(FixedView(f"kind:{kind}", kind.title(), "waiting", "kinds") for kind in KINDS)


def read_cell(name: str) -> Cell:
    """The cell of a counter row's name."""
    channel, team, assignee, status, kind, flags = name.split(":")
    return Cell(int(channel), int(team), int(assignee), status, kind, "w" in flags, "e" in flags, "s" in flags)


def shows(key: str, cell: Cell, agent_id: int | None) -> bool:  # noqa: C901 - one arm for each kind
    """Whether the conversations of a cell are in a view."""
    if key == "spam":
        return cell.spam
    if cell.spam:
        return False
    if key in ("snoozed", "closed"):
        return cell.status == key
    if cell.status != "open":
        return False
    name, _, value = key.partition(":")
    match name:
        case "waiting":
            return cell.waiting
        case "mine":
            return cell.assignee_id == agent_id
        case "unassigned":
            return cell.assignee_id == 0
        case "escalated":
            return cell.escalated
        case "all":
            return True
        case "kind":
            return cell.kind == value
        case "channel":
            return cell.channel_id == int(value)
        case "team":
            return cell.team_id == int(value)
        case _:
            return False


def count_of(key: str, scope: Scope, cells: Mapping[Cell, int], agent_id: int | None) -> int:
    """How many conversations a view shows to an agent of this scope."""
    return sum(
        n
        for cell, n in cells.items()
        if scope.covers(cell.channel_id, cell.team_id or None) and shows(key, cell, agent_id)
    )


def counts_of(keys: Iterable[str], scope: Scope, cells: Mapping[Cell, int], agent_id: int | None) -> dict[str, int]:
    """Counts of several views at once."""
    visible = {cell: n for cell, n in cells.items() if scope.covers(cell.channel_id, cell.team_id or None)}
    everything = Scope(None, frozenset())
    return {key: count_of(key, everything, visible, agent_id) for key in keys}


def owned_of(scope: Scope, cells: Mapping[Cell, int]) -> dict[int, int]:
    """Assignee → open conversations of a scope that are theirs: the view `mine` of everybody at once."""
    owned: dict[int, int] = {}
    for cell, n in cells.items():
        if shows("mine", cell, cell.assignee_id) and scope.covers(cell.channel_id, cell.team_id or None):
            owned[cell.assignee_id] = owned.get(cell.assignee_id, 0) + n
    return owned
