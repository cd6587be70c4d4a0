"""Which wording of a prepared answer goes."""

from __future__ import annotations

import pytest

from inbox.domain.prepared_answers import Variant, signed, variants_of, wording, written
from inbox.domain.records import Canned

VARIANTS = (
    Variant("el", "el"),
    Variant("el public", "el", "public"),
    Variant("public", None, "public"),
    Variant("de private", "de", "private"),
)
CANNED = Canned(1, "late", "Late", "own", "en", 1, 0, 1, written(VARIANTS))


@pytest.mark.parametrize(
    ("language", "audience", "text"),
    [
        ("el", "private", "el"),
        ("el", "public", "el public"),
        ("en", "private", "own"),
        ("en", "public", "own"),
        ("fi", "public", "public"),
        ("fi", "private", "own"),
        ("de", "private", "de private"),
        ("de", "public", "public"),
        (None, "private", "own"),
    ],
)
def test_the_wording_follows_language_then_audience(language: str | None, audience: str, text: str) -> None:
    """A variant for another language or audience never goes; the language counts before the audience."""
    assert wording(CANNED, language, audience) == text


def test_variants_come_back_as_they_were_written() -> None:
    """Rows without any hold nothing."""
    assert variants_of(CANNED) == list(VARIANTS)
    assert (written([]), variants_of(Canned(1, "a", "A", "own", None, 1, 0, 1))) == ("", [])


def test_the_sign_off_stands_once_at_the_end() -> None:
    """It is not repeated where the writer has put it there himself; without one nothing is added."""
    assert signed("On its way.\n", "Team Alkyon") == "On its way.\nTeam Alkyon"
    assert signed("On its way.\nTeam Alkyon ", " Team Alkyon ") == "On its way.\nTeam Alkyon "
    assert signed("On its way.", "") == "On its way."
