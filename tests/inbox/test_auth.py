"""Who opens a websocket, and what neighbourhoods and origins are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from starlette.requests import HTTPConnection

from inbox.auth import network_of
from inbox.commands.sessions import EndSession
from tests.inbox.api.running_api import ADDRESS, Service, running


@pytest.fixture
async def service(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The API on SQLite."""
    async with running(sqlite_url, tmp_path) as made:
        yield made


def _socket(*subprotocols: str, **headers: str) -> HTTPConnection:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": "websocket", "headers": raw, "subprotocols": ["inbox.v1", *subprotocols]})


async def test_a_cookie_opens_a_socket_from_our_own_page_only(service: Service) -> None:
    """Another site's page carries the cookie along, but its Origin tells."""
    cookie = f"__Host-inbox={(await service.open_session('agent')).secret}"
    auth = service.deps.auth

    ours = await auth.principal_of_socket(_socket(cookie=cookie, origin=ADDRESS))

    assert ours is not None
    assert ours.agent_id == service.agents["agent"].id
    assert await auth.principal_of_socket(_socket(cookie=cookie, origin="https://evil.test")) is None
    assert await auth.principal_of_socket(_socket(cookie=cookie)) is None


@pytest.mark.parametrize(
    "origin", ["https://[", "https://inbox.test:x", "https://inbox.test:99999", "https://a\u2100b"]
)
@pytest.mark.parametrize("public_url", [ADDRESS, ""], ids=["public", "local"])
async def test_an_origin_that_is_none_opens_no_socket(service: Service, origin: str, public_url: str) -> None:
    """Whoever makes one up is nobody, as with any other that is not ours."""
    cookie = f"inbox={(await service.open_session('agent')).secret}"
    auth = service.deps.auth
    auth.settings = auth.settings.model_copy(update={"public_url": public_url})

    assert await auth.principal_of_socket(_socket(cookie=cookie, origin=origin)) is None


async def test_a_ticket_opens_one_socket(service: Service) -> None:
    """The ticket is used up, whatever the Origin; a made-up one opens none."""
    client = await service.client("agent")
    ticket = (await client.post("/live-ticket")).json()["ticket"]
    auth = service.deps.auth

    first = await auth.principal_of_socket(_socket(ticket, origin="https://app.test"))

    assert first is not None
    assert first.session_id is not None
    assert await auth.principal_of_socket(_socket(ticket)) is None
    assert await auth.principal_of_socket(_socket("tkt_madeup")) is None


async def test_an_ended_session_opens_no_socket(service: Service) -> None:
    """The next try finds nobody."""
    opened = await service.open_session("agent")
    await service.deps.writer.submit(EndSession(opened.session.agent_id, opened.session.id))

    found = await service.deps.auth.principal_of_socket(_socket(cookie=f"__Host-inbox={opened.secret}", origin=ADDRESS))

    assert found is None


async def test_without_https_the_cookie_is_plain(service: Service) -> None:
    """On a machine of one's own there is no https: then neither Secure nor the name that needs it."""
    auth = service.deps.auth
    auth.settings = auth.settings.model_copy(update={"public_url": ""})

    assert auth.cookie("x").startswith("inbox=x; ")
    assert "Secure" not in auth.cookie("x")
    assert "HttpOnly; SameSite=Lax" in auth.cookie("x")


async def test_a_session_in_use_has_its_end_moved(service: Service) -> None:
    """Its last use is written, at most every five minutes."""
    units: list[object] = []
    auth = service.deps.auth
    auth._later = units.append
    opened = await service.open_session("agent")
    old = msgspec.structs.replace(opened.session, last_seen_at=opened.session.last_seen_at - 400_000_000)

    await auth._of_session(old)
    await auth._of_session(old)

    assert len(units) == 1
    await service.deps.writer.submit(units[0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_neighbours_are_throttled_together(address: str, network: str) -> None:
    """/24 of IPv4, /56 of IPv6; what is no address stands for itself."""
    assert network_of(address) == network
