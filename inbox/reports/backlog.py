"""What was open at an instant, and how old it was: from when things began and ended, so no snapshot has an hour."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inbox.clock import SECOND, iso
from inbox.domain.figures import FEW, Asked, percentile_cont
from inbox.domain.periods import Step, samples
from inbox.domain.permissions import Scope
from inbox.domain.report_shapes import ReportColumn, ReportLine
from inbox.errors import Invalid
from inbox.eventlog.directory import Directory
from inbox.reports.lines import Names
from inbox.storage import measures as m
from inbox.storage import reports_at
from inbox.storage.database import Query
from inbox.storage.dialect import Engine
from inbox.storage.reports_source import Key

KEYS = ("channel", "network", "kind", "team", "owner")
"""What a backlog can be grouped by: who holds it is as it was then."""
COLUMNS = [
    ReportColumn("waits", "Waiting", "count", "waits"), ReportColumn("median", "Median age", "seconds"),
    ReportColumn("p90", "90th percentile", "seconds"),
    ReportColumn("oldest", "Oldest", "seconds"),
    ReportColumn("conversations", "Open conversations", "count", "conversations"),
]  # fmt: skip


def instant(asked: Asked) -> int:
    """When the backlog of a period is looked at: at its end, or now."""
    return min(asked.until, asked.now)


def listed(asked: Asked) -> tuple[dict[str, m.Listed], Asked]:
    """What is behind the cells at the end of a period, and how it is asked for: however long it had been open."""
    at = instant(asked)
    return m.open_then(at), msgspec.structs.replace(asked, since=0, until=at + 1)


def lines(
    engine: Engine, asked: Asked, step: Step, scope: Scope, directory: Directory
) -> Query[tuple[ReportLine, list[ReportLine]]]:
    """The backlog at the end of the period, or now, and at each step of it. Raises Invalid for groups it has not."""
    for name in asked.by:
        if name not in KEYS:
            raise Invalid(f"a backlog is not grouped by {name}: {', '.join(KEYS)}", code="by")
    end = instant(asked)
    points = [at for at in samples(asked.since, end, step, asked.zone) if at < end]
    points.append(end)
    waits = yield from reports_at.open_at(engine, m.open_waits(), *m.OPEN_WAIT_SPAN, points, asked, scope, asked.by)
    episodes = yield from reports_at.open_at(
        engine, m.open_episodes(), *m.OPEN_EPISODE_SPAN, points, asked, scope, asked.by
    )
    names, found = Names(directory), []
    for place, at in enumerate(points):
        keys = sorted({key for i, key in (*waits, *episodes) if i == place and key}, key=str) if asked.by else [()]
        found += [
            _line(at, key, asked.by, waits.get((place, key), []), len(episodes.get((place, key), [])), names)
            for key in keys
        ]
    last = len(points) - 1
    total = _line(end, (), (), waits.get((last, ()), []), len(episodes.get((last, ()), [])), names)
    return total, found


def _line(at: int, key: Key, by: Sequence[str], ages: list[float], conversations: int, names: Names) -> ReportLine:
    def age(fraction: float) -> float | None:
        return percentile_cont(ages, fraction) / SECOND if len(ages) >= FEW else None

    cells = {
        "waits": len(ages), "median": age(0.5), "p90": age(0.9), "oldest": ages[-1] / SECOND if ages else None,
        "conversations": conversations,
    }  # fmt: skip
    few = [one / SECOND for one in ages] if len(ages) < FEW else None
    shown = {name: str(part) if part else "none" for name, part in zip(by, key, strict=True)}
    called = {name: names.of(name, part) for name, part in zip(by, key, strict=True)}
    return ReportLine(key={"at": iso(at), **shown}, name={"at": iso(at), **called}, cells=dict(cells), values=few)
