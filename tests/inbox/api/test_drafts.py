"""What is one agent's alone."""

from __future__ import annotations

from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import Shop
from tests.inbox.api.test_conversations import first_id


async def test_a_draft_is_kept_told_and_forgotten(stored_service: Service) -> None:
    """Versions rise; older words never replace newer ones; other windows are told; nothing is in the log."""
    shop = await Shop(stored_service).open()
    await shop.writes()
    async with await stored_service.client("agent") as client:
        path = f"/conversations/{await first_id(client)}/draft"
        before = await stored_service.deps.database.read(_head)
        first = (await client.put(path, json={"mode": "reply", "text": "Dear", "version": 0})).json()
        second = (await client.put(path, json={"mode": "reply", "text": "Dear E", "version": first["version"]})).json()
        stale = await client.put(path, json={"mode": "reply", "text": "Old", "version": 1})
        gone = await client.delete(path, params={"mode": "reply"})
        after = await stored_service.deps.database.read(_head)

    assert (first["version"], second["version"], second["text"]) == (1, 2, "Dear E")
    assert (stale.status_code, stale.json()["code"]) == (409, "changed")
    assert (gone.status_code, before) == (204, after)
    told = [what["drafts"][0].text for _, what in stored_service.told]
    assert told == ["Dear", "Dear E", ""]


def _head():  # type: ignore[no-untyped-def]
    from inbox.eventlog.log import head

    return (yield from head())


async def test_reading_marks_and_unmarks(stored_service: Service) -> None:
    """`unread` is the agent's own: a colleague's reading changes nothing for him."""
    shop = await Shop(stored_service).open()
    await shop.writes()

    async with await stored_service.client("agent") as client, await stored_service.client("supervisor") as colleague:
        conversation = await first_id(client)
        page = (await client.get(f"/conversations/{conversation}")).json()
        await colleague.put(f"/conversations/{conversation}/read", json={"position": page["position"]})
        seen = [(await client.get(f"/conversations/{conversation}")).json()["conversation"]["unread"]]
        await client.put(f"/conversations/{conversation}/read", json={"position": page["position"]})
        seen.append((await client.get(f"/conversations/{conversation}")).json()["conversation"]["unread"])
        await client.delete(f"/conversations/{conversation}/read")
        seen.append((await client.get("/conversations")).json()["items"][0]["unread"])

    assert seen == [True, False, True]
