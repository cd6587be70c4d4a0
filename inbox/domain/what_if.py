"""What if: a draft of policies and hours, asked of what has happened. Nothing is written.

Each target is judged by the rules of `domain.targets`, with the labels that the conversations carry now. Counted is
what began in the period and was due by now: a wait that was dismissed or voided before its deadline asks for nothing,
one that ended so after it, or still runs, was missed. An episode that was closed in time is due when the rest of its
time would have passed.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from inbox.clock import DAY, MINUTE, SECOND
from inbox.domain.calendar import OpenHours, add_open_time, open_time
from inbox.domain.sla import Asked, Kind, PolicyVersion, Promise, Terms

MAX_MISSED = 100
_QUARTER = 15 * MINUTE
DAYS = (30, 90)
_FOR_EVER = 2**62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_fields = msgspec.json.Decoder(dict[str, str]).decode


class PastWait(msgspec.Struct, frozen=True):
    """A wait of the past, with the labels of its conversation."""

    id: int
    opened_at: int
    customer_opened_at: int
    ended_at: int | None
    customer_ended_at: int | None
    end: str
    first: int
    team_id: int | None
    conversation_id: int
    number: int
    channel_id: int
    network: str
    kind: str
    priority: str
    tags: str
    language: str | None
    fields: str


class PastEpisode(msgspec.Struct, frozen=True):
    """An episode of the past, with the labels of its conversation."""

    opened_at: int
    closed_at: int | None
    team_id: int | None
    conversation_id: int
    number: int
    channel_id: int
    network: str
    kind: str
    priority: str
    tags: str
    language: str | None
    fields: str


class Missed(msgspec.Struct, frozen=True):
    """A target that would have been missed. `ended_at` None: it still runs."""

    conversation_id: int
    number: int
    kind: Kind
    began_at: int
    deadline_at: int
    ended_at: int | None


class Count(msgspec.Struct):
    """Targets that were due, and those of them that were met."""

    due: int = 0
    met: int = 0

    def add(self, met: bool) -> None:
        """One more."""
        self.due += 1
        self.met += met

    @property
    def share(self) -> float | None:
        """In target, of one; None without any."""
        return self.met / self.due if self.due else None


class WhatIf:
    """Judges what it is given, and counts. `zone`: whose hours of the day are shown. `drafts`: the policies that are
    asked about, where others of `terms` only take what is theirs; None: all of them.
    """

    def __init__(self, terms: Terms, zone: str, now: int, drafts: frozenset[int] | None = None) -> None:
        self.terms = terms
        self.now = now
        self.drafts = drafts
        self.totals: dict[tuple[int, Kind], Count] = {}
        """(days, kind) → count."""
        self.cells: dict[tuple[int, int | None, int], Count] = {}
        """(days, team, hour of the day it began) → count."""
        self.uncovered = 0
        """Waits that no policy is for."""
        self.taken = 0
        """Waits that another policy is for."""
        self._missed: list[tuple[tuple[int, int, int], Missed]] = []
        self._counted = itertools.count()
        self._place = ZoneInfo(zone)
        self._matched: dict[tuple[Any, ...], Promise | None] = {}
        self._hours: dict[int, int] = {}
        self._waited: dict[int, list[tuple[int, int]]] = {}

    @property
    def missed(self) -> list[Missed]:
        """The newest `MAX_MISSED`, newest first."""
        return [one for _, one in sorted(self._missed, key=lambda entry: entry[0], reverse=True)]

    def waits(self, rows: Iterable[Sequence[Any]]) -> None:
        """Judge waits."""
        pauses = any("waiting_on_customer" in one.terms.pauses for one in self.terms.promises)
        for row in rows:
            wait = PastWait(*row)
            if pauses and self.terms.resolves:
                stretch = wait.opened_at, wait.ended_at if wait.ended_at is not None else self.now
                self._waited.setdefault(wait.conversation_id, []).append(stretch)
            self._wait(wait)

    def _wait(self, wait: PastWait) -> None:
        promise = self._promised(wait)
        if promise is None:
            self.uncovered += 1
            return
        if not self._asked_about(promise):
            self.taken += 1
            return
        terms, kind = promise.terms, ("first" if wait.first else "next")
        seconds = terms.seconds(kind)  # type: ignore[arg-type]
        if seconds is None:
            return
        customer = terms.clock == "customer"
        began = wait.customer_opened_at if customer else wait.opened_at
        ended = wait.customer_ended_at if customer and wait.end == "answered" else wait.ended_at
        calendar = self.terms.calendar(terms, wait.team_id, wait.channel_id)
        deadline = add_open_time(calendar, began, seconds * SECOND)
        if deadline is None or deadline > self.now:
            return
        in_time = ended is not None and ended <= deadline
        if in_time and wait.end != "answered":
            return
        miss = Missed(wait.conversation_id, wait.number, kind, began, deadline, ended)  # type: ignore[arg-type]
        self._count(miss, wait.team_id, in_time)

    def _promised(self, row: PastWait | PastEpisode) -> Promise | None:
        labels = (row.channel_id, row.network, row.kind, row.priority, row.tags, row.language, row.fields)
        if labels not in self._matched:
            self._matched[labels] = self.terms.promised(_asked_of(row))
        return self._matched[labels]

    def _asked_about(self, promise: Promise) -> bool:
        return self.drafts is None or promise.policy_id in self.drafts

    def _hour(self, at: int) -> int:
        quarter = at // _QUARTER
        if quarter not in self._hours:
            # Zones differ by whole quarters of an hour.
            self._hours[quarter] = (_EPOCH + timedelta(microseconds=quarter * _QUARTER)).astimezone(self._place).hour
        return self._hours[quarter]

    def episodes(self, rows: Iterable[Sequence[Any]]) -> None:
        """Judge resolutions. After the waits, where the clock stands while nobody waits for us."""
        for row in rows:
            episode = PastEpisode(*row)
            promise = self._promised(episode)
            if promise is None or not self._asked_about(promise):
                continue
            if promise.terms.resolution_seconds is not None:
                self._episode(episode, promise.terms, promise.terms.resolution_seconds)

    def _episode(self, episode: PastEpisode, terms: PolicyVersion, seconds: int) -> None:
        calendar = self.terms.calendar(terms, episode.team_id, episode.channel_id)
        until = episode.closed_at if episode.closed_at is not None else self.now
        runs = [(episode.opened_at, until)]
        if "waiting_on_customer" in terms.pauses:
            runs = _within(self._waited.get(episode.conversation_id, []), episode.opened_at, until)
        deadline = _deadline(calendar, [*runs, (until, _FOR_EVER)], seconds * SECOND)
        if deadline is None or deadline > self.now:
            return
        miss = Missed(
            episode.conversation_id, episode.number, "resolution", episode.opened_at, deadline, episode.closed_at
        )
        self._count(miss, episode.team_id, episode.closed_at is not None and episode.closed_at <= deadline)

    def _count(self, one: Missed, team_id: int | None, met: bool) -> None:
        hour = self._hour(one.began_at)
        for days in DAYS:
            if one.began_at >= self.now - days * DAY:
                self.totals.setdefault((days, one.kind), Count()).add(met)
                self.cells.setdefault((days, team_id, hour), Count()).add(met)
        if not met:
            # The count keeps two of one instant from being compared any further.
            entry = (one.began_at, one.conversation_id, next(self._counted)), one
            (heapq.heappush if len(self._missed) < MAX_MISSED else heapq.heappushpop)(self._missed, entry)


def _asked_of(row: PastWait | PastEpisode) -> Asked:
    fields: Mapping[str, str] = _fields(row.fields) if row.fields else {}
    return Asked(
        channel_id=row.channel_id,
        network=row.network,
        kind=row.kind,
        priority=row.priority,
        tag_ids=frozenset(int(tag) for tag in row.tags.split(",") if tag),
        language=row.language,
        fields=fields,
    )


def _within(stretches: Iterable[tuple[int, int]], begin: int, end: int) -> list[tuple[int, int]]:
    """The stretches inside a span, in order, those that overlap joined."""
    joined: list[tuple[int, int]] = []
    for since, until in sorted((max(a, begin), min(b, end)) for a, b in stretches):
        if since >= until:
            continue
        if joined and since <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(until, joined[-1][1])
        else:
            joined.append((since, until))
    return joined


def _deadline(calendar: OpenHours | None, runs: Iterable[tuple[int, int]], left: int) -> int | None:
    """When `left` of a calendar's time has passed in stretches in which the clock runs, the last without an end; None:
    it never will.
    """
    for since, until in runs:
        if until == _FOR_EVER:
            return add_open_time(calendar, since, left)
        passed = open_time(calendar, since, until)
        if passed >= left:
            return add_open_time(calendar, since, left)
        left -= passed
    return None
