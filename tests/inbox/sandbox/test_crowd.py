"""The people of the past."""

from __future__ import annotations

from collections import Counter

from inbox.sandbox.cast import stories
from inbox.sandbox.crowd import MIX, somebody
from inbox.sandbox.networks import CROWD
from inbox.sandbox.rhythm import Chance


def test_a_number_is_always_the_same_person() -> None:
    """By seed; and everybody is told from the cast by his key."""
    one = somebody(Chance(7), "telegram", 12, "direct")

    assert one == somebody(Chance(7), "telegram", 12, "direct")
    assert one.key == f"{CROWD}12"


def test_the_languages_are_those_of_the_cast_and_each_has_stories() -> None:
    """Greek most of all; for each kind there is something to say in each language."""
    for kind in ("direct", "comment", "review"):
        people = [somebody(Chance(7), "custom", n, kind) for n in range(3_000)]
        spoken = Counter(person.language for person in people)
        assert spoken.keys() <= stories().keys()
        assert len(spoken) >= len(MIX) - 1
        assert spoken.most_common(1)[0][0].startswith("el")
