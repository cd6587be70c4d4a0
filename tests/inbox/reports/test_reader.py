"""The reader of the log: exactly once, wherever it stops, also over a database that was written before it."""

from __future__ import annotations

from inbox.clock import SECOND
from inbox.commands.triage import Dismiss, SetTag
from inbox.domain.events import Actor
from inbox.domain.permissions import Principal
from inbox.reports.reader import Keep, read_page
from inbox.reports.verify import verify
from inbox.storage import facts, readers
from inbox.storage.database import Query, Text
from tests.inbox.desk import ANNA, BEN, T0
from tests.inbox.reports.bureau import EVERYTHING, Bureau, bureau

TOKEN = Principal(Actor("token", 77), "Bot", EVERYTHING, frozenset({"read", "reply"}))


async def _busy(made: Bureau) -> None:
    for person in ("eleni", "budi", "anahit"):
        await made.desk.writes(person=person)
        made.desk.later(60)
    first = (await made.desk.rows("SELECT MIN(id) FROM conversation"))[0][0]
    await made.desk.triages(conversation=first, assignee_id=ANNA)
    await made.answers(conversation=first, then_close=True)


async def test_a_page_is_kept_once(database_url: str) -> None:
    """Who comes second with a page that was kept meanwhile writes nothing."""
    async with bureau(database_url) as made:
        await _busy(made)
        page = await made.desk.world.database.read(read_page)
        assert page is not None

        assert await made.desk.do(Keep(page)) is True
        assert await made.desk.do(Keep(page)) is False
        assert await made.desk.world.database.read(readers.position, facts.READER) == page.end


async def test_small_steps_and_one_leap_come_to_the_same(database_url: str) -> None:
    """Read after every event or all at once, the rows are the same."""
    async with bureau(database_url) as made:
        await made.desk.writes()
        await made.reads()
        await _busy(made)
        stepwise = (await made.facts(), await made.deeds(), await made.episodes())
        await made.desk.world.database.write(_forgotten)

        assert (await made.facts(), await made.deeds(), await made.episodes()) == stepwise


async def test_a_database_written_before_there_were_reports_is_filled(database_url: str) -> None:
    """Nothing is stored yet, everything is in the log: one pass later every figure is there and proven."""
    async with bureau(database_url) as made:
        await _busy(made)
        assert (await made.desk.rows("SELECT COUNT(*) FROM wait_fact"))[0][0] == 0

        await made.proves()
        assert (await made.cells("response"))["n"] == 1


async def test_counted_anew_it_is_what_it_was(database_url: str) -> None:
    """Whatever became of the rows: what is missing comes back, what the log does not say goes, also of kept months."""
    async with bureau(database_url) as made:
        await _busy(made)
        await made.reads()
        counted = (await made.facts(), await made.deeds(), await made.episodes())
        for tampering in (
            "UPDATE wait_fact SET in_queue = in_queue + 1",
            "DELETE FROM deed WHERE what = 'received'",
            "UPDATE episode_fact SET number = number + 7",
            "INSERT INTO kept_tally (source, month, fingerprint, labelled, state, tally) VALUES ('', 1, '', 0, '', '')",
        ):
            await made.desk.world.database.write(lambda text=tampering: _done(text))

        positions: list[int] = []
        await made.reader.begin_anew()
        head = await made.reader.catch_up(positions.append)

        assert (await made.facts(), await made.deeds(), await made.episodes()) == counted
        assert positions == [0]
        assert head == (await made.desk.rows("SELECT position FROM workspace"))[0][0]
        assert await made.desk.rows("SELECT COUNT(*) FROM kept_tally") == [(0,)]


async def test_an_answer_on_its_way_is_an_action_already(database_url: str) -> None:
    """Read before the network had it, or where it refuses: who let it go has acted, and a machine has answered."""
    async with bureau(database_url) as made:
        await made.desk.writes(person="eleni")
        await made.desk.writes(person="budi")
        await made.reads()
        (eleni,), (budi,) = await made.desk.rows("SELECT id FROM conversation ORDER BY id")
        made.desk.later(60)
        await made.desk.replies(conversation=eleni)
        await made.reads()
        made.desk.later(60)
        await made.desk.refuses(await made.desk.replies(conversation=budi, who=TOKEN))

        by_person, by_machine = await made.facts()
        assert (by_person.acted_at, by_person.automatic_at) == (T0 + 60 * SECOND, None)
        assert (by_machine.acted_at, by_machine.automatic_at) == (None, T0 + 120 * SECOND)
        await made.proves()


async def test_labels_follow_the_conversation(sqlite_url: str) -> None:
    """A tag put on later counts for what was answered before."""
    async with bureau(sqlite_url) as made:
        await made.desk.writes()
        await made.answers()
        await made.reads()
        await made.desk.do(
            SetTag(made.desk.agent(), await made.desk.only(), 41, True, directory=made.desk.world.directory)
        )

        assert (await made.by("response", "tag"))["41"].name == {"tag": "delivery"}


async def test_a_row_that_was_changed_is_found(sqlite_url: str) -> None:
    """What somebody changed, removed or added behind the log's back is named."""
    async with bureau(sqlite_url) as made:
        await _busy(made)
        await made.reads()
        for tampering, said in (
            ("UPDATE wait_fact SET in_queue = in_queue + 1", "in_queue"),
            ("UPDATE wait_stretch SET owner_id = 7", "who held it"),
            ("DELETE FROM deed WHERE what = 'received'", "not counted"),
            ("UPDATE episode_fact SET again = 'customer'", "episode"),
        ):
            await made.desk.world.database.write(lambda text=tampering: _done(text))
            found = await made.desk.world.database.read(verify)
            assert any(said in one for one in found.differences), tampering
        await made.desk.world.database.write(_forgotten)


def _done(text: str) -> Query[None]:
    yield Text({"sqlite": text, "postgres": text})


def _forgotten() -> Query[None]:
    for table in ("wait_fact", "wait_stretch", "episode_fact", "deed"):
        yield from _done(f"DELETE FROM {table}")
    yield from _done("DELETE FROM reader WHERE name = 'reports'")


async def test_who_takes_it_after_its_end_did_not_hold_it(database_url: str) -> None:
    """A wait keeps the holder of its end, also one that ended as it opened; the log read later says the same."""
    async with bureau(database_url) as made:
        await made.desk.comments("❤️", person="kari")
        unasked = await made.desk.only()
        await made.desk.do(Dismiss(made.desk.agent(), unasked, "no_question"))
        await made.desk.writes()
        asked = (await made.desk.rows("SELECT MAX(id) FROM conversation"))[0][0]
        made.desk.later(60)
        await made.answers(conversation=asked)
        await made.reads()
        made.desk.later(60)
        for conversation in (unasked, asked):
            await made.desk.triages(conversation=conversation, assignee_id=BEN)

        assert [(one.end, one.owner_id) for one in await made.facts()] == [("dismissed", 0), ("answered", 0)]
        # At the end everything is derived once more from the whole log, and has to be the same.
