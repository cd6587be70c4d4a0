"""When people write and how long they wait, hour by hour and team by team: the shape of the month. Pure, by seed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inbox.clock import MINUTE, SECOND

PAST_DAYS = 30
HERE = ZoneInfo("Europe/Athens")
"""Where the company is: its working hours are this zone's."""
OPENS, CLOSES = 8, 20
SUNDAY_OPENS, SUNDAY_CLOSES = 10, 16
BUSY = (1, 1, 1, 1, 1, 2, 4, 8, 13, 17, 18, 16, 14, 12, 11, 11, 12, 14, 17, 19, 18, 13, 7, 3)
"""How much is written in each hour of the day, beside the others."""
MINUTES: Mapping[str, float] = {"Orders": 12.0, "Returns": 34.0, "Public": 20.0, "Reviews": 190.0}
"""Half of a team's answers take no longer, in its best hours."""
TIRED: Mapping[int, float] = {12: 1.4, 13: 1.9, 14: 1.5, 17: 1.2, 18: 1.5, 19: 1.7}
"""Hours in which answers take longer, and by how much."""
STORM = 6.5
"""How much longer they take on the bad weekend."""
_SPREAD = 0.95
_LONGEST = 21 * 60 * MINUTE
"""Nobody waits longer on a network whose window for free answers is a day."""


class Chance:
    """Draws that depend on the seed and on what they are for, and on nothing else."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def below(self, limit: int, *of: object) -> int:
        """A number from 0 to `limit` - 1."""
        return int.from_bytes(hashlib.blake2b(f"{self.seed}:{of}".encode(), digest_size=7).digest()) % limit

    def share(self, *of: object) -> float:
        """A number from 0 to 1."""
        return self.below(1_000_000, *of) / 1_000_000

    def spread(self, *of: object) -> float:
        """A number around 0, seldom beyond 2: the sum of several draws."""
        return sum(self.share(*of, i) for i in range(6)) * math.sqrt(2) - 3 * math.sqrt(2)


def bad_weekend(begun_at: int) -> tuple[date, date]:
    """The Saturday and Sunday of the storm: the newest ones that are at least eight days past."""
    day = local(begun_at).date() - timedelta(days=8)
    while day.weekday() != 6:
        day -= timedelta(days=1)
    return day - timedelta(days=1), day


def campaign_day(begun_at: int) -> date:
    """The day on which the campaign's post went up."""
    return local(begun_at).date() - timedelta(days=17)


def local(at: int) -> datetime:
    """An instant on the company's wall clock."""
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone(HERE)


def instant(day: date, hour: int, within: float) -> int:
    """A moment of an hour (`within` from 0 to 1) on the company's wall clock, µs."""
    begins = datetime.combine(day, time(hour), HERE)
    return round(begins.timestamp()) * SECOND + round(within * 3600 * SECOND)


def hour_of(chance: Chance, *of: object) -> int:
    """An hour in which somebody writes."""
    drawn = chance.below(sum(BUSY), "hour", *of)
    for hour, weight in enumerate(BUSY):
        drawn -= weight
        if drawn < 0:
            return hour
    raise AssertionError("the draw lies below the sum of the weights")


def answered_at(chance: Chance, asked_at: int, team: str, storm: tuple[date, date], *of: object) -> int:
    """When a team answers what came at an instant: after a while of work, and only while it is at work."""
    asked = local(asked_at)
    slow = TIRED.get(asked.hour, 1.0) * (STORM if asked.date() in storm else 1.0)
    takes = MINUTES[team] * slow * math.exp(_SPREAD * chance.spread("takes", *of))
    at = asked_at + round(takes * MINUTE)
    if not _at_work(local(at)):
        queue = 4 + 70 * chance.share("queue", *of)
        at = _next_opening(at) + round(queue * MINUTE)
    return min(at, asked_at + _LONGEST)


def _hours(day: date) -> tuple[int, int]:
    return (SUNDAY_OPENS, SUNDAY_CLOSES) if day.weekday() == 6 else (OPENS, CLOSES)


def _at_work(moment: datetime) -> bool:
    opens, closes = _hours(moment.date())
    return opens <= moment.hour < closes


def _next_opening(at: int) -> int:
    moment = local(at)
    before = moment.hour < _hours(moment.date())[0]
    day = moment.date() if before else moment.date() + timedelta(days=1)
    return instant(day, _hours(day)[0], 0.0)
