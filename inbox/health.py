"""Is it alive, is it ready, how is it: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from inbox.app import Inbox
from inbox.errors import Unavailable
from inbox.eventlog import log
from inbox.live.hub import Hub
from inbox.live.tail import Tail
from inbox.storage import schema

LAG_LIMIT = 5_000
"""Events the live side may be behind the log before this process asks for no more traffic."""

_waiting = Gauge("inbox_writer_waiting", "Units that wait to be written")
_position = Gauge("inbox_log_position", "Newest position this process knows")
_lag = Gauge("inbox_live_lag_events", "Events of the log that were not shown here yet")
_sockets = Gauge("inbox_sockets", "Open agent sockets")
_redis = Gauge("inbox_bus_connected", "1 while other processes can be heard")


def health_routes(inbox: Inbox, hub: Hub, tail: Tail) -> list[Route]:
    """Three small pages for machines."""

    async def alive(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(request: Request) -> Response:
        try:
            head, _ = await inbox.database.read(log.head)
            passive = await inbox.database.read(schema.passive)
        except Unavailable as problem:
            return JSONResponse({"status": "not ready", "database": problem.detail}, status_code=503)
        if passive:
            said = "it answers, but takes no changes: it is a standby, or set to read only"
            return JSONResponse({"status": "not ready", "database": said}, status_code=503)
        behind = max(0, head - tail.position)
        status = 200 if behind < LAG_LIMIT else 503
        said = "ready" if status == 200 else "not ready"
        return JSONResponse(
            {"status": said, "position": head, "behind": behind, "bus": inbox.bus.connected}, status_code=status
        )

    async def metrics(request: Request) -> Response:
        head, _ = await inbox.database.read(log.head)
        _waiting.set(inbox.writer.depth)
        _position.set(tail.position)
        _lag.set(max(0, head - tail.position))
        _sockets.set(sum(1 for _ in hub.sockets()))
        _redis.set(int(inbox.bus.connected))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]
