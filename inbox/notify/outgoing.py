"""What leaves the house for agents: pushes to browsers and mails, taken from the queue under a lease, tried again when
they fail for a while. At least once: a crash between sending and noting it sends again; a browser shows what has the
same tag once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec
import structlog

from connectors.exchange import HttpRequest, TransportFailed
from inbox import clock
from inbox.clock import DAY, HOUR, MINUTE, SECOND
from inbox.commands.notifications import DIGEST_MAIL, MAIL, PUSH
from inbox.domain.access_records import Session
from inbox.domain.notifying import URGENT, Choices, kind_of
from inbox.domain.notifying_records import Subscription
from inbox.domain.records import Job, Notification
from inbox.domain.state import State
from inbox.errors import InboxError
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.failpoint import failpoint
from inbox.intake.printable import printable
from inbox.notify import letters, webpush
from inbox.notify.keys import Keys
from inbox.notify.reader import choices
from inbox.seal import CannotOpen
from inbox.storage import job as queue
from inbox.storage import notifications, rows
from inbox.storage.database import Database, Query
from inbox.transport.http import HttpClient
from inbox.transport.reach import Reach

JOBS = (PUSH, MAIL, DIGEST_MAIL)
AT_ONCE = 50
LEASE = 2 * MINUTE
MANY = 3
"""So many pushes that are due for one browser at the same time come one by one; more of them as a single one."""
DELAYS = (10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR)
MOST_AGE = DAY
TIMEOUT_SECONDS = 15.0
PUBLIC = Reach()
_log = structlog.get_logger(__name__)
_payload = msgspec.json.Decoder(dict[str, Any]).decode
Outcome = Literal["done", "again", "gone"]


class SendMail(Protocol):
    """The service's own mail (`mailer.OwnMail.send`). Raises Unavailable."""

    async def __call__(self, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None) -> None:
        """Send one."""
        ...


class Due(msgspec.Struct, frozen=True):
    """Jobs that were taken, with what they need."""

    jobs: list[Job]
    notifications: dict[int, Notification]
    browsers: dict[int, Subscription]
    sessions: set[int]
    choices: dict[int, Choices]


class Ended(msgspec.Struct, frozen=True):
    """What came of some jobs that left as one request."""

    jobs: Sequence[Job]
    outcome: Outcome
    reason: str = ""
    browser: Subscription | None = None
    pushed: bool = False


class Outgoing:
    """Sends what is due. Run by one process at a time."""

    def __init__(
        self, database: Database, writer: Writer, directory: Directory, http: HttpClient, keys: Keys, *,
        address: str, mail: SendMail | None, unsubscribe: Callable[[int], str], reach: Reach = PUBLIC,
    ) -> None:  # fmt: skip
        """`address`: of this installation. `mail` None: there is no server for mails of our own. `unsubscribe`: agent →
        the address at which he takes himself off mails. `reach`: where pushes may go beside public servers.
        """
        self._reach = reach
        self._database = database
        self._writer = writer
        self._directory = directory
        self._http = http
        self._keys = keys
        self._address = address
        self._mail = mail
        self._unsubscribe = unsubscribe

    async def work(self) -> float | None:
        """Send until nothing is due. Seconds until something is; None: not before somebody says so."""
        while True:
            taken: list[Job] = await self._writer.submit(_Take())
            if not taken:
                next_at = await self._database.read(queue.next_due, JOBS, ())
                return None if next_at is None else min(60.0, max(0.05, (next_at - clock.now()) / SECOND))
            await self._directory.fresh()
            due = await self._database.read(_due, taken)
            ended = await asyncio.gather(*(self._one(group, due) for group in grouped(due)))
            failpoint("notify.before_settle")
            await self._writer.submit(_Settle(ended))

    async def _one(self, group: list[Job], due: Due) -> Ended:
        kind = group[0].kind
        try:
            if kind == PUSH:
                return await self._push(group, due)
            return await (self._single(group[0], due) if kind == MAIL else self._digest(group[0], due))
        except Exception as broken:  # the edge of the worker item: what the others sent has to be noted all the same
            _log.error("notice_failed", kind=kind, jobs=[job.id for job in group], exc_info=broken)
            return Ended(group, _final(group, "again"), f"{type(broken).__name__} in the service")

    # -- pushes

    async def _push(self, group: list[Job], due: Due) -> Ended:
        wanted = [told for job in group if (told := _still(job, due)) is not None]
        asked = _payload(group[0].payload)
        browser = due.browsers.get(asked["subscription"])
        agent = self._directory.agents.get(browser.agent_id) if browser is not None else None
        if browser is None or agent is None or not agent.active or browser.session_id not in due.sessions:
            return Ended(group, "gone", browser=browser)
        if not wanted and not asked.get("test"):
            return Ended(group, "done")
        urgent = any(kind_of(one.kind) in URGENT for one in wanted)
        topic = f"n{wanted[-1].id}" if wanted else "test"
        mine = due.choices.get(agent.id, Choices())
        if not wanted:
            text = letters.trial(agent)
        elif len(wanted) > MANY:
            text = letters.summary(len(wanted), agent)
        else:
            about = await self._database.read(letters.behind, wanted[-1:], words=mine.push_words)
            text = letters.push(wanted[-1], agent, mine, about)
        try:
            outcome, reason = await self._deliver(browser, text, urgent=urgent, topic=topic)
        except (TransportFailed, CannotOpen, ValueError) as failed:
            outcome, reason = "again", str(failed)
        return Ended(group, _final(group, outcome), reason, browser, pushed=outcome == "done" and not reason)

    async def _deliver(self, browser: Subscription, text: bytes, *, urgent: bool, topic: str) -> tuple[Outcome, str]:
        """One push. Its address came from a browser: it leads to public servers, by https, or nowhere."""
        key = await self._keys.private()
        own, salt = webpush.new_key(), os.urandom(16)
        subject = self._address if self._address.startswith("https://") else "mailto:inbox@localhost.invalid"
        answer = await self._http.send(
            HttpRequest(
                method="POST",
                url=browser.endpoint,
                headers={
                    "authorization": webpush.authorization(browser.endpoint, subject, key, clock.now()),
                    "content-encoding": "aes128gcm",
                    "content-type": "application/octet-stream",
                    "ttl": str((12 if urgent else 4) * HOUR // SECOND),
                    "urgency": "high" if urgent else "normal",
                    "topic": topic,
                },
                body=webpush.encrypt(text, browser.p256dh, browser.auth, salt=salt, own=own),
                max_bytes=65_536,
                timeout_seconds=TIMEOUT_SECONDS,
                outside=True,
            ),
            self._reach,
        )
        if 200 <= answer.status < 300:
            return "done", ""
        if answer.status in (404, 410):
            return "gone", f"HTTP {answer.status}"
        retry = answer.status == 429 or answer.status >= 500
        return ("again" if retry else "done"), f"HTTP {answer.status}"

    # -- mails

    async def _single(self, job: Job, due: Due) -> Ended:
        told = _still(job, due)
        agent = self._directory.agents.get(told.agent_id) if told is not None else None
        if told is None or agent is None or not agent.active:
            return Ended([job], "done")
        about = await self._database.read(letters.behind, [told], words=False)
        return await self._send(job, letters.mail(told, agent, about, self._address, self._unsubscribe(agent.id)))

    async def _digest(self, job: Job, due: Due) -> Ended:
        agent = self._directory.agents.get(_payload(job.payload)["agent"])
        if agent is None or not agent.active or due.choices.get(agent.id, Choices()).digest == "off":
            return Ended([job], "done")
        unread = await self._database.read(notifications.unread, agent.id, letters.DIGEST_LINES)
        if not unread:
            return Ended([job], "done")
        total = await self._database.read(notifications.count_unread, agent.id)
        about = await self._database.read(letters.behind, unread, words=False)
        off = self._unsubscribe(agent.id)
        return await self._send(job, letters.digest(unread, total, agent, about, self._address, off))

    async def _send(self, job: Job, mail: letters.Mail) -> Ended:
        if self._mail is None:
            return Ended([job], "done", "there is no INBOX_MAIL_URL")
        try:
            await self._mail(mail.to, mail.subject, mail.text, mail.headers)
        except InboxError as refused:
            return Ended([job], _final([job], "again"), str(refused))
        failpoint("notify.after_mail")
        return Ended([job], "done")


def grouped(due: Due) -> list[list[Job]]:
    """Pushes of one browser together when there are many; everything else alone."""
    by_browser: dict[int, list[Job]] = {}
    alone: list[list[Job]] = []
    for job in due.jobs:
        if job.kind == PUSH:
            by_browser.setdefault(_payload(job.payload)["subscription"], []).append(job)
        else:
            alone.append([job])
    for jobs in by_browser.values():
        live = [job for job in jobs if _still(job, due) is not None]
        alone += [jobs] if len(live) > MANY else [[job] for job in jobs]
    return alone


def _still(job: Job, due: Due) -> Notification | None:
    """The notification, if it is still to be told: not read, and not seen on a screen."""
    payload = _payload(job.payload)
    told = due.notifications.get(payload.get("notification", 0))
    if told is None or (not payload.get("silent") and (told.read_at is not None or told.seen_at is not None)):
        return None
    return told


def _final(jobs: Sequence[Job], outcome: Outcome) -> Outcome:
    """What is to be tried again, unless it was tried long enough."""
    late = jobs[0].attempts > len(DELAYS) or clock.now() - jobs[0].created_at > MOST_AGE
    return "done" if outcome == "again" and late else outcome


def _due(jobs: list[Job]) -> Query[Due]:
    payloads = [_payload(job.payload) for job in jobs]
    told = yield from notifications.by_ids(sorted({p["notification"] for p in payloads if "notification" in p}))
    named = sorted({p["subscription"] for p in payloads if "subscription" in p})
    browsers = {one.id: one for one in (yield from notifications.browsers_by_id(named))}
    sessions: set[int] = set()
    for session_id in sorted({one.session_id for one in browsers.values()}):
        session = yield from rows.one(Session, session_id)
        if session is not None and session.expires_at > clock.now():
            sessions.add(session_id)
    return Due(jobs, {one.id: one for one in told}, browsers, sessions, (yield from choices()))


class _Take(Unit):
    priority = Priority.NETWORK
    alone = True

    def run(self, state: State) -> Query[list[Job]]:
        return (yield from queue.take(JOBS, (), state.now, state.now + LEASE, AT_ONCE))


class _Settle(Unit):
    """Note what came of jobs; forget browsers that are gone."""

    priority = Priority.NETWORK
    alone = True

    def __init__(self, ended: Sequence[Ended]) -> None:
        self.ended = ended

    def run(self, state: State) -> Query[None]:
        """One by one: there are few."""
        for one in self.ended:
            for job in one.jobs:
                if one.outcome == "again":
                    due_at = state.now + DELAYS[min(job.attempts, len(DELAYS)) - 1]
                    yield from queue.again(job.id, due_at, printable(one.reason[:300]))
                else:
                    yield from queue.done(job.id)
            if one.browser is not None:
                yield from self._browser(state, one, one.browser.id)
            if one.reason:
                _log.info("notice_not_sent", kind=one.jobs[0].kind, outcome=one.outcome, reason=one.reason)

    def _browser(self, state: State, one: Ended, browser_id: int) -> Query[None]:
        known = yield from rows.one(Subscription, browser_id)
        if known is None:
            return
        if one.outcome == "gone":
            yield from rows.remove(Subscription, browser_id)
        elif one.pushed:
            known.sent_at, known.failures = state.now, 0
            yield from rows.change(known)
        else:
            known.failures += 1
            yield from rows.change(known)
