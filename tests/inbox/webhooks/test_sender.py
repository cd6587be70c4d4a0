"""One request, and receivers that behave badly."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.responses import Response

from inbox.webhooks.sender import KEPT_ANSWER, MOST_ANSWER_BYTES
from tests.inbox.webhooks.hall import hall, receiver


async def test_a_receiver_that_does_not_answer_is_tried_again(sqlite_url: str, tmp_path: Path) -> None:
    """After the time-out the attempt is over, and its repetition has the same id."""
    async with receiver() as far, hall(sqlite_url, tmp_path, timeout_seconds=0.2) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.gate.clear()
        await there.world.says("one")
        await there.attempted(made.webhook.id, 1)
        far.gate.set()
        there.later(10)
        await there.settled()

        log = await there.log(made.webhook.id)
        assert [(one.outcome, one.status) for one in log] == [("retry", None), ("delivered", 204)]
        assert "0.2 s" in log[0].error
        assert len({one.key for one in log}) == 1


async def test_of_a_long_answer_the_beginning_is_kept(sqlite_url: str, tmp_path: Path) -> None:
    """As text, whatever its bytes are."""
    async with receiver() as far, hall(sqlite_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.answer = lambda envelope: Response(b"\x00\xff" + b"x" * 10_000, 200, {"x-who": "me"})
        await there.world.says("one")
        await there.attempted(made.webhook.id, 1)

        one = (await there.log(made.webhook.id))[0]
        assert one.outcome == "delivered"
        assert len(one.answer_body) == KEPT_ANSWER
        assert one.answer_body.startswith("\ufffd\ufffdxxx")
        assert '"x-who":"me"' in one.answer_headers


async def test_an_answer_without_end_is_not_taken(sqlite_url: str, tmp_path: Path) -> None:
    """More than is taken is a failure, and memory stays bounded."""
    async with receiver() as far, hall(sqlite_url, tmp_path) as there:
        made = await there.webhook(far.url, types=["message_received"])
        far.answer = lambda envelope: Response(b"x" * (MOST_ANSWER_BYTES + 1), 200)
        await there.world.says("one")
        await there.attempted(made.webhook.id, 1)

        one = (await there.log(made.webhook.id))[0]
        assert (one.outcome, one.status) == ("retry", None)
        assert str(MOST_ANSWER_BYTES) in one.error


async def test_one_slow_receiver_does_not_hold_up_the_others(sqlite_url: str, tmp_path: Path) -> None:
    """Each webhook has a queue of its own."""
    async with receiver() as slow, receiver() as quick, hall(sqlite_url, tmp_path) as there:
        slow.gate.clear()
        for far in (slow, quick):
            await there.webhook(far.url, types=["message_received"])
        for text in ("one", "two", "three"):
            await there.world.says(text)
        async with asyncio.timeout(30):
            while len(quick.taken) < 3 or not slow.requests:
                await asyncio.sleep(0.01)

        assert len(slow.requests) == 1
        slow.gate.set()
        await there.settled()
        assert [e["data"]["message"]["text"] for _, e in slow.taken] == ["one", "two", "three"]
