"""The feed: in order, as far as one may see, waiting for what comes."""

from __future__ import annotations

import asyncio

import pytest

from inbox.storage.database import Query, Text
from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import OTHER, SHOP, Shop
from tests.inbox.wall import put_back


async def test_the_feed_gives_everything_once_in_order(stored_service: Service) -> None:
    """`next` leads on; positions rise; `head` is the newest there is."""
    shop = await Shop(stored_service).open()
    for number in range(5):
        await shop.writes(person=f"p{number}")
    async with await stored_service.client("agent") as client:
        after, positions = 0, []
        while True:
            page = (await client.get("/events", params={"after": str(after), "limit": "4"})).json()
            positions += [event["position"] for event in page["items"]]
            after = page["next"]
            if not page["items"]:
                break

    assert positions == sorted(set(positions))
    assert after == page["head"]


async def test_types_and_scope_narrow_the_feed(service: Service) -> None:
    """Only what is asked for and may be seen; names of customers come with it."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    await shop.writes(person="nikos", to=OTHER)
    service.deps.directory.agents[service.agents["agent"].id].channel_ids = f"[{SHOP}]"
    async with await service.client("agent") as client:
        found = (await client.get("/events", params={"types": "message_received"})).json()["items"]

    assert [(event["type"], event["actor"]["name"]) for event in found] == [("message_received", "Eleni")]


async def test_the_feed_waits_for_what_comes(service: Service) -> None:
    """A long poll returns as soon as something happens that the caller may see."""
    shop = await Shop(service).open()
    async with await service.client("agent") as client:
        head = (await client.get("/events", params={"after": "0"})).json()["head"]
        params = {"after": str(head), "wait": "20", "types": "message_received"}
        waiting = asyncio.create_task(client.get("/events", params=params))
        await shop.writes()
        async with asyncio.timeout(30):
            found = (await waiting).json()["items"]

    assert [event["type"] for event in found] == ["message_received"]


async def test_a_clock_that_is_put_back_keeps_nobody_waiting(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long poll of two seconds ends after two seconds."""
    await Shop(service).open()
    async with await service.client("agent") as client:
        head = (await client.get("/events", params={"after": "0"})).json()["head"]
        waiting = asyncio.create_task(client.get("/events", params={"after": str(head), "wait": "2"}))
        await asyncio.sleep(0.5)
        put_back(monkeypatch, hours=3)
        async with asyncio.timeout(20):
            assert (await waiting).json()["items"] == []


async def test_what_is_no_longer_kept_is_410(service: Service) -> None:
    """With the oldest position there is."""
    shop = await Shop(service).open()
    await shop.writes()

    def forget() -> Query[None]:
        yield Text({"sqlite": "DELETE FROM event WHERE position <= 2"})

    await service.deps.database.write(forget)
    async with await service.client("agent") as client:
        gone = await client.get("/events", params={"after": "0"})
        going_on = await client.get("/events", params={"after": "2"})

    assert (gone.status_code, gone.json()["oldest"], going_on.status_code) == (410, 3, 200)


async def test_a_position_past_the_head_is_410(service: Service) -> None:
    """A reader of a log that was restored from before its place begins anew: waiting would skip what is new."""
    shop = await Shop(service).open()
    await shop.writes()

    async with await service.client("agent") as client:
        head = (await client.get("/events", params={"after": "0"})).json()["head"]
        at_the_head = await client.get("/events", params={"after": str(head)})
        past_it = await client.get("/events", params={"after": str(head + 1)})

    assert (at_the_head.status_code, at_the_head.json()["items"]) == (200, [])
    assert (past_it.status_code, past_it.json()["code"], past_it.json()["oldest"]) == (410, "past_head", 1)


async def test_who_begins_after_one_less_than_the_oldest_misses_nothing(service: Service) -> None:
    """As the answer says: the oldest event itself is among what comes."""

    def forget() -> Query[None]:
        yield Text({"sqlite": "DELETE FROM event WHERE position <= 2"})

    shop = await Shop(service).open()
    await shop.writes()
    await service.deps.database.write(forget)
    async with await service.client("agent") as client:
        gone = (await client.get("/events", params={"after": "0"})).json()
        found = (await client.get("/events", params={"after": str(gone["oldest"] - 1)})).json()

    assert "begin after that" in gone["detail"]
    assert found["items"][0]["position"] == gone["oldest"]


async def test_a_log_that_was_put_back_says_so(stored_service: Service) -> None:
    """The head may be past the reader's place again before he asks: only the epoch tells that positions between are
    other events now.
    """

    def restored() -> Query[None]:
        yield Text(dict.fromkeys(("sqlite", "postgres"), "UPDATE workspace SET epoch = epoch + 1"))

    async with await stored_service.client("agent") as client:
        before = (await client.get("/events")).json()
        await stored_service.deps.database.write(restored)
        after = (await client.get("/events")).json()

    assert after["epoch"] == before["epoch"] + 1


async def test_a_type_that_there_is_not_is_refused_by_name(service: Service) -> None:
    """A slip in a name would read nothing for ever and look like calm."""
    async with await service.client("agent") as client:
        fine = await client.get("/events", params={"types": "message_received,wait_opened"})
        slip = await client.get("/events", params={"types": "message_received,mesage_sent"})

    assert fine.status_code == 200
    assert (slip.status_code, slip.json()["code"]) == (422, "types")
    assert "mesage_sent" in slip.json()["detail"]
