"""Outgoing webhooks: where events are sent to, what was sent, once more."""

from __future__ import annotations

import zlib
from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field, model_validator

from inbox.api.call import Call
from inbox.api.fields import Body, EventPosition, Id, PageQuery, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso, iso_or_none
from inbox.commands.versions import found
from inbox.commands.webhooks import (
    ChangeWebhook,
    Created,
    CreateWebhook,
    RemoveWebhook,
    Replay,
    RotateSecret,
    SendTest,
    require_address,
    require_filters,
)
from inbox.domain.webhook_shapes import WebhookAttemptDetail, WebhookAttemptShape, WebhookSecretShape, WebhookShape
from inbox.domain.webhooks import Webhook, WebhookAttempt
from inbox.errors import NotFound
from inbox.eventlog.show import text_id
from inbox.storage import rows
from inbox.storage import webhooks as stored
from inbox.transport.guard import Guard

routes = Routes("Webhooks")
_texts = msgspec.json.Decoder(list[str]).decode
_ids = msgspec.json.Decoder(list[int]).decode
_headers = msgspec.json.Decoder(dict[str, str]).decode
_LAST_ID = 2**63 - 1
WEEK_SECONDS = 7 * 86_400
Address = Annotated[str, Field(min_length=1, max_length=2_000)]
Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=100)]
Ids = Annotated[list[Id], Field(max_length=500)]


class NewWebhook(Body):
    """Where to, and what. Of the filters, an empty one leaves everything through, and all that are not empty must
    agree: `types` are names of events; events that are about no channel, team or tag pass only where these are empty.
    """

    name: Words
    url: Address
    active: bool = True
    types: Texts = Field(default_factory=list)
    networks: Texts = Field(default_factory=list)
    channel_ids: Ids = Field(default_factory=list)
    team_ids: Ids = Field(default_factory=list)
    tag_ids: Ids = Field(default_factory=list)


class WebhookPatch(Body):
    """What to change of a webhook."""

    name: Words | None = None
    url: Address | None = None
    active: bool | None = None
    types: Texts | None = None
    networks: Texts | None = None
    channel_ids: Ids | None = None
    team_ids: Ids | None = None
    tag_ids: Ids | None = None


class RotateBody(Body):
    """`overlap_seconds`: how long the secret of now signs too, at most a week."""

    overlap_seconds: int = Field(86_400, ge=0, le=WEEK_SECONDS)


class ReplayBody(Body):
    """One `position`, sent whatever the filters say; or a span, of which the filters choose."""

    position: EventPosition | None = None
    from_position: EventPosition | None = None
    to_position: EventPosition | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> ReplayBody:
        span = (self.from_position, self.to_position)
        if (self.position is None) == (None in span) or (self.position is not None and span != (None, None)):
            raise ValueError("give either position, or from_position and to_position")
        return self


class AttemptQuery(PageQuery):
    """Attempts of one event (`position`), one `webhook-id` (`key`), or with one outcome; at most one of them."""

    outcome: Literal["delivered", "retry", "given_up", "gone"] | None = None
    position: EventPosition | None = None
    key: str | None = Field(None, max_length=100)


class SentTest(msgspec.Struct, kw_only=True):
    """A test under way: its attempt is listed under this key a moment later."""

    key: str


class Replayed(msgspec.Struct, kw_only=True):
    """What is sent once more, behind what waits."""

    from_position: int
    to_position: int


async def _fields(call: Call, webhook: Webhook) -> dict[str, Any]:
    return {
        "id": str(webhook.id),
        "name": webhook.name,
        "url": webhook.url,
        "active": bool(webhook.active),
        "disabled_reason": webhook.disabled_reason,
        "types": _texts(webhook.types),
        "networks": _texts(webhook.networks),
        "channel_ids": [str(one) for one in _ids(webhook.channel_ids)],
        "team_ids": [str(one) for one in _ids(webhook.team_ids)],
        "tag_ids": [str(one) for one in _ids(webhook.tag_ids)],
        "waiting": await call.deps.database.read(stored.count, stored.line_of(webhook.id)),
        "failing_since": iso_or_none(webhook.failing_since),
        "paused_until": iso_or_none(webhook.paused_until),
        "previous_secret_until": iso_or_none(webhook.previous_until),
        "created_by": text_id(webhook.created_by),
        "created_at": iso(webhook.created_at),
        "version": webhook.version,
    }


async def _shape(call: Call, webhook: Webhook) -> WebhookShape:
    return WebhookShape(**await _fields(call, webhook))


async def _with_secret(call: Call, created: Created) -> WebhookSecretShape:
    return WebhookSecretShape(**await _fields(call, created.webhook), secret=created.secret)


async def _judged(call: Call, given: dict[str, Any], before: Webhook | None = None) -> dict[str, Any]:
    """What was given, unless its address or filters make no sense."""
    if "url" in given:
        await require_address(Guard(call.deps.settings.allow_private), given["url"])
    require_filters(given, before, await call.deps.directory.fresh())
    return given


@routes.get("/webhooks", needs="tokens")
async def list_webhooks(call: Call) -> Page[WebhookShape]:
    """All webhooks, and how they fare."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, Webhook)
    return Page(items=[await _shape(call, one) for one in known], position=position)


@routes.post("/webhooks", needs="tokens")
async def create_webhook(call: Call, body: NewWebhook) -> WebhookSecretShape:
    """Make a webhook: it gets what happens from now on. Takes no Idempotency-Key: the secret would have to be kept to
    be shown again.
    """
    given = await _judged(call, body.model_dump())
    return await _with_secret(call, await call.submit(CreateWebhook(call.principal, given, call.deps.sealer)))


@routes.get("/webhooks/{webhook_id}", needs="tokens")
async def see_webhook(call: Call, webhook_id: int) -> WebhookShape:
    """A webhook."""
    return await _shape(call, await call.deps.database.read(found, Webhook, webhook_id))


@routes.patch("/webhooks/{webhook_id}", needs="tokens", if_match=True)
async def change_webhook(call: Call, webhook_id: int, body: WebhookPatch) -> WebhookShape:
    """Change a webhook. Switched on again, it goes on with what waits; what happened meanwhile can be replayed."""
    before = await call.deps.database.read(found, Webhook, webhook_id)
    given = await _judged(call, changed(body), before)
    return await _shape(call, await call.submit(ChangeWebhook(call.principal, webhook_id, given, call.version)))


@routes.delete("/webhooks/{webhook_id}", needs="tokens", if_match=True)
async def remove_webhook(call: Call, webhook_id: int) -> None:
    """Remove a webhook, with what waits for it and its log."""
    await call.submit(RemoveWebhook(call.principal, webhook_id, call.version))


@routes.post("/webhooks/{webhook_id}/rotate", needs="tokens", status=200, if_match=True)
async def rotate_secret(call: Call, webhook_id: int, body: RotateBody | None) -> WebhookSecretShape:
    """Make a new secret. Until the overlap ends, requests carry a signature by each of the two."""
    overlap = (body or RotateBody()).overlap_seconds
    unit = RotateSecret(call.principal, webhook_id, overlap, call.deps.sealer, call.version)
    return await _with_secret(call, await call.submit(unit))


@routes.post("/webhooks/{webhook_id}/test", needs="tokens", status=202, idempotent=True)
async def test_webhook(call: Call, webhook_id: int) -> SentTest:
    """Send a `ping`, once, before everything that waits, also where the webhook is switched off."""
    return SentTest(key=await call.submit(SendTest(call.principal, webhook_id)))


@routes.post("/webhooks/{webhook_id}/replay", needs="tokens", status=202, idempotent=True)
async def replay_events(call: Call, webhook_id: int, body: ReplayBody) -> Replayed:
    """Send events once more, with the `webhook-id` they had and words as they are now. 410 with `oldest` when they are
    no longer kept.
    """
    whole = body.position is not None
    first, last = (body.position, body.position) if whole else (body.from_position, body.to_position)
    assert first is not None
    assert last is not None
    await call.submit(Replay(call.principal, webhook_id, (first, last), whole=whole))
    return Replayed(from_position=first, to_position=last)


@routes.get("/webhooks/{webhook_id}/attempts", needs="tokens")
async def list_attempts(call: Call, webhook_id: int, query: AttemptQuery) -> Page[WebhookAttemptShape]:
    """What was sent in the last 30 days, newest first."""
    position = await call.position()
    await call.deps.database.read(found, Webhook, webhook_id)
    bound_to = f"attempts:{webhook_id}:{query.outcome}:{query.position}:{query.key}"
    before = call.deps.cursors.read(bound_to, query.cursor)[0] if query.cursor else _LAST_ID
    held = await call.deps.database.read(
        stored.attempts, webhook_id, before, query.limit + 1, outcome=query.outcome, key=query.key,
        at_position=query.position,
    )  # fmt: skip
    shown = held[: query.limit]
    further = call.deps.cursors.make(bound_to, [shown[-1].id]) if len(held) > query.limit else None
    return Page(items=[WebhookAttemptShape(**_attempt(one)) for one in shown], next_cursor=further, position=position)


@routes.get("/webhooks/{webhook_id}/attempts/{attempt_id}", needs="tokens")
async def see_attempt(call: Call, webhook_id: int, attempt_id: int) -> WebhookAttemptDetail:
    """One request, whole, and the beginning of its answer."""
    one = await call.deps.database.read(stored.attempt, webhook_id, attempt_id)
    if one is None:
        raise NotFound(f"there is no attempt {attempt_id} of webhook {webhook_id}, or it is more than 30 days old")
    return WebhookAttemptDetail(
        **_attempt(one),
        url=one.url,
        request_headers=_headers(one.request_headers),
        request_body=zlib.decompress(one.request_body).decode() if one.request_body else None,
        answer_headers=_headers(one.answer_headers),
        answer_body=one.answer_body,
    )


def _attempt(one: WebhookAttempt) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "key": one.key,
        "position": one.position,
        "type": one.type,
        "number": one.number,
        "at": iso(one.at),
        "duration_ms": one.duration_ms,
        "outcome": one.outcome,
        "status": one.status,
        "error": one.error,
    }
