"""Colleagues without sockets count as here."""

from __future__ import annotations

import asyncio
from pathlib import Path

from inbox.domain.routing_records import Availability
from inbox.sandbox.attending import attend
from inbox.sandbox.install import STAFF
from inbox.storage import rows
from tests.inbox.sandbox.company import company

SIMULATED = {one.email for one in STAFF if one.simulated}


async def test_they_are_available_while_they_work_and_nobody_else_is(tmp_path: Path) -> None:
    """Once they are at work, those who are simulated are available to routing; before, nobody is."""
    async with company(tmp_path) as made:
        asked, working = 0, False

        async def at_work() -> bool:
            nonlocal asked
            asked += 1
            return working

        async def available() -> set[str]:
            known = await made.inbox.database.read(rows.every, Availability)
            return {made.inbox.directory.agents[one.id].email for one in known if one.state == "available"}

        attending = asyncio.create_task(attend(made.inbox.writer, made.inbox.directory, SIMULATED, at_work, 0.01))
        async with asyncio.timeout(30):
            while asked < 3:
                await asyncio.sleep(0.01)
            assert await available() == set()
            working = True
            while await available() != SIMULATED:
                await asyncio.sleep(0.01)
        attending.cancel()
