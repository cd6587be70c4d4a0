"""The director: who acts, and when, decided by the seed and by what people see."""

from __future__ import annotations

from inbox.clock import DAY, MINUTE
from inbox.sandbox.cast import PEOPLE, Person
from inbox.sandbox.director import LIVE_SECONDS, MOST_WAITING, PAST_DAYS, PATIENCE, Director, Look

NOW = 1_790_000_000_000_000
NETWORKS = ("telegram", "email", "custom")


def director(*people: Person, seed: int = 7) -> Director:
    """A director of some people, or of all."""
    return Director(seed, people or PEOPLE, NETWORKS)


def test_the_same_seed_gives_the_same_backstory() -> None:
    """Two runs write the same words at the same times; another seed does not."""
    assert director().backstory(NOW) == director().backstory(NOW)
    assert director().backstory(NOW) != director(seed=8).backstory(NOW)


def test_the_backstory_is_history_and_a_day_of_work() -> None:
    """It spans the last days; everybody begins one story within the time that counts as work; not too many wait."""
    cues = director().backstory(NOW)

    assert all(NOW - PAST_DAYS * DAY <= cue.at < NOW for cue in cues)
    assert cues == sorted(cues, key=lambda cue: (cue.at, cue.action.person))
    recent = {cue.action.person for cue in cues if NOW - cue.at < LIVE_SECONDS * 1_000_000}
    assert recent == {person.key for person in PEOPLE}
    assert len(recent) < MOST_WAITING
    assert 60 <= len({(cue.action.person, cue.action.thread_id, cue.at // DAY) for cue in cues}) <= 90


def test_people_of_networks_that_are_not_there_stay_at_home() -> None:
    """Without the connector nobody of that network acts."""
    cues = Director(7, PEOPLE, ["telegram"]).backstory(NOW)

    assert {cue.network for cue in cues} == {"telegram"}


def test_an_answer_is_answered() -> None:
    """After our answer the person goes on with the same story."""
    person = PEOPLE[0]
    made = director(person)
    opened = made.backstory(NOW)[-1]
    assert opened.turn is not None

    cue = made.next(NOW, {person.key: opened.turn + 1}, lambda _: Look("t", "us", NOW), 0, 1)

    assert cue is not None
    assert cue.turn is not None
    assert cue.turn > opened.turn


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
