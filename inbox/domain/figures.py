"""Figures of reports: what can be asked, how a spread of durations is counted, and the table that every report is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal

import msgspec

from inbox.clock import HOUR, MINUTE, SECOND

Clock = Literal["customer", "desk"]
HoursMode = Literal["calendar", "business"]
Unit = Literal["count", "seconds", "share", "stars", "text"]
DIMENSIONS = (
    "channel", "network", "kind", "team", "agent", "owner", "tag", "campaign", "post", "language", "rating",
)  # fmt: skip
PLACES = ("location", "brand")
"""Dimensions that follow from the channel; only of counts, which can be added up."""
MAX_KEYS = 2
FEW = 5
"""With fewer values there is no percentile: the values themselves are shown."""
FRACTIONS = (0.0, 1 / 3, 0.5, 2 / 3, 0.75, 0.9, 0.95, 1.0)
"""Percentiles that are read in one go: those shown, and those that give up to four values one by one."""
_EACH = {1: (0,), 2: (0, 7), 3: (0, 2, 7), 4: (0, 1, 3, 7)}
BOUNDS = tuple(
    x * SECOND if x < 60 else x // 60 * MINUTE
    for x in (30, 120, 300, 600, 1_800, 3_600, 4 * 3_600, 8 * 3_600, 24 * 3_600)
)
"""Upper bounds of the distribution's buckets, µs; the last bucket has none."""
assert BOUNDS[5] == HOUR
NONE = "none"
"""The label of a group of what has no team, agent, tag…"""


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions; empty: none. Several values of one are alternatives; 0 (or the empty word) is "none"."""

    channel: tuple[int, ...] = ()
    network: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    team: tuple[int, ...] = ()
    agent: tuple[int, ...] = ()
    owner: tuple[int, ...] = ()
    tag: tuple[int, ...] = ()
    campaign: tuple[int, ...] = ()
    post: tuple[int, ...] = ()
    language: tuple[str, ...] = ()
    rating: tuple[int, ...] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a report. `since` belongs to the period, `until` does not (µs)."""

    since: int
    until: int
    zone: str = "UTC"
    by: tuple[str, ...] = ()
    clock: Clock = "customer"
    hours: HoursMode = "calendar"
    bucket: Literal["ended", "began"] = "ended"
    measure: str = ""
    """What a report of several measures is of; empty: its first."""
    filters: Filters = Filters()
    under: tuple[tuple[str, int], ...] = ()
    """Of lists: only what is counted under these time keys (`domain.periods`)."""
    now: int


class Spread(msgspec.Struct, frozen=True):
    """A spread of durations (µs, exact)."""

    n: int
    total: int
    points: tuple[float, ...]
    """At `FRACTIONS`."""
    counts: tuple[int, ...]
    """Values below or at each of `BOUNDS`, not below it twice; the last is of the rest."""
    zeros: int

    def percentile(self, fraction: float) -> float | None:
        """Of one of `FRACTIONS`; None of fewer than `FEW` values."""
        return self.points[FRACTIONS.index(fraction)] if self.n >= FEW else None

    def values(self) -> list[float]:
        """The values themselves where they are few; else none."""
        return [self.points[i] for i in _EACH.get(self.n, ())]


def percentile_cont(ordered: Sequence[float], fraction: float) -> float:
    """As PostgreSQL defines it: linear interpolation between the two nearest ranks, in the same order of steps, so that
    both engines give the same double (https://www.postgresql.org/docs/17/functions-aggregate.html, read 2026-11-22).
    """
    place = fraction * (len(ordered) - 1)
    low = int(place)
    high = low if place == low else low + 1
    first, second = ordered[low], ordered[high]
    return first if low == high else first + (place - low) * (second - first)


def spread_of(ordered: Sequence[float]) -> Spread:
    """The spread of values in ascending order, at least one."""
    ends = [bisect_right(ordered, bound) for bound in BOUNDS]
    counts = [end - begin for begin, end in zip([0, *ends], [*ends, len(ordered)], strict=True)]
    return Spread(
        n=len(ordered),
        total=int(sum(ordered)),
        points=tuple(percentile_cont(ordered, fraction) for fraction in FRACTIONS),
        counts=tuple(counts),
        zeros=bisect_right(ordered, 0) - bisect_left(ordered, 0),
    )


# --- tables


class Column(msgspec.Struct, frozen=True):
    """A column of figures. `cell`: what is behind it can be listed under this name; empty: it cannot."""

    key: str
    title: str
    unit: Unit = "count"
    cell: str = ""


class Line(msgspec.Struct, kw_only=True):
    """A line of figures. `key`: its place in each dimension, as ids or words; `name`: the same for people."""

    key: dict[str, str] = {}
    name: dict[str, str] = {}
    cells: dict[str, float | None]
    values: list[float] | None = None
    """Fewer than five: the values behind the percentiles, which are not given then."""
    previous: dict[str, float | None] | None = None
    restated: int = 0
    """How many waits counted here were counted anew after the period was over."""


class Report(msgspec.Struct, kw_only=True):
    """A report as a table: one form for the page, the exports and the API."""

    name: str
    definition: str
    """Name and version of how it is counted; a change of meaning is a new version."""
    says: str
    """In one sentence."""
    clock: str
    hours: str
    zone: str
    since: str
    until: str
    by: list[str]
    position: int
    """How far the log had been read for these figures."""
    head: int
    columns: list[Column]
    total: Line
    lines: list[Line]
    previous: Line | None = None
    """The period before."""


def seconds(value: float | None) -> float | None:
    """µs as seconds."""
    return None if value is None else value / SECOND


def share(part: float, whole: float) -> float | None:
    """A share of a whole; None of nothing."""
    return part / whole if whole else None


# --- other shapes


class Behind(msgspec.Struct, kw_only=True):
    """Something behind a number: a wait, an episode or a deed, with its conversation."""

    conversation_id: int
    item_id: int
    at: int
    value: int | None


class Step(msgspec.Struct, kw_only=True):
    """An event of a wait: where it stands in the log, when, who did it, and what it means for the wait, in words."""

    position: int
    at: str
    type: str
    actor_kind: str
    actor_id: str | None
    actor: str
    words: str


class Span(msgspec.Struct, kw_only=True):
    """A stretch of a wait: who held it, and when it was open meanwhile."""

    since: str
    until: str | None
    part: str
    team_id: str | None
    agent_id: str | None
    words: str
    seconds: float
    business_seconds: float
    open: list[tuple[str, str]]
    """Business hours in it, at most the first 200 intervals."""
    position: int


class ClockShape(msgspec.Struct, kw_only=True):
    """A clock of a wait: from when to when, and how long."""

    clock: str
    since: str
    until: str | None
    seconds: float
    business_seconds: float
    ends_with: str


class Explained(msgspec.Struct, kw_only=True):
    """A wait, told: its figures, the events and the intervals they follow from."""

    wait_id: str
    conversation_id: str
    channel_id: str
    kind: str
    end: str
    reason: str
    response: str
    episode: int
    clocks: list[ClockShape]
    parts: dict[str, float]
    """Seconds; lag + queue + team + person + over + delivery is the customer's clock."""
    deadline_at: str | None
    promised: str
    missed: bool
    spans: list[Span]
    steps: list[Step]
    stored: bool
    """Whether the stored figures are these; else the reader has not come so far yet."""
    position: int


class Tile(msgspec.Struct, kw_only=True):
    """A part of the floor now: counts of conversations and of those who wait."""

    key: str
    name: str
    open: int = 0
    waiting: int = 0
    unassigned: int = 0
    at_risk: int = 0
    breached: int = 0
    oldest_since: str | None = None


class AtWork(msgspec.Struct, kw_only=True):
    """An agent on the floor now. `state`: `here`, `away` or `offline`."""

    agent_id: str
    name: str
    state: str
    load: int
    waiting: int
    last_reply_at: str | None


class Floor(msgspec.Struct, kw_only=True):
    """The floor as it is now."""

    at: str
    total: Tile
    teams: list[Tile]
    channels: list[Tile]
    networks: list[Tile]
    agents: list[AtWork]
    position: int


class Day(msgspec.Struct, kw_only=True):
    """One's own day, for oneself alone."""

    since: str
    until: str
    zone: str
    answered: int
    waiting: int
    median_seconds: float | None
    replies: int
    closed: int
    kept: int
    due: int
    values: list[float] | None = None
    position: int
