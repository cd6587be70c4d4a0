"""What is set up while somebody is connected: his frames leave him with what a snapshot would give."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from inbox.commands.people import AgentChange, ChangeAgent, ChangeTeam, CreateTeam
from inbox.commands.routing_settings import PutAttendance
from inbox.commands.settings import PutTag, PutView, RemoveView
from inbox.domain import events as e
from inbox.domain.permissions import Principal
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.storage.database import StoreUnavailable, connect
from tests.inbox.live.served import frame, say, served
from tests.inbox.live.test_endpoint import Emits
from tests.inbox.world import ANNA, ATHENS, BEN, CLEO, TELEGRAM, world

URGENT = {"name": "Urgent", "scope": "all", "filter": '{"priority":"urgent"}', "sort": "activity", "team_id": None}


async def test_a_saved_view_is_told_with_its_key(database_url: str, tmp_path: Path) -> None:
    """When it is made, changed and removed: by that key the snapshot has it."""
    async with world(database_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await say(socket, type="snapshot")
        await frame(socket, "snapshot")
        view = await made.writer.submit(PutView(live.cleo, None, URGENT))
        new = (await frame(socket, "event"))["data"]
        await made.writer.submit(PutView(live.cleo, view.id, {"name": "Very urgent"}, 1))
        changed = (await frame(socket, "event"))["data"]
        await say(socket, type="snapshot")
        shown = (await frame(socket, "snapshot"))["state"]["views"]
        await made.writer.submit(RemoveView(live.cleo, view.id, {}, 2))
        gone = (await frame(socket, "event"))["data"]

        key = f"saved:{view.id}"
        assert [one["id"] for one in (new, changed, gone)] == [key] * 3
        assert (new["value"]["key"], new["value"]["name"], gone["value"]) == (key, "Urgent", None)
        assert changed["value"] == {**next(one for one in shown if one["key"] == key), "count": None}


async def test_a_view_that_its_owner_keeps_to_himself_is_gone_for_the_others(sqlite_url: str, tmp_path: Path) -> None:
    """He goes on seeing it."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        view = await made.writer.submit(PutView(live.cleo, None, URGENT))
        await live.told()
        async with live.agent(ANNA) as other, live.agent(CLEO) as owner:
            for socket in (other, owner):
                await say(socket, type="snapshot")
                await frame(socket, "snapshot")
            await made.writer.submit(PutView(live.cleo, view.id, {"scope": "mine"}, 1))

            assert (await frame(other, "event"))["data"]["value"] is None
            assert (await frame(owner, "event"))["data"]["value"] is None
            assert (await frame(owner, "event"))["data"]["value"]["name"] == "Urgent"


async def test_the_count_of_a_changed_view_is_told_again(sqlite_url: str, tmp_path: Path) -> None:
    """Though it is the same: the view was told without it."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        view = await made.writer.submit(PutView(live.cleo, None, URGENT))
        await live.told()
        key = f"saved:{view.id}"
        await say(socket, type="snapshot")
        await say(socket, type="viewing", views=[key])
        while key not in (await frame(socket, "counts"))["counts"]:
            pass
        await made.writer.submit(PutView(live.cleo, view.id, {"name": "Very urgent"}, 1))
        await frame(socket, "event")
        counts = await frame(socket, "counts")

        assert counts["counts"][key] == [0, 0]


async def test_counts_that_could_not_be_read_are_told_at_a_later_turn(sqlite_url: str, tmp_path: Path) -> None:
    """The store went away just after something happened; nothing else has to happen for them to come."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await say(socket, type="snapshot")
        await frame(socket, "counts")
        cells = live.desk.counts.cells

        async def away() -> Any:
            live.desk.counts.cells = cells  # type: ignore[method-assign]
            raise StoreUnavailable("the database cannot be reached now")

        live.desk.counts.cells = away  # type: ignore[method-assign]
        await made.says("hello")
        counts = await frame(socket, "counts")

        assert counts["counts"]["waiting"] == [1, 0]


WOVEN: dict[str, Callable[[Principal], Unit]] = {
    "a team is made": lambda cleo: CreateTeam(cleo, "Oslo", [BEN]),
    "a team has other people": lambda cleo: ChangeTeam(cleo, ATHENS, None, [], None),
    "somebody is in another team": lambda cleo: ChangeAgent(cleo, BEN, AgentChange(team_ids=[]), None),
    "everybody takes more": lambda cleo: PutAttendance(cleo, {"capacity": 7}),
}


@pytest.mark.parametrize("what", WOVEN)
async def test_what_is_shown_in_several_places_begins_anew(sqlite_url: str, tmp_path: Path, what: str) -> None:
    """The frame of the one object does not tell of the others: so it is for who is there, and for who comes back."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await say(socket, type="snapshot")
        seen = (await frame(socket, "snapshot"))["position"]
        await made.writer.submit(WOVEN[what](live.cleo))
        connected = await frame(socket, "resync")
        async with live.agent(ANNA) as other:
            await say(other, type="resume", epoch=1, position=seen)
            returned = await frame(other, "resync")

        assert (connected["reason"], returned["reason"]) == ("scope", "scope")


@pytest.mark.parametrize("whose", [ANNA, BEN])
async def test_who_is_cut_before_he_could_begin_anew_is_told_again(sqlite_url: str, tmp_path: Path, whose: int) -> None:
    """Whether his own rights changed or what else he is shown: he goes on from the highest position he has seen."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        async with live.agent(ANNA) as socket:
            await say(socket, type="snapshot")
            seen = (await frame(socket, "snapshot"))["position"]
            await made.says("a word")
            await live.change(whose, team_ids=[ATHENS] if whose == ANNA else [])
            while (last := await frame(socket, "event", "progress", "resync"))["type"] != "resync":
                seen = last["position"]
        async with live.agent(ANNA) as socket:
            await say(socket, type="resume", epoch=1, position=seen)
            again = await frame(socket, "resync", "mine")

        assert again["type"] == "resync"


async def test_secrets_that_are_renewed_interrupt_nobody(sqlite_url: str, tmp_path: Path) -> None:
    """They are told as a change of the channel, every hour maybe, and nothing that is shown changes."""
    renewed = Emits(e.SettingChanged(object="channel", id=TELEGRAM), e.Audience(admins=True))
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await say(socket, type="snapshot")
        seen = (await frame(socket, "snapshot"))["position"]
        await made.writer.submit(renewed)
        await made.says("a word")
        connected = await frame(socket, "resync", "event")
        async with live.agent(ANNA) as other:
            await say(other, type="resume", epoch=1, position=seen)
            returned = await frame(other, "resync", "event")

        assert (connected["type"], returned["type"]) == ("event", "event")


async def test_what_others_set_up_just_before_a_snapshot_is_not_lost(database_url: str, tmp_path: Path) -> None:
    """This process has not heard of it: it is in the snapshot, or told after it."""
    async with world(database_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        async with _elsewhere(database_url) as other:
            tag = await other.submit(PutTag(live.cleo, None, {"name": "new", "colour": "red"}))
            await say(socket, type="snapshot")
            tags: list[dict[str, Any]] = (await frame(socket, "snapshot"))["state"]["tags"]
            if str(tag.id) not in {one["id"] for one in tags}:
                tags.append((await frame(socket, "event"))["data"]["value"])

        assert str(tag.id) in {one["id"] for one in tags}


@contextlib.asynccontextmanager
async def _elsewhere(database_url: str) -> AsyncIterator[Writer]:
    """The writer of another process, which nobody here hears."""
    database = connect(database_url)
    await database.open()
    writer = Writer(database)
    writing = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        writer.close()
        await writing
        await database.close()
