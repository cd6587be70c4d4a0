"""Outgoing webhooks, as rows."""

from __future__ import annotations

from inbox.domain.records import Record


class Webhook(Record):
    """Where events are sent to, and which. `types`, `networks`, `channel_ids`, `team_ids` and `tag_ids` are JSON lists;
    an empty one leaves everything through.
    """

    id: int
    name: str
    url: str
    active: int
    types: str
    networks: str
    channel_ids: str
    team_ids: str
    tag_ids: str
    sealed: str
    """`secret`, and during a rotation `previous`."""
    previous_until: int | None
    """Until when the previous secret signs too."""
    since_position: int
    """Events up to here are not its business: it was made, or switched on, at this position."""
    failures: int
    """Attempts that failed in a row."""
    failing_since: int | None
    paused_until: int | None
    disabled_reason: str
    """Why the service itself switched it off."""
    created_by: int | None
    created_at: int
    version: int


class WebhookAttempt(Record):
    """One request of a webhook and what came back. `key` is its `webhook-id`; `request_body` is zlib-packed, and empty
    once its words are erased.
    """

    id: int
    webhook_id: int
    key: str
    position: int | None
    """None: a test."""
    type: str
    number: int
    at: int
    duration_ms: int
    outcome: str
    """`delivered`, `retry`, `given_up` or `gone` (410)."""
    status: int | None
    error: str
    url: str
    request_headers: str
    request_body: bytes
    answer_headers: str
    answer_body: str
    conversation_id: int | None
    contact_id: int | None
