"""How items read, over HTTP: shown, corrected, taken back, filtered by, learnt from."""

from __future__ import annotations

import msgspec

from connectors import inbound as net
from inbox.domain.reading.learner import ENOUGH, Learnt
from inbox.domain.reading.result import PLAIN
from inbox.intake.learning import Learning
from inbox.storage import readings
from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import Shop
from tests.inbox.api.test_conversations import first_id


async def test_an_item_says_how_it_reads_and_why(stored_service: Service) -> None:
    """With the words that say so, counted as browsers count, and the row shows it."""
    shop = await Shop(stored_service).open()
    await shop.writes("😡 I was charged twice, this is terrible")
    async with await stored_service.client("agent") as client:
        conversation = await first_id(client)
        row = (await client.get(f"/conversations/{conversation}")).json()["conversation"]
        [item] = (await client.get(f"/conversations/{conversation}/messages")).json()["items"]

    reading = item["reading"]
    assert (reading["sentiment"], reading["urgency"], reading["by"], reading["said"]) == (
        "negative",
        "urgent",
        "rules",
        [],
    )
    assert {(one["what"], one["words"], one["start"]) for one in reading["reasons"]} == {
        ("money", "charged twice", 9), ("bad", "terrible", 32), ("emoji", "😡", 0),
    }  # fmt: skip
    assert (row["sentiment"], row["urgency"]) == ("negative", "urgent")


async def test_a_plain_item_is_neutral_and_what_we_write_is_not_read(stored_service: Service) -> None:
    """Nothing to say costs nothing; an answer has no reading."""
    shop = await Shop(stored_service).open()
    await shop.writes("Where is my order?")
    async with await stored_service.client("agent") as client:
        conversation = await first_id(client)
        await client.post(f"/conversations/{conversation}/replies", json={"text": "That is terrible, sorry"})
        items = (await client.get(f"/conversations/{conversation}/messages")).json()["items"]

    read = {item["direction"]: item["reading"] for item in items}
    assert read["out"] is None
    assert (read["in"]["sentiment"], read["in"]["urgency"], read["in"]["reasons"]) == ("neutral", "normal", [])


async def test_a_correction_counts_and_can_be_taken_back(stored_service: Service) -> None:
    """The item, its row and the log say so; undone, it reads as the machine read it."""
    shop = await Shop(stored_service).open()
    await shop.writes("That is terrible")
    async with await stored_service.client("agent") as client:
        conversation = await first_id(client)
        [item] = (await client.get(f"/conversations/{conversation}/messages")).json()["items"]
        path = f"/messages/{item['id']}/reading"
        said = (await client.put(path, json={"sentiment": "positive"})).json()["message"]["reading"]
        again = (await client.put(path, json={"urgency": "urgent"})).json()["message"]["reading"]
        row = (await client.get(f"/conversations/{conversation}")).json()["conversation"]
        undone = await client.delete(path)
        [after] = (await client.get(f"/conversations/{conversation}/messages")).json()["items"]
        nothing = await client.put(path, json={})

    assert (said["sentiment"], said["urgency"], said["by"], said["said"]) == (
        "positive", "normal", "agent", ["negative", "normal"],
    )  # fmt: skip
    assert (again["sentiment"], again["urgency"], again["said"]) == ("positive", "urgent", ["negative", "normal"])
    assert (row["sentiment"], row["urgency"]) == ("positive", "urgent")
    assert (undone.status_code, nothing.status_code) == (204, 422)
    assert (after["reading"]["sentiment"], after["reading"]["urgency"], after["reading"]["by"]) == (
        "negative", "normal", "rules",
    )  # fmt: skip
    assert after["reading"]["said"] == []


async def test_lists_filter_by_both(stored_service: Service) -> None:
    """Alone, together, and with a narrower view."""
    shop = await Shop(stored_service).open()
    await shop.writes("That is terrible", person="eleni")
    await shop.writes("The kitchen is on fire!", person="budi")
    await shop.writes("I love it", person="liisa")
    async with await stored_service.client("agent") as client:
        found = {
            asked: {row["contact"]["name"] for row in (await client.get(f"/conversations?{asked}")).json()["items"]}
            for asked in ("sentiment=negative", "urgency=urgent", "urgency=normal&sentiment=positive", "urgency=normal")
        }
        wrong = await client.get("/conversations?sentiment=sad")

    assert found == {
        "sentiment=negative": {"Eleni", "Budi"}, "urgency=urgent": {"Budi"},
        "urgency=normal&sentiment=positive": {"Liisa"}, "urgency=normal": {"Eleni", "Liisa"},
    }  # fmt: skip
    assert wrong.status_code == 422


async def test_a_new_version_is_read_anew(stored_service: Service) -> None:
    """Its author's words changed: what an agent said of the old ones goes with them."""
    shop = await Shop(stored_service).open()
    external = await shop.writes("That is terrible")
    async with await stored_service.client("agent") as client:
        conversation = await first_id(client)
        [item] = (await client.get(f"/conversations/{conversation}/messages")).json()["items"]
        await client.put(f"/messages/{item['id']}/reading", json={"sentiment": "mixed"})
        edit = net.MessageEdited(
            dedupe_key="e1", occurred_at=2**50, external_id=external, text="I love it", edited_at=2**50
        )
        await shop.tells(edit)
        [item] = (await client.get(f"/conversations/{conversation}/messages")).json()["items"]
        row = (await client.get(f"/conversations/{conversation}")).json()["conversation"]

    assert (item["reading"]["sentiment"], item["reading"]["by"], row["sentiment"]) == ("positive", "rules", "positive")


async def test_corrections_are_learnt_and_forgotten_with_their_words(stored_service: Service) -> None:
    """Enough of them make a model; erasing the contact takes them out of it; with nothing new nothing is made."""
    shop = await Shop(stored_service).open()
    deps = stored_service.deps
    learning = Learning(deps.database, deps.writer)
    assert await learning.learn() is False
    for n in range(ENOUGH + 5):
        await shop.writes(f"this is knorke, order {n}")
    async with await stored_service.client("admin") as client:
        conversation = await first_id(client)
        shown = (await client.get(f"/conversations/{conversation}")).json()["conversation"]
        items = (await client.get(f"/conversations/{conversation}/messages?limit=100")).json()["items"]
        for item in items:
            await client.put(f"/messages/{item['id']}/reading", json={"sentiment": "positive"})
        first = await learning.learn()
        held = await deps.database.read(readings.model)
        assert held is not None
        learnt = Learnt(held.weights).judge(PLAIN, "so knorke")
        unchanged = await learning.learn()
        erased = await client.delete(f"/contacts/{shown['contact']['id']}")
        again = await learning.learn()
        after = await deps.database.read(readings.model)
        assert after is not None

    assert (first, unchanged, erased.status_code < 300, again) == (True, False, True, True)
    assert (learnt.sentiment, learnt.by) == ("positive", "learnt")
    assert Learnt(after.weights).judge(PLAIN, "so knorke") == PLAIN
    assert Learnt(after.weights).seen == {"": 0}
    assert after.version == held.version + 1


async def test_a_correction_is_not_for_our_own_items(stored_service: Service) -> None:
    """What we write is not read, so there is nothing to correct."""
    shop = await Shop(stored_service).open()
    await shop.writes()
    async with await stored_service.client("agent") as client:
        conversation = await first_id(client)
        sent = await client.post(f"/conversations/{conversation}/replies", json={"text": "Hello"})
        path = f"/messages/{sent.json()['message']['id']}/reading"
        refused = await client.put(path, json={"sentiment": "negative"})
        missing = await client.put("/messages/999999/reading", json={"sentiment": "negative"})

    assert (refused.status_code, refused.json()["code"], missing.status_code) == (422, "not_read", 404)
    assert msgspec.json.encode(refused.json())
