"""Answers, notes and actions over HTTP."""

from __future__ import annotations

from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import SHOP, Shop
from tests.inbox.api.test_conversations import first_id


async def test_an_answer_is_202_with_its_delivery_state(stored_service: Service) -> None:
    """Held for the undo window; `undo` takes it back; a second undo is 409."""
    shop = await Shop(stored_service).open()
    await shop.writes()
    async with await stored_service.client("agent") as client:
        path = f"/conversations/{await first_id(client)}/replies"
        answer = await client.post(path, json={"text": "On its way", "html": "<b onclick=x>On</b><script>1</script>"})
        message = answer.json()["message"]
        undone = await client.post(f"/messages/{message['id']}/actions", json={"action": "undo"})
        again = await client.post(f"/messages/{message['id']}/actions", json={"action": "undo"})

    assert (answer.status_code, message["delivery"]["state"]) == (202, "held")
    assert (message["html"], message["author"]["kind"]) == ("<b>On</b>", "agent")
    assert undone.json()["message"]["delivery"]["state"] == "cancelled"
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "state", "cancelled")


async def test_a_repeated_request_sends_once(stored_service: Service) -> None:
    """The same Idempotency-Key gives the same answer and no second message."""
    shop = await Shop(stored_service).open()
    await shop.writes()
    async with await stored_service.client("agent") as client:
        conversation = await first_id(client)
        sent = [
            await client.post(
                f"/conversations/{conversation}/replies", json={"text": "Once"}, headers={"Idempotency-Key": "k1"}
            )
            for _ in range(2)
        ]
        items = (await client.get(f"/conversations/{conversation}/messages")).json()["items"]

    assert sent[0].json()["message"]["id"] == sent[1].json()["message"]["id"]
    assert len(items) == 2


async def test_options_are_refused_where_nobody_could_see_them(stored_service: Service) -> None:
    """A network without options takes none, and says so before anything is queued."""
    shop = await Shop(stored_service).open()
    await shop.writes()
    async with await stored_service.client("agent") as client:
        path = f"/conversations/{await first_id(client)}/replies"
        refused = await client.post(path, json={"text": "Which?", "options": [{"title": "Blue"}]})
        malformed = await client.post(path, json={"text": "Which?", "options": [{"title": "A", "url": "javascript:1"}]})

    assert (refused.status_code, refused.json()["code"]) == (422, "not_supported")
    assert malformed.status_code == 422


async def test_a_collision_shows_what_came(stored_service: Service) -> None:
    """409 `newer_items` carries the items as the timeline shows them; the same key may be used with `force`."""
    shop = await Shop(stored_service).open()
    await shop.writes("First")
    async with await stored_service.client("agent") as client:
        conversation = await first_id(client)
        seen = (await client.get(f"/conversations/{conversation}")).json()["position"]
        await shop.writes("Second")
        body = {"text": "Answer", "seen_position": seen}
        stopped = await client.post(f"/conversations/{conversation}/replies", json=body)
        forced = await client.post(f"/conversations/{conversation}/replies", json=body | {"force": True})

    problem = stopped.json()
    assert (stopped.status_code, problem["code"]) == (409, "newer_items")
    assert [item["text"] for item in problem["items"]] == ["Second"]
    assert problem["position"] > seen
    assert forced.status_code == 202


async def test_what_the_network_would_refuse_is_422_in_words(service: Service) -> None:
    """Too long names the count; an unknown field or attachment is refused."""
    shop = await Shop(service).open()
    await shop.writes()
    async with await service.client("agent") as client:
        path = f"/conversations/{await first_id(client)}/replies"
        long = (await client.post(path, json={"text": "x" * 70_000})).json()
        empty = (await client.post(path, json={"text": " "})).json()
        unknown = await client.post(path, json={"text": "x", "nonsense": 1})
        missing = await client.post(path, json={"text": "x", "attachments": ["4711"]})

    assert (long["code"], long["actual"], long["unit"]) == ("too_long", 70_000, "characters")
    assert (empty["code"], unknown.status_code, missing.json()["code"]) == ("empty", 422, "attachment")


async def test_a_note_is_written_and_its_versions_read(service: Service) -> None:
    """201 with the note; its versions are one."""
    shop = await Shop(service).open()
    await shop.writes()
    async with await service.client("observer") as client:
        conversation = await first_id(client)
        mention = str(service.agents["agent"].id)
        answer = await client.post(
            f"/conversations/{conversation}/notes", json={"text": "Look @agent", "mentions": [mention]}
        )
        note = answer.json()["message"]
        versions = (await client.get(f"/messages/{note['id']}/versions")).json()["items"]
        refused = await client.post(f"/conversations/{conversation}/replies", json={"text": "x"})

    assert (answer.status_code, note["direction"], note["mentions"]) == (201, "note", [mention])
    assert [(v["version"], v["text"]) for v in versions] == [(1, "Look @agent")]
    assert refused.status_code == 403


async def test_a_conversation_is_begun(service: Service) -> None:
    """201 with the conversation and its first item."""
    await Shop(service).open()
    async with await service.client("agent") as client:
        body = {"channel_id": str(SHOP), "to": "eleni", "text": "Your parcel is here"}
        answer = await client.post("/conversations", json=body)

    assert answer.status_code == 201
    assert answer.json()["conversation"]["id"] == answer.json()["message"]["conversation_id"]


async def test_an_item_out_of_sight_is_404(service: Service) -> None:
    """Also for what would be done to it."""
    await Shop(service).open()
    async with await service.client("agent") as client:
        answers = [
            await client.get("/messages/4711/versions"),
            await client.post("/messages/4711/actions", json={"action": "hide"}),
            await client.post("/messages/4711/actions", json={"action": "retry"}),
        ]

    assert [a.status_code for a in answers] == [404] * 3
