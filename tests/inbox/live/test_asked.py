"""Counts by query: asked once for all to whom they are the same, and again only when they may have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inbox import clock
from inbox.clock import HOUR, MINUTE, SECOND
from inbox.commands.own_marks import SetMark
from inbox.domain import events as e
from inbox.domain.permissions import Scope
from inbox.domain.records import View
from inbox.live.asked import DRIFT, Asked
from inbox.live.frames import Mine
from inbox.storage import tables as t
from inbox.storage.database import Database, Query, Save, Upsert
from tests.inbox.live.served import frame, say, served
from tests.inbox.world import ANNA, BEN, CLEO, MAIL, TELEGRAM, World, channel, world

ALL, ONLY_MAIL = Scope(None, frozenset(), admin=True), Scope(frozenset({MAIL}), frozenset())
WHATSAPP = 13
HEARD = e.SettingChanged(object="view", id=1)


class Counting:
    """A database that counts what is read from it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.reads = 0

    async def read(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Read, and count."""
        self.reads += 1
        return await self.database.read(query, *args, **kwargs)


class Now:
    """A clock that stands."""

    def __init__(self) -> None:
        self.at = clock.now()

    def __call__(self) -> int:
        """The time."""
        return self.at


@pytest.fixture
def now() -> Now:
    """The clock of a test."""
    return Now()


def asked_of(made: World, now: Now) -> tuple[Asked, Counting]:
    """Questions, and how many were put to the store."""
    counting = Counting(made.database)
    return Asked(counting, now), counting  # type: ignore[arg-type]


async def saved(made: World, view_id: int, *, scope: str = "all", owner: int | None = None, **given: str) -> str:
    """A saved view; its key."""
    form = msgspec.json.encode({"view": "all", **given}).decode()
    await made.rows((t.view, View(view_id, f"V{view_id}", scope, owner, None, form, "activity", 1, 1)))
    return f"saved:{view_id}"


async def test_equal_questions_of_several_sockets_are_asked_once(database_url: str, now: Now) -> None:
    """By scope, not by agent, unless the view is about who asks; each still gets his own answer."""
    async with world(database_url) as made:
        await made.says("telegram", channel_id=TELEGRAM)
        await made.says("mail", channel_id=MAIL)
        everybody = await saved(made, 1)
        own = await saved(made, 2, assignee="me")
        asked, store = asked_of(made, now)
        shown = [(ALL, ANNA, {everybody}), (ALL, CLEO, {everybody, own}), (ONLY_MAIL, BEN, {everybody})]

        assert await asked.counts(shown * 50) == [{everybody: 2}, {everybody: 2, own: 0}, {everybody: 1}] * 50
        assert store.reads == 1 + 3  # the views, and three different questions


async def test_nothing_is_asked_while_nothing_happens(database_url: str, now: Now) -> None:
    """Nor is the view read again; what happened is asked about once."""
    async with world(database_url) as made:
        key = await saved(made, 1)
        asked, store = asked_of(made, now)
        await asked.counts([(ALL, ANNA, {key})])
        before = store.reads
        for _ in range(10):
            now.at += MINUTE
            await asked.counts([(ALL, ANNA, {key})])
        idle = store.reads - before
        await made.says("news")
        asked.heard()
        counts = [await asked.counts([(ALL, ANNA, {key})]) for _ in range(2)]

        assert (idle, store.reads - before) == (0, 1)
        assert counts == [[{key: 1}]] * 2


@pytest.mark.parametrize(
    ("given", "before", "later", "after"),
    [
        ({"condition": '{"field":"waiting_seconds","op":"at_least","value":3600}'}, 0, HOUR, 1),
        ({"condition": '{"not":{"field":"age_seconds","op":"at_least","value":3600}}'}, 1, HOUR, 0),
        ({"view": "window"}, 0, 19 * HOUR, 1),
        ({"view": "window"}, 0, 25 * HOUR, 0),
    ],
)
async def test_what_time_alone_changes_is_asked_again(
    database_url: str, now: Now, given: dict[str, str], before: int, later: int, after: int
) -> None:
    """Not every other second: as soon as the answer is ten seconds old."""
    async with world(database_url) as made:
        await made.rows((t.channel, channel(WHATSAPP, "whatsapp")))
        await made.says("how long will it take?", channel_id=WHATSAPP)
        now.at = clock.now()
        key = await saved(made, 1, **given)
        asked, store = asked_of(made, now)
        first = await asked.counts([(ALL, ANNA, {key})])
        reads = store.reads
        now.at += DRIFT - SECOND
        await asked.counts([(ALL, ANNA, {key})])
        too_soon = store.reads - reads
        now.at += later
        [counts] = await asked.counts([(ALL, ANNA, {key})])

        assert (first, counts) == ([{key: before}], {key: after})
        assert (too_soon, store.reads - reads) == (0, 1)


async def test_a_view_that_changes_or_goes_is_counted_as_it_is(sqlite_url: str, now: Now) -> None:
    """And one that is somebody else's alone, or no view at all, shows nothing."""
    async with world(sqlite_url) as made:
        await made.says("one")
        key = await saved(made, 1)
        others = await saved(made, 2, scope="mine", owner=BEN)
        asked, _ = asked_of(made, now)
        keys = {key, others, "saved:9", "saved:x", "nothing"}
        [first] = await asked.counts([(ALL, ANNA, keys)])
        await made.database.write(_narrowed)
        asked.heard(HEARD)
        [then] = await asked.counts([(ALL, ANNA, keys)])

        assert first == {key: 1, others: 0, "saved:9": 0, "saved:x": 0, "nothing": 0}
        assert then[key] == 0


def _narrowed() -> Query[None]:
    form = msgspec.json.encode({"view": "all", "status": "closed"}).decode()
    row = msgspec.structs.astuple(View(1, "V1", "all", None, None, form, "activity", 1, 2))
    yield Save([Upsert(t.view, [row], ("id",))])


async def test_what_happens_while_it_is_asked_is_asked_about_again(sqlite_url: str, now: Now) -> None:
    """The answer may have been read before it."""
    async with world(sqlite_url) as made:
        key = await saved(made, 1)
        asked, store = asked_of(made, now)
        reading = store.read

        async def overtaken(query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            found = await reading(query, *args, **kwargs)
            if store.reads > 1:
                store.read = reading  # type: ignore[method-assign]
                await made.says("meanwhile")
                asked.heard()
            return found

        store.read = overtaken  # type: ignore[method-assign]
        counts = [await asked.counts([(ALL, ANNA, {key})]) for _ in range(2)]

        assert counts == [[{key: 0}], [{key: 1}]]


async def test_a_star_put_from_another_window_is_counted_at_once(sqlite_url: str, tmp_path: Path) -> None:
    """Stars are in no log: his own news say that there is something to count."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await made.says("hello")
        await say(socket, type="snapshot", view="all")
        conversation = (await frame(socket, "snapshot"))["state"]["rows"][0]["id"]
        await say(socket, type="viewing", views=["starred"])
        while "starred" not in (await frame(socket, "counts"))["counts"]:
            pass
        live.desk.counts.asked.now = lambda: 0  # no answer grows old
        anna = made.directory.principal_of(made.directory.agents[ANNA])
        await made.writer.submit(SetMark(anna, int(conversation), "star", True))
        live.desk.tell(ANNA, Mine(starred={conversation: True}))
        async with asyncio.timeout(30):
            counts = await frame(socket, "counts")

        assert counts["counts"] == {"starred": [1, 0]}
