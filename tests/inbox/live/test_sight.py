"""What an agent or a program may see changes while it is connected: from then on it is shown nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed

from inbox.commands.tokens import CreateToken, RevokeToken
from inbox.commands.triage import Triage, TriageChange
from inbox.domain.permissions import Principal
from inbox.live.frames import Close
from tests.inbox.live.served import Served, closed_with, frame, say, served
from tests.inbox.world import ANNA, ATHENS, BEN, CLEO, MAIL, TELEGRAM, world


async def test_a_narrowed_agent_starts_anew_with_what_is_left(sqlite_url: str, tmp_path: Path) -> None:
    """On the same socket: the snapshot, what he opens, and where he is shown as writing."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await made.says("a secret")
        await made.says("a mail", person="jonas", channel_id=MAIL)
        await say(socket, type="snapshot", view="all")
        rows = {row["preview"]: row["id"] for row in (await frame(socket, "snapshot"))["state"]["rows"]}
        await say(socket, type="viewing", conversation_id=rows["a secret"])
        await frame(socket, "presence")

        await live.change(ANNA, channel_ids=[MAIL])
        reason = (await frame(socket, "resync"))["reason"]
        await say(socket, type="snapshot", view="all")
        after = (await frame(socket, "snapshot"))["state"]
        await say(socket, type="typing", conversation_id=rows["a secret"], mode="reply")
        refused = await frame(socket, "error")

        assert reason == "scope"
        assert [row["preview"] for row in after["rows"]] == ["a mail"]
        assert {view["key"]: view["count"] for view in after["views"]}["all"] == 1
        assert refused["code"] == "not_found"


async def test_another_role_starts_anew_with_its_permissions(sqlite_url: str, tmp_path: Path) -> None:
    """Though the agent sees the same conversations as before."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await say(socket, type="snapshot")
        before = (await frame(socket, "snapshot"))["state"]["me"]["permissions"]
        await live.change(ANNA, role="observer")
        await frame(socket, "resync")
        await say(socket, type="snapshot")
        after = (await frame(socket, "snapshot"))["state"]["me"]["permissions"]

        assert "reply" in before
        assert "reply" not in after


async def test_a_snapshot_of_what_he_may_no_longer_see_is_not_sent(sqlite_url: str, tmp_path: Path) -> None:
    """It was being read as he was narrowed: he has been told to ask again, and only the answer to that comes."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.agent(ANNA) as socket:
        await made.says("a secret")
        taken = live.desk.endpoint.take_snapshot

        async def narrowed_meanwhile(*args: Any) -> Any:
            live.desk.endpoint.take_snapshot = taken
            snapshot = await taken(*args)
            await live.change(ANNA, channel_ids=[MAIL])
            while live.desk.hub.by_agent[ANNA] and not _narrowed(live.desk.hub.by_agent[ANNA]):
                await live.desk.tail.catch_up()
            return snapshot

        live.desk.endpoint.take_snapshot = narrowed_meanwhile
        await say(socket, type="snapshot", view="all")
        first = await frame(socket, "snapshot", "resync")
        await say(socket, type="snapshot", view="all")
        second = await frame(socket, "snapshot", "resync")

        assert first["type"] == "resync"
        assert second["state"]["rows"] == []


async def test_whose_rights_changed_while_he_was_let_in_comes_again(sqlite_url: str, tmp_path: Path) -> None:
    """He was asked who he is before it, and was not there to be moved when it was told."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        authenticate, told = live.desk.endpoint.authenticate, live.desk.hub.rights

        async def narrowed_meanwhile(websocket: WebSocket) -> Principal | None:
            live.desk.endpoint.authenticate = authenticate
            principal = await authenticate(websocket)
            await live.change(ANNA, channel_ids=[MAIL])
            while live.desk.hub.rights == told:
                await live.desk.tail.catch_up()
            return principal

        live.desk.endpoint.authenticate = narrowed_meanwhile
        with pytest.raises(ConnectionClosed) as closed:
            async with live.agent(ANNA):
                pass
        async with live.agent(ANNA):
            [socket] = live.desk.hub.by_agent[ANNA]
            channels = socket.scope.channels

        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, channels) == (Close.RESTART, {MAIL})


def _narrowed(sockets: Any) -> bool:
    return all(socket.scope.channels == {MAIL} for socket in sockets)


async def test_a_revoked_token_hears_nothing_more(sqlite_url: str, tmp_path: Path) -> None:
    """It stops working at once, an open socket too; other programs are left alone."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live:
        token = (await made.writer.submit(CreateToken(live.cleo, "CRM", ("read",), ""))).token
        async with live.program(token.id) as revoked, live.program(token.id + 1) as other:
            for socket in (revoked, other):
                await say(socket, type="resume", epoch=1, position=live.desk.tail.position)
            await made.writer.submit(RevokeToken(live.cleo, token.id))
            assert await closed_with(revoked) == Close.REVOKED
            await made.says("not for it")
            assert (await frame(other, "event"))["row"]["preview"] == "not for it"


@pytest.mark.parametrize("change", [{"active": False}, {"channel_ids": [MAIL]}])
async def test_a_program_comes_again_when_an_agent_changes(
    sqlite_url: str, tmp_path: Path, change: dict[str, Any]
) -> None:
    """Its token may no more than whoever made it: it is asked anew."""
    async with world(sqlite_url) as made, served(made, tmp_path) as live, live.program(8) as socket:
        await say(socket, type="resume", epoch=1, position=live.desk.tail.position)
        await live.change(ANNA, **change)

        assert await closed_with(socket) == Close.RESTART


async def test_a_replay_shows_nothing_of_what_went_out_of_sight(database_url: str, tmp_path: Path) -> None:
    """Read from the log, a row is as it is now: of a conversation that was given away meanwhile only `left` is told."""
    async with world(database_url) as made, served(made, tmp_path) as live:
        await made.says("for Athens", person="eleni", channel_id=TELEGRAM)
        async with live.agent(CLEO) as cleo:
            await say(cleo, type="snapshot", view="all")
            conversation = int((await frame(cleo, "snapshot"))["state"]["rows"][0]["id"])
        await _give(live, conversation, ATHENS)
        seen = await live.desk.tail.head()
        await made.says("still for Athens", person="eleni")
        await _give(live, conversation, None)
        await made.says("not for Athens", person="eleni")
        live.desk.tail.ring.clear()

        async with live.agent(BEN) as socket:
            await say(socket, type="resume", epoch=1, position=seen)
            told = []
            while not told or told[-1]["type"] != "progress":
                told.append(await frame(socket, "event", "left", "progress"))

        assert [(one["type"], one.get("conversation_id")) for one in told[:-1]] == [("left", str(conversation))]
        assert told[-1]["sent"] == 1
        assert "not for Athens" not in json.dumps(told)


async def _give(live: Served, conversation_id: int, team_id: int | None) -> None:
    change = TriageChange(team_id=team_id)
    await live.made.writer.submit(Triage(live.cleo, conversation_id, change, directory=live.made.directory))
