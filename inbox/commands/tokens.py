"""Bearer tokens for CRMs and scripts: made, revoked. The secret is shown once and kept as a digest."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inbox import ids
from inbox.commands.versions import found
from inbox.domain import events as e
from inbox.domain.access_records import Token
from inbox.domain.permissions import Action, Principal, require
from inbox.domain.records import Agent
from inbox.domain.state import State
from inbox.errors import Invalid, NotFound
from inbox.eventlog.unit import Unit
from inbox.storage import rows
from inbox.storage.database import Query

ADMINS = e.Audience(admins=True)
SCREEN = "screen"
"""The scope of a link for a screen on a wall."""


class CreatedToken(msgspec.Struct, frozen=True):
    """A new token and its secret, which is not kept."""

    token: Token
    secret: str


class CreateToken(Unit):
    """A token with scopes (`read`, `write`, `admin`, `screen`). `acts_as`: "person" (any agent), ids of agents, or
    nobody. `right`: what whoever makes it must be allowed to.
    """

    alone = True

    def __init__(
        self, principal: Principal, name: str, scopes: Sequence[str], acts_as: str | Sequence[int],
        right: Action = "tokens",
    ) -> None:  # fmt: skip
        require(principal, right)
        self.principal = principal
        self.name = name
        self.scopes = scopes
        self.acts_as = acts_as

    def run(self, state: State) -> Query[CreatedToken]:
        """Write its digest. Raises Invalid for an agent who is not there."""
        acts_as = self.acts_as
        if not isinstance(acts_as, str):
            for index, agent_id in enumerate(acts_as):
                if (yield from rows.one(Agent, agent_id)) is None:
                    said = f"there is no agent {agent_id}"
                    raise Invalid(said, errors=[{"pointer": f"/acts_as/{index}", "message": said}])
            acts_as = ",".join(str(agent_id) for agent_id in sorted(set(acts_as)))
        secret = ids.secret("inb")
        token = Token(
            id=state.next_id(),
            name=self.name,
            digest=ids.digest(secret),
            scopes=",".join(dict.fromkeys(self.scopes)),
            acts_as=acts_as,
            created_by=self.principal.agent_id,
            created_at=state.now,
            last_used_at=None,
            revoked_at=None,
        )
        yield from rows.add(token)
        state.emit(e.SettingChanged(object="token", id=token.id), self.principal.actor, audience=ADMINS)
        return CreatedToken(token, secret)


class RevokeToken(Unit):
    """A token stops working at once; its row stays, since events name it. `screen`: only if it is one of a screen,
    which those may who see the floor.
    """

    alone = True

    def __init__(self, principal: Principal, token_id: int, *, screen: bool = False) -> None:
        require(principal, "reports" if screen else "tokens")
        self.principal = principal
        self.token_id = token_id
        self.screen = screen

    def run(self, state: State) -> Query[None]:
        """Mark it. Revoking twice changes nothing."""
        token = yield from found(Token, self.token_id)
        if self.screen and token.scopes != SCREEN:
            raise NotFound(f"there is no screen {self.token_id}")
        if token.revoked_at is None:
            token.revoked_at = state.now
            yield from rows.change(token)
            event = e.SettingChanged(object="token", id=token.id, removed=True)
            state.emit(event, self.principal.actor, audience=ADMINS)
