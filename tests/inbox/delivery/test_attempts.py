"""What is committed around an attempt, when receipts and the network's answer come in any order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors import inbound as net
from connectors.outbound import Receipt
from inbox.delivery.attempts import AttemptBegan, PartAccepted
from inbox.domain.records import OutboxPart
from inbox.storage import outbox
from tests.inbox.desk import Desk, desk


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Desk]:
    """A desk on each engine."""
    async with desk(database_url) as made:
        yield made


async def leaving(shop: Desk) -> tuple[int, OutboxPart]:
    """An answer whose attempt has begun; the message's id and the part."""
    await shop.writes()
    message = await shop.replies()
    [(part_id,)] = await shop.rows("SELECT id FROM outbox")
    [part] = await shop.world.database.read(outbox.parts, [part_id])
    assert await shop.do(AttemptBegan(part, 1))
    [part] = await shop.world.database.read(outbox.parts, [part_id])
    return message, part


def delivered(shop: Desk, client_ref: str | None) -> net.ReceiptReceived:
    """A receipt that came before the answer to our request."""
    return net.ReceiptReceived(
        dedupe_key="w1:delivered", occurred_at=shop.now, state="delivered", message_id="w1", client_ref=client_ref
    )


@pytest.mark.parametrize("with_key", [True, False])
async def test_a_receipt_that_comes_before_the_answer_is_not_lost(shop: Desk, with_key: bool) -> None:
    """With our key it settles the part at once; without, it waits until the answer names the item."""
    message_id, part = await leaving(shop)
    outcomes = await shop.arrives(delivered(shop, part.key if with_key else None))
    before = (await shop.message(message_id)).delivery_state
    await shop.do(PartAccepted(part, Receipt(external_id="w1")))

    message = await shop.message(message_id)
    assert (outcomes, before) == ((["done"], "delivered") if with_key else (["orphan"], "queued"))
    assert (message.external_id, message.delivery_state) == ("w1", "delivered")
    assert [w.end for w in await shop.waits()] == ["answered"]
    assert await shop.rows("SELECT id FROM orphan") == []
