"""Instants as a clock on a wall says them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.inbox.domain import wall_clock


def at(text: str, zone: str) -> int:
    """`2026-11-22T10:00` in a zone, in µs; of a time that comes twice the first."""
    return wall_clock.at(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))
