"""The service with its sandbox, in this process, as `inbox demo` puts them together, for tests of both."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from inbox.app import Inbox
from inbox.automation.then import RulesThen
from inbox.domain.events import Logged
from inbox.eventlog import log
from inbox.eventlog.verify import Verified, verify
from inbox.sandbox.history import Doors, History
from inbox.sandbox.install import Workspace, install
from inbox.sandbox.past import Past
from inbox.sandbox.stage import Stage, stage
from inbox.sandbox.tally import Line, Tally
from inbox.settings import Settings
from inbox.storage.database import Query, Row, Text
from inbox.storage.migrate import migrate
from inbox.worker import Networks, networks, work

SEED = 7
BEGUN_AT = 1_795_300_000_000_000


@dataclass
class Company:
    """The invented company: its service, its networks, and the channels between them."""

    inbox: Inbox
    parts: Networks
    stage: Stage
    channels: dict[str, int]

    @property
    def doors(self) -> Doors:
        """What history is written through."""
        inbox, parts = self.inbox, self.parts
        rules_then = RulesThen(inbox.database, inbox.directory, parts.contexts.of)
        return Doors(
            inbox.writer, inbox.directory, parts.contexts, parts.media, parts.health, rules_then,
            inbox.survey_links.url,
        )  # fmt: skip

    async def tell(self, share: float) -> History:
        """Write so much of the month."""
        told = History(Past(SEED, BEGUN_AT, share=share), self.stage.networks, self.doors, self.channels)
        await told.tell()
        return told

    async def head(self) -> int:
        """The log's last position."""
        return (await self.inbox.database.read(log.head))[0]

    async def logged(self, after: int) -> list[Logged]:
        """The log behind a position."""
        return await self.inbox.database.read(log.after, after, 100_000)

    async def verified(self) -> Verified:
        """The waits recomputed from the log."""
        return await self.inbox.database.read(verify)

    async def line(self) -> Line:
        """The running line."""
        return await Tally(self.stage.networks, self.inbox.database, self.channels).line()

    async def rows(self, sql: str) -> list[Row]:
        """Rows of a statement."""
        return await self.inbox.database.read(_rows, sql)


def _rows(sql: str) -> Query[list[Row]]:
    return (yield Text({"sqlite": sql, "postgres": sql}))


@contextlib.asynccontextmanager
async def company(folder: Path, *, at_work: bool = False) -> AsyncIterator[Company]:
    """A company whose channels are connected. `at_work`: a worker sends and polls."""
    settings = Settings(data_dir=folder, database_url="", redis_url="")
    await migrate(settings.store)
    async with Inbox.open(settings) as inbox, networks(inbox) as parts, stage(folder, SEED) as made:
        connect = parts.connecting.connect
        workspace = Workspace(inbox.database, inbox.writer, inbox.directory, inbox.sealer, connect, settings.address)
        channels = await install(workspace, made)
        working = asyncio.create_task(work(inbox, parts)) if at_work else None
        try:
            yield Company(inbox, parts, made, channels)
        finally:
            if working is not None:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
