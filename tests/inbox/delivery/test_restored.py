"""Answers that waited when a backup was taken: by the time it is restored they may have reached the customer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from connectors import registry
from inbox import clock
from inbox.clock import DAY, HOUR
from inbox.storage import portable
from inbox.storage.database import Row
from tests.inbox.delivery.test_outbox import PARTS, STATES, a_conversation
from tests.inbox.house import House, Network, Sql, house, network, running, without_keys

Pages = list[tuple[str, Sequence[Row]]]


async def backup(home: House) -> Pages:
    """All rows, as they are now."""
    found: Pages = []
    await home.database.read(portable.dump, lambda name, rows: found.append((name, rows)))
    return found


async def waiting(path: Path, far: Network, *, parts: int = 1, before: str = "") -> Pages:
    """The backup of a house in which an answer waits; the answer is sent once it was taken."""
    async with house(f"sqlite:///{path / 'before.sqlite3'}", path / "before") as home:
        conversation_id = await a_conversation(home, far, await home.channel(outbound_url=far.url))
        await home.answer(conversation_id, "On its way", parts=parts)
        if before:
            await home.writer.submit(Sql(before))
        taken = await backup(home)
        await home.writer.submit(Sql("UPDATE outbox SET state = 'waiting'"))
        async with running(home.holder().run()):
            await home.until_column(PARTS, ["accepted"] * parts)
    return taken


async def test_what_may_have_been_sent_since_is_not_sent_again(database_url: str, tmp_path: Path) -> None:
    """A network that cannot tell gets nothing a second time: a person reads that nobody knows, and decides."""
    async with network() as far:
        taken = await waiting(tmp_path, far)
        async with house(database_url, tmp_path, find=lambda name: without_keys(registry.connector(name))) as home:
            await home.database.write(lambda: portable.fill(taken, clock.now()))
            async with running(home.holder().run()):
                await home.until_column(STATES, ["unknown"])

    assert [text for _, text in far.effects] == ["On its way"]


async def test_a_network_that_knows_keys_is_given_the_same_one(database_url: str, tmp_path: Path) -> None:
    """It is asked once more, with the key it had: nothing doubles there, and what had not left leaves."""
    async with network() as far:
        taken = await waiting(tmp_path, far, parts=2)
        async with house(database_url, tmp_path) as home:
            await home.database.write(lambda: portable.fill(taken, clock.now()))
            async with running(home.holder().run()):
                await home.until_column(STATES, ["accepted"])

    assert [text for _, text in far.effects] == ["On its way 1/2", "On its way 2/2"] * 2
    assert len({key for key, _ in far.effects}) == 2


async def test_of_what_was_held_only_what_was_to_leave_since_is_unsure(database_url: str, tmp_path: Path) -> None:
    """An answer for an hour that is past may be with the customer; one for tomorrow is still held."""
    async with network() as far:
        taken = await waiting(tmp_path, far, before="UPDATE outbox SET state = 'held'")
        for due_at, state in ((-HOUR, "sending"), (DAY, "held")):
            now, url = clock.now(), database_url if due_at > 0 else f"sqlite:///{tmp_path / 'after.sqlite3'}"
            async with house(url, tmp_path) as home:
                messages = next(rows for name, rows in taken if name == "outbox")
                release: Row = ("release", messages[0][1], now + due_at, 1)
                timers = [(name, rows) for name, rows in taken if name != "timer"]
                await home.database.write(lambda rows=[*timers, ("timer", [release])], at=now: portable.fill(rows, at))
                assert await home.column(PARTS) == [state]
