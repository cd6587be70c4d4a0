"""Being told to end: SIGINT and SIGTERM."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any


def told_to_end() -> asyncio.Event:
    """Set once this process is told to end; from here on the signals do nothing else."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    return told


async def until(told: asyncio.Event, work: Coroutine[Any, Any, None], *others: asyncio.Task[Any]) -> None:
    """Run until told, or until the work, or one of the others, ends by itself; then its error is raised."""
    running = asyncio.create_task(work)
    waiting = asyncio.create_task(told.wait())
    try:
        done, _ = await asyncio.wait({running, waiting, *others}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        running.cancel()
        await asyncio.gather(running, waiting, return_exceptions=True)
    for one in done - {waiting}:
        one.result()
