"""What rules did in a period, beside the period before; and the same as a table for files and mails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from inbox.clock import iso
from inbox.domain.periods import before, key_of, label_of, offsets
from inbox.domain.permissions import Scope
from inbox.domain.report_shapes import Report, ReportColumn, ReportLine
from inbox.domain.rule_shapes import ActionCounts, RuleCounts, RuleCountShape, RuleDay, RuleReport
from inbox.errors import Invalid
from inbox.eventlog import log
from inbox.eventlog.directory import Directory
from inbox.eventlog.show_rules import action_counts, count_shape, figures
from inbox.storage import rule_counts
from inbox.storage.database import Query, Row

RULES = "rules"
By = Literal["rule", "action", "day"]
"""What the lines of the table are."""
SAYS = "How often each rule ran, how many of its runs were undone or done in part, and in how many conversations."
COLUMNS = [
    ReportColumn("runs", "Runs", cell="runs"),
    ReportColumn("undone", "Undone", cell="undone"),
    ReportColumn("refused", "Done in part", cell="refused"),
    ReportColumn("conversations", "Conversations", cell="conversations"),
]
ACTIONS_SAY = "In how many runs of rules each action was done, was so already, could not be done, and was taken back."
ACTION_COLUMNS = [
    ReportColumn("done", "Done", cell="done"),
    ReportColumn("unchanged", "Was so already", cell="unchanged"),
    ReportColumn("refused", "Could not be done", cell="refused"),
    ReportColumn("undone", "Taken back", cell="undone"),
]
_MOST_DAYS = 400
"""Days without a run have a line too, up to so many."""
_NOTHING = (0, 0, 0, 0)


def counted(
    since: int, until: int, zone: str, scope: Scope, directory: Directory, compare: bool, rule_id: int | None = None
) -> Query[RuleReport]:
    """The rule that ran most first. With `compare`, rules that ran only in the period before have a line too.
    `rule_id`: of that rule alone.
    """
    position, _ = yield from log.head()
    rows = {row[0]: row for row in (yield from rule_counts.by_rule(since, until, scope, rule_id))}
    actions = yield from rule_counts.by_action(since, until, scope, rule_id)
    total = figures((yield from rule_counts.in_all(since, until, scope, rule_id)))
    by_day = yield from rule_counts.by_day(since, until, zone, scope, rule_id)
    was: dict[int, RuleCounts] = {}
    previous: RuleCounts | None = None
    if compare:
        span = before(since, until, zone)
        was = {row[0]: figures(row[1:]) for row in (yield from rule_counts.by_rule(*span, scope, rule_id))}
        previous = figures((yield from rule_counts.in_all(*span, scope, rule_id)))
    lines: list[RuleCountShape] = []
    for one in rows.keys() | was.keys():
        past = was.get(one, figures(_NOTHING)) if compare else None
        did = action_counts([actions.get(one, {})])
        lines.append(count_shape(rows.get(one, (one, *_NOTHING)), directory, did, past))
    return RuleReport(
        items=sorted(lines, key=lambda line: (-line.runs, int(line.rule_id))), position=position, since=iso(since),
        until=iso(until), zone=zone, total=total, actions=action_counts(actions.values()),
        days=_days(by_day, since, until, zone), previous=previous,
    )  # fmt: skip


def _days(found: Mapping[int, Row], since: int, until: int, zone: str) -> list[RuleDay]:
    spans = offsets(zone, since, until)
    # The last span may begin with the end itself, where the clocks are put forward at midnight.
    east = next((offset for end, offset in spans if until - 1 < end), spans[-1][1])
    first, last = key_of("day", since + spans[0][1]), key_of("day", until - 1 + east)
    days = range(first, last + 1) if last - first < _MOST_DAYS else sorted(found)
    return [
        RuleDay(day=label_of("day", day), **msgspec.structs.asdict(figures(found.get(day, _NOTHING)))) for day in days
    ]


def as_table(report: RuleReport, by: By = "rule") -> Report:
    """The report in the form that files and mails are made of."""
    columns, total, previous = COLUMNS, _cells(report.total, COLUMNS), report.previous
    if by == "rule":
        lines = [_line(one) for one in report.items]
    elif by == "day":
        lines = [ReportLine(key={by: one.day}, name={by: one.day}, cells=_cells(one, COLUMNS)) for one in report.days]
    else:
        columns, previous = ACTION_COLUMNS, None
        lines = [ReportLine(key={by: one.do}, name={by: one.do}, cells=_cells(one, columns)) for one in report.actions]
        total = {column.key: sum(line.cells[column.key] or 0 for line in lines) for column in columns}
    return Report(
        name=RULES, definition=f"{RULES}/1", says=SAYS if by != "action" else ACTIONS_SAY, clock="desk",
        hours="calendar", zone=report.zone, since=report.since, until=report.until, by=[by], position=report.position,
        head=report.position, columns=columns, total=ReportLine(cells=total), lines=lines,
        previous=None if previous is None else ReportLine(cells=_cells(previous, COLUMNS)),
    )  # fmt: skip


def grouping(by: tuple[str, ...]) -> By:
    """What the lines are to be; rules where nothing is said. Raises Invalid for what they cannot be."""
    if not by:
        return "rule"
    found: By | None = next((one for one in get_args(By) if by == (one,)), None)
    if found is None:
        known = ", ".join(get_args(By))
        raise Invalid(f"the report of rules is not made by {' and '.join(by)}: take one of {known}", code="by")
    return found


def _line(one: RuleCountShape) -> ReportLine:
    return ReportLine(
        key={"rule": one.rule_id}, name={"rule": one.rule_name}, cells=_cells(one, COLUMNS),
        previous=None if one.previous is None else _cells(one.previous, COLUMNS),
    )  # fmt: skip


def _cells(
    counts: RuleCounts | RuleCountShape | RuleDay | ActionCounts, columns: list[ReportColumn]
) -> dict[str, float | None]:
    said = msgspec.structs.asdict(counts)
    return {column.key: said[column.key] for column in columns}
