"""The reports there are: for each its columns, its figures, and what is behind its cells (docs/metrics.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import msgspec

from inbox.clock import SECOND
from inbox.domain.figures import BOUNDS, Asked, Spread, seconds, share
from inbox.domain.permissions import Scope
from inbox.domain.report_shapes import ReportColumn
from inbox.storage import measures as m
from inbox.storage import reports, spreads
from inbox.storage.database import Query
from inbox.storage.dialect import Engine
from inbox.storage.measures import Listed
from inbox.storage.reports_source import Key, Source

Cells: TypeAlias = dict[str, float | None]
Raw: TypeAlias = dict[str, int]
"""Counts that can be added up."""
Found: TypeAlias = dict[Key, Any]
"""Group → a `Spread`, or `Raw` counts."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A report. Its figures are spreads where it has durations, else counts from which `cells` makes what is shown."""

    name: str
    version: int = 1
    says: str
    measures: tuple[str, ...] = ()
    columns: list[ReportColumn]
    figures: Callable[[Engine, Asked, Scope, Sequence[str]], Query[Found]]
    cells: Callable[[Any], Cells]
    listed: Callable[[Asked], dict[str, Listed]]
    """Cell → what is behind it."""
    extra_keys: tuple[str, ...] = ()
    """Dimensions that only this report has."""
    additive: bool = False
    """Its figures are counts that can be added up over channels."""
    timed: bool = False
    """Clock and hours change its figures."""


# --- durations


def _label(bound: int) -> str:
    whole = bound // SECOND
    return f"{whole} s" if whole < 60 else f"{whole // 60} min" if whole < 3_600 else f"{whole // 3_600} h"


BUCKETS = [
    *(ReportColumn(f"up_to_{b // SECOND}", f"≤ {_label(b)}", "count", f"bucket_{i}") for i, b in enumerate(BOUNDS)),
    ReportColumn("longer", f"> {_label(BOUNDS[-1])}", "count", f"bucket_{len(BOUNDS)}"),
]
SPREAD = [
    ReportColumn("n", "Number", "count", "n"),
    ReportColumn("median", "Median", "seconds"),
    ReportColumn("p90", "90th percentile", "seconds"),
    ReportColumn("mean", "Mean", "seconds"),
    ReportColumn("p75", "75th percentile", "seconds"),
    ReportColumn("p95", "95th percentile", "seconds"),
    ReportColumn("shortest", "Shortest", "seconds"),
    ReportColumn("longest", "Longest", "seconds"),
    ReportColumn("zeros", "Of these 0 s", "count"),
    *BUCKETS,
]


def spread_cells(found: Spread) -> Cells:
    """A spread as it is shown: no percentiles of fewer than five."""
    whole = found.total / found.n
    return {
        "n": found.n,
        "median": seconds(found.percentile(0.5)),
        "p90": seconds(found.percentile(0.9)),
        "mean": seconds(whole),
        "p75": seconds(found.percentile(0.75)),
        "p95": seconds(found.percentile(0.95)),
        "shortest": seconds(found.points[0]),
        "longest": seconds(found.points[-1]),
        "zeros": found.zeros,
        **{column.key: n for column, n in zip(BUCKETS, found.counts, strict=True)},
    }


def _durations(
    source: Callable[[Asked], Source], value: Callable[[Asked], Any], item: Any
) -> tuple[Callable[..., Query[Found]], Callable[[Asked], dict[str, Listed]]]:
    def figures(engine: Engine, asked: Asked, scope: Scope, by: Sequence[str]) -> Query[Found]:
        return (yield from spreads.spreads(engine, source(asked), value(asked), asked, scope, by))

    def listed(asked: Asked) -> dict[str, Listed]:
        of, figure = source(asked), value(asked)
        buckets = {f"bucket_{i}": Listed(of, item, figure, m.within(figure, i)) for i in range(len(BUCKETS))}
        return {"n": Listed(of, item, figure), **buckets}

    return figures, listed


_response, _behind_response = _durations(m.answered, m.wait_time, m.WAIT_ITEM)
_resolution, _behind_resolution = _durations(m.closed, m.resolution_time, m.EPISODE_ITEM)
_action, _behind_action = _durations(m.acted, lambda asked: m.TIME_TO_ACTION, m.WAIT_ITEM)


# --- counts


def _counts(
    source: Callable[[Asked], Source], conditions: Callable[[Asked], dict[str, Any]], item: Any, *, apart: bool = False
) -> tuple[Callable[..., Query[Found]], Callable[[Asked], dict[str, Listed]]]:
    def figures(engine: Engine, asked: Asked, scope: Scope, by: Sequence[str]) -> Query[Found]:
        return (yield from reports.counts(engine, source(asked), conditions(asked), asked, scope, by, apart=apart))

    def listed(asked: Asked) -> dict[str, Listed]:
        of = source(asked)
        return {name: Listed(of, item, None, (clause,)) for name, clause in conditions(asked).items()}

    return figures, listed


def _promised(engine: Engine, asked: Asked, scope: Scope, by: Sequence[str]) -> Query[Found]:
    found: Found = {}
    if asked.measure != "resolution":
        found = yield from reports.counts(engine, m.due(asked), m.promises, asked, scope, by, apart=True)
    if asked.measure in ("", "resolution"):
        more = yield from reports.counts(
            engine, m.resolutions_due(asked), m.resolution_promises(asked), asked, scope, by
        )
        for key, cells in more.items():
            known = found.setdefault(key, dict.fromkeys(cells, 0))
            for name, n in cells.items():
                known[name] += n
    if asked.measure != "resolution":
        again = yield from reports.counts(
            engine, m.deeds("wrote_again"), {"wrote_again": m.done("wrote_again")["wrote_again"]}, asked, scope, by
        )
        for key, cells in again.items():
            found.setdefault(key, {})["wrote_again"] = cells["wrote_again"]
    return found


def _promise_cells(raw: Raw) -> Cells:
    met = raw.get("met", 0)
    missed = raw.get("answered_late", 0) + raw.get("open_late", 0) + raw.get("dismissed_late", 0)
    names = ("met", "answered_late", "open_late", "dismissed_late", "pending", "released", "wrote_again")
    return {"due": met + missed, "in_target": share(met, met + missed), **{name: raw.get(name, 0) for name in names}}


def _behind_promises(asked: Asked) -> dict[str, Listed]:
    if asked.measure == "resolution":
        of, conditions, item = m.resolutions_due(asked), m.resolution_promises(asked), m.EPISODE_ITEM
    else:
        of, conditions, item = m.due(asked), m.promises(asked), m.WAIT_ITEM
    found = {name: Listed(of, item, None, (clause,)) for name, clause in conditions.items()}
    if asked.measure == "resolution":
        return {**found, "wrote_again": found["released"]}  # Only waits are dismissed: there is neither.
    return {**found, "wrote_again": Listed(m.deeds("wrote_again"), m.DEED_ITEM)}


def _rate_cells(raw: Raw) -> Cells:
    whole = raw["answered"] + raw["open_old"] + raw["left"]
    return {
        "response_rate": share(raw["answered"], whole),
        "action_rate": share(raw["acted"], raw["received"]),
        **{name: float(n) if isinstance(n, float) else n for name, n in raw.items()},
    }


_rates, _behind_rates = _counts(m.begun, m.outcomes, m.WAIT_ITEM)
_closes, _behind_closes = _counts(m.closed, lambda asked: m.EPISODE_CELLS, m.EPISODE_ITEM)

VOLUME = (
    "received", "replied", "asked", "answered", "closed", "started", "noted", "dismissed", "unasked", "reopened",
    "left_unanswered", "voided", "replied_automatically", "closed_automatically",
)  # fmt: skip
"""The most frequent first: each row is compared with them in turn."""
MODERATED = ("hidden", "shown", "deleted", "deleted_by_author", "reacted", "spam", "no_spam")
_volume, _behind_volume = _counts(lambda asked: m.deeds(), lambda asked: m.done(*VOLUME), m.DEED_ITEM, apart=True)
_moderation, _behind_moderation = _counts(
    lambda asked: m.deeds(*MODERATED), lambda asked: {**m.done(*MODERATED), **m.by_whom()}, m.DEED_ITEM
)


def _as_they_are(raw: Raw) -> Cells:
    return dict(raw)


# --- reviews


def _reviews(engine: Engine, asked: Asked, scope: Scope, by: Sequence[str]) -> Query[Found]:
    found: Found = yield from reports.counts(engine, m.reviews(), m.stars(), asked, scope, by)
    for key, raw in (yield from reports.stars(engine, m.reviews(), asked, scope, by)).items():
        found.setdefault(key, {}).update(reviews=raw["n"], sum=raw["stars"])
    waits = yield from reports.counts(engine, m.review_waits(), m.answered_or_not(asked), asked, scope, by)
    edits = yield from reports.counts(engine, m.review_edits(), _edits(), asked, scope, by)
    for part in (waits, edits):
        for key, raw in part.items():
            found.setdefault(key, {}).update(raw)
    return found


def _edits() -> dict[str, Any]:
    return {"edited": m.done("edited")["edited"], "edited_after_reply": m.after_reply()}


def _review_cells(raw: Raw) -> Cells:
    names = ("reviews", *m.stars(), "needed", "answered", "edited", "edited_after_reply")
    return {
        "average": share(raw.get("sum", 0), raw.get("reviews", 0)),
        "answered_share": share(raw.get("answered", 0), raw.get("needed", 0)),
        **{name: raw.get(name, 0) for name in names},
    }


def _behind_reviews(asked: Asked) -> dict[str, Listed]:
    found = {name: Listed(m.reviews(), m.DEED_ITEM, None, (clause,)) for name, clause in m.stars().items()}
    waits = {name: Listed(m.review_waits(), m.WAIT_ITEM, None, (c,)) for name, c in m.answered_or_not(asked).items()}
    edits = {name: Listed(m.review_edits(), m.DEED_ITEM, None, (c,)) for name, c in _edits().items()}
    return {"reviews": Listed(m.reviews(), m.DEED_ITEM), **found, **waits, **edits}


# --- parts


def _parts(engine: Engine, asked: Asked, scope: Scope, by: Sequence[str]) -> Query[Found]:
    source = m.answered(asked)
    return (yield from reports.sums(engine, source, m.PARTS, asked, scope, by))


def _part_cells(raw: Raw) -> Cells:
    desk = sum(raw[name] for name in ("queue", "team", "person", "approval", "over"))
    whole = {**raw, "desk": desk, "customer": raw["lag"] + desk + raw["delivery"]}
    return {"n": raw["n"], **{name: seconds(share(whole[name], raw["n"])) for name in PART_TITLES}}


def _count_columns(*named: tuple[str, str]) -> list[ReportColumn]:
    return [ReportColumn(key, title, "count", key) for key, title in named]


PART_TITLES = {
    "customer": "Customer's clock", "lag": "Until we had it", "queue": "In the queue", "team": "With a team",
    "person": "With a person", "approval": "Waiting for a yes", "over": "Taken for ended",
    "delivery": "Until it was accepted", "desk": "Desk clock", "late_notice": "Of delivery: heard of late",
}  # fmt: skip

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="response",
            says="How long customers waited for an answer; the whole wait, each one that was answered.",
            measures=("all", "first", "next", "reopened"),
            columns=SPREAD, figures=_response, cells=spread_cells, listed=_behind_response, timed=True,
        ),
        Kind(
            name="resolution",
            says="From the first customer item of an episode to its close.",
            measures=("all", "first"),
            columns=SPREAD, figures=_resolution, cells=spread_cells, listed=_behind_resolution, timed=True,
        ),
        Kind(
            name="action",
            says="How long until a person first did something, of waits that began in the period, on the desk clock.",
            columns=SPREAD, figures=_action, cells=spread_cells, listed=_behind_action,
        ),
        Kind(
            name="targets",
            version=2,
            says="Targets due in the period: met, out of all that are met or missed. Open ones that are overdue count.",
            measures=("all", "first", "next", "resolution"),
            columns=[
                ReportColumn("in_target", "In target", "share"), ReportColumn("due", "Due"),
                *_count_columns(
                    ("met", "Met"), ("answered_late", "Answered late"), ("open_late", "Open and overdue"),
                    ("dismissed_late", "Dismissed after the deadline"),
                    ("wrote_again", "Wrote again within 24 h of a dismissal"), ("pending", "Not due yet"),
                    ("released", "Dismissed before the deadline"),
                ),
            ],
            figures=_promised, cells=_promise_cells, listed=_behind_promises,
        ),
        Kind(
            name="rate",
            says="What became of the waits that began in the period. Rate: answered, out of answered, closed "
            "unanswered, and open for longer than 24 h or the target.",
            columns=[
                ReportColumn("response_rate", "Response rate", "share"),
                ReportColumn("action_rate", "Action rate", "share"),
                *_count_columns(
                    ("answered", "Answered"), ("open_old", "Still open"), ("left", "Closed unanswered"),
                    ("open_young", "Open, not counted yet"), ("dismissed", "Dismissed"), ("unasked", "Asked nothing"),
                    ("voided", "Voided"), ("acted", "Acted on"), ("received", "Needed somebody"),
                    ("outside", "Answered in the network's app"), ("automatic_first", "Automatic answer came first"),
                ),
            ],
            figures=_rates, cells=_rate_cells, listed=_behind_rates, additive=True,
        ),
        Kind(
            name="reopened",
            says="Episodes that closed in the period, and how many of them customers opened again.",
            columns=[
                ReportColumn("reopen_share", "Reopened", "share"),
                *_count_columns(("closed", "Closed"), ("reopened", "Reopened"), ("automatic", "Closed automatically")),
            ],
            figures=_closes, cells=lambda raw: {"reopen_share": share(raw["reopened"], raw["closed"]), **raw},
            listed=_behind_closes, additive=True,
        ),
        Kind(
            name="volume",
            says="What came, and what was done.",
            columns=_count_columns(
                ("received", "Received"), ("asked", "Needed an answer"), ("answered", "Answered"),
                ("dismissed", "Dismissed"), ("unasked", "Asked nothing"), ("left_unanswered", "Closed unanswered"),
                ("voided", "Voided"), ("started", "New conversations"), ("reopened", "Reopened"),
                ("replied", "Replies by people"), ("replied_automatically", "Automatic replies"), ("noted", "Notes"),
                ("closed", "Closed"), ("closed_automatically", "Closed automatically"),
            ),
            figures=_volume, cells=_as_they_are, listed=_behind_volume, extra_keys=("by",), additive=True,
        ),
        Kind(
            name="moderation",
            says="What was done to public items, and by whom.",
            columns=_count_columns(
                ("hidden", "Hidden"), ("shown", "Shown again"), ("deleted", "Deleted by us"),
                ("deleted_by_author", "Deleted by the author"), ("reacted", "Reactions"), ("spam", "Spam"),
                ("no_spam", "Spam taken back"), ("by_person", "By people"), ("by_rule", "By rules"),
                ("outside", "In the network's app"),
            ),
            figures=_moderation, cells=_as_they_are, listed=_behind_moderation, extra_keys=("by",), additive=True,
        ),
        Kind(
            name="reviews",
            version=2,
            says="Reviews that came in the period by the stars they came with; how many of those that needed it were "
            "answered; changes by their authors.",
            columns=[
                ReportColumn("average", "Average stars", "stars"), ReportColumn("answered_share", "Answered", "share"),
                *_count_columns(
                    ("reviews", "Reviews"), *((f"stars_{n}", f"{n} stars") for n in range(1, 6)),
                    ("needed", "Needed an answer"), ("answered", "Answered"), ("edited", "Changed"),
                    ("edited_after_reply", "Changed after our answer"),
                ),
            ],
            figures=_reviews, cells=_review_cells, listed=_behind_reviews, additive=True,
        ),
        Kind(
            name="parts",
            says="What answered waits were made of, on average: lag + queue + team + person + taken for ended + "
            "delivery is the customer's clock.",
            measures=("all", "first", "next", "reopened"),
            columns=[
                ReportColumn("n", "Number", "count", "n"),
                *(ReportColumn(key, title, "seconds") for key, title in PART_TITLES.items()),
            ],
            figures=_parts, cells=_part_cells, listed=_behind_response,
        ),
    )
}  # fmt: skip
