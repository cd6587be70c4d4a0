"""What a draft of a policy and hours would mean: for a message at an hour of the week, and for the last 90 days."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from pydantic import Field

from inbox import clock
from inbox.api.calendars import Weekday, due_at, version_values
from inbox.api.call import Call
from inbox.api.fields import Body
from inbox.api.routing import Routes
from inbox.api.sla_policies import HoursDraft, TermsDraft, terms_values
from inbox.clock import DAY, SECOND, iso, iso_or_none
from inbox.commands.policies import check_terms
from inbox.domain.calendar import OpenHours, add_business, instant_of
from inbox.domain.calendar_versions import WEEKDAYS, CalendarVersion, hours_of, version_at, versions_of
from inbox.domain.sla import PolicyVersion, Terms
from inbox.domain.sla_records import Calendar, Policy
from inbox.domain.sla_shapes import (
    DueAt,
    DueShape,
    MetShape,
    WhatIfCell,
    WhatIfMissed,
    WhatIfPeriod,
    WhatIfShape,
)
from inbox.domain.what_if import DAYS, Count, Missed, WhatIf
from inbox.eventlog.directory import Directory
from inbox.storage import what_if as past

routes = Routes("SLA policies")
_DRAFT = 0
"""Id of a calendar that is only a draft."""
_encode = msgspec.json.Encoder().encode


class Draft(Body):
    """A policy, and hours that it would count in; without them those that hold now."""

    policies: list[TermsDraft] = Field(min_length=1, max_length=20)
    calendar: HoursDraft | None = None


class DueQuestion(Body):
    """A message comes at this time of this weekday, on the wall of the calendar's place."""

    policy: TermsDraft
    calendar: HoursDraft | None = None
    weekday: Weekday = "fri"
    time: str = Field("17:50", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


async def _terms(drafts: Iterable[TermsDraft], hours: HoursDraft | None, directory: Directory) -> Terms:
    """What the drafts promise, asked in their order. Raises Invalid for what no policy may say."""
    calendars = list(directory.calendars.values())
    own: dict[str, int] = {}
    if hours is not None:
        version = CalendarVersion(zone=hours.zone, **(await version_values({"weekly": hours.weekly})))
        hours_of(version)
        calendars.append(Calendar(_DRAFT, "", _encode([version]).decode(), 0, 1))
        own = {"calendar_id": _DRAFT}
    policies = []
    for place, draft in enumerate(drafts):
        given = {name: getattr(draft, name) for name in TermsDraft.model_fields}
        terms = PolicyVersion(**terms_values(given))
        check_terms(terms, directory)
        text = _encode([msgspec.structs.replace(terms, **own)]).decode()
        policies.append(Policy(place + 1, "", place, 1, text, 0, 1))
    return Terms(policies, calendars)


def _zone(hours: HoursDraft | None, draft: TermsDraft, directory: Directory) -> str:
    """Whose time of day is meant: of the draft's hours, its calendar, or the workspace's; else UTC."""
    if hours is not None:
        return hours.zone
    known = directory.calendars.get(draft.calendar_id or 0)
    if known is not None:
        return version_at(versions_of(known), clock.now()).zone
    for calendar in directory.calendars.values():
        version = version_at(versions_of(calendar), clock.now())
        if version.workspace and calendar.removed_at is None:
            return version.zone
    return "UTC"


@routes.post("/sla-policies/due", needs="reports", status=200)
async def due_sentence(call: Call, body: DueQuestion) -> DueShape:
    """When a message would be due: "a message on Friday 17:50 is due …"."""
    directory = await call.deps.directory.fresh()
    terms = await _terms([body.policy], body.calendar, directory)
    promised = terms.promises[0].terms
    zone = _zone(body.calendar, body.policy, directory)
    at = _next(body.weekday, body.time, zone)
    channel = next(iter(sorted(promised.channel_ids)), 0)
    hours = terms.calendar(promised, None, channel)
    return DueShape(
        message=due_at(at, zone),
        zone=zone,
        first_response=_due(hours, at, promised.first_response_seconds, zone),
        next_response=_due(hours, at, promised.next_response_seconds, zone),
        resolution=_due(hours, at, promised.resolution_seconds, zone),
    )


def _next(weekday: str, time: str, zone: str) -> int:
    today: date = datetime.fromtimestamp(clock.now() / SECOND, UTC).astimezone(ZoneInfo(zone)).date()
    day = today + timedelta(days=(WEEKDAYS.index(weekday) - today.weekday()) % 7)
    return instant_of(day, int(time[:2]) * 60 + int(time[3:]), zone)


def _due(hours: OpenHours | None, at: int, seconds: int | None, zone: str) -> DueAt | None:
    due = add_business(hours, at, seconds) if seconds is not None else None
    return None if due is None else due_at(due, zone)


@routes.post("/sla-policies/what-if", needs="reports", status=200, rate="costly")
async def what_if(call: Call, body: Draft) -> WhatIfShape:
    """What a draft would have met of the last 30 and 90 days, and the conversations that it would not have. Labels are
    those the conversations carry now; a pause for a snooze is not taken off.
    """
    directory = await call.deps.directory.fresh()
    terms = await _terms(body.policies, body.calendar, directory)
    zone = _zone(body.calendar, body.policies[0], directory)
    now = clock.now()
    judge, since, scope = WhatIf(terms, zone, now), now - max(DAYS) * DAY, call.principal.scope
    wait: int | None = None
    while True:
        rows, wait = await call.deps.database.read(past.waits, scope, terms.asks_contacts, since, wait)
        # Judging takes longer than reading: others go on meanwhile.
        await asyncio.to_thread(judge.waits, rows)
        if wait is None:
            break
    episode: tuple[int, int] | None = None
    while terms.resolves:
        rows, episode = await call.deps.database.read(past.episodes, scope, terms.asks_contacts, since, episode)
        await asyncio.to_thread(judge.episodes, rows)
        if episode is None:
            break
    return _shape(judge, zone)


def _shape(judge: WhatIf, zone: str) -> WhatIfShape:
    return WhatIfShape(
        periods=[_period(judge, days) for days in DAYS],
        missed=[_missed(one, judge.now) for one in judge.missed],
        uncovered=judge.uncovered,
        zone=zone,
    )


def _period(judge: WhatIf, days: int) -> WhatIfPeriod:
    counts = {kind: count for (period, kind), count in judge.totals.items() if period == days}
    total = Count(sum(one.due for one in counts.values()), sum(one.met for one in counts.values()))
    cells = sorted(
        ((team, hour, count) for (period, team, hour), count in judge.cells.items() if period == days),
        key=lambda cell: (cell[0] or 0, cell[1]),
    )
    return WhatIfPeriod(
        days=days,
        all=_met(total),
        first=_met(counts.get("first", Count())),
        next=_met(counts.get("next", Count())),
        resolution=_met(counts.get("resolution", Count())),
        cells=[
            WhatIfCell(team_id=None if team is None else str(team), hour=hour, due=count.due, met=count.met)
            for team, hour, count in cells
        ],
    )


def _met(count: Count) -> MetShape:
    return MetShape(due=count.due, met=count.met, share=count.share)


def _missed(one: Missed, now: int) -> WhatIfMissed:
    return WhatIfMissed(
        conversation_id=str(one.conversation_id),
        number=one.number,
        kind=one.kind,
        began_at=iso(one.began_at),
        deadline_at=iso(one.deadline_at),
        ended_at=iso_or_none(one.ended_at),
        over_seconds=((one.ended_at if one.ended_at is not None else now) - one.deadline_at) // SECOND,
    )
