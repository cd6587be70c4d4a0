"""One request: made, signed, sent, judged."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from connectors.exchange import HttpRequest, HttpResponse, TransportFailed
from inbox import clock, tracing
from inbox.commands.webhooks import require_address, secrets_of
from inbox.domain.records import Job
from inbox.domain.webhooks import Webhook
from inbox.errors import InboxError
from inbox.eventlog.show import Show
from inbox.seal import CannotOpen, Sealer
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.reach import Reach
from inbox.webhooks import envelope, schedule, signature
from inbox.webhooks.envelope import Joined, Letter
from inbox.webhooks.reader import position_of
from inbox.webhooks.settle import Tried

TIMEOUT_SECONDS = 15.0
MOST_ANSWER_BYTES = 262_144
"""An answer that is larger is a mistake: a receiver has nothing to say but its status."""
KEPT_ANSWER = 2_000
"""Characters of the answer that are kept in the log."""
AT_ONCE = 16
"""Requests under way over all webhooks: slow receivers do not use up the process's connections."""


class Sender:
    """Sends events to webhooks. `source` names this installation in the envelope: its public address."""

    def __init__(
        self,
        http: HttpClient,
        guard: Guard,
        show: Show,
        sealer: Sealer,
        source: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._http = http
        self._guard = guard
        self._show = show
        self._sealer = sealer
        self._source = source
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def event(self, webhook: Webhook, job: Job, joined: Joined) -> Tried:
        """Send one event. Never raises for what the receiver does."""
        position = position_of(job)
        logged = joined.events.get(position)
        if logged is None:
            letter = Letter("", b"")
            return _tried(webhook, job, letter, position, {}, outcome="given_up", error="the event is no longer kept")
        await self._show.directory.fresh()
        return await self._send(webhook, job, envelope.event_letter(logged, joined, self._show, self._source), position)

    async def ping(self, webhook: Webhook, job: Job) -> Tried:
        """Send a test, once."""
        return await self._send(webhook, job, envelope.ping_letter(webhook, job.key, self._source), None)

    async def _send(self, webhook: Webhook, job: Job, letter: Letter, position: int | None) -> Tried:
        async with self._slots:
            at = clock.now()
            measured = asyncio.get_running_loop().time
            began, headers = measured(), {"content-type": envelope.CONTENT_TYPE}
            answer: HttpResponse | None = None
            error = ""
            try:
                # The address was judged when it was entered; since then names may lead elsewhere.
                await require_address(self._guard, webhook.url)
                secrets = secrets_of(webhook, self._sealer, at)
                headers |= signature.headers_of(job.key, at, letter.body, secrets)
                with tracing.span("webhook", attributes={"inbox.webhook": webhook.id}):
                    if (parent := tracing.traceparent()) is not None:
                        headers["traceparent"] = parent
                    answer = await self._post(webhook.url, headers, letter.body)
            except TransportFailed as failed:
                error = failed.detail
            except (InboxError, CannotOpen) as refused:
                error = str(refused)
            took = round((measured() - began) * 1000)
        number = job.attempts + 1
        status = None if answer is None else answer.status
        outcome = schedule.outcome_of(status, schedule.MOST_ATTEMPTS if position is None else number)
        if answer is not None and 300 <= answer.status < 400:
            error = f"it redirects to {answer.headers.get('location', 'nowhere')[:200]}: enter the address itself"
        return _tried(
            webhook, job, letter, position, headers, outcome=outcome, error=error, at=at, duration_ms=took,
            answer=answer,
        )  # fmt: skip

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> HttpResponse:
        request = HttpRequest(
            method="POST", url=url, headers=headers, body=body, effect=True, max_bytes=MOST_ANSWER_BYTES,
            timeout_seconds=self._timeout_seconds,
        )  # fmt: skip
        return await self._http.send(request, Reach(url))


def _tried(
    webhook: Webhook,
    job: Job,
    letter: Letter,
    position: int | None,
    headers: dict[str, str],
    *,
    outcome: schedule.Outcome,
    error: str,
    at: int | None = None,
    duration_ms: int = 0,
    answer: HttpResponse | None = None,
) -> Tried:
    now = clock.now()
    return Tried(
        job=job,
        position=position,
        type=letter.type,
        number=job.attempts + 1,
        at=now if at is None else at,
        duration_ms=duration_ms,
        outcome=outcome,
        status=None if answer is None else answer.status,
        error=error,
        url=webhook.url,
        request_headers=headers,
        request_body=letter.body,
        answer_headers={} if answer is None else dict(answer.headers),
        answer_body="" if answer is None else answer.body[: 4 * KEPT_ANSWER].decode(errors="replace")[:KEPT_ANSWER],
        retry_after=None if answer is None else schedule.retry_after(answer.headers, now),
        conversation_id=letter.conversation_id,
        contact_id=letter.contact_id,
    )
