"""When an agent may be called, and when his digest comes."""

from __future__ import annotations

import pytest

from inbox.clock import DAY, HOUR, MINUTE
from inbox.domain.notifying import KINDS, URGENT, USUAL, Choices, Quiet, allowed_at, kind_of, next_digest
from tests.inbox.domain.wall_times import at

ATHENS = "Europe/Athens"
NIGHT = Choices(quiet=Quiet(begin=22 * 60, end=7 * 60), zone=ATHENS, urgent_passes=False)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-21T21:59", "2026-11-21T21:59"),
        ("2026-11-21T22:00", "2026-11-22T07:00"),
        ("2026-11-22T03:00", "2026-11-22T07:00"),
        ("2026-11-22T06:59", "2026-11-22T07:00"),
        ("2026-11-22T07:00", "2026-11-22T07:00"),
    ],
)
def test_the_night_ends_in_the_morning_of_the_agents_place(now: str, until: str) -> None:
    """Quiet hours over midnight, in his zone; their end is no longer quiet."""
    assert allowed_at(NIGHT, "message", at(now, ATHENS)) == at(until, ATHENS)


def test_a_night_with_the_clock_change_ends_at_the_same_time_on_the_wall() -> None:
    """In spring it is an hour shorter, in autumn an hour longer."""
    spring, autumn = at("2026-03-28T22:00", ATHENS), at("2026-10-24T22:00", ATHENS)

    assert allowed_at(NIGHT, "message", spring) - spring == 8 * HOUR
    assert allowed_at(NIGHT, "message", autumn) - autumn == 10 * HOUR


def test_an_end_that_the_clock_change_skips_is_the_end_of_the_gap() -> None:
    """03:00 does not exist in Athens on that night: it is 04:00 at once."""
    quiet = Choices(quiet=Quiet(begin=22 * 60, end=3 * 60 + 30), zone=ATHENS)
    assert allowed_at(quiet, "message", at("2026-03-29T01:00", ATHENS)) == at("2026-03-29T04:00", ATHENS)


def test_an_end_that_comes_twice_ends_the_first_time() -> None:
    """In autumn 03:30 comes twice: the first time is the end."""
    quiet = Choices(quiet=Quiet(begin=22 * 60, end=3 * 60 + 30), zone=ATHENS)
    begun = at("2026-10-25T01:00", ATHENS)
    assert allowed_at(quiet, "message", begun) - begun == 2 * HOUR + 30 * MINUTE


def test_only_the_days_named_are_quiet_and_days_that_meet_are_one() -> None:
    """A whole weekend; Friday evening is none."""
    weekend = Choices(quiet=Quiet(begin=0, end=0, days=frozenset({5, 6})), zone=ATHENS)

    assert allowed_at(weekend, "message", at("2026-11-20T23:00", ATHENS)) == at("2026-11-20T23:00", ATHENS)
    assert allowed_at(weekend, "message", at("2026-11-21T10:00", ATHENS)) == at("2026-11-23T00:00", ATHENS)


def test_quiet_hours_that_never_end_are_left_after_a_week() -> None:
    """What is quiet all day, every day, does not loop: it comes a week later."""
    always = Choices(quiet=Quiet(begin=0, end=0), zone="UTC")
    now = at("2026-11-21T10:00", "UTC")
    assert now + 7 * DAY <= allowed_at(always, "message", now) <= now + 9 * DAY


def test_urgent_kinds_pass_if_the_agent_says_so() -> None:
    """Escalations, breaches and alarms; nothing else."""
    passes = Choices(quiet=NIGHT.quiet, zone=ATHENS)
    now = at("2026-11-22T03:00", ATHENS)

    assert {kind for kind in KINDS if allowed_at(passes, kind, now) == now} == set(URGENT)
    assert {kind for kind in KINDS if allowed_at(NIGHT, kind, now) == now} == set()


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-28T08:00", "2026-03-29T08:00"),
        ("2026-03-29T07:59", "2026-03-29T08:00"),
        ("2026-10-24T12:00", "2026-10-25T08:00"),
    ],
)
def test_the_daily_digest_comes_at_the_same_time_on_the_wall(now: str, due: str) -> None:
    """Also on the days of the clock change."""
    daily = Choices(digest="daily", digest_at=8 * 60, zone=ATHENS)
    assert next_digest(daily, at(now, ATHENS)) == at(due, ATHENS)


def test_hourly_digests_come_at_the_full_hour_and_none_to_who_wants_none() -> None:
    """At the full hour the next one is an hour later."""
    full = at("2026-11-22T10:00", "UTC")
    assert next_digest(Choices(digest="hourly"), full) == full + HOUR
    assert next_digest(Choices(digest="hourly"), full - MINUTE) == full
    assert next_digest(Choices(), full) is None


def test_every_kind_has_its_usual_ways_and_alarms_are_one_kind() -> None:
    """The words that notifications have been stored with belong to a kind."""
    assert set(USUAL) == set(KINDS)
    assert [kind_of(word) for word in ("assigned", "attention_disk", "mended_disk", "older_word")] == [
        "assigned", "attention", "attention", "attention",
    ]  # fmt: skip
