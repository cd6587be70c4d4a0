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


async def test_a_shared_draft_is_seen_and_gone_on_with(stored_service: Service) -> None:
    """Colleagues who see the conversation see the words, and who wrote them; whoever takes it over has it alone."""
    shop = await Shop(stored_service).open()
    await shop.writes()
    ids = {role: one.id for role, one in stored_service.agents.items()}
    async with await stored_service.client("agent") as writer, await stored_service.client("supervisor") as other:
        path = f"/conversations/{await first_id(writer)}"
        own = (await writer.put(f"{path}/draft", json={"text": "Dear"})).json()
        hidden = (await other.get(f"{path}/shared-drafts")).json()["items"]
        shared = (
            await writer.put(f"{path}/draft", json={"text": "Dear E", "version": own["version"], "shared": True})
        ).json()
        seen = (await other.get(f"{path}/shared-drafts")).json()["items"]
        nothing = (await writer.get(f"{path}/shared-drafts")).json()["items"]
        take = {"agent_id": str(ids["agent"]), "version": shared["version"]}
        stale = await other.post(f"{path}/draft/take-over", json={**take, "version": 1})
        taken = (await other.post(f"{path}/draft/take-over", json=take)).json()
        after = (await writer.get(f"{path}/shared-drafts")).json()["items"]

    assert (own["shared"], shared["shared"], hidden, nothing) == (False, True, [], [])
    assert [(one["agent_id"], one["text"]) for one in seen] == [(str(ids["agent"]), "Dear E")]
    assert (stale.status_code, stale.json()["code"]) == (409, "changed")
    assert (taken["text"], taken["shared"]) == ("Dear E", True)
    assert [(one["agent_id"], one["text"]) for one in after] == [(str(ids["supervisor"]), "Dear E")]
    told = [(who, what["shared_drafts"][0].text) for who, what in stored_service.told if "shared_drafts" in what]
    assert {who for who, _ in told} == set(ids.values())
    assert (ids["agent"], "Dear E") in told
    assert (ids["supervisor"], "") in told


async def test_a_shared_draft_is_gone_for_all_when_it_is_sent_or_kept_back(service: Service) -> None:
    """Not shared any more, or dropped: colleagues are told that it is gone; one's own words are not written over."""
    shop = await Shop(service).open()
    await shop.writes()
    async with await service.client("agent") as writer, await service.client("supervisor") as other:
        path = f"/conversations/{await first_id(writer)}"
        shared = (await writer.put(f"{path}/draft", json={"text": "Dear", "shared": True})).json()
        await other.put(f"{path}/draft", json={"text": "Mine"})
        take = {"agent_id": str(service.agents["agent"].id), "version": shared["version"]}
        busy = await other.post(f"{path}/draft/take-over", json=take)
        await writer.put(f"{path}/draft", json={"text": "Dear", "version": shared["version"], "shared": False})
        kept_back = (await other.get(f"{path}/shared-drafts")).json()["items"]
        missing = await other.post(f"{path}/draft/take-over", json=take)

    assert (busy.json()["code"], kept_back, missing.status_code) == ("own_draft", [], 404)
    told = [what["shared_drafts"][0].text for who, what in service.told if "shared_drafts" in what]
    assert told[-1] == ""


async def test_a_draft_keeps_the_item_it_answers(stored_service: Service) -> None:
    """It is told, taken over and shown again with it; only an item of the conversation will do."""
    shop = await Shop(stored_service).open()
    await shop.comments(person="eleni")
    ids = {role: one.id for role, one in stored_service.agents.items()}
    async with await stored_service.client("agent") as writer, await stored_service.client("supervisor") as other:
        conversation = await first_id(writer)
        path = f"/conversations/{conversation}"
        item = (await writer.get(f"{path}/messages")).json()["items"][-1]["id"]
        await shop.writes("Another one", person="nikos")
        rows = (await writer.get("/conversations")).json()["items"]
        elsewhere = next(row["id"] for row in rows if row["id"] != conversation)
        begun = {"text": "Dear", "in_reply_to": item, "shared": True}
        kept = (await writer.put(f"{path}/draft", json=begun)).json()
        wrong = [
            await writer.put(f"{path}/draft", json={"text": "Dear", "in_reply_to": "999999", "version": 9}),
            await writer.put(f"/conversations/{elsewhere}/draft", json=begun),
        ]
        take = {"agent_id": str(ids["agent"]), "version": kept["version"]}
        seen = (await other.get(f"{path}/shared-drafts")).json()["items"]
        taken = (await other.post(f"{path}/draft/take-over", json=take)).json()
        none = (await other.put(f"{path}/draft", json={"text": "Dear", "version": taken["version"]})).json()

    assert [one["in_reply_to"] for one in (kept, *seen, taken, none)] == [item, item, item, None]
    assert [(one.status_code, one.json()["code"]) for one in wrong] == [(422, "in_reply_to")] * 2
    told = [(who, one.in_reply_to) for who, what in stored_service.told for one in what.get("drafts", ())]
    assert (ids["agent"], item) in told
    assert (ids["supervisor"], item) in told
