"""Rows of what agents want to be told of, and of the browsers that are called for them."""

from __future__ import annotations

from inbox.domain.records import Record


class Preference(Record):
    """What one agent wants to be told of, and how."""

    id: int
    """The agent."""
    choices: str
    """JSON of `domain.notifying.Choices`."""
    version: int


class Subscription(Record):
    """A browser that takes pushes for an agent."""

    id: int
    agent_id: int
    session_id: int
    """The session it was made in: it ends with that."""
    endpoint: str
    p256dh: str
    """Its public key, base64url."""
    auth: str
    """The secret it shares with us, base64url."""
    name: str
    created_at: int
    sent_at: int | None = None
    """The last push that its server took."""
    failures: int = 0


class PushKey(Record):
    """The key by which push servers know this installation (VAPID)."""

    id: int
    public: str
    """The uncompressed point, base64url."""
    sealed: str
    created_at: int
