"""A draft asked of what has happened."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import astuple

from inbox.clock import DAY, HOUR
from inbox.domain.what_if import PastEpisode, PastWait, WhatIf
from tests.inbox.domain.promises import policy, terms

NOW = 1_800_000_000_000_000
AN_HOUR = 3600


def past(began: int, ended: int | None, end: str = "answered", **changes: Any) -> tuple[Any, ...]:
    """A wait, in hours before now."""
    opened, closed = NOW - began * HOUR, None if ended is None else NOW - ended * HOUR
    wait = PastWait(
        1,
        opened,
        opened,
        closed,
        closed if end == "answered" else None,
        end,
        changes.pop("first", 1),
        changes.pop("team_id", None),
        changes.pop("conversation_id", 10),
        5,
        7,
        "custom",
        "direct",
        changes.pop("priority", "normal"),
        "",
        None,
        "",
    )
    assert not changes
    return astuple(wait)


def judged(*rows: tuple[Any, ...], **promised: Any) -> WhatIf:
    """What one policy makes of waits."""
    judge = WhatIf(terms(policy(**({"first_response_seconds": AN_HOUR} | promised))), "UTC", NOW)
    judge.waits(rows)
    return judge


@pytest.mark.parametrize(
    ("row", "due", "met"),
    [
        (past(10, 9), 1, 1),
        (past(10, 8), 1, 0),
        (past(10, None, ""), 1, 0),
        (past(0, None, ""), 0, 0),
        (past(10, 10, "dismissed"), 0, 0),
        (past(10, 8, "dismissed"), 1, 0),
        (past(10, 8, "voided"), 1, 0),
        (past(10, 9, first=0), 0, 0),
    ],
)
def test_each_target_is_judged_as_it_would_have_been(row: tuple[Any, ...], due: int, met: int) -> None:
    """In time, late, open, not due yet, dismissed before and after its deadline, not promised."""
    judge = judged(row)
    count = judge.totals.get((30, "first"))

    assert ((count.due, count.met) if count else (0, 0)) == (due, met)
    assert len(judge.missed) == due - met


def test_periods_teams_and_hours_are_counted_apart() -> None:
    """What began 40 days ago is in the 90 days and not in the 30."""
    judge = judged(past(40 * 24, 0, team_id=4), past(2, 1))
    hour = (NOW // HOUR - 2) % 24

    assert (judge.totals[90, "first"].due, judge.totals[30, "first"].due) == (2, 1)
    assert judge.cells[30, None, hour].met == 1
    assert judge.cells[90, 4, NOW // HOUR % 24].met == 0
    assert NOW % DAY != 0


def test_what_no_policy_is_for_is_counted_apart() -> None:
    """An uncovered wait is neither met nor missed."""
    judge = judged(past(10, 9), priorities=frozenset({"urgent"}))

    assert (judge.uncovered, judge.totals) == (1, {})


@pytest.mark.parametrize(("pauses", "met"), [(frozenset({"waiting_on_customer"}), 1), (frozenset(), 0)])
def test_a_resolution_s_clock_stands_while_nobody_waits_for_us(pauses: frozenset[str], met: int) -> None:
    """Open for ten hours, of which we were waited for in two."""
    judge = judged(past(12, 11), past(3, 2), resolution_seconds=3 * AN_HOUR, pauses=pauses)
    episode = PastEpisode(NOW - 12 * HOUR, NOW - 2 * HOUR, None, 10, 5, 7, "custom", "direct", "normal", "", None, "")
    judge.episodes([astuple(episode)])

    assert (judge.totals[30, "resolution"].due, judge.totals[30, "resolution"].met) == (1, met)


def episode(began: int, closed: int | None) -> tuple[Any, ...]:
    """An episode, in hours before now."""
    ended = None if closed is None else NOW - closed * HOUR
    return astuple(PastEpisode(NOW - began * HOUR, ended, None, 10, 5, 7, "custom", "direct", "normal", "", None, ""))


@pytest.mark.parametrize(
    ("began", "closed", "due", "met"),
    [
        (10, 8, 1, 1),
        (10, 7, 1, 1),
        (10, 6, 1, 0),
        (10, None, 1, 0),
        (2, None, 0, 0),
        (2, 1, 0, 0),
    ],
)
def test_a_resolution_counts_once_it_is_due(began: int, closed: int | None, due: int, met: int) -> None:
    """Three hours: closed before, at and after them, open; what is not due yet counts nowhere, closed or not."""
    judge = judged(resolution_seconds=3 * AN_HOUR)
    judge.episodes([episode(began, closed)])
    count = judge.totals.get((30, "resolution"))

    assert ((count.due, count.met) if count else (0, 0)) == (due, met)


def test_after_a_close_in_a_pause_the_rest_of_the_time_runs_on() -> None:
    """Two hours of three are left when we have answered: closed an hour later, it is due two hours after that."""
    waits = past(10, 9)
    for closed, due in ((8, 1), (1, 0)):
        judge = judged(waits, resolution_seconds=3 * AN_HOUR, pauses=frozenset({"waiting_on_customer"}))
        judge.episodes([episode(10, closed)])
        assert (30, "resolution") in judge.totals if due else (30, "resolution") not in judge.totals


def test_other_policies_take_what_is_theirs() -> None:
    """A draft after one for urgent conversations is asked only for the rest; the others are named, not judged."""
    urgent = policy(1, place=1, first_response_seconds=AN_HOUR, priorities=frozenset({"urgent"}))
    draft = policy(2, place=2, first_response_seconds=AN_HOUR)
    judge = WhatIf(terms(urgent, draft), "UTC", NOW, frozenset({2}))
    judge.waits([past(10, 8, priority="urgent"), past(10, 9), past(10, 8)])

    assert (judge.totals[30, "first"].due, judge.totals[30, "first"].met) == (2, 1)
    assert (judge.taken, judge.uncovered) == (1, 0)


def test_the_newest_that_were_missed_are_listed_whatever_their_order() -> None:
    """The newest first, not more than a hundred."""
    judge = judged(*(past(hour, None, "", conversation_id=hour) for hour in range(200, 50, -1)))

    assert [one.conversation_id for one in judge.missed] == list(range(51, 151))
