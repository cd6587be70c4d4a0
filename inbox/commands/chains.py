"""Escalation chains: made, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.chains import Chain, ChainVersion, versions_of
from inbox.domain.periods import zone_of
from inbox.domain.permissions import Principal, require
from inbox.domain.state import State
from inbox.errors import Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import rows
from inbox.storage.database import Query

_encode = msgspec.json.Encoder().encode


class PutChain(Unit):
    """Make a chain (id None), or change one. `fields`: `name`, `active`; `terms`: fields of `ChainVersion`. On a change
    only what is given. What is escalated already goes on by the version it began with.
    """

    alone = True

    def __init__(
        self, principal: Principal, chain_id: int | None, fields: Mapping[str, Any], terms: Mapping[str, Any], *,
        directory: Directory, version: int | None = None,
    ) -> None:  # fmt: skip
        require(principal, "settings")
        self.principal = principal
        self.chain_id = chain_id
        self.fields = dict(fields)
        self.terms = dict(terms)
        self.directory = directory
        self.version = version

    def run(self, state: State) -> Query[Chain]:
        """Check, and write."""
        if self.chain_id is None:
            new = ChainVersion(valid_from=state.now, **self.terms)
            check_chain(new, self.directory)
            chain = Chain(
                id=state.next_id(), name=self.fields["name"], active=self.fields.get("active", 1),
                versions=_text([new]), created_at=state.now, version=1,
            )  # fmt: skip
            yield from rows.add(chain)
        else:
            chain = there((yield from found(Chain, self.chain_id)))
            check_version(chain.version, self.version, f"the chain {chain.name!r}")
            versions = versions_of(chain)
            new = replace(versions[-1], **self.terms)
            if new != versions[-1]:
                new = replace(new, version=new.version + 1, valid_from=state.now)
                check_chain(new, self.directory)
                versions.append(new)
            chain = replace(chain, versions=_text(versions), version=chain.version + 1, **self.fields)
            yield from rows.change(chain)
        state.emit(e.SettingChanged(object="chain", id=chain.id), self.principal.actor)
        return chain


class RemoveChain(Unit):
    """A chain is begun no more. What was escalated by it goes on."""

    alone = True

    def __init__(self, principal: Principal, chain_id: int, version: int | None) -> None:
        require(principal, "settings")
        self.principal = principal
        self.chain_id = chain_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """The row stays: escalations name it."""
        chain = there((yield from found(Chain, self.chain_id)))
        check_version(chain.version, self.version, f"the chain {chain.name!r}")
        yield from rows.change(replace(chain, removed_at=state.now, active=0, version=chain.version + 1))
        state.emit(e.SettingChanged(object="chain", id=chain.id, removed=True), self.principal.actor)


def check_chain(terms: ChainVersion, directory: Directory) -> None:
    """Raise Invalid for a chain that asks nobody, or names of nothing."""
    zone_of(terms.zone)
    if not terms.levels:
        raise Invalid("a chain asks somebody: give it a level", code="levels")
    for number, level in enumerate(terms.levels, 1):
        if level.to in ("agents", "on_call") and not level.agent_ids:
            raise Invalid(f"level {number} asks nobody: name agents", code="levels")
        missing = [i for i in level.agent_ids if i not in directory.agents or not directory.agents[i].active]
        if missing:
            raise Invalid(f"level {number}: there is no active agent {missing[0]}", code="levels")
    if terms.repeats and terms.repeat_seconds < 60:
        raise Invalid("the last level is asked again after a minute at least", code="repeat_seconds")
    if terms.team_ids - directory.teams.keys():
        raise Invalid(f"there is no team {min(terms.team_ids - directory.teams.keys())}", code="team_ids")


def there(chain: Chain) -> Chain:
    """The chain. Raises NotFound for one that was removed."""
    if chain.removed_at is not None:
        raise NotFound(f"there is no chain {chain.id}: it was removed")
    return chain


def _text(versions: list[ChainVersion]) -> str:
    return _encode(versions).decode()
