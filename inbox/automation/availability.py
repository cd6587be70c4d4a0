"""Watches who is not there: whoever fell silent is away, and what waits for him goes back when its time has come."""

from __future__ import annotations

from inbox import clock
from inbox.commands.availability import Silent, fallen_silent
from inbox.commands.routing import ReturnWork
from inbox.eventlog.directory import Directory
from inbox.eventlog.writer import Writer
from inbox.storage import routing as stored
from inbox.storage.database import Database

WATCH_SECONDS = 10.0


class Absences:
    """Run `look` every `WATCH_SECONDS`, in one process."""

    def __init__(self, database: Database, writer: Writer, directory: Directory) -> None:
        self._database = database
        self._writer = writer
        self._directory = directory

    async def look(self) -> None:
        """Note who fell silent. Start the clock of those who are waited for while they are away: a customer may have
        written after they left, or somebody given them work.
        """
        directory = await self._directory.fresh()
        if await self._database.read(fallen_silent, directory.attendance.away_seconds, clock.now()):
            await self._writer.submit(Silent())
        teams = [team for team, terms in directory.routing.items() if terms.return_seconds is not None]
        if not teams:
            return
        for agent_id in await self._database.read(stored.unarmed, teams):
            await self._writer.submit(ReturnWork(agent_id))
