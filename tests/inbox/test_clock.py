"""Instants as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.clock import iso, iso_or_none, parse_iso

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS_1_TO_9999 = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)


@given(at=_YEARS_1_TO_9999)
def test_an_instant_is_said_to_the_millisecond(at: int) -> None:
    """As the standard library says it, with Z for UTC; what is left of a millisecond is cut off."""
    said = (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="milliseconds")

    assert iso(at) == said.replace("+00:00", "Z")


@given(at=_YEARS_1_TO_9999)
def test_what_is_said_is_read_again(at: int) -> None:
    """Reading the text gives the instant, to the millisecond."""
    assert parse_iso(iso(at)) == at // 1_000 * 1_000


def test_no_instant_is_none() -> None:
    """None stays None."""
    assert iso_or_none(None) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-11-22T10:00:00", "has no time zone"),
        ("tomorrow", "Invalid isoformat"),
        ("0001-01-01T00:00:00+14:00", "outside of the years"),
    ],
)
def test_what_is_no_instant_is_refused(text: str, problem: str) -> None:
    """A time without a zone, words, and what is before the first year are no instants."""
    with pytest.raises(ValueError, match=problem):
        parse_iso(text)
