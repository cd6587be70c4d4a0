"""Whose answers are held until somebody says yes."""

from __future__ import annotations

import pytest

from inbox.domain.desk_rules import Approvals, Rules, needs_approval
from inbox.domain.permissions import Scope
from inbox.domain.records import Agent

SHOP, MAPS = 1, 2
FEW_STARS = Rules(approvals=Approvals(stars=2))


def agent(agent_id: int, role: str) -> Agent:
    """Somebody of the house."""
    everything = Scope(None, frozenset(), True)
    return Agent(agent_id, f"{agent_id}@example.test", "Ben", role, "", "", 0, "", 1, everything, None, "", 0, 1, 1)


@pytest.mark.parametrize(("rating", "held"), [(1, True), (2, True), (3, False), (5, False), (None, False)])
def test_answers_to_reviews_with_few_stars_are_held(rating: int | None, held: bool) -> None:
    """Up to the stars asked for, and not where a review has none."""
    assert needs_approval(FEW_STARS, agent(7, "agent"), MAPS, "review", rating) is held


def test_stars_hold_answers_to_reviews_alone() -> None:
    """A comment that happens to stand beside a rating is none."""
    assert not needs_approval(FEW_STARS, agent(7, "agent"), MAPS, "comment", 1)


def test_a_person_or_a_channel_named_is_enough() -> None:
    """One condition that fits holds the answer; the others need not."""
    of_ben, of_shop = Rules(approvals=Approvals(agent_ids=(7,))), Rules(approvals=Approvals(channel_ids=(SHOP,)))
    assert needs_approval(of_ben, agent(7, "agent"), MAPS, "direct", None)
    assert not needs_approval(of_ben, agent(8, "agent"), MAPS, "direct", None)
    assert needs_approval(of_shop, agent(8, "agent"), SHOP, "direct", None)
    assert not needs_approval(of_shop, agent(8, "agent"), MAPS, "direct", None)


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_those_who_may_say_yes_need_none(role: str) -> None:
    """Nor does a machine, whose rule somebody wrote."""
    assert not needs_approval(FEW_STARS, agent(7, role), MAPS, "review", 1)
    assert not needs_approval(FEW_STARS, None, MAPS, "review", 1)
