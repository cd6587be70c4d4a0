"""Business calendars: made, changed, removed. Nothing that was counted changes: versions follow one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from inbox.clock import MINUTE, SECOND
from inbox.commands.versions import check_version, found
from inbox.domain import clocks
from inbox.domain import events as e
from inbox.domain.calendar_versions import CalendarVersion, hours_of, versions_of
from inbox.domain.permissions import Principal, require
from inbox.domain.sla import policy_versions_of
from inbox.domain.sla_records import Calendar, Policy
from inbox.domain.state import State
from inbox.errors import Conflict, Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import rows
from inbox.storage.database import Query

RECOUNT_AFTER = 2 * SECOND
"""By then every process has heard of the change, and opens no more waits by what was."""
_encode = msgspec.json.Encoder().encode


class PutCalendar(Unit):
    """Make a calendar (id None), or change one from `valid_from` on (µs; None: from now on). `values` are fields of
    `CalendarVersion`, on a change only those that change, with `closed` beside `holidays`. What was planned for later
    is replaced. Deadlines that run are worked out anew.
    """

    alone = True

    def __init__(
        self, principal: Principal, calendar_id: int | None, name: str | None, values: Mapping[str, Any], *,
        directory: Directory, valid_from: int | None = None, version: int | None = None,
    ) -> None:  # fmt: skip
        require(principal, "settings")
        self.principal = principal
        self.calendar_id = calendar_id
        self.name = name
        self.values = dict(values)
        self.directory = directory
        self.valid_from = valid_from
        self.version = version

    def run(self, state: State) -> Query[Calendar]:
        """Check, and write the next version."""
        since = state.now if self.valid_from is None else self.valid_from
        if since < state.now - MINUTE:
            raise Invalid("valid_from lies in the past: what was counted until now does not change", code="valid_from")
        others = yield from rows.every(Calendar)
        if self.calendar_id is None:
            new = CalendarVersion(version=1, valid_from=since, **self.values)
            self._check(new, others)
            calendar = Calendar(state.next_id(), self.name or "", _text([new]), state.now, 1)
            yield from rows.add(calendar)
        else:
            calendar = _there((yield from found(Calendar, self.calendar_id)))
            check_version(calendar.version, self.version, f"the calendar {calendar.name!r}")
            versions = versions_of(calendar)
            if self.values:
                new = replace(versions[-1], version=versions[-1].version + 1, valid_from=since, **self.values)
                self._check(new, [one for one in others if one.id != calendar.id])
                versions = [*(one for one in versions if one.valid_from < since), new]
            calendar = replace(
                calendar, name=self.name or calendar.name, versions=_text(versions), version=calendar.version + 1
            )
            yield from rows.change(calendar)
        told(state, calendar, self.principal.actor)
        return calendar

    def _check(self, new: CalendarVersion, others: Iterable[Calendar]) -> None:
        hours_of(new)
        unknown = sorted(new.team_ids - self.directory.teams.keys())
        if unknown:
            raise Invalid(f"there is no team {unknown[0]}", code="team_ids")
        unknown = sorted(new.channel_ids - self.directory.channels.keys())
        if unknown:
            raise Invalid(f"there is no channel {unknown[0]}", code="channel_ids")
        for other in others:
            if other.removed_at is None:
                self._check_held(new, versions_of(other)[-1], other.name)

    def _check_held(self, new: CalendarVersion, other: CalendarVersion, name: str) -> None:
        teams, channels = new.team_ids & other.team_ids, new.channel_ids & other.channel_ids
        whose = ""
        if teams:
            whose = f"the team {self.directory.teams[min(teams)].name!r}"
        elif channels:
            whose = f"the channel {self.directory.channels[min(channels)].name!r}"
        elif new.workspace and other.workspace:
            whose = "the workspace"
        if whose:
            raise Conflict(f"{whose} has the calendar {name!r}: take it from that one first", code="held")


class RemoveCalendar(Unit):
    """A calendar holds for nobody from now on. Conflict (`in_use`) while a policy names it."""

    alone = True

    def __init__(self, principal: Principal, calendar_id: int, version: int | None) -> None:
        require(principal, "settings")
        self.principal = principal
        self.calendar_id = calendar_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """Write its last version. The row stays: past results name it."""
        calendar = _there((yield from found(Calendar, self.calendar_id)))
        check_version(calendar.version, self.version, f"the calendar {calendar.name!r}")
        for policy in (yield from rows.every(Policy)):
            if policy.removed_at is None and policy_versions_of(policy)[-1].calendar_id == calendar.id:
                raise Conflict(f"the policy {policy.name!r} counts in this calendar: change that first", code="in_use")
        versions = [one for one in versions_of(calendar) if one.valid_from < state.now]
        last = (versions or versions_of(calendar))[-1]
        nobody = replace(
            last, version=last.version + 1, valid_from=state.now, workspace=False, team_ids=frozenset(),
            channel_ids=frozenset(),
        )  # fmt: skip
        removed = replace(
            calendar, versions=_text([*versions, nobody]), version=calendar.version + 1, removed_at=state.now
        )
        yield from rows.change(removed)
        told(state, removed, self.principal.actor)


def _there(calendar: Calendar) -> Calendar:
    if calendar.removed_at is not None:
        raise NotFound(f"there is no calendar {calendar.id}: it was removed")
    return calendar


def told(state: State, calendar: Calendar, actor: e.Actor) -> None:
    """Log the change, and have running deadlines worked out anew."""
    removed = calendar.removed_at is not None
    state.emit(e.SettingChanged(object="calendar", id=calendar.id, removed=removed), actor)
    state.set_timer(clocks.RECOUNT, 0, state.now + RECOUNT_AFTER)


def _text(versions: list[CalendarVersion]) -> str:
    return _encode(versions).decode()
