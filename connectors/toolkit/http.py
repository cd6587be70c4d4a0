"""From an HTTP answer to the right SendError, the same for every network unless its sheet says otherwise."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from connectors.errors import PayloadInvalid, SendError, SendErrorKind
from connectors.exchange import HttpResponse
from connectors.toolkit.payload import decode
from connectors.toolkit.times import from_datetime

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_LONGEST_WAIT = 7 * 86_400 * 1_000_000
"""A wait beyond a week (µs) is taken for an error of the sender: a message that late is worth a person's look first."""


def retry_at(response: HttpResponse, now: int) -> int | None:
    """The instant (µs) that Retry-After names, as seconds or as a date (RFC 9110 10.2.3), at most a week away; None
    when absent or unreadable.
    """
    value = response.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        at = now + int(float(value) * 1_000_000)
    else:
        try:
            date = parsedate_to_datetime(value)
            # A date in `-0000` comes without an offset; RFC 9110 5.6.7 knows none but GMT.
            at = from_datetime(date if date.tzinfo else date.replace(tzinfo=UTC))
        except (TypeError, ValueError, OverflowError):
            return None
    return min(at, now + _LONGEST_WAIT)


def error_of(response: HttpResponse, now: int, reason: str = "") -> SendError:
    """The SendError of an answer that is not 2xx, by its status alone."""
    status = response.status
    said = reason or f"HTTP {status}"
    if status == 429:
        return SendError(SendErrorKind.THROTTLED, said, until=retry_at(response, now))
    if status in (401, 403):
        return SendError(SendErrorKind.REAUTH, said)
    if status in (404, 410):
        return SendError(SendErrorKind.RECIPIENT_GONE, said)
    if status == 413:
        return SendError(SendErrorKind.TOO_LARGE, said)
    if status in (408, 425) or status >= 500:
        return SendError(SendErrorKind.UNREACHABLE, said, until=retry_at(response, now))
    return SendError(SendErrorKind.REJECTED, said)


def json_object(response: HttpResponse, *, effect: bool) -> dict[str, Any]:
    """The JSON object in a 2xx answer. An answer that is none leaves an effect `unknown`, anything else
    `unreachable`.
    """
    value = readable_object(response.body)
    if value is not None:
        return value
    kind = SendErrorKind.UNKNOWN if effect else SendErrorKind.UNREACHABLE
    raise SendError(kind, f"HTTP {response.status} with a body that is not a JSON object")


def readable_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object in `body`, None when it holds anything else: for answers that are of use but not needed."""
    try:
        return decode(body, dict[str, Any])
    except PayloadInvalid:
        return None


def json_body(value: object) -> bytes:
    """JSON of records and plain values, always with the same bytes for the same value."""
    return msgspec.json.encode(value, order="deterministic")
