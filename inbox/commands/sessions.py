"""Signing in and out, as units: sessions, live tickets, bearer tokens in use.

Only digests are stored. A session that ends is told by `SessionRevoked` to its agent alone; sockets close on it.
"""

from __future__ import annotations

import msgspec

from inbox import ids
from inbox.clock import DAY, SECOND
from inbox.domain import events as e
from inbox.domain.access_records import Session
from inbox.domain.state import State
from inbox.errors import NotFound
from inbox.eventlog.unit import Priority, Unit
from inbox.storage import rows, sessions
from inbox.storage.database import Query

LONGEST_SESSION = 90 * DAY
TICKET_SECONDS = 30


class Opened(msgspec.Struct, frozen=True):
    """A new session and the secret for its cookie, which is not kept."""

    session: Session
    secret: str


class OpenSession(Unit):
    """An agent has proved who he is."""

    alone = True

    def __init__(self, agent_id: int, user_agent: str, ip: str, idle_days: int) -> None:
        self.agent_id = agent_id
        self.user_agent = user_agent[:300]
        self.ip = ip
        self.idle_days = idle_days

    def run(self, state: State) -> Query[Opened]:
        """Write the session."""
        return (yield from open_session(state, self.agent_id, self.user_agent, self.ip, self.idle_days))


def open_session(state: State, agent_id: int, user_agent: str, ip: str, idle_days: int) -> Query[Opened]:
    """A new session, inside a unit that has proved who it is."""
    secret = ids.secret("ses")
    session = Session(
        id=state.next_id(),
        agent_id=agent_id,
        digest=ids.digest(secret),
        created_at=state.now,
        last_seen_at=state.now,
        expires_at=state.now + idle_days * DAY,
        user_agent=user_agent,
        ip=ip,
    )
    yield from rows.add(session)
    return Opened(session, secret)


class EndSession(Unit):
    """Sign out, or end another session of one's own. Raises NotFound for anybody else's."""

    alone = True

    def __init__(self, agent_id: int, session_id: int) -> None:
        self.agent_id = agent_id
        self.session_id = session_id

    def run(self, state: State) -> Query[None]:
        """Delete it and close its sockets."""
        session = yield from rows.one(Session, self.session_id)
        if session is None or session.agent_id != self.agent_id:
            raise NotFound(f"you have no session {self.session_id}")
        yield from rows.remove(Session, session.id)
        revoked(state, self.agent_id, self.session_id)


def end_sessions(state: State, agent_id: int, *, but: int = 0, actor: e.Actor | None = None) -> Query[None]:
    """End an agent's sessions, all but one, inside a unit."""
    found = yield from sessions.of_agent(agent_id)
    yield from sessions.end_of_agent(agent_id, but=but)
    for session in found:
        if session.id != but:
            revoked(state, agent_id, session.id, actor)


def revoked(state: State, agent_id: int, session_id: int, actor: e.Actor | None = None) -> None:
    """Tell that a session is over, to its agent alone."""
    event = e.SessionRevoked(agent_id=agent_id, session_id=session_id)
    state.emit(event, actor or e.Actor("agent", agent_id), audience=e.Audience(agent_id=agent_id))


class NoteSeen(Unit):
    """A session or token is in use. Not urgent."""

    alone = True
    priority = Priority.BULK

    def __init__(self, *, session: Session | None = None, token_id: int | None = None, idle_days: int = 0) -> None:
        self.session = session
        self.token_id = token_id
        self.idle_days = idle_days

    def run(self, state: State) -> Query[None]:
        """Move its last use, and the end of a session, to now."""
        if self.session is not None:
            until = min(state.now + self.idle_days * DAY, self.session.created_at + LONGEST_SESSION)
            yield from sessions.seen(self.session.id, state.now, until)
        if self.token_id is not None:
            yield from sessions.token_seen(self.token_id, state.now)


class IssueTicket(Unit):
    """Admission to one websocket, for half a minute. The result is the ticket."""

    alone = True

    def __init__(self, session_id: int, agent_id: int) -> None:
        self.session_id = session_id
        self.agent_id = agent_id

    def run(self, state: State) -> Query[str]:
        """Write its digest."""
        secret = ids.secret("tkt")
        expires_at = state.now + TICKET_SECONDS * SECOND
        ticket = sessions.Ticket(self.session_id, self.agent_id, expires_at)
        yield from sessions.add_ticket(ids.digest(secret), ticket)
        return secret


class TakeTicket(Unit):
    """Use up a ticket. The result is the live session it stands for, or None."""

    alone = True

    def __init__(self, ticket: str) -> None:
        self.digest = ids.digest(ticket)

    def run(self, state: State) -> Query[Session | None]:
        """Delete it and look at its session."""
        ticket = yield from sessions.take_ticket(self.digest)
        if ticket is None or ticket.expires_at <= state.now:
            return None
        session = yield from rows.one(Session, ticket.session_id)
        return session if session is not None and session.expires_at > state.now else None
