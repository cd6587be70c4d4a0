"""One unit per delivery, and what happens when it cannot be decided."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from connectors.inbound import (
    AnyInbound,
    Author,
    ChannelRevoked,
    Fetch,
    Ignored,
    MessageReceived,
    ReactionChanged,
    ReceiptReceived,
    Thread,
)
from inbox import clock
from inbox.domain import receiving
from inbox.intake.receive import Arrived, Element, Source
from tests.inbox.house import House, house


def message(key: str, text: str = "hello", person: str = "p1", name: str = "Maria") -> MessageReceived:
    """A customer's item in the customer's own thread."""
    return MessageReceived(
        dedupe_key=key,
        occurred_at=clock.now(),
        thread=Thread(external_id=f"t-{person}", kind="direct", audience="private"),
        author=Author(external_id=person, name=name),
        external_id=key,
        text=text,
    )


def arrived(home: House, channel_id: int, *inbounds: AnyInbound, cursor: str | None = None, **more: Any) -> Arrived:
    """A delivery in which each element has its own source."""
    return Arrived(
        channel=home.directory.facts(channel_id),
        elements=[Element(one, place) for place, one in enumerate(inbounds)],
        sources=[Source(body=one.dedupe_key.encode()) for one in inbounds] or [Source(body=b"empty")],
        received_at=clock.now(),
        cursor=cursor,
        **more,
    )


async def a_channel(home: House) -> int:
    """A new channel that the directory knows."""
    channel_id = await home.channel()
    await home.directory.fresh()
    return channel_id


async def test_rows_and_cursor_are_one_transaction(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cursor never stands for rows that are not there, nor the other way round."""
    async with house(database_url, tmp_path) as home:
        channel_id = await a_channel(home)
        await home.receiver.take(arrived(home, channel_id, message("a"), message("b"), cursor="2"))

        assert await home.column("SELECT count(*) FROM message") == [2]
        assert await home.column("SELECT cursor FROM cursor") == ["2"]


async def test_a_second_delivery_of_the_same_leaves_no_trace(database_url: str, tmp_path: Path) -> None:
    """Redelivered items are known; their raw bytes are not kept again."""
    async with house(database_url, tmp_path) as home:
        channel_id = await a_channel(home)
        first = await home.receiver.take(arrived(home, channel_id, message("a")))
        second = await home.receiver.take(arrived(home, channel_id, message("a"), message("b")))

        assert (first, second) == (["done"], ["duplicate", "done"])
        assert sorted(bytes(body) for body in await home.column("SELECT body FROM raw")) == [b"a", b"b"]


async def test_the_bytes_of_receipts_and_echoes_go_with_the_customer_they_name(
    database_url: str, tmp_path: Path
) -> None:
    """What is kept of a delivery is found by everybody whom it names, so that erasing him takes it along."""
    async with house(database_url, tmp_path) as home:
        channel_id = await a_channel(home)
        ours = replace(message("echo"), author=Author(external_id="page", is_self=True))
        taken = ReceiptReceived(dedupe_key="taken", occurred_at=clock.now(), message_id="echo", state="delivered")
        seen = ReceiptReceived(dedupe_key="seen", occurred_at=clock.now(), thread_id="t-p1", state="read")
        for one in (message("a"), ours, taken, seen):
            await home.receiver.take(arrived(home, channel_id, one))

        named = await home.rows(
            "SELECT r.body FROM raw r JOIN raw_identity i ON i.raw_id = r.id JOIN identity p ON p.id = i.identity_id"
            " WHERE p.external_id = 'p1'"
        )
        assert sorted(bytes(body) for (body,) in named) == [b"a", b"echo", b"seen", b"taken"]


async def test_a_reaction_taken_back_is_not_put_on_again_by_a_redelivery(database_url: str, tmp_path: Path) -> None:
    """Facts without an id of their own are told apart by their dedupe key."""
    async with house(database_url, tmp_path) as home:
        channel_id = await a_channel(home)
        author = Author(external_id="p1")
        on = ReactionChanged(dedupe_key="r1", occurred_at=1, message_id="a", author=author, emojis=("👍",))
        off = ReactionChanged(dedupe_key="r2", occurred_at=2, message_id="a", author=author)
        for one in (message("a"), on, off, on):
            await home.receiver.take(arrived(home, channel_id, one))

        assert await home.column("SELECT reactions FROM message") == [""]


async def test_an_element_that_fails_alone_is_quarantined_and_the_rest_lands(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in deciding one element costs that element only; the cursor moves on."""
    decide = receiving.receive

    def faulty(state: Any, channel: Any, item: Any, received_at: int) -> Any:
        if getattr(item.inbound, "text", "") == "poison":
            raise ZeroDivisionError("a fault of ours")
        return decide(state, channel, item, received_at)

    monkeypatch.setattr("inbox.intake.receive.receiving.receive", faulty)
    async with house(database_url, tmp_path) as home:
        await home.admin()
        channel_id = await a_channel(home)
        delivery = arrived(home, channel_id, message("a"), message("b", "poison"), message("c"), cursor="3")
        outcomes = await home.receiver.take(delivery)

        assert outcomes == ["done", "quarantined", "done"]
        assert await home.column("SELECT cursor FROM cursor") == ["3"]
        kept = await home.rows("SELECT state, problem, body FROM raw WHERE state = 'quarantined'")
        assert [(state, bytes(body)) for state, _, body in kept] == [("quarantined", b"b")]
        assert "ZeroDivisionError" in kept[0][1]
        assert await home.column("SELECT count(*) FROM notification") == [1]


async def test_announced_items_and_nameless_people_become_jobs(database_url: str, tmp_path: Path) -> None:
    """What is to be brought is committed with the delivery; each job once, however often it is announced."""
    async with house(database_url, tmp_path) as home:
        channel_id = await a_channel(home)
        fetch = Fetch(dedupe_key="f1", occurred_at=1, ref="post:7")
        nameless = message("a", name="")
        for _ in range(2):
            await home.receiver.take(arrived(home, channel_id, fetch, nameless, looks_up_profiles=True))

        assert sorted(await home.column("SELECT kind FROM job")) == ["fetch", "profile"]


async def test_a_withdrawn_access_is_told_to_the_admins(database_url: str, tmp_path: Path) -> None:
    """When the network revokes us, the channel needs attention at once."""
    async with house(database_url, tmp_path) as home:
        await home.admin()
        channel_id = await a_channel(home)
        revoked = ChannelRevoked(dedupe_key="x", occurred_at=1, reason="The app was removed")
        ignored = Ignored(dedupe_key="y", occurred_at=1, reason="unknown: poke")
        await home.receiver.take(arrived(home, channel_id, revoked, ignored))

        assert await home.rows("SELECT health, health_reason FROM channel") == [
            ("needs_attention", "revoked: The app was removed")
        ]
        assert await home.column("SELECT kind FROM notification") == ["attention_channel"]


async def test_history_waits_behind_what_is_live(tmp_path: Path, sqlite_url: str) -> None:
    """Items from before the channel was connected are bulk work and open no wait."""
    async with house(sqlite_url, tmp_path) as home:
        channel_id = await a_channel(home)
        old = MessageReceived(
            dedupe_key="old",
            occurred_at=clock.now() - 30 * clock.DAY,
            thread=Thread(external_id="t", kind="direct", audience="private"),
            author=Author(external_id="p"),
            external_id="old",
            text="before you came",
        )
        await home.receiver.take(arrived(home, channel_id, old))

        assert await home.column("SELECT mark FROM message") == ["history"]
        assert await home.column("SELECT count(*) FROM wait") == [0]
