"""All that the holder of a channel does for it: send, file copies, poll, stream, refresh, fetch files, show signs.

A long poll must not hold up an answer, nor a large file a long poll: each gets its own place in the queue to the
network.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from inbox.delivery.allowance import Allowance
from inbox.delivery.filing import Filing
from inbox.delivery.lease import Leases
from inbox.delivery.outbox import Outbox
from inbox.delivery.refresh import Refresher, Seal
from inbox.delivery.signs import Signs
from inbox.delivery.watch import Watch
from inbox.domain.records import Channel
from inbox.eventlog.writer import Writer
from inbox.intake.context import Contexts
from inbox.intake.health import Health
from inbox.intake.media import AT_ONCE, MAX_BYTES, MediaFetcher
from inbox.intake.poller import Poller
from inbox.intake.receive import Receiver
from inbox.intake.streamer import Streamer
from inbox.transport.courier import Clients, Courier, Limits
from inbox.transport.images import Images
from inbox.transport.reach import Reach

DRAIN_SECONDS = 20.0
_RECEIVE_BYTES = 67_108_864


@dataclass(frozen=True, slots=True)
class Tools:
    """What the channels of a process share."""

    contexts: Contexts
    writer: Writer
    receiver: Receiver
    health: Health
    clients: Clients
    images: Images
    leases: Leases
    seal: Seal


class ChannelWork:
    """One channel's work under one lease."""

    def __init__(self, channel: Channel, fence: int, reach: Reach, tools: Tools, refresher: Refresher) -> None:
        """`refresher`: that of the process, which knows what was refreshed before this work began."""
        self.channel = channel
        self.fence = fence
        connector = tools.contexts.connector(channel.network)
        concurrency = connector.manifest.concurrency
        self._connector = connector
        self._allowance = Allowance(channel.id, connector, tools.writer)
        heard = self._allowance.heard
        self._send = tools.clients.courier(reach, Limits(concurrency=concurrency), heard=heard)
        self._ask = tools.clients.courier(reach, Limits(concurrency=1, body_bytes=_RECEIVE_BYTES), heard=heard)
        self.look_up = tools.clients.courier(reach, Limits(concurrency=2), heard=heard)
        """For everything that is asked beside the polling: announced items, profiles, fresh credentials, signs."""
        self._files = tools.clients.courier(reach, Limits(concurrency=AT_ONCE, blob_bytes=MAX_BYTES))
        self._copies = tools.clients.courier(reach)
        self._refresher = refresher
        self.outbox = Outbox(
            channel.id,
            fence,
            connector,
            tools.contexts,
            tools.writer,
            tools.health,
            self._send,
            self._refresher,
            lambda: tools.leases.sure_of(f"channel:{channel.id}"),
            lambda: connector.poll is None or self.poller.is_read,
        )
        self.media = MediaFetcher(channel.id, connector, tools.contexts, tools.writer, self._files, tools.images)
        self.poller = Poller(
            channel.id,
            connector,
            tools.contexts,
            tools.receiver,
            tools.writer,
            tools.health,
            self._ask,
            refresher.instead,
        )
        self._filing = Filing(channel.id, connector, tools.contexts, tools.writer, self._copies)
        self._watch = Watch(channel.id, connector, tools.contexts, tools.health)
        self.signs = Signs(channel.id, connector, tools.contexts, self.look_up)
        self._streamer = Streamer(
            channel.id,
            connector,
            tools.contexts,
            tools.receiver,
            tools.health,
            tools.clients.guard,
            tools.clients.http.tls,
            refresher.instead,
        )

    async def run(self) -> None:
        """Do it all until cancelled. Raises what none of the parts expected."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.outbox.run())
                tasks.create_task(self.media.run())
                tasks.create_task(self._filing.run())
                tasks.create_task(self._watch.run())
                tasks.create_task(self._allowance.run())
                tasks.create_task(self.signs.run())
                tasks.create_task(self._refresher.keep_fresh(self.channel.id))
                if self._connector.poll is not None:
                    tasks.create_task(self.poller.run())
                if self._connector.stream is not None:
                    tasks.create_task(self._streamer.run())
        finally:
            for courier in self._couriers():
                await courier.aclose()

    def wake(self, *, outbox: bool = False, media: bool = False) -> None:
        """There may be something to send, or to fetch."""
        if outbox:
            self.outbox.wake()
        if media:
            self.media.wake()

    def wake_jobs(self) -> None:
        """There may be a copy to file."""
        self._filing.wake()

    def settings_changed(self) -> None:
        """Try at once what waited for a person to mend it."""
        self.outbox.settings_changed()
        self.poller.wake()

    async def drain(self) -> None:
        """Give sends that are under way time to end."""
        await self.outbox.drain(DRAIN_SECONDS)

    def _couriers(self) -> tuple[Courier, ...]:
        return self._send, self._ask, self.look_up, self._files, self._copies
