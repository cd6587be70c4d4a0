"""Rules over HTTP: made, changed, ordered, tried on the past, undone; what they hid."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from inbox.api.rules import _part
from inbox.automation.running import Rules
from inbox.domain.conditions import parse
from inbox.domain.rule_presets import PRESETS
from inbox.domain.rules import Action, Trigger
from tests.inbox.api.running_api import Service, code_of
from tests.inbox.api.shop import Shop

RULE: dict[str, Any] = {
    "name": "Refunds",
    "trigger": {"on": "event", "events": ["message_received"]},
    "condition": {"field": "text", "op": "has_words", "value": ["refund*"]},
    "actions": [{"do": "priority", "to": "urgent"}],
}


def reader(service: Service) -> Rules:
    """The rules' reader on the parts of the API."""
    deps = service.deps
    return Rules(deps.database, deps.writer, deps.directory, deps.bus, deps.context_of)


async def test_a_rule_is_made_changed_and_removed(service: Service) -> None:
    """What it says anew is a version of its own; a new name is none. A stale If-Match is refused."""
    async with await service.client("supervisor") as client:
        made = await client.post("/rules", json=RULE)
        path = f"/rules/{made.json()['id']}"
        stale = await client.patch(path, json={"name": "Other"}, headers={"If-Match": '"v4"'})
        without = await client.patch(path, json={"name": "Other"})
        named = await client.patch(path, json={"name": "Money"}, headers={"If-Match": made.headers["etag"]})
        changed = await client.patch(path, json={"stop": True}, headers={"If-Match": named.headers["etag"]})
        listed = (await client.get("/rules")).json()["items"]
        gone = await client.delete(path)
        after = await client.get(path)

    assert (made.status_code, stale.status_code, without.status_code) == (201, 412, 428)
    assert (named.json()["rule_version"], changed.json()["rule_version"]) == (1, 2)
    assert listed == [changed.json()]
    assert {name: made.json()[name] for name in RULE} == {
        **RULE,
        "trigger": {"on": "event", "events": ["message_received"], "tag_id": None},
    }
    assert (gone.status_code, after.status_code) == (204, 404)


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        ({"trigger": {"on": "event", "events": []}}, "trigger", "trigger"),
        ({"trigger": {"on": "time", "what": "waiting", "seconds": 1}}, "trigger", "$.seconds"),
        ({"trigger": {"on": "schedule", "days": ["mon"], "time": "09:00", "zone": "Mars"}}, "trigger", "Mars"),
        ({"actions": [{"do": "fly"}]}, "actions", "actions[0]"),
        ({"actions": [{"do": "tag", "tag_ids": ["999999"]}]}, "tag_id", "999999"),
        ({"actions": [{"do": "webhook", "webhook_id": "999999"}]}, "webhook_id", "999999"),
        ({"actions": [{"do": "notify", "text": "x"}]}, "notify", "told"),
        ({"condition": {"field": "tag", "op": "is", "value": "999999"}}, "tag_id", "999999"),
        ({"condition": {"any": [{"field": "colour", "op": "is", "value": 1}]}}, "condition", "any[0].field"),
    ],
)
async def test_what_cannot_be_done_is_refused_by_name(
    service: Service, wrong: dict[str, Any], code: str, said: str
) -> None:
    """The answer names the place and the value."""
    async with await service.client("supervisor") as client:
        refused = await client.post("/rules", json={**RULE, **wrong})
    assert (refused.status_code, code_of(refused)) == (422, code)
    assert said in refused.json()["detail"]


async def test_rules_are_put_into_an_order(service: Service) -> None:
    """All of them, each once."""
    async with await service.client("supervisor") as client:
        ids = [(await client.post("/rules", json={**RULE, "name": name})).json()["id"] for name in "abc"]
        some = await client.post("/rules/order", json={"ids": ids[:2]})
        done = await client.post("/rules/order", json={"ids": ids[::-1]})
        listed = [one["name"] for one in (await client.get("/rules")).json()["items"]]
    assert (some.status_code, done.status_code, listed) == (422, 204, ["c", "b", "a"])


async def test_a_run_is_seen_counted_and_undone(stored_service: Service) -> None:
    """By rule and by conversation; a second undo is refused."""
    shop = await Shop(stored_service).open()
    async with await stored_service.client("supervisor") as client:
        rule = (await client.post("/rules", json=RULE)).json()
        await shop.writes("A refund, please")
        await reader(stored_service).catch_up()
        [run] = (await client.get(f"/rules/{rule['id']}/runs")).json()["items"]
        conversation = f"/conversations/{run['conversation_id']}"
        [same] = (await client.get(f"{conversation}/rule-runs")).json()["items"]
        undone = await client.post(f"/rules/runs/{run['id']}/undo")
        again = await client.post(f"/rules/runs/{run['id']}/undo")
        row = (await client.get(conversation)).json()
        [count] = (await client.get("/reports/rules")).json()["items"]

    assert (run["rule_name"], run["deeds"][0]["do"], run["deeds"][0]["changed"]) == ("Refunds", "priority", True)
    assert same == run
    assert (undone.json()["deeds"][0]["undone"], undone.json()["undone_by"]) == (True, "Supervisor")
    assert (again.status_code, code_of(again), row["conversation"]["priority"]) == (409, "undone", "normal")
    assert (count["runs"], count["undone"], count["conversations"]) == (1, 1, 1)


async def test_a_draft_is_tried_on_the_past(stored_service: Service) -> None:
    """In the background: the hits, by day, the first of them with the reasons; nothing happens to them."""
    shop = await Shop(stored_service).open()
    for n in range(30):
        await shop.writes("I want a REFUND" if n % 3 == 0 else "Hello", person=f"p{n}")
    draft = {name: RULE[name] for name in ("trigger", "condition", "actions")}
    async with await stored_service.client("supervisor") as client:
        begun = await client.post("/rules/dry-run", json={"rule": draft, "days": 7})
        path = f"/rules/dry-run/{begun.json()['id']}"
        found = await _done(client, path)
        stopped = await client.delete(path)
        rows = (await client.get("/conversations")).json()["items"]
    async with await stored_service.client("admin") as other:
        hidden = await other.get(path)

    result = found["result"]
    assert (begun.status_code, found["progress"], found["checked"]) == (202, 1.0, 30)
    assert (result["hits"], sum(result["days"].values()), len(result["first"])) == (10, 10, 10)
    assert result["first"][0]["reasons"] == [
        {"field": "text", "op": "has_words", "value": ["refund*"], "found": ["refund*"], "held": True}
    ]
    assert (stopped.status_code, hidden.status_code) == (204, 404)
    assert {row["priority"] for row in rows} == {"normal"}


async def _done(client: Any, path: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            found: dict[str, Any] = (await client.get(path)).json()
            if found["state"] != "running":
                return found
            await asyncio.sleep(0.02)


async def test_the_past_is_tried_for_a_rule_that_waits(stored_service: Service) -> None:
    """Only what lasted as long, of whatever it waits for; and far more than usual, at each look of the past."""
    shop = await Shop(stored_service).open()
    await shop.writes()
    trigger = {"on": "time", "what": "waiting", "seconds": 60}
    async with await stored_service.client("supervisor") as client:
        draft = {"trigger": trigger, "actions": RULE["actions"]}
        begun = await client.post("/rules/dry-run", json={"rule": draft, "days": 7})
        found = await _done(client, f"/rules/dry-run/{begun.json()['id']}")
        silent = {"trigger": {**trigger, "what": "silent"}, "actions": RULE["actions"]}
        quiet = await _done(
            client, f"/rules/dry-run/{(await client.post('/rules/dry-run', json={'rule': silent})).json()['id']}"
        )
        volume = {"on": "volume", "scope": "channel", "minutes": 15, "times": 3, "minimum": 5}
        tried = await client.post("/rules/dry-run", json={"rule": {**draft, "trigger": volume}})
        surged = await _done(client, f"/rules/dry-run/{tried.json()['id']}")
    assert (found["state"], found["result"]["hits"]) == ("done", 0)
    assert (quiet["state"], quiet["checked"]) == ("done", 0)
    assert (surged["state"], surged["result"]["surge_count"], surged["result"]["surges"]) == ("done", 0, [])


async def test_fields_and_presets_are_offered(service: Service) -> None:
    """Every preset is a rule that can be made as it is."""
    async with await service.client("supervisor") as client:
        fields = (await client.get("/rules/fields")).json()
        presets = (await client.get("/rules/presets")).json()
        names = ("name", "trigger", "condition", "actions", "stop")
        made = [await client.post("/rules", json={name: one[name] for name in names}) for one in presets]
    assert {"text", "business_hours", "tag"} <= {one["name"] for one in fields}
    assert [one.status_code for one in made] == [201] * len(PRESETS)


def test_presets_are_well_formed() -> None:
    """Trigger, condition and actions of each are read without a complaint."""
    for preset in PRESETS:
        _part(preset.trigger, Trigger, "trigger")
        parse(preset.condition)
        for action in preset.actions:
            _part(action, Action, "actions")
