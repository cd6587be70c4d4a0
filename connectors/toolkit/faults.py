"""The faults that every simulator can be told to have, by the same names, and the answers that are the same for all."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from connectors.exchange import Response

T = TypeVar("T")

THROTTLED = "throttled"
"""429 with Retry-After."""
OUTAGE = "outage"
"""503."""
EXPIRED_TOKEN = "expired_token"  # noqa: S105 - the name of a fault
"""What the network says to credentials that no longer hold."""
TIMEOUT = "timeout"
"""The request is carried out and never answered; whoever serves the simulator holds the answer back."""
SLOW = "slow"
"""The answer comes late; whoever serves the simulator waits with it."""
HALF_BODY = "half_body"
"""The request is carried out and its answer cut in the middle."""
DUPLICATE = "duplicate"
"""Everything is delivered to us twice."""
SHUFFLE = "shuffle"
"""What one action causes is delivered after what the next one causes."""

ALL = (THROTTLED, OUTAGE, EXPIRED_TOKEN, TIMEOUT, SLOW, HALF_BODY, DUPLICATE, SHUFFLE)
RETRY_AFTER_SECONDS = 7


def refusal(faults: set[str]) -> Response | None:
    """The answer to a request that a fault keeps from being carried out; None when none does. How a network words an
    expired token is its own; this one says 401.
    """
    if THROTTLED in faults:
        return Response(status=429, headers={"retry-after": str(RETRY_AFTER_SECONDS)}, body=b"{}")
    if OUTAGE in faults:
        return Response(status=503, body=b"{}")
    if EXPIRED_TOKEN in faults:
        return Response(status=401, body=b"{}")
    return None


def spoiled(response: Response, faults: set[str]) -> Response:
    """The answer to a request that was carried out, cut in half where that fault is on."""
    if HALF_BODY not in faults:
        return response
    return msgspec.structs.replace(response, body=response.body[: len(response.body) // 2])


def deliveries(new: list[T], held: list[T], faults: set[str]) -> list[T]:
    """What is delivered now of the `new` requests and those `held` back before; `held` is changed in place."""
    if SHUFFLE in faults and not held:
        held.extend(new)
        return []
    out = [*new, *held]
    held.clear()
    return [one for one in out for _ in range(2)] if DUPLICATE in faults else out
