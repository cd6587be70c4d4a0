"""What the outside sees of business calendars, SLA policies, and drafts of them."""

from __future__ import annotations

from typing import Literal

from inbox.domain.shapes import Shape


class CalendarShape(Shape, kw_only=True):
    """Business hours. What is shown is the newest version, in force from `valid_from` on; `versions` lists since when
    each was. `weekly`: weekday (mon … sun) → shifts such as `09:00-13:00`, one that ends before it begins ends the next
    day. `public_holidays`: closed dates of this year and the next, with names.
    """

    id: str
    name: str
    zone: str
    weekly: dict[str, list[str]]
    holidays: str
    public_holidays: dict[str, str]
    exceptions: dict[str, list[str]]
    workspace: bool
    team_ids: list[str]
    channel_ids: list[str]
    valid_from: str
    versions: list[str]
    created_at: str
    version: int


class CalendarVersionShape(Shape, kw_only=True):
    """What a calendar said from an instant on. `public_holidays`: how many dates were closed by them."""

    version: int
    valid_from: str
    zone: str
    weekly: dict[str, list[str]]
    holidays: str
    public_holidays: int
    exceptions: dict[str, list[str]]
    workspace: bool
    team_ids: list[str]
    channel_ids: list[str]


class DueAt(Shape, kw_only=True):
    """When something is due: the instant, and the time on the wall of the calendar's place."""

    at: str
    local: str


class OpeningShape(Shape, kw_only=True):
    """Whether a calendar is open now, and when that changes: the instant, and the time on the wall of its place. None:
    not within the next year.
    """

    calendar_id: str
    open: bool
    changes: DueAt | None


class PolicyTermsShape(Shape, kw_only=True):
    """To whom a policy promises what, since `valid_from`, and how that is counted."""

    valid_from: str
    channel_ids: list[str]
    networks: list[str]
    kinds: list[str]
    priorities: list[str]
    tag_ids: list[str]
    languages: list[str]
    contact_fields: dict[str, list[str]]
    first_response_seconds: int | None
    next_response_seconds: int | None
    resolution_seconds: int | None
    warning_seconds: int | None
    time: Literal["calendar", "business"]
    calendar_id: str | None
    clock: Literal["desk", "customer"]
    pauses: list[str]
    chain_id: str | None
    chain_on: Literal["warning", "breach"]


class PolicyShape(PolicyTermsShape, kw_only=True):
    """What is promised to conversations for which all conditions hold; an empty one holds for each. Policies are asked
    by `place`, the first that fits applies. `terms_version` is what targets name; `version` is the ETag.
    """

    id: str
    name: str
    place: int
    active: bool
    terms_version: int
    created_at: str
    version: int


class PolicyVersionShape(PolicyTermsShape, kw_only=True):
    """What a policy promised from an instant on, and to whom."""

    version: int


class DraftHours(Shape, kw_only=True):
    """Hours of a preset."""

    zone: str
    weekly: dict[str, list[str]]


class DraftTerms(Shape, kw_only=True):
    """Terms of a preset."""

    name: str
    kinds: list[str]
    first_response_seconds: int | None
    next_response_seconds: int | None
    resolution_seconds: int | None
    warning_seconds: int | None
    time: Literal["calendar", "business"]
    pauses: list[str]


class PresetShape(Shape, kw_only=True):
    """A policy and hours to begin with. `calendar` null: it counts all time."""

    key: str
    policy: DraftTerms
    calendar: DraftHours | None


class DueShape(Shape, kw_only=True):
    """When a message that comes at an instant is due under a draft; null: nothing is promised, or it never opens.
    `calendar_id`: whose hours count; null: all time, or those of a draft.
    """

    message: DueAt
    zone: str
    calendar_id: str | None = None
    first_response: DueAt | None
    next_response: DueAt | None
    resolution: DueAt | None


class MetShape(Shape, kw_only=True):
    """Targets that were due, those met, and their share of one; null without any."""

    due: int
    met: int
    share: float | None


class WhatIfCell(Shape, kw_only=True):
    """Targets of one team that began in one hour of the day. `team_id` null: no team."""

    team_id: str | None
    hour: int
    due: int
    met: int


class WhatIfPeriod(Shape, kw_only=True):
    """What a draft would have met of what began in the last `days` days and is due by now."""

    days: int
    all: MetShape
    first: MetShape
    next: MetShape
    resolution: MetShape
    cells: list[WhatIfCell]


class WhatIfMissed(Shape, kw_only=True):
    """A target that would have been missed. `over_seconds`: by how much so far."""

    conversation_id: str
    number: int
    kind: Literal["first", "next", "resolution"]
    began_at: str
    deadline_at: str
    ended_at: str | None
    over_seconds: int


class WhatIfShape(Shape, kw_only=True):
    """A draft asked of what has happened. `missed`: the newest 100. `uncovered`: waits that no policy is for. `taken`:
    those that another policy is for, where the draft is asked among them. `zone`: whose hours of the day the cells are.
    """

    periods: list[WhatIfPeriod]
    missed: list[WhatIfMissed]
    uncovered: int
    taken: int = 0
    zone: str


class TargetShape(Shape, kw_only=True):
    """What a version of a policy promises, and when that is due. `deadline_at` null: its clock stands still, or its
    breach was taken back. `warned_at`, `breached_at`: that it warned, and was missed, and when.
    """

    kind: Literal["first", "next", "resolution"]
    policy_id: str
    policy_version: int
    seconds: int
    deadline_at: str | None
    warn_at: str | None
    warned_at: str | None
    breached_at: str | None
