"""What rules did in a period, beside the period before; and the same as a table for files."""

from __future__ import annotations

import msgspec

from inbox.clock import iso
from inbox.domain.periods import before
from inbox.domain.permissions import Scope
from inbox.domain.report_shapes import Report, ReportColumn, ReportLine
from inbox.domain.rule_shapes import RuleCounts, RuleCountShape, RuleReport
from inbox.eventlog import log
from inbox.eventlog.directory import Directory
from inbox.eventlog.show_rules import count_shape, figures
from inbox.storage import rule_counts
from inbox.storage.database import Query

SAYS = "How often each rule ran, how many of its runs were undone or done in part, and in how many conversations."
COLUMNS = [
    ReportColumn("runs", "Runs", cell="runs"),
    ReportColumn("undone", "Undone", cell="undone"),
    ReportColumn("refused", "Done in part", cell="refused"),
    ReportColumn("conversations", "Conversations", cell="conversations"),
]


def counted(since: int, until: int, zone: str, scope: Scope, directory: Directory, compare: bool) -> Query[RuleReport]:
    """The rule that ran most first. With `compare`, rules that ran only in the period before have a line too."""
    position, _ = yield from log.head()
    rows = {row[0]: row for row in (yield from rule_counts.by_rule(since, until, scope))}
    total = figures((yield from rule_counts.in_all(since, until, scope)))
    was: dict[int, RuleCounts] = {}
    previous: RuleCounts | None = None
    if compare:
        span = before(since, until, zone)
        was = {row[0]: figures(row[1:]) for row in (yield from rule_counts.by_rule(*span, scope))}
        previous = figures((yield from rule_counts.in_all(*span, scope)))
    lines: list[RuleCountShape] = []
    for rule_id in rows.keys() | was.keys():
        past = was.get(rule_id, figures((0, 0, 0, 0))) if compare else None
        lines.append(count_shape(rows.get(rule_id, (rule_id, 0, 0, 0, 0)), directory, past))
    return RuleReport(
        items=sorted(lines, key=lambda line: (-line.runs, int(line.rule_id))), position=position, since=iso(since),
        until=iso(until), zone=zone, total=total, previous=previous,
    )  # fmt: skip


def as_table(report: RuleReport) -> Report:
    """The report in the form that files are made of."""
    return Report(
        name="rules", definition="rules/1", says=SAYS, clock="desk", hours="calendar", zone=report.zone,
        since=report.since, until=report.until, by=["rule"], position=report.position, head=report.position,
        columns=COLUMNS, total=ReportLine(cells=_cells(report.total)), lines=[_line(one) for one in report.items],
        previous=None if report.previous is None else ReportLine(cells=_cells(report.previous)),
    )  # fmt: skip


def _line(one: RuleCountShape) -> ReportLine:
    return ReportLine(
        key={"rule": one.rule_id}, name={"rule": one.rule_name}, cells=_cells(one),
        previous=None if one.previous is None else _cells(one.previous),
    )  # fmt: skip


def _cells(counts: RuleCounts | RuleCountShape) -> dict[str, float | None]:
    said = msgspec.structs.asdict(counts)
    return {column.key: said[column.key] for column in COLUMNS}
