"""How one has arranged the web app for oneself."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import Field

from inbox.api.call import Call
from inbox.api.fields import Body
from inbox.api.routing import Routes
from inbox.commands.preferences import MOST, Arrange, Arranged, arranged
from inbox.commands.versions import found
from inbox.domain.records import Agent

routes = Routes("Account")
Name = Annotated[str, Field(pattern="^[a-z][a-z-]{0,39}$")]
ViewKey = Annotated[str, Field(pattern="^saved:[0-9]{1,18}$")]


class ArrangedShape(msgspec.Struct, kw_only=True):
    """`keys`: command → its own key, empty for none; `hidden`: cards put away; `done`: steps of guides taken; `views`:
    saved views in one's own order, those not named last; `zone`: the time zone one reads times in, empty for that of
    the machine.
    """

    keys: dict[str, str]
    hidden: list[str]
    done: list[str]
    views: list[str]
    zone: str


class ArrangePatch(Body):
    """What to change. `keys`, `hidden`, `views` and `zone` replace what was there; `done` is added to it."""

    keys: dict[Name, Annotated[str, Field(max_length=40)]] | None = Field(None, max_length=MOST)
    hidden: list[Name] | None = Field(None, max_length=MOST)
    done: list[Name] = Field(default_factory=list, max_length=MOST)
    views: list[ViewKey] | None = Field(None, max_length=MOST)
    zone: str | None = Field(None, max_length=60)


@routes.get("/preferences", needs="agent")
async def see_own_preferences(call: Call) -> ArrangedShape:
    """How one has arranged the web app."""
    return _shape(arranged(await call.deps.database.read(found, Agent, call.agent_id)))


@routes.patch("/preferences", needs="agent")
async def change_own_preferences(call: Call, body: ArrangePatch) -> ArrangedShape:
    """Arrange it otherwise."""
    return _shape(await call.submit(Arrange(call.agent_id, body.keys, body.hidden, body.done, body.views, body.zone)))


def _shape(held: Arranged) -> ArrangedShape:
    return ArrangedShape(keys=held.keys, hidden=held.hidden, done=held.done, views=held.views, zone=held.zone)
