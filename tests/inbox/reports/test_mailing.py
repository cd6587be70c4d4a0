"""Mailed reports: what they say, that each goes out once, and what becomes of those that are refused."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from inbox import clock
from inbox.clock import DAY
from inbox.commands.report_mails import PutReportMail, RemoveReportMail, SendReportMail
from inbox.domain.report_mails import REPORT_MAIL, ReportMail
from inbox.domain.rule_records import RuleRun
from inbox.domain.state import State
from inbox.errors import Unavailable
from inbox.eventlog.unit import Unit
from inbox.mailer import Attached
from inbox.reports.mailing import Mailing
from inbox.storage import rows, rules
from inbox.storage.database import Query
from tests.inbox.desk import ANNA, BEN
from tests.inbox.notify.office import Sql
from tests.inbox.reports.bureau import Bureau
from tests.inbox.reports.bureau import bureau as opened

ADDRESS = "https://inbox.test"
SHOP = "quality@shop.example"
FIELDS: dict[str, Any] = {
    "name": "Weekly answers", "agent_ids": "[]", "addresses": f'["{SHOP}"]', "query": "", "every": "day",
    "weekday": 0, "month_day": 1, "minute": 8 * 60, "zone": "UTC", "language": "en", "form": "csv", "active": 1,
}  # fmt: skip


class Sent:
    """One mail as the server got it."""

    def __init__(self, to: str, subject: str, text: str, html: str, files: Sequence[Attached], key: str) -> None:
        self.to, self.subject, self.text, self.html, self.files, self.key = to, subject, text, html, files, key


class Ran(Unit):
    """Rules have run."""

    alone = True

    def __init__(self, runs: list[RuleRun]) -> None:
        self.runs = runs

    def run(self, state: State) -> Query[None]:
        """Keep what they did."""
        yield from rules.add_runs(self.runs)


class PostRoom:
    """Mailed reports of a bureau, and a mail server that takes them or does not."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau = bureau
        self.desk = bureau.desk
        world = bureau.desk.world
        self.mailing = Mailing(
            world.database, world.writer, world.directory, bureau.reports, address=ADDRESS, mail=self.mail
        )
        self.sent: list[Sent] = []
        self.refuses: dict[str, str] = {}
        """Address → code of the refusal."""

    async def mail(
        self, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None, *, html: str = "",
        files: Sequence[Attached] = (), key: str = "",
    ) -> None:  # fmt: skip
        """Take one, or refuse."""
        if to in self.refuses:
            raise Unavailable(f"550 {to} is not here", code=self.refuses[to])
        self.sent.append(Sent(to, subject, text, html, files, key))

    async def puts(self, mail_id: int | None = None, **fields: Any) -> ReportMail:
        """Somebody who sees reports saves one."""
        supervisor = self.desk.agent(ANNA)
        given = {**FIELDS, **fields} if mail_id is None else fields
        made: ReportMail = await self.desk.do(PutReportMail(supervisor, mail_id, given))
        return made

    async def a_day_later(self) -> None:
        """The day passes; what is due fires and is sent."""
        self.desk.later(DAY / 1_000_000)
        await self.due()

    async def due(self) -> None:
        """Fire and send, the log read first."""
        await self.bureau.reads()
        await self.desk.due()
        await self.mailing.work()

    async def log(self) -> list[tuple[Any, ...]]:
        """The log of sends, oldest first."""
        return await self.desk.rows("SELECT address, state, trial FROM report_mail_send ORDER BY id")

    async def stored(self, mail_id: int) -> ReportMail:
        """The object as it is now."""
        found: ReportMail | None = await self.desk.world.database.read(rows.one, ReportMail, mail_id)
        assert found is not None
        return found


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[PostRoom]:
    """A post room whose first supervisor is Anna."""
    async with contextlib.AsyncExitStack() as stack:
        made = PostRoom(await stack.enter_async_context(opened(database_url)))
        await made.desk.do(Sql(f"UPDATE agent SET role = 'supervisor' WHERE id = {ANNA}"))
        await made.desk.world.directory.load()
        yield made


async def test_it_tells_the_figures_of_the_day_before_with_the_way_to_the_page(room: PostRoom) -> None:
    """In words with units, beside the period before; the file goes with it."""
    await room.desk.writes()
    room.desk.later(90)
    await room.bureau.answers()
    await room.puts(agent_ids=f"[{BEN}]")
    await room.a_day_later()

    ben, shop = sorted(room.sent, key=lambda one: one.to != SHOP, reverse=True)
    assert shop.to == SHOP
    assert shop.subject == "Weekly answers: 2027-01-15 – 2027-01-15, UTC"
    assert "Number: 1 · before: 0" in shop.text
    assert "Mean: 1 min 30 s" in shop.text
    assert f"{ADDRESS}/reports?from=2027-01-15&to=2027-01-15&zone=UTC" in shop.text
    assert "<table" in shop.html
    assert "1 min 30 s" in shop.html
    [file] = shop.files
    assert (file.name, file.mime) == ("response-2027-01-15.csv", "text/csv; charset=utf-8")
    assert b"response/" in file.body
    assert ben.key != shop.key


async def test_nothing_was_counted_only_where_nothing_was(room: PostRoom) -> None:
    """A day on which nobody wrote, and one was answered, is no day without figures."""
    await room.desk.writes()
    await room.puts(query="report=volume")
    await room.a_day_later()
    await room.bureau.answers()
    await room.a_day_later()
    await room.a_day_later()

    said = [one.text.split("\n\n")[1] for one in room.sent]
    assert said == ["Received: 1 · before: 0", "Received: 0 · before: 1", "- Nothing was counted in this period."]


async def test_each_recipient_gets_one_per_due_instant_however_late(room: PostRoom) -> None:
    """Three days asleep are one mail, of the first instant missed; a second look sends nothing."""
    await room.puts()
    room.desk.later(3 * DAY / 1_000_000)
    await room.due()
    await room.due()
    assert len(room.sent) == 1
    await room.a_day_later()
    assert [one.subject.split(": ")[1] for one in room.sent] == [
        "2027-01-15 – 2027-01-15, UTC", "2027-01-18 – 2027-01-18, UTC",
    ]  # fmt: skip
    assert await room.log() == [(SHOP, "sent", 0), (SHOP, "sent", 0)]


async def test_a_server_that_is_away_is_tried_again_and_nobody_is_blamed(room: PostRoom) -> None:
    """The mail waits, then goes out once; the address has no strike."""
    made = await room.puts()
    room.refuses[SHOP] = "mail_refused"
    await room.a_day_later()
    assert await room.log() == [(SHOP, "queued", 0)]
    room.refuses.clear()
    room.desk.later(60)
    await room.mailing.work()
    assert (len(room.sent), await room.log()) == (1, [(SHOP, "sent", 0)])
    assert (await room.stored(made.id)).strikes == "{}"


async def test_an_address_that_refuses_three_times_gets_no_more_and_the_others_do(room: PostRoom) -> None:
    """Admins are told; saving the recipients anew forgives."""
    made = await room.puts(addresses=f'["{SHOP}", "gone@shop.example"]')
    room.refuses["gone@shop.example"] = "address_refused"
    for _ in range(4):
        await room.a_day_later()
    log = await room.log()
    assert [state for address, state, _ in log if address == "gone@shop.example"] == ["refused"] * 3
    assert len(room.sent) == 4
    [(topic, ref)] = await room.desk.rows("SELECT topic, ref FROM attention")
    assert (topic, ref) == (REPORT_MAIL, made.id)
    room.refuses.clear()
    await room.puts(made.id, addresses=f'["{SHOP}", "gone@shop.example"]')
    await room.a_day_later()
    assert [one.to for one in room.sent[-2:]] == [SHOP, "gone@shop.example"]
    assert await room.desk.rows("SELECT topic FROM attention") == []


async def test_where_nobody_is_left_it_is_switched_off(room: PostRoom) -> None:
    """It says why, and nothing fires any more."""
    made = await room.puts()
    room.refuses[SHOP] = "address_refused"
    for _ in range(5):
        await room.a_day_later()
    stored = await room.stored(made.id)
    assert (stored.active, stored.off_reason) == (0, "every address refused 3 times")
    assert len(await room.log()) == 3
    assert await room.desk.rows(f"SELECT ref FROM timer WHERE kind = '{REPORT_MAIL}'") == []


async def test_one_that_went_well_forgets_the_refusals_before(room: PostRoom) -> None:
    """Only refusals in a row count."""
    made = await room.puts()
    for refuses in ("address_refused", "address_refused", "", "address_refused"):
        room.refuses = {SHOP: refuses} if refuses else {}
        await room.a_day_later()
    assert (await room.stored(made.id)).strikes == f'{{"{SHOP}":1}}'


async def test_a_trial_goes_to_the_one_who_asks_alone(room: PostRoom) -> None:
    """In his language, and its line in the log is marked."""
    made = await room.puts()
    queued = await room.desk.do(SendReportMail(room.desk.agent(ANNA), made.id, only_me=True))
    await room.mailing.work()
    assert (queued, len(room.sent)) == (1, 1)
    [(address, state, trial)] = await room.log()
    assert (address, state, trial) == (room.desk.world.directory.agents[ANNA].email, "sent", 1)


async def test_it_shows_nothing_once_its_owner_sees_no_reports(room: PostRoom) -> None:
    """It says so in the log, and sends nothing."""
    await room.puts()
    await room.desk.do(Sql(f"UPDATE agent SET role = 'agent' WHERE id = {ANNA}"))
    await room.desk.world.directory.load()
    await room.a_day_later()
    assert room.sent == []
    [(reason,)] = await room.desk.rows("SELECT reason FROM report_mail_send")
    assert "sees no reports any more" in reason


async def test_one_that_was_removed_is_not_sent(room: PostRoom) -> None:
    """Though it was due already; its log is gone."""
    made = await room.puts()
    room.desk.later(DAY / 1_000_000)
    await room.desk.due()
    await room.desk.do(RemoveReportMail(room.desk.agent(ANNA), made.id, None))
    await room.mailing.work()
    assert (room.sent, await room.log()) == ([], [])


async def test_a_digest_tells_topics_and_names_nobody(room: PostRoom) -> None:
    """Tags, words of several conversations, new reviews with their stars, and links; common words are left out."""
    for person in ("eleni", "budi"):
        await room.desk.writes("The delivery of my parcel was late, parcel damaged", person=person)
    await room.desk.writes("Wonderful invoice", person="anahit")
    await room.puts(query="report=topics", name="Topics", form="none")
    await room.a_day_later()

    [mail] = room.sent
    assert "Messages: 3" in mail.text
    assert "parcel (2)" in mail.text
    assert "delivery (2)" in mail.text
    assert "invoice" not in mail.text
    assert "Eleni" not in mail.text
    assert mail.text.count(f"{ADDRESS}/conversations/") == 3
    assert list(mail.files) == []


async def test_the_report_of_rules_tells_what_each_did_and_what_became_of_its_actions(room: PostRoom) -> None:
    """Rules and actions with their numbers, in the reader's language; the file has the rules."""
    deeds = '[{"do":"tag","ids":[15]},{"do":"priority"},{"do":"note","refused":"no"}]'
    runs = [
        RuleRun(
            id=601 + n, rule_id=501, rule_version=1, conversation_id=1, message_id=None, trigger="schedule",
            trigger_position=0, since_position=0, position=0, depth=0, at=clock.now(), deeds=deeds,
            undo='[{"do":"tag","undone":true}]' if n else "", undone_at=clock.now() if n else None,
        )
        for n in range(2)
    ]  # fmt: skip
    await room.desk.do(Ran(runs))
    await room.puts(query="report=rules&by=team", language="de")
    await room.a_day_later()

    [mail] = room.sent
    assert "Läufe: 2 · zuvor: 0" in mail.text
    assert "Rückgängig gemacht: 1" in mail.text
    by_rule, by_action = mail.text.split("Nach Regel")[1].split("Nach Aktion")
    assert "501: Läufe 2 · Rückgängig gemacht 1 · Nur zum Teil getan 2 · Gespräche 1" in by_rule
    assert "Etikett: Getan 2 · War schon so 0 · Ging nicht 0 · Zurückgenommen 1" in by_action
    assert "Priorität: Getan 0 · War schon so 2" in by_action
    assert "Notiz: Getan 0 · War schon so 0 · Ging nicht 2" in by_action
    [file] = mail.files
    assert file.name.startswith("rules-")
    assert b"501" in file.body


async def test_it_is_read_in_the_language_of_its_reader(room: PostRoom) -> None:
    """Addresses read that of the object."""
    await room.puts(language="de", form="none")
    await room.a_day_later()
    assert "In diesem Zeitraum wurde nichts gezählt." in room.sent[0].text
