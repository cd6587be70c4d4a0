"""The networks' own addresses: each simulator at `/{network}/…` on a loopback port, with its faults acted out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import Response as WebResponse
from starlette.routing import Route

from connectors.exchange import Request
from connectors.toolkit import faults
from inbox.sandbox.networks import Networks

SLOW_SECONDS = 4.0
NEVER_SECONDS = 600.0


class NetworkServer:
    """Serves the simulators over real HTTP."""

    def __init__(self, networks: Networks) -> None:
        self.port = 0
        self._networks = networks
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    def address(self, network: str) -> str:
        """Base address of a network's API."""
        return f"http://127.0.0.1:{self.port}/{network}"

    async def start(self) -> None:
        """Listen on a free loopback port, or on `port` where one is set."""
        app = Starlette(
            routes=[Route("/{network}{path:path}", self._answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])]
        )
        config = uvicorn.Config(
            app, host="127.0.0.1", port=self.port, lifespan="off", access_log=False, log_config=None, loop="none",
            ws="none", timeout_graceful_shutdown=1,
        )  # fmt: skip
        listening = config.bind_socket()
        self.port = listening.getsockname()[1]
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]), name="sandbox-networks")
        for network in self._networks.names:
            self._networks.serve_at(network, self.address(network))

    async def close(self) -> None:
        """Hang up."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving

    async def _answer(self, web: WebRequest) -> WebResponse:
        network = web.path_params["network"].strip("/")
        if network not in self._networks.names:
            return WebResponse(status_code=404)
        request = Request(
            method=web.method,
            path="/" + web.path_params["path"].lstrip("/"),
            query=web.url.query,
            headers=dict(web.headers),
            body=await web.body(),
        )
        response = self._networks.respond(network, request)
        on = self._networks.faults[network]
        if faults.TIMEOUT in on:
            await _gone(web)
        if faults.SLOW in on:
            await asyncio.sleep(SLOW_SECONDS)
        return WebResponse(response.body, response.status, dict(response.headers))


async def _gone(web: WebRequest) -> None:
    """Say nothing until the service has hung up."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(NEVER_SECONDS):
            while (await web.receive())["type"] != "http.disconnect":
                continue


class _Server(uvicorn.Server):
    """Leaves signals to the service's own server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
