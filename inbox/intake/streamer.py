"""Keeping a network's stream open under the channel's lease: what it delivers is committed with its resume state."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence

import structlog

from connectors.contract import Connector
from connectors.errors import SendError, SendErrorKind
from connectors.inbound import AnyInbound
from inbox import clock
from inbox.errors import Unavailable
from inbox.intake.backoff import delay_after, delay_seconds
from inbox.intake.context import Contexts
from inbox.intake.health import Condition, Health
from inbox.intake.receive import Arrived, Element, Receiver, Source
from inbox.storage import cursor as stored
from inbox.transport import stream
from inbox.transport.guard import Guard

_log = structlog.get_logger(__name__)


class Streamer:
    """Runs the stream of one channel until cancelled."""

    def __init__(
        self,
        channel_id: int,
        connector: Connector,
        contexts: Contexts,
        receiver: Receiver,
        health: Health,
        guard: Guard,
        tls: ssl.SSLContext,
        instead: Callable[[int, SendError], Awaitable[SendError | None]] | None = None,
    ) -> None:
        """`instead`: what a refused sign-in of a channel comes to, see `Refresher.instead`."""
        self.channel_id = channel_id
        self._connector = connector
        self._contexts = contexts
        self._receiver = receiver
        self._health = health
        self._guard = guard
        self._tls = tls
        self._instead = instead
        self._failures = 0
        self._up = asyncio.Event()

    async def run(self) -> None:
        """Open it, and open it again: with the resume state committed last, and with fresh credentials."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tell_when_up())
            while True:
                try:
                    await self._once()
                except Unavailable as unavailable:
                    # Not acknowledged, so it is delivered again from the committed resume state.
                    _log.warning("stream_not_stored", channel=self.channel_id, detail=unavailable.detail)
                    await asyncio.sleep(float(unavailable.extra.get("retry_after_seconds", 2)))
                except SendError as refused:
                    await asyncio.sleep(await self._refused(refused))
                except Exception as broken:  # the edge of the stream, as of the poll
                    _log.error("stream_failed", channel=self.channel_id, exc_info=broken)
                    self._failures += 1
                    await self._note("down", f"{type(broken).__name__} while reading the stream")
                    await asyncio.sleep(delay_seconds(self._failures, first=30, longest=600))

    async def _once(self) -> None:
        if self._connector.stream is None:
            raise TypeError(f"{self._connector.manifest.network} has no stream")
        machine = self._connector.stream(await self._contexts.of(self.channel_id))
        line = stream.Line(self._guard, await self._contexts.reach_of(self.channel_id), self._tls)
        resume = await self._contexts.directory.database.read(stored.cursor_of, self.channel_id)
        await stream.run(machine, line, resume=resume, commit=self._commit, on_up=self._on_up)

    async def _commit(self, inbounds: Sequence[AnyInbound], resume: str, raw: bytes) -> None:
        directory = await self._contexts.directory.fresh()
        arrived = Arrived(
            channel=directory.facts(self.channel_id),
            elements=[Element(one) for one in inbounds],
            sources=(Source(body=raw),),
            received_at=clock.now(),
            cursor=resume,
            looks_up_profiles=self._connector.profile is not None,
        )
        await self._receiver.take(arrived)

    async def _refused(self, refused: SendError) -> float:
        """Note it, and say how long to stay away."""
        self._failures += 1
        if refused.kind is SendErrorKind.REAUTH and self._instead is not None:
            instead = await self._instead(self.channel_id, refused)
            if instead is None:
                return 0.0
            refused = instead
        await self._note("needs_attention" if refused.kind is SendErrorKind.REAUTH else "down", refused)
        return delay_after(refused, self._failures)

    def _on_up(self, up: bool) -> None:
        if up:
            self._failures = 0
            self._up.set()

    async def _tell_when_up(self) -> None:
        while True:
            await self._up.wait()
            self._up.clear()
            await self._note("ok")

    async def _note(self, condition: Condition, why: SendError | str = "") -> None:
        try:
            if isinstance(why, SendError):
                await self._health.refused(self.channel_id, condition, why)
            else:
                await self._health.channel(self.channel_id, condition, why, "fault" if why else "")
        except Unavailable:
            _log.warning("channel_health_not_written", channel=self.channel_id, health=condition)
