"""Who has a socket here, told to the house: whoever comes is available within a second, whoever stays is not taken for
gone.
"""

from __future__ import annotations

from collections.abc import Callable

from inbox.clock import SECOND
from inbox.commands.availability import Here
from inbox.errors import Unavailable
from inbox.eventlog.directory import Directory
from inbox.eventlog.writer import Writer
from inbox.live.hub import Hub

TOLD_SECONDS = 20
"""So often it is said again of those who stay: well below the shortest silence that makes one away."""


class Attendants:
    """The agents with sockets in this process. `beat` once a second."""

    def __init__(self, hub: Hub, writer: Writer, directory: Directory, now: Callable[[], int]) -> None:
        self.hub = hub
        self.writer = writer
        self.directory = directory
        self.now = now
        self._told: dict[int, int] = {}
        """Agent → when it was last said that he is here."""

    async def beat(self) -> None:
        """Tell of those who came, and from time to time of those who stayed. Observers take no work."""
        now = self.now()
        here = {i for i in self.hub.by_agent if self._works(i)}
        self._told = {i: at for i, at in self._told.items() if i in here}
        due = [i for i in here if now - self._told.get(i, 0) >= TOLD_SECONDS * SECOND]
        if not due:
            return
        try:
            await self.writer.submit(Here(due))
        except Unavailable:
            return  # the next beat says it again
        self._told |= dict.fromkeys(due, now)

    def _works(self, agent_id: int) -> bool:
        agent = self.directory.agents.get(agent_id)
        return agent is not None and bool(agent.active) and agent.role != "observer"
