"""SLA policies: made, changed, ordered, removed; and a breach that a supervisor takes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from connectors.registry import networks
from inbox.commands.on_conversation import OnConversation
from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain import notes, targets
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Conversation
from inbox.domain.sla import PolicyVersion, policy_versions_of
from inbox.domain.sla_records import Policy
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import rows
from inbox.storage.database import Query

_encode = msgspec.json.Encoder().encode
_LANGUAGE = re.compile("[a-z]{2,3}")
"""ISO 639, as the language of a conversation is written."""


class PutPolicy(Unit):
    """Make a policy (id None), or change one. `fields`: `name`, `place`, `active`; `terms`: fields of `PolicyVersion`.
    On a change only what is given. New terms hold for waits that open, or are matched anew, from now on.
    """

    alone = True

    def __init__(
        self, principal: Principal, policy_id: int | None, fields: Mapping[str, Any], terms: Mapping[str, Any], *,
        directory: Directory, version: int | None = None,
    ) -> None:  # fmt: skip
        require(principal, "settings")
        self.principal = principal
        self.policy_id = policy_id
        self.fields = dict(fields)
        self.terms = dict(terms)
        self.directory = directory
        self.version = version

    def run(self, state: State) -> Query[Policy]:
        """Check, and write."""
        if self.policy_id is None:
            new = PolicyVersion(version=1, valid_from=state.now, **self.terms)
            check_terms(new, self.directory)
            place = yield from self._place()
            policy = Policy(
                id=state.next_id(), name=self.fields["name"], place=place, active=self.fields.get("active", 1),
                versions=_text([new]), created_at=state.now, version=1,
            )  # fmt: skip
            yield from rows.add(policy)
        else:
            policy = _there((yield from found(Policy, self.policy_id)))
            check_version(policy.version, self.version, f"the policy {policy.name!r}")
            versions = policy_versions_of(policy)
            new = replace(versions[-1], **self.terms)
            if new != versions[-1]:
                new = replace(new, version=new.version + 1, valid_from=state.now)
                check_terms(new, self.directory)
                versions.append(new)
            policy = replace(policy, versions=_text(versions), version=policy.version + 1, **self.fields)
            yield from rows.change(policy)
        state.emit(e.SettingChanged(object="policy", id=policy.id), self.principal.actor)
        return policy

    def _place(self) -> Query[int]:
        known = yield from rows.every(Policy)
        last = max((one.place for one in known if one.removed_at is None), default=0)
        return int(self.fields.get("place", last + 1))


class RemovePolicy(Unit):
    """A policy promises nothing more. Who waits by it keeps what was promised."""

    alone = True

    def __init__(self, principal: Principal, policy_id: int, version: int | None) -> None:
        require(principal, "settings")
        self.principal = principal
        self.policy_id = policy_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """The row stays: past results name it."""
        policy = _there((yield from found(Policy, self.policy_id)))
        check_version(policy.version, self.version, f"the policy {policy.name!r}")
        yield from rows.change(replace(policy, removed_at=state.now, active=0, version=policy.version + 1))
        state.emit(e.SettingChanged(object="policy", id=policy.id, removed=True), self.principal.actor)


def check_terms(terms: PolicyVersion, directory: Directory) -> None:
    """Raise Invalid for what cannot be kept: no target, a warning longer than a target, names of nothing,
    networks and languages that no conversation has.
    """
    promised = [
        seconds
        for seconds in (terms.first_response_seconds, terms.next_response_seconds, terms.resolution_seconds)
        if seconds is not None
    ]
    if not promised:
        raise Invalid("a policy promises something: give a first response, a next response or a resolution")
    if terms.warning_seconds is not None and terms.warning_seconds >= min(promised):
        raise Invalid("the warning has to come after the clock began: make it shorter", code="warning_seconds")
    calendar = directory.calendars.get(terms.calendar_id or 0)
    if terms.calendar_id is not None and (calendar is None or calendar.removed_at is not None):
        raise Invalid(f"there is no calendar {terms.calendar_id}", code="calendar_id")
    chain = directory.chains.get(terms.chain_id or 0)
    if terms.chain_id is not None and (chain is None or chain.removed_at is not None):
        raise Invalid(f"there is no escalation chain {terms.chain_id}", code="chain_id")
    for name, ids, known in (
        ("channel", terms.channel_ids, directory.channels.keys()),
        ("tag", terms.tag_ids, directory.tags.keys()),
    ):
        if ids - known:
            raise Invalid(f"there is no {name} {min(ids - known)}", code=f"{name}_ids")
    unknown = sorted(terms.networks - set(networks()))
    if unknown:
        raise Invalid(f"there is no network {unknown[0]!r}: take one of {', '.join(networks())}", code="networks")
    strange = sorted(one for one in terms.languages if not _LANGUAGE.fullmatch(one))
    if strange:
        raise Invalid(f"{strange[0]!r} is no code of a language: write one such as el or en", code="languages")


def _there(policy: Policy) -> Policy:
    if policy.removed_at is not None:
        raise NotFound(f"there is no policy {policy.id}: it was removed")
    return policy


def _text(versions: list[PolicyVersion]) -> str:
    return _encode(versions).decode()


class WithdrawBreach(OnConversation):
    """A supervisor takes a breach back. His reason is a note in the conversation, and the event names it."""

    action = "settings"

    def __init__(self, principal: Principal, conversation_id: int, wait_id: int, reason: str) -> None:
        super().__init__(principal, conversation_id)
        self.wait_id = wait_id
        self.reason = reason

    def needs(self, needs: Needs) -> None:
        """The conversation, and the wait, which may have ended."""
        super().needs(needs)
        needs.waits.add(self.wait_id)

    def act(self, state: State, conversation: Conversation) -> None:
        """Raises NotFound, and Conflict (`not_breached`)."""
        wait = state.waits.get(self.wait_id)
        if wait is None or wait.conversation_id != conversation.id:
            raise NotFound(f"there is no wait {self.wait_id} in conversation {conversation.id}")
        if wait.breached_at is None:
            raise Conflict(f"wait {wait.id} has not missed its target", code="not_breached")
        note = notes.write(state, conversation, self.reason, self.actor)
        targets.withdraw(state, wait, note.id, self.actor)
