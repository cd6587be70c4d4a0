"""The report of rules: what they did, beside the period before, as a file, and the runs behind each figure."""

from __future__ import annotations

from typing import get_args

from pydantic import Field

from inbox import clock
from inbox.api.call import Call
from inbox.api.fields import CountedInstant, Id, PageQuery, Query
from inbox.api.pages import Page
from inbox.api.report_files import MEDIA, Format, file_of
from inbox.api.reports import behind_shapes
from inbox.api.routing import Routes
from inbox.domain.periods import zone_of
from inbox.domain.report_shapes import BehindShape
from inbox.domain.rule_shapes import ActionCell, RuleCell, RuleReport
from inbox.domain.rules import ACTION_WORDS
from inbox.errors import Invalid, NotFound
from inbox.eventlog.rule_report import By, as_table, counted
from inbox.storage import rule_counts

routes = Routes("Rules: report")
DEFAULT_DAYS = 30


class CountsQuery(Query):
    """A period; the last 30 days if not given."""

    since: CountedInstant | None = Field(None, alias="from")
    until: CountedInstant | None = Field(None, alias="to")
    zone: str = Field("UTC", max_length=60, description="time zone of its days, and of those of the period before")
    compare: bool = Field(False, description="with the period before")
    rule: Id | None = Field(None, description="of this rule alone")
    by: By = Field("rule", description="what the lines of a file are")
    format: Format = "json"


class RanQuery(PageQuery):
    """Which runs are behind a figure: of which period, of which rule, and of which of their actions."""

    since: CountedInstant | None = Field(None, alias="from")
    until: CountedInstant | None = Field(None, alias="to")
    rule: Id | None = Field(None, description="of this rule alone")
    action: str = Field("", max_length=20, description="of this action: `done`, `unchanged`, `refused`, `undone`")


@routes.get("/reports/rules", needs="reports", media=MEDIA)
async def report_rules(call: Call, query: CountsQuery) -> RuleReport:
    """How often each rule ran, and how much of that was undone or refused; the same by action and by day, in the
    conversations you see; as JSON, or as a file (`format`) of the one, the other or the third (`by`).
    """
    zone_of(query.zone)
    since, until = _period(query)
    directory = await call.deps.directory.fresh()
    report = await call.deps.database.read(
        counted, since, until, query.zone, call.principal.scope, directory, query.compare, query.rule
    )
    if query.format == "json":
        return report
    return file_of(call, "rules", as_table(report, query.by), query.format)  # type: ignore[no-any-return]


@routes.get("/reports/rules/cells/{cell}", needs="reports")
async def see_rules_behind(call: Call, cell: str, query: RanQuery) -> Page[BehindShape]:
    """The runs behind a figure of the report (`runs`, `undone`, `refused`), newest first, with their conversations;
    of `conversations` each once, by its last run. With `action` those behind a figure of that action.
    """
    name = _cell(cell, query.action)
    bound_to = f"reports:rules:{cell}:{query.action}:{query.rule}:{query.since}:{query.until}"
    after = call.deps.cursors.read(bound_to, query.cursor) if query.cursor else None
    before, (since, until) = ((2**62, 2**62), _period(query)) if after is None else (after[:2], after[2:])
    position = await call.position()
    found = await call.deps.database.read(
        rule_counts.behind, name, since, until, call.principal.scope, query.rule, before, query.limit + 1, query.action
    )
    shown = found[: query.limit]
    ends = [shown[-1].at, shown[-1].item_id, since, until] if len(found) > query.limit else None
    return Page(
        items=await behind_shapes(call, shown),
        next_cursor=call.deps.cursors.make(bound_to, ends) if ends else None,
        position=position,
    )


def _cell(cell: str, action: str) -> RuleCell | ActionCell:
    if action and action not in ACTION_WORDS:
        raise Invalid(f"rules have no action {action!r}; there are: {', '.join(ACTION_WORDS)}", code="action")
    cells: tuple[RuleCell | ActionCell, ...] = get_args(ActionCell) if action else get_args(RuleCell)
    name = next((one for one in cells if one == cell), None)
    if name is None:
        raise NotFound(f"the report has no figure {cell!r}; there are: {', '.join(cells)}")
    return name


def _period(query: CountsQuery | RanQuery) -> tuple[int, int]:
    """From, to. Raises Invalid for an empty one."""
    until = query.until if query.until is not None else clock.now()
    since = query.since if query.since is not None else until - DEFAULT_DAYS * clock.DAY
    if since >= until:
        raise Invalid("the period is empty: from must lie before to", code="period")
    return since, until
