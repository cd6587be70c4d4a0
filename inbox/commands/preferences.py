"""How somebody has arranged the app for himself: his keys, the cards he put away, the steps he has done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from inbox.commands.accounts import OfAgent
from inbox.domain.records import Agent
from inbox.domain.state import State
from inbox.errors import Invalid
from inbox.storage import rows
from inbox.storage.database import Query

MOST = 200
"""So many of each are kept."""


class Arranged(msgspec.Struct, frozen=True, kw_only=True):
    """Stored as JSON in the agent's row. `keys`: command of the web app → its own key, empty for none; `hidden`: cards
    put away; `done`: steps of guides that were taken.
    """

    keys: dict[str, str] = {}
    hidden: list[str] = []
    done: list[str] = []


def arranged(agent: Agent) -> Arranged:
    """What an agent has chosen; the usual where he has not."""
    return msgspec.json.decode(agent.preferences, type=Arranged) if agent.preferences else Arranged()


class Arrange(OfAgent):
    """Change what is given; None leaves as it is. Steps are only ever added: two windows tick side by side."""

    def __init__(
        self,
        agent_id: int,
        keys: Mapping[str, str] | None = None,
        hidden: Sequence[str] | None = None,
        done: Sequence[str] = (),
    ) -> None:
        super().__init__(agent_id)
        self.keys = keys
        self.hidden = hidden
        self.done = done

    def run(self, state: State) -> Query[Arranged]:
        """Write it. The result is all that holds now. Raises Invalid (`done`)."""
        agent = yield from self.agent()
        before = arranged(agent)
        after = Arranged(
            keys=before.keys if self.keys is None else dict(self.keys),
            hidden=before.hidden if self.hidden is None else sorted(set(self.hidden)),
            done=sorted({*before.done, *self.done}),
        )
        if len(after.done) > MOST:
            raise Invalid(f"{len(after.done)} steps would be kept: {MOST} are enough", code="done")
        agent.preferences = msgspec.json.encode(after).decode()
        yield from rows.change(agent)
        return after
