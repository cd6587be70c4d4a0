"""People over HTTP."""

from __future__ import annotations

import pytest

from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import OTHER, SHOP, Shop


async def test_a_contact_is_made_changed_and_found(stored_service: Service) -> None:
    """If-Match guards the change; null empties a field; the list searches names, addresses and companies."""
    async with await stored_service.client("agent") as client:
        made = (await client.post("/contacts", json={"name": "Eleni K", "email": "e@example.test"})).json()
        path = f"/contacts/{made['id']}"
        bare = await client.patch(path, json={"company": "Acme"})
        changed = await client.patch(path, json={"company": "Acme", "email": None}, headers={"If-Match": '"v1"'})
        stale = await client.patch(path, json={"company": "B"}, headers={"If-Match": '"v1"'})
        await client.post("/contacts", json={"name": "Maria"})
        found = [(await client.get("/contacts", params={"q": q})).json()["items"] for q in ("eleni", "ACM", "zzz", "%")]

    assert (bare.status_code, stale.status_code) == (428, 412)
    assert (changed.json()["company"], changed.json()["email"], changed.headers["etag"]) == ("Acme", None, '"v2"')
    assert [[c["name"] for c in items] for items in found] == [["Eleni K"], ["Eleni K"], [], ["Eleni K", "Maria"]]


async def test_contacts_are_read_page_by_page(stored_service: Service) -> None:
    """By name, each once."""
    async with await stored_service.client("agent") as client:
        for name in ("Cleo", "Anna", "Ben", "Anna"):
            await client.post("/contacts", json={"name": name})
        names, cursor = [], None
        while True:
            params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/contacts", params=params)).json()
            names += [c["name"] for c in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break

    assert names == ["Anna", "Anna", "Ben", "Cleo"]


async def test_a_persons_story_is_told_across_channels_within_scope(stored_service: Service) -> None:
    """All conversations of all accounts, newest first, but only those the caller may see."""
    shop = await Shop(stored_service).open()
    await shop.writes(person="eleni")
    await shop.writes(person="eleni2", to=OTHER)
    async with await stored_service.client("supervisor") as client, await stored_service.client("agent") as narrow:
        people = (await client.get("/contacts")).json()["items"]
        one, two = sorted(people, key=lambda c: c["name"])
        merged = (await client.post(f"/contacts/{two['id']}/merge", json={"into_id": one["id"]})).json()
        story = (await client.get(f"/contacts/{one['id']}/conversations")).json()["items"]
        stored_service.deps.directory.agents[stored_service.agents["agent"].id].channel_ids = f"[{SHOP}]"
        seen = (await narrow.get(f"/contacts/{one['id']}/conversations")).json()["items"]
        back = (await client.post(f"/contacts/{two['id']}/unmerge")).json()

    assert len(merged["identities"]) == 2
    assert [c["channel_id"] for c in story] == [str(OTHER), str(SHOP)]
    assert [c["channel_id"] for c in seen] == [str(SHOP)]
    assert [i["external_id"] for i in back["identities"]] == ["eleni2"]


async def test_a_reference_is_put_and_shown(service: Service) -> None:
    """201 the first time, 200 after; the contact carries the reference."""
    async with await service.client("agent") as client:
        answers = [await client.put("/contacts/by-ref/crm/c-7", json={"name": "Eleni"}) for _ in range(2)]

    assert [a.status_code for a in answers] == [201, 200]
    assert answers[1].json()["refs"] == {"crm": "c-7"}


async def test_a_reference_can_have_slashes(service: Service) -> None:
    """Ids of some systems are paths; written with %2F or as they are, they are the same."""
    async with await service.client("agent") as client:
        made = await client.put("/contacts/by-ref/crm/shop%2F7%2Fa", json={"name": "Eleni"})
        again = await client.put("/contacts/by-ref/crm/shop/7/a", json={"name": "Eleni"})

    assert (made.status_code, again.status_code) == (201, 200)
    assert again.json()["refs"] == {"crm": "shop/7/a"}


@pytest.mark.parametrize(("path", "code"), [(f"crm/{'x' * 501}", "external_id"), (f"{'x' * 101}/1", "system")])
async def test_a_reference_has_a_longest(service: Service, path: str, code: str) -> None:
    """Both stand in one index row, which PostgreSQL does not take beyond 2,704 bytes."""
    async with await service.client("agent") as client:
        answer = await client.put(f"/contacts/by-ref/{path}", json={"name": "Eleni"})

    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_only_an_admin_erases(service: Service) -> None:
    """What is left of the contact is an empty name."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    async with await service.client("supervisor") as client, await service.client("admin") as admin:
        contact = (await client.get("/contacts")).json()["items"][0]["id"]
        refused = await client.delete(f"/contacts/{contact}")
        done = await admin.delete(f"/contacts/{contact}")
        left = (await admin.get(f"/contacts/{contact}")).json()

    assert (refused.status_code, done.status_code) == (403, 204)
    assert (left["name"], left["identities"][0]["name"]) == ("", "")


async def test_a_conversation_is_found_by_the_number_that_people_quote(service: Service) -> None:
    """One that there is none of finds nothing."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    await shop.writes(person="ben")
    async with await service.client("agent") as client:
        rows = (await client.get("/conversations")).json()["items"]
        found, none = [
            (await client.get("/conversations", params={"number": n, "status": "any"})).json()["items"]
            for n in (str(rows[1]["number"]), "999")
        ]

    assert ([row["id"] for row in found], none) == ([rows[1]["id"]], [])
