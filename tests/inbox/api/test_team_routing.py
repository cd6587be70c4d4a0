"""Routing over HTTP: terms of teams, the next one, claims while one writes."""

from __future__ import annotations

import asyncio

from tests.inbox.api.running_api import Service, code_of, fresh_key
from tests.inbox.api.shop import Shop


async def test_a_team_s_terms_are_read_and_changed_by_version(stored_service: Service) -> None:
    """What is not given stays; null takes an overflow team away; who read an old version is told so."""
    async with await stored_service.client("admin") as client:
        night = (await client.post("/teams", json={"name": "Night"})).json()["id"]
        day = (await client.post("/teams", json={"name": "Day"})).json()["id"]
        path = f"/teams/{day}/routing"
        first = await client.get(path)
        terms = {"mode": "round_robin", "overflow_team_id": night, "overflow_seconds": 90, "return_seconds": 600}
        put = await client.put(path, json=terms, headers={"If-Match": first.headers["etag"]})
        stale = await client.put(path, json={"mode": "off"}, headers={"If-Match": first.headers["etag"]})
        tag = (await client.post("/tags", json={"name": "returns"})).json()["id"]
        more = {"overflow_team_id": None, "tag_skills": {tag: "returns"}}
        changed = await client.put(path, json=more, headers={"If-Match": put.headers["etag"]})
        nobody = await client.get("/teams/0/routing")

    assert (first.json()["mode"], first.json()["version"]) == ("off", 0)
    assert {name: put.json()[name] for name in terms} == terms
    assert (stale.status_code, put.json()["version"]) == (412, 1)
    assert changed.json() == {**put.json(), "overflow_team_id": None, "tag_skills": {tag: "returns"}, "version": 2}
    assert nobody.json()["team_id"] == "0"


async def test_the_next_is_handed_out_once(stored_service: Service) -> None:
    """Many who ask at once get different ones; then it is said that nobody waits."""
    shop = await Shop(stored_service).open()
    for i in range(6):
        await shop.writes(person=f"p{i}")
    client = await stored_service.client("agent")

    async def take() -> str:
        answer = await client.post("/conversations/next", json={}, headers={"Idempotency-Key": fresh_key()})
        return str(answer.json()["conversation"]["id"])

    taken = await asyncio.gather(*(take() for _ in range(6)))
    empty = await client.post("/conversations/next", json={"view": "kind:direct"})

    assert len(set(taken)) == 6
    assert (empty.status_code, code_of(empty)) == (404, "nobody_waits")
    mine = (await client.get("/conversations", params={"view": "mine"})).json()["items"]
    assert {row["id"] for row in mine} == set(taken)


async def test_the_explanation_names_everybody_in_one_word(service: Service) -> None:
    """Nobody came yet: all are offline, and it would be given to nobody."""
    shop = await Shop(service).open()
    await shop.writes()
    async with await service.client("agent") as client:
        [row] = (await client.get("/conversations")).json()["items"]
        found = (await client.get(f"/conversations/{row['id']}/routing")).json()

    agent = str(service.agents["agent"].id)
    assert found == {"mode": "off", "team_id": None, "agent_id": None, "why": [{"agent_id": agent, "word": "offline"}]}


async def test_a_claim_makes_a_colleague_s_answer_ask_once_more(service: Service) -> None:
    """He is told who writes; with force he answers, and takes nothing away from what was claimed for himself."""
    shop = await Shop(service).open()
    await shop.writes()
    async with await service.client("agent") as one, await service.client("supervisor") as other:
        [row] = (await one.get("/conversations")).json()["items"]
        path = f"/conversations/{row['id']}"
        claimed = await one.put(f"{path}/claim", json={})
        again = await one.put(f"{path}/claim", json={})
        refused = await other.put(f"{path}/claim", json={})
        stopped = await other.post(f"{path}/replies", json={"text": "It left."})
        forced = await other.post(f"{path}/replies", json={"text": "It left.", "force": True})
        own = await one.post(f"{path}/replies", json={"text": "It left today."})
        after = await other.put(f"{path}/claim", json={})

    agent = str(service.agents["agent"].id)
    assert (claimed.status_code, again.status_code, claimed.json()["agent_id"]) == (200, 200, agent)
    assert (refused.status_code, code_of(refused), refused.json()["agent_id"]) == (409, "claimed", agent)
    assert (stopped.status_code, code_of(stopped)) == (409, "claimed")
    assert (forced.status_code, own.status_code) == (202, 202)
    assert after.status_code == 200, "an answer ends the claim of its writer"


async def test_a_claim_can_be_taken_over_and_let_go(service: Service) -> None:
    """The one who had it may write on, but it is the other's now."""
    shop = await Shop(service).open()
    await shop.writes()
    async with await service.client("agent") as one, await service.client("supervisor") as other:
        [row] = (await one.get("/conversations")).json()["items"]
        path = f"/conversations/{row['id']}/claim"
        await one.put(path, json={})
        taken = await other.put(path, json={"force": True})
        lost = await one.put(path, json={})
        let_go = await other.delete(path)
        back = await one.put(path, json={})

    assert (taken.status_code, code_of(lost)) == (200, "claimed")
    assert (let_go.status_code, back.status_code) == (204, 200)


async def test_new_conversations_of_a_campaign_go_to_its_team(stored_service: Service) -> None:
    """By its hashtag and under its post; what was there before stays where it is."""
    shop = await Shop(stored_service).open()
    async with await stored_service.client("admin") as client:
        team = (await client.post("/teams", json={"name": "Spring"})).json()["id"]
        await shop.comments(person="early", post="p1")
        post = (await client.get("/posts")).json()["items"][0]["id"]
        body = {"name": "Spring", "hashtags": ["spring"], "team_id": team, "post_ids": [post]}
        made = await client.post("/campaigns", json=body)
        await stored_service.deps.directory.fresh()
        await shop.writes("is #spring over?", person="tagged")
        await shop.comments(person="late", post="p1")
        await shop.writes(person="other")
        rows = (await client.get("/conversations")).json()["items"]

    assert made.json()["team_id"] == team
    assert {row["contact"]["name"]: row["team_id"] for row in rows} == {
        "Early": None, "Tagged": team, "Late": team, "Other": None,
    }  # fmt: skip
