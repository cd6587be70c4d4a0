"""One request as a handler sees it, and what a handler may answer beside a plain value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from starlette.requests import Request

from inbox.api.deps import Deps
from inbox.api.once import Key, Once
from inbox.domain.permissions import Principal
from inbox.errors import Forbidden, Unauthorised
from inbox.eventlog.log import head
from inbox.eventlog.unit import Unit

T = TypeVar("T")

NEEDS_PERSON = "needs_person"
FOR_PEOPLE = "this is one person's own and no token's, whatever its scopes: sign in with e-mail and password"
"""What a token hears at a route with `needs="agent"`: it is known, so another one would not help (403, not 401)."""


@dataclass(slots=True, kw_only=True)
class Call:
    """A request on its way: who asks, for what, with which preconditions."""

    request: Request
    deps: Deps
    request_id: str
    caller: Principal | None = None
    """None only on public routes where nobody is signed in."""
    version: int | None = None
    """The version named by If-Match; None where none was given or any will do (`*`)."""
    key: Key | None = None
    """The Idempotency-Key with the digest of what was asked, until it is committed."""
    committed: Key | None = field(default=None)
    """The key that a unit of this call committed."""

    @property
    def principal(self) -> Principal:
        """Who asks. Raises Unauthorised where nobody is signed in."""
        if self.caller is None:
            raise Unauthorised("sign in first")
        return self.caller

    @property
    def agent_id(self) -> int:
        """The agent who asks, on routes that need one."""
        agent_id = self.principal.agent_id
        if agent_id is None:
            raise Forbidden(FOR_PEOPLE, code=NEEDS_PERSON)
        return agent_id

    async def submit(self, unit: Unit) -> Any:
        """Have a unit committed. The first one carries the Idempotency-Key, if there is one, in its transaction."""
        if self.key is None:
            return await self.deps.writer.submit(unit)
        key, self.key = self.key, None
        result = await self.deps.writer.submit(Once(unit, key))
        self.committed = key
        return result

    async def position(self) -> int:
        """The head of the log now: for lists, read it before the list."""
        position, _ = await self.deps.database.read(head)
        return position


@dataclass(slots=True)
class Reply(Generic[T]):
    """An answer with more than its value: another status, headers (a list, for several cookies)."""

    value: T
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    """Whole `Set-Cookie` values."""
    kept: Any = None
    """What is kept under the Idempotency-Key in its place, where the value holds a secret that is told once."""
