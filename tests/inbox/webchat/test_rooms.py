"""Who is woken in the chats, and how soon."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from inbox.eventlog import log
from inbox.eventlog.bus import HEAD, Bus
from inbox.webchat import rooms
from inbox.webchat.rooms import Rooms


class Waits:
    """A visitor in a chat."""

    visitor_key = "13:v:1"
    thread_id = 7

    def wake(self) -> None:
        """There is news."""

    def typing(self, on: bool) -> None:
        """Nothing of that here."""

    def restart(self) -> None:
        """Nor of that."""


async def test_what_is_told_during_a_look_into_the_log_is_looked_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It came too late for that look: the next one is not to wait until it would look by itself."""
    monkeypatch.setattr(rooms, "POLL_SECONDS", 60.0)
    bus = Bus()

    class Log:
        looks = 0

        async def read(self, query: Any, *args: Any) -> Any:
            self.looks += 1
            if query is log.head:
                bus.publish(HEAD)  # something is committed just behind what was read
                return 4, 1
            return []

    stored = Log()
    made = Rooms(stored, bus)  # type: ignore[arg-type]
    made.enter(Waits())
    following = asyncio.create_task(made.run())
    async with asyncio.timeout(30):
        while stored.looks < 2:
            await asyncio.sleep(0)
    following.cancel()
