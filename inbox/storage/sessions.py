"""Sessions, live tickets, one-use links and bearer tokens: only digests are stored."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update

from inbox.domain.access_records import Session, Token
from inbox.storage import tables as t
from inbox.storage.database import Delete, Insert, Query, Save, Statement, first

_SESSION = [c for c in t.session.c if c.name != "workspace_id"]
_TOKEN = [c for c in t.token.c if c.name != "workspace_id"]
_BY_DIGEST = Statement(select(*_SESSION).where(t.session.c.digest == bindparam("digest")))
_OF_AGENT = Statement(
    select(*_SESSION).where(t.session.c.agent_id == bindparam("agent")).order_by(t.session.c.last_seen_at.desc())
)
_SEEN = Statement(
    update(t.session)
    .where(t.session.c.id == bindparam("session"))
    .values(last_seen_at=bindparam("seen"), expires_at=bindparam("until"))
)
_END_OF_AGENT = Statement(
    delete(t.session).where(t.session.c.agent_id == bindparam("agent"), t.session.c.id != bindparam("but"))
)
_TOKEN_BY_DIGEST = Statement(select(*_TOKEN).where(t.token.c.digest == bindparam("digest")))
_TOKEN_SEEN = Statement(
    update(t.token).where(t.token.c.id == bindparam("token")).values(last_used_at=bindparam("seen"))
)
_TICKET = Statement(
    select(t.ticket.c.session_id, t.ticket.c.agent_id, t.ticket.c.expires_at).where(
        t.ticket.c.digest == bindparam("digest")
    )
)
_LINK = Statement(
    select(t.link.c.kind, t.link.c.agent_id, t.link.c.expires_at, t.link.c.used_at).where(
        t.link.c.digest == bindparam("digest")
    )
)
_LINK_USED = Statement(update(t.link).where(t.link.c.digest == bindparam("of")).values(used_at=bindparam("used")))
_LINKS_OF = Statement(delete(t.link).where(t.link.c.agent_id == bindparam("agent"), t.link.c.used_at.is_(None)))


class Link(NamedTuple):
    """A one-use link. `agent_id` 0: for the first admin, who is not there yet."""

    kind: str
    agent_id: int
    expires_at: int
    used_at: int | None


class Ticket(NamedTuple):
    """Admission to one websocket."""

    session_id: int
    agent_id: int
    expires_at: int


def by_digest(digest: str) -> Query[Session | None]:
    """The session of a cookie."""
    row = yield from first(_BY_DIGEST(digest=digest))
    return Session(*row) if row else None


def of_agent(agent_id: int) -> Query[list[Session]]:
    """An agent's sessions, last used first."""
    rows = yield _OF_AGENT(agent=agent_id)
    return [Session(*row) for row in rows]


def seen(session_id: int, at: int, expires_at: int) -> Query[None]:
    """Note that a session is in use."""
    yield _SEEN(session=session_id, seen=at, until=expires_at)


def end_of_agent(agent_id: int, *, but: int = 0) -> Query[None]:
    """End all sessions of an agent, but one."""
    yield _END_OF_AGENT(agent=agent_id, but=but)


def token_by_digest(digest: str) -> Query[Token | None]:
    """The bearer token with this digest."""
    row = yield from first(_TOKEN_BY_DIGEST(digest=digest))
    return Token(*row) if row else None


def token_seen(token_id: int, at: int) -> Query[None]:
    """Note that a token is in use."""
    yield _TOKEN_SEEN(token=token_id, seen=at)


def add_ticket(digest: str, ticket: Ticket) -> Query[None]:
    """Issue a ticket."""
    yield Save([Insert(t.ticket, [(digest, *ticket)])])


def take_ticket(digest: str) -> Query[Ticket | None]:
    """The ticket, which is used up by this."""
    row = yield from first(_TICKET(digest=digest))
    if row is None:
        return None
    yield Save([Delete(t.ticket, [(digest,)], ("digest",))])
    return Ticket(*row)


def add_link(digest: str, kind: str, agent_id: int, expires_at: int) -> Query[None]:
    """Issue a link; those issued to the agent before stop working."""
    yield _LINKS_OF(agent=agent_id)
    yield Save([Insert(t.link, [(digest, kind, agent_id, expires_at, None)])])


def link(digest: str) -> Query[Link | None]:
    """A link by its digest, used or not."""
    row = yield from first(_LINK(digest=digest))
    return Link(*row) if row else None


def use_link(digest: str, at: int) -> Query[None]:
    """Mark a link as used."""
    yield _LINK_USED(of=digest, used=at)


def drop_links(agent_id: int) -> Query[None]:
    """Unused links of an agent stop working."""
    yield _LINKS_OF(agent=agent_id)
