"""The same on PostgreSQL and Valkey, with two web and two worker processes, one of which dies."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.house import curl, scaled, until
from tests.e2e.outside import Shop, says, served, whsec
from tests.e2e.story import SHOP_STORY, brought, is_right, moment, story


async def test_two_webs_and_two_workers_are_one_service(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    """Webhooks go to either web and show on a socket of the other; when the worker that sends dies in the middle of
    sending, the other takes over, and what the shop carries out, it carries out once.
    """
    shop = Shop(whsec(b"shop"))
    with (
        served(shop.take) as server,
        scaled(tmp_path, postgres_url, redis_url, allow_private="127.0.0.1") as house,
    ):
        one, two = house.webs
        anna = house.person("Anna Berg")
        channel = house.channel("custom", "Shop", webhook_secret=shop.secret, outbound_url=f"{server}/inbox")
        async with house.signed_in(anna) as api, api.live() as live:
            signed = [shop.sign(event) for event in story()]
            doors = [channel.at(one), channel.at(two)]
            await brought([(doors[nth % 2], *delivery) for nth, delivery in enumerate(signed)], seed=4)
            assert await curl(channel.at(two), *shop.sign(says("m-4", "Hello?", who="nikos", at=moment()))) == 202
            shown = await live.until("Nikos's message", lambda frame: "Hello?" in str(frame.get("row")))
            nikos = shown["conversation_id"]

            rows = {row["contact"]["name"]: row for row in await api.conversations(channel=channel.id)}
            assert sorted(rows) == ["Maria", "Nikos"]
            await is_right(api, rows["Maria"], SHOP_STORY)
            await api.post(f"conversations/{nikos}/replies", text="First answer", hold_seconds=0)

            async def answered() -> bool:
                return [item["delivery"]["state"] for item in await api.messages(nikos) if item["delivery"]] == states

            states = ["accepted"]
            await until("the first worker has sent", answered)
            house.workers.append(house.start("worker"))
            shop.before_answering = house.workers[0].process.kill
            await api.post(f"conversations/{nikos}/replies", text="Second answer", hold_seconds=0)
            await api.post(f"conversations/{nikos}/replies", text="Third answer", hold_seconds=0)
            states = ["accepted"] * 3
            await until("the other worker has sent the rest", answered)
            assert shop.messages() == ["First answer", "Second answer", "Third answer"]
            assert len(shop.got) == 4, "the one cut off by the kill was told again, under the same id"

            head = (await api.get("conversations", limit="1"))["position"]
            positions = [event["position"] for event in await live.events_until(head)]
            assert positions == sorted(set(positions))
