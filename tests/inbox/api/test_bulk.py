"""The same for many conversations, and back."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.inbox.api.running_api import Service, code_of, fresh_key
from tests.inbox.api.shop import OTHER, Shop


async def ids_of(client: httpx2.AsyncClient) -> list[str]:
    """All conversations, oldest first."""
    items = (await client.get("/conversations", params={"status": "any"})).json()["items"]
    return sorted((one["id"] for one in items), key=int)


async def test_a_change_for_many_is_taken_back_by_its_id(stored_service: Service) -> None:
    """Each has its own result; the id is good once."""
    shop = await Shop(stored_service).open()
    for person in ("eleni", "maria"):
        await shop.writes(person=person)
    client = await stored_service.client("agent")
    ids = await ids_of(client)
    done = (
        await client.post("/conversations/bulk", json={"ids": [*ids, "4711"], "change": {"status": "closed"}})
    ).json()
    back = (await client.post(f"/conversations/bulk/{done['bulk_id']}/undo")).json()
    again = await client.post(f"/conversations/bulk/{done['bulk_id']}/undo")

    assert [(one["id"], one["ok"]) for one in done["results"]] == [(ids[0], True), (ids[1], True), ("4711", False)]
    assert [one["ok"] for one in back["results"]] == [True, True]
    assert code_of(again) == "not_found"
    assert {one["status"] for one in (await client.get("/conversations")).json()["items"]} == {"open"}


async def test_one_answer_to_many_is_looked_at_first(stored_service: Service) -> None:
    """Every recipient reads his own words; who is left out is named with the reason, and nothing is sent."""
    shop = await Shop(stored_service).open()
    await shop.writes(person="eleni")
    await shop.writes(person="maria")
    await shop.writes(person="jonas")
    client = await stored_service.client("agent")
    ids = await ids_of(client)
    await client.patch(f"/conversations/{ids[2]}", json={"status": "spam"})
    body = {"ids": [*ids, "4711"], "text": "Dear {contact.first_name|there}, the post is late."}
    preview = (await client.post("/conversations/bulk-replies/preview", json=body)).json()["items"]

    assert [(one["name"], one["ok"], one["code"]) for one in preview] == [
        ("Eleni", True, None), ("Maria", True, None), ("Jonas", False, "spam"), ("", False, "not_found"),
    ]  # fmt: skip
    assert [one["text"] for one in preview[:2]] == [
        "Dear Eleni, the post is late.", "Dear Maria, the post is late.",
    ]  # fmt: skip
    assert all(one["preview_direction"] == "in" for one in (await client.get("/conversations")).json()["items"])


async def test_a_person_who_wrote_twice_is_answered_once(service: Service) -> None:
    """The conversation named first is answered; the other is left out."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    await shop.comments(person="eleni")
    client = await service.client("agent")
    ids = await ids_of(client)
    preview = (
        await client.post("/conversations/bulk-replies/preview", json={"ids": ids, "text": "The post is late."})
    ).json()["items"]

    assert [(one["ok"], one["code"]) for one in preview] == [(True, None), (False, "duplicate")]


async def test_an_answer_to_many_goes_and_comes_back_as_one(stored_service: Service) -> None:
    """Held for half a minute: until then one step takes all of it back."""
    shop = await Shop(stored_service).open()
    for person in ("eleni", "maria"):
        await shop.writes(person=person)
    supervisor, client = await stored_service.client("supervisor"), await stored_service.client("agent")
    variants = [{"text": "Έρχεται.", "language": "el", "audience": None}]
    canned: dict[str, Any] = {"shortcut": "late", "name": "Late", "text": "On its way.", "variants": variants}
    made = (await supervisor.post("/canned-replies", json=canned)).json()
    ids = await ids_of(client)
    sent = await client.post(
        "/conversations/bulk-replies", json={"ids": ids, "canned_id": made["id"]},
        headers={"Idempotency-Key": fresh_key()},
    )  # fmt: skip
    out = [(await client.get(f"/conversations/{i}/messages")).json()["items"][-1] for i in ids]
    back = (await client.post(f"/conversations/bulk/{sent.json()['bulk_id']}/undo")).json()
    after = [(await client.get(f"/conversations/{i}/messages")).json()["items"][-1] for i in ids]

    assert made["variants"] == variants
    assert (sent.status_code, [one["ok"] for one in sent.json()["results"]]) == (202, [True, True])
    assert [(one["text"], one["delivery"]["state"]) for one in out] == [("On its way.", "held")] * 2
    assert [one["ok"] for one in back["results"]] == [True, True]
    assert [one["delivery"]["state"] for one in after] == ["cancelled"] * 2


async def test_more_than_a_slice_is_refused(service: Service) -> None:
    """Whoever sends to many does it in slices, so that it can be stopped."""
    client = await service.client("agent")
    ids = [str(n) for n in range(1, 52)]

    assert code_of(await client.post("/conversations/bulk-replies", json={"ids": ids, "text": "x"})) == "too_many"


async def test_whoever_has_blocked_us_is_left_out(service: Service) -> None:
    """The network would refuse it anyway: he is named beforehand."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni", to=OTHER)
    client = await service.client("agent")
    (one,) = await ids_of(client)
    shown = (await client.get(f"/conversations/{one}")).json()["conversation"]
    await client.patch(f"/contacts/{shown['contact']['id']}", json={"blocked": True}, headers={"If-Match": "*"})
    preview = await client.post("/conversations/bulk-replies/preview", json={"ids": [one], "text": "x"})

    assert [row["code"] for row in preview.json()["items"]] == ["blocked"]
