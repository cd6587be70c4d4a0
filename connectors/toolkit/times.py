"""Times as networks write them, to and from microseconds since the epoch, UTC, in whole numbers throughout."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connectors.errors import PayloadInvalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z: the last second that RFC 3339 can write."""


def from_seconds(value: float, *, path: str = "") -> int:
    """Unix seconds → µs. Raises PayloadInvalid below zero or after 9999, as a time in milliseconds would be."""
    if not 0 <= value <= _LAST_SECOND:
        raise PayloadInvalid(f"{value} is no time in seconds", path=path)
    return int(value * 1_000_000)


def from_millis(value: float, *, path: str = "") -> int:
    """Unix milliseconds → µs. Raises PayloadInvalid below zero or after the year 9999."""
    if not 0 <= value <= _LAST_SECOND * 1000:
        raise PayloadInvalid(f"{value} is no time in milliseconds", path=path)
    return int(value * 1000)


def from_datetime(value: datetime, *, path: str = "") -> int:
    """An aware datetime → µs. Raises PayloadInvalid when it has no offset: its instant is then a guess."""
    if value.tzinfo is None:
        raise PayloadInvalid("the time has no offset from UTC", path=path)
    return (value - _EPOCH) // _MICROSECOND


def from_rfc3339(text: str, *, path: str = "") -> int:
    """`2026-11-20T10:15:00Z`, any offset and fraction → µs. Raises PayloadInvalid for anything else.

    https://www.rfc-editor.org/rfc/rfc3339#section-5.6 (read 2026-11-22).
    """
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise PayloadInvalid(f"{text[:40]!r} is no RFC 3339 time", path=path) from None
    return from_datetime(value, path=path)


def to_rfc3339(at: int) -> str:
    """µs → `2026-11-20T10:15:00Z`, with six decimals only where the instant is not a whole second."""
    text = (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds")
    return text.removesuffix("+00:00").removesuffix(".000000") + "Z"
