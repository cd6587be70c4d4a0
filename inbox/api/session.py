"""Signing in and out, one's own sessions, the ticket for the websocket."""

from __future__ import annotations

import msgspec
from pydantic import Field

from inbox.api.call import Call, Reply
from inbox.api.fields import Body
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.auth import network_of
from inbox.clock import iso
from inbox.commands.accounts import UseCode, has_totp
from inbox.commands.sessions import EndSession, IssueTicket, Opened, OpenSession
from inbox.domain.permissions import ROLES
from inbox.domain.records import Agent
from inbox.domain.shapes import AgentShape
from inbox.errors import NotFound, RateLimited, Unauthorised
from inbox.eventlog.show_settings import agent_shape
from inbox.storage import agents, rows, sessions
from inbox.throttle import Rate

routes = Routes("Session")

# By account and neighbourhood: a person may mistype; by neighbourhood: one guesser, many accounts; by account: many
# guessers, one account, wide enough that strangers cannot lock somebody out with a few tries.
_BY_BOTH = Rate(burst=6, every_seconds=20)
_BY_NETWORK = Rate(burst=40, every_seconds=3)
_BY_ACCOUNT = Rate(burst=60, every_seconds=20)


class SignIn(Body):
    """Who one is, and the proof. `code`: of the second factor, or a recovery code."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=500)
    code: str | None = Field(None, max_length=40)


class SessionShape(msgspec.Struct, kw_only=True):
    """The agent who is signed in, and what he may do."""

    agent: AgentShape
    permissions: list[str]


class OwnSessionShape(msgspec.Struct, kw_only=True):
    """A browser in which one is signed in."""

    id: str
    created_at: str
    last_seen_at: str
    user_agent: str
    ip: str
    current: bool


class TicketShape(msgspec.Struct, kw_only=True):
    """Admission to one websocket, for 30 seconds: send it as second subprotocol."""

    ticket: str


@routes.post("/session", needs="public", status=200, max_body_bytes=8192)
async def sign_in(call: Call, body: SignIn) -> Reply[SessionShape]:
    """Sign in; sets the cookie."""
    auth, database = call.deps.auth, call.deps.database
    email = agents.folded(body.email)
    ip = auth.address_of(call.request)
    _throttle(call, email, ip)
    agent = await database.read(agents.by_email, email)
    known = agent if agent is not None and agent.active else None
    right = await call.deps.passwords.matches(known.password_hash if known else None, body.password)
    if known is None or not right:
        raise Unauthorised("the e-mail address or the password is wrong")
    if has_totp(known):
        if not body.code:
            raise Unauthorised("enter the code of your second factor", code="code_required")
        await call.submit(UseCode(known.id, body.code, call.deps.sealer))
    call.deps.throttle.clear(("sign_in", email, network_of(ip)))
    agent_text = call.request.headers.get("user-agent", "")
    opened = await call.submit(OpenSession(known.id, agent_text, ip, call.deps.settings.session_days))
    return await signed_in(call, opened)


def _throttle(call: Call, email: str, ip: str) -> None:
    """Count an attempt. Raises RateLimited before any password is looked at."""
    throttle, near = call.deps.throttle, network_of(ip)
    limits = (
        (("sign_in", email, near), _BY_BOTH),
        (("sign_in_from", near), _BY_NETWORK),
        (("sign_in_to", email), _BY_ACCOUNT),
    )
    wait = max(throttle.wait(key, rate) for key, rate in limits)
    if wait:
        raise RateLimited(f"too many attempts: try again in {wait} s", retry_after_seconds=wait)
    for key, rate in limits:
        throttle.take(key, rate)


async def signed_in(call: Call, opened: Opened) -> Reply[SessionShape]:
    """The answer to whoever was just let in, with the cookie."""
    shape = await _shape(call, opened.session.agent_id)
    return Reply(shape, cookies=(call.deps.auth.cookie(opened.secret),))


async def _shape(call: Call, agent_id: int) -> SessionShape:
    directory = await call.deps.directory.fresh()
    agent = await call.deps.database.read(rows.one, Agent, agent_id)
    if agent is None:
        raise NotFound(f"there is no agent {agent_id}")
    return SessionShape(agent=agent_shape(agent, directory), permissions=sorted(ROLES[agent.role]))


@routes.get("/session", needs="agent")
async def who_am_i(call: Call) -> SessionShape:
    """The agent who is signed in."""
    return await _shape(call, call.agent_id)


@routes.delete("/session", needs="agent")
async def sign_out(call: Call) -> Reply[None]:
    """Sign out; takes the cookie away."""
    assert call.principal.session_id is not None
    await call.submit(EndSession(call.agent_id, call.principal.session_id))
    return Reply(None, cookies=(call.deps.auth.no_cookie(),))


@routes.get("/sessions", needs="agent")
async def list_sessions(call: Call) -> Page[OwnSessionShape]:
    """Where one is signed in, last used first."""
    position = await call.position()
    found = await call.deps.database.read(sessions.of_agent, call.agent_id)
    items = [
        OwnSessionShape(
            id=str(one.id),
            created_at=iso(one.created_at),
            last_seen_at=iso(one.last_seen_at),
            user_agent=one.user_agent,
            ip=one.ip,
            current=one.id == call.principal.session_id,
        )
        for one in found
    ]
    return Page(items=items, position=position)


@routes.delete("/sessions/{session_id}", needs="agent")
async def end_session(call: Call, session_id: int) -> None:
    """End one of one's own sessions; its sockets close within two seconds."""
    await call.submit(EndSession(call.agent_id, session_id))


@routes.post("/live-ticket", needs="agent")
async def issue_live_ticket(call: Call) -> TicketShape:
    """A ticket for the websocket."""
    assert call.principal.session_id is not None
    return TicketShape(ticket=await call.submit(IssueTicket(call.principal.session_id, call.agent_id)))
