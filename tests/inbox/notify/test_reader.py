"""Who is told of what: once, whatever dies in between."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from connectors import inbound as net
from connectors.errors import SendErrorKind
from inbox import clock
from inbox.commands.chains import PutChain
from inbox.commands.note import WriteNote
from inbox.commands.notifications import MarkRead
from inbox.commands.triage import Escalate
from inbox.domain.chains import Level
from inbox.notify.reader import Tell, read_page
from inbox.storage import tables as t
from tests.inbox.desk import ANNA, BEN, CLEO, T0
from tests.inbox.domain.promises import policy
from tests.inbox.notify.office import Office, Sql
from tests.inbox.world import ATHENS, MAIL, agent


async def test_the_owner_is_told_that_the_customer_wrote_and_nobody_else(office: Office) -> None:
    """Not of the first message, which had no owner; not whoever answers himself."""
    desk = office.desk
    await desk.writes()
    await desk.triages(assignee_id=BEN)
    await desk.writes("And now?")
    await desk.replies(agent=BEN)
    await office.tell()

    assert await office.told() == [(BEN, "assigned", 1), (BEN, "message", 1)]


async def test_twenty_messages_are_one_notification_with_a_count(office: Office) -> None:
    """Until it is read; then the next one is a new one. What stands is rung for once."""
    desk = office.desk
    await desk.writes()
    await desk.triages(assignee_id=BEN)
    await office.tell()
    for number in range(20):
        desk.later(1)
        await desk.writes(f"Message {number}")
        if number in (3, 11):
            await office.reader.catch_up()
    await office.tell()
    assert await office.told("kind, count, at") == [("assigned", 1, T0), ("message", 20, T0 + 20_000_000)]
    again = [json.loads(bytes(row[0])).get("again", False) for row in await desk.rows(
        "SELECT data FROM event WHERE type = 'notified' ORDER BY position")]  # fmt: skip
    assert again == [False, False, *[True] * 19]

    await desk.do(MarkRead(BEN, None))
    await desk.writes("One more")
    await office.tell()
    assert await office.told("kind, count") == [("assigned", 1), ("message", 20), ("message", 1)]


async def test_two_readers_tell_everything_once(office: Office) -> None:
    """The saved position is compared under the lock: what another one read before is dropped."""
    desk = office.desk
    await desk.writes()
    await desk.triages(assignee_id=BEN)
    await desk.writes("And now?")
    page = await desk.world.database.read(read_page, 0, desk.world.directory)
    assert page is not None
    first, second = await asyncio.gather(desk.do(Tell(page, mails=False)), desk.do(Tell(page, mails=False)))
    assert sorted([first, second]) == [False, True]
    await asyncio.gather(office.reader.catch_up(), office.new_reader().catch_up(), office.new_reader().catch_up())

    assert await office.told() == [(BEN, "assigned", 1), (BEN, "message", 1)]


async def test_what_people_do_themselves_is_not_told_to_them(office: Office) -> None:
    """Taking work off somebody is told to him; giving one's own away is not."""
    desk = office.desk
    await desk.writes()
    await desk.triages(assignee_id=ANNA)
    await desk.triages(assignee_id=BEN)
    await desk.triages(assignee_id=None)
    await office.tell()

    assert await office.told() == [(BEN, "assigned", 1), (BEN, "returned", 1)]


async def test_what_is_out_of_an_agents_sight_is_not_told_to_him(office: Office) -> None:
    """Ben follows a conversation of a channel that he does not cover."""
    desk = office.desk
    await desk.world.says("Hello", person="nikos")
    conversation = await desk.only()
    await desk.do(Sql(f"INSERT INTO follower (workspace_id, agent_id, conversation_id, at) VALUES "
                      f"(1, {BEN}, {conversation}, 1), (1, {CLEO}, {conversation}, 1)"))  # fmt: skip
    await desk.world.says("Anybody?", person="nikos")
    await office.tell()

    assert await office.told() == [(CLEO, "followed", 2)]


async def test_followers_are_told_what_customers_write_and_an_owner_who_follows_only_once(office: Office) -> None:
    """Collapsed while it is unread; whoever has the conversation hears of it as its owner, not as a follower, too."""
    desk = office.desk
    await desk.world.says("Hello", person="nikos")
    conversation = await desk.only()
    await desk.do(Sql(f"INSERT INTO follower (workspace_id, agent_id, conversation_id, at) VALUES "
                      f"(1, {ANNA}, {conversation}, 1), (1, {CLEO}, {conversation}, 1)"))  # fmt: skip
    await desk.triages(assignee_id=CLEO)
    await office.tell()
    before = await office.told()
    await desk.world.says("Anybody?", person="nikos")
    await desk.world.says("Please", person="nikos")
    await office.tell()

    told = [one for one in await office.told() if one not in before]
    assert sorted(one for one in told if one[1] in ("followed", "message")) == sorted(
        [(ANNA, "followed", 3), (CLEO, "message", 2)]
    )


async def test_history_is_not_told(office: Office) -> None:
    """What was said before the channel was connected is shown, and calls nobody."""
    desk = office.desk
    await office.chooses(BEN, ways={"team_new": frozenset({"in_app"})})
    await desk.do(Sql(f"UPDATE channel SET live_since = {T0 - 1000}, team_id = {ATHENS} WHERE id = {MAIL}"))
    await desk.world.directory.load()
    await desk.writes("Long ago", occurred_at=T0 - 10**9)
    await office.tell()
    assert await office.told() == []

    await desk.writes("Today", person="nikos", occurred_at=T0)
    await office.tell()
    assert await office.told("agent_id, kind") == [(BEN, "team_new")]


async def test_what_happened_days_ago_is_no_news(office: Office) -> None:
    """A reader that was stopped for two days tells of today."""
    desk = office.desk
    await desk.writes()
    await desk.triages(assignee_id=BEN)
    await desk.writes("On Monday")
    desk.later(2 * 86_400)
    await desk.writes("On Wednesday")
    await office.tell()

    assert await office.told() == [(BEN, "assigned", 1), (BEN, "message", 1)]


async def test_warning_and_breach_go_to_the_owner_else_the_team_else_the_supervisors(office: Office) -> None:
    """Whoever would have to answer."""
    desk = office.desk
    await desk.world.rows(
        (t.policy, policy(first_response_seconds=600, warning_seconds=300)), (t.agent, agent(24, "Sofia", "supervisor"))
    )
    await desk.writes(person="a")
    await desk.writes(person="b")
    await desk.writes(person="c")
    of_owner, of_team, _ = [row[0] for row in await desk.rows("SELECT id FROM conversation ORDER BY id")]
    await desk.triages(conversation=of_owner, assignee_id=ANNA)
    await desk.triages(conversation=of_team, team_id=ATHENS)
    desk.later(700)
    await desk.due()
    await office.tell()

    assert sorted(await office.told("kind, agent_id")) == [
        ("target_breached", ANNA), ("target_breached", BEN), ("target_breached", 24),
        ("target_warned", ANNA), ("target_warned", BEN), ("target_warned", 24),
    ]  # fmt: skip


async def test_each_level_of_a_chain_is_told_anew(office: Office) -> None:
    """The one asked first, the team, then the supervisors; each with the reason."""
    desk = office.desk
    await desk.world.rows((t.agent, agent(24, "Sofia", "supervisor")))
    levels = (
        Level(after_seconds=0, to="assignee"), Level(after_seconds=60, to="team"),
        Level(after_seconds=60, to="supervisors"),
    )  # fmt: skip
    fields = {"levels": levels, "workspace": True}
    await desk.do(PutChain(desk.agent(CLEO), None, {"name": "Night"}, fields, directory=desk.world.directory))
    await desk.world.directory.load()
    await desk.writes()
    await desk.triages(assignee_id=ANNA, team_id=ATHENS)
    await desk.do(Escalate(desk.agent(CLEO), await desk.only(), "Lawyer", directory=desk.world.directory))
    for _ in range(3):
        await office.tell()
        desk.later(60)
        await desk.due()

    assert await office.told("agent_id, kind, detail") == [
        (ANNA, "escalated", "Lawyer"), (BEN, "escalated", "Lawyer"), (24, "escalated", "Lawyer"),
    ]  # fmt: skip


async def test_an_answer_that_did_not_arrive_is_told_to_whoever_wrote_it(office: Office) -> None:
    """Refused by the network."""
    desk = office.desk
    await desk.writes()
    await desk.refuses(await desk.replies(agent=BEN), SendErrorKind.REJECTED)
    await office.tell()

    assert await office.told() == [(BEN, "failed", 1)]


async def test_a_review_is_told_to_those_whose_limit_it_is_below(office: Office) -> None:
    """One star for everybody, three only for who wants to hear of three."""
    desk = office.desk
    await office.chooses(BEN, stars=3)
    await desk.do(Sql(f"INSERT INTO team_member (workspace_id, team_id, agent_id) VALUES (1, {ATHENS}, {ANNA})"))
    await desk.do(Sql(f"UPDATE channel SET team_id = {ATHENS} WHERE id = {MAIL}"))
    await desk.world.directory.load()
    for person, stars in (("eleni", 1), ("nikos", 3), ("maria", 5)):
        await desk.arrives(
            net.ReviewReceived(
                dedupe_key=person, occurred_at=T0, external_id=f"r-{person}", text="So so", rating=stars,
                thread=net.Thread(external_id=f"r-{person}", kind="review", audience="public"),
                author=net.Author(external_id=person, name=person.title()), reply_known=True,
            )
        )  # fmt: skip
    await office.tell()

    assert sorted(await office.told("agent_id, data")) == [
        (ANNA, '{"stars":1}'), (BEN, '{"stars":1}'), (BEN, '{"stars":3}'),
    ]  # fmt: skip


async def test_a_muted_channel_is_silent_but_for_what_people_ask(office: Office) -> None:
    """A customer's message is not told, a colleague's mention is."""
    desk = office.desk
    await office.chooses(BEN, muted_channels=frozenset({MAIL}))
    await desk.writes()
    await desk.triages(assignee_id=BEN)
    await desk.writes("And now?")
    conversation = await desk.only()
    await desk.do(WriteNote(desk.agent(), conversation, "@Ben?", directory=desk.world.directory, mentions=(BEN,)))
    await office.tell()

    assert await office.told("kind") == [("assigned",), ("mentioned",)]


async def test_a_kind_without_the_centre_is_put_aside_as_read(office: Office) -> None:
    """Also where a person's command made the notification; a kind without any way is not kept at all."""
    desk = office.desk
    await office.chooses(BEN, ways={"assigned": frozenset({"push"}), "message": frozenset()})
    await desk.writes()
    await desk.triages(assignee_id=BEN)
    await desk.writes("And now?")
    await office.tell()

    assert await office.told("kind, read_at") == [("assigned", T0)]


KILLED = """
import asyncio, sys
from inbox.eventlog.directory import Directory
from inbox.eventlog.writer import Writer
from inbox.notify.reader import Reader
from inbox.storage.database import connect

async def main():
    database = connect(sys.argv[1])
    await database.open()
    writer, directory = Writer(database), Directory(database)
    await directory.load()
    asyncio.create_task(writer.run())
    await Reader(database, writer, directory, mails=True).catch_up()

asyncio.run(main())
"""


async def _read_and_die(url: str, point: str) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, url, env={**os.environ, "INBOX_FAILPOINTS": point}
    )
    return await process.wait()


async def test_a_reader_that_is_killed_tells_nobody_twice_and_forgets_nobody(
    office: Office, database_url: str, tmp_path: Path
) -> None:
    """Before its unit is committed nothing is told; after it everything is, once."""
    desk = office.desk
    await office.subscribes(BEN)
    # The process that is killed reads the machine's clock: what happens here must be news to it.
    await desk.do(Sql("UPDATE channel SET live_since = 0"))
    clock.set_clock(None)
    await desk.writes()
    await desk.triages(assignee_id=BEN)
    await desk.writes("And now?")
    assert await _read_and_die(database_url, "notify.after_read") == -signal.SIGKILL
    before = await office.told()
    assert await _read_and_die(database_url, "notify.after_tell") == -signal.SIGKILL
    assert await _read_and_die(database_url, "notify.after_tell:9") == 0

    assert before == [(BEN, "assigned", 1)]
    assert await office.told() == [(BEN, "assigned", 1), (BEN, "message", 1)]
    assert await office.waiting("notice_push") == 2
