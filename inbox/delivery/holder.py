"""Which channels this process works for: it takes their leases, does their work, and stops when a lease is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from inbox import clock
from inbox.delivery.channel import ChannelWork, Tools
from inbox.delivery.disconnected import end_what_waits
from inbox.delivery.lease import RENEW_SECONDS
from inbox.delivery.refresh import Refresher
from inbox.delivery.signs import decoded
from inbox.domain import events as e
from inbox.domain.records import Channel, Job, Media, OutboxPart
from inbox.errors import Unavailable
from inbox.eventlog.writer import Committed
from inbox.intake.jobs import Jobs
from inbox.intake.lookups import LookUps
from inbox.storage import outbox, pending_media
from inbox.transport.courier import Courier

SCAN_SECONDS = 0.5
"""How long work that another process committed may go unseen when no wake-up comes."""
NEW_PER_ROUND = 16
"""Leases taken in one round, so that processes started together share the channels."""
_RESTART_SECONDS = 15.0
_log = structlog.get_logger(__name__)


class Holder:
    """Holds channels until cancelled. `once` is work that only one process of the installation may do, by name."""

    def __init__(
        self,
        tools: Tools,
        *,
        once: Mapping[str, Callable[[], Awaitable[None]]] | None = None,
        scan_seconds: float = SCAN_SECONDS,
    ) -> None:
        self._tools = tools
        self._once = dict(once or {})
        self._scan_seconds = scan_seconds
        self._work: dict[int, ChannelWork] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ending: set[str] = set()
        self._not_before: dict[str, float] = {}
        self._look = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._refresher = Refresher(tools.contexts, tools.writer, tools.leases, tools.seal, self._courier_of)
        look_ups = LookUps(tools.contexts, tools.receiver, tools.health, self._courier_of)
        self._jobs = Jobs(
            tools.contexts.directory.database,
            tools.writer,
            look_ups.kinds,
            channels=lambda: list(self._work),
            given_up=look_ups.given_up,
        )

    @property
    def channels(self) -> frozenset[int]:
        """The channels this process works for now."""
        return frozenset(self._work)

    # -- told by others

    def committed(self, committed: Committed) -> None:
        """Listen to the writer: wake whoever has work by what was just committed. Called in any thread, and quick."""
        state, loop = committed.state, self._loop
        if loop is None or not (state.new or state.dirty or state.events):
            return
        parts: list[OutboxPart] = [*state.new.get(OutboxPart, ()), *state.dirty.get(OutboxPart, {}).values()]  # type: ignore[list-item]
        media: list[Media] = list(state.new.get(Media, ()))  # type: ignore[arg-type]
        sending = {part.channel_id for part in parts if part.state == "waiting"}
        fetching = {one.channel_id for one in media if one.state == "pending"}
        if sending or fetching:
            loop.call_soon_threadsafe(self._wake, sending, fetching)
        if state.new.get(Job):
            loop.call_soon_threadsafe(self._wake_jobs)
        for logged in state.events:
            if isinstance(logged.event, e.SettingChanged):
                loop.call_soon_threadsafe(self.heard, logged.event)

    def heard(self, event: e.Event) -> None:
        """An event of this or another process: settings may have mended, made or removed a channel."""
        if not isinstance(event, e.SettingChanged):
            return
        if event.object in ("connection", "app"):
            for work in self._work.values():
                work.settings_changed()
        if event.object == "channel":
            self._look.set()

    def woken(self, channel_id: int) -> None:
        """Another process says that there is work for a channel."""
        self._wake({channel_id}, {channel_id})

    def signed(self, payload: bytes) -> None:
        """An agent types, or has read something, somewhere: tell the customer, where the channel is held here."""
        sign = decoded(payload)
        work = self._work.get(sign.channel_id) if sign is not None else None
        if sign is not None and work is not None:
            work.signs.show(sign)

    def _wake(self, sending: set[int], fetching: set[int]) -> None:
        for channel_id in sending | fetching:
            if channel_id in self._work:
                self._work[channel_id].wake(outbox=channel_id in sending, media=channel_id in fetching)

    def _wake_jobs(self) -> None:
        self._jobs.wake()
        for work in self._work.values():
            work.wake_jobs()

    # -- running

    async def run(self) -> None:
        """Take leases and do the work until cancelled; then what is being sent may end, and the leases are let go."""
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._jobs.run())
            tasks.create_task(self._scan())
            try:
                while True:
                    self._look.clear()
                    await self._round(tasks)
                    try:
                        async with asyncio.timeout(RENEW_SECONDS):
                            await self._look.wait()
                    except TimeoutError:
                        continue
            finally:
                await self._stop()

    async def _stop(self) -> None:
        """Let sends end while the leases are kept, so that nobody takes them for the remains of a crash."""
        drained = asyncio.ensure_future(asyncio.gather(*(work.drain() for work in self._work.values())))
        while not (await asyncio.wait({drained}, timeout=RENEW_SECONDS))[0]:
            await self._tools.leases.take(list(self._tasks))
        await _cancelled(*self._tasks.values())
        await self._tools.leases.release()

    async def _round(self, tasks: asyncio.TaskGroup) -> None:
        """Renew, take what is free, begin and end work accordingly."""
        try:
            directory = await self._tools.contexts.directory.fresh()
        except Unavailable as unavailable:
            _log.warning("directory_not_read", detail=unavailable.detail)
            directory = self._tools.contexts.directory
        wanted = {f"channel:{c.id}": c for c in directory.channels.values() if c.active}
        new = [name for name in (*self._once, *wanted) if name not in self._tasks][:NEW_PER_ROUND]
        held = await self._tools.leases.take([*self._tasks, *new])
        for name in [name for name in self._tasks if name not in held]:
            _log.warning("lease_lost", name=name)
            await _cancelled(self._tasks.pop(name))
        for name in [name for name, task in self._tasks.items() if task.done()]:
            del self._tasks[name]
        for name, fence in held.items():
            if name not in self._tasks:
                self._begin(tasks, name, wanted.get(name), fence)
            elif name not in self._once and name not in self._ending:
                work = self._work_of(name)
                if work is not None and not _is_current(work, wanted.get(name), fence):
                    self._ending.add(name)
                    tasks.create_task(self._end(name, work))
        try:
            await end_what_waits(directory, self._tools.writer, held=self.channels)
        except Unavailable as unavailable:
            _log.warning("what_waits_not_ended", detail=unavailable.detail)

    def _begin(self, tasks: asyncio.TaskGroup, name: str, channel: Channel | None, fence: int) -> None:
        if asyncio.get_running_loop().time() < self._not_before.get(name, 0.0):
            return
        if channel is not None:
            self._tasks[name] = tasks.create_task(self._guarded(name, self._hold(channel, fence)))
        elif name in self._once:
            self._tasks[name] = tasks.create_task(self._guarded(name, self._once[name]()))

    async def _end(self, name: str, work: ChannelWork) -> None:
        """End work of yesterday's settings; the next round begins it anew, if it is still wanted."""
        await work.drain()
        await _cancelled(self._tasks[name])
        self._ending.discard(name)
        self._look.set()

    async def _hold(self, channel: Channel, fence: int) -> None:
        reach = await self._tools.contexts.reach_of(channel.id)
        work = self._work[channel.id] = ChannelWork(channel, fence, reach, self._tools, self._refresher)
        _log.info("channel_held", channel=channel.id, network=channel.network, fence=fence)
        try:
            await work.run()
        finally:
            if self._work.get(channel.id) is work:
                del self._work[channel.id]

    async def _guarded(self, name: str, work: Awaitable[None]) -> None:
        """One channel's fault must not end the others: it is begun anew after a while."""
        try:
            await work
        except Exception as broken:  # the edge of the worker item
            _log.error("held_work_failed", name=name, exc_info=broken)
            self._not_before[name] = asyncio.get_running_loop().time() + _RESTART_SECONDS

    def _work_of(self, name: str) -> ChannelWork | None:
        return next((work for work in self._work.values() if f"channel:{work.channel.id}" == name), None)

    async def _scan(self) -> None:
        """See what other processes committed, should their wake-up be lost."""
        database = self._tools.contexts.directory.database
        while True:
            await asyncio.sleep(self._scan_seconds)
            held = list(self._work)
            if not held:
                continue
            try:
                busy = await database.read(outbox.busy_channels, held)
                pending = await database.read(pending_media.channels_with_pending, held)
            except Unavailable as unavailable:
                _log.warning("work_not_scanned", detail=unavailable.detail)
                continue
            now = clock.now()
            self._wake({channel for channel, due in busy.items() if due <= now}, pending)

    def _courier_of(self, channel_id: int) -> Courier:
        work = self._work.get(channel_id)
        if work is None:
            raise Unavailable(f"channel {channel_id} is not held by this process")
        return work.look_up


def _is_current(work: ChannelWork, channel: Channel | None, fence: int) -> bool:
    """Whether work still runs on the settings and the fence of today."""
    return channel is not None and (work.channel.version, work.fence) == (channel.version, fence)


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
