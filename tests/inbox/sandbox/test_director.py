"""The director: who acts, and when, decided by the seed and by what people see."""

from __future__ import annotations

from connectors.registry import networks
from inbox.clock import MINUTE
from inbox.sandbox.cast import PEOPLE, Person, turn
from inbox.sandbox.director import MOST_WAITING, PATIENCE, Director, Look

NOW = 1_790_000_000_000_000
NETWORKS = networks()


def director(*people: Person, seed: int = 7) -> Director:
    """A director of some people, or of all."""
    return Director(seed, people or PEOPLE, NETWORKS)


def test_an_answer_is_answered() -> None:
    """After our answer the person goes on with the same story."""
    person = next(one for one in PEOPLE if one.key == "eleni")
    played = next(n for n in range(20) if turn(7, person, n)[0].when == "answered")

    cue = director(person).next(NOW, {person.key: played}, lambda _: Look("t", "us", NOW), 0, 1)

    assert cue is not None
    assert cue.turn == played


def test_the_same_seed_gives_the_same_cues() -> None:
    """Who acts next depends on the seed, on what was played and on how many cues were given; another seed differs."""
    cues = [[director(seed=seed).next(NOW, {}, lambda _: Look(), 0, n) for n in range(30)] for seed in (7, 7, 8)]

    assert cues[0] == cues[1]
    assert cues[0] != cues[2]


def test_people_of_networks_that_are_not_there_stay_at_home() -> None:
    """Without the connector nobody of that network acts."""
    assert {person.network for person in Director(7, PEOPLE, ["telegram"]).people} == {"telegram"}


def test_nobody_acts_right_after_having_acted() -> None:
    """Without an answer there is patience first."""
    made = director(PEOPLE[0])

    assert made.next(NOW, {}, lambda _: Look("t", "them", NOW - MINUTE), 0, 1) is None
    assert made.next(NOW, {}, lambda _: Look("t", "them", NOW - PATIENCE - 1), 0, 1) is not None


def test_nothing_new_begins_while_many_wait() -> None:
    """At most so many wait: then only talks that are under way go on."""
    made = director()

    assert made.next(NOW, {}, lambda _: Look(), MOST_WAITING, 1) is None
    assert made.next(NOW, {}, lambda _: Look(), MOST_WAITING - 1, 1) is not None
