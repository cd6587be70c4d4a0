"""Who is asking: by session cookie, bearer token or live ticket; and whether the page that asks is ours.

Every request reads its session or token from the database (one indexed read), so that a revoked one ends at once, in
every process.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

import msgspec
from starlette.requests import HTTPConnection

from inbox import clock, ids
from inbox.clock import SECOND
from inbox.commands.sessions import NoteSeen, TakeTicket
from inbox.domain import events as e
from inbox.domain.access_records import Session, Token
from inbox.domain.permissions import ROLES, TOKEN_SCOPES, Action, Principal, Scope
from inbox.domain.records import Agent
from inbox.errors import Forbidden, Unauthorised
from inbox.eventlog.directory import Directory
from inbox.eventlog.writer import Writer
from inbox.settings import Settings
from inbox.storage import sessions
from inbox.storage.database import Database

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SEEN_EVERY = 300 * SECOND
Later = Callable[[NoteSeen], None]


class Auth:
    """Answers `principal_of`. `later` takes units whose result nobody awaits: `app` runs them in its task group."""

    def __init__(
        self, settings: Settings, database: Database, writer: Writer, directory: Directory, later: Later | None = None
    ) -> None:
        self.settings = settings
        self.database = database
        self.writer = writer
        self.directory = directory
        self._later = later
        self._noted: dict[tuple[str, int], int] = {}

    # -- who

    async def principal_of(self, connection: HTTPConnection) -> Principal:
        """Who sent a request. Raises Unauthorised; Forbidden where a cookie comes from a page that is not ours."""
        given = connection.headers.get("authorization", "")
        if given:
            kind, _, secret = given.partition(" ")
            if kind.lower() != "bearer":
                raise Unauthorised(f"Authorization {kind[:20]!r} is not known here: use Bearer")
            return await self._of_token(secret.strip())
        cookie = connection.cookies.get(self.cookie_name)
        if not cookie:
            raise Unauthorised("sign in first")
        self.require_same_origin(connection)
        return await self._of_session(await self.database.read(sessions.by_digest, ids.digest(cookie)))

    async def principal_of_socket(self, connection: HTTPConnection) -> Principal | None:
        """Who opens a websocket: by a ticket among the subprotocols, bearer, or cookie with an Origin of ours; None:
        nobody. A ticket is used up.
        """
        offered = connection.scope.get("subprotocols", [])
        ticket = next((one for one in offered if one.startswith("tkt_")), None)
        try:
            if ticket is not None:
                return await self._of_session(await self.writer.submit(TakeTicket(ticket)))
            origin = connection.headers.get("origin", "")
            if "authorization" not in connection.headers and not self._is_ours(origin, connection):
                return None
            return await self.principal_of(connection)
        except Unauthorised:
            return None

    async def _of_session(self, session: Session | None) -> Principal:
        if session is None or session.expires_at <= clock.now():
            raise Unauthorised("you were signed out: sign in again", code="signed_out")
        agent = await self._agent(session.agent_id)
        if agent is None or not agent.active:
            raise Unauthorised("this account is not active: ask an admin")
        self._note("session", session.id, session.last_seen_at, NoteSeen(session=session, idle_days=self._idle_days))
        return self.directory.principal_of(agent, session.id)

    async def _of_token(self, secret: str) -> Principal:
        token = await self.database.read(sessions.token_by_digest, ids.digest(secret))
        if token is None or token.revoked_at is not None:
            raise Unauthorised("the token is unknown or revoked: an admin can make another under Settings, Tokens")
        creator = await self._agent(token.created_by) if token.created_by is not None else None
        if token.created_by is not None and (creator is None or not creator.active):
            raise Unauthorised("whoever made this token is no longer active: an admin can make another")
        self._note("token", token.id, token.last_used_at or 0, NoteSeen(token_id=token.id))
        return token_principal(token, creator, self.directory)

    async def _agent(self, agent_id: int) -> Agent | None:
        return (await self.directory.fresh()).agents.get(agent_id)

    @property
    def _idle_days(self) -> int:
        return self.settings.session_days

    def _note(self, kind: str, key: int, last: int, unit: NoteSeen) -> None:
        """Have its last use written, at most every five minutes."""
        now = clock.now()
        if self._later is None or now - max(last, self._noted.get((kind, key), 0)) < _SEEN_EVERY:
            return
        if len(self._noted) > 10_000:
            self._noted.clear()
        self._noted[kind, key] = now
        self._later(unit)

    # -- from where

    def require_same_origin(self, connection: HTTPConnection) -> None:
        """Raise Forbidden for a change that another site's page could have sent with our cookie.

        Asked are a header that a foreign page cannot set without asking first (`X-Inbox`), and what the browser says of
        where the page is from (`Sec-Fetch-Site`, else `Origin`).
        """
        if connection.scope["type"] == "websocket" or connection.scope["method"] in _SAFE:
            return
        if "authorization" in connection.headers:
            return
        if "x-inbox" not in connection.headers:
            raise Forbidden("the header X-Inbox is missing: send X-Inbox: 1 with every change", code="cross_site")
        site = connection.headers.get("sec-fetch-site")
        origin = connection.headers.get("origin")
        foreign = site not in ("same-origin", "none") if site is not None else origin is not None
        if foreign and not self._is_ours(origin or "", connection):
            raise Forbidden("this change comes from a page of another site", code="cross_site")

    def _is_ours(self, origin: str, connection: HTTPConnection) -> bool:
        try:
            given = urlsplit(origin)
            if _place(given) == _place(urlsplit(self.settings.address)):
                return True
        except ValueError:  # `http://[` or a port that is no number: no browser's page has such an origin
            return False
        # Without a public address the service goes by whatever name this browser reached it by.
        return not self.settings.public_url and bool(origin) and given.netloc == connection.headers.get("host")

    def address_of(self, connection: HTTPConnection) -> str:
        """The client's address, empty where it is not known. The server has dealt with trusted proxies."""
        return connection.client.host if connection.client else ""

    # -- the cookie

    @property
    def cookie_name(self) -> str:
        """With https a name that browsers accept only with Secure, from this host, for the whole of it."""
        return "__Host-inbox" if self.settings.encrypted else "inbox"

    def cookie(self, secret: str) -> str:
        """`Set-Cookie` of a session."""
        return f"{self.cookie_name}={secret}; Path=/; Max-Age={90 * 86_400}; {self._marks}"

    def no_cookie(self) -> str:
        """`Set-Cookie` that takes it away."""
        return f"{self.cookie_name}=; Path=/; Max-Age=0; {self._marks}"

    @property
    def _marks(self) -> str:
        return "HttpOnly; SameSite=Lax" + ("; Secure" if self.settings.encrypted else "")


def token_principal(token: Token, creator: Agent | None, directory: Directory) -> Principal:
    """A token as the one who asks: its scopes, but no more than whoever made it may do today."""
    scopes = [scope for scope in token.scopes.split(",") if scope]
    allowed: frozenset[Action] = frozenset().union(*(TOKEN_SCOPES[scope] for scope in scopes))
    scope = Scope(None, frozenset(), "admin" in scopes)
    if creator is not None:
        allowed &= ROLES[creator.role]
        of_creator = directory.scope_of(creator)
        scope = msgspec.structs.replace(of_creator, admin=of_creator.admin and scope.admin)
    active = {agent.id for agent in directory.agents.values() if agent.active}
    if token.acts_as == "person":
        acts_as = frozenset(active)
    else:
        acts_as = frozenset(int(part) for part in token.acts_as.split(",") if part) & active
    return Principal(e.Actor("token", token.id), token.name, scope, allowed, None, acts_as)


def network_of(address: str) -> str:
    """The neighbourhood of an address, for throttling: /24 of IPv4, /56 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    width = 24 if parsed.version == 4 else 56
    return str(ipaddress.ip_network(f"{parsed}/{width}", strict=False))


def _place(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Scheme, host and port. Raises ValueError for a port that is none."""
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
