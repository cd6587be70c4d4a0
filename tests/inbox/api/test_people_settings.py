"""Own fields, companies and context links over HTTP."""

from __future__ import annotations

import json

import msgspec
import pytest

from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import Shop

_FIELDS = (
    {"key": "tier", "name": "Tier", "kind": "choice", "choices": ["gold", "silver"], "required": True},
    {"key": "size", "name": "Size", "kind": "number"},
    {"key": "born", "name": "Born", "kind": "date"},
    {"key": "vip", "name": "VIP", "kind": "yes_no"},
    {"key": "case", "name": "Case", "subject": "conversation"},
)


async def test_own_fields_take_only_what_their_kind_allows(stored_service: Service) -> None:
    """Each kind has one form; a required one cannot be emptied; what nobody defined is text."""
    async with await stored_service.client("supervisor") as client:
        for field in _FIELDS:
            assert (await client.post("/custom-fields", json=field)).status_code == 201
        taken = await client.post("/custom-fields", json=_FIELDS[0])
        good = {"tier": "gold", "size": "38.5", "born": "1990-02-28", "vip": "TRUE", "crm_stage": "lead"}
        made = (await client.post("/contacts", json={"name": "Eleni", "fields": good})).json()
        wrong = [
            (await client.post("/contacts", json={"name": "B", "fields": {key: value}})).json()["field"]
            for key, value in (("tier", "tin"), ("size", "big"), ("born", "1990-02-30"), ("vip", "maybe"))
        ]
        match = {"If-Match": f'"v{made["version"]}"'}
        emptied = await client.patch(f"/contacts/{made['id']}", json={"fields": {"size": "39"}}, headers=match)

    assert taken.json()["code"] == "key_taken"
    assert made["fields"] == good | {"vip": "yes"}
    assert wrong == ["tier", "size", "born", "vip"]
    assert (emptied.status_code, emptied.json()["field"]) == (422, "tier")


async def test_a_definition_changes_by_version_and_goes_without_its_values(stored_service: Service) -> None:
    """412 for an older version; a removed field's values stay as text."""
    async with await stored_service.client("supervisor") as client:
        made = (await client.post("/custom-fields", json=_FIELDS[0])).json()
        contact = (await client.post("/contacts", json={"name": "E", "fields": {"tier": "gold"}})).json()
        path = f"/custom-fields/{made['id']}"
        changed = await client.patch(path, json={"choices": ["gold", "tin"]}, headers={"If-Match": '"v1"'})
        stale = await client.patch(path, json={"name": "X"}, headers={"If-Match": '"v1"'})
        gone = await client.delete(path)
        again = (await client.get(path)).json()
        left = (await client.get(f"/contacts/{contact['id']}")).json()

    assert (changed.json()["choices"], stale.status_code, gone.status_code) == (["gold", "tin"], 412, 204)
    assert again["detail"] == f"there is no custom field {made['id']}"
    assert left["fields"] == {"tier": "gold"}


async def test_conversations_have_own_fields_and_are_found_by_them(stored_service: Service) -> None:
    """The row shows them; `field.<key>` asks for a conversation's, or for its contact's."""
    shop = await Shop(stored_service).open()
    await shop.writes(person="eleni")
    await shop.writes(person="ben")
    async with await stored_service.client("supervisor") as client:
        for field in _FIELDS:
            await client.post("/custom-fields", json=field)
        rows = {r["contact"]["name"]: r for r in (await client.get("/conversations")).json()["items"]}
        path = f"/conversations/{rows['Eleni']['id']}/fields"
        row = (await client.patch(path, json={"fields": {"case": "A-17"}})).json()
        contact = (await client.get(f"/contacts/{rows['Ben']['contact']['id']}")).json()
        match = {"If-Match": f'"v{contact["version"]}"'}
        await client.patch(f"/contacts/{contact['id']}", json={"fields": {"tier": "gold"}}, headers=match)
        by_case, by_tier, nobody = [
            [r["contact"]["name"] for r in (await client.get("/conversations", params=params)).json()["items"]]
            for params in ({"field.case": "a-17"}, {"field.tier": "gold"}, {"field.tier": "gold", "field.case": "a-17"})
        ]
        unknown = await client.get("/conversations", params={"field.colour": "red"})
        emptied = (await client.patch(path, json={"fields": {"case": ""}})).json()

    assert (row["fields"], emptied["fields"]) == ({"case": "A-17"}, {})
    assert (by_case, by_tier, nobody) == (["Eleni"], ["Ben"], [])
    assert unknown.status_code == 422


async def test_a_vip_is_marked_in_rows_and_listed_by_a_condition(stored_service: Service) -> None:
    """B19: the contact's field `vip` says so, whether or not an admin has defined it; a no is none."""
    shop = await Shop(stored_service).open()
    for person, word in (("eleni", "yes"), ("ben", "no"), ("maria", "")):
        await shop.writes(person=person)
        async with await stored_service.client("supervisor") as client:
            rows = (await client.get("/conversations")).json()["items"]
            contact_id = next(r["contact"]["id"] for r in rows if r["contact"]["name"] == person.title())
            version = (await client.get(f"/contacts/{contact_id}")).headers["etag"]
            fields = {"vip": word} if word else {}
            await client.patch(f"/contacts/{contact_id}", json={"fields": fields}, headers={"If-Match": version})
    async with await stored_service.client("supervisor") as client:
        rows = (await client.get("/conversations")).json()["items"]
        condition = json.dumps({"field": "contact.vip", "op": "is", "value": "yes"})
        listed = (await client.get("/conversations", params={"condition": condition})).json()["items"]

    assert {r["contact"]["name"]: r["contact"]["vip"] for r in rows} == {"Eleni": True, "Ben": False, "Maria": False}
    assert [r["contact"]["name"] for r in listed] == ["Eleni"]


async def test_companies_are_found_however_their_names_are_accented(stored_service: Service) -> None:
    """In any script and case, on either engine, page by page; a sign that a pattern would read means itself."""
    names = ("Ακρόπολη Αλφα", "Ακρόπολη Βήτα", "Ärzte & Söhne", "100% Wolle")
    async with await stored_service.client("agent") as client:
        for name in names:
            await client.post("/companies", json={"name": name})

        async def found(query: str, **more: str) -> list[str]:
            page = (await client.get("/companies", params={"q": query, "limit": "1", **more})).json()
            rest = await found(query, cursor=page["next_cursor"]) if page["next_cursor"] else []
            return [one["name"] for one in page["items"]] + rest

        queries = ("ακρόπολη", "ΑΚΡΟΠΟΛΗ", "ärzte", "0% w", "_")
        hits = {query: await found(query) for query in queries}

    assert hits == {
        "ακρόπολη": [*names[:2]], "ΑΚΡΟΠΟΛΗ": [*names[:2]], "ärzte": [names[2]], "0% w": [names[3]], "_": [],
    }  # fmt: skip


async def test_a_company_is_suggested_by_mail_domain_and_gives_its_people_its_name(stored_service: Service) -> None:
    """Free mail tells of no company; a domain is one company's; renamed, its people follow; removed, they keep it."""
    shop = await Shop(stored_service).open()
    await shop.writes(person="eleni")
    async with await stored_service.client("agent") as client:
        acme = (await client.post("/companies", json={"name": "Acme", "domains": ["Acme.example"]})).json()
        refused = [
            (await client.post("/companies", json={"name": "B", "domains": [domain]})).json()["code"]
            for domain in ("acme.example", "gmail.com", "no domain")
        ]
        [contact] = (await client.get("/contacts")).json()["items"]
        path = f"/contacts/{contact['id']}"
        match = {"If-Match": f'"v{contact["version"]}"'}
        mail = (await client.patch(path, json={"email": "e@acme.example"}, headers=match)).json()
        suggested = (await client.get(f"{path}/suggestions")).json()
        match = {"If-Match": f'"v{mail["version"]}"'}
        joined = (await client.patch(path, json={"company_id": acme["id"]}, headers=match)).json()
        await client.patch(f"/companies/{acme['id']}", json={"name": "Acme SA"}, headers={"If-Match": '"v1"'})
        people = (await client.get(f"/companies/{acme['id']}/contacts")).json()["items"]
        talks = (await client.get(f"/companies/{acme['id']}/conversations")).json()["items"]
        found = (await client.get("/companies", params={"q": "ACME.ex"})).json()["items"]
        await client.delete(f"/companies/{acme['id']}")
        left = (await client.get(path)).json()

    assert refused == ["domain_taken", "domain", "domain"]
    assert (suggested["company"]["name"], suggested["domain"]) == ("Acme", "acme.example")
    assert (joined["company"], joined["company_id"]) == ("Acme", acme["id"])
    assert ([p["company"] for p in people], len(talks), found[0]["name"]) == (["Acme SA"], 1, "Acme SA")
    assert (left["company"], left["company_id"]) == ("Acme SA", None)


@pytest.mark.parametrize(
    ("template", "mask", "code"),
    [
        ("https://shop.example/c?q={email}", "", ""),
        ("tel:{phone}", "", ""),
        ("https://shop.example/o/{order}", "AB-######", ""),
        ("javascript:alert({name})", "", "template"),
        ("http://shop.example/{email}", "", "template"),
        ("https://{name}.example/", "", "template"),
        ("https://shop.example{email}", "", "template"),
        ("https://shop.example/{password}", "", "template"),
        ("https://shop.example/{", "", "template"),
        ("https://shop.example/{order}", "", "mask"),
        ("https://shop.example/{order}", "(a+)+", "mask"),
        ("https://shop.example/{order}", "AB-##", "mask"),
        ("https://shop.example/{email}", "AB-######", "mask"),
    ],
)
async def test_a_context_link_leads_only_where_an_admin_said(
    service: Service, template: str, mask: str, code: str
) -> None:
    """The scheme is a listed one, the host stands fixed, places are known ones, and numbers are told by a mask."""
    async with await service.client("supervisor") as client:
        answer = await client.post("/context-links", json={"label": "Shop", "template": template, "mask": mask})

    assert answer.json().get("code", "") == code


async def test_a_view_holds_a_tree_of_tests_and_is_counted_while_it_is_made(stored_service: Service) -> None:
    """Lists take a condition beside flat filters, saved views keep one, and what no list can ask is refused by name."""
    shop = await Shop(stored_service).open()
    for person in ("eleni", "ben", "cleo"):
        await shop.writes(person=person)
    async with await stored_service.client("agent") as client:
        rows = {r["contact"]["name"]: r["id"] for r in (await client.get("/conversations")).json()["items"]}
        for name, priority in (("Eleni", "urgent"), ("Ben", "high"), ("Cleo", "low")):
            await client.patch(f"/conversations/{rows[name]}", json={"priority": priority})
        tree = {"all": [{"field": "priority", "op": "at_least", "value": "high"},
                        {"not": {"field": "priority", "op": "is", "value": "urgent"}}]}  # fmt: skip
        text = msgspec.json.encode(tree).decode()
        listed = (await client.get("/conversations", params={"condition": text, "kind": "direct"})).json()["items"]
        counted = (await client.post("/views/count", json={"filter": {"condition": text}})).json()
        view = (await client.post("/views", json={"name": "High", "filter": {"condition": text}})).json()
        shown = (await client.get("/conversations", params={"view": view["key"]})).json()["items"]
        refused = await client.post(
            "/views", json={"name": "X", "filter": {"condition": '{"field": "text", "op": "has_words", "value": "a"}'}}
        )
        broken = await client.get("/conversations", params={"condition": "{"})

    assert [r["contact"]["name"] for r in listed] == ["Ben"] == [r["contact"]["name"] for r in shown]
    assert (counted, view["filter"]["condition"]) == ({"count": 1}, text)
    assert (refused.status_code, refused.json()["field"], broken.status_code) == (422, "text", 422)
