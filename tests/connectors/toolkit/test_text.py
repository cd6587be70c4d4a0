"""Lengths as networks count them, and cutting without breaking what a reader sees as one character."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Fact, TextLimit
from connectors.errors import PlanRefused
from connectors.toolkit import text as texts
from connectors.toolkit.text import Unit

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
UNITS: tuple[Unit, ...] = ("characters", "utf16", "bytes", "graphemes")
WORDS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(list(" \n\t.!?…;。，\r\u200d\ufe0f\u0301\u200c🇬🇷🇫🇮👍🏽👨ábשΩ한\u1100\u1161\u11a8")),
    ),
    max_size=120,
)


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("", (0, 0, 0, 0)),
        ("abc", (3, 3, 3, 3)),
        ("Ω", (1, 1, 2, 1)),
        ("🙂", (1, 2, 4, 1)),
        ("e\u0301", (2, 2, 3, 1)),
        (FAMILY, (7, 11, 25, 1)),
        ("🇬🇷🇫🇮", (4, 8, 16, 2)),
        ("👍🏽", (2, 4, 8, 1)),
        ("a\r\nb", (4, 4, 4, 3)),
    ],
)
def test_length_follows_the_unit(text: str, lengths: tuple[int, ...]) -> None:
    """The same text has another length in each unit."""
    assert tuple(texts.length(text, unit) for unit in UNITS) == lengths


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("🇬🇷🇫🇮🇩", ["🇬🇷", "🇫🇮", "🇩"]),
        (f"a{FAMILY}b", ["a", FAMILY, "b"]),
        ("한\u1100\u1161\u11a8", ["한", "\u1100\u1161\u11a8"]),
        ("가\u11a8나", ["가\u11a8", "나"]),
        ("각\u1161", ["각", "\u1161"]),
        ("ก\u0e33", ["ก\u0e33"]),
        ("ab\u200cc", ["a", "b\u200c", "c"]),
        ("❤\ufe0f!", ["❤\ufe0f", "!"]),
        ("\u0301a", ["\u0301", "a"]),
        ("\r\n\n", ["\r\n", "\n"]),
    ],
)
def test_clusters_keep_together_what_is_seen_as_one(text: str, wanted: list[str]) -> None:
    """Flags, joined emoji, Korean letters, marks and line ends are whole."""
    assert texts.clusters(text) == wanted


@given(WORDS)
def test_clusters_joined_are_the_text(text: str) -> None:
    """Nothing is lost or empty."""
    found = texts.clusters(text)

    assert "".join(found) == text
    assert all(found)


@given(WORDS, st.integers(4, 40), st.sampled_from(UNITS))
def test_pieces_joined_are_the_text(text: str, limit: int, unit: Unit) -> None:
    """Joined pieces are the original, each within the limit, none of them empty but that of an empty text."""
    pieces = texts.split(text, limit, unit)

    assert "".join(pieces) == text
    assert all(texts.length(piece, unit) <= limit for piece in pieces)
    assert all(pieces) or pieces == [""]


@given(WORDS, st.integers(30, 60))
def test_pieces_end_between_clusters(text: str, limit: int) -> None:
    """No cluster that fits is cut in two."""
    clusters = texts.clusters(text)
    if any(len(cluster) > limit for cluster in clusters):
        return
    ends = {sum(map(len, clusters[:i])) for i in range(len(clusters) + 1)}

    at = 0
    for piece in texts.split(text, limit, "characters"):
        at += len(piece)
        assert at in ends


@given(WORDS, st.integers(4, 40), st.sampled_from(UNITS))
def test_text_that_fits_is_one_piece(text: str, limit: int, unit: Unit) -> None:
    """A text within the limit is never cut."""
    if texts.length(text, unit) <= limit:
        assert texts.split(text, limit, unit) == [text]


@pytest.mark.parametrize(
    ("text", "limit", "wanted"),
    [
        ("One two. Three four", 14, ["One two.", " Three four"]),
        ("First line\nsecond. third", 20, ["First line\n", "second. third"]),
        ("pay 3.14 euros now please", 12, ["pay 3.14 ", "euros now ", "please"]),
        ("你好世界。再见世界", 6, ["你好世界。", "再见世界"]),
        ("unbroken" * 3, 10, ["unbrokenun", "brokenunbr", "oken"]),
        ("", 5, [""]),
    ],
)
def test_cuts_at_line_then_sentence_then_word(text: str, limit: int, wanted: list[str]) -> None:
    """The cut is where a reader would pause; a full stop inside a number is no pause."""
    assert texts.split(text, limit, "characters") == wanted


def test_cluster_over_the_limit_is_cut_between_code_points() -> None:
    """A letter under a tower of marks is still sent whole, in pieces."""
    tower = "e" + "\u0301" * 50

    pieces = texts.split(tower, 20, "bytes")

    assert "".join(pieces) == tower
    assert all(texts.length(piece, "bytes") <= 20 for piece in pieces)


def test_long_texts_are_cut_in_linear_time() -> None:
    """A megabyte is cut within seconds, also when it is one endless cluster."""
    began = time.perf_counter()

    texts.split("hello world. this is " * 50_000, 4096, "utf16")
    texts.split("a\u200d" * 300_000, 160, "utf16")

    assert time.perf_counter() - began < 20


def test_too_long_says_how_much() -> None:
    """The refusal has limit, count and unit, and the difference in words."""
    limit = TextLimit(5, "utf16", Fact("https://network.example", "2026-11-22"))
    texts.require_within("🙂🙂a", limit)

    with pytest.raises(PlanRefused, match="1 utf16 too long") as refused:
        texts.require_within("🙂🙂🙂", limit)

    assert (refused.value.code, refused.value.limit, refused.value.actual, refused.value.unit) == (
        "too_long",
        5,
        6,
        "utf16",
    )
