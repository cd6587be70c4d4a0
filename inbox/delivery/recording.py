"""Writing down what happened at a network, which cannot be found out again."""

from __future__ import annotations

import asyncio

import structlog

from inbox.errors import Unavailable
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.intake.backoff import delay_seconds

_log = structlog.get_logger(__name__)


async def record(writer: Writer, unit: Unit, **about: int) -> None:
    """Commit a unit, however long the store is away. `about`: ids for the log."""
    failures = 0
    while True:
        try:
            await writer.submit(unit)
        except Unavailable as unavailable:
            failures += 1
            _log.warning("result_not_written", unit=type(unit).__name__, detail=unavailable.detail, **about)
            await asyncio.sleep(delay_seconds(failures, first=0.2, longest=5.0))
        else:
            return
