"""Which process works for which channel."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.inbox.house import house, running


async def test_every_channel_is_held_by_one_process_and_passes_to_the_other(database_url: str, tmp_path: Path) -> None:
    """Two processes share; when one stops, the other soon has all."""
    async with house(database_url, tmp_path) as home:
        channels = {await home.channel() for _ in range(3)}
        first, second = home.holder(), home.holder()
        async with running(second.run()):
            async with running(first.run()):

                async def all_held() -> bool:
                    return first.channels | second.channels == channels

                await home.until(all_held)
                assert not first.channels & second.channels

            async def all_with_the_second() -> bool:
                return second.channels == channels

            await home.until(all_with_the_second)


async def test_a_channel_added_or_switched_off_is_taken_up_and_let_go(database_url: str, tmp_path: Path) -> None:
    """Settings take effect while the service runs."""
    async with house(database_url, tmp_path) as home:
        holder = home.holder()
        async with running(holder.run()):
            channel_id = await home.channel()

            async def held() -> bool:
                return holder.channels == {channel_id}

            async def let_go() -> bool:
                return not holder.channels

            await home.until(held)
            await home.change_channel(channel_id, active=0)
            await home.until(let_go)


async def test_work_that_only_one_process_may_do_is_done_by_one(database_url: str, tmp_path: Path) -> None:
    """Timers and the like run once, however many processes there are, and pass to another when theirs stops."""
    doing: list[str] = []

    def work(name: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            doing.append(name)
            await asyncio.Event().wait()

        return run

    async with house(database_url, tmp_path) as home:
        first, second = (home.holder(once={"clockwork": work(name)}) for name in ("first", "second"))

        async def by_the_first() -> bool:
            return doing == ["first"]

        async def by_both() -> bool:
            return doing == ["first", "second"]

        async with running(first.run()):
            await home.until(by_the_first)
            late = asyncio.ensure_future(second.run())
        async with running(late):
            await home.until(by_both)
