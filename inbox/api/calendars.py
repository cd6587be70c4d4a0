"""Business calendars: hours, holidays, exceptions, for whom they hold and from when."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from inbox import clock
from inbox.api.call import Call
from inbox.api.fields import Body, Id, Instant, Query, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.commands.calendars import PutCalendar, RemoveCalendar
from inbox.commands.versions import found
from inbox.domain.calendar import OpenHours
from inbox.domain.calendar_versions import dated, hours_of, version_at, versions_of, years_about
from inbox.domain.public_holidays import known_codes, public_holidays
from inbox.domain.sla_records import Calendar
from inbox.domain.sla_shapes import CalendarShape, CalendarVersionShape, DueAt, OpeningShape
from inbox.errors import NotFound
from inbox.eventlog.show_sla import calendar_shape, calendar_version_shape
from inbox.storage import rows

routes = Routes("Calendars")
_AHEAD = (14 * clock.DAY, 366 * clock.DAY)
"""How far ahead the next opening is looked for: near first, for it is nearly always there."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Shift = Annotated[str, Field(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]
Shifts = Annotated[list[Shift], Field(max_length=24)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Place = Annotated[str, Field(pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,4})?)?$")]
Zone = Annotated[str, Field(min_length=1, max_length=60)]


class NewCalendar(Body):
    """Business hours. `holidays`: whose public holidays are closed (`GR`, `DE-BY`). `exceptions`: dates with shifts of
    their own, none if closed. `workspace`: it holds wherever no other does. A team's calendar goes before a channel's,
    a channel's before the workspace's.
    """

    name: Words
    zone: Zone
    weekly: dict[Weekday, Shifts]
    holidays: Place = ""
    exceptions: dict[Day, Shifts] = Field(default_factory=dict, max_length=500)
    workspace: bool = False
    team_ids: list[Id] = Field(default_factory=list, max_length=500)
    channel_ids: list[Id] = Field(default_factory=list, max_length=500)
    valid_from: Instant | None = None


class CalendarPatch(Body):
    """What to change of a calendar, from `valid_from` on: now unless a later instant is named."""

    name: Words | None = None
    zone: Zone | None = None
    weekly: dict[Weekday, Shifts] | None = None
    holidays: Place | None = None
    exceptions: dict[Day, Shifts] | None = Field(None, max_length=500)
    workspace: bool | None = None
    team_ids: list[Id] | None = Field(None, max_length=500)
    channel_ids: list[Id] | None = Field(None, max_length=500)
    valid_from: Instant | None = None


class HolidayQuery(Query):
    """Whose public holidays, and of which year."""

    code: str = Field(min_length=2, max_length=7, description="a country (GR), or a part of one (DE-BY)")
    year: int = Field(ge=1950, le=2100)


async def version_values(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a calendar's version from those of a body; with `holidays` come their dates."""
    values = dict(given)
    if "weekly" in values:
        values["weekly"] = {day: tuple(shifts) for day, shifts in values["weekly"].items() if shifts}
    if "exceptions" in values:
        values["exceptions"] = {day: tuple(shifts) for day, shifts in values["exceptions"].items()}
    values |= {name: frozenset(values[name]) for name in ("team_ids", "channel_ids") if name in values}
    if "holidays" in values:
        today = datetime.fromtimestamp(clock.now() / clock.SECOND, UTC).date()
        code = values["holidays"]
        values["closed"] = dated(await asyncio.to_thread(public_holidays, code, years_about(today))) if code else {}
    return values


@routes.get("/holidays")
async def list_holidays(call: Call, query: HolidayQuery) -> dict[str, str]:
    """Public holidays of a place in a year: date and name."""
    return dated(await asyncio.to_thread(public_holidays, query.code, [query.year]))


@routes.get("/holidays/places")
async def list_holiday_places(call: Call) -> list[str]:
    """Places whose public holidays are known: countries, and parts of them."""
    return await asyncio.to_thread(known_codes)


@routes.get("/opening-hours")
async def list_openings(call: Call) -> list[OpeningShape]:
    """Which calendars are open now, and when that changes."""
    known = await call.deps.database.read(rows.every, Calendar)
    now = clock.now()
    return [_opening(one, now) for one in known if one.removed_at is None]


def _opening(calendar: Calendar, now: int) -> OpeningShape:
    versions = versions_of(calendar)
    hours = OpenHours([(one.valid_from, hours_of(one)) for one in versions])
    zone = version_at(versions, now).zone
    spans: list[tuple[int, int]] = []
    for horizon in _AHEAD:
        spans = hours.intervals(now, now + horizon)
        if spans and spans[0] != (now, now + horizon):
            begin, end = spans[0]
            changes = due_at(end if begin == now else begin, zone)
            return OpeningShape(calendar_id=str(calendar.id), open=begin == now, changes=changes)
    return OpeningShape(calendar_id=str(calendar.id), open=bool(spans), changes=None)


def due_at(at: int, zone: str) -> DueAt:
    """An instant, and the time it then is on the wall of a place."""
    local = datetime.fromtimestamp(at // clock.SECOND, UTC).astimezone(ZoneInfo(zone))
    return DueAt(at=clock.iso(at), local=local.strftime("%Y-%m-%dT%H:%M"))


@routes.get("/calendars")
async def list_calendars(call: Call) -> Page[CalendarShape]:
    """All calendars."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Calendar)
    return Page(items=[calendar_shape(one) for one in known if one.removed_at is None], position=position)


@routes.post("/calendars", needs="settings", idempotent=True)
async def create_calendar(call: Call, body: NewCalendar) -> CalendarShape:
    """Make a calendar."""
    values = {name: getattr(body, name) for name in NewCalendar.model_fields if name not in ("name", "valid_from")}
    return await _put(call, None, body.name, values, body.valid_from)


@routes.get("/calendars/{calendar_id}")
async def see_calendar(call: Call, calendar_id: int) -> CalendarShape:
    """A calendar."""
    calendar = await call.deps.database.read(found, Calendar, calendar_id)
    if calendar.removed_at is not None:
        raise NotFound(f"there is no calendar {calendar_id}: it was removed")
    return calendar_shape(calendar)


@routes.get("/calendars/{calendar_id}/versions")
async def list_calendar_versions(call: Call, calendar_id: int) -> list[CalendarVersionShape]:
    """What a calendar said, and from when on; the newest first."""
    calendar = await call.deps.database.read(found, Calendar, calendar_id)
    return [calendar_version_shape(one) for one in reversed(versions_of(calendar))]


@routes.patch("/calendars/{calendar_id}", needs="settings", if_match=True)
async def change_calendar(call: Call, calendar_id: int, body: CalendarPatch) -> CalendarShape:
    """Change a calendar. What was counted until then stays; deadlines that run follow within seconds."""
    values = changed(body)
    name, valid_from = values.pop("name", None), values.pop("valid_from", None)
    return await _put(call, calendar_id, name, values, valid_from)


async def _put(
    call: Call, calendar_id: int | None, name: str | None, given: dict[str, Any], valid_from: int | None
) -> CalendarShape:
    unit = PutCalendar(
        call.principal, calendar_id, name, await version_values(given), directory=await call.deps.directory.fresh(),
        valid_from=valid_from, version=call.version,
    )  # fmt: skip
    made = calendar_shape(await call.submit(unit))
    await call.deps.directory.fresh()
    return made


@routes.delete("/calendars/{calendar_id}", needs="settings")
async def remove_calendar(call: Call, calendar_id: int) -> None:
    """Remove a calendar: it holds for nobody from now on."""
    await call.submit(RemoveCalendar(call.principal, calendar_id, call.version))
    await call.deps.directory.fresh()
