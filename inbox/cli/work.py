"""What `inbox doctor` says of the work itself: channels, credentials, what waits to be sent, what was not understood,
webhooks, and what else admins were told of. A line for each thing that needs somebody, with its remedy; one line where
all is well.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from connectors.registry import connector, networks
from inbox import clock
from inbox.cli.doctor import Line, Verdict
from inbox.delivery.watch import BACKLOG, ENDING, LATE
from inbox.domain.channel_health import parted
from inbox.domain.records import Channel
from inbox.domain.webhooks import Webhook
from inbox.storage import credentials, health, outbox, raw, rows, webhooks
from inbox.storage.database import Database

_OWN_LINES = frozenset({"channel", "backlog", "token_ending", "quarantine", "webhook"})
"""Topics that admins are told of and that are looked at here afresh: the rest is repeated as it was told."""


async def work(store: Database, now: int) -> AsyncIterator[Line]:
    """Everything there is to say of the work that is done."""
    channels = [one for one in await store.read(rows.every, Channel) if one.active]
    for sick in filter(None, map(_channel, channels)):
        yield sick
    well = sum(one.health == "ok" for one in channels)
    yield Line("ok", f"channels: {well} of {len(channels)} work")
    for channel in channels:
        async for line in _of_channel(store, channel, now):
            yield line
    yield await _quarantine(store, now)
    for webhook in await store.read(rows.every, Webhook):
        yield await _webhook(store, webhook, now)
    for topic, _ref, detail, _at in await store.read(health.raised):
        if topic not in _OWN_LINES:
            yield Line("warn", f"{topic.replace('_', ' ')}: {detail}")


def _channel(channel: Channel) -> Line | None:
    """A channel that does not work; None for one that does."""
    _, reason = parted(channel.health_reason)
    named = f"channel: {channel.name} (id {channel.id}, {channel.network})"
    why = f": {reason}" if reason else ""
    match channel.health:
        case "needs_attention":
            return Line("fail", f"{named} needs you{why}: connect it again under Settings, Channels")
        case "down":
            return Line("warn", f"{named} is down{why}: what waits is sent when its network answers again")
        case "connecting":
            return Line("warn", f"{named} was never connected: check it under Settings, Channels")
    return None


async def _of_channel(store: Database, channel: Channel, now: int) -> AsyncIterator[Line]:
    """Answers that wait too long, and credentials that end with nobody to renew them."""
    waiting, oldest_at = await store.read(outbox.backlog, channel.id)
    if oldest_at is not None and now - oldest_at >= BACKLOG:
        said = f"backlog: {_count(waiting, 'answer')} of {channel.name} to be sent, the oldest {_waits(oldest_at, now)}"
        yield Line("warn", f"{said}: see that the service runs (`inbox run` or `inbox worker`) and how the channel is")
    sealed = await store.read(credentials.sealed_of, channel.id)
    if sealed is None or sealed.ends_at is None:
        return
    renews = channel.network in networks() and connector(channel.network).oauth is not None
    left = sealed.ends_at - now
    if left <= (LATE if renews else ENDING):
        verdict: Verdict = "fail" if left <= 0 else "warn"
        ends = "has ended" if left <= 0 else f"ends in {_long(left)}"
        yield Line(verdict, f"sign-in: that of {channel.name} {ends}: connect it again under Settings, Channels")


async def _quarantine(store: Database, now: int) -> Line:
    held, oldest_at = await store.read(raw.waiting)
    if oldest_at is None:
        return Line("ok", "quarantine: empty")
    said = f"quarantine: {_count(held, 'delivery', 'deliveries')} not understood, the oldest {_waits(oldest_at, now)}"
    return Line("warn", f"{said}: `inbox quarantine list` says why; after a fix run `inbox quarantine replay`")


async def _webhook(store: Database, webhook: Webhook, now: int) -> Line:
    waiting = f"{_count(await store.read(webhooks.count, webhooks.line_of(webhook.id)), 'event')} to be sent"
    named = f"webhook: {webhook.name} (id {webhook.id})"
    if not webhook.active and webhook.disabled_reason:
        said = f"{named} was switched off: {webhook.disabled_reason}"
        return Line("fail", f"{said}; {waiting}: mend its receiver and switch it on again under Settings, Webhooks")
    if webhook.active and webhook.failing_since is not None:
        said = f"{named} has been failing for {_long(now - webhook.failing_since)}, {waiting}"
        return Line("warn", f"{said}: its log under Settings, Webhooks has the answers of its receiver")
    return Line("ok", f"{named} {f'works, {waiting}' if webhook.active else 'is switched off'}")


def _waits(since: int, now: int) -> str:
    return f"waits for {_long(now - since)}"


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"


def _long(span: int) -> str:
    """A span in its largest unit: "3 days"."""
    for size, name in ((clock.DAY, "day"), (clock.HOUR, "hour"), (clock.MINUTE, "minute")):
        if span >= size:
            return _count(span // size, name)
    return "less than a minute"
