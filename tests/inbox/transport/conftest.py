"""What tests of transport share: a media store, a guard that allows loopback, and a client with both."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inbox.transport.courier import Clients, Courier
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.media import DiskMedia
from inbox.transport.reach import Reach
from tests.inbox.transport.peers import certificates


@pytest.fixture
def media(tmp_path: Path) -> DiskMedia:
    """An empty media store with no floor."""
    return DiskMedia(tmp_path / "media", floor_bytes=0)


@pytest.fixture
def guard() -> Guard:
    """A guard whose admin listed loopback."""
    return Guard(["127.0.0.0/8", "::1"])


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(server, client) contexts of one certificate for localhost."""
    return certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def client(
    guard: Guard, media: DiskMedia, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> AsyncIterator[HttpClient]:
    """An HTTP client that trusts the test's certificate."""
    made = HttpClient(guard, media, tls=tls[1])
    yield made
    await made.aclose()


@pytest.fixture
async def courier(guard: Guard, media: DiskMedia, client: HttpClient) -> AsyncIterator[Courier]:
    """A courier for a channel without a base URL."""
    made = Clients(guard, media, client).courier(Reach())
    yield made
    await made.aclose()
