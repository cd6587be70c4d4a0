"""Outgoing webhooks of an installation, run by one process at a time: a reader, and a line for each webhook.

While no webhook is switched on, nothing is read: a settings event is what wakes it.
"""

from __future__ import annotations

import asyncio

import structlog

from inbox.domain import events as e
from inbox.domain.webhooks import Webhook
from inbox.errors import Unavailable
from inbox.eventlog.bus import Bus
from inbox.eventlog.directory import Directory
from inbox.eventlog.moved import LogMoved
from inbox.eventlog.writer import Writer
from inbox.intake.health import End
from inbox.storage import health, rows
from inbox.storage.database import Database
from inbox.webhooks.line import Line
from inbox.webhooks.reader import Reader
from inbox.webhooks.sender import Sender
from inbox.webhooks.settle import TOPIC

PACE_SECONDS = 0.1
"""Under load the log is read so often, not at each commit."""
POLL_SECONDS = 0.5
"""How long a missed wake-up can cost."""
_log = structlog.get_logger(__name__)


class Webhooks:
    """Reads and sends until cancelled. `heard` is told of settings events, by whichever process."""

    def __init__(self, database: Database, writer: Writer, directory: Directory, bus: Bus, sender: Sender) -> None:
        self._database = database
        self._writer = writer
        self._sender = sender
        self._reader = Reader(database, writer, directory)
        self._moved = LogMoved(writer, bus)
        self._moved.wanted = False
        self._stale = True
        self._lines: dict[int, tuple[Line, asyncio.Task[None]]] = {}

    def heard(self, event: e.Event) -> None:
        """A webhook was made, changed, removed, or is to send a test or a replay. Called in any thread."""
        if isinstance(event, e.SettingChanged) and event.object == "webhook":
            self._stale = True
            self._moved.wake()

    async def run(self) -> None:
        """Work until cancelled. Only one process of the installation may."""
        self._stale = True
        try:
            with self._moved.heard():
                async with asyncio.TaskGroup() as tasks:
                    while True:
                        self._moved.clear()
                        await self._round(tasks)
                        await asyncio.sleep(PACE_SECONDS)
                        await self._moved.within(POLL_SECONDS if self._moved.wanted or self._stale else None)
        finally:
            self._lines.clear()

    async def _round(self, tasks: asyncio.TaskGroup) -> None:
        try:
            if self._stale:
                await self._look(tasks)
            if self._moved.wanted:
                for webhook_id in await self._reader.catch_up():
                    if webhook_id in self._lines:
                        self._lines[webhook_id][0].wake()
        except Unavailable as unavailable:
            _log.warning("webhooks_not_read", detail=unavailable.detail)

    async def _look(self, tasks: asyncio.TaskGroup) -> None:
        """Read which webhooks there are; begin and end lines accordingly."""
        self._stale = False
        try:
            known = {one.id: one for one in await self._database.read(rows.every, Webhook)}
            await self._end_attention(known)
        except Unavailable:
            self._stale = True
            raise
        self._moved.wanted = any(one.active for one in known.values())
        for webhook_id in self._lines.keys() - known.keys():
            self._lines.pop(webhook_id)[1].cancel()
        for webhook_id in known:
            if webhook_id not in self._lines:
                line = Line(webhook_id, self._database, self._writer, self._sender)
                self._lines[webhook_id] = line, tasks.create_task(line.run(), name=f"webhook-{webhook_id}")
            self._lines[webhook_id][0].wake()

    async def _end_attention(self, known: dict[int, Webhook]) -> None:
        """What was raised about a webhook ends when it is switched on again, or removed."""
        for topic, ref, _, _ in await self._database.read(health.raised):
            if topic == TOPIC and (ref not in known or known[ref].active):
                await self._writer.submit(End(TOPIC, ref))
