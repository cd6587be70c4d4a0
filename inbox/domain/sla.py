"""SLA policies: which applies to a conversation, what it promises, and when that is due (docs/metrics.md).

Policies are ordered; the first whose conditions all hold applies. Policies and calendars have versions: each result
names the one it was judged by. Everything here is pure; `domain.targets` decides with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from inbox.clock import SECOND
from inbox.domain.calendar import Hours, OpenHours, add_open_time
from inbox.domain.calendar_versions import hours_of, versions_of
from inbox.domain.chains import Chain, Chains
from inbox.domain.custom_fields import VIP, says_yes
from inbox.domain.records import Contact, Conversation
from inbox.domain.sla_records import Calendar, Policy
from inbox.domain.survey_records import Survey
from inbox.domain.surveys import terms_of

Kind = Literal["first", "next", "resolution"]
Pause = Literal["waiting_on_customer", "snoozed_until_reply"]


class PolicyVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a policy says from an instant on. An empty condition holds for every conversation."""

    version: int = 1
    valid_from: int = 0
    channel_ids: frozenset[int] = frozenset()
    networks: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    priorities: frozenset[str] = frozenset()
    tag_ids: frozenset[int] = frozenset()
    """One of them is on the conversation."""
    languages: frozenset[str] = frozenset()
    contact_fields: dict[str, frozenset[str]] = {}
    """Field of the contact → values it may have, such as `plan` → gold. No values: any that is not empty; of `vip` a
    yes.
    """
    first_response_seconds: int | None = None
    next_response_seconds: int | None = None
    resolution_seconds: int | None = None
    warning_seconds: int | None = None
    """How long before a deadline it warns, in the same kind of time."""
    time: Literal["calendar", "business"] = "business"
    calendar_id: int | None = None
    """Business hours of its own; None: those of the team, the channel or the workspace."""
    clock: Literal["desk", "customer"] = "desk"
    """Whose clock: from our receipt to a person's send, or from the network's time to its acceptance."""
    pauses: frozenset[Pause] = frozenset()
    """When the resolution target stands still. A wait never does."""

    chain_id: int | None = None
    """The escalation chain that runs when a target warns, or is missed (`chain_on`); None: none."""
    chain_on: Literal["warning", "breach"] = "breach"

    def seconds(self, kind: Kind) -> int | None:
        """What is promised of this kind; None: nothing."""
        return {
            "first": self.first_response_seconds,
            "next": self.next_response_seconds,
            "resolution": self.resolution_seconds,
        }[kind]

    def holds(self, asked: Asked) -> bool:
        """Whether all its conditions hold."""
        return (
            (not self.channel_ids or asked.channel_id in self.channel_ids)
            and (not self.networks or asked.network in self.networks)
            and (not self.kinds or asked.kind in self.kinds)
            and (not self.priorities or asked.priority in self.priorities)
            and (not self.tag_ids or not self.tag_ids.isdisjoint(asked.tag_ids))
            and (not self.languages or (asked.language or "") in self.languages)
            and all(_has(name, asked.fields.get(name, ""), values) for name, values in self.contact_fields.items())
        )


def _has(name: str, value: str, values: frozenset[str]) -> bool:
    if values:
        return value.casefold() in {one.casefold() for one in values}
    return says_yes(value) if name == VIP else bool(value)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What conditions are asked of."""

    channel_id: int
    network: str
    kind: str
    priority: str
    tag_ids: frozenset[int]
    language: str | None
    fields: Mapping[str, str]


def asked_of(conversation: Conversation, contact: Contact | None) -> Asked:
    """A conversation as conditions see it."""
    return Asked(
        channel_id=conversation.channel_id,
        network=conversation.network,
        kind=conversation.kind,
        priority=conversation.priority,
        tag_ids=frozenset(int(tag) for tag in conversation.tags.split(",") if tag),
        language=conversation.language,
        fields=_fields(contact.fields) if contact is not None and contact.fields else {},
    )


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it is in force now."""

    policy_id: int
    terms: PolicyVersion


class Due(msgspec.Struct, frozen=True):
    """When a target warns and is missed; None: never."""

    deadline_at: int | None
    warn_at: int | None


def due(calendar: OpenHours | None, since: int, left: int, warning_seconds: int | None) -> Due:
    """When `left` (µs) of a calendar's time has passed since an instant, and when it warns of that."""
    deadline = add_open_time(calendar, since, left)
    warning = (warning_seconds or 0) * SECOND
    warns = deadline is not None and 0 < warning < left
    return Due(deadline, add_open_time(calendar, since, left - warning) if warns else None)


class Calendars:
    """All calendars with all their versions, and which of them holds for whom at each instant."""

    def __init__(self, records: Iterable[Calendar] = ()) -> None:
        self._versions = [(record.id, versions_of(record)) for record in records]
        self._by_id: dict[int, OpenHours] = {
            calendar_id: OpenHours([(one.valid_from, hours_of(one)) for one in versions])
            for calendar_id, versions in self._versions
        }
        self._held: dict[tuple[int | None, int], OpenHours | None] = {}

    def of(self, calendar_id: int) -> OpenHours | None:
        """One calendar over time; None when there is none with this id."""
        return self._by_id.get(calendar_id)

    def at(self, team_id: int | None, channel_id: int) -> OpenHours | None:
        """The hours for what a team does in a channel: the team's calendar, else the channel's, else the workspace's;
        None: it counts all time. Who holds what is read from the versions in force at each instant.
        """
        key = team_id, channel_id
        if key not in self._held:
            instants = sorted({one.valid_from for _, versions in self._versions for one in versions})
            pieces = [(at, self._in_force(team_id, channel_id, at)) for at in instants]
            self._held[key] = OpenHours(pieces) if any(hours is not None for _, hours in pieces) else None
        return self._held[key]

    def _in_force(self, team_id: int | None, channel_id: int, at: int) -> Hours | None:
        found: tuple[int, Hours | None] = (0, None)
        for _, versions in self._versions:
            made = [one for one in versions if one.valid_from <= at]
            if not made:
                continue
            version = made[-1]
            rank = int(version.workspace)
            rank = 2 if channel_id in version.channel_ids else rank
            rank = 3 if team_id in version.team_ids else rank
            if rank > found[0]:
                found = rank, hours_of(version)
        return found[1]


class Terms:
    """Everything that decides what is due: policies in their order, calendars, escalation chains, and surveys.
    Immutable; made anew when one of them changes.
    """

    def __init__(
        self, policies: Iterable[Policy] = (), calendars: Iterable[Calendar] = (), chains: Iterable[Chain] = (),
        surveys: Iterable[Survey] = (),
    ) -> None:  # fmt: skip
        known = sorted(policies, key=lambda one: (one.place, one.id))
        self.versions: dict[int, list[PolicyVersion]] = {one.id: policy_versions_of(one) for one in known}
        self.promises: tuple[Promise, ...] = tuple(
            Promise(policy_id=one.id, terms=self.versions[one.id][-1])
            for one in known
            if one.active and one.removed_at is None
        )
        self.calendars = Calendars(calendars)
        self.chains = Chains(chains)
        self.surveys = terms_of(surveys)
        """What a close is asked about, and after how long."""
        self.resolves = any(one.terms.resolution_seconds for one in self.promises)
        """Whether any of them promises a resolution."""
        self.asks_contacts = any(one.terms.contact_fields for one in self.promises)

    def promised(self, asked: Asked) -> Promise | None:
        """The first policy whose conditions hold."""
        return next((one for one in self.promises if one.terms.holds(asked)), None)

    def version(self, policy_id: int, version: int) -> PolicyVersion | None:
        """A policy as it was."""
        return next((one for one in self.versions.get(policy_id, ()) if one.version == version), None)

    def calendar(self, terms: PolicyVersion, team_id: int | None, channel_id: int) -> OpenHours | None:
        """The hours a policy counts in; None: all time."""
        if terms.time == "calendar":
            return None
        if terms.calendar_id is not None:
            return self.calendars.of(terms.calendar_id)
        return self.calendars.at(team_id, channel_id)


_policy_versions = msgspec.json.Decoder(list[PolicyVersion]).decode
_fields: Any = msgspec.json.Decoder(dict[str, str]).decode


def policy_versions_of(policy: Policy) -> list[PolicyVersion]:
    """All that a policy ever said, oldest first."""
    return _policy_versions(policy.versions)


NO_TERMS = Terms()
"""Where nobody promises anything."""
