"""Reports: figures with the conversations and events behind them, the floor, one's own day."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field

from inbox import clock
from inbox.api.call import Call
from inbox.api.conversations import shapes_of
from inbox.api.fields import CountedInstant, Id, Query
from inbox.api.pages import Page
from inbox.api.report_files import MEDIA, Format, file_of
from inbox.api.routing import Routes
from inbox.clock import iso
from inbox.domain.figures import Asked, Behind, Filters
from inbox.domain.periods import midnight, zone_of
from inbox.domain.report_shapes import BehindShape, CataloguedReport, ExplainedWait, Floor, OwnDay, OwnDays, Report
from inbox.domain.surveys import RANGE
from inbox.errors import Invalid
from inbox.eventlog import reading

routes = Routes("Reports")
_FILTERS = tuple(field.name for field in msgspec.structs.fields(Filters))
_WORDS = ("network", "kind", "language")
DEFAULT_DAYS = 30


class FiguresQuery(Query):
    """Which facts a figure counts. A parameter given several times: any of them; `0` is none (no team, no tag)."""

    since: CountedInstant | None = Field(
        None, alias="from", description="begin of the period; 30 days before its end if not given"
    )
    until: CountedInstant | None = Field(
        None, alias="to", description="end of the period, not part of it; now if not given"
    )
    zone: str = Field("UTC", max_length=60, description="time zone of days and hours, such as Europe/Athens")
    clock: Literal["customer", "desk"] = "customer"
    hours: Literal["calendar", "business"] = "calendar"
    bucket: Literal["ended", "began"] = Field(
        "ended", description="durations count on the day the wait ended, or began"
    )
    measure: str = Field("", max_length=20)
    channel: list[Id] = Field(default_factory=list)
    network: list[str] = Field(default_factory=list)
    kind: list[str] = Field(default_factory=list)
    team: list[Id] = Field(default_factory=list, description="that held it then")
    agent: list[Id] = Field(default_factory=list, description="who answered")
    owner: list[Id] = Field(default_factory=list, description="who held it then")
    tag: list[Id] = Field(default_factory=list)
    campaign: list[Id] = Field(default_factory=list)
    post: list[Id] = Field(default_factory=list)
    language: list[str] = Field(default_factory=list)
    rating: list[Annotated[int, Field(ge=0, le=10)]] = Field(default_factory=list)
    survey: list[Id] = Field(default_factory=list, description="of csat and nps only")


class ReportQuery(FiguresQuery):
    """A report: its facts, how they are grouped, and in which form it is wanted."""

    by: list[str] = Field(default_factory=list, max_length=2)
    compare: bool = Field(False, description="with the period before")
    step: Literal["hour", "day", "week"] = Field("day", description="of the backlog: how far its points are apart")
    format: Format = "json"


class BehindQuery(FiguresQuery):
    """What is behind a cell. Of a line's key `weekday` and `hour` as it says them, a day or week as `from` and `to`, a
    location or brand as its channels, `none` as `0`.
    """

    cursor: str | None = Field(None, max_length=2000)
    limit: int = Field(50, ge=1, le=200)
    weekday: int | None = Field(None, ge=0, le=6)
    hour: int | None = Field(None, ge=0, le=23)


class DayQuery(Query):
    """Whose clock says when a day begins."""

    zone: str = Field("UTC", max_length=60)
    at: CountedInstant | None = Field(None, description="an instant of the day; now if not given")


class DaysQuery(Query):
    """Whose clock says when a day begins, and how many days."""

    zone: str = Field("UTC", max_length=60)
    days: int = Field(15, ge=1, le=92, description="how many, today included")


def asked_of(query: FiguresQuery, by: tuple[str, ...] = (), under: tuple[tuple[str, int], ...] = ()) -> Asked:
    """What a query asks for. Without a period: the last 30 days in its zone, today included."""
    now = clock.now()
    zone_of(query.zone)
    until = query.until if query.until is not None else now
    since = query.since if query.since is not None else midnight(until - DEFAULT_DAYS * clock.DAY, query.zone)
    if since >= until:
        raise Invalid("the period is empty: from must lie before to", code="period")
    filters: dict[str, Any] = {name: tuple(getattr(query, name)) for name in _FILTERS}
    for name in _WORDS:
        filters[name] = tuple("" if word in ("0", "none") else word for word in filters[name])
    return Asked(
        since=since, until=until, zone=query.zone, by=by, clock=query.clock, hours=query.hours, bucket=query.bucket,
        measure=query.measure if query.measure != "all" else "", filters=Filters(**filters), under=under, now=now,
    )  # fmt: skip


def _require_filters(name: str, asked: Asked) -> None:
    """Raise Invalid for filters that a report does not know."""
    if asked.filters.survey and name not in RANGE:
        raise Invalid(f"report {name} is not of surveys: {' and '.join(RANGE)} can be narrowed to one", code="survey")


@routes.get("/reports", needs="reports")
async def list_reports(call: Call) -> Page[CataloguedReport]:
    """The reports there are, with their columns and what they can be grouped by."""
    return Page(items=call.deps.reports.catalogue(), position=await call.position())


@routes.get("/reports/floor", needs="reports")
async def see_floor(call: Call) -> Floor:
    """The floor now: who waits, since when, where; what is at risk and overdue; agents with their load."""
    return await call.deps.reports.floor(call.principal.scope)


@routes.get("/reports/my-day", needs="agent")
async def see_my_day(call: Call, query: DayQuery) -> OwnDay:
    """One's own day: nobody else's figures, and nobody else sees them here."""
    zone_of(query.zone)
    at = query.at if query.at is not None else clock.now()
    since = midnight(at, query.zone)
    until = midnight(since + clock.DAY + 3 * clock.HOUR, query.zone)
    return await call.deps.reports.day(call.agent_id, since, until, query.zone)


@routes.get("/reports/my-days", needs="agent")
async def see_my_days(call: Call, query: DaysQuery) -> OwnDays:
    """One's own last days, each for itself: nobody else's figures, and nobody else sees them here."""
    return await call.deps.reports.days(call.agent_id, query.zone, query.days)


@routes.get("/reports/waits/{wait_id}/explain", needs="reports")
async def explain_wait(call: Call, wait_id: int) -> ExplainedWait:
    """One wait, told: its clocks and parts, and the events and business hours they follow from."""
    return await call.deps.reports.explain(wait_id, call.principal)


@routes.get("/reports/{name}", needs="reports", media=MEDIA)
async def see_report(call: Call, name: str, query: ReportQuery) -> Report:
    """A report as a table, or as a file (`format`)."""
    asked = asked_of(query, tuple(query.by))
    _require_filters(name, asked)
    report = await call.deps.reports.table(name, asked, call.principal.scope, compare=query.compare, step=query.step)
    if query.format == "json":
        return report
    return file_of(call, name, report, query.format)  # type: ignore[no-any-return]


@routes.get("/reports/{name}/cells/{cell}", needs="reports")
async def see_behind(call: Call, name: str, cell: str, query: BehindQuery) -> Page[BehindShape]:
    """The conversations behind a figure, newest first. Filters as the report's; its line's groups are filters too."""
    under = tuple((key, value) for key in ("weekday", "hour") if (value := getattr(query, key)) is not None)
    asked = asked_of(query, under=under)
    _require_filters(name, asked)
    given = query.model_dump(exclude_none=True, exclude={"cursor", "limit"})
    bound_to = f"report rows:{name}:{cell}:{sorted(given.items())}"
    after = call.deps.cursors.read(bound_to, query.cursor) if query.cursor else None
    if query.until is None and after is not None:
        asked = msgspec.structs.replace(asked, until=after[3], since=after[4])
    position = await call.position()
    found = await call.deps.reports.behind(
        name, cell, asked, call.principal.scope, limit=query.limit + 1, after=after[:3] if after else None
    )
    shown = found[: query.limit]
    more = len(found) > query.limit
    last = shown[-1] if more else None
    ends = [last.at, last.item_id, last.conversation_id, asked.until, asked.since] if last else None
    return Page(
        items=await behind_shapes(call, shown),
        next_cursor=call.deps.cursors.make(bound_to, ends) if ends else None,
        position=position,
    )


async def behind_shapes(call: Call, found: list[Behind]) -> list[BehindShape]:
    """What is behind a figure, with their conversations, those out of sight left out."""
    ids = list(dict.fromkeys(one.conversation_id for one in found))
    listed = await call.deps.database.read(reading.rows, ids, call.principal.agent_id)
    scope = call.principal.scope
    seen = {row.id for row in listed.rows if scope.covers(row.channel_id, row.team_id)}
    shapes = {int(shape.id): shape for shape in shapes_of(call, listed)}
    return [
        BehindShape(
            item_id=str(one.item_id),
            wait_id=str(one.item_id) if one.is_wait else None,
            at=iso(one.at),
            seconds=one.value / clock.SECOND if one.value is not None else None,
            conversation=shapes[one.conversation_id],
        )
        for one in found
        if one.conversation_id in seen
    ]
