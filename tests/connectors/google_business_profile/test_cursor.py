"""connectors/google_business_profile/cursor.py: what the poll remembers."""

import pytest

from connectors.google_business_profile.cursor import Cursor, Known, cursor_of
from connectors.google_business_profile.manifest import MISSED_WALKS


def test_a_cursor_survives_being_kept() -> None:
    """What is kept is what was there, a walk under way at its first page included."""
    cursor = Cursor(walk=4, page="", ended_at=5, newest=6, known={"R": Known("v", 4, refused=True)})
    assert cursor_of(cursor.text()) == cursor


@pytest.mark.parametrize("text", ["", "{", "[]", '{"walk": "x"}', '{"known": {"R": []}}'])
def test_what_cannot_be_read_begins_anew(text: str) -> None:
    """A cursor of another shape costs one full walk, not the channel."""
    assert cursor_of(text) == Cursor()


def test_a_walk_under_way_goes_on() -> None:
    """Beginning again while a walk is under way changes nothing; it is due until it ends."""
    cursor = Cursor()
    cursor.begin_walk()
    cursor.page = "50"
    cursor.begin_walk()
    assert (cursor.walk, cursor.page, cursor.is_due(10, 3600.0)) == (1, "50", True)
    cursor.end_walk(10)
    assert (cursor.is_due(11, 3600.0), cursor.is_due(3_600_000_010, 3600.0)) == (False, True)


def test_a_review_is_given_up_after_the_third_walk_that_missed_it() -> None:
    """One or two misses are Google's glitch; the third is a removal, told once."""
    cursor = Cursor(known={"stays": Known("v", 0), "goes": Known("v", 0)})
    gone = []
    for _ in range(MISSED_WALKS + 2):
        cursor.begin_walk()
        cursor.known["stays"].walk = cursor.walk
        gone.append(cursor.end_walk(0))
    assert gone == [[], [], ["goes"], [], []]


def test_thousands_of_reviews_fit() -> None:
    """A remembered review takes about a hundred bytes."""
    known = {f"AbFvOq{number:037d}": Known("0123456789abcdef", 12) for number in range(1000)}
    assert len(Cursor(known=known).text()) < 100_000
