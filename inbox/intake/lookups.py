"""The two kinds of job that intake makes: to bring what a network announced by id alone, and to ask who somebody is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connectors import inbound as net
from connectors.contract import Connector
from connectors.errors import SendError
from connectors.inbound import AnyInbound
from inbox import clock
from inbox.domain.records import Job
from inbox.eventlog.directory import Directory
from inbox.intake.context import Contexts
from inbox.intake.health import Health
from inbox.intake.jobs import GivenUp, Work, later, payload_of
from inbox.intake.receive import Arrived, Element, Receiver, Source
from inbox.transport.courier import Courier
from inbox.transport.drive import drive

KINDS = ("fetch", "profile")


class LookUps:
    """Carries out `fetch` and `profile` jobs of the channels that this process holds."""

    def __init__(
        self, contexts: Contexts, receiver: Receiver, health: Health, courier_of: Callable[[int], Courier]
    ) -> None:
        self._contexts = contexts
        self._receiver = receiver
        self._health = health
        self._courier_of = courier_of

    @property
    def kinds(self) -> dict[str, Work]:
        """What `Jobs` is given."""
        return {"fetch": self.fetch, "profile": self.profile}

    async def fetch(self, job: Job) -> None:
        """Bring what was announced and take it in like any delivery."""
        connector, channel_id = await self._connector(job)
        if connector.fetch is None:
            raise GivenUp(f"{connector.manifest.network} has no fetch")
        ctx = await self._contexts.of(channel_id)
        try:
            inbounds = await drive(connector.fetch(payload_of(job)["ref"], ctx), self._courier_of(channel_id))
        except SendError as refused:
            raise later(refused) from refused
        await self._take(channel_id, inbounds)

    async def profile(self, job: Job) -> None:
        """Ask the network for a person's name."""
        connector, channel_id = await self._connector(job)
        if connector.profile is None:
            raise GivenUp(f"{connector.manifest.network} tells no profiles")
        ctx = await self._contexts.of(channel_id)
        author = payload_of(job)["author"]
        try:
            found = await drive(connector.profile(author, ctx), self._courier_of(channel_id))
        except SendError as refused:
            raise later(refused) from refused
        changed = net.IdentityChanged(dedupe_key=f"profile:{job.id}", occurred_at=clock.now(), author=found)
        await self._take(channel_id, [changed])

    async def given_up(self, job: Job, reason: str) -> None:
        """What was announced and cannot be brought is kept for an admin; a name that is not told is no loss."""
        if job.kind != "fetch" or job.channel_id is None:
            return
        problem = f"announced, but the network did not give it: {reason}"
        source = Source(body=job.payload, problem=problem)
        await self._take(job.channel_id, (), source)

    async def _take(self, channel_id: int, inbounds: Sequence[AnyInbound], source: Source | None = None) -> None:
        directory: Directory = await self._contexts.directory.fresh()
        arrived = Arrived(
            channel=directory.facts(channel_id),
            elements=[Element(one) for one in inbounds],
            sources=(source or Source(body=b""),),
            received_at=clock.now(),
        )
        await self._receiver.take(arrived)

    async def _connector(self, job: Job) -> tuple[Connector, int]:
        directory = await self._contexts.directory.fresh()
        channel = directory.channels.get(job.channel_id or 0)
        if channel is None:
            raise GivenUp(f"channel {job.channel_id} was removed")
        return self._contexts.connector(channel.network), channel.id
