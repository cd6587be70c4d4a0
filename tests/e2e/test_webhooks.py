"""Signed webhooks posted by curl, each twice and in any order, give one right conversation each."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import CustomerAction
from connectors.exchange import Request
from connectors.telegram.simulator import BotApi
from inbox import clock
from tests.e2e.house import Api, House, curl, embedded, until
from tests.e2e.outside import Shop, says, served, whsec


def moment() -> str:
    """Now, as the shop writes it."""
    return datetime.now(UTC).isoformat()


def story() -> list[dict[str, Any]]:
    """Six events of one conversation: two messages, one edited and one liked, a third that is taken back."""
    begun = datetime.now(UTC)

    def at(nth: int) -> str:
        return (begun + timedelta(milliseconds=nth)).isoformat()

    talk, maria = {"external_id": "dm-maria", "kind": "dm"}, {"external_id": "u-maria", "name": "Maria"}
    heart = {"message_external_id": "m-2", "emojis": ["❤"]}
    return [
        says("m-1", "Where is my order A-17?", at=at(0)),
        says("m-2", "Thank you for the quick parcel last time", at=at(1)),
        {
            "type": "message.updated", "id": "evt-edit", "occurred_at": at(2), "conversation": talk,
            "message": {"external_id": "m-1", "text": "Where is my order A-71?"},
        },
        {
            "type": "reaction.added", "id": "evt-heart", "occurred_at": at(3), "author": maria, "reaction": heart,
        },
        says("m-3", "My card number is 4111", at=at(4)),
        {
            "type": "message.deleted", "id": "evt-gone", "occurred_at": at(5), "conversation": talk,
            "message": {"external_id": "m-3", "by": "author"},
        },
    ]  # fmt: skip


async def brought(requests: list[tuple[str, bytes, dict[str, str]]], seed: int) -> None:
    """Bring every request twice, shuffled, six at a time."""
    twice = requests * 2
    random.Random(seed).shuffle(twice)
    gate = asyncio.Semaphore(6)

    async def bring(url: str, body: bytes, headers: dict[str, str]) -> int:
        async with gate:
            return await curl(url, body, headers)

    statuses = await asyncio.gather(*(bring(*one) for one in twice))
    assert set(statuses) <= {200, 202}, statuses


@dataclass(frozen=True)
class Item:
    """What an item of the conversation must be."""

    versions: tuple[str, ...]
    emojis: str = ""
    erased: bool = False


SHOP_STORY = (
    Item(("Where is my order A-17?", "Where is my order A-71?")),
    Item(("Thank you for the quick parcel last time",), emojis="❤"),
    Item(("My card number is 4111",), erased=True),
)


async def is_right(api: Api, row: dict[str, Any], wanted: Sequence[Item]) -> None:
    """The conversation is open with one wait, and its items are those wanted, in order, with all their versions."""
    assert row["status"] == "open"
    assert len((await api.get(f"conversations/{row['id']}"))["waits"]) == 1
    items = sorted(await api.messages(row["id"]), key=lambda item: str(item["external_id"]))
    assert [item["text"] for item in items] == ["" if one.erased else one.versions[-1] for one in wanted]
    for item, one in zip(items, wanted, strict=True):
        versions = (await api.get(f"messages/{item['id']}/versions"))["items"]
        assert [version["text"] for version in versions] == ["" if one.erased else text for text in one.versions]
        assert "".join(reaction["emoji"] for reaction in item["reactions"]) == one.emojis
        assert item["erased"] is one.erased
        assert bool(item["deleted_at"]) is one.erased


@pytest.mark.parametrize("seed", [1, 2])
async def test_shop_brings_every_event_twice_and_shuffled(tmp_path: Path, seed: int) -> None:
    """Six signed events, each twice and in any order, are one conversation; forged and stale ones are refused."""
    shop = Shop(whsec(b"shop"))
    with embedded(tmp_path) as house:
        channel = house.channel("custom", "Shop", webhook_secret=shop.secret)
        address = channel.at(house.webs[0])
        await brought([(address, *shop.sign(event)) for event in story()], seed)
        await refuses_forgeries(shop, address)
        async with house.program() as api:
            (row,) = await api.conversations(channel=channel.id)
            await is_right(api, row, SHOP_STORY)


async def refuses_forgeries(shop: Shop, address: str) -> None:
    """A flipped byte, another secret, an old time and no signature at all get 401."""
    body, headers = shop.sign(says("m-9", "forged", at=moment()))
    _, others = Shop(whsec(b"another")).sign(says("m-9", "forged", at=moment()))
    stale = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)}
    unsigned = {name: value for name, value in headers.items() if name != "webhook-signature"}
    assert await curl(address, body.replace(b"forged", b"Forged"), headers) == 401
    for wrong in (others, stale, unsigned):
        assert await curl(address, body, wrong) == 401


class Telegram:
    """Telegram's side: a bot's server, and a customer in the bot's chat and in that of a business account."""

    def __init__(self) -> None:
        self.bots = BotApi(7)
        self.business = ""

    def act(self, do: str, **more: str) -> Request:
        """A customer acts; the delivery that Telegram owes for it."""
        action = CustomerAction(do=do, person="maria", name="Maria", **more)  # type: ignore[arg-type]
        (request,) = self.bots.act(action, clock.now())
        return request

    def story(self) -> list[Request]:
        """Six updates of the bot's own chat, and three of the business chat, where Telegram tells of deletions too."""
        first = self.act("write", text="Where is my order A-17?")
        chat = str(json.loads(first.body)["message"]["chat"]["id"])
        self.business = f"{chat}@business"
        private = [
            first,
            self.act("write", text="Thank you for the quick parcel last time"),
            self.act("edit", message_id=f"{chat}:1", text="Where is my order A-71?"),
            self.act("react", message_id=f"{chat}:2", emoji="❤"),
            self.act("write", text="Nobody answers?"),
            self.act("edit", message_id=f"{chat}:3", text="Is anybody there?"),
        ]
        business = {"thread_id": self.business}
        return [
            *private,
            self.act("write", text="A table for two, please", **business),
            self.act("write", text="My card number is 4111", **business),
            self.act("delete", message_id=f"{self.business}:2", **business),
        ]


BOT_STORY = (*SHOP_STORY[:2], Item(("Nobody answers?", "Is anybody there?")))
BUSINESS_STORY = (Item(("A table for two, please",)), SHOP_STORY[2])


def connected(house: House, server: str) -> str:
    """A bot connected by webhook; its channel."""
    settings = {"token": "1000000001:of-a-test", "mode": "webhook", "base_url": server}
    return house.channel("telegram", "Bot", **settings).id


async def a_new_second() -> None:
    """Wait until Telegram's clock, which counts seconds, is past the moment of the connection."""
    begun = int(time.time())
    while int(time.time()) == begun:
        await asyncio.sleep(0.05)


async def test_telegram_brings_every_update_twice_and_shuffled(tmp_path: Path) -> None:
    """Updates of two chats, each twice and shuffled, are two right conversations; without the secret they are refused."""
    telegram = Telegram()
    with (
        served(lambda request: telegram.bots.respond(request, clock.now())) as server,
        embedded(tmp_path, allow_private="127.0.0.1") as house,
    ):
        channel_id = connected(house, server)
        address = f"{house.url}/hooks/telegram/{channel_id}"
        await a_new_second()
        updates = telegram.story()
        await brought([(address, one.body, dict(one.headers)) for one in updates], seed=3)
        assert await curl(address, updates[0].body, {"content-type": "application/json"}) == 401
        async with house.program() as api:
            rows = {row["threads"][0]["external_id"]: row for row in await api.conversations(channel=channel_id)}
            await is_right(api, rows.pop(telegram.business), BUSINESS_STORY)
            (own,) = rows.values()
            await is_right(api, own, BOT_STORY)


async def test_answers_leave_signed_and_once(tmp_path: Path) -> None:
    """An answer by the API reaches the shop signed, once, and is shown as sent."""
    shop = Shop(whsec(b"shop"))
    with served(shop.take) as server, embedded(tmp_path, allow_private="127.0.0.1") as house:
        channel = house.channel("custom", "Shop", webhook_secret=shop.secret, outbound_url=f"{server}/inbox")
        assert await curl(channel.at(house.webs[0]), *shop.sign(says("m-1", "Hello?", at=moment()))) == 202
        async with house.signed_in(house.person("Anna Berg")) as api:
            (row,) = await api.conversations(channel=channel.id)
            await api.post(f"conversations/{row['id']}/replies", text="It leaves tomorrow", hold_seconds=0)

            async def sent() -> bool:
                return (await api.messages(row["id"]))[-1]["delivery"]["state"] == "accepted"

            await until("the answer is accepted", sent)
            assert shop.messages() == ["It leaves tomorrow"]
            assert (await api.get(f"conversations/{row['id']}"))["waits"] == []
