"""Screens on a wall: links that show the floor's counts and nothing else."""

from __future__ import annotations

import msgspec

from inbox.api.call import Call
from inbox.api.fields import Body, Words
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso, iso_or_none
from inbox.commands.tokens import SCREEN, CreateToken, RevokeToken
from inbox.domain.access_records import Token
from inbox.domain.permissions import require
from inbox.domain.report_shapes import Screen
from inbox.storage import rows

routes = Routes("Screens")


class NewScreen(Body):
    """A link for a screen. `name`: where it hangs."""

    name: Words


class ScreenShape(msgspec.Struct, kw_only=True):
    """A screen's link, without its secret."""

    id: str
    name: str
    created_by: str | None
    created_at: str
    last_used_at: str | None


class CreatedScreenShape(msgspec.Struct, kw_only=True):
    """A new screen. `token` is what its link holds: shown once, not kept here."""

    id: str
    name: str
    token: str


@routes.get("/screen", needs="screen")
async def see_screen(call: Call) -> Screen:
    """The floor now as counts, without customers and agents by name: all that a screen's token can read."""
    return await call.deps.reports.screen(call.principal.scope)


@routes.get("/screens", needs="reports")
async def list_screens(call: Call) -> Page[ScreenShape]:
    """The screens whose links work."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Token)
    shown = [_shape(one) for one in known if one.scopes == SCREEN and one.revoked_at is None]
    return Page(items=shown, position=position)


def _shape(token: Token) -> ScreenShape:
    return ScreenShape(
        id=str(token.id),
        name=token.name,
        created_by=None if token.created_by is None else str(token.created_by),
        created_at=iso(token.created_at),
        last_used_at=iso_or_none(token.last_used_at),
    )


@routes.post("/screens", needs="agent")
async def create_screen(call: Call, body: NewScreen) -> CreatedScreenShape:
    """Make a link for a screen; it sees what its maker sees. For people who see reports: a token makes no token. Takes
    no Idempotency-Key: the secret would have to be kept to be shown again.
    """
    require(call.principal, "reports")
    made = await call.submit(CreateToken(call.principal, body.name, [SCREEN], [], right="reports"))
    return CreatedScreenShape(id=str(made.token.id), name=made.token.name, token=made.secret)


@routes.delete("/screens/{screen_id}", needs="agent")
async def revoke_screen(call: Call, screen_id: int) -> None:
    """Take a screen's link back: it stops working at once."""
    await call.submit(RevokeToken(call.principal, screen_id, screen=True))
