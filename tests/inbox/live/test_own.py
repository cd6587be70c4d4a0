"""What is one agent's alone is in no log; still, an old snapshot plus the frames since equals a fresh snapshot."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from inbox.commands.drafts import KeepDraft, MarkConversation, RemoveDraft
from inbox.commands.note import WriteNote
from inbox.commands.notifications import MarkRead
from inbox.commands.own_marks import SetMark
from inbox.domain.permissions import Principal
from inbox.eventlog.show_settings import draft_shape
from inbox.live import own
from inbox.live.frames import Mine
from tests.inbox.live.served import Served, frame, say, served
from tests.inbox.world import ANNA, CLEO, World, world

Held = dict[str, Any]
PEOPLE = ("ana", "bo", "cy")


async def test_what_he_did_on_another_device_is_told_to_the_one_that_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    """Drafts, stars, follows, read marks and what he read of notifications, put on and taken off alike."""
    async with world(database_url) as made, served(made, tmp_path) as live:
        anna = made.directory.principal_of(made.directory.agents[ANNA])
        first, second, third = await _conversations(made, live)
        mention = WriteNote(live.cleo, first, "Anna, look", directory=made.directory, mentions=(ANNA,))
        await made.writer.submit(mention)
        await _change(made, anna, starred=first, unstarred=second, read=first, drafted=first)
        held = await _snapshot(live)
        position = held.pop("position")

        await _change(made, anna, starred=second, unstarred=first, read=third, drafted=second)
        await made.writer.submit(RemoveDraft(anna, first, "reply"))
        await made.writer.submit(MarkConversation(anna, first, None))
        await made.writer.submit(SetMark(anna, first, "follow", False))
        await made.writer.submit(MarkRead(ANNA, None))
        await made.says("meanwhile", person="ana")
        async with live.agent(ANNA) as socket:
            await say(socket, type="resume", epoch=1, position=position)
            _apply(held, await frame(socket, "mine"))

        fresh = await _snapshot(live)
        fresh.pop("position")
        assert held == fresh
        assert (set(held["drafts"]), held["starred"], held["following"]) == ({str(second)}, {str(second)}, set())
        assert (first in held["read"], [one["read"] for one in held["notifications"].values()]) == (False, [True])


async def test_it_comes_between_the_events_before_and_after_it(sqlite_url: str, tmp_path: Path) -> None:
    """A notification that he read elsewhere is not made unread again by the older event that told of it."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        conversation, *_ = await _conversations(made, live)
        position = live.desk.tail.position
        note = WriteNote(live.cleo, conversation, "Anna, look", directory=made.directory, mentions=(ANNA,))
        await made.writer.submit(note)
        await made.writer.submit(MarkRead(ANNA, None))
        async with live.agent(ANNA) as socket:
            await say(socket, type="resume", epoch=1, position=position)
            came = [await frame(socket, "event", "mine") for _ in range(3)]

        assert [one["type"] for one in came] == ["event", "event", "mine"]
        assert came[2]["notifications"][0]["read"]


async def test_what_is_told_while_it_is_read_comes_after_it(sqlite_url: str, tmp_path: Path) -> None:
    """Another window keeps newer words between the reading and the sending: neither order nor words are lost, after a
    snapshot as after a resume.
    """
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        anna = made.directory.principal_of(made.directory.agents[ANNA])
        conversation, *_ = await _conversations(made, live)
        endpoint = live.desk.endpoint
        taken, whole = endpoint.take_snapshot, endpoint.take_own

        async def written() -> None:
            draft, _ = await made.writer.submit(KeepDraft(anna, conversation, "reply", "newer", None, 0))
            live.desk.tell(ANNA, Mine(drafts=[draft_shape(draft)]))
            await asyncio.sleep(0)

        async def snapshot(*args: Any) -> Any:
            found = await taken(*args)
            await written()
            return found

        async def mine(agent_id: int) -> Any:
            found = await whole(agent_id)
            await made.writer.submit(RemoveDraft(anna, conversation, "reply"))
            await written()
            return found

        endpoint.take_snapshot, endpoint.take_own = snapshot, mine
        async with live.agent(ANNA) as socket:
            await say(socket, type="snapshot")
            kinds = [(await frame(socket, "snapshot", "mine"))["type"] for _ in range(2)]
        async with live.agent(ANNA) as socket:
            await say(socket, type="resume", epoch=1, position=live.desk.tail.position)
            both = [await frame(socket, "mine") for _ in range(2)]

        assert kinds == ["snapshot", "mine"]
        assert [one["whole"] for one in both] == [True, False]
        assert both[1]["drafts"][0]["text"] == "newer"


async def test_of_very_many_read_marks_the_newest_are_told(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older ones that are not named are not taken for gone."""
    monkeypatch.setattr(own, "READ_MARKS", 2)
    async with world(database_url) as made, served(made, tmp_path) as live:
        anna = made.directory.principal_of(made.directory.agents[ANNA])
        ids = await _conversations(made, live)
        for conversation, position in zip(ids, (1, 2, 3), strict=True):
            await made.writer.submit(MarkConversation(anna, conversation, position))
        _, told = await made.database.read(own.whole, ANNA)

        assert told.read == {str(ids[1]): 2, str(ids[2]): 3}
        assert told.read_from == 3


async def test_a_program_is_told_nothing_of_anybodys_own(sqlite_url: str, tmp_path: Path) -> None:
    """It has no drafts and marks; it goes on with the events."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.program(8) as socket:
        await say(socket, type="resume", epoch=1, position=live.desk.tail.position)
        await made.says("hello")

        assert (await frame(socket, "mine", "event"))["type"] == "event"


async def _conversations(made: World, live: Served) -> list[int]:
    for person in PEOPLE:
        await made.says(f"I am {person}", person=person)
    async with live.agent(CLEO) as socket:
        rows = await _rows(socket)
    return [int(rows[person.title()]) for person in PEOPLE]


async def _rows(socket: ClientConnection) -> dict[str, str]:
    await say(socket, type="snapshot", view="all")
    rows = (await frame(socket, "snapshot"))["state"]["rows"]
    return {row["contact"]["name"]: row["id"] for row in rows}


async def _change(made: World, anna: Principal, *, starred: int, unstarred: int, read: int, drafted: int) -> None:
    await made.writer.submit(SetMark(anna, starred, "star", True))
    await made.writer.submit(SetMark(anna, unstarred, "star", False))
    await made.writer.submit(MarkConversation(anna, read, 1 << 40))
    await made.writer.submit(KeepDraft(anna, drafted, "reply", f"words of {drafted}", None, 0))


async def _snapshot(live: Served) -> Held:
    async with live.agent(ANNA) as socket:
        await say(socket, type="snapshot", view="all")
        taken = await frame(socket, "snapshot")
    state = taken["state"]
    return {
        "position": taken["position"],
        "drafts": {one["conversation_id"]: one for one in state["drafts"]},
        "starred": set(state["starred"]),
        "following": set(state["following"]),
        "notifications": {one["id"]: one for one in state["notifications"]},
        "read": state["read"],
    }


def _apply(held: Held, mine: dict[str, Any]) -> None:
    """What docs/protocol.md says of a `mine` that is whole."""
    assert mine["whole"]
    held["drafts"] = {one["conversation_id"]: one for one in mine["drafts"]}
    held["starred"], held["following"] = set(mine["starred"]), set(mine["following"])
    held["notifications"] = {one["id"]: one for one in mine["notifications"]}
    held["read"] = {id_: at for id_, at in held["read"].items() if at < mine["read_from"]} | mine["read"]
