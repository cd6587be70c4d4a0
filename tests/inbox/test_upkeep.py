"""What is past its time goes; what is in use, or in quarantine, stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inbox import clock, upkeep
from inbox.clock import DAY, SECOND
from inbox.domain.records import Media, Raw
from inbox.storage import tables as t
from inbox.storage import upkeep as stored
from inbox.storage.database import Query, Text
from inbox.transport.media import DiskMedia, chunks_of
from tests.inbox.world import TELEGRAM, world


def _numbers(text: str) -> Query[list[int]]:
    rows = yield Text({"sqlite": text, "postgres": text})
    return [row[0] for row in rows]


def _plan(text: str, count: int) -> Query[list[str]]:
    rows = yield Text({"sqlite": f"EXPLAIN QUERY PLAN {text}"}, (1,) * count)
    return [row[3] for row in rows]


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


async def test_whom_a_body_named_goes_with_it(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is noted of whom bodies name is dropped once they are gone, page by page; of what is kept it stays."""
    monkeypatch.setattr(upkeep, "PAGE", 2)
    async with world(database_url) as made:
        await made.rows((t.raw, Raw(501, TELEGRAM, clock.now(), "done", "", "", b"{}")))
        for identity_id, raw_id in ((71, 400), (71, 401), (71, 501), (72, 400), (73, 501)):
            await made.rows((t.raw_of, (identity_id, raw_id)))

        assert await upkeep.forget_names(made.database, made.writer) == 3

        kept = await made.database.read(_numbers, "SELECT identity_id FROM raw_identity WHERE raw_id = 501")
        assert sorted(kept) == [71, 73]
        assert await made.database.read(_numbers, "SELECT raw_id FROM raw_identity WHERE raw_id <> 501") == []


async def test_an_upload_is_found_without_a_look_at_every_file(sqlite_url: str) -> None:
    """One that was never sent goes after a day, by the index of those that no item has."""
    old = clock.now() - 2 * DAY
    async with world(sqlite_url) as made:
        for media_id, message_id, state in ((601, 0, "upload"), (602, 9, "ready")):
            row = Media(media_id, message_id, TELEGRAM, state, None, "text/plain", "a", 4, "", 0, "", old)
            await made.rows((t.media, row))
        text, order = stored._UPLOADS.on("sqlite")
        plan = await made.database.read(_plan, text, len(order))

        await upkeep.tidy(made.writer, raw_days=30)

        assert await made.database.read(_numbers, "SELECT id FROM media") == [602]
    assert any("media_message" in step for step in plan), plan


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
