"""Notices, and the rules of the desk."""

from __future__ import annotations

from tests.inbox.api.running_api import Service, code_of
from tests.inbox.api.shop import Shop


async def test_a_notice_is_pinned_changed_and_taken_down(stored_service: Service) -> None:
    """Its conditions are those a row can be held against; a full text is none of them."""
    client = await stored_service.client("supervisor")
    body = {
        "title": "Post is late",
        "text": "Until Tuesday.",
        "filter": {"kind": "direct"},
        "until": "2027-01-01T00:00:00.000Z",
    }
    made = (await client.post("/notices", json=body)).json()
    path = f"/notices/{made['id']}"
    changed = (await client.patch(path, json={"until": None}, headers={"If-Match": '"v1"'})).json()
    searched = await client.post("/notices", json={**body, "filter": {"q": "parcel"}})
    unknown = await client.post("/notices", json={**body, "canned_id": "99"})
    removed = await client.delete(path)

    assert {name: made[name] for name in body} == body
    assert changed == {**made, "until": None, "version": 2}
    assert (searched.status_code, code_of(unknown), removed.status_code) == (422, "canned_id", 204)


async def test_closing_asks_for_a_tag_where_the_rules_say_so(stored_service: Service) -> None:
    """422 says what is missing and which tags would do; with one of them it closes. Only in the kinds named."""
    shop = await Shop(stored_service).open()
    await shop.writes(person="eleni")
    await shop.comments(person="maria")
    client = await stored_service.client("supervisor")
    tag = (await client.post("/tags", json={"name": "parcel"})).json()
    closing = {"needs_tag": True, "tag_ids": [tag["id"]], "kinds": ["direct"]}
    rules = await client.get("/desk-rules")
    patched = await client.patch("/desk-rules", json={"closing": closing}, headers={"If-Match": rules.headers["etag"]})
    direct, comment = sorted(
        (await client.get("/conversations")).json()["items"], key=lambda row: row["kind"] != "direct"
    )
    refused = await client.patch(f"/conversations/{direct['id']}", json={"status": "closed"})
    others = await client.patch(f"/conversations/{comment['id']}", json={"status": "closed"})
    await client.put(f"/conversations/{direct['id']}/tags/{tag['id']}")
    closed = await client.patch(f"/conversations/{direct['id']}", json={"status": "closed"})

    assert patched.json()["closing"] == {**closing, "needs_assignee": False, "fields": []}
    assert code_of(refused) == "closing"
    assert (refused.json()["missing"], refused.json()["tags"]) == (["tag"], [tag["id"]])
    assert (others.status_code, closed.status_code) == (200, 200)


async def test_closing_asks_for_own_fields_where_the_rules_say_so(stored_service: Service) -> None:
    """C22: 422 names the fields that are empty, an answer that would close stays unsent; filled in, it closes. A field
    that is removed is asked for no more, one that is not there never.
    """
    shop = await Shop(stored_service).open()
    await shop.writes(person="eleni")
    client = await stored_service.client("supervisor")
    admin = await stored_service.client("admin")
    said = {"kind": "choice", "choices": ["late", "lost"]}
    field = {"key": "reason", "name": "Reason", "subject": "conversation", **said}
    made = (await admin.post("/custom-fields", json=field)).json()
    version = {"If-Match": (await client.get("/desk-rules")).headers["etag"]}
    unknown = await client.patch("/desk-rules", json={"closing": {"fields": ["mood"]}}, headers=version)
    asked = await client.patch("/desk-rules", json={"closing": {"fields": ["reason"]}}, headers=version)
    (row,) = (await client.get("/conversations")).json()["items"]
    path = f"/conversations/{row['id']}"
    refused = await client.patch(path, json={"status": "closed"})
    answered = await client.post(f"{path}/replies", json={"text": "Tomorrow.", "then_close": True})
    await client.patch(f"{path}/fields", json={"fields": {"reason": "late"}})
    closed = await client.patch(path, json={"status": "closed"})
    await admin.delete(f"/custom-fields/{made['id']}")
    after = (await client.get("/desk-rules")).json()

    assert (unknown.status_code, code_of(unknown)) == (422, "fields")
    assert asked.json()["closing"]["fields"] == ["reason"]
    assert (code_of(refused), refused.json()["missing"], refused.json()["fields"]) == ("closing", ["field"], ["reason"])
    assert "fill in reason" in refused.json()["detail"]
    assert (code_of(answered), closed.status_code) == ("closing", 200)
    assert (after["closing"]["fields"], after["version"]) == ([], asked.json()["version"] + 1)
