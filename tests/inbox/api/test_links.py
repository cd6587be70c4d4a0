"""Links, splits, stars and follows over HTTP."""

from __future__ import annotations

from tests.inbox.api.running_api import Service, code_of
from tests.inbox.api.shop import Shop


async def two(service: Service) -> tuple[str, str]:
    """Two conversations."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    await shop.writes(person="maria")
    client = await service.client("agent")
    items = (await client.get("/conversations")).json()["items"]
    first, second = sorted((one["id"] for one in items), key=int)
    return first, second


async def test_linked_conversations_are_listed_with_what_they_are(stored_service: Service) -> None:
    """Each side sees the other's row, and which way it was said."""
    first, second = await two(stored_service)
    client = await stored_service.client("agent")
    put = (await client.put(f"/conversations/{first}/links/{second}", json={"kind": "cause"})).json()
    back = (await client.get(f"/conversations/{second}/links")).json()
    removed = await client.delete(f"/conversations/{second}/links/{first}")

    assert [(one["kind"], one["reverse"], one["conversation"]["id"]) for one in put["items"]] == [
        ("cause", False, second)
    ]
    assert [(one["kind"], one["reverse"], one["conversation"]["id"]) for one in back["items"]] == [
        ("cause", True, first)
    ]
    assert (removed.status_code, (await client.get(f"/conversations/{first}/links")).json()["items"]) == (204, [])


async def test_a_star_is_ones_own(stored_service: Service) -> None:
    """Other windows of the agent are told, nobody else; the views list what one starred and follows."""
    first, second = await two(stored_service)
    client, other = await stored_service.client("agent"), await stored_service.client("supervisor")
    starred = await client.put(f"/conversations/{first}/star")
    followed = await client.put(f"/conversations/{second}/follow")
    own = [(await client.get("/conversations", params={"view": v})).json()["items"] for v in ("starred", "mentions")]
    others = (await other.get("/conversations", params={"view": "starred"})).json()["items"]
    await client.delete(f"/conversations/{first}/star")

    assert (starred.status_code, followed.status_code) == (204, 204)
    assert [[row["id"] for row in rows] for rows in own] == [[first], [second]]
    assert others == []
    assert (await client.get("/conversations", params={"view": "starred"})).json()["items"] == []
    me = stored_service.agents["agent"].id
    assert stored_service.told == [
        (me, {"starred": {first: True}}), (me, {"following": {second: True}}), (me, {"starred": {first: False}}),
    ]  # fmt: skip


async def test_a_thread_is_split_off_and_merged_back(service: Service) -> None:
    """The answer is the new conversation; what cannot be split says why."""
    first, second = await two(service)
    client = await service.client("agent")
    await client.post(f"/conversations/{second}/merge", json={"into_id": first})
    whole = (await client.get(f"/conversations/{first}")).json()["conversation"]
    threads = [one["id"] for one in whole["threads"]]
    refused = await client.post(f"/conversations/{first}/split", json={"thread_ids": threads})
    made = await client.post(f"/conversations/{first}/split", json={"thread_ids": threads[1:]})
    back = await client.post(f"/conversations/{made.json()['conversation']['id']}/merge", json={"into_id": first})

    assert code_of(refused) == "one_thread"
    assert (made.status_code, [one["id"] for one in made.json()["conversation"]["threads"]]) == (201, threads[1:])
    assert [one["id"] for one in back.json()["conversation"]["threads"]] == threads
