"""From the log to the queues."""

from __future__ import annotations

from pathlib import Path

from inbox.commands.triage import SetTag, Triage, TriageChange
from inbox.domain import events as e
from inbox.storage import webhooks
from inbox.webhooks.reader import PAGE, Enqueue, Reader, read_page
from tests.inbox.webhooks.hall import Hall, hall
from tests.inbox.world import ATHENS, MAIL, TELEGRAM

NOWHERE = "https://93.184.216.34/in"
NETWORKS = {TELEGRAM: "telegram", MAIL: "custom"}
DELIVERY = 41


def reader(there: Hall) -> Reader:
    """A reader of its own, as another process would have."""
    return Reader(there.world.database, there.world.writer, there.world.directory)


async def queued(there: Hall, webhook_id: int) -> list[str]:
    """Types of the events that wait for a webhook, in the order of its queue."""
    jobs = await there.world.database.read(webhooks.due, webhooks.line_of(webhook_id), 2**62, 10_000)
    positions = [int(job.key.rsplit("-", 1)[1]) for job in jobs]
    names = dict(await there.rows("SELECT position, type FROM event"))
    return [names[position] for position in positions]


async def test_two_readers_queue_everything_once(database_url: str, tmp_path: Path) -> None:
    """More than a page, read by two at a time: each event waits once, in order."""
    async with hall(database_url, tmp_path, works=False) as there:
        made = await there.webhook(NOWHERE, types=["attention_raised"])
        count = 2 * PAGE + 10
        await there.emits(*(e.AttentionRaised(topic="disk", ref=n) for n in range(1, count + 1)))
        first, second = reader(there), reader(there)

        assert await first.catch_up() == {made.webhook.id}
        assert await second.catch_up() == set()
        assert len(await queued(there, made.webhook.id)) == count


async def test_a_page_that_somebody_else_read_is_not_queued_again(database_url: str, tmp_path: Path) -> None:
    """The saved position and the webhooks are compared under the lock: what was read before is dropped."""
    async with hall(database_url, tmp_path, works=False) as there:
        made = await there.webhook(NOWHERE, types=["attention_raised"])
        await there.emits(e.AttentionRaised(topic="disk"))
        page = await there.world.database.read(read_page, 0, NETWORKS)
        assert page is not None

        assert await there.do(Enqueue(page)) is True
        assert await there.do(Enqueue(page)) is False
        assert len(await queued(there, made.webhook.id)) == 1


async def test_filters_choose_by_channel_network_team_and_tag(database_url: str, tmp_path: Path) -> None:
    """Each of four webhooks gets the one conversation it asks for."""
    async with hall(database_url, tmp_path, works=False) as there:
        types = ["message_received"]
        by_network = await there.webhook(NOWHERE, types=types, networks=["telegram"])
        by_channel = await there.webhook(NOWHERE, types=types, channel_ids=[MAIL])
        by_team = await there.webhook(NOWHERE, types=types, team_ids=[ATHENS])
        by_tag = await there.webhook(NOWHERE, types=types, tag_ids=[DELIVERY])
        await there.world.says("one", person="eleni")
        await there.world.says("two", person="nikos", channel_id=MAIL)
        second = (await there.rows("SELECT max(id) FROM conversation"))[0][0]
        directory = there.world.directory
        await there.do(Triage(there.admin, second, TriageChange(team_id=ATHENS), directory=directory))
        await there.do(SetTag(there.admin, second, DELIVERY, True, directory=directory))
        await there.world.says("three", person="nikos", channel_id=MAIL)
        await reader(there).catch_up()

        counts = [len(await queued(there, one.webhook.id)) for one in (by_network, by_channel, by_team, by_tag)]
        # By team, what was said before it came to the team is not the team's; a tag counts as it is now.
        assert counts == [1, 2, 1, 2]


async def test_what_nobody_asks_for_writes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    """A page without a match moves no saved position."""
    async with hall(sqlite_url, tmp_path, works=False) as there:
        await there.webhook(NOWHERE, types=["attention_raised"])
        await there.world.says("one")

        assert await reader(there).catch_up() == set()
        assert await there.rows("SELECT * FROM reader") == []


async def test_a_webhook_switched_on_later_gets_what_happens_from_then_on(database_url: str, tmp_path: Path) -> None:
    """The position at which it was made is its beginning, however far the reader is behind."""
    async with hall(database_url, tmp_path, works=False) as there:
        old = await there.webhook(NOWHERE, types=["attention_raised"])
        await there.emits(e.AttentionRaised(topic="disk", ref=1))
        new = await there.webhook(NOWHERE, types=["attention_raised"])
        await there.emits(e.AttentionRaised(topic="disk", ref=2))
        await reader(there).catch_up()

        assert len(await queued(there, old.webhook.id)) == 2
        assert len(await queued(there, new.webhook.id)) == 1
