"""Who gets a conversation: never more than he takes, never while he is away, by turns, and always for a reason."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.domain.routing import Attendance, Person, TeamTerms, Wanted, choose, circle, loads_of
from inbox.domain.views import read_cell

TURNS = TeamTerms(mode="round_robin")
LEAST = TeamTerms(mode="least_loaded")
STATES = ("available", "busy", "away", "offline")


def person(agent_id: int, **changes: object) -> Person:
    """Somebody available with room."""
    base = Person(agent_id=agent_id, state="available", load=0, capacity=10)
    return msgspec.structs.replace(base, **changes)


people = st.lists(
    st.builds(
        Person,
        agent_id=st.integers(1, 30),
        state=st.sampled_from(STATES),
        load=st.integers(0, 12),
        capacity=st.integers(0, 12),
        languages=st.dictionaries(st.sampled_from(["el", "fi", "en"]), st.integers(1, 3)),
        skills=st.frozensets(st.sampled_from(["returns", "vip"])),
        given=st.integers(0, 50),
    ),
    unique_by=lambda one: one.agent_id,
    max_size=8,
)
wishes = st.builds(
    Wanted,
    weight=st.integers(1, 4),
    language=st.sampled_from([None, "el", "el-Latn", "fi"]),
    skills=st.frozensets(st.sampled_from(["returns", "vip"]), max_size=2),
    waited_seconds=st.integers(0, 900),
    owner=st.none() | st.integers(1, 30),
)
terms = st.builds(
    TeamTerms,
    mode=st.sampled_from(["round_robin", "least_loaded"]),
    match_language=st.booleans(),
    language_level=st.integers(1, 3),
    fallback_seconds=st.none() | st.integers(0, 900),
)


@given(terms, wishes, people)
def test_nobody_is_chosen_who_is_not_available_or_would_have_too_much(
    how: TeamTerms, wanted: Wanted, some: list[Person]
) -> None:
    """Whatever the terms, the one chosen is available, and has room for all of it."""
    choice = choose(how, wanted, some)

    if choice.agent_id is not None:
        chosen = next(one for one in some if one.agent_id == choice.agent_id)
        assert chosen.state == "available"
        assert chosen.load + wanted.weight <= chosen.capacity


@given(terms, wishes, people, st.randoms())
def test_the_same_people_give_the_same_choice_in_any_order(
    how: TeamTerms, wanted: Wanted, some: list[Person], chance: object
) -> None:
    """Two routers that look at the same moment decide the same."""
    mixed = list(some)
    chance.shuffle(mixed)  # type: ignore[attr-defined]

    assert choose(how, wanted, mixed) == choose(how, wanted, some)


@given(terms, wishes, people)
def test_everybody_is_accounted_for_once(how: TeamTerms, wanted: Wanted, some: list[Person]) -> None:
    """The explanation names each person once, and says of exactly one that he was chosen, if somebody was."""
    choice = choose(how, wanted, some)

    assert [why.agent_id for why in choice.why] == sorted(one.agent_id for one in some)
    chosen = [why.agent_id for why in choice.why if why.word in ("sticky", "turn", "least_loaded")]
    assert chosen == ([] if choice.agent_id is None else [choice.agent_id])
    if choice.agent_id is None:
        assert all(why.word != "later" for why in choice.why)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=7), st.integers(1, 40))
def test_turns_are_fair_within_one(before: list[int], conversations: int) -> None:
    """Whoever was given what before, from now on nobody gets two more than another."""
    there = {i: person(i, given=given, capacity=1_000) for i, given in enumerate(before, start=1)}
    got = dict.fromkeys(there, 0)
    for position in range(100, 100 + conversations):
        chosen = choose(TURNS, Wanted(), there.values()).agent_id
        assert chosen is not None
        got[chosen] += 1
        there[chosen] = msgspec.structs.replace(there[chosen], load=there[chosen].load + 1, given=position)

    assert max(got.values()) - min(got.values()) <= 1


def test_the_least_loaded_is_who_has_the_smallest_part_of_what_he_takes() -> None:
    """Four of twenty is less than two of four."""
    assert choose(LEAST, Wanted(), [person(1, load=2, capacity=4), person(2, load=4, capacity=20)]).agent_id == 2


def test_the_owner_before_goes_first_if_he_can() -> None:
    """He knows the person: his turn, or what the list of skills says, does not matter; his room and presence do."""
    wanted = Wanted(owner=2, skills=frozenset({"vip"}))
    vip = person(1, skills=frozenset({"vip"}))

    assert choose(TURNS, wanted, [vip, person(2, given=99)]).reason == "sticky"
    assert choose(TURNS, wanted, [vip, person(2, state="away")]).agent_id == 1
    assert choose(TURNS, wanted, [vip, person(2, load=10)]).agent_id == 1


@pytest.mark.parametrize(
    ("spoken", "asked", "chosen"),
    [({"el": 3}, "el", 1), ({"el": 3}, "el-Latn", 1), ({"el": 1}, "el", None), ({}, "el", None), ({}, None, 1)],
)
def test_a_language_is_asked_for_at_its_level(spoken: dict[str, int], asked: str | None, chosen: int | None) -> None:
    """Greek in Latin letters is Greek; a few words are not enough; who wrote nothing we know is anybody's."""
    how = TeamTerms(mode="round_robin", match_language=True, language_level=2)

    assert choose(how, Wanted(language=asked), [person(1, languages=spoken)]).agent_id == chosen


def test_after_a_while_anybody_will_do_if_the_team_says_so() -> None:
    """Skills are asked for until the fallback; without one for ever."""
    asked = Wanted(skills=frozenset({"returns"}), waited_seconds=300)

    assert choose(TURNS, asked, [person(1)]).agent_id == 1
    assert choose(TeamTerms(mode="round_robin", fallback_seconds=None), asked, [person(1)]).agent_id is None


def test_what_somebody_has_counts_by_the_weight_of_its_kind() -> None:
    """Open and no spam: two chats weigh four, a mail one; what is closed or nobody's weighs nothing."""
    cells = {
        "1:0:7:open:chat:w": 2, "1:0:7:open:mail:": 1, "1:0:7:closed:mail:": 5, "1:0:7:open:mail:s": 3,
        "1:0:0:open:chat:w": 9,
    }  # fmt: skip

    assert loads_of({read_cell(name): n for name, n in cells.items()}, Attendance()) == {7: 5}


@pytest.mark.parametrize(
    ("goes", "found"),
    [({1: 2, 2: None}, None), ({1: 2, 2: 1}, [1, 2, 1]), ({1: 1}, [1, 1]), ({1: 2, 2: 3, 3: 2}, [2, 3, 2])],
)
def test_overflow_in_a_circle_is_found(goes: dict[int, int | None], found: list[int] | None) -> None:
    """Nobody is passed on for ever."""
    assert circle(goes) == found
