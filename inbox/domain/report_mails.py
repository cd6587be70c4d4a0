"""Reports that are mailed: which, to whom, when, and of what period.

A mail is due at a time of day of its zone: every day, on a weekday, or on a day of the month. Its period is made of
whole local days that are over: the day before, the seven days before, or the calendar month before.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import msgspec

from inbox.clock import SECOND
from inbox.domain.calendar import instant_of
from inbox.domain.figures import Asked, Filters
from inbox.domain.records import Record
from inbox.domain.surveys import RANGE
from inbox.errors import Invalid

REPORT_MAIL: Final = "report_mail"
"""Kind of the timers and of the jobs."""
TOPICS = "topics"
"""What a department is told weekly: tags, words, reviews. Not a table like the other reports."""
STRIKES = 3
"""So many refusals in a row, and an address gets no more."""
MOST_RECIPIENTS = 50
Every = Literal["day", "week", "month"]
Form = Literal["none", "csv", "xlsx"]
_DAYS_AHEAD = 63
_OF_THE_PAGE = frozenset({"from", "to", "zone", "heat", "cell", "of", "wait"})
"""Parts of a report's address that a mail says otherwise, or does not need."""
_NUMBERS = frozenset({"channel", "team", "agent", "owner", "tag", "campaign", "post", "rating", "survey"})
_FILTERS = tuple(field.name for field in msgspec.structs.fields(Filters))


class ReportMail(Record):
    """A report that is mailed again and again."""

    id: int
    name: str
    owner_id: int
    """Who saved it last: it shows what he sees."""
    agent_ids: str
    """JSON list of ids."""
    addresses: str
    """JSON list of others' addresses."""
    query: str
    """The address of the reports page after the `?`, without its period."""
    every: str
    weekday: int
    """Of `week`: Monday is 0."""
    month_day: int
    """Of `month`: a day that a month does not have is its last."""
    minute: int
    """Of the day, in `zone`."""
    zone: str
    language: str
    """Of what goes to addresses; agents read their own."""
    form: str
    active: int
    off_reason: str
    """Why it was switched off, if nobody did."""
    strikes: str
    """JSON object: address → refusals in a row."""
    created_at: int
    version: int


class ReportMailSend(Record):
    """One mail to one address, for one instant at which it was due."""

    id: int
    mail_id: int
    due_at: int
    address: str
    trial: int
    state: str
    """`queued`, `sent`, `refused` (the server does not take the address) or `failed`."""
    reason: str
    at: int


class Address(msgspec.Struct, frozen=True):
    """What the address of the reports page asks for, without its period."""

    report: str
    by: tuple[str, ...]
    hours: Literal["calendar", "business"]
    clock: Literal["customer", "desk"]
    measure: str
    filters: Filters

    def asked(self, since: int, until: int, zone: str, now: int) -> Asked:
        """The same, of a period."""
        return Asked(
            since=since, until=until, zone=zone, by=self.by, clock=self.clock, hours=self.hours,
            measure=self.measure, filters=self.filters, now=now,
        )  # fmt: skip


def read_address(query: str) -> Address:
    """What an address asks for. Raises Invalid for what the reports page does not write."""
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(query.lstrip("?")):
        given.setdefault(name, []).append(value)
    unknown = given.keys() - _OF_THE_PAGE - {"report", "by", "measure", "hours", "clock", *_FILTERS}
    if unknown:
        raise Invalid(f"the address of a report has no {min(unknown)!r}: copy it from the reports page", code="query")
    filters: dict[str, Any] = {}
    for name in given.keys() & set(_FILTERS):
        filters[name] = tuple(_value(name, one) for one in given[name])
    report = given.get("report", ["response"])[0]
    if "survey" in given and report not in RANGE:
        raise Invalid(f"report {report} is not of surveys: take the survey out of its address", code="query")
    hours, clock = given.get("hours", ["calendar"])[0], given.get("clock", ["customer"])[0]
    if hours not in ("calendar", "business") or clock not in ("customer", "desk"):
        raise Invalid("hours are calendar or business, the clock is customer or desk", code="query")
    return Address(
        report,
        tuple(given.get("by", ())),
        "business" if hours == "business" else "calendar",
        "desk" if clock == "desk" else "customer",
        given.get("measure", [""])[0],
        Filters(**filters),
    )


def _value(name: str, text: str) -> int | str:
    if name not in _NUMBERS:
        return "" if text in ("0", "none") else text
    if text == "none":
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise Invalid(f"{name}={text} is no id: copy the address from the reports page", code="query")
    return int(text)


def without_period(query: str) -> str:
    """An address as it is kept."""
    return urlencode([(name, value) for name, value in parse_qsl(query.lstrip("?")) if name not in _OF_THE_PAGE])


def with_period(query: str, since: int, until: int, zone: str) -> str:
    """The address of the same report for a period of whole days, both ends part of it."""
    days = [("from", day_of(since, zone).isoformat()), ("to", day_of(until - 1, zone).isoformat()), ("zone", zone)]
    return urlencode([*parse_qsl(query), *days])


def next_due(mail: ReportMail, after: int) -> int:
    """The first instant after another at which it is due."""
    today = day_of(after, mail.zone)
    for ahead in range(_DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        if _falls_on(mail, day) and (at := instant_of(day, mail.minute, mail.zone)) > after:
            return at
    raise AssertionError("two months have every weekday and every day of a month")


def _falls_on(mail: ReportMail, day: date) -> bool:
    if mail.every == "week":
        return day.weekday() == mail.weekday
    if mail.every == "month":
        return day.day == min(mail.month_day, monthrange(day.year, day.month)[1])
    return True


def period_of(mail: ReportMail, due_at: int) -> tuple[int, int]:
    """The whole days that a mail due at this instant tells of: its begin, and its end, not part of it (µs)."""
    today = day_of(due_at, mail.zone)
    if mail.every == "month":
        end = today.replace(day=1)
        begin = (end - timedelta(days=1)).replace(day=1)
    else:
        end = today
        begin = today - timedelta(days=7 if mail.every == "week" else 1)
    return instant_of(begin, 0, mail.zone), instant_of(end, 0, mail.zone)


def day_of(at: int, zone: str) -> date:
    """The date it is in a zone."""
    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(zone)).date()
