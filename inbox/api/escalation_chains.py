"""Escalation chains, and how escalations went."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from inbox import clock
from inbox.api.calendars import Zone
from inbox.api.call import Call
from inbox.api.fields import Body, CountedInstant, Id, PageQuery, Query, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.report_files import MEDIA, Format, file_of
from inbox.api.reports import behind_shapes
from inbox.api.routing import Routes
from inbox.clock import DAY
from inbox.commands.chains import PutChain, RemoveChain, there
from inbox.commands.versions import found
from inbox.domain.chains import Chain, Level
from inbox.domain.escalation_shapes import Cell, ChainShape, EscalationReport, Part
from inbox.domain.periods import zone_of
from inbox.domain.report_shapes import BehindShape
from inbox.errors import Invalid, NotFound
from inbox.eventlog.escalation_table import as_table
from inbox.eventlog.escalations import behind, report
from inbox.eventlog.show_chains import chain_shape
from inbox.storage import rows

routes = Routes("Escalation chains")

Seconds = Annotated[int, Field(ge=0, le=30 * 86_400)]
_OWN = ("name", "active")
DEFAULT_DAYS = 30


class LevelBody(Body):
    """One step: whom to ask, how long after the one before."""

    after_seconds: Seconds
    to: Literal["assignee", "team", "supervisors", "agents", "on_call"]
    agent_ids: list[Id] = Field(default_factory=list, max_length=100)
    turn: Literal["day", "week"] = "week"


Levels = Annotated[list[LevelBody], Field(min_length=1, max_length=10)]


class NewChain(Body):
    """A chain. `until`: what stops it. `time`: whether its clock counts all time, or business hours of the
    conversation's team, channel or workspace. `workspace`, `team_ids`: where it is taken when nobody chose a chain.
    """

    name: Words
    active: bool = True
    levels: Levels
    time: Literal["calendar", "business"] = "calendar"
    until: Literal["acknowledged", "answered", "closed"] = "acknowledged"
    repeats: int = Field(0, ge=0, le=100)
    repeat_seconds: int = Field(900, ge=60, le=7 * 86_400)
    zone: Zone = "UTC"
    workspace: bool = False
    team_ids: list[Id] = Field(default_factory=list, max_length=200)


class ChainPatch(Body):
    """What to change of a chain. What is escalated already goes on as it began."""

    name: Words | None = None
    active: bool | None = None
    levels: Levels | None = None
    time: Literal["calendar", "business"] | None = None
    until: Literal["acknowledged", "answered", "closed"] | None = None
    repeats: int | None = Field(None, ge=0, le=100)
    repeat_seconds: int | None = Field(None, ge=60, le=7 * 86_400)
    zone: Zone | None = None
    workspace: bool | None = None
    team_ids: list[Id] | None = Field(None, max_length=200)


class PeriodQuery(Query):
    """When the escalations began."""

    since: CountedInstant | None = Field(None, alias="from", description="30 days before its end if not given")
    until: CountedInstant | None = Field(None, alias="to", description="not part of the period; now if not given")


class EscalationsQuery(PeriodQuery):
    """A period, and in which form it is wanted."""

    zone: str = Field("UTC", max_length=60, description="time zone that a file names")
    by: Part = Field("level", description="what the lines of a file are")
    format: Format = "json"


class EscalatedQuery(PeriodQuery, PageQuery):
    """The line whose figure it is: keys as the report has them. None: of all escalations."""

    level: str | None = Field(None, max_length=20)
    team: str | None = Field(None, max_length=20)
    cause: str | None = Field(None, max_length=40)


@routes.get("/escalation-chains")
async def list_chains(call: Call) -> Page[ChainShape]:
    """All chains, oldest first."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Chain)
    return Page(items=[chain_shape(one) for one in known if one.removed_at is None], position=position)


@routes.post("/escalation-chains", needs="settings", idempotent=True)
async def create_chain(call: Call, body: NewChain) -> ChainShape:
    """Make a chain."""
    return await _put(call, None, {name: getattr(body, name) for name in NewChain.model_fields})


@routes.get("/escalation-chains/{chain_id}")
async def see_chain(call: Call, chain_id: int) -> ChainShape:
    """A chain."""
    return chain_shape(there(await call.deps.database.read(found, Chain, chain_id)))


@routes.patch("/escalation-chains/{chain_id}", needs="settings", if_match=True)
async def change_chain(call: Call, chain_id: int, body: ChainPatch) -> ChainShape:
    """Change a chain."""
    return await _put(call, chain_id, changed(body))


@routes.delete("/escalation-chains/{chain_id}", needs="settings")
async def remove_chain(call: Call, chain_id: int) -> None:
    """It is begun no more; what was escalated by it goes on."""
    await call.submit(RemoveChain(call.principal, chain_id, call.version))
    await call.deps.directory.fresh()


@routes.get("/reports/escalations", needs="reports", media=MEDIA)
async def see_escalations(call: Call, query: EscalationsQuery) -> EscalationReport:
    """How escalations that began in a period went: how soon they were acknowledged and ended, by level, team and cause;
    as JSON, or as a file (`format`) by one of them (`by`).
    """
    zone_of(query.zone)
    since, until = _period(query)
    told = await call.deps.database.read(report, since, until, call.principal.scope)
    if query.format == "json":
        return told
    table = as_table(told, query.by, query.zone, await call.deps.directory.fresh())
    return file_of(call, "escalations", table, query.format)  # type: ignore[no-any-return]


@routes.get("/reports/escalations/cells/{cell}", needs="reports")
async def see_escalations_behind(call: Call, cell: str, query: EscalatedQuery) -> Page[BehindShape]:
    """The conversations behind a figure of the report (`escalations`, `acknowledged`, `ended`, `open`), newest first:
    when each was escalated, and the time until it was acknowledged, or until its end. Keys of its line are filters.
    """
    name: Cell | None = next((one for one in get_args(Cell) if one == cell), None)
    if name is None:
        raise NotFound(f"the report has no figure {cell!r}; there are: {', '.join(get_args(Cell))}")
    only: dict[Part, str] = {part: key for part in get_args(Part) if (key := getattr(query, part)) is not None}
    bound_to = f"reports:escalations:{cell}:{sorted(only.items())}:{query.since}:{query.until}"
    after = call.deps.cursors.read(bound_to, query.cursor) if query.cursor else None
    since, until = _period(query) if after is None else (after[2], after[3])
    position = await call.position()
    found = await call.deps.database.read(behind, name, since, until, call.principal.scope, only)
    left = found if after is None else [one for one in found if (-one.at, -one.item_id) > (-after[0], -after[1])]
    shown = left[: query.limit]
    ends = [shown[-1].at, shown[-1].item_id, since, until] if len(left) > query.limit else None
    return Page(
        items=await behind_shapes(call, shown),
        next_cursor=call.deps.cursors.make(bound_to, ends) if ends else None,
        position=position,
    )


def _period(query: PeriodQuery) -> tuple[int, int]:
    """From, to. Raises Invalid for an empty one."""
    until = query.until if query.until is not None else clock.now()
    since = query.since if query.since is not None else until - DEFAULT_DAYS * DAY
    if since >= until:
        raise Invalid("the period is empty: from must lie before to", code="period")
    return since, until


async def _put(call: Call, chain_id: int | None, given: dict[str, Any]) -> ChainShape:
    own = {name: given.pop(name) for name in _OWN if given.get(name) is not None}
    for name in _OWN:
        given.pop(name, None)
    if "active" in own:
        own["active"] = int(own["active"])
    if "team_ids" in given:
        given["team_ids"] = frozenset(given["team_ids"])
    if "levels" in given:
        given["levels"] = tuple(
            Level(after_seconds=one.after_seconds, to=one.to, agent_ids=tuple(one.agent_ids), turn=one.turn)
            for one in given["levels"]
        )
    directory = await call.deps.directory.fresh()
    made = chain_shape(
        await call.submit(PutChain(call.principal, chain_id, own, given, directory=directory, version=call.version))
    )
    await call.deps.directory.fresh()
    return made
