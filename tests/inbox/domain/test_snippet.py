"""The words around a hit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.domain.snippet import END, START, snippet


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("The red shoes", "red", "The <red> shoes"),
        ("Πού είναι η ΠΑΡΑΓΓΕΛΊΑ;", "παραγγελια", "Πού είναι η <ΠΑΡΑΓΓΕΛΊΑ;>"),
        ("thelw to kitrino", "θέλω", "<thelw> to kitrino"),
        ("order 12 and orders", "order", "<order> 12 and <orders>"),
        ("nothing here", "zzz", "nothing here"),
        ("", "x", ""),
    ],
)
def test_hits_are_marked_as_written(text: str, query: str, expected: str) -> None:
    """Accents and case stay; the last word of the query may be the beginning of one."""
    assert snippet(text, query).replace(START, "<").replace(END, ">") == expected


def test_a_long_text_is_cut_around_the_first_hit() -> None:
    """With a sign of what is left out on either side."""
    said = snippet("before " * 100 + "needle" + " after" * 100, "needle")

    assert said.startswith("…")
    assert said.endswith("…")
    assert f"{START}needle{END}" in said
    assert len(said) < 260


@given(st.text(max_size=300), st.text(max_size=30))
def test_a_snippet_never_invents_words(text: str, query: str) -> None:
    """All it holds is in the text."""
    text = text.replace(START, "").replace(END, "")
    bare = snippet(text, query).replace(START, "").replace(END, "").strip("…")
    assert all(word in text for word in bare.split())
