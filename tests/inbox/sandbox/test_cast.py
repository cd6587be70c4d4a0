"""The cast: complete stories, the same for the same seed."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from connectors.registry import networks
from inbox.sandbox.cast import PEOPLE, Person, scripts, stories, turn, turns_before

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = ("en", "el", "el-Latn", "id", "hy", "fi", "de", "emoji")


def test_every_language_has_stories() -> None:
    """The cast writes in all languages of the web app, in Greek letters and Latin ones, and in emoji."""
    assert set(LANGUAGES) <= stories().keys()


def test_everybody_has_something_to_say() -> None:
    """Each person's language has stories, and keys are nobody else's."""
    assert {person.language for person in PEOPLE} <= stories().keys()
    assert len({person.key for person in PEOPLE}) == len(PEOPLE)


def test_the_page_of_the_sandbox_counts_the_cast_and_its_networks() -> None:
    """Whoever adds somebody, or a network, says so in docs/sandbox.md."""
    said = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    words = ("Nine", "Ten", "Eleven", "Twelve", "Thirteen", "Fourteen", "Fifteen")

    assert f"**A cast of {len(PEOPLE)}**" in said
    assert f"**{words[len(networks()) - 9]} networks**" in said


def test_the_cast_is_on_every_network() -> None:
    """All networks have people; some comment, some review, most write in private."""
    lonely = set(networks()) - {person.network for person in PEOPLE}
    assert not lonely, f"nobody of the cast is on {sorted(lonely)}: see docs/add-a-connector.md, See it run"
    assert {person.network for person in PEOPLE} <= set(networks())
    assert {person.kind for person in PEOPLE} == {"direct", "comment", "review"}


def test_a_story_says_what_it_is_about() -> None:
    """Topics are told with the turns, in the order of the file."""
    assert [script.turns for script in scripts()["en"]] == list(stories()["en"])
    assert scripts()["en"][0].topic == "late order"


@pytest.mark.parametrize("language", sorted(stories()))
def test_stories_begin_with_an_opening(language: str) -> None:
    """The first turn of a story needs nobody else; a correction or reaction has something before it."""
    for story in stories()[language]:
        assert story[0].when == "open"
        assert story[0].do in ("write", "review")
        assert all(one.text or one.do == "delete" for one in story)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
def test_scripts_never_end(person: Person) -> None:
    """After the last story the first comes again, with another order number."""
    told = [turn(7, person, played) for played in range(60)]

    assert [number for _, number in told] == sorted(number for _, number in told)
    assert all("{" not in found.text for found, _ in told)
    assert told == [turn(7, person, played) for played in range(60)]


def test_seeds_differ() -> None:
    """Another seed tells other stories, to some at least."""
    first = {person.key: turn(7, person, 0)[0].text for person in PEOPLE}
    second = {person.key: turn(8, person, 0)[0].text for person in PEOPLE}

    assert first != second


def test_a_story_begins_where_the_one_before_ends() -> None:
    """`turns_before` and `turn` count alike."""
    person = PEOPLE[0]
    for story in range(6):
        start = turns_before(7, person, story)
        assert turn(7, person, start)[1] == story
        assert start == 0 or turn(7, person, start - 1)[1] == story - 1
    assert all(a <= b for a, b in itertools.pairwise(turns_before(7, person, n) for n in range(6)))
