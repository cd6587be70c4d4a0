"""What a draft of a policy and hours would mean: for a message at an hour of the week, and for the last 90 days."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from pydantic import Field

from inbox import clock
from inbox.api.calendars import Weekday, due_at, version_values
from inbox.api.call import Call
from inbox.api.fields import Body, Id
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
from inbox.errors import Invalid
from inbox.eventlog.directory import Directory
from inbox.storage import what_if as past

routes = Routes("SLA policies")
_DRAFT = 0
"""Id of a calendar that is only a draft."""
_DRAFT_POLICY = 2**62
"""Id of a policy that is only a draft, beside those in force."""
_encode = msgspec.json.Encoder().encode


class Draft(Body):
    """Policies, and hours that they would count in; without them those that hold now. `among`: beside the policies in
    force, which take what is theirs first: the one draft stands `in_place_of` one of them, or after all; only what it
    would be asked for is counted. No draft: the policies in force themselves, such as with hours that are drafted.
    """

    policies: list[TermsDraft] = Field(default_factory=list, max_length=20)
    calendar: HoursDraft | None = None
    among: bool = False
    in_place_of: Id | None = None


class DueQuestion(Body):
    """A message comes at this time of this weekday, on the wall of the calendar's place."""

    policy: TermsDraft
    calendar: HoursDraft | None = None
    weekday: Weekday = "fri"
    time: str = Field("17:50", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


_HOLDERS = ("workspace", "team_ids", "channel_ids")


async def _terms(
    drafts: Sequence[TermsDraft], hours: HoursDraft | None, directory: Directory, beside: Beside | None = None
) -> Terms:
    """What the drafts promise, asked in their order, or `beside` others. Raises Invalid for what no policy may say."""
    calendars = list(directory.calendars.values())
    own: dict[str, int] = {}
    if hours is not None:
        calendars, own = await _with_hours(hours, calendars)
    policies = list(beside.others) if beside is not None else []
    for place, draft in enumerate(drafts):
        given = {name: getattr(draft, name) for name in TermsDraft.model_fields}
        terms = PolicyVersion(**terms_values(given))
        check_terms(terms, directory)
        text = _encode([msgspec.structs.replace(terms, **own)]).decode()
        at = (beside.place, beside.draft_id) if beside is not None else (place, place + 1)
        policies.append(Policy(at[1], "", at[0], 1, text, 0, 1))
    return Terms(policies, calendars)


class Beside(msgspec.Struct, frozen=True):
    """The policies in force beside which a draft is asked, and where it stands among them."""

    others: list[Policy]
    place: int
    draft_id: int


def _beside(draft: Draft, directory: Directory) -> Beside | None:
    """None: the drafts are asked alone. Raises Invalid for what does not say where a draft would stand."""
    if not draft.among and draft.policies:
        return None
    if len(draft.policies) > 1:
        raise Invalid("one draft at a time is asked among the policies in force", code="policies")
    stands_for = directory.policies.get(draft.in_place_of or 0)
    if draft.in_place_of is not None and (stands_for is None or stands_for.removed_at is not None):
        raise Invalid(f"there is no policy {draft.in_place_of}", code="in_place_of")
    in_force = [one for one in directory.policies.values() if one.active and one.removed_at is None]
    if stands_for is None:
        return Beside(in_force, max((one.place for one in in_force), default=0) + 1, _DRAFT_POLICY)
    return Beside([one for one in in_force if one.id != stands_for.id], stands_for.place, stands_for.id)


async def _with_hours(hours: HoursDraft, known: list[Calendar]) -> tuple[list[Calendar], dict[str, int]]:
    """The calendars as they would be, and what the drafted policies would say of theirs."""
    given = {"weekly": hours.weekly, "holidays": hours.holidays, "exceptions": hours.exceptions}
    values = await version_values(given)
    holders = await version_values({name: value for name in _HOLDERS if (value := getattr(hours, name)) is not None})
    before = next((one for one in known if one.id == hours.in_place_of and one.removed_at is None), None)
    if before is not None:
        version = msgspec.structs.replace(
            versions_of(before)[-1], zone=hours.zone, valid_from=0, **{"weekly": {}, **values, **holders}
        )
    elif hours.in_place_of is not None:
        raise Invalid(f"there is no calendar {hours.in_place_of}", code="calendar_id")
    else:
        version = CalendarVersion(zone=hours.zone, **values, **holders)
    hours_of(version)
    calendar_id = before.id if before is not None else _DRAFT
    # First: where another calendar is for the same, this one goes before it.
    calendars = [Calendar(calendar_id, "", _encode([version]).decode(), 0, 1)]
    calendars += [one for one in known if one.id != calendar_id]
    return calendars, {} if before is not None or holders else {"calendar_id": _DRAFT}


def _zone(hours: HoursDraft | None, draft: TermsDraft | None, directory: Directory) -> str:
    """Whose time of day is meant: of the draft's hours, its calendar, or the workspace's; else UTC."""
    if hours is not None:
        return hours.zone
    known = directory.calendars.get((draft.calendar_id if draft is not None else None) or 0)
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
        calendar_id=_counts_in(promised, channel, body.calendar, directory, at),
        first_response=_due(hours, at, promised.first_response_seconds, zone),
        next_response=_due(hours, at, promised.next_response_seconds, zone),
        resolution=_due(hours, at, promised.resolution_seconds, zone),
    )


def _counts_in(
    promised: PolicyVersion, channel: int, hours: HoursDraft | None, directory: Directory, at: int
) -> str | None:
    """The calendar whose hours count for what no team holds."""
    if promised.time == "calendar" or hours is not None:
        return None
    if promised.calendar_id is not None:
        return str(promised.calendar_id)
    said = {one.id: version_at(versions_of(one), at) for one in directory.calendars.values() if not one.removed_at}
    of_channel = [one for one, version in said.items() if channel in version.channel_ids]
    of_all = [one for one, version in said.items() if version.workspace]
    return next((str(one) for one in (*of_channel, *of_all)), None)


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
    beside = _beside(body, directory)
    terms = await _terms(body.policies, body.calendar, directory, beside)
    zone = _zone(body.calendar, body.policies[0] if body.policies else None, directory)
    drafts = frozenset({beside.draft_id}) if beside is not None and body.policies else None
    now = clock.now()
    judge, since, scope = WhatIf(terms, zone, now, drafts), now - max(DAYS) * DAY, call.principal.scope
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
        taken=judge.taken,
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
