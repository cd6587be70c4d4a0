"""A shop with customers for tests of the API: a custom channel, people who write, the network's yes."""

from __future__ import annotations

from typing import Any

import msgspec

from connectors import inbound as net
from inbox import clock
from inbox.storage import tables as t
from tests.inbox.api.running_api import Service
from tests.inbox.world import Arrives, Rows, channel

SHOP, OTHER = 91, 92


class Shop:
    """Lets customers write into a running API."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.said = 0

    async def open(self) -> Shop:
        """Two custom channels."""
        rows = [(t.channel, channel(SHOP, "custom")), (t.channel, channel(OTHER, "custom"))]
        await self.service.deps.writer.submit(Rows(*rows))
        await self.service.deps.directory.load()
        return self

    async def writes(
        self, text: str = "Where is my order?", *, person: str = "eleni", to: int = SHOP, **more: Any
    ) -> str:
        """A customer writes; the item's external id."""
        self.said += 1
        base = net.MessageReceived(
            dedupe_key=f"d{self.said}", occurred_at=clock.now(), external_id=f"m{self.said}", text=text,
            thread=net.Thread(external_id=f"chat-{person}", kind="direct", audience="private"),
            author=net.Author(external_id=person, name=person.title()),
        )  # fmt: skip
        inbound = msgspec.structs.replace(base, **more)
        await self.service.deps.writer.submit(Arrives(self.service.deps.directory.facts(to), inbound))
        return inbound.external_id

    async def comments(
        self, text: str = "How much?", *, person: str = "eleni", post: str = "p1", says: str = "New shoes",
        to: int = SHOP, **seen: Any,
    ) -> str:  # fmt: skip
        """A customer comments, in a thread of his own under a post that `says` something; the item's external id."""
        of = net.Post(external_id=post, text=says, **seen)
        place = net.Thread(external_id=f"{post}-{person}", kind="comment", audience="public", post=of)
        return await self.writes(text, person=person, to=to, thread=place, kind="comment")

    async def tells(self, inbound: net.Inbound, to: int = SHOP) -> None:
        """Anything else the network tells."""
        await self.service.deps.writer.submit(Arrives(self.service.deps.directory.facts(to), inbound))
