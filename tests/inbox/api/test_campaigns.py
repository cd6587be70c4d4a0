"""Campaigns over HTTP: made, changed, removed; what their posts and hashtags bring to them."""

from __future__ import annotations

import pytest

from inbox import clock
from inbox.commands import posts as commands
from inbox.commands.due import unit_of
from inbox.domain.posts import CARRY
from inbox.storage import timer
from tests.inbox.api.running_api import Service, code_of
from tests.inbox.api.shop import OTHER, Shop


async def test_a_campaign_is_made_with_its_posts_and_changed(stored_service: Service) -> None:
    """Posts that come bring their conversations along, posts that leave take theirs away."""
    shop = await Shop(stored_service).open()
    await shop.comments()
    await shop.comments(post="p2", person="nikos", to=OTHER)
    async with await stored_service.client("supervisor") as client:
        posts = {one["external_id"]: one["id"] for one in (await client.get("/posts")).json()["items"]}
        body = {
            "name": "Spring", "goal": "200 pairs", "hashtags": ["#Spring", "ΆΝΟΙΞΗ"], "post_ids": [posts["p1"]],
            "owner_id": str(stored_service.agents["agent"].id), "starts_at": "2026-03-01T00:00:00Z",
            "ends_at": "2027-04-01T00:00:00Z",
        }  # fmt: skip
        made = await client.post("/campaigns", json=body)
        path = f"/campaigns/{made.json()['id']}"
        stale = await client.patch(path, json={"name": "Summer"}, headers={"If-Match": '"v7"'})
        change = {"name": "Summer", "post_ids": [posts["p2"]], "owner_id": None}
        changed = await client.patch(path, json=change, headers={"If-Match": made.headers["etag"]})
        rows = (await client.get("/conversations", params={"campaign": made.json()["id"]})).json()["items"]
        listed = (await client.get("/campaigns")).json()["items"]

    campaign = made.json()
    assert (made.status_code, stale.status_code) == (201, 412)
    assert (campaign["hashtags"], campaign["post_ids"]) == (["spring", "άνοιξη"], [posts["p1"]])
    assert changed.json() == listed[0]
    assert (listed[0]["name"], listed[0]["owner_id"], listed[0]["version"]) == ("Summer", None, 2)
    assert [row["contact"]["name"] for row in rows] == ["Nikos"]


async def test_hashtags_bring_posts_and_mentions_while_the_campaign_runs(stored_service: Service) -> None:
    """A new post with the hashtag belongs to it, and what somebody writes with it under no post of ours."""
    shop = await Shop(stored_service).open()
    async with await stored_service.client("supervisor") as client:
        dates = {"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-02-01T00:00:00Z"}
        await client.post("/campaigns", json={"name": "Over", "hashtags": ["spring"], **dates})
        campaign = (await client.post("/campaigns", json={"name": "Now", "hashtags": ["#spring"]})).json()
        await stored_service.deps.directory.load()
        await shop.comments()
        await shop.comments(post="p2", person="nikos", says="All new: #spring")
        await shop.writes("I love #SPRING here", person="maria")
        await shop.writes("Springtime", person="max")
        rows = (await client.get("/conversations", params={"campaign": campaign["id"]})).json()["items"]

    assert sorted(row["contact"]["name"] for row in rows) == ["Maria", "Nikos"]


async def test_a_post_whose_words_come_later_comes_to_its_campaign_with_all_under_it(stored_service: Service) -> None:
    """A comment named the post without words: what was written until then follows as soon as they are known."""
    shop = await Shop(stored_service).open()
    deps = stored_service.deps
    async with await stored_service.client("supervisor") as client:
        campaign = (await client.post("/campaigns", json={"name": "Now", "hashtags": ["#spring"]})).json()
        await deps.directory.load()
        await shop.comments(says="")
        await shop.comments(says="", person="max")
        await shop.comments(says="All new: #spring", person="nikos")
        for due in await deps.database.read(timer.due, clock.now(), 100):
            await deps.writer.submit(unit_of(due))
        left = await deps.database.read(timer.due, clock.now(), 100)
        rows = (await client.get("/conversations", params={"campaign": campaign["id"]})).json()["items"]

    assert sorted(row["contact"]["name"] for row in rows) == ["Eleni", "Max", "Nikos"]
    assert not [one for one in left if one.kind == CARRY]


async def test_a_removed_campaign_leaves_nothing_behind(
    stored_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Posts and conversations belong to none; it is gone."""
    monkeypatch.setattr(commands, "SLICE", 1)
    shop = await Shop(stored_service).open()
    await shop.comments()
    await shop.comments(person="nikos")
    async with await stored_service.client("supervisor") as client:
        [post] = (await client.get("/posts")).json()["items"]
        campaign = (await client.post("/campaigns", json={"name": "Spring", "post_ids": [post["id"]]})).json()
        removed = await client.delete(f"/campaigns/{campaign['id']}")
        rows = (await client.get("/conversations")).json()["items"]
        [after] = (await client.get("/posts")).json()["items"]
        gone = await client.get(f"/campaigns/{campaign['id']}")

    assert (removed.status_code, gone.status_code) == (204, 404)
    assert ([row["campaign_id"] for row in rows], after["campaign_id"]) == ([None, None], None)


async def test_what_makes_no_sense_is_refused(service: Service) -> None:
    """Dates the wrong way round, nobody as owner, posts that are not there."""
    async with await service.client("supervisor") as client:
        dates = {"starts_at": "2026-04-01T00:00:00Z", "ends_at": "2026-03-01T00:00:00Z"}
        answers = [
            await client.post("/campaigns", json={"name": "X", **dates}),
            await client.post("/campaigns", json={"name": "X", "owner_id": "999999"}),
            await client.post("/campaigns", json={"name": "X", "post_ids": ["999999"]}),
            await client.post("/campaigns", json={"name": "X", "hashtags": ["two words"]}),
        ]
        listed = (await client.get("/campaigns")).json()["items"]

    assert [code_of(answer) for answer in answers] == ["ends_at", "owner_id", "not_found", "invalid"]
    assert listed == []
