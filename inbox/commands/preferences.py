"""How somebody has arranged the app for himself: his keys, the cards he put away, the steps he has done, his order of
the saved views.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from inbox.commands.accounts import OfAgent
from inbox.domain.periods import zone_of
from inbox.domain.records import Agent
from inbox.domain.state import State
from inbox.errors import Invalid
from inbox.storage import rows
from inbox.storage.database import Query

MOST = 200
"""So many of each are kept."""


class Arranged(msgspec.Struct, frozen=True, kw_only=True):
    """Stored as JSON in the agent's row. `keys`: command of the web app → its own key, empty for none; `hidden`: cards
    put away; `done`: steps of guides that were taken; `views`: keys of saved views in his order, in which those not
    named come last.
    """

    keys: dict[str, str] = {}
    hidden: list[str] = []
    done: list[str] = []
    views: list[str] = []
    zone: str = ""
    """The time zone he reads times in; empty: that of the machine he sits at."""


def arranged(agent: Agent) -> Arranged:
    """What an agent has chosen; the usual where he has not."""
    return msgspec.json.decode(agent.preferences, type=Arranged) if agent.preferences else Arranged()


class Arrange(OfAgent):
    """Change what is given; None leaves as it is. Steps are only ever added: two windows tick side by side. Raises
    Invalid (`zone`).
    """

    def __init__(
        self,
        agent_id: int,
        keys: Mapping[str, str] | None = None,
        hidden: Sequence[str] | None = None,
        done: Sequence[str] = (),
        views: Sequence[str] | None = None,
        zone: str | None = None,
    ) -> None:
        super().__init__(agent_id)
        self.keys = keys
        self.hidden = hidden
        self.done = done
        self.views = views
        if zone:
            zone_of(zone)
        self.zone = zone

    def run(self, state: State) -> Query[Arranged]:
        """Write it. The result is all that holds now. Raises Invalid (`done`)."""
        agent = yield from self.agent()
        before = arranged(agent)
        after = Arranged(
            keys=before.keys if self.keys is None else dict(self.keys),
            hidden=before.hidden if self.hidden is None else sorted(set(self.hidden)),
            done=sorted({*before.done, *self.done}),
            views=before.views if self.views is None else list(dict.fromkeys(self.views)),
            zone=before.zone if self.zone is None else self.zone,
        )
        if len(after.done) > MOST:
            raise Invalid(f"{len(after.done)} steps would be kept: {MOST} are enough", code="done")
        agent.preferences = msgspec.json.encode(after).decode()
        yield from rows.change(agent)
        return after
