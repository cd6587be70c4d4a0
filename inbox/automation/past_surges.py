"""When far more than usual came, told from what came: the same looks as those of rules that run (`surges.look_for`),
one each half minute of the past.

A rule that runs looks at instants of its own, up to half a minute apart from these. Told as if it had been switched on
when the days that are asked for began.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

import msgspec

from inbox.automation.surges import DAYS, LOOK_SECONDS, begins, is_over
from inbox.clock import DAY, MINUTE, SECOND
from inbox.domain.rules import OnVolume

STEP = LOOK_SECONDS * SECOND
LOOKS = DAY // STEP
"""Looks of a day: a day later the clock shows the same, so that a look and its usual are the same place of a day."""
_NOTHING = [0] * LOOKS


class PastSurge(msgspec.Struct, kw_only=True):
    """One surge: noted at the look `began_at`, until the look `ended_at` (None: it lasts)."""

    ref: int
    began_at: int
    ended_at: int | None = None
    count: int
    usual: float
    conversations: list[int]
    """In which the items of its window came, by id."""


class PastSurges:
    """Told what came in the order of its instants, says what surged after `since` and up to `until` (µs)."""

    def __init__(self, trigger: OnVolume, since: int, until: int) -> None:
        self._trigger = trigger
        self._since = since
        self._until = until
        self._came: dict[int, _Came] = {}

    @property
    def needed_since(self) -> int:
        """What came after this instant has to be told: the first look has its usual too."""
        return self._since - DAYS * DAY - self._trigger.minutes * MINUTE

    def tell(self, came: Iterable[tuple[int, int, int]]) -> None:
        """The next items: (instant, channel or post or campaign, conversation)."""
        known = self._came
        for at, ref, conversation_id in came:
            there = known.get(ref)
            if there is None:
                there = known[ref] = _Came(self._trigger.minutes * MINUTE)
            there.at.append(at)
            there.conversations.append(conversation_id)

    @property
    def refs(self) -> list[int]:
        """Where anything came."""
        return sorted(self._came)

    def of(self, ref: int) -> list[PastSurge]:
        """The surges of one of them, oldest first."""
        came, trigger = self._came[ref], self._trigger
        found: list[PastSurge] = []
        running: PastSurge | None = None
        for day in range(self._since // DAY, self._until // DAY + 1):
            if running is None and came.seen(day) < trigger.minimum:
                continue
            counts = came.counts(day)
            if running is None and max(counts) < trigger.minimum:
                continue
            for at, count, total in self._looks(day, counts, came.usual(day)):
                usual = total / DAYS
                if running is None and begins(trigger, count, usual):
                    running = PastSurge(
                        ref=ref, began_at=at, count=count, usual=usual, conversations=came.conversations_at(at)
                    )
                    found.append(running)
                elif running is not None and is_over(trigger, count, usual):
                    running.ended_at, running = at, None
        return found

    def _looks(self, day: int, counts: Sequence[int], totals: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """(instant, what came until then, what came until then on all the days before) of the looks of a day."""
        for n, (count, total) in enumerate(zip(counts, totals, strict=True)):
            at = day * DAY + n * STEP
            if self._since < at <= self._until:
                yield at, count, total


class _Came:
    """What came in one place. A look sees what came in `span` before it."""

    def __init__(self, span: int) -> None:
        self.at = array("q")
        self.conversations = array("q")
        self._span = span
        self._counts: dict[int, list[int]] = {}

    def counts(self, day: int) -> list[int]:
        """What each look of a day sees. The days before the two weeks of `usual` are forgotten."""
        found = self._counts.get(day)
        if found is None:
            self._counts.pop(day - DAYS - 1, None)
            found = self._counts[day] = self._counted(day * DAY)
        return found

    def seen(self, day: int) -> int:
        """How many the looks of a day see, all together."""
        first, last = self._among(day * DAY)
        return last - first

    def _among(self, start: int) -> tuple[int, int]:
        return bisect_right(self.at, start - self._span), bisect_right(self.at, start + DAY - STEP)

    def _counted(self, start: int) -> list[int]:
        first, last = self._among(start)
        if first == last:
            return _NOTHING
        # An item is seen from the first look at or after it, until the last one before its span is over.
        changes = [0] * (LOOKS + 1)
        for at in self.at[first:last]:
            changes[max(0, -((start - at) // STEP))] += 1
            changes[min(LOOKS, -((start - at - self._span) // STEP))] -= 1
        return list(accumulate(changes[:LOOKS]))

    def usual(self, day: int) -> list[int]:
        """What the looks of the two weeks before saw at the same time of the day, added up."""
        days = [counts for back in range(1, DAYS + 1) if (counts := self.counts(day - back)) is not _NOTHING]
        return [sum(looks) for looks in zip(*days, strict=True)] if days else _NOTHING

    def conversations_at(self, at: int) -> list[int]:
        """Those in which the items came that a look sees."""
        first, last = bisect_right(self.at, at - self._span), bisect_right(self.at, at)
        return sorted(set(self.conversations[first:last]))
