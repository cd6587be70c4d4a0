"""Outgoing webhooks and their attempts as the API and the web app see them."""

from __future__ import annotations

from typing import Literal

from inbox.domain.shapes import Shape


class WebhookShape(Shape, kw_only=True):
    """A webhook without its secret. `waiting`: events in its queue; `failing_since`: nothing was taken since then;
    `paused_until`: when it is tried again; `previous_secret_until`: until when the secret before the last rotation
    signs too.
    """

    id: str
    name: str
    url: str
    active: bool
    disabled_reason: str
    types: list[str]
    networks: list[str]
    channel_ids: list[str]
    team_ids: list[str]
    tag_ids: list[str]
    waiting: int
    failing_since: str | None
    paused_until: str | None
    previous_secret_until: str | None
    created_by: str | None
    created_at: str
    version: int


class WebhookSecretShape(WebhookShape, kw_only=True):
    """A webhook with its newest secret: shown once, not readable again."""

    secret: str


class WebhookAttemptShape(Shape, kw_only=True):
    """One request. `key` is its `webhook-id`; `position` null: a test; `status` null: there was no answer, `error` says
    why.
    """

    id: str
    key: str
    position: int | None
    type: str
    number: int
    at: str
    duration_ms: int
    outcome: Literal["delivered", "retry", "given_up", "gone"]
    status: int | None
    error: str


class WebhookAttemptDetail(WebhookAttemptShape, kw_only=True):
    """The same with what was sent and what came back. `request_body` is null once its words are erased."""

    url: str
    request_headers: dict[str, str]
    request_body: str | None
    answer_headers: dict[str, str]
    answer_body: str
