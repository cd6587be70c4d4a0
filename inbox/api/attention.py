"""What needs somebody: deliveries in quarantine, and what was raised for admins."""

from __future__ import annotations

import msgspec

from inbox.api.call import Call
from inbox.api.fields import PageQuery
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso
from inbox.domain.records import Raw
from inbox.errors import NotFound
from inbox.storage import health, raw

quarantine_routes = Routes("Quarantine")

_PREVIEW = 4_000
_LAST_ID = 2**63 - 1


class QuarantinedShape(msgspec.Struct, kw_only=True):
    """Something a network sent that could not be understood, or for which there is no channel."""

    id: str
    channel_id: str
    received_at: str
    state: str
    problem: str
    size_bytes: int


class QuarantinedBodyShape(msgspec.Struct, kw_only=True):
    """The same with the beginning of what was sent."""

    id: str
    channel_id: str
    received_at: str
    state: str
    problem: str
    size_bytes: int
    body: str


class AttentionShape(msgspec.Struct, kw_only=True):
    """Something an admin should see to. `ref`: the channel or other thing concerned; null: the installation."""

    topic: str
    ref: str | None
    detail: str
    raised_at: str


@quarantine_routes.get("/quarantine", needs="quarantine")
async def list_quarantine(call: Call, query: PageQuery) -> Page[QuarantinedShape]:
    """Deliveries that wait for a fix, newest first."""
    position = await call.position()
    cursors = call.deps.cursors
    before = cursors.read("quarantine", query.cursor)[0] if query.cursor else _LAST_ID
    held = await call.deps.database.read(raw.quarantined, before, query.limit + 1)
    shown = held[: query.limit]
    items = [
        QuarantinedShape(
            id=str(one.id),
            channel_id=str(one.channel_id),
            received_at=iso(one.received_at),
            state=one.state,
            problem=one.problem,
            size_bytes=one.size_bytes,
        )
        for one in shown
    ]
    further = cursors.make("quarantine", [shown[-1].id]) if len(held) > query.limit else None
    return Page(items=items, next_cursor=further, position=position)


@quarantine_routes.get("/quarantine/{raw_id}", needs="quarantine")
async def see_quarantined(call: Call, raw_id: int) -> QuarantinedBodyShape:
    """One delivery, with the beginning of its body."""
    found = await call.deps.database.read(raw.by_id, raw_id)
    if found is None or found.state == "done":
        raise NotFound(f"there is no delivery {raw_id} in quarantine")
    return _with_body(found)


@quarantine_routes.post("/quarantine/{raw_id}/replay", needs="quarantine", status=200)
async def replay_quarantined(call: Call, raw_id: int) -> QuarantinedBodyShape:
    """Take a delivery in again, after a fix. `state` says how it went."""
    await see_quarantined(call, raw_id)
    await call.deps.replay(raw_id)
    found = await call.deps.database.read(raw.by_id, raw_id)
    if found is None:
        raise NotFound(f"there is no delivery {raw_id} in quarantine")
    return _with_body(found)


def _with_body(found: Raw) -> QuarantinedBodyShape:
    return QuarantinedBodyShape(
        id=str(found.id),
        channel_id=str(found.channel_id),
        received_at=iso(found.received_at),
        state=found.state,
        problem=found.problem,
        size_bytes=len(found.body),
        body=found.body[:_PREVIEW].decode(errors="replace"),
    )


@quarantine_routes.get("/attention", needs="quarantine")
async def list_attention(call: Call) -> Page[AttentionShape]:
    """What was raised and is not mended, oldest first."""
    position = await call.position()
    items = [
        AttentionShape(topic=topic, ref=str(ref) if ref else None, detail=detail, raised_at=iso(at))
        for topic, ref, detail, at in await call.deps.database.read(health.raised)
    ]
    return Page(items=items, position=position)
