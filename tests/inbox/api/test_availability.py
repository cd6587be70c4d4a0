"""Who takes work, over HTTP."""

from __future__ import annotations

from inbox.commands.availability import Here
from tests.inbox.api.running_api import Service, code_of


async def test_an_agent_says_whether_he_takes_work(stored_service: Service) -> None:
    """For himself; a supervisor for others; a reason must be one of the house's."""
    me = stored_service.agents["agent"].id
    path = f"/agents/{me}/availability"
    await stored_service.deps.writer.submit(Here([me]))
    async with await stored_service.client("agent") as agent, await stored_service.client("supervisor") as supervisor:
        came = (await agent.get(path)).json()
        reason = (await agent.get("/attendance")).json()["reasons"][0]["id"]
        away = await agent.put(path, json={"state": "away", "reason_id": reason})
        unknown = await agent.put(path, json={"state": "away", "reason_id": "999"})
        other = f"/agents/{stored_service.agents['admin'].id}/availability"
        refused = await agent.put(other, json={"state": "away"})
        back = await supervisor.put(path, json={"state": "available"})

    assert (came["state"], came["automatic"]) == ("available", True)
    assert (away.json()["state"], away.json()["reason_id"], away.json()["automatic"]) == ("away", reason, False)
    assert (code_of(unknown), refused.status_code, back.json()["state"]) == ("reason_id", 403, "available")


async def test_what_somebody_is_good_at_is_seen_on_him(stored_service: Service) -> None:
    """Languages with a level, skills, and how much he takes; the house's capacity where none is his own."""
    agent = stored_service.agents["agent"].id
    async with await stored_service.client("supervisor") as client:
        first = await client.get(f"/agents/{agent}/skills")
        able = {"languages": {"el": 3, "en": 2}, "skills": ["returns", " vip "], "capacity": 4}
        put = await client.put(f"/agents/{agent}/skills", json=able, headers={"If-Match": first.headers["etag"]})
        wrong = await client.put(
            f"/agents/{agent}/skills", json={"languages": {"el": 4}}, headers={"If-Match": put.headers["etag"]}
        )
        seen = (await client.get(f"/agents/{agent}")).json()
        house = (await client.get(f"/agents/{stored_service.agents['supervisor'].id}")).json()

    assert (put.json()["skills"], put.json()["version"], wrong.status_code) == (["returns", "vip"], 1, 422)
    assert (seen["languages"], seen["skills"], seen["capacity"]) == ({"el": 3, "en": 2}, ["returns", "vip"], 4)
    assert house["capacity"] == 20


async def test_what_holds_for_everybody_is_changed_by_version(stored_service: Service) -> None:
    """A reason keeps its id when it is renamed; a new one gets one."""
    async with await stored_service.client("supervisor") as client:
        first = await client.get("/attendance")
        kept = {**first.json()["reasons"][0], "name": "Lunch"}
        body = {"reasons": [kept, {"name": "Doctor"}], "capacity": 8, "weights": {"chat": 3, "mail": 2}}
        put = await client.patch("/attendance", json=body, headers={"If-Match": first.headers["etag"]})
        stale = await client.patch("/attendance", json=body, headers={"If-Match": first.headers["etag"]})

    reasons = put.json()["reasons"]
    assert (reasons[0], reasons[1]["name"]) == (kept, "Doctor")
    assert (put.json()["capacity"], put.json()["weights"]) == (8, {"chat": 3, "mail": 2})
    assert (put.json()["version"], stale.status_code) == (1, 412)
