"""What is erased is not in the file of an SQLite database either: free parts, full-text index, log of pages."""

from __future__ import annotations

from pathlib import Path

from connectors import inbound as net
from inbox.commands.contact import Erase
from inbox.storage.database import Query, Text, fetch
from tests.inbox.desk import desk as opened
from tests.inbox.world import CLEO

SECRET = "xylophonist4711"
LONG = " ".join(f"{SECRET} plays {i}" for i in range(400))
"""More than a page holds: it lies in pages that are freed as a whole."""


def _version() -> Query[int]:
    rows = yield from fetch(Text({"sqlite": "PRAGMA user_version"}))
    return int(rows[0][0])


def _found(path: Path) -> list[str]:
    files = [path, path.with_name(path.name + "-wal")]
    return [file.name for file in files if file.exists() and SECRET.encode() in file.read_bytes()]


async def test_no_byte_of_a_person_is_left(tmp_path: Path) -> None:
    """Rows that were blanked, terms of the index and old pages in the log are overwritten; others are still found."""
    path = tmp_path / "inbox.sqlite3"
    async with opened(f"sqlite:///{path}") as desk:
        who = net.Author(external_id=f"acc-{SECRET}", name=SECRET)
        for text in (f"I am {SECRET}", LONG):
            await desk.writes(text, person="eleni", author=who)
        await desk.writes("Somebody else", person="maria")
        contact_id = (await desk.rows("SELECT contact_id FROM conversation ORDER BY id"))[0][0]
        assert _found(path)

        await desk.do(Erase(desk.agent(CLEO), contact_id))
        assert _found(path)
        await desk.world.database.scrub()

        assert _found(path) == []
        assert await desk.world.database.read(_version) == 0
        assert await desk.rows("SELECT rowid FROM search WHERE search MATCH 'somebody'")


async def test_it_is_known_in_the_file_that_words_were_dropped(database_url: str) -> None:
    """Where nobody scrubbed after an erasure, the next process does; where nothing was dropped, none does."""
    async with opened(database_url) as desk:
        await desk.writes("Hello", person="eleni")
        contact_id = (await desk.rows("SELECT contact_id FROM conversation"))[0][0]
        await desk.world.database.scrub()

        await desk.do(Erase(desk.agent(CLEO), contact_id))

        if desk.world.database.engine == "sqlite":
            assert await desk.world.database.read(_version) == 1
        await desk.world.database.scrub()
