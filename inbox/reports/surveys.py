"""The reports of surveys: satisfaction and recommendation, of those who were asked in the period (docs/metrics.md).

Answers count on the day of the question, whenever they came: so the response rate is of one and the same people, and a
period's figures grow until its last link is over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from inbox.domain.figures import Asked, share
from inbox.domain.permissions import Scope
from inbox.domain.report_shapes import ReportColumn
from inbox.domain.surveys import DETRACTORS, GOOD, PROMOTERS, RANGE
from inbox.reports.kinds import Cells, Found, Kind, Raw
from inbox.storage import reports
from inbox.storage import tables as t
from inbox.storage.database import Query
from inbox.storage.dialect import Engine
from inbox.storage.measures import Listed
from inbox.storage.reports_source import big
from inbox.storage.surveys import put

_a = t.survey_ask.c
Z = 1.959964
"""Of a normal distribution 95 % lies within so many standard deviations of its mean."""


def _given(scale: str, *scores: int) -> dict[str, Any]:
    """A cell for each score."""
    return {f"score_{n}": _a.score == big(n) for n in scores or RANGE[scale]}


def _figures(scale: str) -> Callable[..., Query[Found]]:
    cells = {"sent": _a.sent_at > big(0), "commented": _a.comment != "", **_given(scale)}

    def figures(engine: Engine, asked: Asked, scope: Scope, by: Sequence[str]) -> Query[Found]:
        return (yield from reports.counts(engine, put(scale), cells, asked, scope, by))

    return figures


def _listed(scale: str, **groups: Any) -> Callable[[Asked], dict[str, Listed]]:
    clauses = {
        "sent": (), "answered": (_a.score.is_not(None),), "commented": (_a.comment != "",),
        **{name: (clause,) for name, clause in {**_given(scale), **groups}.items()},
    }  # fmt: skip

    def listed(asked: Asked) -> dict[str, Listed]:
        return {name: Listed(put(scale), _a.id, None, clause) for name, clause in clauses.items()}

    return listed


def _of(raw: Raw, scores: Sequence[int]) -> int:
    return sum(raw.get(f"score_{n}", 0) for n in scores)


def _common(raw: Raw, scale: str) -> Cells:
    answered = _of(raw, RANGE[scale])
    return {
        "sent": raw.get("sent", 0),
        "answered": answered,
        "response_rate": share(answered, raw.get("sent", 0)),
        "commented": raw.get("commented", 0),
        **{name: raw.get(name, 0) for name in _given(scale)},
    }


def csat_cells(raw: Raw) -> Cells:
    """Satisfied, out of those who answered, with the interval that Wilson's score gives."""
    cells = _common(raw, "csat")
    good, answered = _of(raw, GOOD), int(cells["answered"] or 0)
    low, high = wilson(good, answered)
    return {"csat": share(good, answered), "low": low, "high": high, "good": good, **cells}


def nps_cells(raw: Raw) -> Cells:
    """Promoters minus detractors, in whole points, with the interval around it."""
    cells = _common(raw, "nps")
    promoters, detractors, answered = _of(raw, PROMOTERS), _of(raw, DETRACTORS), int(cells["answered"] or 0)
    low, high = around_nps(promoters, detractors, answered)
    return {
        "nps": nps(promoters, detractors, answered), "low": low, "high": high, "promoters": promoters,
        "passives": answered - promoters - detractors, "detractors": detractors, **cells,
    }  # fmt: skip


def nps(promoters: int, detractors: int, answered: int) -> int | None:
    """The score as it is said: a whole number from -100 to 100, halves away from zero; None of nothing."""
    return _whole(100 * (promoters - detractors) / answered) if answered else None


def around_nps(promoters: int, detractors: int, answered: int) -> tuple[int | None, int | None]:
    """The 95 % interval of the score: adjusted Wald, which adds three answers, three quarters of one to either side
    (https://measuringu.com/nps-three-confidence-intervals/, read 2026-11-22). It does not lie about few answers, or
    about such as are all alike; being drawn to the middle by those three, it is widened to hold the score itself.
    """
    if not answered:
        return None, None
    n, up, down = answered + 3, promoters + 0.75, detractors + 0.75
    middle = (up - down) / n
    margin = Z * math.sqrt(max(0.0, (up + down) / n - middle**2) / n)
    score = (promoters - detractors) / answered
    return _whole(100 * max(-1.0, min(score, middle - margin))), _whole(100 * min(1.0, max(score, middle + margin)))


def wilson(part: int, whole: int) -> tuple[float | None, float | None]:
    """The 95 % interval of a share by Wilson's score
    (https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval, read 2026-11-22).
    """
    if not whole:
        return None, None
    p, z2 = part / whole, Z**2
    middle = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    margin = Z * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    return max(0.0, middle - margin), min(1.0, middle + margin)


def _whole(value: float) -> int:
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def _columns(first: list[ReportColumn], groups: dict[str, str], scale: str) -> list[ReportColumn]:
    counted = {
        "sent": "Sent", "answered": "Answered", **groups, "commented": "With a comment",
        **{f"score_{n}": str(n) for n in RANGE[scale]},
    }  # fmt: skip
    return [
        *first,
        ReportColumn("response_rate", "Response rate", "share"),
        *(ReportColumn(key, title, "count", key) for key, title in counted.items()),
    ]


SURVEYS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="csat",
            says="Of those who were asked in the period and answered: how many gave 4 or 5 of 5.",
            columns=_columns(
                [
                    ReportColumn("csat", "Satisfied", "share"), ReportColumn("low", "95 % from", "share"),
                    ReportColumn("high", "95 % to", "share"),
                ],
                {"good": "4 or 5"}, "csat",
            ),
            figures=_figures("csat"), cells=csat_cells, listed=_listed("csat", good=_a.score >= big(GOOD[0])),
            extra_keys=("survey",), additive=True,
        ),
        Kind(
            name="nps",
            says="Of those who were asked in the period and answered: the share of 9 and 10 minus the share of 0 to 6.",
            columns=_columns(
                [
                    ReportColumn("nps", "NPS", "points"), ReportColumn("low", "95 % from", "points"),
                    ReportColumn("high", "95 % to", "points"),
                ],
                {"promoters": "9 or 10", "passives": "7 or 8", "detractors": "0 to 6"}, "nps",
            ),
            figures=_figures("nps"), cells=nps_cells,
            listed=_listed(
                "nps",
                promoters=_a.score >= big(PROMOTERS[0]),
                passives=(_a.score > big(DETRACTORS[-1])) & (_a.score < big(PROMOTERS[0])),
                detractors=_a.score <= big(DETRACTORS[-1]),
            ),
            extra_keys=("survey",), additive=True,
        ),
    )
}  # fmt: skip
