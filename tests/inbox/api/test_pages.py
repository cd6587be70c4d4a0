"""Cursors."""

from __future__ import annotations

import pytest

from inbox.api.pages import Cursors
from inbox.errors import Invalid

CURSORS = Cursors(b"k" * 40)


def test_a_cursor_gives_back_what_it_was_made_of() -> None:
    """Numbers, words and none, in order."""
    cursor = CURSORS.make("conversations?status=open", [1_795_000_000_000_000, None, "é"])

    assert CURSORS.read("conversations?status=open", cursor) == [1_795_000_000_000_000, None, "é"]


@pytest.mark.parametrize("made_up", ["", "AAAA", "!!", "é", "W10", "A" * 2000])
def test_a_made_up_cursor_is_refused(made_up: str) -> None:
    """Nobody chooses where a list goes on but by a cursor of ours."""
    with pytest.raises(Invalid, match="begin again"):
        CURSORS.read("tags", made_up)


def test_a_cursor_is_for_its_own_list() -> None:
    """Another list, other filters or another installation refuse it."""
    cursor = CURSORS.make("conversations?status=open", [7])

    for reader, bound_to in (
        (CURSORS, "conversations?status=closed"),
        (Cursors(b"x" * 40), "conversations?status=open"),
    ):
        with pytest.raises(Invalid, match="not of this list"):
            reader.read(bound_to, cursor)
