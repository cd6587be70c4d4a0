"""One's own notifications over HTTP: the centre, what one chooses, the browsers that are called."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.domain.notifying import KINDS
from inbox.notify import webpush
from inbox.notify.unsubscribe import Unsubscribe
from tests.inbox.api.running_api import KEY, Service, code_of
from tests.inbox.api.shop import Shop

BROWSER: dict[str, Any] = {
    "endpoint": "https://push.example.net/p/1",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
    "name": "Firefox, Linux",
}


async def test_who_has_chosen_nothing_is_told_as_usual(service: Service) -> None:
    """Every kind is listed; a first choice needs the version 0."""
    async with await service.client("agent") as client:
        usual = (await client.get("/notification-preferences")).json()
        stale = await client.patch("/notification-preferences", json={"stars": 4}, headers={"If-Match": '"v3"'})
        change = {
            "ways": {"message": ["sound"]}, "stars": 4, "zone": "Asia/Yerevan",
            "quiet": {"begin": "22:00", "end": "07:30", "days": [0, 4]},
        }  # fmt: skip
        chosen = await client.patch("/notification-preferences", json=change, headers={"If-Match": '"v0"'})
        none = await client.patch("/notification-preferences", json={"quiet": None}, headers={"If-Match": '"v1"'})

    assert (set(usual["ways"]), usual["version"], usual["mail"]) == (set(KINDS), 0, False)
    assert usual["ways"] == usual["usual"]
    assert stale.status_code == 412
    assert chosen.json()["quiet"] == {"begin": "22:00", "end": "07:30", "days": [0, 4]}
    assert chosen.json()["ways"] == {**usual["ways"], "message": ["sound"]}
    assert (none.json()["quiet"], none.json()["stars"], none.headers["etag"]) == (None, 4, '"v2"')


@pytest.mark.parametrize(
    "bad",
    [
        {"ways": {"nothing": ["push"]}}, {"ways": {"message": ["pigeon"]}}, {"zone": "Mars/Olympus"}, {"stars": 6},
        {"quiet": {"begin": "25:00", "end": "07:00"}}, {"digest": "weekly"},
        {"quiet": {"begin": "22:00", "end": "07:00", "days": []}},
    ],
)  # fmt: skip
async def test_what_cannot_be_kept_is_refused(service: Service, bad: dict[str, Any]) -> None:
    """Kinds, ways, zones and times that there are not."""
    async with await service.client("agent") as client:
        answer = await client.patch("/notification-preferences", json=bad, headers={"If-Match": '"v0"'})
    assert answer.status_code == 422


async def test_a_browser_is_added_seen_by_its_agent_alone_and_removed(stored_service: Service) -> None:
    """The key is the same at every asking; the same browser twice is one."""
    async with await stored_service.client("agent") as client, await stored_service.client("admin") as other:
        key = (await client.get("/push")).json()["key"]
        made = await client.post("/push/browsers", json=BROWSER)
        again = await client.post("/push/browsers", json={**BROWSER, "name": "The same"})
        mine, his = (await client.get("/push")).json(), (await other.get("/push")).json()
        path = f"/push/browsers/{made.json()['id']}"
        tested = await client.post("/push/test")
        foreign, gone = await other.delete(path), await client.delete(path)

    assert (made.status_code, made.json()["current"], again.json()["id"]) == (201, True, made.json()["id"])
    assert (mine["key"], his["key"], [one["name"] for one in mine["browsers"]]) == (key, key, ["The same"])
    assert len(webpush.unb64(key)) == 65
    assert (his["browsers"], tested.json(), foreign.status_code, gone.status_code) == ([], {"browsers": 1}, 404, 204)


async def test_keys_that_are_none_and_addresses_without_https_are_refused(service: Service) -> None:
    """When the browser is added, not when it is called."""
    async with await service.client("agent") as client:
        bad = await client.post("/push/browsers", json={**BROWSER, "keys": {"p256dh": "AAAA", "auth": "AAAA"}})
        plain = await client.post("/push/browsers", json={**BROWSER, "endpoint": "http://push.example.net/p/1"})

    assert (code_of(bad), plain.status_code) == ("push_keys", 422)


async def test_what_is_read_in_one_window_is_read_in_the_others(stored_service: Service) -> None:
    """By conversation; the unread ones can be asked for alone."""
    shop = await Shop(stored_service).open()
    agent = stored_service.agents["agent"]
    for person in ("eleni", "nikos"):
        await shop.writes(person=person)
    async with await stored_service.client("supervisor") as boss:
        ids = [row["id"] for row in (await boss.get("/conversations")).json()["items"]]
        for one in ids:
            await boss.patch(f"/conversations/{one}", json={"assignee_id": str(agent.id)})
    stored_service.told.clear()
    async with await stored_service.client("agent") as client:
        before = (await client.get("/notifications", params={"unread": "true"})).json()["items"]
        read = await client.put(f"/notifications/conversations/{ids[0]}/read")
        after = (await client.get("/notifications", params={"unread": "true"})).json()["items"]
        seen = await client.put("/notifications/seen", json={"up_to": before[0]["id"]})

    assert ({one["conversation_id"] for one in before}, [one["conversation_id"] for one in after]) == (
        set(ids), [ids[1]],
    )  # fmt: skip
    assert (read.status_code, seen.status_code) == (204, 204)
    [(told, what)] = stored_service.told
    assert (told, [(one.conversation_id, one.read) for one in what["notifications"]]) == (agent.id, [(ids[0], True)])
    assert before[0]["data"] == {"by_id": str(stored_service.agents["supervisor"].id)}


async def test_a_chain_is_made_changed_and_removed(stored_service: Service) -> None:
    """With versions; an escalation shows how far its chain is."""
    shop = await Shop(stored_service).open()
    await shop.writes()
    levels = [{"after_seconds": 0, "to": "supervisors"}, {"after_seconds": 600, "to": "team"}]
    async with await stored_service.client("supervisor") as client:
        made = await client.post("/escalation-chains", json={"name": "Night", "levels": levels, "workspace": True})
        path = f"/escalation-chains/{made.json()['id']}"
        stale = await client.patch(path, json={"name": "Day"}, headers={"If-Match": '"v9"'})
        changed = await client.patch(path, json={"repeats": 2}, headers={"If-Match": made.headers["etag"]})
        [row] = (await client.get("/conversations")).json()["items"]
        await client.post(f"/conversations/{row['id']}/escalations", json={"reason": "Lawyer"})
        [row] = (await client.get("/conversations")).json()["items"]
        report = (await client.get("/reports/escalations")).json()
        backwards = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
        empty = await client.get("/reports/escalations", params=backwards)
        removed = await client.delete(path, headers={"If-Match": changed.headers["etag"]})
        listed = (await client.get("/escalation-chains")).json()["items"]
        refused = await client.post(
            f"/conversations/{row['id']}/escalations", json={"reason": "x", "chain_id": made.json()["id"]}
        )

    assert (made.status_code, stale.status_code, changed.json()["terms_version"]) == (201, 412, 2)
    escalation = row["escalation"]
    assert (escalation["chain_id"], escalation["level"], escalation["cause"]) == (made.json()["id"], 1, "")
    assert escalation["next_at"] is not None
    assert (report["total"]["escalations"], report["total"]["open"]) == (1, 1)
    assert (code_of(empty), removed.status_code, listed, code_of(refused)) == ("period", 204, [], "chain_id")


def test_the_link_at_the_foot_of_a_mail_is_the_agents_alone() -> None:
    """A changed number or sign is no link of ours; an older secret still is."""
    links = Unsubscribe([KEY], "https://inbox.test")
    token = links.url(7).rpartition("/")[2]

    assert links.agent_of(token) == 7
    assert [links.agent_of(bad) for bad in (token.replace("7.", "8."), token[:-1], "7", "x.y", "")] == [None] * 5
    assert Unsubscribe(["n" * 40, KEY], "https://inbox.test").agent_of(token) == 7
