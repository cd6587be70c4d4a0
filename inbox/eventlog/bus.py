"""Wake-ups between parts and processes: small named signals, never the only copy of anything.

In one process they are calls; with Redis they also cross processes. Losing Redis costs latency (everyone who waits also
polls), never an event.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from inbox.ids import nonce

log = structlog.get_logger(__name__)

Heard = Callable[[bytes], None]
HEAD = "head"
"""The log's head moved; payload: the position."""
OUTBOX = "outbox"
"""Something waits to be sent; payload: the channel id."""
JOBS = "jobs"
MINE = "mine"
"""An agent's own frame; payload: agent id, a space, the frame."""
PRESENCE = "presence"
SIGNS = "signs"
"""An agent types or has read: a sign for the customer, as JSON."""

_PREFIX = "inbox:"
_SECONDS = 2.0
"""So long may one exchange with the server take before the connection is taken for dead."""
_QUIET_SECONDS = 5.0
"""After so long without a word the server is asked for one."""
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 2.0
"""Seconds until the connection is tried again: after it was lost, and while it stays away."""


class Bus:
    """Publish to everyone who listens, here and, with Redis, in other processes. Never raises, never blocks."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._listeners: dict[str, list[Heard]] = {}
        self._url = redis_url
        self._me = nonce().encode()
        self._out: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(maxsize=1024)
        self.connected = redis_url is None
        """Whether other processes can be heard now (always, when there are none)."""

    def listen(self, topic: str, heard: Heard) -> Callable[[], None]:
        """Call `heard` with each payload. Returns what stops it."""
        listeners = self._listeners.setdefault(topic, [])
        listeners.append(heard)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                listeners.remove(heard)

        return stop

    def publish(self, topic: str, payload: bytes = b"") -> None:
        """Tell this process now and the others soon. Call from the event loop."""
        self._tell(topic, payload)
        if self._url is None:
            return
        # A full queue means that Redis is away: a wake-up is worth nothing by then.
        with contextlib.suppress(asyncio.QueueFull):
            self._out.put_nowait((topic, payload))

    def _tell(self, topic: str, payload: bytes) -> None:
        for heard in list(self._listeners.get(topic, ())):
            heard(payload)

    async def run(self) -> None:
        """Keep the connection to the other processes until cancelled; returns at once without Redis."""
        if self._url is None:
            return
        wait, is_told = _FIRST_WAIT, False
        while True:
            client = Redis.from_url(self._url, socket_timeout=None, socket_connect_timeout=2, legacy_responses=False)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._receive(client))
                    group.create_task(self._send(client))
            except* (RedisError, OSError, TimeoutError) as problems:
                if self.connected:
                    wait, is_told = _FIRST_WAIT, False
                if not is_told:  # lost, or never there: said once
                    log.warning("bus_lost", problem=str(problems.exceptions[0]))
                self.connected, is_told = False, True
            finally:
                with contextlib.suppress(RedisError, OSError):
                    await client.aclose()
            await asyncio.sleep(wait * (0.5 + random.random()))  # noqa: S311 - jitter, not a secret
            wait = min(_LONGEST_WAIT, wait * 2)

    async def _receive(self, client: Redis) -> None:
        async with client.pubsub() as listening:
            await listening.psubscribe(f"{_PREFIX}*")
            self.connected = True
            # Whoever waited for a signal meanwhile looks for himself.
            self._tell(HEAD, b"")
            is_asked = False
            while True:
                wait = _SECONDS if is_asked else _QUIET_SECONDS
                found = await listening.get_message(ignore_subscribe_messages=True, timeout=wait)
                if found is not None:
                    is_asked = False
                    self._heard(found)
                elif is_asked:
                    # Whoever publishes nothing himself would never learn that nothing comes any more.
                    raise TimeoutError("the server does not answer")
                else:
                    is_asked = True
                    async with asyncio.timeout(_SECONDS):
                        await listening.ping()

    def _heard(self, found: dict[str, object]) -> None:
        channel, data = found.get("channel"), found.get("data")
        if not isinstance(data, bytes) or found.get("type") != "pmessage":
            return
        topic = channel.decode() if isinstance(channel, bytes) else str(channel)
        sender, _, payload = data.partition(b"|")
        if sender != self._me:
            self._tell(topic.removeprefix(_PREFIX), payload)

    async def _send(self, client: Redis) -> None:
        while True:
            topic, payload = await self._out.get()
            # Not `wait_for`: that of Python 3.11 can lose a cancellation that meets a result, and we would stay here.
            async with asyncio.timeout(_SECONDS):
                await client.publish(f"{_PREFIX}{topic}", self._me + b"|" + payload)
