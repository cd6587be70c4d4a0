"""When a rule with a schedule is due: a time of the wall in a zone, on some weekdays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from inbox.clock import SECOND
from inbox.domain.calendar import instant_of
from inbox.domain.calendar_versions import WEEKDAYS
from inbox.domain.rules import OnSchedule


def next_occurrence(schedule: OnSchedule, after: int) -> int:
    """The first instant after one (µs) at which the wall shows that time on one of the days; a time that the spring
    change skips is at the end of the gap.
    """
    minutes = int(schedule.time[:2]) * 60 + int(schedule.time[3:])
    today = datetime.fromtimestamp(after // SECOND, UTC).astimezone(ZoneInfo(schedule.zone)).date()
    for offset in range(9):
        day = today + timedelta(days=offset)
        if WEEKDAYS[day.weekday()] in schedule.days:
            at = instant_of(day, minutes, schedule.zone)
            if at > after:
                return at
    raise ValueError("a schedule needs a day of the week")
