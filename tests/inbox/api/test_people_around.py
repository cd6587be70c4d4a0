"""What stands around a person: consent, suggestions, the one timeline, cards and files, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from inbox import clock
from inbox.storage.bulk import imports_since
from inbox.upkeep import Remove
from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import OTHER, SHOP, Shop


async def _contacts(client: Any) -> dict[str, str]:
    return {c["name"]: c["id"] for c in (await client.get("/contacts")).json()["items"]}


async def test_who_opted_out_is_not_written_to_first_but_may_be_answered(stored_service: Service) -> None:
    """409 says that he does not want it; when he writes, he is answered; who grants again is written to."""
    shop = await Shop(stored_service).open()
    await shop.writes(person="eleni")
    async with await stored_service.client("agent") as client:
        contact = (await _contacts(client))["Eleni"]
        [conversation] = (await client.get("/conversations")).json()["items"]
        before = (await client.get(f"/contacts/{contact}/consents")).json()
        path = f"/contacts/{contact}/consents/{SHOP}"
        said = (await client.put(path, json={"state": "withdrawn", "source": "wrote STOP"})).json()
        start = {"channel_id": str(SHOP), "contact_id": contact, "text": "News!"}
        refused = await client.post("/conversations", json=start)
        answered = await client.post(f"/conversations/{conversation['id']}/replies", json={"text": "Gone. Sorry!"})
        await client.put(path, json={"state": "granted"})
        started = await client.post("/conversations", json=start)

    assert {one["state"] for one in before} == {"unknown"}
    assert (said["state"], said["source"], said["by"]["name"]) == ("withdrawn", "wrote STOP", "Agent")
    assert (refused.status_code, refused.json()["code"]) == (409, "opted_out")
    assert (answered.status_code, started.status_code) == (202, 201)


async def test_the_same_person_is_suggested_with_the_reason_until_told_apart(stored_service: Service) -> None:
    """By address, by number, by name with company; not by a name alone, and not again once somebody said no."""
    async with await stored_service.client("agent") as client:
        made = [
            (await client.post("/contacts", json=body)).json()["id"]
            for body in (
                {"name": "Maria Papadopoulou", "email": "M@acme.example", "company": "Acme"},
                {"name": "mp", "email": "m@ACME.example"},
                {"name": "María Papadopoulou", "company": "ACME"},
                {"name": "Maria Papadopoulou"},
                {"name": "M", "phone": "+30 694 123 4567"},
                {"name": "P", "phone": "0030-6941234567"},
            )
        ]
        path = f"/contacts/{made[0]}/suggestions"
        first = (await client.get(path)).json()["same"]
        numbers = (await client.get(f"/contacts/{made[4]}/suggestions")).json()["same"]
        await client.post(f"/contacts/{made[0]}/not-same", json={"other_id": made[1]})
        later = (await client.get(path)).json()["same"]
        mirrored = (await client.get(f"/contacts/{made[1]}/suggestions")).json()["same"]
        await client.post(f"/contacts/{made[2]}/merge", json={"into_id": made[0]})
        merged = (await client.get(path)).json()["same"]
        await client.post(f"/contacts/{made[2]}/unmerge")
        parted = (await client.get(path)).json()["same"]

    assert [(one["contact"]["id"], one["because"]) for one in first] == [(made[1], "email"), (made[2], "name_company")]
    assert [(one["contact"]["id"], one["because"]) for one in numbers] == [(made[5], "phone")]
    assert [one["contact"]["id"] for one in later] == [made[2]] == [one["contact"]["id"] for one in parted]
    assert (mirrored, merged) == ([], [])


async def test_one_timeline_tells_all_conversations_newest_first_page_by_page(stored_service: Service) -> None:
    """Items of every channel with their conversation; of one network where one is named; only within the scope."""
    shop = await Shop(stored_service).open()
    await shop.writes("one", person="eleni")
    await shop.writes("two", person="eleni2", to=OTHER)
    await shop.writes("three", person="eleni")
    async with await stored_service.client("supervisor") as client, await stored_service.client("agent") as narrow:
        people = await _contacts(client)
        await client.post(f"/contacts/{people['Eleni2']}/merge", json={"into_id": people["Eleni"]})
        path = f"/contacts/{people['Eleni']}/timeline"
        newest = (await client.get(path, params={"limit": "2"})).json()
        oldest = (await client.get(path, params={"limit": "2", "cursor": newest["next_cursor"]})).json()
        none = (await client.get(path, params={"network": "telegram"})).json()
        stored_service.deps.directory.agents[stored_service.agents["agent"].id].channel_ids = f"[{SHOP}]"
        seen = (await narrow.get(path)).json()

    assert [i["message"]["text"] for i in newest["items"]] == ["three", "two"]
    assert [i["conversation"]["channel_id"] for i in newest["items"]] == [str(SHOP), str(OTHER)]
    assert [i["message"]["text"] for i in oldest["items"]] == ["one"]
    assert (oldest["next_cursor"], none["items"]) == (None, [])
    assert [i["message"]["text"] for i in seen["items"]] == ["three", "one"]


async def test_a_person_is_found_in_every_script_and_by_what_stands_around_the_name(stored_service: Service) -> None:
    """Greek and Greeklish find each other, Armenian its Latin form, accents do not matter; numbers from their end."""
    names = ("Ελένη Παπαδοπούλου", "Աննա Պետրոսյան", "Siti Nurhaliza", "Päivi Mäkinen", "Jürgen Groß")
    async with await stored_service.client("agent") as client:
        for name in names:
            await client.post("/contacts", json={"name": name})
        await client.post(
            "/contacts", json={"name": "X", "phone": "+49 (151) 2345678", "email": "kundin@firma.example"}
        )
        queries = {
            "eleni papad": "Ελένη Παπαδοπούλου", "ελενη": "Ελένη Παπαδοπούλου", "anna petros": "Աննա Պետրոսյան",
            "աննա": "Աննա Պետրոսյան", "nurhal": "Siti Nurhaliza", "paivi makinen": "Päivi Mäkinen",
            "gross jurgen": "Jürgen Groß", "2345678": "X", "firma": "X",
        }  # fmt: skip
        found = {
            q: [c["name"] for c in (await client.get("/contacts", params={"q": q})).json()["items"]] for q in queries
        }

    assert found == {q: [name] for q, name in queries.items()}


async def test_a_card_says_what_is_known(service: Service) -> None:
    """vCard 4 with what separates escaped, lines of at most 75 bytes; or JSON."""
    async with await service.client("agent") as client:
        body = {
            "name": "Ελένη, K",
            "email": "e@example.test",
            "note": "one\ntwo; " + "ä" * 80,
            "fields": {"vip": "yes"},
        }
        made = (await client.post("/contacts", json=body)).json()
        card = await client.get(f"/contacts/{made['id']}/card")
        plain = (await client.get(f"/contacts/{made['id']}/card", params={"format": "json"})).json()

    lines = card.content.decode().split("\r\n")
    whole = card.content.decode().replace("\r\n ", "")
    assert (lines[0], lines[1], lines[-2]) == ("BEGIN:VCARD", "VERSION:4.0", "END:VCARD")
    assert "FN:Ελένη\\, K\r\n" in whole
    assert "NOTE:one\\ntwo\\; ää" in whole
    assert 'X-FIELD;TYPE="vip":yes' in whole
    assert max(len(line.encode()) for line in lines) <= 75
    assert (card.headers["content-type"], plain) == ("text/vcard; charset=utf-8", made)


async def test_a_file_of_people_is_previewed_then_taken_in_line_by_line(stored_service: Service) -> None:
    """A preview writes nothing and says what the import does; known people are changed, wrong lines refused alone;
    twice is the same as once.
    """
    text = (
        "Name;Email;Phone;field.tier;system;external_id;shoe\n"
        "Eleni K;eleni@example.test;;gold;crm;7;38\n"
        "Ben;BEN@example.test;;silver;;;\n"
        "Ben again;ben@example.test;;;;;\n"
        "Cleo;not an address;;;;;\n"
        "Dora;dora@example.test;;bronze;;;\n"
        ";;;;;;40\n"
    )
    async with await stored_service.client("supervisor") as client:
        field = {"key": "tier", "name": "Tier", "kind": "choice", "choices": ["gold", "silver"]}
        await client.post("/custom-fields", json=field)
        await client.post("/contacts", json={"name": "Eleni", "email": "eleni@example.test", "note": "kept"})
        preview = (await client.post("/people/import", json={"csv": text})).json()
        unwritten = (await client.get("/contacts")).json()["items"]
        done = (await client.post("/people/import", json={"csv": text, "preview": False})).json()
        again = (await client.post("/people/import", json={"csv": text.split("Ben again")[0], "preview": False})).json()
        people = {c["name"]: c for c in (await client.get("/contacts")).json()["items"]}
        out = (await client.get("/people.csv")).text

    outcomes = ["changed", "created", "changed", "refused", "refused", "refused"]
    assert [row["outcome"] for row in preview["rows"]] == outcomes == [row["outcome"] for row in done["rows"]]
    assert (preview["ignored"], len(unwritten)) == (["shoe"], 1)
    assert "not one of gold, silver" in done["rows"][4]["detail"]
    assert [row["outcome"] for row in again["rows"]] == ["unchanged", "changed"]
    assert (people["Eleni K"]["note"], people["Eleni K"]["fields"]) == ("kept", {"tier": "gold"})
    assert out.splitlines()[0] == "id,name,email,phone,company,language,note,field.tier,networks,created_at"
    assert len(out.splitlines()) == 3


async def test_a_blocked_person_stands_in_no_queue_and_comes_back_as_it_was(stored_service: Service) -> None:
    """His conversations leave the views, what he writes is kept; unblocked, he waits since he first did. What was spam
    before stays spam.
    """
    shop = await Shop(stored_service).open()
    await shop.writes("Where is it?", person="eleni")
    await shop.writes("Buy now", person="eleni", to=OTHER)
    async with await stored_service.client("agent") as client:
        rows = (await client.get("/conversations")).json()["items"]
        wanted, junk = (next(r for r in rows if r["channel_id"] == str(c)) for c in (SHOP, OTHER))
        contacts = (await client.get("/contacts")).json()["items"]
        for contact in contacts[1:]:
            await client.post(f"/contacts/{contact['id']}/merge", json={"into_id": contacts[0]["id"]})
        person = (await client.get(f"/contacts/{contacts[0]['id']}")).json()
        await client.patch(f"/conversations/{junk['id']}", json={"status": "spam"})
        path, match = f"/contacts/{person['id']}", {"If-Match": f'"v{person["version"]}"'}
        blocked = (await client.patch(path, json={"blocked": True}, headers=match)).json()
        during = (await client.get("/conversations", params={"view": "waiting"})).json()["items"]
        await shop.writes("And again", person="eleni")
        still = (await client.get("/conversations", params={"view": "all"})).json()["items"]
        kept = (await client.get(f"/conversations/{wanted['id']}/messages")).json()["items"]
        apart = (await client.get("/conversations", params={"view": "spam"})).json()["items"]
        match = {"If-Match": f'"v{blocked["version"]}"'}
        await client.patch(path, json={"blocked": False}, headers=match)
        after = (await client.get("/conversations", params={"view": "waiting"})).json()["items"]

    assert (during, still) == ([], [])
    assert [item["text"] for item in kept] == ["Where is it?", "And again"]
    assert {row["id"]: row["contact"]["blocked"] for row in apart} == {wanted["id"]: True, junk["id"]: True}
    assert [(row["id"], row["waiting_since"]) for row in after] == [(wanted["id"], wanted["waiting_since"])]


_FILE = (
    "name,email,phone,company,language,note,field.tier,system,external_id\n"
    "Eleni K,eleni@example.test,+30 694 123 4567,Acme,,,gold,,\n"
    "Ben,ben@example.test,,,,,silver,crm,7\n"
    "Ben Berg,ben@example.test,,,,,,,\n"
    "Cleo,cleo@example.test,,,,,,,\n"
    "Dora,dora@example.test,,,,,,,\n"
)


async def _taken_in(client: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Eleni was there and is changed, Ben, Cleo and Dora are made: the answer, and the contacts by name."""
    await client.post("/custom-fields", json={"key": "tier", "name": "Tier", "kind": "text"})
    fields = {"tier": "bronze"}
    await client.post("/contacts", json={"name": "Eleni", "email": "eleni@example.test", "fields": fields})
    done = (await client.post("/people/import", json={"csv": _FILE, "preview": False})).json()
    return done, {c["name"]: c for c in (await client.get("/contacts")).json()["items"]}


async def test_a_file_of_people_is_taken_back_in_one(stored_service: Service) -> None:
    """Whom it made is gone with all he was found by, whom it changed is as before; it cannot be done twice."""
    async with await stored_service.client("supervisor") as client:
        done, _ = await _taken_in(client)
        [listed] = (await client.get("/people/imports")).json()["items"]
        path = f"/people/imports/{done['import_id']}/undo"
        undone = (await client.post(path)).json()["rows"]
        again = await client.post(path)
        [left] = (await client.get("/contacts")).json()["items"]
        found = (await client.get("/contacts", params={"q": "694"})).json()["items"]
        anew = (await client.post("/people/import", json={"csv": _FILE, "preview": False})).json()

    assert (listed["id"], listed["created"], listed["changed"]) == (done["import_id"], 3, 1)
    assert [(row["name"], row["outcome"], row["because"]) for row in undone] == [
        ("Eleni K", "restored", None), ("Ben Berg", "removed", None), ("Cleo", "removed", None),
        ("Dora", "removed", None),
    ]  # fmt: skip
    assert (left["name"], left["phone"], left["company"], left["fields"]) == ("Eleni", None, "", {"tier": "bronze"})
    assert (again.status_code, found) == (404, [])
    assert [row["outcome"] for row in anew["rows"]] == ["changed", "created", "changed", "created", "created"]


async def test_what_was_changed_since_a_file_came_stays_and_is_said(stored_service: Service) -> None:
    """A field that somebody wrote, a person somebody changed, wrote for or merged: each stays, with the reason."""
    async with await stored_service.client("supervisor") as client:
        done, people = await _taken_in(client)

        async def change(name: str, body: dict[str, Any]) -> None:
            path, match = f"/contacts/{people[name]['id']}", {"If-Match": f'"v{people[name]["version"]}"'}
            assert (await client.patch(path, json=body, headers=match)).status_code == 200

        await change("Eleni K", {"name": "Eleni Kalogirou", "fields": {"tier": "platinum"}})
        await change("Ben Berg", {"note": "rang"})
        await client.put(f"/contacts/{people['Cleo']['id']}/consents/{SHOP}", json={"state": "withdrawn"})
        await client.post(f"/contacts/{people['Dora']['id']}/merge", json={"into_id": people["Cleo"]["id"]})
        undone = (await client.post(f"/people/imports/{done['import_id']}/undo")).json()["rows"]
        eleni = (await client.get(f"/contacts/{people['Eleni K']['id']}")).json()
        names = {c["name"] for c in (await client.get("/contacts")).json()["items"]}

    assert [(row["outcome"], row["because"]) for row in undone] == [
        ("partly", "changed"), ("stays", "changed"), ("stays", "used"), ("stays", "merged"),
    ]  # fmt: skip
    assert (eleni["name"], eleni["fields"], eleni["phone"], eleni["company"]) == (
        "Eleni Kalogirou", {"tier": "platinum"}, None, "",
    )  # fmt: skip
    assert names == {"Eleni Kalogirou", "Ben Berg", "Cleo"}


async def test_a_file_can_be_taken_back_for_an_hour_only(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """410 afterwards, and nothing of what people were called before is kept any longer."""
    async with await service.client("supervisor") as client:
        done, _ = await _taken_in(client)
        later = clock.now() + clock.HOUR + clock.SECOND
        monkeypatch.setattr(clock, "now", lambda: later)
        listed = (await client.get("/people/imports")).json()["items"]
        refused = await client.post(f"/people/imports/{done['import_id']}/undo")
        await service.deps.writer.submit(Remove(30))
        gone = await client.post(f"/people/imports/{done['import_id']}/undo")

    assert (listed, refused.status_code, refused.json()["code"], gone.status_code) == ([], 410, "too_late", 404)


async def test_who_is_erased_is_not_kept_in_a_file_either(stored_service: Service) -> None:
    """What he was called before the file is blanked with the rest: taking back leaves him out."""
    async with await stored_service.client("admin") as client:
        done, people = await _taken_in(client)
        erased = await client.delete(f"/contacts/{people['Eleni K']['id']}")
        kept = await stored_service.deps.database.read(imports_since, 0)
        undone = (await client.post(f"/people/imports/{done['import_id']}/undo")).json()["rows"]

    assert erased.status_code == 204
    assert len(kept) == 1
    assert "Eleni" not in kept[0].steps
    assert [row["outcome"] for row in undone] == ["removed"] * 3


async def test_a_file_of_people_is_no_change_of_conversations(service: Service) -> None:
    """The id of a file is not taken for that of a bulk change: nothing of it goes by that door."""
    async with await service.client("supervisor") as client:
        done, _ = await _taken_in(client)
        other = await client.post(f"/conversations/bulk/{done['import_id']}/undo")
        preview = (await client.post("/people/import", json={"csv": _FILE})).json()
        mine = (await client.get("/people/imports")).json()["items"]

    assert (other.status_code, preview["import_id"], len(mine)) == (404, None, 1)
