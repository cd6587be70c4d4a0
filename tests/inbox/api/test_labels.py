"""Tags, saved views and canned answers."""

from __future__ import annotations

import pytest

from inbox.domain import events as e
from tests.inbox.api.running_api import Service, code_of


async def test_a_tag_is_made_changed_and_removed(stored_service: Service) -> None:
    """Each change is told to everyone by an event; names are unique."""
    client = await stored_service.client("supervisor")
    made = (await client.post("/tags", json={"name": "parcel", "colour": "red"})).json()
    taken = await client.post("/tags", json={"name": "parcel"})
    changed = (await client.patch(f"/tags/{made['id']}", json={"colour": "plum"})).json()
    removed = await client.delete(f"/tags/{made['id']}")

    assert code_of(taken) == "name_taken"
    assert changed == {"id": made["id"], "name": "parcel", "colour": "plum"}
    assert removed.status_code == 204
    assert (await client.get("/tags")).json()["items"] == []
    told = [logged.event for logged in stored_service.events]
    tag_id = int(made["id"])
    assert told == [
        e.SettingChanged(object="tag", id=tag_id),
        e.SettingChanged(object="tag", id=tag_id),
        e.SettingChanged(object="tag", id=tag_id, removed=True),
    ]
    assert all(logged.audience == e.EVERYONE for logged in stored_service.events)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tag", "parcel"), ("team", "somebody"), ("rating", "five"), ("assignee", "Ann"), ("status", "ajar"),
        ("channel", "9" * 30), ("view", "team:" + "9" * 30), ("target", "soonish"),
    ],
)  # fmt: skip
async def test_a_filter_that_no_list_takes_is_neither_counted_nor_kept(
    stored_service: Service, name: str, value: str
) -> None:
    """Kept, it would break each list, count and screen of it: the field is named and nothing is saved."""
    client = await stored_service.client("agent")
    own = (await client.post("/views", json={"name": "Good", "filter": {"tag": "7"}})).json()

    refused = [
        await client.post("/views/count", json={"filter": {name: value}}),
        await client.post("/views", json={"name": "Odd", "filter": {name: value}}),
        await client.patch(f"/views/{own['key']}", json={"filter": {name: value}}, headers={"If-Match": "*"}),
    ]

    assert [one.status_code for one in refused] == [422, 422, 422]
    assert all(one.json()["errors"][0]["pointer"].startswith(f"/filter/{name}") for one in refused)
    assert [one["filter"] for one in (await client.get("/views")).json()["items"]] == [{"tag": "7"}]


async def test_ones_own_view_is_nobody_elses(stored_service: Service) -> None:
    """Colleagues neither list, see, change nor remove it, and its event is private."""
    owner, other = await stored_service.client("observer"), await stored_service.client("admin")
    made = (await owner.post("/views", json={"name": "Angry", "filter": {"tag": "7"}, "sort": "waiting"})).json()
    path = f"/views/{made['key']}"

    assert [one["key"] for one in (await owner.get("/views")).json()["items"]] == [made["key"]]
    assert (await other.get("/views")).json()["items"] == []
    assert code_of(await other.get(path)) == "not_found"
    assert code_of(await other.patch(path, json={"name": "x"}, headers={"If-Match": "*"})) == "not_found"
    assert code_of(await other.delete(path)) == "not_found"
    assert stored_service.events[-1].audience == e.Audience(agent_id=stored_service.agents["observer"].id)


async def test_a_view_for_all_needs_the_right_to_settings(service: Service) -> None:
    """An agent may neither make one nor turn his own into one; a supervisor may."""
    agent, supervisor = await service.client("agent"), await service.client("supervisor")
    own = (await agent.post("/views", json={"name": "Mine", "filter": {}})).json()
    body = {"name": "Late", "scope": "all", "filter": {"status": "open"}}

    widened = await agent.patch(f"/views/{own['key']}", json={"scope": "all"}, headers={"If-Match": '"v1"'})

    assert code_of(await agent.post("/views", json=body)) == "forbidden"
    assert code_of(widened) == "forbidden"
    assert (await supervisor.post("/views", json=body)).status_code == 201
    assert [one["name"] for one in (await agent.get("/views")).json()["items"]] == ["Mine", "Late"]


async def test_a_view_of_a_team_names_one_there_is(service: Service) -> None:
    """Nobody could find it otherwise; a view that has its team keeps it when something else changes."""
    client = await service.client("supervisor")
    admin = await service.client("admin")
    team = (await admin.post("/teams", json={"name": "Care"})).json()["id"]
    body = {"name": "Parcels", "scope": "team", "filter": {}}

    refused = [await client.post("/views", json={**body, "team_id": one}) for one in (None, "999999")]
    made = (await client.post("/views", json={**body, "team_id": team})).json()
    path, first = f"/views/{made['key']}", {"If-Match": '"v1"'}
    lost = await client.patch(path, json={"team_id": None}, headers=first)
    renamed = (await client.patch(path, json={"name": "Post"}, headers=first)).json()

    assert [(one.status_code, code_of(one)) for one in (*refused, lost)] == [(422, "team_id")] * 3
    assert (renamed["name"], renamed["scope"], renamed["team_id"]) == ("Post", "team", team)


async def test_a_view_filters_only_by_what_there_is(service: Service) -> None:
    """A filter that GET conversations does not know is refused when it is saved."""
    client = await service.client("agent")

    refused = await client.post("/views", json={"name": "Odd", "filter": {"colour": "red"}})

    assert refused.status_code == 422


async def test_a_canned_answer_keeps_what_is_not_named(service: Service) -> None:
    """PATCH changes the fields given; null takes the language away; shortcuts are unique."""
    client = await service.client("supervisor")
    body = {"shortcut": "late", "name": "Late", "text": "On its way.", "language": "en", "ends_wait": False}
    made = (await client.post("/canned-replies", json=body)).json()
    path, match = f"/canned-replies/{made['id']}", {"If-Match": '"v1"'}

    changed = (await client.patch(path, json={"text": "It left us.", "language": None}, headers=match)).json()

    assert changed == {**made, "text": "It left us.", "language": None, "version": 2}
    assert made["ends_wait"] is False
    assert code_of(await client.post("/canned-replies", json=body)) == "name_taken"
