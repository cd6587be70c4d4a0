"""Business calendars over HTTP: made, changed from an instant on, held by one, removed."""

from __future__ import annotations

from typing import Any

import pytest

from inbox import clock
from inbox.clock import iso
from tests.inbox.api.running_api import Service, code_of

OFFICE: dict[str, Any] = {
    "name": "Athens office",
    "zone": "Europe/Athens",
    "weekly": {"mon": ["09:00-13:00", "17:00-20:00"], "fri": ["22:00-06:00"]},
    "holidays": "GR",
    "exceptions": {"2026-12-24": ["09:00-12:00"], "2026-12-31": []},
    "workspace": True,
}


async def test_a_calendar_is_made_and_changed(service: Service) -> None:
    """Split and overnight shifts, holidays by name, dates of their own; each change is a version."""
    async with await service.client("supervisor") as client:
        made = await client.post("/calendars", json=OFFICE)
        path = f"/calendars/{made.json()['id']}"
        stale = await client.patch(path, json={"zone": "Europe/Berlin"}, headers={"If-Match": '"v9"'})
        change = {"zone": "Europe/Berlin", "holidays": "DE-BY"}
        changed = await client.patch(path, json=change, headers={"If-Match": made.headers["etag"]})
        renamed = await client.patch(path, json={"name": "Munich"}, headers={"If-Match": changed.headers["etag"]})
        seen = await client.get(path)
        listed = (await client.get("/calendars")).json()["items"]

    calendar = made.json()
    assert (made.status_code, stale.status_code) == (201, 412)
    assert (calendar["weekly"]["mon"], calendar["weekly"]["tue"]) == (["09:00-13:00", "17:00-20:00"], [])
    assert calendar["exceptions"] == {"2026-12-24": ["09:00-12:00"], "2026-12-31": []}
    year = iso(clock.now())[:4]
    assert calendar["public_holidays"][f"{year}-01-06"] == "Epiphany"
    assert f"{year}-03-25" in calendar["public_holidays"]
    assert f"{year}-03-25" not in changed.json()["public_holidays"]
    assert (len(renamed.json()["versions"]), renamed.json()["version"], renamed.json()["name"]) == (2, 3, "Munich")
    assert [seen.json()] == listed


async def test_a_change_may_be_planned(service: Service) -> None:
    """A later plan for the same time replaces it; what lies in the past is refused."""
    later = iso(clock.now() + 30 * clock.DAY)
    async with await service.client("supervisor") as client:
        path = f"/calendars/{(await client.post('/calendars', json=OFFICE)).json()['id']}"
        first = await client.patch(path, json={"zone": "UTC", "valid_from": later}, headers={"If-Match": "*"})
        again = await client.patch(path, json={"zone": "Asia/Jakarta", "valid_from": later}, headers={"If-Match": "*"})
        past = {"zone": "UTC", "valid_from": "2020-01-01T00:00:00Z"}
        refused = await client.patch(path, json=past, headers={"If-Match": "*"})

    assert (first.json()["valid_from"], first.json()["zone"]) == (later, "UTC")
    assert (again.json()["zone"], len(again.json()["versions"])) == ("Asia/Jakarta", 2)
    assert (refused.status_code, code_of(refused)) == (422, "valid_from")


async def test_whatever_holds_is_held_by_one_calendar(service: Service) -> None:
    """A workspace, a team and a channel have at most one."""
    async with await service.client("admin") as client:
        team = (await client.post("/teams", json={"name": "Night"})).json()["id"]
        await client.post("/calendars", json={**OFFICE, "team_ids": [team]})
        same = {**OFFICE, "name": "Other", "workspace": False, "team_ids": [team]}
        taken = await client.post("/calendars", json=same)
        second = await client.post("/calendars", json={**OFFICE, "name": "Second"})
        unknown = await client.post("/calendars", json={**OFFICE, "workspace": False, "team_ids": ["999"]})

    assert [code_of(one) for one in (taken, second, unknown)] == ["held", "held", "team_ids"]
    assert "Night" in taken.json()["detail"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"weekly": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "weekly"),
        ({"weekly": {"mon": ["09:00-24:30"]}}, "weekly"),
        ({"exceptions": {"2026-02-30": []}}, "exceptions"),
        ({"holidays": "QQ"}, "holidays"),
    ],
)
async def test_what_makes_no_sense_is_refused(service: Service, wrong: dict[str, Any], code: str) -> None:
    """Each with what to write instead."""
    async with await service.client("supervisor") as client:
        refused = await client.post("/calendars", json={**OFFICE, **wrong})

    assert (refused.status_code, code_of(refused)) == (422, code)


async def test_a_removed_calendar_holds_for_nobody(service: Service) -> None:
    """Not while a policy counts in it; then another may hold what it held."""
    async with await service.client("supervisor") as client:
        calendar = (await client.post("/calendars", json=OFFICE)).json()["id"]
        terms = {"name": "Fast", "first_response_seconds": 60, "calendar_id": calendar}
        policy = (await client.post("/sla-policies", json=terms)).json()["id"]
        in_use = await client.delete(f"/calendars/{calendar}")
        await client.delete(f"/sla-policies/{policy}")
        removed = await client.delete(f"/calendars/{calendar}")
        gone = [
            (await client.get(f"/calendars/{calendar}")).status_code,
            (await client.get("/calendars")).json()["items"],
        ]
        next_one = await client.post("/calendars", json=OFFICE)

    assert (code_of(in_use), removed.status_code, gone, next_one.status_code) == ("in_use", 204, [404, []], 201)


async def test_holidays_of_a_place_can_be_looked_at(service: Service) -> None:
    """Before they are taken into a calendar."""
    async with await service.client("agent") as client:
        found = (await client.get("/holidays", params={"code": "DE-BY", "year": "2026"})).json()

    assert found["2026-01-06"] == "Epiphany"


async def test_a_calendar_tells_what_it_said_and_since_when(service: Service) -> None:
    """Every version with its hours, the newest first; nothing of the past is changed by a change."""
    async with await service.client("supervisor") as client:
        made = (await client.post("/calendars", json=OFFICE)).json()
        path = f"/calendars/{made['id']}"
        await client.patch(path, json={"zone": "Asia/Jakarta"}, headers={"If-Match": "*"})
        newest, first = (await client.get(f"{path}/versions")).json()
    assert (newest["zone"], first["zone"]) == ("Asia/Jakarta", "Europe/Athens")
    assert (first["version"], first["valid_from"], first["workspace"]) == (1, made["valid_from"], True)
    assert first["weekly"] == made["weekly"]
    assert first["public_holidays"] > 100


async def test_whether_it_is_open_now_and_until_when(service: Service) -> None:
    """Around the clock has no end; a shift ends on the wall of its place; what is shut says when it opens."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    always = {day: ["00:00-24:00"] for day in days}
    # Of any hour of the day at most one of these two is shut.
    parts = [{day: ["03:00-15:00"] for day in days}, {day: ["15:00-03:00"] for day in days}]
    async with await service.client("supervisor") as client:
        made = []
        for weekly in (always, *parts, {}):
            answer = await client.post("/calendars", json={"name": "Hours", "zone": "Asia/Jakarta", "weekly": weekly})
            made.append(answer.json()["id"])
        found = {one["calendar_id"]: one for one in (await client.get("/opening-hours")).json()}
    always_open, day, night, never = (found[one] for one in made)
    assert (always_open["open"], always_open["changes"]) == (True, None)
    assert (never["open"], never["changes"]) == (False, None)
    assert day["open"] is not night["open"]
    assert day["changes"] == night["changes"]
    assert day["changes"]["local"][11:] in ("03:00", "15:00")


async def test_places_with_known_holidays_are_listed(service: Service) -> None:
    """Countries and their parts, each of which the list of holidays takes."""
    async with await service.client("agent") as client:
        places = (await client.get("/holidays/places")).json()
        days = await client.get("/holidays", params={"code": "DE-BY", "year": 2026})
    assert {"GR", "ID", "AM", "FI", "DE-BY"} <= set(places)
    assert "2026-11-01" in days.json()
