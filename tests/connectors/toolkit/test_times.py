"""Times of networks, to and from microseconds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadInvalid
from connectors.toolkit import times

AT = 1_795_336_000_000_000
TEXT = "2026-11-22T08:26:40Z"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (TEXT, AT),
        ("2026-11-22T10:26:40+02:00", AT),
        ("2026-11-22T08:26:40.5Z", AT + 500_000),
        ("2026-11-22T08:26:40.000001Z", AT + 1),
        ("1969-12-31T23:59:59Z", -1_000_000),
    ],
)
def test_rfc3339_is_read_to_the_microsecond(text: str, at: int) -> None:
    """Offsets and fractions count exactly."""
    assert times.from_rfc3339(text) == at


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-22T08:26:40", "2026-13-01T00:00:00Z", "1795336000"])
def test_other_texts_are_refused(text: str) -> None:
    """A time without an offset is as unusable as no time, and the error names the field."""
    with pytest.raises(PayloadInvalid, match="sent_at"):
        times.from_rfc3339(text, path="sent_at")


@given(st.integers(0, 253_402_300_799_999_999))
def test_written_times_read_back(at: int) -> None:
    """What is written is read as the same instant."""
    assert times.from_rfc3339(times.to_rfc3339(at)) == at


def test_whole_seconds_are_written_short() -> None:
    """No zeros that say nothing."""
    assert times.to_rfc3339(AT) == TEXT
    assert times.to_rfc3339(AT + 1) == "2026-11-22T08:26:40.000001Z"


@given(st.integers(0, 253_402_300_799))
def test_seconds_and_milliseconds_agree(seconds: int) -> None:
    """The same instant in both units is the same."""
    assert times.from_seconds(seconds) == times.from_millis(seconds * 1000) == seconds * 1_000_000


@pytest.mark.parametrize("value", [-1, 1_795_336_000_000, float("nan"), float("inf"), 10**40])
def test_seconds_that_can_only_be_milliseconds_are_refused(value: float) -> None:
    """A time far beyond ours is another unit, not another millennium."""
    with pytest.raises(PayloadInvalid, match="no time in seconds"):
        times.from_seconds(value)


@pytest.mark.parametrize("value", [-1, 1_795_336_000_000_000, float("nan")])
def test_milliseconds_that_can_only_be_microseconds_are_refused(value: float) -> None:
    """The same for milliseconds."""
    with pytest.raises(PayloadInvalid, match="no time in milliseconds"):
        times.from_millis(value)


def test_datetimes_need_an_offset() -> None:
    """An aware datetime of any zone is exact; a naive one is refused."""
    assert times.from_datetime(datetime(2026, 11, 22, 8, 26, 40, 7, tzinfo=UTC)) == AT + 7
    assert times.from_datetime(datetime(2026, 11, 22, 4, 26, 40, tzinfo=timezone(timedelta(hours=-4)))) == AT
    with pytest.raises(PayloadInvalid):
        times.from_datetime(datetime(2026, 11, 22, 8, 26, 40))  # noqa: DTZ001
