"""Available, busy, away, offline: what a person says, and what follows from coming and going.

What somebody set by hand holds while he is here. Once he has had no socket for a while he is away if he was at work,
after an hour offline; whatever he had set, coming back after that makes him available.
"""

from __future__ import annotations

from msgspec.structs import replace

from inbox.clock import SECOND
from inbox.domain.routing_events import State
from inbox.domain.routing_records import Availability

OFFLINE_AFTER_SECONDS = 3_600
WORKS = frozenset({"available", "busy"})
"""Those who keep what they have."""


def never_seen(agent_id: int, now: int) -> Availability:
    """Somebody who was not here yet."""
    return Availability(agent_id, "offline", None, now, 1, 0, 0)


def said(found: Availability, state: State, reason_id: int | None, now: int) -> Availability:
    """A person said so. Saying the same again only makes it his word."""
    kept = (found.state, found.reason_id) == (state, reason_id)
    return replace(found, state=state, reason_id=reason_id, since_at=found.since_at if kept else now, automatic=0)


def here(found: Availability, now: int) -> Availability:
    """He has a socket."""
    if found.automatic and found.state in ("away", "offline"):
        return replace(found, state="available", reason_id=None, since_at=now, automatic=1, seen_at=now)
    return replace(found, seen_at=now)


def silent(found: Availability, now: int, away_seconds: int) -> Availability:
    """What is so of somebody without a newer socket than `seen_at`."""
    gone = (now - found.seen_at) // SECOND
    if gone < away_seconds:
        return found
    if found.state != "offline" and gone >= max(away_seconds, OFFLINE_AFTER_SECONDS):
        return replace(found, state="offline", reason_id=None, since_at=now, automatic=1)
    if found.state in WORKS:
        return replace(found, state="away", reason_id=None, since_at=now, automatic=1)
    return found if found.automatic else replace(found, automatic=1)
