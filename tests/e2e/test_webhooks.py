"""Signed webhooks posted by curl, each twice and in any order, give one right conversation each."""

from __future__ import annotations

import asyncio
import random
import time
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


async def is_right(api: Api, channel_id: str, first: tuple[str, str], second: str) -> None:
    """One conversation with one wait; two versions of the first message; one reaction; the third erased."""
    (row,) = await api.conversations(channel=channel_id)
    detail = await api.get(f"conversations/{row['id']}")
    assert len(detail["waits"]) == 1
    assert row["status"] == "open"
    assert row["waiting_since"]
    items = {item["external_id"]: item for item in await api.messages(row["id"])}
    one, two, three = (item for _, item in sorted(items.items()))
    assert (one["text"], two["text"], three["text"]) == (first[1], second, "")
    versions = (await api.get(f"messages/{one['id']}/versions"))["items"]
    assert [version["text"] for version in versions] == list(first)
    assert [reaction["emoji"] for reaction in two["reactions"]] == ["❤"]
    assert three["deleted_at"]
    assert three["erased"]


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
            edited = ("Where is my order A-17?", "Where is my order A-71?")
            await is_right(api, channel.id, edited, "Thank you for the quick parcel last time")


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
    """Telegram's side: a bot's server, and a customer in the chat of a business account."""

    def __init__(self) -> None:
        self.bots = BotApi(7)
        self.thread = ""

    def act(self, do: str, **more: str) -> Request:
        """A customer acts; the delivery that Telegram owes for it."""
        action = CustomerAction(do=do, person="maria", name="Maria", thread_id=self.thread, **more)  # type: ignore[arg-type]
        (request,) = self.bots.act(action, clock.now())
        return request

    def story(self) -> list[Request]:
        """Six updates like those of the shop."""
        self.thread = "401122334@business"
        first = self.act("write", text="Where is my order A-17?")
        second = self.act("write", text="Thank you for the quick parcel last time")
        ids = [item["id"] for item in self.bots.seen(self.thread)]
        return [
            first,
            second,
            self.act("edit", message_id=ids[0], text="Where is my order A-71?"),
            self.act("react", message_id=ids[1], emoji="❤"),
            self.act("write", text="My card number is 4111"),
            self.act("delete", message_id=self.bots.seen(self.thread)[-1]["id"]),
        ]


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
    """Six updates with the secret header, each twice and shuffled, are one conversation; without it they are refused."""
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
            edited = ("Where is my order A-17?", "Where is my order A-71?")
            await is_right(api, channel_id, edited, "Thank you for the quick parcel last time")


async def test_answers_leave_signed_and_once(tmp_path: Path) -> None:
    """An answer by the API reaches the shop signed, once, and is shown as sent."""
    shop = Shop(whsec(b"shop"))
    with served(shop.take) as server, embedded(tmp_path, allow_private="127.0.0.1") as house:
        channel = house.channel("custom", "Shop", webhook_secret=shop.secret, outbound_url=f"{server}/inbox")
        assert await curl(channel.at(house.webs[0]), *shop.sign(says("m-1", "Hello?", at=moment()))) == 202
        async with house.program() as api:
            (row,) = await api.conversations(channel=channel.id)
            await api.post(f"conversations/{row['id']}/replies", text="It leaves tomorrow", hold_seconds=0)

            async def sent() -> bool:
                return (await api.messages(row["id"]))[-1]["delivery"]["state"] == "accepted"

            await until("the answer is accepted", sent)
            assert shop.messages() == ["It leaves tomorrow"]
            assert (await api.get(f"conversations/{row['id']}"))["waits"] == []
