"""How escalations went, over HTTP: the report and what is behind its figures."""

from __future__ import annotations

from tests.inbox.api.running_api import Service, code_of
from tests.inbox.api.shop import Shop


async def test_behind_a_figure_are_its_conversations_page_by_page(stored_service: Service) -> None:
    """All of them, the newest first, each once; a line's key narrows them; what happened since does not shift pages."""
    shop = await Shop(stored_service).open()
    async with await stored_service.client("supervisor") as client:
        for name in ("eleni", "anna", "nikos"):
            await shop.writes("My lawyer will write", person=name)
        ids = [one["id"] for one in (await client.get("/conversations?view=all")).json()["items"]]
        for conversation in ids:
            await client.post(f"/conversations/{conversation}/escalations", json={"reason": "Lawyer"})
        await client.post(f"/conversations/{ids[0]}/escalations/acknowledge")
        cells = "/reports/escalations/cells"
        first = (await client.get(f"{cells}/escalations", params={"limit": 2})).json()
        await client.post(f"/conversations/{ids[0]}/escalations", json={"reason": "Again"})
        rest = (await client.get(f"{cells}/escalations", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        seen = (await client.get(f"{cells}/acknowledged", params={"cause": "person"})).json()["items"]
        nobody = (await client.get(f"{cells}/escalations", params={"cause": "target_breached"})).json()["items"]
        unknown = await client.get(f"{cells}/median")

    listed = [one["conversation"]["id"] for one in (*first["items"], *rest["items"])]
    assert listed == ids[::-1]
    assert rest["next_cursor"] is None
    assert [one["conversation"]["id"] for one in seen] == [ids[0]]
    assert seen[0]["seconds"] >= 0
    assert (nobody, unknown.status_code, code_of(unknown)) == ([], 404, "not_found")


async def test_the_report_is_taken_away_as_a_file(stored_service: Service) -> None:
    """By level, team or cause, with the names of teams; its lines add up to the total. Another form is refused."""
    shop = await Shop(stored_service).open()
    async with await stored_service.client("supervisor") as client:
        await shop.writes("My lawyer will write", person="eleni")
        [one] = (await client.get("/conversations?view=all")).json()["items"]
        await client.post(f"/conversations/{one['id']}/escalations", json={"reason": "Lawyer"})
        files = {
            by: await client.get("/reports/escalations", params={"format": "csv", "by": by, "zone": "Europe/Athens"})
            for by in ("level", "team", "cause")
        }
        xlsx = await client.get("/reports/escalations", params={"format": "xlsx"})
        wrong = [
            await client.get("/reports/escalations", params=params)
            for params in ({"format": "pdf"}, {"by": "agent"}, {"zone": "Mars/Base"})
        ]

    rows = {by: file.content.decode("utf-8-sig").splitlines() for by, file in files.items()}
    assert rows["cause"][5].startswith("cause,cause id,Escalations [count],Acknowledged [count],")
    assert rows["cause"][6:] == ["person,person,1,0,,,0,,1,0", "Total,,1,0,,,0,,1,0"]
    assert {by: len(lines) for by, lines in rows.items()} == {"level": 8, "team": 8, "cause": 8}
    assert "Europe/Athens" in rows["level"][1]
    assert "escalations-" in files["team"].headers["content-disposition"]
    assert xlsx.content.startswith(b"PK")
    assert [one.status_code for one in wrong] == [422, 422, 422]
