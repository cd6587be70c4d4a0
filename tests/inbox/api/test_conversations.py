"""Conversations over HTTP: lists, the timeline, decisions."""

from __future__ import annotations

import httpx2
import pytest

from inbox.domain.records import View
from inbox.storage import rows as stored
from inbox.storage.database import Query
from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import OTHER, SHOP, Shop


async def first_id(client: httpx2.AsyncClient) -> str:
    """The id of the first conversation of the start view."""
    found = (await client.get("/conversations", params={"view": "waiting"})).json()
    return str(found["items"][0]["id"])


async def test_a_list_is_read_page_by_page_under_a_signed_cursor(stored_service: Service) -> None:
    """Every conversation once, the longest waiting first; a cursor of another list is refused."""
    shop = await Shop(stored_service).open()
    for number in range(7):
        await shop.writes(person=f"p{number}")
    async with await stored_service.client("agent") as client:
        names, cursor = [], None
        while True:
            params = {"view": "waiting", "sort": "waiting", "limit": "3"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/conversations", params=params)).json()
            names += [item["contact"]["name"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        first = (await client.get("/conversations", params={"view": "waiting", "limit": "3"})).json()["next_cursor"]
        other = await client.get("/conversations", params={"view": "all", "cursor": first})

    assert names == [f"P{n}" for n in range(7)]
    assert (other.status_code, other.json()["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize(
    ("name", "value"), [("condition", "[" * 5_000), ("view", "team:" + "9" * 20), ("view", "channel:" + "9" * 19)]
)
async def test_what_no_list_can_be_narrowed_by_is_refused_by_name(service: Service, name: str, value: str) -> None:
    """A tree nested too deeply to be read, and a number too long for an id, are mistakes of the asker's."""
    client = await service.client("agent")

    refused = await client.get("/conversations", params={name: value})

    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == [name]


async def test_a_snapshots_cursor_goes_on_in_the_list(service: Service) -> None:
    """The name a view's list is bound to is the one the live snapshot signs."""
    shop = await Shop(service).open()
    for number in range(3):
        await shop.writes(person=f"p{number}")
    async with await service.client("agent") as client:
        page = (await client.get("/conversations", params={"view": "waiting", "limit": "1"})).json()
        after = service.deps.cursors.read("conversations:view=waiting", page["next_cursor"])
        own = service.deps.cursors.make("conversations:view=waiting", after)
        answer = await client.get("/conversations", params={"view": "waiting", "sort": "waiting", "cursor": own})

    assert [item["contact"]["name"] for item in answer.json()["items"]] == ["P1", "P2"]


async def test_filters_views_and_words_narrow_a_list(stored_service: Service) -> None:
    """Channel, assignee, status and q hold together; an unknown view or parameter is refused."""
    shop = await Shop(stored_service).open()
    await shop.writes("the red shoes", person="eleni")
    await shop.writes("the blue shoes", person="maria")
    await shop.writes("the red hat", person="nikos", to=OTHER)
    async with await stored_service.client("agent") as client:

        async def names(**params: str) -> list[str]:
            items = (await client.get("/conversations", params=params)).json()["items"]
            return sorted(item["contact"]["name"] for item in items)

        mine = await first_id(client)
        await client.patch(f"/conversations/{mine}", json={"assignee_id": "me"})

        assert await names(q="red") == ["Eleni", "Nikos"]
        assert await names(q="red", channel=str(SHOP)) == ["Eleni"]
        assert await names(assignee="me") == ["Eleni"]
        assert await names(view="mine") == ["Eleni"]
        assert await names(view=f"channel:{OTHER}") == ["Nikos"]
        assert await names(status="closed") == []
        assert (await client.get("/conversations", params={"view": "nonsense"})).json()["code"] == "view"
        assert (await client.get("/conversations", params={"nonsense": "1"})).status_code == 422


async def test_a_saved_view_is_its_filter(service: Service) -> None:
    """`saved:ID` shows what its parameters show, to its owner alone."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    await shop.writes(person="nikos", to=OTHER)

    def add() -> Query[None]:
        owner = service.agents["agent"].id
        view = View(77, "Other shop", "mine", owner, None, f'{{"channel":"{OTHER}"}}', "activity", 1, 1)
        yield from stored.add(view)

    await service.deps.database.write(add)
    async with await service.client("agent") as client, await service.client("supervisor") as colleague:
        found = (await client.get("/conversations", params={"view": "saved:77"})).json()["items"]
        theirs = await colleague.get("/conversations", params={"view": "saved:77"})

    assert [item["contact"]["name"] for item in found] == ["Nikos"]
    assert theirs.status_code == 404


async def test_a_conversation_with_its_people_waits_and_timeline(stored_service: Service) -> None:
    """What stands beside the timeline, the items oldest first, the events of the same span, older pages by cursor."""
    shop = await Shop(stored_service).open()
    for number in range(5):
        await shop.writes(f"item {number}")
    async with await stored_service.client("agent") as client:
        conversation = await first_id(client)
        detail = (await client.get(f"/conversations/{conversation}")).json()
        newest = (await client.get(f"/conversations/{conversation}/messages", params={"limit": "2"})).json()
        older = (
            await client.get(
                f"/conversations/{conversation}/messages", params={"limit": "5", "before": newest["next_cursor"]}
            )
        ).json()
        since = (
            await client.get(
                f"/conversations/{conversation}/messages", params={"after": str(older["items"][-1]["position"])}
            )
        ).json()

    assert [w["author"] for w in detail["waits"]] == [None]
    assert [p["name"] for p in detail["participants"]] == ["Eleni"]
    assert [m["text"] for m in newest["items"]] == ["item 3", "item 4"]
    assert [m["text"] for m in older["items"]] == ["item 0", "item 1", "item 2"]
    assert (older["next_cursor"], older["events"][0]["type"]) == (None, "conversation_started")
    assert [m["text"] for m in since["items"]] == ["item 3", "item 4"]
    assert all(event["position"] >= newest["items"][0]["position"] for event in newest["events"])


async def test_triage_over_http(stored_service: Service) -> None:
    """PATCH changes the fields given, tags and dismissals their own; a broken expectation is 409 `changed`."""
    shop = await Shop(stored_service).open()
    await shop.writes()
    async with await stored_service.client("agent") as client:
        path = f"/conversations/{await first_id(client)}"
        claimed = await client.patch(
            path, json={"assignee_id": "me", "priority": "high", "expect": {"assignee_id": None}}
        )
        again = await client.patch(path, json={"assignee_id": None, "expect": {"assignee_id": None}})
        dismissed = (await client.post(f"{path}/dismiss", json={})).json()["conversation"]
        undone = (await client.delete(f"{path}/dismiss")).json()["conversation"]
        escalated = (await client.post(f"{path}/escalations", json={"reason": "Lawyer"})).json()["conversation"]
        await client.post(f"{path}/escalations/acknowledge")
        ended = (await client.delete(f"{path}/escalations")).json()["conversation"]
        snoozed = await client.patch(path, json={"status": "snoozed", "snoozed_until": "2036-01-01T00:00:00Z"})
        closed = (await client.patch(path, json={"status": "closed"})).json()["conversation"]

    row = claimed.json()["conversation"]
    assert (row["assignee_id"], row["priority"]) == (str(stored_service.agents["agent"].id), "high")
    assert (again.status_code, again.json()["code"]) == (409, "changed")
    assert (dismissed["waiting_since"], undone["waiting_since"]) == (None, row["waiting_since"])
    assert (escalated["escalation"]["reason"], ended["escalation"]) == ("Lawyer", None)
    assert (snoozed.json()["conversation"]["snoozed_until"], closed["status"]) == ("2036-01-01T00:00:00.000Z", "closed")


async def test_many_are_changed_with_a_result_each(service: Service) -> None:
    """One that is not there refuses nobody else; two kinds of change at once are refused."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    await shop.writes(person="maria")
    async with await service.client("agent") as client:
        ids = [item["id"] for item in (await client.get("/conversations")).json()["items"]]
        answer = await client.post("/conversations/bulk", json={"ids": [*ids, "4711"], "change": {"status": "closed"}})
        mixed = await client.post(
            "/conversations/bulk", json={"ids": ids, "change": {"status": "open", "tag_add": "1"}}
        )

    assert [(r["id"], r["ok"], r.get("code")) for r in answer.json()["results"]] == [
        (ids[0], True, None), (ids[1], True, None), ("4711", False, "not_found"),
    ]  # fmt: skip
    assert mixed.json()["code"] == "change"


async def test_merge_and_unmerge_over_http(service: Service) -> None:
    """The answer to a merge is what is left, to its undoing what is back."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    await shop.writes(person="maria")
    async with await service.client("agent") as client:
        first, second = [item["id"] for item in (await client.get("/conversations")).json()["items"]]
        merged = (await client.post(f"/conversations/{first}/merge", json={"into_id": second})).json()["conversation"]
        listed = (await client.get("/conversations")).json()["items"]
        back = (await client.post(f"/conversations/{first}/unmerge")).json()["conversation"]

    assert (merged["id"], merged["message_count"], len(merged["threads"])) == (second, 2, 2)
    assert [item["id"] for item in listed] == [second]
    assert (back["id"], back["merged_into"], back["message_count"]) == (first, None, 1)


async def test_who_may_not_see_a_conversation_gets_404(service: Service) -> None:
    """Reading, deciding and paging alike: it does not exist for them."""
    shop = await Shop(service).open()
    await shop.writes()
    service.deps.directory.agents[service.agents["agent"].id].channel_ids = f"[{OTHER}]"
    async with await service.client("supervisor") as all_seeing, await service.client("agent") as client:
        conversation = await first_id(all_seeing)
        answers = [
            await client.get(f"/conversations/{conversation}"),
            await client.get(f"/conversations/{conversation}/messages"),
            await client.patch(f"/conversations/{conversation}", json={"priority": "low"}),
            await client.put(f"/conversations/{conversation}/read", json={"position": 1}),
        ]
        listed = (await client.get("/conversations")).json()["items"]

    assert [a.status_code for a in answers] == [404] * 4
    assert listed == []
