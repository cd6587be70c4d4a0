"""Macros over HTTP."""

from __future__ import annotations

from tests.inbox.api.running_api import Service, code_of, fresh_key
from tests.inbox.api.shop import Shop

STEPS = {"reply": "Dear {first_name|there}, we look.", "priority": "high"}


async def test_a_macro_is_made_changed_and_removed(stored_service: Service) -> None:
    """Ids are strings; steps are replaced whole; the version is asked for."""
    client = await stored_service.client("supervisor")
    tag = (await client.post("/tags", json={"name": "parcel"})).json()
    body = {"name": "Parcel", "shortcut": "parcel", "scope": "all", "steps": {**STEPS, "tags_on": [tag["id"]]}}
    made = (await client.post("/macros", json=body)).json()
    path = f"/macros/{made['id']}"
    stale = await client.patch(path, json={"name": "x"}, headers={"If-Match": '"v9"'})
    changed = await client.patch(path, json={"steps": {"status": "closed"}}, headers={"If-Match": '"v1"'})
    listed = (await client.get("/macros")).json()["items"]
    removed = await client.delete(path)

    assert made["steps"] == {**STEPS, "tags_on": [tag["id"]]}
    assert stale.status_code == 412
    assert changed.json() == {**made, "steps": {"status": "closed"}, "version": 2}
    assert listed == [changed.json()]
    assert (removed.status_code, (await client.get("/macros")).json()["items"]) == (204, [])


async def test_a_macro_is_looked_at_and_run(stored_service: Service) -> None:
    """The preview says the words and does nothing; running answers with what it left."""
    shop = await Shop(stored_service).open()
    await shop.writes(person="eleni")
    client = await stored_service.client("agent")
    macro = (await client.post("/macros", json={"name": "Look", "steps": STEPS})).json()
    (row,) = (await client.get("/conversations")).json()["items"]
    path = f"/conversations/{row['id']}/macros/{macro['id']}"
    preview = (await client.post(f"{path}/preview", json={})).json()
    untouched = (await client.get("/conversations")).json()["items"]
    ran = await client.post(path, json={"seen_position": row["as_of"]}, headers={"Idempotency-Key": fresh_key()})

    assert preview == {"text": "Dear Eleni, we look.", "thread_id": row["threads"][0]["id"], "problem": None}
    assert untouched == [row]
    assert ran.status_code == 202
    assert (ran.json()["conversation"]["priority"], ran.json()["message"]["text"]) == ("high", "Dear Eleni, we look.")


async def test_a_macro_stops_before_what_the_agent_has_not_seen(service: Service) -> None:
    """As with a reply: 409 `newer_items`, and nothing of it is done."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    client = await service.client("agent")
    macro = (await client.post("/macros", json={"name": "Look", "steps": STEPS})).json()
    (row,) = (await client.get("/conversations")).json()["items"]
    await shop.writes("Wait!", person="eleni")
    refused = await client.post(
        f"/conversations/{row['id']}/macros/{macro['id']}", json={"seen_position": row["as_of"]}
    )

    assert code_of(refused) == "newer_items"
    assert (await client.get("/conversations")).json()["items"][0]["priority"] == "normal"


async def test_a_preview_names_what_stands_against_it(service: Service) -> None:
    """A name that is not known, before anything is run."""
    shop = await Shop(service).open()
    await shop.writes(person="eleni")
    client = await service.client("agent")
    steps = {"reply": "For {contact.company}."}
    macro = (await client.post("/macros", json={"name": "Look", "steps": steps})).json()
    (row,) = (await client.get("/conversations")).json()["items"]
    preview = (await client.post(f"/conversations/{row['id']}/macros/{macro['id']}/preview", json={})).json()

    assert preview["problem"]["code"] == "variables"
