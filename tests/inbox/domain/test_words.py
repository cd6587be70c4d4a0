"""Words made findable."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.domain import words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Καλημέρα ΣΑΣ", "καλημερα σασ"), ("Straße", "strasse"), ("Ääkköset", "aakkoset"),
        ("東京タワー", "東京 京タ タワ ワー"),
        ("ＡＢＣ", "abc"), ("naïve café", "naive cafe"),
    ],
)  # fmt: skip
def test_folding_takes_case_and_accents_away(text: str, folded: str) -> None:
    """Greek tonos included; runs without spaces become bigrams."""
    assert words.fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [("θέλω", "thelw"), ("θέλω", "8elo"), ("χάλια", "xalia"), ("που", "pou"), ("Բարև", "barev"), ("ψωμί", "psomi")],
)
def test_native_script_and_its_latin_spellings_sound_alike(one: str, other: str) -> None:
    """Each finds the other."""
    heard = {form for form in words.query_terms(one)[0]} & set(words.searchable(other).split())
    back = {form for form in words.query_terms(other)[0]} & set(words.searchable(one).split())
    assert heard
    assert back


@given(st.text(max_size=200))
def test_every_word_of_a_text_is_found_by_itself(text: str) -> None:
    """What is indexed holds at least one form of each of its own words."""
    indexed = set(words.searchable(text).split())
    assert all(indexed & set(forms) for forms in words.query_terms(text))


@given(st.text(max_size=200))
def test_the_index_gets_words_alone(text: str) -> None:
    """One blank between words, no word too long for either engine, no mark that an operator could be made of."""
    said = words.searchable(text)
    assert said == " ".join(said.split())
    assert all(len(word) <= 64 * 3 for word in said.split())
    assert not set("'\"&|!()*:<>\\") & set(said)


def test_a_huge_text_is_cut() -> None:
    """PostgreSQL takes no more than a megabyte of words."""
    assert len(words.searchable("word " * 1_000_000).encode()) < 1_000_000


@pytest.mark.parametrize(
    ("text", "attached", "asks"),
    [
        ("@maria ❤", False, False), ("❤❤", False, False), ("https://x.example", False, False), ("", True, False),
        ("@maria ?", False, True), ("nice", False, True), ("τιμή;", False, True), ("❤ 38", False, True),
        ("", False, True),
    ],
)  # fmt: skip
def test_only_mentions_emoji_and_links_ask_nothing(text: str, attached: bool, asks: bool) -> None:
    """A question mark of any script asks."""
    assert words.is_no_question(text, attached) is not asks


def test_a_preview_is_one_short_line() -> None:
    """Whitespace of any kind becomes one blank."""
    assert words.preview("  a\n\n b\t c ") == "a b c"
    assert len(words.preview("x " * 1000)) <= 160


@pytest.mark.parametrize("marks", ["\u0301\u0327", "\uff9e\u0334", "\u0f73\u0316", "\U0001e8d0\U0001d165"])
def test_marks_piled_up_take_no_time(marks: str) -> None:
    """A letter under a hundred thousand marks is found like the letter, at once: to put them in order took minutes."""
    began = time.process_time()

    assert words.fold(f"x{marks * 50_000} Caf\u00e9") == words.fold(f"x{marks * 10} Caf\u00e9")
    assert time.process_time() - began < 5


def test_marks_that_letters_have_stay() -> None:
    """Whatever stands between them, and however long the text."""
    text = "e\u0301\u0327 " * 100 + "\u0e01\u0e35\u0e48" * 100

    assert words.stream_safe(text) == text
    assert words.stream_safe("a" + "\u0301" * 300) == "a" + "\u0301" * 30
