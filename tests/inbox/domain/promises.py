"""Policies and calendars for tests: made as rows, as the service keeps them."""

from __future__ import annotations

from typing import Any

import msgspec

from inbox.domain.calendar_versions import CalendarVersion
from inbox.domain.sla import PolicyVersion, Terms
from inbox.domain.sla_records import Calendar, Policy

HOUR = 3600
OFFICE = {day: ("09:00-17:00",) for day in ("mon", "tue", "wed", "thu", "fri")}


def policy(policy_id: int = 1, *, place: int = 0, active: bool = True, **terms: Any) -> Policy:
    """A policy of one version, in calendar time unless told otherwise."""
    return policy_of([{"time": "calendar", **terms}], policy_id, place=place, active=active)


def policy_of(versions: list[dict[str, Any]], policy_id: int = 1, *, place: int = 0, active: bool = True) -> Policy:
    """A policy with several versions."""
    made = [PolicyVersion(version=number, **one) for number, one in enumerate(versions, 1)]
    return Policy(policy_id, f"Policy {policy_id}", place, int(active), _text(made), 0, len(made))


def calendar(calendar_id: int = 50, **version: Any) -> Calendar:
    """A calendar of one version: the office hours of Athens, for the whole workspace, unless told otherwise."""
    return calendar_of([{"zone": "Europe/Athens", "weekly": OFFICE, "workspace": True, **version}], calendar_id)


def calendar_of(versions: list[dict[str, Any]], calendar_id: int = 50) -> Calendar:
    """A calendar with several versions."""
    made = [CalendarVersion(version=number, **one) for number, one in enumerate(versions, 1)]
    return Calendar(calendar_id, f"Calendar {calendar_id}", _text(made), 0, len(made))


def terms(*records: Policy | Calendar) -> Terms:
    """What these promise."""
    return Terms(
        [one for one in records if isinstance(one, Policy)], [one for one in records if isinstance(one, Calendar)]
    )


def _text(versions: list[Any]) -> str:
    return msgspec.json.encode(versions).decode()
