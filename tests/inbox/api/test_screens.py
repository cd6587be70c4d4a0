"""Screens on a wall: a link that reads the floor's counts and nothing else."""

from __future__ import annotations

import json

import httpx2

from inbox.eventlog.bus import Bus
from inbox.reports.reader import Reader
from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import Shop


async def _made(service: Service, who: str = "supervisor") -> dict[str, str]:
    async with await service.client(who) as client:
        answer = await client.post("/screens", json={"name": "Hall"})
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


def _screen(service: Service, made: dict[str, str]) -> httpx2.AsyncClient:
    client = service.anybody()
    client.headers["Authorization"] = f"Bearer {made['token']}"
    return client


async def test_a_screen_shows_counts_and_names_nobody(service: Service) -> None:
    """Who waits is a number; customers, agents and their words are not in it."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    await shop.writes(person="budi")
    await Reader(service.deps.database, service.deps.writer, Bus()).catch_up()
    async with _screen(service, await _made(service)) as client:
        answer = await client.get("/screen")
    shown = answer.json()
    assert (shown["total"]["waiting"], shown["total"]["unassigned"]) == (2, 2)
    assert shown["here"] >= 1
    said = json.dumps(shown)
    assert not any(word in said for word in ("Eleni", "Budi", "Supervisor", "order"))


async def test_a_screen_reads_nothing_else(service: Service) -> None:
    """No conversation, report or event, and no screen of its own."""
    async with _screen(service, await _made(service)) as client:
        paths = ("/conversations", "/reports/floor", "/reports", "/events", "/agents", "/screens", "/contacts", "/tags")
        got = {path: (await client.get(path)).status_code for path in paths}
        made = await client.post("/screens", json={"name": "Other"})
    assert got == dict.fromkeys(paths, 403)
    assert made.status_code == 403


async def test_a_link_taken_back_shows_nothing(service: Service) -> None:
    """Any supervisor may; the list says which links work."""
    made = await _made(service, "admin")
    async with await service.client("supervisor") as client:
        listed = [one["name"] for one in (await client.get("/screens")).json()["items"]]
        gone = await client.delete(f"/screens/{made['id']}")
        after = (await client.get("/screens")).json()["items"]
    async with _screen(service, made) as client:
        refused = await client.get("/screen")
    assert (listed, gone.status_code, after, refused.status_code) == (["Hall"], 204, [], 401)


async def test_only_screens_are_taken_back_here(service: Service) -> None:
    """A supervisor cannot revoke the token of a CRM by calling it a screen."""
    async with await service.client("admin") as client:
        token = (await client.post("/tokens", json={"name": "CRM", "scopes": ["read"]})).json()
    async with await service.client("supervisor") as client:
        refused = await client.delete(f"/screens/{token['id']}")
    assert refused.status_code == 404
