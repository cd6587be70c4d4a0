"""The visitors of the invented company's website. The chat is a part of the service, so nothing is posted to it from
outside: a visit is taken in where the chat's own endpoint takes it, and our answers are read where it reads them.
"""

from __future__ import annotations

from connectors.exchange import Request
from connectors.registry import connector
from inbox import clock
from inbox.clock import HOUR
from inbox.errors import Unavailable
from inbox.intake.receive import Arrived, Receiver, parsed
from inbox.sandbox.history import Doors
from inbox.sandbox.networks import CHAT, Networks, Shown
from inbox.storage import sandbox as stored
from inbox.storage.database import Database

_STATES = {"read": "read", "delivered": "delivered"}


class Chats:
    """The visitors' way in and out. `channel_id`: the chat's channel."""

    def __init__(self, networks: Networks, doors: Doors, database: Database, channel_id: int) -> None:
        self._networks = networks
        self._doors = doors
        self._database = database
        self._channel_id = channel_id
        self._receiver = Receiver(doors.writer, doors.media, doors.health)

    async def take(self, request: Request) -> bool:
        """Take a visit in. False while the store cannot."""
        ctx, parse = await self._doors.contexts.of(self._channel_id), connector(CHAT).parse
        assert parse is not None
        told, _ = parsed(lambda: parse(request, ctx), ctx)
        arrived = Arrived(
            channel=self._doors.directory.facts(self._channel_id), elements=told, sources=(), received_at=ctx.now
        )
        try:
            await self._receiver.take(arrived)
        except Unavailable:
            return False
        return True

    async def look(self) -> None:
        """Show visitors what we said in the last hours."""
        rows = await self._database.read(stored.answers, self._channel_id, clock.now() - 12 * HOUR)
        found: dict[tuple[str, str], list[Shown]] = {}
        for thread_id, message_id, text, state, at in rows:
            item = {"id": f"us:{message_id}", "from": "us", "text": text, "state": _STATES.get(state, "sent")}
            found.setdefault((CHAT, thread_id), []).append(Shown(at, item))
        self._networks.answers = found
