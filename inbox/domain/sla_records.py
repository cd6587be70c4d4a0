"""Rows of what is promised: business calendars and SLA policies, each with its versions."""

from __future__ import annotations

from inbox.domain.records import Record


class Calendar(Record):
    """Business hours, with all that they ever were."""

    id: int
    name: str
    versions: str
    """JSON list of `domain.calendar_versions.CalendarVersion`, oldest first."""
    created_at: int
    version: int
    removed_at: int | None = None
    """When it was removed; past results still name it."""


class Policy(Record):
    """What is promised to some conversations, with all that it ever said."""

    id: int
    name: str
    place: int
    """Policies are asked from the lowest place on; the first that fits applies."""
    active: int
    versions: str
    """JSON list of `domain.sla.PolicyVersion`, oldest first."""
    created_at: int
    version: int
    removed_at: int | None = None
    """When it was removed; past results still name it."""
