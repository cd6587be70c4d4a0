"""Couriers: one channel's requests, bounded."""

import asyncio

import pytest

from connectors.exchange import HttpRequest, HttpResponse, TransportFailed
from inbox.transport.courier import Clients, Limits
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.media import DiskMedia
from inbox.transport.reach import Reach
from tests.inbox.transport.peers import answer, http_peer, read_request, serve


async def test_no_more_requests_than_the_manifest_allows_are_under_way(
    guard: Guard, media: DiskMedia, client: HttpClient
) -> None:
    """With `concurrency=2`, ten requests at once reach the network two at a time."""
    now = most = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        await read_request(reader)
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        writer.write(answer(headers="Connection: close\r\n"))
        await writer.drain()

    courier = Clients(guard, media, client).courier(Reach(), Limits(concurrency=2))
    async with serve(count) as peer:
        requests = [courier.carry(HttpRequest(method="GET", url=peer.url)) for _ in range(10)]
        answers = await asyncio.gather(*requests)

    assert all(isinstance(one, HttpResponse) and one.status == 200 for one in answers)
    assert most == 2


async def test_limits_hold_whatever_is_asked_for(guard: Guard, media: DiskMedia, client: HttpClient) -> None:
    """A connector that asks for more bytes or time than the channel has gets the channel's."""
    courier = Clients(guard, media, client).courier(Reach(), Limits(body_bytes=10, timeout_seconds=0.2))

    async with http_peer(answer(b"more than ten")) as peer:
        with pytest.raises(TransportFailed, match="10"):
            await courier.carry(HttpRequest(method="GET", url=peer.url, max_bytes=1_000))
    async with serve(lambda reader, writer: asyncio.sleep(5)) as silent:
        with pytest.raises(TransportFailed, match=r"0\.2 s"):
            await courier.carry(HttpRequest(method="GET", url=silent.url, timeout_seconds=60))


async def test_a_sandbox_channel_reaches_loopback(media: DiskMedia) -> None:
    """A simulator on loopback is reached by a sandbox channel and by no other."""
    client = HttpClient(Guard(), media)
    clients = Clients(Guard(), media, client)

    async with http_peer(answer()) as peer:
        request = HttpRequest(method="GET", url=peer.url)
        response = await clients.courier(Reach(sandbox=True)).carry(request)
        assert isinstance(response, HttpResponse)
        with pytest.raises(TransportFailed, match="INBOX_ALLOW_PRIVATE"):
            await clients.courier(Reach()).carry(request)
    await clients.aclose()
