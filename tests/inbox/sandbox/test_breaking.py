"""What can be broken heals by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

from connectors.contract import CustomerAction
from connectors.toolkit import faults
from inbox import clock
from inbox.sandbox.breaking import FAULTS, LoseWorker
from tests.inbox.sandbox.company import company


def test_every_fault_of_the_simulators_has_a_switch() -> None:
    """None is left out, and each says what it does."""
    assert set(FAULTS) == set(faults.ALL)
    assert all(title and detail for title, detail in FAULTS.values())


async def test_a_lost_worker_is_followed_by_another(tmp_path: Path) -> None:
    """The leases pass to nobody for a moment, with a higher fence, and are then held again."""
    async with company(tmp_path, at_work=True) as made:
        held = "SELECT fence FROM lease WHERE name LIKE 'channel:%' AND holder <> 'lost' ORDER BY name"
        async with asyncio.timeout(20):
            while len(before := await made.rows(held)) < len(made.channels):
                await asyncio.sleep(0.1)
            await made.inbox.writer.submit(LoseWorker(made.channels.values()))
            assert await made.rows(held) == []
            while len(after := await made.rows(held)) < len(made.channels):
                await asyncio.sleep(0.1)

        assert all(new[0] > old[0] for old, new in zip(before, after, strict=True))


async def test_a_fault_delays_and_loses_nothing(tmp_path: Path) -> None:
    """What somebody writes while a network is down is remembered by it, and is not counted as lost."""
    async with company(tmp_path) as made:
        networks = made.stage.networks
        networks.faults["telegram"].add(faults.OUTAGE)
        write = CustomerAction(do="write", person="eleni", name="Eleni", text="Hello?")

        networks.act("telegram", write, clock.now() - 60 * clock.SECOND)

        line = await made.line()
        assert (line.sent, line.waiting, line.lost) == (1, 1, 0)
