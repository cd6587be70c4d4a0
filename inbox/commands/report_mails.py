"""Reports that are mailed: made, changed, removed, due, and sent once to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from inbox.clock import DAY
from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Agent, Job, Timer
from inbox.domain.report_mails import REPORT_MAIL, STRIKES, ReportMail, ReportMailSend, next_due
from inbox.domain.state import Needs, State
from inbox.errors import Invalid
from inbox.eventlog.attention import end_now
from inbox.eventlog.unit import Priority, Unit
from inbox.storage import report_mails as stored
from inbox.storage import rows
from inbox.storage.database import Query

LOG_KEPT = 90 * DAY
_ids = msgspec.json.Decoder(list[int]).decode
_texts = msgspec.json.Decoder(list[str]).decode
_counts = msgspec.json.Decoder(dict[str, int]).decode


class PutReportMail(Unit):
    """Make a mailed report (id None), or change one: of `fields`, columns of `ReportMail`, only what is given. It
    belongs to whoever saves it. Saving recipients, or switching it on, forgives addresses what they refused.
    """

    alone = True

    def __init__(
        self, principal: Principal, mail_id: int | None, fields: Mapping[str, Any], *, version: int | None = None
    ) -> None:
        require(principal, "settings")
        require(principal, "reports")
        if principal.agent_id is None:
            raise Invalid("a mailed report shows what a person sees: sign in to make one", code="person")
        self.principal = principal
        self.owner_id = principal.agent_id
        self.mail_id = mail_id
        self.fields = dict(fields)
        self.version = version

    def run(self, state: State) -> Query[ReportMail]:
        """Write it, and set when it is due next."""
        if self.mail_id is None:
            mail = ReportMail(
                id=state.next_id(), owner_id=self.owner_id, off_reason="", strikes="{}", created_at=state.now,
                version=1, **self.fields,
            )  # fmt: skip
            yield from rows.add(mail)
        else:
            before = yield from found(ReportMail, self.mail_id)
            check_version(before.version, self.version, f"the mailed report {before.name!r}")
            forgiven = bool(self.fields.keys() & {"addresses", "agent_ids"}) or bool(self.fields.get("active"))
            more = {"strikes": "{}", "off_reason": ""} if forgiven else {}
            mail = msgspec.structs.replace(
                before, **{**self.fields, **more}, owner_id=self.owner_id, version=before.version + 1
            )
            yield from rows.change(mail)
            if forgiven:
                yield from end_now(state, REPORT_MAIL, mail.id)
        if not _ids(mail.agent_ids) and not _texts(mail.addresses):
            raise Invalid("a mail goes to somebody: name agents or addresses", code="recipients")
        if mail.active:
            state.set_timer(REPORT_MAIL, mail.id, next_due(mail, state.now))
        else:
            state.drop_timer(REPORT_MAIL, mail.id)
        state.emit(e.SettingChanged(object="report_mail", id=mail.id), self.principal.actor)
        return mail


class RemoveReportMail(Unit):
    """It is mailed no more, and its log goes. What is on its way is not sent."""

    alone = True

    def __init__(self, principal: Principal, mail_id: int, version: int | None) -> None:
        require(principal, "settings")
        self.principal = principal
        self.mail_id = mail_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        mail = yield from found(ReportMail, self.mail_id)
        check_version(mail.version, self.version, f"the mailed report {mail.name!r}")
        yield from stored.forget(mail.id, state.now + 1)
        yield from rows.remove(ReportMail, mail.id)
        yield from end_now(state, REPORT_MAIL, mail.id)
        state.drop_timer(REPORT_MAIL, mail.id)
        state.emit(e.SettingChanged(object="report_mail", id=mail.id, removed=True), self.principal.actor)


class ReportMailDue(Unit):
    """The timer of a mailed report fired: queue one mail for each recipient, and set the next. However late, there is
    one, of the period that it was due for. The number of mails queued.
    """

    priority = Priority.BULK
    alone = True

    def __init__(self, timer: Timer) -> None:
        self.mail_id = timer.ref

    def needs(self, needs: Needs) -> None:
        """The timer."""
        needs.due.add((REPORT_MAIL, self.mail_id))

    def run(self, state: State) -> Query[int]:
        """Look again under the lock."""
        timer = state.timer(REPORT_MAIL, self.mail_id)
        if timer is None or timer.due_at > state.now:
            return 0
        state.drop_timer(REPORT_MAIL, self.mail_id)
        mail = yield from rows.one(ReportMail, self.mail_id)
        if mail is None or not mail.active:
            return 0
        state.set_timer(REPORT_MAIL, mail.id, next_due(mail, state.now))
        yield from stored.forget(mail.id, state.now - LOG_KEPT)
        return (yield from _queue(state, mail, timer.due_at))


class SendReportMail(Unit):
    """Send a mailed report now: to its recipients, or only to the one who asks, who is shown what he himself sees. The
    number of mails queued. Raises Invalid (`recipients`) when every one of its addresses refused.
    """

    alone = True

    def __init__(self, principal: Principal, mail_id: int, *, only_me: bool) -> None:
        require(principal, "settings")
        self.principal = principal
        self.mail_id = mail_id
        self.only_me = only_me

    def run(self, state: State) -> Query[int]:
        """Queue it."""
        mail = yield from found(ReportMail, self.mail_id)
        to = self.principal.agent_id if self.only_me else None
        queued = yield from _queue(state, mail, state.now, trial_of=to)
        if not queued:
            raise Invalid("nobody would get it: its agents are gone and its addresses refused", code="recipients")
        return queued


def _queue(state: State, mail: ReportMail, due_at: int, *, trial_of: int | None = None) -> Query[int]:
    """One job and one line of the log for each recipient; their key holds the instant, so that none is made twice."""
    to = [] if trial_of is not None else _texts(mail.addresses)
    struck = _counts(mail.strikes)
    recipients: list[tuple[int | None, str]] = [(None, one) for one in to if struck.get(one, 0) < STRIKES]
    for one_of in [trial_of] if trial_of is not None else _ids(mail.agent_ids):
        agent = yield from rows.one(Agent, one_of)
        if agent is not None and agent.active and struck.get(agent.email, 0) < STRIKES:
            recipients.append((agent.id, agent.email))
    for place, (agent_id, address) in enumerate(recipients):
        line = ReportMailSend(
            id=state.next_id(), mail_id=mail.id, due_at=due_at, address=address, trial=int(trial_of is not None),
            state="queued", reason="", at=state.now,
        )  # fmt: skip
        yield from rows.add(line)
        payload = {"mail": mail.id, "send": line.id, "agent": agent_id, "trial": trial_of is not None}
        state.add(
            Job(
                id=state.next_id(), key=f"report-mail-{mail.id}-{due_at}-{place}", kind=REPORT_MAIL, channel_id=None,
                payload=msgspec.json.encode(payload), due_at=state.now, attempts=0, lease_until=None, reason="",
                created_at=state.now,
            )
        )  # fmt: skip
    return len(recipients)
