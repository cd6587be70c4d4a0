"""Sends the reports that are mailed. Taken from the queue under a lease, tried again while the mail server is away; an
address that is refused again and again gets no more, and the admins are told.

At least once: a crash between the server's yes and our note of it sends again, under the same Message-ID.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec
import structlog

from inbox import clock
from inbox.clock import HOUR, MINUTE
from inbox.domain.permissions import ROLES, Scope
from inbox.domain.records import Agent, Job
from inbox.domain.report_mails import (
    REPORT_MAIL,
    STRIKES,
    TOPICS,
    Address,
    ReportMail,
    ReportMailSend,
    day_of,
    period_of,
    read_address,
    with_period,
)
from inbox.domain.report_shapes import Report
from inbox.domain.state import State
from inbox.errors import InboxError, Unavailable
from inbox.eventlog.attention import raise_now
from inbox.eventlog.directory import Directory
from inbox.eventlog.rule_report import RULES
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.mailer import Attached
from inbox.reports.desk import AGENTS, BACKLOG, Reports
from inbox.reports.mail_letters import Block, Letter, actions, digest, figures, letter
from inbox.reports.mail_words import Words, words_of
from inbox.reports.surveys import SURVEYS
from inbox.reports.topics import topics
from inbox.storage import job as queue
from inbox.storage import rows
from inbox.storage.database import Database, Query

KINDS = (REPORT_MAIL,)
POLL_SECONDS = 2.0
"""How long a mail that is due may go unseen."""
AT_ONCE = 20
LEASE = 5 * MINUTE
DELAYS = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR)
REFUSED = "address_refused"
_REASON = 300
_log = structlog.get_logger(__name__)
_counts = msgspec.json.Decoder(dict[str, int]).decode
_texts = msgspec.json.Decoder(list[str]).decode
_ids = msgspec.json.Decoder(list[int]).decode
Outcome = Literal["sent", "refused", "failed", "again"]


class SendMail(Protocol):
    """The service's own mail (`mailer.OwnMail.send`). Raises Unavailable; `address_refused` is for good."""

    async def __call__(
        self, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None, *, html: str = "",
        files: Sequence[Attached] = (), key: str = "",
    ) -> None:  # fmt: skip
        """Send one."""
        ...


class Order(msgspec.Struct, frozen=True):
    """A job with what it is about."""

    job: Job
    mail: ReportMail
    line: ReportMailSend
    agent_id: int | None


class Ended(msgspec.Struct, frozen=True):
    """What came of a job."""

    job: Job
    outcome: Outcome
    reason: str = ""


class CannotTell(Exception):
    """The report cannot be made, and trying again would not help: in words for the log."""


class Mailing:
    """Sends what is due. Run by one process at a time."""

    def __init__(
        self, database: Database, writer: Writer, directory: Directory, reports: Reports, *, address: str,
        mail: SendMail | None,
    ) -> None:  # fmt: skip
        """`address`: of this installation. `mail` None: there is no server for mails of our own."""
        self._database = database
        self._writer = writer
        self._directory = directory
        self._reports = reports
        self._address = address
        self._mail = mail

    async def run(self) -> None:
        """Look and send until cancelled."""
        while True:
            try:
                await self.work()
            except Unavailable as unavailable:
                _log.warning("report_mails_wait", detail=unavailable.detail)
            except Exception as broken:  # the edge of the worker item
                _log.error("report_mails_failed", exc_info=broken)
            await asyncio.sleep(POLL_SECONDS)

    async def work(self) -> None:
        """Send until nothing is due."""
        while True:
            next_at = await self._database.read(queue.next_due, KINDS, ())
            if next_at is None or next_at > clock.now():
                return
            taken: list[Job] = await self._writer.submit(_Take())
            if not taken:
                return
            await self._directory.fresh()
            for job in taken:
                await self._writer.submit(_Settle(await self._one(job)))

    async def _one(self, job: Job) -> Ended:
        order = await self._database.read(_order, job)
        if order is None:
            return Ended(job, "failed", "it was removed")
        if self._mail is None:
            return Ended(job, "failed", "there is no INBOX_MAIL_URL: set it to have mails sent")
        try:
            made, files = await self.written(order)
            await self._mail(order.line.address, made.subject, made.text, html=made.html, files=files, key=job.key)
        except CannotTell as cannot:
            return Ended(job, "failed", str(cannot))
        except Unavailable as unavailable:
            if unavailable.code == REFUSED:
                return Ended(job, "refused", unavailable.detail)
            return Ended(job, "again" if job.attempts <= len(DELAYS) else "failed", unavailable.detail)
        except InboxError as wrong:  # the report cannot be asked any more: a channel or a group that is gone
            return Ended(job, "failed", wrong.detail)
        return Ended(job, "sent")

    async def written(self, order: Order) -> tuple[Letter, list[Attached]]:
        """The letter and its files. A trial shows what the one who asked for it sees, else what the owner sees."""
        mail = order.mail
        owner = self._directory.agents.get(mail.owner_id)
        whose = self._directory.agents.get(order.agent_id or 0) if order.line.trial else owner
        if owner is None or whose is None or not whose.active or "reports" not in ROLES[whose.role]:
            name = owner.name if owner is not None else "its owner"
            raise CannotTell(f"it shows what {name} sees, who sees no reports any more: save it anew")
        reader = self._directory.agents.get(order.agent_id or 0)
        words = words_of(reader.locale if reader is not None else mail.language)
        since, until = period_of(mail, order.line.due_at)
        report, blocks = await self._told(mail, self._directory.scope_of(whose), since, until, words)
        files = []
        if mail.form != "none":
            body, mime = self._reports.exported(report, mail.form)
            files.append(Attached(f"{report.name}-{day_of(until - 1, mail.zone)}.{mail.form}", mime, body))
        address = read_address(mail.query)
        page = "" if address.report == TOPICS else f"?{with_period(mail.query, since, until, mail.zone)}"
        made = letter(
            mail.name,
            f"{day_of(since, mail.zone)} – {day_of(until - 1, mail.zone)}, {mail.zone}",
            blocks,
            link=(words.open, f"{self._address}/reports{page}"),
            file=words.attached.format(name=files[0].name) if files else "",
            foot=words.why.format(owner=owner.name, url=f"{self._address}/settings/report-mails"),
        )
        return made, files

    async def _told(
        self, mail: ReportMail, scope: Scope, since: int, until: int, words: Words
    ) -> tuple[Report, list[Block]]:
        address = read_address(mail.query)
        name = "volume" if address.report == TOPICS else address.report
        asked = msgspec.structs.replace(
            address.asked(since, until, mail.zone, clock.now()), by=grouped(address, self._directory)
        )
        report = await self._reports.table(name, asked, scope, compare=True)
        if address.report == RULES:
            by_action = await self._reports.table(name, msgspec.structs.replace(asked, by=("action",)), scope)
            return report, [*figures(report, words), *actions(by_action, words)]
        if address.report != TOPICS:
            return report, figures(report, words)
        found = await self._database.read(topics, asked, scope, self._directory)
        return report, digest(report, found, words, self._address)


def grouped(address: Address, directory: Directory) -> tuple[str, ...]:
    """How the lines of a mailed report are grouped: as on its page."""
    if address.report == TOPICS:
        return ("tag",)
    if address.report == RULES:
        return ("rule",)
    if address.report == "reviews":
        return ("location",) if any(one.location for one in directory.channels.values()) else ("channel",)
    if address.report == "moderation":
        return ("agent",)
    if address.report in (AGENTS, BACKLOG):
        return ()  # people have their lines anyway, a backlog has one for each day
    return address.by or (() if address.report in SURVEYS else ("channel",))


def _order(job: Job) -> Query[Order | None]:
    asked = msgspec.json.decode(job.payload)
    mail = yield from rows.one(ReportMail, asked["mail"])
    line = yield from rows.one(ReportMailSend, asked["send"])
    return Order(job, mail, line, asked["agent"]) if mail is not None and line is not None else None


class _Take(Unit):
    priority = Priority.BULK
    alone = True

    def run(self, state: State) -> Query[list[Job]]:
        """Lease what is due."""
        return (yield from queue.take(KINDS, (), state.now, state.now + LEASE, AT_ONCE))


class _Settle(Unit):
    """Note what came of a mail, in the log of sends and in the strikes of its address."""

    priority = Priority.BULK
    alone = True

    def __init__(self, ended: Ended) -> None:
        self.ended = ended

    def run(self, state: State) -> Query[None]:
        """Give the job back, or be done with it."""
        job, outcome, reason = self.ended.job, self.ended.outcome, self.ended.reason[:_REASON]
        order = yield from _order(job)
        if outcome == "again":
            yield from queue.again(job.id, state.now + DELAYS[job.attempts - 1], reason)
        else:
            yield from queue.done(job.id)
        if order is None:
            return
        line = msgspec.structs.replace(
            order.line, state="queued" if outcome == "again" else outcome, reason=reason, at=state.now
        )
        yield from rows.change(line)
        if outcome in ("sent", "refused"):
            yield from _strike(state, order, refused=outcome == "refused")


def _strike(state: State, order: Order, *, refused: bool) -> Query[None]:
    """Count a refusal, or forget those before. Who refused too often gets no more; where nobody is left, it is off."""
    mail, address = order.mail, order.line.address
    strikes = _counts(mail.strikes)
    before = strikes.pop(address, 0)
    if refused:
        strikes[address] = before + 1
    elif not before:
        return
    changed = msgspec.structs.replace(mail, strikes=msgspec.json.encode(strikes).decode())
    if strikes.get(address, 0) == STRIKES:
        said = f"{mail.name}: {address} refused {STRIKES} mails in a row and gets no more"
        if not (yield from _left(mail, strikes)):
            changed = msgspec.structs.replace(changed, active=0, off_reason=f"every address refused {STRIKES} times")
            state.drop_timer(REPORT_MAIL, mail.id)
            said += "; nobody else is left, so it was switched off"
        yield from raise_now(state, REPORT_MAIL, mail.id, said)
    yield from rows.change(changed)


def _left(mail: ReportMail, strikes: Mapping[str, int]) -> Query[bool]:
    """Whether anybody still gets it."""
    if any(strikes.get(one, 0) < STRIKES for one in _texts(mail.addresses)):
        return True
    for agent_id in _ids(mail.agent_ids):
        agent = yield from rows.one(Agent, agent_id)
        if agent is not None and agent.active and strikes.get(agent.email, 0) < STRIKES:
            return True
    return False
