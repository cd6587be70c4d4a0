"""Simulated colleagues have no sockets, by which people are known to be at work: it is said for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection

from inbox.commands.availability import Here
from inbox.errors import Unavailable
from inbox.eventlog.directory import Directory
from inbox.eventlog.writer import Writer

SAID_SECONDS = 20.0
"""So often it is said again: well below the shortest silence that makes one away."""


async def attend(
    writer: Writer,
    directory: Directory,
    emails: Collection[str],
    at_work: Callable[[], Awaitable[bool]],
    every_seconds: float = SAID_SECONDS,
) -> None:
    """Until cancelled: whoever has one of these addresses is here, while they are at work at all. Routing gives them
    work then, and the floor shows them.
    """
    while True:
        if await at_work():
            here = [one.id for one in directory.agents.values() if one.active and one.email in emails]
            with contextlib.suppress(Unavailable):  # the next time says it again
                await writer.submit(Here(here))
        await asyncio.sleep(every_seconds)
