"""Mailed reports over the API: set, changed by version, refused where they cannot work, sent now."""

from __future__ import annotations

from typing import Any

from tests.inbox.api.running_api import Service, code_of

BODY: dict[str, Any] = {
    "name": "Weekly answers", "addresses": ["quality@shop.example", "quality@shop.example"],
    "query": "?report=response&from=2026-10-01&to=2026-10-31&by=team", "every": "week", "weekday": 4, "at": "07:30",
    "zone": "Europe/Athens", "form": "xlsx",
}  # fmt: skip


async def test_one_is_made_from_the_address_of_the_reports_page(service: Service) -> None:
    """Its period is left out, an address named twice is one, and it is known when it is due."""
    async with await service.client("supervisor") as client:
        made = await client.post("/report-mails", json=BODY)
        listed = (await client.get("/report-mails")).json()["items"]
    assert made.status_code == 201, made.text
    shown = made.json()
    assert (shown["query"], shown["report"]) == ("report=response&by=team", "response")
    assert (shown["addresses"], shown["at"]) == (["quality@shop.example"], "07:30")
    assert shown["owner_id"] == str(service.agents["supervisor"].id)
    assert shown["next_at"] is not None
    assert listed == [shown]


async def test_it_is_changed_by_version_and_belongs_to_who_changed_it(service: Service) -> None:
    """An older version is refused; switched off, nothing is due."""
    async with await service.client("supervisor") as client:
        made = (await client.post("/report-mails", json=BODY)).json()
    async with await service.client("admin") as client:
        path = f"/report-mails/{made['id']}"
        changed = await client.patch(path, json={"active": False}, headers={"If-Match": '"v1"'})
        stale = await client.patch(path, json={"active": True}, headers={"If-Match": '"v1"'})
        gone = await client.delete(path, headers={"If-Match": '"v2"'})
        after = await client.get(path)
    assert (changed.json()["active"], changed.json()["next_at"]) == (False, None)
    assert changed.json()["owner_id"] == str(service.agents["admin"].id)
    assert (stale.status_code, gone.status_code, after.status_code) == (412, 204, 404)


async def test_what_could_never_be_sent_is_refused_where_it_is_set(service: Service) -> None:
    """No such report, no way to group it so, no zone, no agent, nobody to send it to, no address."""
    wrong: dict[str, dict[str, Any]] = {
        "not_found": {"query": "report=weather"},
        "by": {"query": "report=response&by=colour"},
        "query": {"query": "colour=red"},
        "zone": {"zone": "Mars/Olympus"},
        "agent_ids": {"agent_ids": ["999999"]},
        "recipients": {"addresses": []},
        "invalid": {"addresses": ["Somebody <a@b.example>"]},
    }
    async with await service.client("supervisor") as client:
        answers = {code: await client.post("/report-mails", json={**BODY, **more}) for code, more in wrong.items()}
        listed = (await client.get("/report-mails")).json()["items"]
    assert {code_of(answer) for answer in answers.values()} == set(wrong)
    assert listed == []


async def test_it_is_sent_now_and_the_log_says_so(service: Service) -> None:
    """To the one who asks unless everyone is meant; without a mail server it says what to set."""
    async with await service.client("supervisor") as client:
        made = (await client.post("/report-mails", json=BODY)).json()
        path = f"/report-mails/{made['id']}"
        without = await client.post(f"{path}/send", json={})
        service.deps.mail = service.mail
        queued = [(await client.post(f"{path}/send", json={"to": to})).json() for to in ("me", "everyone")]
        first = (await client.get(f"{path}/sends", params={"limit": 1})).json()
        second = (await client.get(f"{path}/sends", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert code_of(without) == "no_mail"
    assert queued == [{"mails": 1}, {"mails": 1}]
    assert [(one["address"], one["state"], one["trial"]) for one in first["items"] + second["items"]] == [
        ("quality@shop.example", "queued", False), ("supervisor@inbox.test", "queued", True),
    ]  # fmt: skip
