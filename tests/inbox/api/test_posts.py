"""Posts over HTTP: lists with counts, campaigns, and what is dismissed under them."""

from __future__ import annotations

from typing import Any

import pytest

from connectors import inbound as net
from inbox import clock
from inbox.commands import posts as commands
from tests.inbox.api.running_api import Service
from tests.inbox.api.shop import OTHER, SHOP, Shop
from tests.inbox.api.test_conversations import first_id

SAYS = "Sale starts in Αθήνα"


def counts(post: dict[str, Any]) -> tuple[int, ...]:
    """The numbers of a post."""
    return tuple(post["counts"][name] for name in ("total", "waiting", "answered", "hidden", "no_question"))


async def test_a_post_carries_what_is_known_and_counted_of_it(stored_service: Service) -> None:
    """Picture, text, address; total, waiting, hidden and the oldest wait."""
    shop = await Shop(stored_service).open()
    seen = {"url": "https://x.test/p", "image_url": "https://x.test/p.png", "is_ad": True}
    first = await shop.comments(says=SAYS, **seen)
    await shop.comments(person="nikos", says=SAYS, **seen)
    gone = await shop.comments(person="max", says=SAYS, **seen)
    await shop.tells(net.MessageDeleted(dedupe_key="g", occurred_at=clock.now(), external_id=gone))
    await shop.tells(net.CommentModerated(dedupe_key="h", occurred_at=clock.now(), external_id=first, state="hidden"))
    async with await stored_service.client("agent") as client:
        [post] = (await client.get("/posts")).json()["items"]
        one = (await client.get(f"/posts/{post['id']}")).json()

    assert one == post
    assert counts(post) == (2, 1, 0, 1, 0)
    assert {name: post[name] for name in ("text", *seen)} == {"text": SAYS, **seen}
    assert (post["network"], post["channel_id"], post["campaign_id"]) == ("custom", str(SHOP), None)
    assert post["waiting_since"] is not None


async def test_lists_filter_sort_and_go_on(stored_service: Service) -> None:
    """By channel, words and campaign; newest or longest waiting first; page by page."""
    shop = await Shop(stored_service).open()
    for number, (post, to) in enumerate((("p1", SHOP), ("p2", SHOP), ("p3", OTHER))):
        await shop.comments(person=f"u{number}", post=post, to=to, posted_at=1_000_000 * (number + 1))
    quiet = net.Post(external_id="p4", text=SAYS, posted_at=9_000_000)
    await shop.tells(net.PostSeen(dedupe_key="p4", occurred_at=clock.now(), post=quiet))
    async with await stored_service.client("agent") as client:

        async def found(**query: str) -> list[str]:
            names, cursor = [], None
            while True:
                page = (await client.get("/posts", params=query | ({"cursor": cursor} if cursor else {}))).json()
                names += [one["external_id"] for one in page["items"]]
                cursor = page["next_cursor"]
                if cursor is None:
                    return names

        assert await found() == await found(limit="1") == ["p4", "p3", "p2", "p1"]
        assert await found(sort="waiting") == await found(sort="waiting", limit="1") == ["p1", "p2", "p3", "p4"]
        assert await found(channel=str(OTHER)) == ["p3"]
        assert await found(q="αθηνα sale") == await found(q="athina") == ["p4"]
        assert await found(q="bicycle") == []


async def test_posts_of_channels_out_of_sight_are_not_there(stored_service: Service) -> None:
    """Neither in lists nor by id, and nothing can be done to them."""
    shop = await Shop(stored_service).open()
    await shop.comments()
    await shop.comments(post="p2", person="nikos", to=OTHER)
    admin = await stored_service.client("admin")
    agent = stored_service.agents["agent"]
    await admin.patch(f"/agents/{agent.id}", json={"channel_ids": [str(OTHER)]}, headers={"If-Match": "*"})
    hidden = next(one for one in (await admin.get("/posts")).json()["items"] if one["external_id"] == "p1")
    async with await stored_service.client("agent") as client:
        listed = (await client.get("/posts")).json()["items"]
        asked = await client.get("/posts", params={"channel": str(SHOP)})
        answers = [
            await client.get(f"/posts/{hidden['id']}"), await client.post(f"/posts/{hidden['id']}/dismiss", json={}),
        ]  # fmt: skip

    assert [one["external_id"] for one in listed] == ["p2"]
    assert asked.json()["items"] == []
    assert [answer.status_code for answer in answers] == [404, 404]


async def test_a_posts_campaign_carries_to_what_is_written_under_it(
    stored_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there, in slices, and what comes; taken away, all leave it."""
    monkeypatch.setattr(commands, "SLICE", 2)
    shop = await Shop(stored_service).open()
    for number in range(5):
        await shop.comments(person=f"u{number}")
    await shop.writes("By message")
    async with await stored_service.client("supervisor") as client:
        campaign = (await client.post("/campaigns", json={"name": "Spring"})).json()
        post = (await client.get("/posts")).json()["items"][0]
        given = await client.patch(f"/posts/{post['id']}", json={"campaign_id": campaign["id"]})
        await stored_service.deps.directory.load()
        await shop.comments(person="late")
        of_campaign = (await client.get("/conversations", params={"campaign": campaign["id"]})).json()["items"]
        posts = (await client.get("/posts", params={"campaign": campaign["id"]})).json()["items"]
        shown = (await client.get(f"/campaigns/{campaign['id']}")).json()
        await client.patch(f"/posts/{post['id']}", json={"campaign_id": None})
        left = (await client.get("/conversations", params={"campaign": campaign["id"]})).json()["items"]
        unknown = await client.patch(f"/posts/{post['id']}", json={"campaign_id": "1"})

    assert given.json()["campaign_id"] == campaign["id"]
    assert len(of_campaign) == 6
    assert {row["campaign_id"] for row in of_campaign} == {campaign["id"]}
    assert [one["id"] for one in posts] == shown["post_ids"] == [post["id"]]
    assert (left, unknown.status_code) == ([], 404)


async def test_the_rest_under_a_post_is_dismissed_in_slices_and_taken_back(
    stored_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked again it goes on; whoever wrote meanwhile waits; one call takes all of it back."""
    monkeypatch.setattr(commands, "SLICE", 2)
    shop = await Shop(stored_service).open()
    for number in range(7):
        await shop.comments(person=f"u{number}")
    await shop.comments(person="elsewhere", post="p2")
    async with await stored_service.client("agent") as client:
        post = next(p for p in (await client.get("/posts")).json()["items"] if p["external_id"] == "p1")
        path = f"/posts/{post['id']}"
        first = (await client.post(f"{path}/dismiss", json={"reason": "giveaway", "limit": 5})).json()
        await shop.comments(person="later")
        second = (await client.post(f"{path}/dismiss", json={"reason": "giveaway", "until": first["until"]})).json()
        after = (await client.get(path)).json()
        back = (await client.delete(f"{path}/dismiss", params={"since": first["since"]})).json()
        again = (await client.get(path)).json()

    assert [first["dismissed"], second["dismissed"]] == [5, 2]
    assert [first["remaining"], second["remaining"]] == [2, 1]
    assert counts(after) == (8, 1, 0, 0, 0)
    assert (back["taken_back"], counts(again)) == (7, (8, 8, 0, 0, 0))


async def test_an_answer_on_its_way_is_not_dismissed(service: Service) -> None:
    """It ends its wait itself."""
    shop = await Shop(service).open()
    await shop.comments()
    async with await service.client("agent") as client:
        await client.post(f"/conversations/{await first_id(client)}/replies", json={"text": "20 euros"})
        [post] = (await client.get("/posts")).json()["items"]
        done = (await client.post(f"/posts/{post['id']}/dismiss", json={})).json()

    assert (done["dismissed"], done["remaining"]) == (0, 1)


async def test_a_changed_post_is_told_and_found_by_its_new_words(service: Service) -> None:
    """The network says it by itself, or with the next comment; telling it twice tells nobody."""
    shop = await Shop(service).open()
    await shop.comments()
    for number in range(2):
        new = net.Post(external_id="p1", text="Red shoes")
        await shop.tells(net.PostSeen(dedupe_key=f"n{number}", occurred_at=clock.now(), post=new))
    async with await service.client("agent") as client:
        [post] = (await client.get("/posts", params={"q": "red"})).json()["items"]

    told = [logged for logged in service.events if type(logged.event).__name__ == "PostChanged"]
    assert (post["text"], len(told)) == ("Red shoes", 1)
    assert told[0].audience.channel_id == SHOP


async def test_a_long_list_of_waits_is_cut(service: Service) -> None:
    """The conversation says how many wait; the oldest 500 are named."""
    shop = await Shop(service).open()
    place = net.Thread(external_id="c1", kind="comment", audience="public")
    for number in range(3):
        await shop.writes(person=f"u{number}", thread=place, kind="comment")
    async with await service.client("agent") as client:
        found = (await client.get(f"/conversations/{await first_id(client)}")).json()

    assert (found["waits_count"], len(found["waits"])) == (3, 3)
