"""What is past its time goes; what is in use, or in quarantine, stays."""

from __future__ import annotations

import os
from pathlib import Path

from inbox import clock, upkeep
from inbox.clock import DAY, SECOND
from inbox.domain.records import Media, Raw
from inbox.storage import tables as t
from inbox.storage.database import Query, Text
from inbox.transport.media import DiskMedia, chunks_of
from tests.inbox.world import TELEGRAM, world


def _numbers(text: str) -> Query[list[int]]:
    rows = yield Text({"sqlite": text, "postgres": text})
    return [row[0] for row in rows]


async def test_old_raw_bodies_go_and_quarantined_ones_stay(database_url: str) -> None:
    """Raw bodies past their days are removed, unless they wait for a fix."""
    old = clock.now() - 40 * DAY
    async with world(database_url) as made:
        await made.rows(
            (t.raw, Raw(501, TELEGRAM, old, "done", "", "", b"{}")),
            (t.raw, Raw(502, TELEGRAM, old, "quarantined", "broken", "", b"{")),
            (t.raw, Raw(503, TELEGRAM, clock.now(), "done", "", "", b"{}")),
        )

        await upkeep.tidy(made.writer, raw_days=30)

        assert sorted(await made.database.read(_numbers, "SELECT id FROM raw")) == [502, 503]


async def test_the_log_of_webhooks_goes_after_30_days(database_url: str) -> None:
    """An attempt of 31 days ago is removed, one of 29 days ago is not."""
    now = clock.now()
    async with world(database_url) as made:
        for attempt_id, days in ((701, 31), (702, 29)):
            row = (
                attempt_id, 7, "wh-7-1-1", 1, "message_received", 1, now - days * DAY, 5, "delivered", 204, "",
                "https://crm.example", "{}", b"", "{}", "", None, None,
            )  # fmt: skip
            await made.rows((t.webhook_attempt, row))

        await upkeep.tidy(made.writer, raw_days=30)

        assert await made.database.read(_numbers, "SELECT id FROM webhook_attempt") == [702]


async def test_files_that_nothing_refers_to_go(sqlite_url: str, tmp_path: Path) -> None:
    """A blob a day old without an attachment is deleted; one in use and a fresh one stay."""
    store = DiskMedia(tmp_path / "media")
    blobs = [await store.write(chunks_of(body), max_bytes=100) for body in (b"used", b"unused", b"fresh")]
    for blob in blobs[:2]:
        path = tmp_path / "media" / blob.sha256[:2] / blob.sha256[2:]
        os.utime(path, (clock.now() / SECOND - 2 * 86_400,) * 2)
    async with world(sqlite_url) as made:
        used = Media(601, 1, TELEGRAM, "ready", blobs[0].sha256, "text/plain", "a", 4, "", 0, "", clock.now())
        await made.rows((t.media, used))

        removed = await upkeep.sweep(made.database, store)

    assert removed == 1
    left = await store.older_than(clock.now() + SECOND, 10)
    assert sorted(left) == sorted([blobs[0].sha256, blobs[2].sha256])
