"""Reports that are mailed: to whom, when, what was sent, and one sent now to be seen."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, Field

from inbox import clock
from inbox.api.call import Call
from inbox.api.fields import Body, Id, PageQuery, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import DAY, iso
from inbox.commands.report_mails import PutReportMail, RemoveReportMail, SendReportMail
from inbox.commands.versions import found
from inbox.domain.periods import zone_of
from inbox.domain.permissions import require
from inbox.domain.report_mail_shapes import ReportMailSendShape, ReportMailShape
from inbox.domain.report_mails import (
    MOST_RECIPIENTS,
    STRIKES,
    TOPICS,
    ReportMail,
    ReportMailSend,
    next_due,
    read_address,
    without_period,
)
from inbox.errors import Conflict, Invalid
from inbox.storage import report_mails as stored
from inbox.storage import rows

routes = Routes("Report mails")
_encode = msgspec.json.Encoder().encode
_ids = msgspec.json.Decoder(list[int]).decode
_texts = msgspec.json.Decoder(list[str]).decode
_counts = msgspec.json.Decoder(dict[str, int]).decode
_LAST_ID = 2**63 - 1

MailAddress = Annotated[str, Field(max_length=254, pattern=r"^[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+$")]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Language = Literal["en", "de", "el", "fi", "hy", "id"]
Form = Literal["none", "csv", "xlsx"]
Every = Literal["day", "week", "month"]


def _once(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


AgentIds = Annotated[list[Id], Field(max_length=MOST_RECIPIENTS), AfterValidator(_once)]
Addresses = Annotated[list[MailAddress], Field(max_length=MOST_RECIPIENTS), AfterValidator(_once)]


class NewReportMail(Body):
    """A mailed report. `query`: the address of the reports page after its `?`, as it stands; its period is left out,
    for a mail tells of the days before it. `report=topics` with `tag` and `campaign` is the digest of topics.
    `weekday` (Monday is 0) counts for `week`, `month_day` for `month`; `at` is a time of day in `zone`. `language`: of
    what goes to `addresses`.
    """

    name: Words
    agent_ids: AgentIds = Field(default_factory=list)
    addresses: Addresses = Field(default_factory=list)
    query: str = Field("", max_length=2_000)
    every: Every = "week"
    weekday: int = Field(0, ge=0, le=6)
    month_day: int = Field(1, ge=1, le=31)
    at: TimeOfDay = "08:00"
    zone: str = Field("UTC", max_length=60)
    language: Language = "en"
    form: Form = "csv"
    active: bool = True


class ReportMailPatch(Body):
    """What to change of a mailed report. It shows from now on what the one who changed it sees."""

    name: Words | None = None
    agent_ids: AgentIds | None = None
    addresses: Addresses | None = None
    query: str | None = Field(None, max_length=2_000)
    every: Every | None = None
    weekday: int | None = Field(None, ge=0, le=6)
    month_day: int | None = Field(None, ge=1, le=31)
    at: TimeOfDay | None = None
    zone: str | None = Field(None, max_length=60)
    language: Language | None = None
    form: Form | None = None
    active: bool | None = None


class SendNow(Body):
    """Only to the one who asks (`me`), or to its recipients."""

    to: Literal["me", "everyone"] = "me"


class Queued(msgspec.Struct, kw_only=True):
    """How many mails are on their way; the log of sends says what becomes of them."""

    mails: int


def _shape(mail: ReportMail) -> ReportMailShape:
    return ReportMailShape(
        id=str(mail.id),
        name=mail.name,
        owner_id=str(mail.owner_id),
        agent_ids=[str(one) for one in _ids(mail.agent_ids)],
        addresses=_texts(mail.addresses),
        report=read_address(mail.query).report,
        query=mail.query,
        every=mail.every,  # type: ignore[arg-type]
        weekday=mail.weekday,
        month_day=mail.month_day,
        at=f"{mail.minute // 60:02d}:{mail.minute % 60:02d}",
        zone=mail.zone,
        language=mail.language,
        form=mail.form,  # type: ignore[arg-type]
        active=bool(mail.active),
        off_reason=mail.off_reason,
        stopped=[one for one, n in _counts(mail.strikes).items() if n >= STRIKES],
        next_at=iso(next_due(mail, clock.now())) if mail.active else None,
        created_at=iso(mail.created_at),
        version=mail.version,
    )


def _send_shape(one: ReportMailSend) -> ReportMailSendShape:
    return ReportMailSendShape(
        id=str(one.id),
        address=one.address,
        due_at=iso(one.due_at),
        at=iso(one.at),
        state=one.state,  # type: ignore[arg-type]
        reason=one.reason,
        trial=bool(one.trial),
    )


async def _columns(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    """What is given, as it is kept. Raises Invalid for a report that cannot be asked, a zone or an agent there is
    not.
    """
    kept = dict(given)
    directory = await call.deps.directory.fresh()
    unknown = [one for one in given.get("agent_ids", ()) if one not in directory.agents]
    if unknown:
        raise Invalid(f"there is no agent {unknown[0]}", code="agent_ids")
    if "zone" in given:
        zone_of(given["zone"])
    if "query" in given:
        kept["query"] = without_period(given["query"])
        await _askable(call, kept["query"])
    if "at" in kept:
        hour, minute = kept.pop("at").split(":")
        kept["minute"] = int(hour) * 60 + int(minute)
    kept |= {name: _encode(kept[name]).decode() for name in ("agent_ids", "addresses") if name in kept}
    return kept | ({"active": int(kept["active"])} if "active" in kept else {})


async def _askable(call: Call, query: str) -> None:
    """Ask the report once, of a moment: what it cannot be asked is refused where it is set."""
    require(call.principal, "reports")
    address = read_address(query)
    if address.report == TOPICS:
        return
    now = clock.now()
    await call.deps.reports.table(address.report, address.asked(now - DAY, now, "UTC", now), call.principal.scope)


@routes.get("/report-mails", needs="reports")
async def list_report_mails(call: Call) -> Page[ReportMailShape]:
    """All mailed reports."""
    position = await call.position()
    known = await call.deps.database.read(rows.every, ReportMail)
    return Page(items=[_shape(one) for one in known], position=position)


@routes.post("/report-mails", needs="agent", idempotent=True)
async def create_report_mail(call: Call, body: NewReportMail) -> ReportMailShape:
    """Have a report mailed. For people who see reports: it shows what its owner sees."""
    require(call.principal, "settings")
    given = {name: getattr(body, name) for name in NewReportMail.model_fields}
    return _shape(await call.submit(PutReportMail(call.principal, None, await _columns(call, given))))


@routes.get("/report-mails/{mail_id}", needs="reports")
async def see_report_mail(call: Call, mail_id: int) -> ReportMailShape:
    """A mailed report."""
    return _shape(await call.deps.database.read(found, ReportMail, mail_id))


@routes.patch("/report-mails/{mail_id}", needs="agent", if_match=True)
async def change_report_mail(call: Call, mail_id: int, body: ReportMailPatch) -> ReportMailShape:
    """Change a mailed report."""
    require(call.principal, "settings")
    unit = PutReportMail(call.principal, mail_id, await _columns(call, changed(body)), version=call.version)
    return _shape(await call.submit(unit))


@routes.delete("/report-mails/{mail_id}", needs="agent")
async def remove_report_mail(call: Call, mail_id: int) -> None:
    """It is mailed no more; its log of sends goes with it."""
    await call.submit(RemoveReportMail(call.principal, mail_id, call.version))


@routes.post("/report-mails/{mail_id}/send", needs="agent", idempotent=True, status=202)
async def send_report_mail(call: Call, mail_id: int, body: SendNow) -> Queued:
    """Send one now, of the period that one due now would tell of."""
    require(call.principal, "settings")
    await call.deps.database.read(found, ReportMail, mail_id)
    if call.deps.mail is None:
        raise Conflict("there is no mail server for mails of our own: set INBOX_MAIL_URL", code="no_mail")
    unit = SendReportMail(call.principal, mail_id, only_me=body.to == "me")
    return Queued(mails=await call.submit(unit))


@routes.get("/report-mails/{mail_id}/sends", needs="reports")
async def list_report_mail_sends(call: Call, mail_id: int, query: PageQuery) -> Page[ReportMailSendShape]:
    """What was sent in the last 90 days, newest first."""
    await call.deps.database.read(found, ReportMail, mail_id)
    bound_to = f"report-mails:{mail_id}"
    before = call.deps.cursors.read(bound_to, query.cursor)[0] if query.cursor else _LAST_ID
    position = await call.position()
    listed = await call.deps.database.read(stored.sends, mail_id, before, query.limit + 1)
    shown = listed[: query.limit]
    more = len(listed) > query.limit
    return Page(
        items=[_send_shape(one) for one in shown],
        next_cursor=call.deps.cursors.make(bound_to, [shown[-1].id]) if more else None,
        position=position,
    )
