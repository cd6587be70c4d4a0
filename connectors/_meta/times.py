"""Times of Meta's webhooks: milliseconds in `messaging`, seconds in `changes`, now and then the other way round."""

from __future__ import annotations

from connectors.toolkit.times import from_millis, from_rfc3339, from_seconds

_MILLIS_FROM = 10**12
"""As seconds this is the year 33658; as milliseconds it is 2001."""


def instant(value: float | str | None, *, otherwise: int, path: str = "") -> int:
    """µs of a time in seconds or milliseconds, as a number or its digits, or as RFC 3339; `otherwise` where there is
    none, which Messenger's deliveries also write as 0. Raises PayloadInvalid for anything else.
    """
    if value in (None, "", 0, "0"):
        return otherwise
    if isinstance(value, str):
        if not value.isdecimal() or len(value) > 16:
            return from_rfc3339(_with_colon(value), path=path)
        value = int(value)
    return from_millis(value, path=path) if value >= _MILLIS_FROM else from_seconds(value, path=path)


def _with_colon(text: str) -> str:
    """Graph writes offsets as `+0000`."""
    has_offset = len(text) > 5 and text[-5] in "+-" and text[-4:].isdecimal()
    return f"{text[:-2]}:{text[-2:]}" if has_offset else text
