"""Sockets make available, and everybody sees it: in the snapshot and live."""

from __future__ import annotations

from pathlib import Path

from inbox.commands.availability import SetAvailability
from inbox.commands.triage import Triage, TriageChange
from tests.inbox.live.served import frame, say, served
from tests.inbox.world import ANNA, BEN, world


async def test_whoever_connects_is_available_and_all_see_it(database_url: str, tmp_path: Path) -> None:
    """Ben, who looks at mail only, sees Anna come, go to a break, and what she has on her hands."""
    async with world(database_url) as made, served(made, tmp_path) as there, there.agent(BEN) as ben:
        await say(ben, type="snapshot", view="waiting")
        snapshot = await frame(ben, "snapshot")
        assert snapshot["state"]["attendance"]["capacity"] == 20
        async with there.agent(ANNA):
            came = await _of(ben, ANNA)
            anna = made.directory.principal_of(made.directory.agents[ANNA])
            await made.writer.submit(SetAvailability(anna, ANNA, "away", 1))
            away = await _of(ben, ANNA)
            await made.says()
            [found] = [one for one in (await _snapshot(there))["rows"]]
            await made.writer.submit(
                Triage(anna, int(found["id"]), TriageChange(assignee_id=ANNA), directory=made.directory)
            )
            while str(ANNA) not in (counts := await frame(ben, "counts"))["loads"]:
                pass
        later = await _snapshot(there, BEN)

    assert (came["data"]["value"]["state"], came["data"]["value"]["automatic"]) == ("available", True)
    assert (away["data"]["value"]["state"], away["data"]["value"]["reason_id"]) == ("away", "1")
    assert counts["loads"][str(ANNA)] == 1
    known = {one["id"]: one["state"] for one in later["availability"]}
    assert known == {str(ANNA): "away", str(BEN): "available"}
    assert later["loads"] == {str(ANNA): 1}


async def _of(socket, agent_id: int):  # type: ignore[no-untyped-def]
    """The next change of an agent's availability."""
    while True:
        found = await frame(socket, "event")
        if found["event"] == "availability_changed" and found["data"]["value"]["id"] == str(agent_id):
            return found


async def _snapshot(there, agent_id: int = ANNA):  # type: ignore[no-untyped-def]
    async with there.agent(agent_id) as socket:
        await say(socket, type="snapshot", view="waiting")
        return (await frame(socket, "snapshot"))["state"]
