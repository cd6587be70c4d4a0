"""Business calendars and SLA policies as the outside sees them."""

from __future__ import annotations

from typing import Any

from inbox import clock
from inbox.clock import iso, iso_or_none
from inbox.domain.calendar_versions import WEEKDAYS, CalendarVersion, versions_of
from inbox.domain.events import Target
from inbox.domain.records import Conversation, Wait
from inbox.domain.resolution import running_of
from inbox.domain.sla import PolicyVersion, policy_versions_of
from inbox.domain.sla_records import Calendar, Policy
from inbox.domain.sla_shapes import (
    CalendarShape,
    CalendarVersionShape,
    PolicyShape,
    PolicyVersionShape,
    TargetShape,
)
from inbox.domain.targets import target_of
from inbox.eventlog.show import text_id


def calendar_shape(calendar: Calendar) -> CalendarShape:
    """Its newest version."""
    versions = versions_of(calendar)
    newest = versions[-1]
    this_year = int(iso(clock.now())[:4])
    return CalendarShape(
        id=str(calendar.id),
        name=calendar.name,
        zone=newest.zone,
        weekly={day: list(newest.weekly.get(day, ())) for day in WEEKDAYS},
        holidays=newest.holidays,
        public_holidays={
            day: name for day, name in newest.closed.items() if int(day[:4]) in (this_year, this_year + 1)
        },
        exceptions={day: list(shifts) for day, shifts in sorted(newest.exceptions.items())},
        workspace=newest.workspace,
        team_ids=[str(one) for one in sorted(newest.team_ids)],
        channel_ids=[str(one) for one in sorted(newest.channel_ids)],
        valid_from=iso(newest.valid_from),
        versions=[iso(one.valid_from) for one in versions],
        created_at=iso(calendar.created_at),
        version=calendar.version,
    )


def calendar_version_shape(version: CalendarVersion) -> CalendarVersionShape:
    """What a calendar said."""
    return CalendarVersionShape(
        version=version.version,
        valid_from=iso(version.valid_from),
        zone=version.zone,
        weekly={day: list(version.weekly.get(day, ())) for day in WEEKDAYS},
        holidays=version.holidays,
        public_holidays=len(version.closed),
        exceptions={day: list(shifts) for day, shifts in sorted(version.exceptions.items())},
        workspace=version.workspace,
        team_ids=[str(one) for one in sorted(version.team_ids)],
        channel_ids=[str(one) for one in sorted(version.channel_ids)],
    )


def policy_shape(policy: Policy) -> PolicyShape:
    """What it promises now."""
    terms = policy_versions_of(policy)[-1]
    return PolicyShape(
        id=str(policy.id),
        name=policy.name,
        place=policy.place,
        active=bool(policy.active),
        terms_version=terms.version,
        created_at=iso(policy.created_at),
        version=policy.version,
        **_terms(terms),
    )


def policy_version_shape(terms: PolicyVersion) -> PolicyVersionShape:
    """What a policy promised."""
    return PolicyVersionShape(version=terms.version, **_terms(terms))


def _terms(terms: PolicyVersion) -> dict[str, Any]:
    """For whom, what is promised, and how that is counted."""
    return {
        "valid_from": iso(terms.valid_from),
        "channel_ids": [str(one) for one in sorted(terms.channel_ids)],
        "networks": sorted(terms.networks),
        "kinds": sorted(terms.kinds),
        "priorities": sorted(terms.priorities),
        "tag_ids": [str(one) for one in sorted(terms.tag_ids)],
        "languages": sorted(terms.languages),
        "contact_fields": {name: sorted(values) for name, values in sorted(terms.contact_fields.items())},
        "first_response_seconds": terms.first_response_seconds,
        "next_response_seconds": terms.next_response_seconds,
        "resolution_seconds": terms.resolution_seconds,
        "warning_seconds": terms.warning_seconds,
        "time": terms.time,
        "calendar_id": text_id(terms.calendar_id),
        "clock": terms.clock,
        "pauses": sorted(terms.pauses),
        "chain_id": text_id(terms.chain_id),
        "chain_on": terms.chain_on,
    }


def wait_target(wait: Wait) -> TargetShape | None:
    """What somebody who waits was promised."""
    if not wait.target:
        return None
    return _target(target_of(wait.target), wait.deadline_at, wait.warned_at, wait.breached_at)


def resolution_target(conversation: Conversation) -> TargetShape | None:
    """By when the episode is to be closed."""
    if not conversation.resolution:
        return None
    running = running_of(conversation.resolution)
    return _target(running.target, running.target.deadline_at, running.warned_at, running.breached_at)


def _target(target: Target, deadline_at: int | None, warned_at: int | None, breached_at: int | None) -> TargetShape:
    return TargetShape(
        kind=target.kind,
        policy_id=str(target.policy_id),
        policy_version=target.policy_version,
        seconds=target.seconds,
        deadline_at=iso_or_none(deadline_at),
        warn_at=iso_or_none(target.warn_at),
        warned_at=iso_or_none(warned_at),
        breached_at=iso_or_none(breached_at),
    )
