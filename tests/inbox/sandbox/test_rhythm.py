"""The shape of the month: hours, teams, and the bad weekend."""

from __future__ import annotations

from datetime import timedelta

from inbox.clock import DAY, HOUR, MINUTE
from inbox.sandbox import rhythm
from inbox.sandbox.rhythm import Chance, answered_at, bad_weekend, instant, local

NOW = 1_795_300_000_000_000
CHANCE = Chance(7)
STORM = bad_weekend(NOW)


def waits(team: str, hour: int, *, in_storm: bool = False) -> list[int]:
    """How long each of many waits who writes in an hour of an ordinary Wednesday, or of the bad Saturday; sorted."""
    day = STORM[0] if in_storm else STORM[0] - timedelta(days=3)
    asked = [instant(day, hour, n / 400) for n in range(400)]
    return sorted(answered_at(CHANCE, at, team, STORM, n) - at for n, at in enumerate(asked))


def test_draws_depend_on_the_seed_and_on_what_they_are_for() -> None:
    """The same draw is always the same; another seed or purpose is another."""
    assert CHANCE.below(1_000_000, "a", 1) == Chance(7).below(1_000_000, "a", 1)
    assert CHANCE.below(1_000_000, "a", 1) != Chance(8).below(1_000_000, "a", 1)
    assert CHANCE.below(1_000_000, "a", 1) != CHANCE.below(1_000_000, "a", 2)


def test_the_bad_weekend_is_a_saturday_and_a_sunday_of_the_month() -> None:
    """It lies more than a week back, and within the month."""
    saturday, sunday = STORM

    assert (saturday.weekday(), sunday.weekday()) == (5, 6)
    assert timedelta(days=8) <= local(NOW).date() - sunday < timedelta(days=rhythm.PAST_DAYS)


def test_half_of_the_answers_take_what_the_team_takes() -> None:
    """In a good hour the median is the team's own; orders go faster than returns, and those than reviews."""
    medians = [waits(team, 10)[200] / MINUTE for team in ("Orders", "Returns", "Reviews")]

    assert medians == sorted(medians)
    assert 8 < medians[0] < 18
    assert 24 < medians[1] < 48


def test_the_afternoon_and_the_bad_weekend_are_slower() -> None:
    """At lunch time answers take longer, in the storm far longer."""
    assert waits("Orders", 13)[200] > 1.4 * waits("Orders", 10)[200]
    assert waits("Orders", 10, in_storm=True)[200] > 4 * waits("Orders", 10)[200]


def test_nobody_answers_at_night() -> None:
    """What comes after hours is answered after the next opening, and within a day all the same."""
    day = STORM[0] - timedelta(days=3)
    for n in range(200):
        asked = instant(day, 22, n / 200)
        at = answered_at(CHANCE, asked, "Orders", STORM, n)
        assert rhythm.OPENS <= local(at).hour < rhythm.CLOSES
        assert 8 * HOUR < at - asked < DAY
