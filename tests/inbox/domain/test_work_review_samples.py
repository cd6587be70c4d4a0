"""Which conversations are looked at: repeatable, spread over agents, all of them once."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from inbox.domain.work_review_samples import Candidate, in_turn

NUMBERS = st.integers(1, 999_999)
PAIRS = st.sets(st.tuples(st.integers(1, 6), st.integers(1, 60)), max_size=60)


def candidates(pairs: set[tuple[int, int]]) -> list[Candidate]:
    """Work of agents, done at some instant."""
    return [Candidate(agent, conversation, conversation * 7 % 13) for agent, conversation in pairs]


@given(PAIRS, NUMBERS)
def test_the_same_number_gives_the_same_order_whatever_order_the_store_has(
    pairs: set[tuple[int, int]], seed: int
) -> None:
    """It depends on the ids and the number alone, and holds everything once."""
    known = candidates(pairs)
    there, back = list(in_turn(known, "random", seed)), list(in_turn(reversed(known), "random", seed))
    assert there == back
    assert sorted(there, key=repr) == sorted(known, key=repr)


@given(PAIRS, NUMBERS, st.integers(0, 20))
def test_agents_take_turns(pairs: set[tuple[int, int]], seed: int, count: int) -> None:
    """Nobody is looked at twice more often than somebody who has work left."""
    known = candidates(pairs)
    there = Counter(one.agent_id for one in known)
    taken = Counter(one.agent_id for one in list(in_turn(known, "random", seed))[:count])
    left = [agent for agent in there if taken[agent] < there[agent]]
    assert all(taken[other] <= taken[agent] + 1 for agent in left for other in there)


def test_what_is_new_moves_nothing_else() -> None:
    """A conversation more does not draw the others anew."""
    known = candidates({(1, n) for n in range(1, 50)})
    before = [one.conversation_id for one in in_turn(known, "random", 4711)]
    after = [one.conversation_id for one in in_turn([*known, Candidate(1, 99, 0)], "random", 4711)]
    assert [one for one in after if one != 99] == before


def test_other_numbers_give_other_orders() -> None:
    """The draw is by the number."""
    known = candidates({(1, n) for n in range(1, 50)})
    firsts = {next(in_turn(known, "random", seed)).conversation_id for seed in range(1, 40)}
    assert len(firsts) > 15


def test_the_newest_come_first_for_each_agent() -> None:
    """By the instant of what he did last."""
    known = [Candidate(1, 10, 5), Candidate(1, 11, 9), Candidate(1, 12, 7)]
    assert [one.conversation_id for one in in_turn(known, "newest", 1)] == [11, 12, 10]
