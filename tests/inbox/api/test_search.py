"""Search over HTTP."""

from __future__ import annotations

from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import OTHER, Shop


async def test_hits_come_with_their_conversation_and_marked_words(stored_service: Service) -> None:
    """Each hit names its item; the words that fit stand between the two marks, as written."""
    shop = await Shop(stored_service).open()
    await shop.writes("Πού είναι η Παραγγελία μου;", person="eleni")
    await shop.writes("nothing to see", person="maria")
    async with await stored_service.client("agent") as client:
        page = (await client.get("/search", params={"q": "παραγγελία"})).json()
        empty = await client.get("/search", params={"q": " "})

    [hit] = page["items"]
    assert hit["snippet"] == "Πού είναι η \u0002Παραγγελία\u0003 μου;"
    assert (hit["conversation"]["contact"]["name"], empty.status_code) == ("Eleni", 422)


async def test_filters_narrow_and_pages_go_on(service: Service) -> None:
    """The filters of lists apply; a cursor leads to older hits."""
    shop = await Shop(service).open()
    for number in range(5):
        await shop.writes(f"needle {number}", person=f"p{number}", to=OTHER)
    await shop.writes("needle here")
    async with await service.client("agent") as client:
        params = {"q": "needle", "channel": str(OTHER), "limit": "3"}
        first = (await client.get("/search", params=params)).json()
        second = (await client.get("/search", params=params | {"cursor": first["next_cursor"]})).json()

    names = [hit["conversation"]["contact"]["name"] for hit in (*first["items"], *second["items"])]
    assert names == ["P4", "P3", "P2", "P1", "P0"]
    assert second["next_cursor"] is None
