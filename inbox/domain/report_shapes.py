"""Reports as the API gives them: every report is a table; beside it a wait told, the floor, one's own day."""

from __future__ import annotations

from typing import Literal

import msgspec

from inbox.domain.shapes import ConversationShape

Unit = Literal["count", "seconds", "share", "stars", "text", "points"]
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ndjson": "application/x-ndjson",
}
"""Files that a report can be had as, and their media types."""


class ReportColumn(msgspec.Struct, frozen=True):
    """A column of figures. `cell`: what is behind it can be listed under this name; empty: it cannot."""

    key: str
    title: str
    unit: Unit = "count"
    cell: str = ""


class ReportLine(msgspec.Struct, kw_only=True):
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
    columns: list[ReportColumn]
    total: ReportLine
    lines: list[ReportLine]
    previous: ReportLine | None = None
    """The period before."""


class CataloguedReport(msgspec.Struct, kw_only=True):
    """A report there is."""

    name: str
    definition: str
    says: str
    measures: list[str]
    by: list[str]
    columns: list[ReportColumn]


class WaitStep(msgspec.Struct, kw_only=True):
    """An event of a wait: where it stands in the log, when, who did it, and what it means for the wait, in words."""

    position: int
    at: str
    type: str
    actor_kind: str
    actor_id: str | None
    actor: str
    words: str
    """In English; a page tells it in its own language by `type` and `values`."""
    values: dict[str, str] = {}
    """What the words name: `name` of who holds it, `state`, `reason`, `desk_ended_at` and `customer_ended_at`."""


class WaitSpan(msgspec.Struct, kw_only=True):
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


class WaitClock(msgspec.Struct, kw_only=True):
    """A clock of a wait: from when to when, and how long."""

    clock: Literal["customer", "desk"]
    since: str
    until: str | None
    seconds: float
    business_seconds: float
    ends_with: str


class ExplainedWait(msgspec.Struct, kw_only=True):
    """A wait, told: its figures, the events and the intervals they follow from."""

    wait_id: str
    conversation_id: str
    channel_id: str
    kind: str
    end: str
    reason: str
    response: str
    episode: int
    clocks: list[WaitClock]
    parts: dict[str, float]
    """Seconds; lag + queue + team + person + over + delivery is the customer's clock."""
    deadline_at: str | None
    promised: str
    missed: bool
    spans: list[WaitSpan]
    steps: list[WaitStep]
    stored: bool
    """Whether the stored figures are these; else the reader has not come so far yet."""
    position: int


class FloorTile(msgspec.Struct, kw_only=True):
    """A part of the floor now: counts of conversations and of those who wait."""

    key: str
    name: str
    open: int = 0
    waiting: int = 0
    unassigned: int = 0
    at_risk: int = 0
    breached: int = 0
    oldest_since: str | None = None


class FloorAgent(msgspec.Struct, kw_only=True):
    """An agent on the floor now. `state`: `here`, `away` or `offline`. `availability` is what he says himself, since
    when, and for which of the house's reasons; empty for somebody who never said or came. `weight` is what he has on
    his hands, of his `capacity`, as the weights of conversations count it.
    """

    agent_id: str
    name: str
    state: str
    load: int
    waiting: int
    last_reply_at: str | None
    availability: str = ""
    reason_id: str | None = None
    since: str | None = None
    weight: int = 0
    capacity: int = 0


class Floor(msgspec.Struct, kw_only=True):
    """The floor as it is now."""

    at: str
    total: FloorTile
    teams: list[FloorTile]
    channels: list[FloorTile]
    networks: list[FloorTile]
    agents: list[FloorAgent]
    position: int


class Screen(msgspec.Struct, kw_only=True):
    """The floor for a screen on a wall: counts alone, no customer and no agent by name. `here`: how many are there."""

    at: str
    total: FloorTile
    teams: list[FloorTile]
    networks: list[FloorTile]
    here: int
    agents: int
    position: int


class OwnDay(msgspec.Struct, kw_only=True):
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


class DayLine(msgspec.Struct, kw_only=True):
    """A day of one's own. `values`: fewer than five waits, which have no median."""

    day: str
    answered: int
    median_seconds: float | None
    replies: int
    closed: int
    kept: int
    due: int
    values: list[float] | None = None


class OwnDays(msgspec.Struct, kw_only=True):
    """One's own last days, oldest first, for oneself alone; the last is today. `total` is of all of them."""

    zone: str
    days: list[DayLine]
    total: DayLine
    waiting: int
    """Open conversations of one's own in which somebody waits, now."""
    position: int


class BehindShape(msgspec.Struct, kw_only=True):
    """A wait, episode or deed behind a figure: when it is counted, its figure, and its conversation as it is now."""

    item_id: str
    wait_id: str | None
    at: str
    seconds: float | None
    conversation: ConversationShape
