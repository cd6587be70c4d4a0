"""Signed webhooks posted by curl, each twice and in any order, give one right conversation each."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator

import pytest

from connectors.contract import CustomerAction
from connectors.exchange import Request
from connectors.telegram.simulator import BotApi
from inbox import clock
from tests.e2e.house import House, curl, embedded, until
from tests.e2e.outside import Shop, says, served, whsec
from tests.e2e.story import SHOP_STORY, Item, brought, is_right, moment, story


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One service for the file; each test connects channels of its own."""
    with embedded(tmp_path_factory.mktemp("house"), allow_private="127.0.0.1") as made:
        yield made


@pytest.fixture(scope="module")
def token(house: House) -> str:
    """A program's token."""
    return house.token()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_shop_brings_every_event_twice_and_shuffled(house: House, token: str, seed: int) -> None:
    """Six signed events, each twice and in any order, are one conversation; forged and stale ones are refused."""
    shop = Shop(whsec(b"shop %d" % seed))
    async with house.program(token) as api:
        made = await api.post("channels", network="custom", name="Shop", settings={"webhook_secret": shop.secret})
        address = made["webhook_url"]
        await brought([(address, *shop.sign(event)) for event in story()], seed)
        await refuses_forgeries(shop, address)
        (row,) = await api.conversations(channel=made["id"])
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


async def a_new_second() -> None:
    """Wait until Telegram's clock, which counts seconds, is past the moment of the connection."""
    begun = int(time.time())
    while int(time.time()) == begun:
        await asyncio.sleep(0.05)


async def test_telegram_brings_every_update_twice_and_shuffled(house: House, token: str) -> None:
    """Updates of two chats, each twice and shuffled, are two right conversations; without secret they are refused."""
    telegram = Telegram()
    with served(lambda request: telegram.bots.respond(request, clock.now())) as server:
        channel = house.channel("telegram", "Bot", token="1000000001:of-a-test", mode="webhook", base_url=server)
        await a_new_second()
        updates = telegram.story()
        await brought([(channel.webhook_url, one.body, dict(one.headers)) for one in updates], seed=3)
        assert await curl(channel.webhook_url, updates[0].body, {"content-type": "application/json"}) == 401
        async with house.program(token) as api:
            rows = {row["threads"][0]["external_id"]: row for row in await api.conversations(channel=channel.id)}
            await is_right(api, rows.pop(telegram.business), BUSINESS_STORY)
            (own,) = rows.values()
            await is_right(api, own, BOT_STORY)


async def test_answers_leave_signed_and_once(house: House) -> None:
    """An agent's answer reaches the shop signed, once, is shown as sent and ends the wait."""
    shop = Shop(whsec(b"shop"))
    with served(shop.take) as server:
        channel = house.channel("custom", "Shop", webhook_secret=shop.secret, outbound_url=f"{server}/inbox")
        assert await curl(channel.webhook_url, *shop.sign(says("m-1", "Hello?", at=moment()))) == 202
        async with house.signed_in(house.person("Anna Berg")) as api:
            (row,) = await api.conversations(channel=channel.id)
            await api.post(f"conversations/{row['id']}/replies", text="It leaves tomorrow", hold_seconds=0)

            async def sent() -> bool:
                return bool((await api.messages(row["id"]))[-1]["delivery"]["state"] == "accepted")

            await until("the answer is accepted", sent)
            assert shop.messages() == ["It leaves tomorrow"]
            assert (await api.get(f"conversations/{row['id']}"))["waits"] == []
