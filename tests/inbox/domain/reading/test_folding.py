"""Letters brought to one form, and the words and marks of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.domain.reading.folding import TOKEN, Tokens, fold, tokens_in

ANY = st.text(max_size=200)
ASCII = st.text(st.sampled_from("aab zXY09'-/.,;:!?\n\t_@#\"()\x00\x1c\x7f"), max_size=60)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ärger", "arger"),
        ("ΚΑΛΗΜΈΡΑ σας", "καλημερα σασ"),
        ("Բարև", "բարև"),
        ("Grüße", "gruße"),
        ("one\ntwo", "one.two"),
    ],
)
def test_folding_takes_case_and_accents_away(text: str, folded: str) -> None:
    """Whatever the script; a new line ends a clause as a full stop does."""
    assert fold(text) == folded


@given(ANY)
def test_folding_moves_nothing(text: str) -> None:
    """A place of the folded text is that place of the text."""
    assert len(fold(text)) == len(text)


@given(ASCII)
def test_words_of_ascii_are_those_of_any_text(text: str) -> None:
    """The quick way finds what the expression finds."""
    assert tokens_in(fold(text)) == TOKEN.findall(fold(text))


@given(ANY | ASCII, st.randoms())
def test_words_stand_where_they_are_found(text: str, chance: object) -> None:
    """In whatever order it is asked, and however often a word is written."""
    folded = fold(text)
    tokens = Tokens(folded)
    spans = [hit.span() for hit in TOKEN.finditer(folded)] if tokens.words else []
    asked = list(range(len(tokens.words)))
    chance.shuffle(asked)  # type: ignore[attr-defined]
    assert [tokens.span(place, place) for place in asked] == [spans[place] for place in asked]


def test_a_span_goes_from_the_first_to_the_last_word() -> None:
    """With what stands between; a word within another is not taken for it."""
    tokens = Tokens(fold("Nothing: not, NOT good"))
    assert tokens.words == ("nothing", ":", "not", ",", "not", "good")
    assert [tokens.span(4, 5), tokens.span(2, 2), tokens.span(0, 5)] == [(14, 22), (9, 12), (0, 22)]
