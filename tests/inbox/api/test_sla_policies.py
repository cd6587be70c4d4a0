"""SLA policies over HTTP: made, changed, asked; what a draft would mean; breaches taken back."""

from __future__ import annotations

from typing import Any

import pytest

from inbox import clock
from inbox.clock import SECOND, parse_iso
from inbox.commands.due import unit_of
from inbox.storage import timer
from tests.inbox.api.running_api import Service, code_of
from tests.inbox.api.shop import OTHER, Shop

ALL_TIME: dict[str, Any] = {"name": "Fast", "time": "calendar", "first_response_seconds": 3600}
HOURS = {"zone": "Europe/Athens", "weekly": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}


async def fire(service: Service, later_seconds: float = 0) -> int:
    """Fire the timers that are due by then; how many did something."""
    now = clock.now() + int(later_seconds * SECOND)
    due = await service.deps.database.read(timer.due, now, 100)
    clock.set_clock(lambda: now)
    try:
        return sum([bool(await service.deps.writer.submit(unit_of(one))) for one in due])
    finally:
        clock.set_clock(None)


async def test_a_policy_is_made_and_changed(service: Service) -> None:
    """New terms are a version of their own; a new name is none."""
    async with await service.client("supervisor") as client:
        made = await client.post("/sla-policies", json={**ALL_TIME, "kinds": ["direct"], "priorities": ["urgent"]})
        path = f"/sla-policies/{made.json()['id']}"
        stale = await client.patch(path, json={"name": "Other"}, headers={"If-Match": '"v4"'})
        named = await client.patch(path, json={"name": "Faster"}, headers={"If-Match": made.headers["etag"]})
        change = {"first_response_seconds": 1800, "resolution_seconds": 86400, "pauses": ["waiting_on_customer"]}
        changed = await client.patch(path, json=change, headers={"If-Match": named.headers["etag"]})
        listed = (await client.get("/sla-policies")).json()["items"]

    assert (made.status_code, stale.status_code) == (201, 412)
    assert (named.json()["terms_version"], changed.json()["terms_version"]) == (1, 2)
    assert (changed.json()["kinds"], changed.json()["pauses"]) == (["direct"], ["waiting_on_customer"])
    assert listed == [changed.json()]


async def test_policies_are_asked_in_their_order(stored_service: Service) -> None:
    """By place, whatever the order they were made in; one that is off is not asked."""
    shop = await Shop(stored_service).open()
    async with await stored_service.client("supervisor") as client:
        slow = (await client.post("/sla-policies", json={**ALL_TIME, "first_response_seconds": 7200})).json()
        await client.post("/sla-policies", json={**ALL_TIME, "place": 0, "first_response_seconds": 600})
        off = {**ALL_TIME, "place": 0, "first_response_seconds": 60, "active": False}
        await client.post("/sla-policies", json=off)
        await shop.writes()
        row = (await client.get("/conversations", params={"sort": "deadline"})).json()["items"][0]

    assert slow["place"] == 1
    assert parse_iso(row["deadline_at"]) - parse_iso(row["waiting_since"]) == 600 * SECOND


async def test_lists_are_sorted_by_the_next_deadline(stored_service: Service) -> None:
    """Who has none comes after those who have."""
    shop = await Shop(stored_service).open()
    async with await stored_service.client("supervisor") as client:
        await shop.writes(person="nikos")
        await client.post("/sla-policies", json={**ALL_TIME, "channel_ids": [str(OTHER)], "first_response_seconds": 60})
        await client.post("/sla-policies", json=ALL_TIME)
        await shop.writes(person="maria")
        await shop.writes(person="anna", to=OTHER)
        rows = (await client.get("/conversations", params={"sort": "deadline", "status": "open"})).json()["items"]

    assert [row["contact"]["name"] for row in rows] == ["Anna", "Maria", "Nikos"]


async def test_an_edited_calendar_moves_what_runs(stored_service: Service) -> None:
    """The timer that the edit sets works the deadlines out anew, slice by slice."""
    shop = await Shop(stored_service).open()
    always = {"name": "Always", "zone": "UTC", "workspace": True, "weekly": _every_day("00:00-24:00")}
    async with await stored_service.client("supervisor") as client:
        calendar = await client.post("/calendars", json=always)
        await client.post("/sla-policies", json={**ALL_TIME, "time": "business"})
        await shop.writes()
        [before] = (await client.get("/conversations")).json()["items"]
        holidays = {"exceptions": {_day(offset): [] for offset in range(3)}}
        etag = {"If-Match": calendar.headers["etag"]}
        await client.patch(f"/calendars/{calendar.json()['id']}", json=holidays, headers=etag)
        await fire(stored_service, 3)
        [after] = (await client.get("/conversations")).json()["items"]

    assert parse_iso(before["deadline_at"]) - parse_iso(before["waiting_since"]) == 3600 * SECOND
    assert parse_iso(after["deadline_at"]) > parse_iso(_day(3) + "T00:00:00Z")


def _every_day(shift: str) -> dict[str, list[str]]:
    return {day: [shift] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def _day(offset: int) -> str:
    return clock.iso(clock.now() + offset * clock.DAY)[:10]


async def test_a_vip_is_matched_when_he_becomes_one(stored_service: Service) -> None:
    """A field of the contact decides: changed, what he waits for is promised."""
    shop = await Shop(stored_service).open()
    async with await stored_service.client("supervisor") as client:
        await client.post("/sla-policies", json={**ALL_TIME, "contact_fields": {"vip": ["yes"]}})
        await shop.writes()
        [row] = (await client.get("/conversations")).json()["items"]
        path = f"/contacts/{row['contact']['id']}"
        etag = {"If-Match": (await client.get(path)).headers["etag"]}
        await client.patch(path, json={"fields": {"vip": "Yes"}}, headers=etag)
        await fire(stored_service, 1)
        [after] = (await client.get("/conversations")).json()["items"]

    assert row["deadline_at"] is None
    assert after["deadline_at"] is not None


async def test_a_breach_is_taken_back_with_a_reason(stored_service: Service) -> None:
    """Only a breach; the reason stands in the conversation as a note; agents may not."""
    shop = await Shop(stored_service).open()
    async with await stored_service.client("supervisor") as client, await stored_service.client("agent") as agent:
        await client.post("/sla-policies", json={**ALL_TIME, "warning_seconds": 600, "resolution_seconds": 86400})
        await shop.writes()
        [row] = (await client.get("/conversations")).json()["items"]
        detail = (await client.get(f"/conversations/{row['id']}")).json()
        wait_id = detail["waits"][0]["id"]
        path = f"/conversations/{row['id']}/waits/{wait_id}/withdraw-breach"
        too_early = await client.post(path, json={"reason": "The storm"})
        await fire(stored_service, 3700)
        forbidden = await agent.post(path, json={"reason": "The storm"})
        done = await client.post(path, json={"reason": "The storm"})
        [after] = (await client.get("/conversations")).json()["items"]
        items = (await client.get(f"/conversations/{row['id']}/messages")).json()["items"]

    target = detail["waits"][0]["target"]
    assert (target["kind"], target["deadline_at"], target["breached_at"]) == ("first", row["deadline_at"], None)
    assert parse_iso(target["deadline_at"]) - parse_iso(target["warn_at"]) == 600 * SECOND
    assert detail["resolution"]["seconds"] == 86400
    assert (code_of(too_early), forbidden.status_code, done.status_code) == ("not_breached", 403, 204)
    assert after["deadline_at"] is None
    assert "The storm" in [item.get("text") for item in items]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"first_response_seconds": None}, "invalid"),
        ({"warning_seconds": 3600}, "warning_seconds"),
        ({"calendar_id": "77"}, "calendar_id"),
        ({"channel_ids": ["77"]}, "channel_ids"),
        ({"tag_ids": ["77"]}, "tag_ids"),
        ({"networks": ["carrier_pigeon"]}, "networks"),
        ({"languages": ["Greek"]}, "languages"),
    ],
)
async def test_what_cannot_be_kept_is_refused(service: Service, wrong: dict[str, Any], code: str) -> None:
    """No target, a warning as long as a target, names of nothing, what no conversation can have."""
    async with await service.client("supervisor") as client:
        refused = await client.post("/sla-policies", json={**ALL_TIME, **wrong})

    assert (refused.status_code, code_of(refused)) == (422, code)


# --- drafts


async def test_the_editor_s_sentence(service: Service) -> None:
    """A message on Friday 17:50, one hour in office hours: due on Monday 09:50."""
    async with await service.client("supervisor") as client:
        body = {
            "policy": {"first_response_seconds": 3600, "resolution_seconds": 600},
            "calendar": HOURS, "weekday": "fri", "time": "17:50",
        }  # fmt: skip
        said = (await client.post("/sla-policies/due", json=body)).json()

    message = parse_iso(said["message"]["at"])
    assert said["message"]["local"].endswith("17:50")
    assert said["first_response"]["local"].endswith("09:50")
    assert (parse_iso(said["first_response"]["at"]) - message) // clock.DAY == 2
    assert said["resolution"]["local"].endswith("18:00")
    assert (said["next_response"], said["zone"]) == (None, "Europe/Athens")


async def test_the_sentence_says_whose_hours_count(stored_service: Service) -> None:
    """Those of the draft's channel, else of the workspace; none for all time and for hours that are drafted."""
    await Shop(stored_service).open()
    week = {"zone": "UTC", "weekly": HOURS["weekly"]}
    async with await stored_service.client("supervisor") as client:
        made = [
            (await client.post("/calendars", json={**week, **body})).json()["id"]
            for body in ({"name": "All", "workspace": True}, {"name": "One", "channel_ids": [str(OTHER)]})
        ]
        everybody, other = made
        asked: list[dict[str, Any]] = [
            {"policy": {"first_response_seconds": 60}},
            {"policy": {"first_response_seconds": 60, "channel_ids": [str(OTHER)]}},
            {"policy": {"first_response_seconds": 60, "calendar_id": other}},
            {"policy": {"first_response_seconds": 60, "time": "calendar"}},
            {"policy": {"first_response_seconds": 60}, "calendar": HOURS},
        ]
        said = [(await client.post("/sla-policies/due", json=body)).json()["calendar_id"] for body in asked]

    assert said == [everybody, other, other, None, None]


async def test_what_if_counts_what_was_met_and_lists_what_was_not(stored_service: Service) -> None:
    """Of three who wrote two hours ago one was answered at once: under an hour's promise two were missed."""
    shop = await Shop(stored_service).open()
    now = clock.now()
    clock.set_clock(lambda: now - 2 * clock.HOUR)
    try:
        for person in ("nikos", "maria"):
            await shop.writes(person=person)
        await shop.comments(person="anna")
        async with await stored_service.client("supervisor") as client:
            rows = (await client.get("/conversations", params={"kind": "comment"})).json()["items"]
            await client.post(f"/conversations/{rows[0]['id']}/dismiss", json={"reason": "thanks"})
    finally:
        clock.set_clock(None)
    await shop.writes(person="max")
    async with await stored_service.client("supervisor") as client:
        draft = {"policies": [{"kinds": ["direct", "comment"], "time": "calendar", "first_response_seconds": 3600}]}
        found = (await client.post("/sla-policies/what-if", json=draft)).json()
        slow = {"policies": [{"kinds": ["direct"], "time": "calendar", "first_response_seconds": 86400}]}
        later = (await client.post("/sla-policies/what-if", json=slow)).json()

    thirty, ninety = found["periods"]
    assert (thirty["days"], ninety["days"]) == (30, 90)
    assert thirty["all"] == thirty["first"] == {"due": 2, "met": 0, "share": 0.0}
    assert [(cell["team_id"], cell["due"]) for cell in ninety["cells"]] == [(None, 2)]
    assert len(found["missed"]) == 2
    assert all(3590 <= one["over_seconds"] <= 3700 for one in found["missed"])
    assert (later["periods"][0]["all"]["due"], later["missed"], later["uncovered"]) == (0, [], 1)


async def test_what_if_asks_a_draft_in_its_place_among_the_others(stored_service: Service) -> None:
    """What an earlier policy is for is not counted; in place of one, after all, and those in force themselves."""
    shop = await Shop(stored_service).open()
    now = clock.now()
    clock.set_clock(lambda: now - 2 * clock.HOUR)
    try:
        await shop.writes()
        await shop.comments(person="anna")
    finally:
        clock.set_clock(None)
    everything = {"time": "calendar", "first_response_seconds": 3600}
    async with await stored_service.client("supervisor") as client:
        comments = {"name": "Comments", "kinds": ["comment"], "time": "calendar", "first_response_seconds": 86400}
        first = (await client.post("/sla-policies", json=comments)).json()
        rest = (await client.post("/sla-policies", json={"name": "Rest", **everything})).json()
        asked = {
            "alone": {"policies": [everything]},
            "last": {"policies": [everything], "among": True},
            "in its place": {"policies": [everything], "among": True, "in_place_of": rest["id"]},
            "first": {"policies": [everything], "among": True, "in_place_of": first["id"]},
            "in force": {"policies": []},
        }
        found = {name: (await client.post("/sla-policies/what-if", json=body)).json() for name, body in asked.items()}
        two = await client.post("/sla-policies/what-if", json={"policies": [everything] * 2, "among": True})
        none = await client.post(
            "/sla-policies/what-if", json={"policies": [everything], "among": True, "in_place_of": "404"}
        )

    assert {name: (one["periods"][0]["all"]["due"], one["taken"], one["uncovered"]) for name, one in found.items()} == {
        "alone": (2, 0, 0),
        "last": (0, 2, 0),
        "in its place": (1, 1, 0),
        "first": (2, 0, 0),
        "in force": (1, 0, 0),
    }
    assert (two.status_code, code_of(two)) == (422, "policies")
    assert (none.status_code, code_of(none)) == (422, "in_place_of")


async def test_what_if_with_other_hours(stored_service: Service) -> None:
    """Drafted hours stand for a calendar, or are for everybody; a holiday, an exception and closed days count."""
    shop = await Shop(stored_service).open()
    now = clock.now()
    clock.set_clock(lambda: now - 5 * clock.DAY)
    try:
        await shop.writes()
    finally:
        clock.set_clock(None)
    always = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    async with await stored_service.client("supervisor") as client:
        day_and_night = {"name": "All", "zone": "UTC", "weekly": always, "workspace": True}
        calendar = (await client.post("/calendars", json=day_and_night)).json()
        await client.post("/sla-policies", json={"name": "Rest", "first_response_seconds": 3600})
        days = [clock.iso(now - n * clock.DAY)[:10] for n in range(-1, 7)]
        asked = {
            "as it is": None,
            "its own": {"zone": "UTC", "weekly": always, "in_place_of": calendar["id"]},
            "never": {"zone": "UTC", "weekly": {}, "in_place_of": calendar["id"]},
            "all days off": {"zone": "UTC", "weekly": always, "exceptions": {day: [] for day in days},
                             "in_place_of": calendar["id"]},
            "for everybody": {"zone": "UTC", "weekly": {}, "workspace": True},
            "for others": {"zone": "UTC", "weekly": {}, "channel_ids": ["8"]},
        }  # fmt: skip
        found = {}
        for name, hours in asked.items():
            body = {"policies": [], **({"calendar": hours} if hours else {})}
            found[name] = (await client.post("/sla-policies/what-if", json=body)).json()["periods"][0]["all"]["due"]
        gone = {"zone": "UTC", "weekly": {}, "in_place_of": "404"}
        none = await client.post("/sla-policies/what-if", json={"policies": [], "calendar": gone})

    assert found == {
        "as it is": 1, "its own": 1, "never": 0, "all days off": 0, "for everybody": 0, "for others": 1,
    }  # fmt: skip
    assert (none.status_code, code_of(none)) == (422, "calendar_id")


async def test_what_a_policy_promised_before_can_be_read(service: Service) -> None:
    """Each version with the instant from which it held, the newest first; a new name is no version."""
    async with await service.client("supervisor") as client:
        made = await client.post("/sla-policies", json={"name": "Rest", "first_response_seconds": 3600})
        path = f"/sla-policies/{made.json()['id']}"
        named = await client.patch(path, json={"name": "All"}, headers={"If-Match": made.headers["etag"]})
        tag = {"If-Match": named.headers["etag"]}
        await client.patch(path, json={"first_response_seconds": 1800, "kinds": ["chat"]}, headers=tag)
        versions = (await client.get(f"{path}/versions")).json()

    said = [(one["version"], one["first_response_seconds"], one["kinds"]) for one in versions]
    assert said == [(2, 1800, ["chat"]), (1, 3600, [])]
    assert versions[0]["valid_from"] >= versions[1]["valid_from"] == made.json()["valid_from"]


async def test_three_presets_to_begin_with(service: Service) -> None:
    """Each can be asked what if as it is."""
    async with await service.client("supervisor") as client:
        presets = (await client.get("/sla-presets")).json()
        answers = []
        for preset in presets:
            policy = {name: value for name, value in preset["policy"].items() if name != "name"}
            body = {"policies": [policy], "calendar": preset["calendar"]}
            answers.append((await client.post("/sla-policies/what-if", json=body)).status_code)

    assert [preset["key"] for preset in presets] == ["office", "long_days", "around_the_clock"]
    assert answers == [200, 200, 200]
