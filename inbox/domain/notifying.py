"""What agents can be told of, by which ways, and when they want to be left alone. Pure.

A notification always stands in the centre; `in_app` off: it is put there read, and nothing rings. Push and mail wait
while the agent's quiet hours last; what is urgent may pass if he says so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from inbox.clock import DAY, MINUTE, SECOND
from inbox.domain.calendar import instant_of

Kind = Literal[
    "assigned", "mentioned", "message", "followed", "team_new", "returned", "target_warned", "target_breached",
    "escalated", "failed", "review", "attention", "work_review",
]  # fmt: skip
Way = Literal["in_app", "push", "mail", "sound"]
Digest = Literal["off", "hourly", "daily"]

KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
WAYS: tuple[Way, ...] = Way.__args__  # type: ignore[attr-defined]
URGENT: frozenset[Kind] = frozenset({"escalated", "target_breached", "attention"})
"""Kinds that may pass quiet hours."""
USUAL: dict[Kind, frozenset[Way]] = {
    "assigned": frozenset({"in_app", "push"}),
    "mentioned": frozenset({"in_app", "push"}),
    "message": frozenset({"in_app", "push"}),
    "followed": frozenset({"in_app"}),
    "team_new": frozenset(),
    "returned": frozenset({"in_app"}),
    "target_warned": frozenset({"in_app"}),
    "target_breached": frozenset({"in_app", "push"}),
    "escalated": frozenset({"in_app", "push", "mail"}),
    "failed": frozenset({"in_app", "push"}),
    "review": frozenset({"in_app"}),
    "attention": frozenset({"in_app", "mail"}),
    "work_review": frozenset({"in_app"}),
}
"""By which ways who has chosen nothing is told. A kind without any is not told at all."""
SETTLING = 8 * SECOND
"""So long a push waits: what is seen in an open window meanwhile is not pushed."""
NEWS = DAY
"""What happened longer ago is no news: it is told to nobody, however late the log is read."""
DIGEST = "digest"
"""Kind of the timer of an agent's next digest; its ref is the agent."""


class Quiet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Hours of the day in which nothing rings, in minutes after midnight. An end that is not after the begin is on the
    next day.
    """

    begin: int
    end: int
    days: frozenset[int] = frozenset(range(7))
    """Weekdays on which they begin, 0 for Monday."""


class Choices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one agent chose. Empty: as usual."""

    ways: dict[str, frozenset[Way]] = {}
    """Kind → by which ways; a kind that is not named: as usual."""
    muted_channels: frozenset[int] = frozenset()
    quiet: Quiet | None = None
    zone: str = "UTC"
    urgent_passes: bool = True
    digest: Digest = "off"
    digest_at: int = 8 * 60
    """Minutes after midnight, in his zone."""
    stars: int = 2
    """Reviews of so many stars or fewer are told."""
    push_words: bool = False
    """A push may show what the customer wrote."""

    def by(self, kind: Kind) -> frozenset[Way]:
        """By which ways a kind is told."""
        return self.ways.get(kind, USUAL[kind])


choices_of = msgspec.json.Decoder(Choices).decode
encode = msgspec.json.Encoder().encode


_PART_OF: dict[str, Kind] = {"approval": "assigned", "sent_back": "returned", "line_held_back": "failed"}
"""Words for which one chooses nothing of their own: an answer to approve is work given to one, and so on."""


def kind_of(stored: str) -> Kind:
    """The kind that a notification's own word belongs to: `attention_disk` and `mended_disk` are `attention`."""
    if stored in KINDS:
        return stored
    return _PART_OF.get(stored, "attention")


def allowed_at(choices: Choices, kind: Kind, at: int) -> int:
    """The first instant from `at` on at which the agent may be called for a kind: `at` itself, or the end of his quiet
    hours. A quiet time that the clock change skips ends with the gap; one that it repeats ends the first time.
    """
    if choices.quiet is None or (kind in URGENT and choices.urgent_passes):
        return at
    # Hours that meet those of the next day are quiet for long: a week of them at most.
    for _ in range(8):
        end = _quiet_until(choices.quiet, choices.zone, at)
        if end is None:
            return at
        at = end
    return at


def _quiet_until(quiet: Quiet, zone: str, at: int) -> int | None:
    today = datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(zone)).date()
    for day in (today - timedelta(days=1), today):
        if day.weekday() not in quiet.days:
            continue
        over = quiet.end <= quiet.begin
        begin = instant_of(day, quiet.begin, zone)
        end = instant_of(day + timedelta(days=1) if over else day, quiet.end, zone)
        if begin <= at < end:
            return end
    return None


def next_digest(choices: Choices, now: int) -> int | None:
    """When the next digest is due after `now`; None: he wants none. Hourly ones come at the full hour."""
    if choices.digest == "off":
        return None
    if choices.digest == "hourly":
        hour = 60 * MINUTE
        return now // hour * hour + hour
    day = datetime.fromtimestamp(now // SECOND, UTC).astimezone(ZoneInfo(choices.zone)).date()
    for offset in range(3):
        at = instant_of(day + timedelta(days=offset), choices.digest_at, choices.zone)
        if at > now:
            return at
    raise AssertionError("a day has its hours")
