"""Bearer tokens of CRMs and scripts."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from pydantic import Field

from inbox.api.call import Call
from inbox.api.fields import Body, Id, Words
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso, iso_or_none
from inbox.commands.tokens import CreateToken, RevokeToken
from inbox.domain.access_records import Token
from inbox.storage import rows

routes = Routes("Tokens")


class NewToken(Body):
    """A token. `acts_as`: agents in whose name it may answer (`as_agent_id`): ids, or "person" for any agent."""

    name: Words
    scopes: Annotated[list[Literal["read", "write", "admin"]], Field(min_length=1)]
    acts_as: Literal["person"] | list[Id] | None = None


class TokenShape(msgspec.Struct, kw_only=True):
    """A token without its secret."""

    id: str
    name: str
    scopes: list[str]
    acts_as: Literal["person"] | list[str] | None
    created_by: str | None
    created_at: str
    last_used_at: str | None


class CreatedTokenShape(msgspec.Struct, kw_only=True):
    """A new token. `token` is its secret: shown once, not kept here."""

    id: str
    name: str
    token: str


def token_shape(token: Token) -> TokenShape:
    """A token as admins see it."""
    agents = token.acts_as.split(",") if token.acts_as else None
    return TokenShape(
        id=str(token.id),
        name=token.name,
        scopes=token.scopes.split(","),
        acts_as="person" if token.acts_as == "person" else agents,
        created_by=None if token.created_by is None else str(token.created_by),
        created_at=iso(token.created_at),
        last_used_at=iso_or_none(token.last_used_at),
    )


@routes.get("/tokens", needs="tokens")
async def list_tokens(call: Call) -> Page[TokenShape]:
    """The tokens that work."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Token)
    return Page(items=[token_shape(one) for one in known if one.revoked_at is None], position=position)


@routes.post("/tokens", needs="tokens")
async def create_token(call: Call, body: NewToken) -> CreatedTokenShape:
    """Make a token. Takes no Idempotency-Key: the secret would have to be kept to be shown again."""
    acts_as = body.acts_as if body.acts_as is not None else []
    created = await call.submit(CreateToken(call.principal, body.name, body.scopes, acts_as))
    return CreatedTokenShape(id=str(created.token.id), name=created.token.name, token=created.secret)


@routes.delete("/tokens/{token_id}", needs="tokens")
async def revoke_token(call: Call, token_id: int) -> None:
    """Revoke a token: it stops working at once."""
    await call.submit(RevokeToken(call.principal, token_id))
