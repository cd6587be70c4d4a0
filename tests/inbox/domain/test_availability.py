"""Available, busy, away, offline: what holds, and what follows from coming and going."""

from __future__ import annotations

import pytest

from inbox.clock import MINUTE, SECOND
from inbox.domain.availability import here, never_seen, said, silent
from inbox.domain.routing_records import Availability

NOW = 1_000_000 * SECOND
AWAY_SECONDS = 300


def at_work(**changes: object) -> Availability:
    """Somebody who came a minute ago and is here."""
    row = here(never_seen(7, NOW - MINUTE), NOW)
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def test_whoever_comes_is_available() -> None:
    """Nobody has to remember a switch in the morning."""
    assert here(never_seen(7, NOW), NOW).state == "available"


@pytest.mark.parametrize("state", ["busy", "away", "offline"])
def test_what_was_said_by_hand_holds_while_one_is_here(state: str) -> None:
    """A socket that comes back after a moment changes nothing."""
    row = said(at_work(), state, 3, NOW)  # type: ignore[arg-type]

    assert here(row, NOW + MINUTE).state == state
    assert here(row, NOW + MINUTE).reason_id == 3


@pytest.mark.parametrize("state", ["away", "offline"])
def test_coming_back_after_a_while_makes_available_whatever_was_set(state: str) -> None:
    """Lunch is over when one sits down again, and yesterday's offline does not hold today."""
    row = said(at_work(), state, None, NOW)  # type: ignore[arg-type]
    gone = silent(row, NOW + 6 * MINUTE, AWAY_SECONDS)

    assert gone.state == state
    assert here(gone, NOW + 7 * MINUTE).state == "available"


@pytest.mark.parametrize("state", ["available", "busy"])
def test_who_is_silent_is_away_and_after_an_hour_offline(state: str) -> None:
    """Not before the house says so, and from then on the work he has is looked after."""
    row = at_work(state=state)

    assert silent(row, NOW + 4 * MINUTE, AWAY_SECONDS).state == state
    away = silent(row, NOW + 5 * MINUTE, AWAY_SECONDS)
    assert (away.state, away.automatic, away.since_at) == ("away", 1, NOW + 5 * MINUTE)
    assert silent(away, NOW + 30 * MINUTE, AWAY_SECONDS) is away
    assert silent(away, NOW + 61 * MINUTE, AWAY_SECONDS).state == "offline"


def test_saying_the_same_again_does_not_begin_it_anew() -> None:
    """How long somebody has been away is counted from when he went."""
    away = silent(at_work(), NOW + 5 * MINUTE, AWAY_SECONDS)

    again = said(away, "away", None, NOW + 20 * MINUTE)

    assert (again.since_at, again.automatic) == (NOW + 5 * MINUTE, 0)
