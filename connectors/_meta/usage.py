"""How much of its allowance an app, a Page or a business has used, as Graph reports with every answer: in percent.

https://developers.facebook.com/docs/graph-api/overview/rate-limiting (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.errors import PayloadInvalid
from connectors.exchange import HttpResponse
from connectors.toolkit.payload import decode

_SHARES = ("call_count", "total_time", "total_cputime")
_BUSINESS = "x-business-use-case-usage"
_MINUTE = 60_000_000
_LONGEST_MINUTES = 7 * 24 * 60
"""A longer wait is taken for an error: a message that late is worth a person's look first."""


def free_at(headers: Mapping[str, str], now: int) -> int | None:
    """The instant (µs) at which calls are allowed again, by `estimated_time_to_regain_access`; None where Graph does
    not say.
    """
    waits = [_whole(one.get("estimated_time_to_regain_access")) for one in _business(headers)]
    minutes = max(waits, default=0)
    return now + min(minutes, _LONGEST_MINUTES) * _MINUTE if minutes > 0 else None


def used(answer: HttpResponse) -> int | None:
    """The largest share used of any allowance, in percent; None where Graph reports none."""
    reports = [_object(answer.headers.get(name, "")) for name in ("x-app-usage", "x-page-usage")]
    reports += _business(answer.headers)
    return max((_whole(report[share]) for report in reports for share in _SHARES if share in report), default=None)


def _business(headers: Mapping[str, str]) -> list[dict[str, Any]]:
    """The reports of every business and use case: `{"<id>": [{"type", "call_count", …}]}`."""
    by_id = _object(headers.get(_BUSINESS, ""))
    listed = [one for reports in by_id.values() if isinstance(reports, list) for one in reports]
    return [one for one in listed if isinstance(one, dict)]


def _object(text: str) -> dict[str, Any]:
    try:
        return decode(text.encode(), dict[str, Any]) if text else {}
    except PayloadInvalid:
        return {}


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e9 else 0
