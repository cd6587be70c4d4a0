"""From groups of figures to the lines of a table: names for people, an order, the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inbox.clock import SECOND
from inbox.domain.figures import NONE, Spread
from inbox.domain.periods import TIME_KEYS, label_of
from inbox.domain.report_shapes import ReportLine
from inbox.eventlog.directory import Directory
from inbox.reports.kinds import Found, Kind, Raw
from inbox.storage.reports_source import Key


def lines_of(kind: Kind, found: Found, by: Sequence[str], directory: Directory) -> tuple[ReportLine, list[ReportLine]]:
    """The line of everything, and one for each group: time goes forward, else the largest first."""
    names = Names(directory)
    total = _line(kind, found.get(()), (), (), names)
    groups = [key for key in found if key != ()] if by else []
    time = [place for place, name in enumerate(by) if name in TIME_KEYS]

    def order(key: Key) -> tuple[Any, ...]:
        cells = found[key]
        size = cells.n if isinstance(cells, Spread) else sum(cells.values())
        return (*(key[place] for place in time), -size, *(str(part) for part in key))

    return total, [_line(kind, found[key], key, by, names) for key in sorted(groups, key=order)]


def _line(kind: Kind, cells: Any, key: Key, by: Sequence[str], names: Names) -> ReportLine:
    shown = {
        name: label_of(name, part) if name in TIME_KEYS else (NONE if part in (0, "") else str(part))
        for name, part in zip(by, key, strict=True)
    }
    called = {name: names.of(name, part) for name, part in zip(by, key, strict=True)}
    if cells is None:
        return ReportLine(
            key=shown, name=called, cells={column.key: 0 if column.unit == "count" else None for column in kind.columns}
        )
    few = [value / SECOND for value in cells.values()] if isinstance(cells, Spread) and cells.n < 5 else None
    return ReportLine(key=shown, name=called, cells=kind.cells(cells), values=few)


class Names:
    """What ids are called now."""

    def __init__(self, directory: Directory) -> None:
        self._of: dict[str, Mapping[int, Any]] = {
            "channel": directory.channels,
            "team": directory.teams,
            "agent": directory.agents,
            "owner": directory.agents,
            "tag": directory.tags,
            "campaign": directory.campaigns,
            "survey": directory.surveys,
        }

    def of(self, dimension: str, part: Any) -> str:
        """A group in words; what was removed since keeps its id."""
        if dimension in TIME_KEYS:
            return label_of(dimension, part)
        if part in (0, ""):
            return ""
        known = self._of.get(dimension, {}).get(part)
        return str(part) if known is None else str(known.name)


def placed(found: Mapping[Key, Raw], by: Sequence[str], directory: Directory) -> dict[Key, Raw]:
    """Counts by channel added up by the channel's location or brand, as these are now."""
    added: dict[Key, Raw] = {}
    for key, cells in found.items():
        moved = tuple(_place(name, part, directory) for name, part in zip(by, key, strict=True)) if key else ()
        known = added.setdefault(moved, {})
        for name, n in cells.items():
            known[name] = known.get(name, 0) + n
    return added


def _place(name: str, part: Any, directory: Directory) -> Any:
    if name not in ("location", "brand"):
        return part
    channel = directory.channels.get(part)
    return "" if channel is None else getattr(channel, name)


def with_previous(lines: list[ReportLine], before: list[ReportLine]) -> None:
    """Set beside each line the same group of the period before."""
    known = {tuple(sorted(line.key.items())): line.cells for line in before}
    for line in lines:
        line.previous = known.get(tuple(sorted(line.key.items())))
