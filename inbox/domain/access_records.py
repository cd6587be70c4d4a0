"""Rows of who has access: bearer tokens and signed-in browsers."""

from __future__ import annotations

from inbox.domain.records import Record


class Token(Record):
    """A bearer token of a CRM or script."""

    id: int
    name: str
    digest: str
    scopes: str
    acts_as: str
    created_by: int | None
    created_at: int
    last_used_at: int | None
    revoked_at: int | None


class Session(Record):
    """A signed-in browser."""

    id: int
    agent_id: int
    digest: str
    created_at: int
    last_seen_at: int
    expires_at: int
    user_agent: str
    ip: str
