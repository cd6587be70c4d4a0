"""The plan of the month: what a month holds, and that a seed holds always the same."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from connectors.registry import networks
from inbox.clock import DAY
from inbox.sandbox.cast import PEOPLE
from inbox.sandbox.past import Past, Story
from inbox.sandbox.rhythm import PAST_DAYS, instant, local

NOW = 1_795_300_000_000_000


@cache
def month(seed: int = 7) -> list[Story]:
    """The whole month of a seed."""
    return Past(seed, NOW).stories()


def test_the_same_seed_and_beginning_hold_the_same_month() -> None:
    """Two plans are alike to the last step; another seed is another month."""
    assert Past(7, NOW, share=0.1).stories() == Past(7, NOW, share=0.1).stories()
    assert Past(7, NOW, share=0.1).stories() != Past(8, NOW, share=0.1).stories()


def test_a_month_has_about_three_thousand_conversations_on_all_networks() -> None:
    """Private talks, comments and reviews, on every network; a campaign post with thousands of comments."""
    assert 2_900 <= len(month()) <= 3_400
    assert {story.network for story in month()} == set(networks())
    assert {story.kind for story in month()} == {"direct", "comment", "review"}
    campaign = [step for story in month() if story.post == 0 for step in story.steps if step.what == "says"]
    assert len(campaign) > 2_000


def test_it_is_told_newest_first_and_nothing_lies_outside() -> None:
    """Stories come by their beginning, their steps in order, all within the month."""
    began = [story.began_at for story in month()]

    assert began == sorted(began, reverse=True)
    assert all(NOW - (PAST_DAYS + 1) * DAY < at < NOW for at in began)
    for story in month():
        assert all(a.at <= b.at < NOW for a, b in pairwise(story.steps))
        assert story.steps[0].what == "says"


def test_the_bad_weekend_stands_out() -> None:
    """On its Saturday far more is written in private than on any other."""
    storm = Past(7, NOW).storm[0]
    days = Counter(local(story.began_at).date() for story in month() if story.kind == "direct")
    other = [count for day, count in days.items() if day.weekday() == 5 and day != storm]

    assert days[storm] > 2 * max(other)


def test_what_people_do_at_work_is_there() -> None:
    """Conversations are taken, tagged, noted on, escalated, hidden, closed; answers are read."""
    done = Counter(step.what for story in month() for step in story.steps)

    assert {"takes", "answers", "tags", "notes", "escalates", "calms", "hides", "reads", "closes"} <= done.keys()
    assert done["answers"] > 4_000
    assert done["escalates"] > 20


def test_some_wait_at_the_end_and_not_too_many() -> None:
    """What came last is not answered yet: there is something to do, and less than the cast stops at."""
    waiting = [story for story in month() if story.waits]

    assert 5 <= len(waiting) <= 40
    assert all(NOW - story.steps[-1].at < 2 * DAY for story in waiting)


@pytest.mark.parametrize("hour", range(24))
def test_there_is_work_at_any_hour(hour: int) -> None:
    """Also on a Sunday morning, and of a twentieth of the month: some wait, and nobody writes in the future."""
    now = instant(date(2026, 11, 22), hour, 0.8)
    waiting = [story for story in Past(7, now, share=0.05).stories() if story.waits]

    assert 8 <= len(waiting) <= 40
    assert all(step.at < now for story in waiting for step in story.steps)


def test_everybody_of_the_cast_has_been_here_before() -> None:
    """Each has the first story of his script behind him, turn by turn."""
    played = {step.person.key: step.played for story in month() for step in story.steps if step.person and step.played}

    assert {person.key for person in PEOPLE} <= {
        step.person.key for story in month() for step in story.steps if step.person and step.played is not None
    }
    assert played
