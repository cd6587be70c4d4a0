"""The report of escalations as a table, for files."""

from __future__ import annotations

import msgspec

from inbox.domain.escalation_shapes import EscalationLine, EscalationReport, Part
from inbox.domain.report_shapes import Report, ReportColumn, ReportLine
from inbox.eventlog.directory import Directory

SAYS = "Escalations that began in the period: how many were acknowledged and ended, and how soon."
COLUMNS = [
    ReportColumn("escalations", "Escalations", cell="escalations"),
    ReportColumn("acknowledged", "Acknowledged", cell="acknowledged"),
    ReportColumn("median_acknowledge_seconds", "Until acknowledged, median", "seconds"),
    ReportColumn("longest_acknowledge_seconds", "Until acknowledged, longest", "seconds"),
    ReportColumn("ended", "Ended", cell="ended"),
    ReportColumn("median_end_seconds", "Until over, median", "seconds"),
    ReportColumn("open", "Still open", cell="open"),
]


def as_table(report: EscalationReport, by: Part, zone: str, directory: Directory) -> Report:
    """Its lines by level, team or cause, in the form that files are made of."""
    lines = {"level": report.levels, "team": report.teams, "cause": report.causes}[by]
    return Report(
        name="escalations", definition="escalations/1", says=SAYS, clock="desk", hours="calendar", zone=zone,
        since=report.since, until=report.until, by=[by], position=report.position, head=report.position,
        columns=COLUMNS, total=ReportLine(cells=_cells(report.total)),
        lines=[
            ReportLine(key={by: one.key}, name={by: _name(by, one.key, directory)}, cells=_cells(one)) for one in lines
        ],
    )  # fmt: skip


def _name(by: Part, key: str, directory: Directory) -> str:
    if by == "team":
        team = directory.teams.get(int(key))
        return team.name if team is not None else ""
    return key


def _cells(line: EscalationLine) -> dict[str, float | None]:
    said = msgspec.structs.asdict(line)
    return {column.key: said[column.key] for column in COLUMNS}
