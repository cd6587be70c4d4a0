"""The feed: the log in order, as far as the caller may see it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import get_args

import msgspec
from pydantic import Field

from inbox import clock
from inbox.api.call import Call
from inbox.api.fields import Position, Query
from inbox.api.routing import Routes
from inbox.clock import SECOND
from inbox.domain import events as e
from inbox.domain.permissions import Principal
from inbox.domain.records import Contact
from inbox.domain.shapes import EventShape
from inbox.domain.state import State
from inbox.errors import Gone, Invalid
from inbox.eventlog import log, reading
from inbox.eventlog.bus import HEAD
from inbox.storage import tables as t
from inbox.storage.database import ByKeys
from inbox.storage.database import Query as Reading

routes = Routes("Events")
_NAMES = frozenset(str(kind.__struct_config__.tag) for kind in get_args(e.AnyEvent))
POLL_SECONDS = 0.5
"""How long a missed wake-up can cost."""


class FeedQuery(Query):
    """Where to go on. `types`: names separated by commas; `wait`: seconds to wait for something new."""

    after: Position = 0
    limit: int = Field(100, ge=1, le=200)
    types: str = Field("", max_length=2_000)
    wait: int = Field(0, ge=0, le=30)


class Feed(msgspec.Struct, kw_only=True):
    """Events in order. `next`: the `after` of the next call; `head`: the newest position there is; `epoch`: another
    one than before says that the log was put back from a backup, and positions after it may mean other events.
    """

    items: list[EventShape]
    next: int
    head: int
    epoch: int


class _Read(msgspec.Struct):
    events: list[e.Logged]
    next: int
    head: int
    epoch: int
    state: State


@routes.get("/events")
async def feed(call: Call, query: FeedQuery) -> Feed:
    """What happened after a position. 410 with `oldest` when that is no longer kept, or not reached: begin again with
    an `after` one less than it. 422 `types` for a type that there is not.
    """
    types = frozenset(name for name in query.types.split(",") if name)
    unknown = sorted(types - _NAMES)
    if unknown:
        raise Invalid(f"there is no event type {', '.join(unknown)}: docs/events.md lists them", code="types")
    until = clock.monotonic() + query.wait * SECOND
    after = query.after
    while True:
        found = await call.deps.database.read(_read, call.principal, after, query.limit, types)
        left = (until - clock.monotonic()) / SECOND
        if found.events or left <= 0:
            break
        # What is not for this caller need not be looked at again.
        after = found.next
        await _moved(call, min(left, POLL_SECONDS))
    show = call.deps.show
    return Feed(
        items=[show.event(one, found.state) for one in found.events],
        next=found.next,
        head=found.head,
        epoch=found.epoch,
    )


async def _moved(call: Call, seconds: float) -> None:
    """Return when the head has moved, or after a while."""
    moved = asyncio.Event()
    stop = call.deps.bus.listen(HEAD, lambda payload: moved.set())
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await moved.wait()
    finally:
        stop()


def _read(principal: Principal, after: int, limit: int, types: frozenset[str]) -> Reading[_Read]:
    oldest = yield from log.oldest()
    if after + 1 < oldest:
        raise Gone(f"events up to {oldest - 1} are no longer kept: begin after that", code="horizon", oldest=oldest)
    head, epoch = yield from log.head()
    if after > head:
        # A log that was restored from a backup begins anew below: waiting for it to get there would skip what is new.
        raise Gone(
            f"position {after} is past the head, {head}: begin after {oldest - 1}", code="past_head", oldest=oldest
        )
    seen: list[e.Logged] = []
    at = after
    while len(seen) < limit and at < head:
        batch = yield from log.after(at, limit)
        if not batch:
            break
        for logged in batch:
            if len(seen) == limit:
                break
            at = logged.position
            if _is_for(principal, logged) and (not types or e.name_of(logged.event) in types):
                seen.append(logged)
    state = reading.fresh_state()
    people = sorted({one.actor.id for one in seen if one.actor.kind == "contact" and one.actor.id is not None})
    rows = yield ByKeys(t.contact, people)
    state.load(Contact(*row) for row in rows)
    return _Read(seen, at, head, epoch, state)


def _is_for(principal: Principal, logged: e.Logged) -> bool:
    scope, agent_id = principal.scope, principal.agent_id
    return scope.sees(logged.audience, agent_id) or scope.sees(logged.before, agent_id)
