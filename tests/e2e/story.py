"""A short conversation as webhooks tell it, how to bring it in disorder, and what must have become of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.house import Api, curl
from tests.e2e.outside import says


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
