"""The report of rules over HTTP: the period before, files, and the runs behind each figure."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from inbox import clock
from inbox.domain.permissions import Scope
from inbox.storage import rule_counts
from tests.inbox.api.running_api import Service, code_of
from tests.inbox.api.shop import OTHER, SHOP, Shop
from tests.inbox.api.test_rules import RULE, reader

CELLS = "/reports/rules/cells"


async def ran(service: Service, client: Any) -> str:
    """Runs of a rule: two in Eleni's conversation, one in Anna's. The rule's id."""
    shop = await Shop(service).open()
    actions = [{"do": "note", "text": "Money"}, {"do": "priority", "to": "urgent"}]
    rule: str = (await client.post("/rules", json={**RULE, "actions": actions})).json()["id"]
    for who in ("eleni", "anna", "eleni"):
        await shop.writes("A refund, please", person=who)
        await reader(service).catch_up()
    return rule


async def test_figures_stand_beside_those_of_the_period_before(stored_service: Service) -> None:
    """In all, and of each rule; a rule that ran only before has a line, and without `compare` there is nothing."""
    async with await stored_service.client("supervisor") as client:
        rule = await ran(stored_service, client)
        now = (await client.get("/reports/rules", params={"compare": True})).json()
        alone = (await client.get("/reports/rules")).json()
        since = clock.now() + clock.HOUR
        period: dict[str, str | bool] = {"from": clock.iso(since), "to": clock.iso(since + clock.DAY), "compare": True}
        later = (await client.get("/reports/rules", params=period)).json()
        backwards = await client.get("/reports/rules", params={"from": period["to"], "to": period["from"]})

    counts = {"runs": 3, "undone": 0, "refused": 0, "conversations": 2}
    nothing = dict.fromkeys(counts, 0)
    assert (now["total"], now["previous"]) == (counts, nothing)
    actions = now["items"][0].pop("actions")
    assert now["items"] == [{"rule_id": rule, "rule_name": "Refunds", **counts, "previous": nothing}]
    assert actions == now["actions"]
    assert (alone["previous"], alone["items"][0]["previous"]) == (None, None)
    assert (later["total"], later["previous"], later["items"][0]["previous"]) == (nothing, counts, counts)
    assert (backwards.status_code, code_of(backwards)) == (422, "period")


async def test_each_action_says_what_became_of_it_and_leads_to_its_runs(stored_service: Service) -> None:
    """Done, so already, taken back: of a rule, of all of them, and the runs behind each number."""
    async with await stored_service.client("supervisor") as client:
        rule = await ran(stored_service, client)
        runs = (await client.get(f"/rules/{rule}/runs")).json()["items"]
        await client.post(f"/rules/runs/{runs[1]['id']}/undo")
        found = (await client.get("/reports/rules", params={"rule": rule})).json()
        of_another = (await client.get("/reports/rules", params={"rule": "404"})).json()
        behind = {}
        for cell in ("done", "unchanged", "refused", "undone"):
            listed = await client.get(f"{CELLS}/{cell}", params={"action": "priority", "rule": rule})
            behind[cell] = [one["item_id"] for one in listed.json()["items"]]
        unknown = await client.get(f"{CELLS}/done", params={"action": "dance"})
        no_cell = await client.get(f"{CELLS}/runs", params={"action": "note"})

    note = {"do": "note", "done": 3, "unchanged": 0, "refused": 0, "undone": 0}
    priority = {"do": "priority", "done": 2, "unchanged": 1, "refused": 0, "undone": 1}
    assert found["actions"] == found["items"][0]["actions"] == [note, priority]
    assert (of_another["actions"], of_another["items"], of_another["total"]["runs"]) == ([], [], 0)
    assert behind == {
        "done": [runs[1]["id"], runs[2]["id"]],
        "unchanged": [runs[0]["id"]],
        "refused": [],
        "undone": [runs[1]["id"]],
    }
    assert (unknown.status_code, code_of(unknown)) == (422, "action")
    assert no_cell.status_code == 404


async def test_a_day_that_ends_at_a_midnight_that_is_skipped_is_one_day(service: Service) -> None:
    """In Cairo the 24th of April 2026 begins at one o'clock."""
    period = {"zone": "Africa/Cairo", "from": "2026-04-22T22:00:00Z", "to": "2026-04-23T22:00:00Z"}
    async with await service.client("supervisor") as client:
        report = (await client.get("/reports/rules", params=period)).json()

    assert [one["day"] for one in report["days"]] == ["2026-04-23"]


async def test_each_day_of_the_zone_has_a_line(stored_service: Service) -> None:
    """Also a day on which nothing ran; the day is that of the zone's clock, and the lines add up to the total."""
    async with await stored_service.client("supervisor") as client:
        await ran(stored_service, client)
        end = clock.now() + clock.HOUR
        period = {"from": clock.iso(end - 2 * clock.DAY), "to": clock.iso(end)}
        reports = {
            zone: (await client.get("/reports/rules", params={**period, "zone": zone})).json()
            for zone in ("UTC", "Pacific/Kiritimati", "America/Adak")
        }
        csv = await client.get("/reports/rules", params={**period, "by": "day", "format": "csv"})
        actions = await client.get("/reports/rules", params={**period, "by": "action", "format": "csv"})
        wrong = await client.get("/reports/rules", params={"by": "team", "format": "csv"})

    for zone, report in reports.items():
        place = ZoneInfo(zone)
        days = [one["day"] for one in report["days"]]
        first, last = (datetime.fromtimestamp(at / clock.SECOND, place).date() for at in (end - 2 * clock.DAY, end - 1))
        assert days == [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
        today = datetime.fromtimestamp(clock.now() / clock.SECOND, place).date().isoformat()
        assert {one["day"]: one["runs"] for one in report["days"] if one["runs"]} == {today: 3}
    assert csv.content.decode("utf-8-sig").splitlines()[-1] == "Total,,3,0,0,2,0"
    rows = actions.content.decode("utf-8-sig").splitlines()
    assert rows[5:] == [
        "action,action id,Done [count],Was so already [count],Could not be done [count],Taken back [count],Restated",
        "note,note,3,0,0,0,0",
        "priority,priority,2,1,0,0,0",
        "Total,,5,1,0,0,0",
    ]
    assert wrong.status_code == 422


async def test_the_report_is_taken_away_as_a_file(stored_service: Service) -> None:
    """Each rule a line with its name and id, and the total, in each of the forms that reports have."""
    async with await stored_service.client("supervisor") as client:
        rule = await ran(stored_service, client)
        csv, xlsx, lines = [
            await client.get("/reports/rules", params={"format": form, "compare": True})
            for form in ("csv", "xlsx", "ndjson")
        ]

    rows = csv.content.decode("utf-8-sig").splitlines()
    assert rows[5:] == [
        "rule,rule id,Runs [count],Undone [count],Done in part [count],Conversations [count],Restated",
        f"Refunds,{rule},3,0,0,2,0",
        "Total,,3,0,0,2,0",
    ]
    assert "rules-" in csv.headers["content-disposition"]
    assert xlsx.content.startswith(b"PK")
    kinds = [json.loads(line) for line in lines.text.splitlines()]
    assert [one["type"] for one in kinds] == ["report", "line", "total"]
    assert kinds[1]["previous"]["runs"] == 0


async def test_behind_a_figure_are_its_runs_page_by_page(stored_service: Service) -> None:
    """The newest first; conversations each once; those of one rule alone; what happened since does not shift pages."""
    async with await stored_service.client("supervisor") as client:
        rule = await ran(stored_service, client)
        runs = (await client.get(f"/rules/{rule}/runs")).json()["items"]
        first = (await client.get(f"{CELLS}/runs", params={"limit": 2})).json()
        await Shop(stored_service).writes("A refund again", person="nikos", dedupe_key="late", external_id="late")
        await reader(stored_service).catch_up()
        further = {"limit": 2, "cursor": first["next_cursor"]}
        rest = (await client.get(f"{CELLS}/runs", params=further)).json()
        conversations = (await client.get(f"{CELLS}/conversations", params={"rule": rule})).json()["items"]
        await client.post(f"/rules/runs/{runs[-1]['id']}/undo")
        undone = (await client.get(f"{CELLS}/undone", params={"rule": rule})).json()["items"]
        refused = (await client.get(f"{CELLS}/refused", params={"rule": rule})).json()["items"]
        of_another = (await client.get(f"{CELLS}/runs", params={"rule": "404"})).json()["items"]
        unknown = await client.get(f"{CELLS}/median")

    assert [one["item_id"] for one in (*first["items"], *rest["items"])] == [run["id"] for run in runs]
    assert rest["next_cursor"] is None
    assert len({one["conversation"]["id"] for one in conversations}) == len(conversations) == 3
    assert [one["item_id"] for one in undone] == [runs[-1]["id"]]
    assert (refused, of_another) == ([], [])
    assert (unknown.status_code, code_of(unknown)) == (404, "not_found")


@pytest.mark.parametrize(("channel", "runs"), [(SHOP, 3), (OTHER, 0)])
async def test_only_what_the_scope_covers_is_counted(stored_service: Service, channel: int, runs: int) -> None:
    """Of a channel's conversations alone, in the lines, in the total and behind them."""
    async with await stored_service.client("supervisor") as client:
        await ran(stored_service, client)
    scope = Scope(channels=frozenset({channel}), teams=frozenset())
    database, now = stored_service.deps.database, clock.now() + clock.HOUR
    lines = await database.read(rule_counts.by_rule, 0, now, scope)
    total = await database.read(rule_counts.in_all, 0, now, scope)
    behind = await database.read(rule_counts.behind, "runs", 0, now, scope, None, (2**62, 2**62), 50)
    assert (sum(row[1] for row in lines), total[0], len(behind)) == (runs, runs, runs)
