"""What became of the requests of a batch: jobs ended or put off, the log written, the webhook's condition noted, and a
webhook switched off that is gone or has taken nothing for days.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Literal

import msgspec

from inbox.clock import DAY, iso
from inbox.domain import events as e
from inbox.domain.records import Job
from inbox.domain.state import State
from inbox.domain.webhooks import Webhook, WebhookAttempt
from inbox.eventlog import log
from inbox.eventlog.attention import ADMINS, raise_now
from inbox.eventlog.unit import Priority, Unit
from inbox.intake.printable import printable
from inbox.storage import health, rows, webhooks
from inbox.storage.database import Query
from inbox.webhooks import schedule
from inbox.webhooks.schedule import Outcome

TOPIC: Literal["webhook"] = "webhook"
_json = msgspec.json.Encoder().encode


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """One request and what came back."""

    job: Job
    position: int | None
    """None: a test."""
    type: str
    number: int
    at: int
    duration_ms: int
    outcome: Outcome
    status: int | None = None
    error: str = ""
    url: str
    request_headers: dict[str, str]
    request_body: bytes
    answer_headers: dict[str, str] = {}
    answer_body: str = ""
    retry_after: int | None = None
    conversation_id: int | None = None
    contact_id: int | None = None

    @property
    def said(self) -> str:
        """Why it failed, in words."""
        return self.error or f"HTTP {self.status}"


class Settle(Unit):
    """A batch of one webhook, in the order in which it was sent: only the last one may have failed."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, webhook_id: int, tried: Sequence[Tried], read_at: int) -> None:
        """`read_at`: the position at which words were joined; what was erased since is not kept in the log."""
        self.webhook_id = webhook_id
        self.tried = tried
        self.read_at = read_at

    def run(self, state: State) -> Query[None]:
        """Write it. Nothing, when the webhook was removed meanwhile."""
        webhook = yield from rows.one(Webhook, self.webhook_id)
        if webhook is None:
            return
        yield from webhooks.log([_logged(state.next_id(), webhook.id, one) for one in self.tried])
        yield from self._blank_erased()
        done = [one.job.id for one in self.tried if one.position is None or one.outcome in ("delivered", "given_up")]
        later = [_later(one, state.now) for one in self.tried if one.job.id not in done]
        yield from webhooks.settle(done, later)
        # A test that fails says nothing of the queue, one that arrives says that the receiver is there; and what is no
        # longer kept was not even sent.
        counted = [one for one in self.tried if one.outcome == "delivered" or (one.position and one.request_body)]
        if counted:
            yield from self._condition(state, webhook, counted)

    def _blank_erased(self) -> Query[None]:
        erased = yield from log.erased_after(self.read_at)
        conversations = {i for i in (e.conversation_of(one) for one in erased) if i is not None}
        contacts = {one.contact_id for one in erased if isinstance(one, e.ContentErased) and one.contact_id is not None}
        yield from webhooks.blank(sorted(conversations), sorted(contacts))

    def _condition(self, state: State, webhook: Webhook, tried: Sequence[Tried]) -> Query[None]:
        before, last = webhook.failures, tried[-1]
        delivered = any(one.outcome == "delivered" for one in tried)
        failed = last.outcome != "delivered"
        if not failed and not before:
            return
        if delivered and before >= schedule.IN_PLACE:
            yield from webhooks.back_in_line(webhook.id)
        failures = (0 if delivered else before) + int(failed)
        since = min((None if delivered else webhook.failing_since) or last.at, last.at)
        until = schedule.pause(failures, state.now, last.retry_after) if failed else None
        yield from webhooks.fares(webhook.id, failures, since if failed else None, until)
        if last.outcome == "gone":
            yield from self._disable(state, "it answered 410 Gone: it does not want to be called any more")
        elif failed and state.now - since >= schedule.DISABLED_AFTER:
            days = schedule.DISABLED_AFTER // DAY
            yield from self._disable(state, f"it took nothing for {days} days, since {iso(since)}: {last.said}")

    def _disable(self, state: State, reason: str) -> Query[None]:
        webhook = yield from rows.one(Webhook, self.webhook_id)
        if webhook is None or not webhook.active:
            return
        webhook.active, webhook.disabled_reason = 0, printable(reason)
        webhook.version += 1
        yield from rows.change(webhook)
        state.emit(e.SettingChanged(object="webhook", id=webhook.id), audience=ADMINS)
        if (yield from health.detail_of(TOPIC, webhook.id)) is None:
            said = f"The webhook {webhook.name!r} was switched off: {reason}."
            remedy = "What waits for it is kept: switch it on again when its receiver is mended."
            yield from raise_now(state, TOPIC, webhook.id, printable(f"{said} {remedy}"))


def _later(tried: Tried, now: int) -> Job:
    place = min(tried.job.created_at, now)
    due_at = schedule.due_again(tried.number, place, now)
    said = printable(tried.said[:500])
    return msgspec.structs.replace(tried.job, attempts=tried.number, due_at=due_at, created_at=place, reason=said)


def _logged(attempt_id: int, webhook_id: int, one: Tried) -> WebhookAttempt:
    return WebhookAttempt(
        id=attempt_id,
        webhook_id=webhook_id,
        key=one.job.key,
        position=one.position,
        type=one.type,
        number=one.number,
        at=one.at,
        duration_ms=one.duration_ms,
        outcome=one.outcome,
        status=one.status,
        error=printable(one.error[:500]),
        url=one.url,
        request_headers=_json(one.request_headers).decode(),
        request_body=zlib.compress(one.request_body) if one.request_body else b"",
        answer_headers=printable(_json(one.answer_headers).decode()),
        answer_body=printable(one.answer_body),
        conversation_id=one.conversation_id,
        contact_id=one.contact_id,
    )
