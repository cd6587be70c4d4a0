"""Telling admins, once, what needs them and what they can do about it, and once more when it is mended."""

from __future__ import annotations

import asyncio
from typing import Literal

import structlog

from connectors.errors import SendError
from inbox.domain import events as e
from inbox.domain.channel_health import HealthCode, noted
from inbox.domain.state import State
from inbox.errors import Unavailable
from inbox.eventlog.attention import Topic, end_now, raise_now
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.intake.printable import printable
from inbox.storage import health as stored
from inbox.storage.database import Query
from inbox.transport.media import MediaStore

Condition = Literal["ok", "connecting", "down", "needs_attention"]
INSTALLATION = 0
"""`ref` of what concerns no single channel."""

_REMEDY = {
    "down": "The network cannot be reached: {reason}. Messages wait and are sent when it answers again.",
    "needs_attention": "{reason}. Open the channel's settings and connect it again.",
}
_THROTTLED = (
    "The network wants to be left alone for long: {reason}. It is asked again within the hour, and at once when you"
    " test the channel in its settings."
)
_DISK_SECONDS = 30.0
_log = structlog.get_logger(__name__)


class Health:
    """Raises and ends what admins should see to. Doing either twice changes nothing and tells nobody twice."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def channel(self, channel_id: int, condition: Condition, reason: str = "", code: HealthCode = "") -> bool:
        """Note how a channel is. False when that was known already."""
        changed: bool = await self._writer.submit(ChannelCondition(channel_id, condition, reason, code))
        if changed:
            _log.info("channel_health_changed", channel=channel_id, health=condition, code=code, reason=reason)
        return changed

    async def refused(self, channel_id: int, condition: Condition, refused: SendError) -> bool:
        """Note that a network refused us, in its own words where it has any. False when that was known already."""
        reason = refused.reason or refused.treatment.said
        return await self.channel(channel_id, condition, reason, refused.kind.value)

    async def raised(self, topic: Topic, ref: int, detail: str) -> bool:
        """Tell the admins, unless they know. `detail` names the thing and the remedy."""
        raised: bool = await self._writer.submit(Raise(topic, ref, detail))
        return raised

    async def ended(self, topic: Topic, ref: int) -> bool:
        """Tell the admins that it is mended, if it was raised."""
        ended: bool = await self._writer.submit(End(topic, ref))
        return ended

    async def watch_disk(self, media: MediaStore) -> None:
        """Until cancelled: raise `disk` when media cannot be kept any more, end it when there is room again.

        The store refuses files below its floor, which is what leaves room for text.
        """
        full = False
        while True:
            now_full = await media.free_bytes() == 0
            if now_full != full:
                try:
                    await (self.raised("disk", INSTALLATION, _DISK) if now_full else self.ended("disk", INSTALLATION))
                    full = now_full
                except Unavailable:
                    _log.warning("disk_state_not_written", full=now_full)
            await asyncio.sleep(_DISK_SECONDS)


_DISK = (
    "The disk is nearly full: files of messages are not kept any more, text still is. Free some space, or move DATA_DIR"
    " to a larger disk."
)


class Raise(Unit):
    """Something needs an admin. True when nobody had been told."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, topic: Topic, ref: int, detail: str) -> None:
        self.topic: Topic = topic
        self.ref = ref
        self.detail = printable(detail)

    def run(self, state: State) -> Query[bool]:
        """Note it and notify, unless it stands already."""
        known = yield from stored.detail_of(self.topic, self.ref)
        if known is not None:
            return False
        yield from raise_now(state, self.topic, self.ref, self.detail)
        return True


class End(Unit):
    """It is mended. True when it had been raised."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, topic: Topic, ref: int) -> None:
        self.topic: Topic = topic
        self.ref = ref

    def run(self, state: State) -> Query[bool]:
        """Forget it and notify, if it stands."""
        return (yield from end_now(state, self.topic, self.ref))


class ChannelCondition(Unit):
    """A channel went down, needs attention, or is well again. True when that is news."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, channel_id: int, condition: Condition, reason: str, code: HealthCode = "") -> None:
        self.channel_id = channel_id
        self.condition: Condition = condition
        self.reason = printable(reason[:500])
        self.code: HealthCode = code

    def run(self, state: State) -> Query[bool]:
        """Compare with what is stored; tell everyone by event and the admins by notification."""
        channel = yield from stored.channel(self.channel_id)
        why = noted(self.code, self.reason)
        if channel is None or (channel.health, channel.health_reason) == (self.condition, why):
            return False
        yield from stored.set_health(self.channel_id, self.condition, why)
        if channel.health == self.condition:
            return False
        news = e.ChannelHealthChanged(channel_id=channel.id, health=self.condition, reason=self.reason, code=self.code)
        state.emit(news)
        if self.condition in _REMEDY:
            remedy = _THROTTLED if self.code == "throttled" else _REMEDY[self.condition]
            said = f"{channel.name}: {remedy.format(reason=self.reason or 'no answer')}"
            known = yield from stored.detail_of("channel", channel.id)
            if known is None:
                yield from raise_now(state, "channel", channel.id, said)
        elif self.condition == "ok":
            yield from end_now(state, "channel", channel.id)
        return True
