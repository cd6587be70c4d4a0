"""Reports over HTTP: figures, what is behind them, files, the floor, one's own day."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.eventlog.bus import Bus
from inbox.reports.reader import Reader
from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import Shop


async def _open_shop(service: Service) -> Shop:
    shop = await Shop(service).open()
    for person in ("eleni", "budi", "anahit"):
        await shop.writes(person=person)
    await Reader(service.deps.database, service.deps.writer, Bus()).catch_up()
    return shop


async def _get(service: Service, who: str, path: str, **query: Any) -> Any:
    async with await service.client(who) as client:
        answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_report_says_what_it_counts_and_up_to_where(stored_service: Service) -> None:
    """Definition, clock, hours, zone, period and position stand on each figure."""
    await _open_shop(stored_service)
    found = (await _get(stored_service, "supervisor", "/reports/rate", by="channel", compare="true")).json()
    assert (found["definition"], found["zone"], found["by"]) == ("rate/1", "UTC", ["channel"])
    assert found["position"] == found["head"] > 0
    assert found["total"]["cells"]["open_young"] == 3
    assert [line["cells"]["open_young"] for line in found["lines"]] == [3]
    assert found["previous"]["cells"]["open_young"] == 0


async def test_behind_a_number_are_its_conversations_page_by_page(stored_service: Service) -> None:
    """Two pages hold the three conversations, each once, with their waits."""
    await _open_shop(stored_service)
    path = "/reports/rate/cells/open_young"
    first = (await _get(stored_service, "supervisor", path, limit=2)).json()
    second = (await _get(stored_service, "supervisor", path, limit=2, cursor=first["next_cursor"])).json()
    items = [*first["items"], *second["items"]]
    assert len({item["wait_id"] for item in items}) == 3
    assert second["next_cursor"] is None
    assert {item["conversation"]["contact"]["name"] for item in items} == {"Eleni", "Budi", "Anahit"}


async def test_a_cursor_is_not_carried_to_other_filters(service: Service) -> None:
    """It belongs to the list it came from."""
    await _open_shop(service)
    first = (await _get(service, "supervisor", "/reports/rate/cells/open_young", limit=1)).json()
    async with await service.client("supervisor") as client:
        params = {"limit": 1, "cursor": first["next_cursor"], "kind": "direct"}
        answer = await client.get("/reports/rate/cells/open_young", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize("form", ["csv", "xlsx", "ndjson"])
async def test_a_report_comes_as_a_file(service: Service, form: str) -> None:
    """With a name of its own, and never kept by a cache."""
    await _open_shop(service)
    answer = await _get(service, "supervisor", "/reports/volume", by="channel", format=form)
    assert answer.headers["content-disposition"].endswith(f'.{form}"')
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content


async def test_filters_of_several_values_are_alternatives(service: Service) -> None:
    """`channel` given twice is either; `0` is none."""
    await _open_shop(service)
    both = (await _get(service, "supervisor", "/reports/volume", channel=["91", "92"])).json()
    none = (await _get(service, "supervisor", "/reports/volume", team="0")).json()
    other = (await _get(service, "supervisor", "/reports/volume", channel="92")).json()
    assert [one["total"]["cells"]["received"] for one in (both, none, other)] == [3, 3, 0]


async def test_the_floor_is_now(stored_service: Service) -> None:
    """Who waits, since when, with whom, by channel; agents with their load."""
    await _open_shop(stored_service)
    floor = (await _get(stored_service, "supervisor", "/reports/floor")).json()
    assert (floor["total"]["waiting"], floor["total"]["unassigned"], floor["total"]["breached"]) == (3, 3, 0)
    assert floor["total"]["oldest_since"] is not None
    assert {tile["key"]: tile["waiting"] for tile in floor["channels"]}["91"] == 3
    assert {one["name"]: one["state"] for one in floor["agents"]}["Supervisor"] == "here"


async def test_my_day_is_one_s_own(service: Service) -> None:
    """An agent sees his own figures there, and reports not at all."""
    await _open_shop(service)
    day = (await _get(service, "agent", "/reports/my-day", zone="Europe/Athens")).json()
    assert (day["answered"], day["waiting"], day["zone"]) == (0, 0, "Europe/Athens")
    async with await service.client("agent") as client:
        assert (await client.get("/reports/agents")).status_code == 403


async def test_an_hour_of_the_week_leads_to_what_it_counts(stored_service: Service) -> None:
    """Of a heat map: each cell's number is that of the conversations listed behind it, in the zone of the reader."""
    await _open_shop(stored_service)
    query = {"zone": "Asia/Jakarta", "by": ["weekday", "hour"]}
    lines = (await _get(stored_service, "supervisor", "/reports/volume", **query)).json()["lines"]
    assert sum(line["cells"]["asked"] for line in lines) == 3
    for line in lines:
        slot = {"zone": "Asia/Jakarta", **line["key"]}
        behind = (await _get(stored_service, "supervisor", "/reports/volume/cells/asked", **slot)).json()["items"]
        assert len(behind) == line["cells"]["asked"]


async def test_my_days_are_one_s_own(stored_service: Service) -> None:
    """Fifteen days with today last, each empty one there too; the total is their sum."""
    await _open_shop(stored_service)
    found = (await _get(stored_service, "agent", "/reports/my-days", zone="Asia/Jakarta")).json()
    days = [one["day"] for one in found["days"]]
    assert (len(days), days) == (15, sorted(days))
    today = (await _get(stored_service, "agent", "/reports/my-day", zone="Asia/Jakarta")).json()
    assert {name: found["days"][-1][name] for name in ("answered", "replies", "closed", "kept", "due")} == {
        name: today[name] for name in ("answered", "replies", "closed", "kept", "due")
    }
    assert found["total"]["answered"] == sum(one["answered"] for one in found["days"])


async def test_posts_are_called_by_their_text(stored_service: Service) -> None:
    """A line of a post says how it begins, not its number."""
    shop = await Shop(stored_service).open()
    await shop.comments(says="New shoes for autumn")
    await Reader(stored_service.deps.database, stored_service.deps.writer, Bus()).catch_up()
    lines = (await _get(stored_service, "supervisor", "/reports/volume", by="post")).json()["lines"]
    assert [line["name"]["post"] for line in lines] == ["New shoes for autumn"]


async def test_a_wait_is_explained(service: Service) -> None:
    """By the id that the list behind a number shows."""
    await _open_shop(service)
    listed = (await _get(service, "supervisor", "/reports/rate/cells/open_young")).json()["items"]
    told = (await _get(service, "supervisor", f"/reports/waits/{listed[0]['wait_id']}/explain")).json()
    assert told["stored"] is True
    assert [step["type"] for step in told["steps"]] == ["wait_opened"]


async def test_the_catalogue_says_what_there_is(service: Service) -> None:
    """Every report in it can be asked for."""
    catalogue = (await _get(service, "supervisor", "/reports")).json()["items"]
    assert {one["name"] for one in catalogue} >= {"response", "targets", "backlog", "agents", "reviews"}
    for one in catalogue:
        assert (await _get(service, "supervisor", f"/reports/{one['name']}")).json()["definition"] == one["definition"]


@pytest.mark.parametrize("path", ["/reports/response", "/reports/rules", "/reports/escalations", "/survey-comments"])
@pytest.mark.parametrize("end", ["from", "to"])
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2100-01-01T00:00:00Z"])
async def test_a_period_lies_in_years_that_are_counted(service: Service, path: str, end: str, at: str) -> None:
    """Thousands of years of a zone's days would keep a reader busy for minutes, and the year before 1 there is not."""
    async with await service.client("supervisor") as client:
        refused = await client.get(path, params={end: at, "zone": "Europe/Athens"})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == end
