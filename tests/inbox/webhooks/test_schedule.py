"""When something is tried again."""

from __future__ import annotations

import pytest

from inbox.clock import DAY, HOUR, MINUTE, SECOND
from inbox.webhooks import schedule

NOW = 1_800_000_000 * SECOND


@pytest.mark.parametrize(
    ("status", "number", "outcome"),
    [
        (200, 1, "delivered"), (299, 10, "delivered"), (410, 1, "gone"), (302, 1, "retry"), (404, 1, "retry"),
        (500, 9, "retry"), (500, 10, "given_up"), (None, 1, "retry"), (None, 10, "given_up"),
    ],
)  # fmt: skip
def test_what_an_answer_means(status: int | None, number: int, outcome: str) -> None:
    """2xx is taken, 410 ends it, anything else is tried again, ten times."""
    assert schedule.outcome_of(status, number) == outcome


def test_an_event_keeps_its_place_at_first_and_then_steps_aside() -> None:
    """Twice in its place; then half an hour later, up to a fifth more or less."""
    assert schedule.due_again(1, NOW - 5, NOW) == schedule.due_again(2, NOW - 5, NOW) == NOW - 5
    third = {schedule.due_again(3, NOW - 5, NOW) - NOW for _ in range(200)}
    assert 24 * MINUTE <= min(third) < 30 * MINUTE < max(third) <= 36 * MINUTE


def test_tries_go_on_for_three_days() -> None:
    """Together the delays are about as long as the specification advises."""
    assert 3 * DAY <= sum(schedule.DELAYS) <= 3.5 * DAY


def test_a_receiver_that_is_down_is_looked_at_every_five_minutes() -> None:
    """The pause grows to five minutes and not beyond."""
    assert schedule.pause(1, NOW, None) - NOW <= 6 * SECOND
    assert schedule.pause(50, NOW, None) - NOW <= 6 * MINUTE


def test_what_a_receiver_asks_for_is_respected_for_a_day_at_most() -> None:
    """A longer wait than ours is taken, a shorter one is not, an absurd one is cut."""
    assert schedule.pause(1, NOW, NOW + HOUR) == NOW + HOUR
    assert schedule.pause(5, NOW, NOW + SECOND) > NOW + 3 * MINUTE
    assert schedule.pause(1, NOW, NOW + 900 * DAY) == NOW + DAY


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("120", NOW + 120 * SECOND),
        ("Fri, 15 Jan 2027 08:00:10 GMT", NOW + 10 * SECOND),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(said: str, at: int | None) -> None:
    """What is neither is as if it were absent."""
    assert schedule.retry_after({"retry-after": said}, NOW) == at
