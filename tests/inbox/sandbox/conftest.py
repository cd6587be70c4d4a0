"""A stage without a service, and clients of ours that talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inbox.sandbox.stage import Stage, stage
from inbox.transport.courier import Clients, Courier
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.media import DiskMedia
from inbox.transport.reach import Reach

SEED = 7


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose servers listen."""
    async with stage(tmp_path, SEED) as found:
        yield found


@pytest.fixture
async def clients(tmp_path: Path) -> AsyncIterator[Clients]:
    """What the service would carry its requests with."""
    guard, media = Guard(), DiskMedia(tmp_path / "media", floor_bytes=0)
    found = Clients(guard, media, HttpClient(guard, media))
    yield found
    await found.aclose()


@pytest.fixture
async def courier(clients: Clients) -> AsyncIterator[Courier]:
    """A courier of a sandbox channel."""
    found = clients.courier(Reach(sandbox=True))
    yield found
    await found.aclose()
