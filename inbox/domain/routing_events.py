"""What can happen to who takes work."""

from __future__ import annotations

from typing import Literal

from inbox.domain.event import Event

State = Literal["available", "busy", "away", "offline"]
OwnerReason = Literal["", "routed", "returned", "sticky", "overflow", "next", "reopened"]
"""Why an owner changed; empty: a person or rule wanted it."""


class AvailabilityChanged(Event, tag="availability_changed", frozen=True, kw_only=True):
    """An agent takes work from now on, or no longer. `reason_id`: of the house's list. `automatic`: he came, or had not
    been there for a while.
    """

    agent_id: int
    before: State
    state: State
    reason_id: int | None = None
    automatic: bool = False
