"""The HTTP and websocket server: our own listening socket, our websocket protocol class, a quiet log."""

from __future__ import annotations

import contextlib
import gc
import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from inbox.live.protocol import LiveProtocol
from inbox.settings import Settings

TAKEN_MS = 30_000
"""A peer that takes nothing for so long is dropped by the kernel (TCP_USER_TIMEOUT); accepted sockets inherit it."""
GRACE_SECONDS = 10
SWITCH_SECONDS = 0.000_1


def listening_socket(host: str, port: int) -> socket.socket:
    """Bind and listen. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(AttributeError, OSError):  # Linux only
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TAKEN_MS)
        made.bind((host, port))
        made.listen(2048)
        made.set_inheritable(True)
    except OSError:
        made.close()
        raise
    return made


def server(app: ASGIApp, settings: Settings, *, log_level: str = "warning") -> uvicorn.Server:
    """uvicorn, configured. Serve with `await server.serve(sockets=[listening_socket(…)])`."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="none",
        http="httptools",
        ws=LiveProtocol,
        ws_max_size=65_536,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        ws_per_message_deflate=False,
        lifespan="off",
        access_log=False,
        log_level=log_level,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies) or None,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )
    made = uvicorn.Server(config)
    tune()
    return made


def tune() -> None:
    """Settings of the interpreter that decide latency here; once, when everything long-lived is there.

    The event loop and SQLite's writing thread take turns in Python: with the default of 5 ms a turn, an acknowledgement
    waits for two of them. The objects of start-up need not be looked at by every garbage collection.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
