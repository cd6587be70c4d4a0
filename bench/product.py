"""The service's own path under load: its door for webhooks, receiver, writer and live sockets, with nothing left out
that a webhook passes through. Only what a webhook does not touch is absent: sign-in, API, delivery.

    python -m bench.product --port N --database URL [--joins]
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import structlog
import uvloop
from starlette.applications import Starlette
from starlette.websockets import WebSocket

from bench.payload import CHANNEL, SECRET
from inbox import clock, logs
from inbox.domain import events as e
from inbox.domain.permissions import ROLES, Principal, Scope
from inbox.domain.records import Channel
from inbox.domain.state import State
from inbox.errors import NotFound
from inbox.eventlog.bus import Bus
from inbox.eventlog.directory import Directory
from inbox.eventlog.show import Show
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.intake import language
from inbox.intake.context import Contexts
from inbox.intake.endpoint import Hooks
from inbox.intake.health import Health
from inbox.intake.keys import Keys
from inbox.intake.receive import Receiver
from inbox.live.desk import Desk
from inbox.serving import listening_socket, server
from inbox.settings import Settings
from inbox.storage import schema
from inbox.storage import tables as t
from inbox.storage.database import Database, Insert, Query, Save, connect
from inbox.throttle import Rate
from inbox.transport.media import DiskMedia

UNHINDERED = Rate(burst=10_000_000, every_seconds=1e-6)
"""One channel gets here what an installation gets on all its channels."""
EVERYTHING = Principal(e.Actor("agent", 1), "Bench", Scope(None, frozenset(), True), ROLES["admin"])


class Begin(Unit):
    """Connect the channel that the webhooks are for."""

    alone = True

    def run(self, state: State) -> Query[None]:
        """Insert it with an id of its own."""
        state.workspace.last_id = max(state.workspace.last_id, 1000)
        yield Save([Insert(t.channel, [msgspec.structs.astuple(channel_row())], "nothing")])


def channel_row() -> Channel:
    """The custom channel of the benchmark."""
    return Channel(
        CHANNEL, "custom", "Bench", "", "", "bench", None, None, None, "", "sealed", 1, 0, "ok", "", 0, None, 72 * 3600,
        1, 1,
    )  # fmt: skip


def unseal(text: str, owner: str) -> Mapping[str, str]:
    """The secret of every channel."""
    return {"webhook_secret": SECRET.decode()}


async def everyone(websocket: WebSocket) -> Principal | None:
    """Whoever comes may see everything."""
    return EVERYTHING


async def no_keys(url: str) -> bytes:
    """No network of the benchmark signs with public keys."""
    raise NotFound(url)


class Product:
    """The parts of the service that a webhook passes through."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.writer = writer = Writer(database)
        self.directory = directory = Directory(database)
        show = Show(directory, lambda media: None)
        self.contexts = contexts = Contexts(directory, unseal, Keys(no_keys), public_url=settings.address)
        receiver = Receiver(writer, DiskMedia(settings.data_dir / "media"), Health(writer))
        self.desk = Desk(
            database=database, writer=writer, directory=directory, show=show, bus=Bus(),
            public_url=settings.address, authenticate=everyone, cursor_of=lambda row, sort: "",
        )  # fmt: skip
        self.hooks = Hooks(directory, contexts, receiver, per_channel=UNHINDERED)


async def serve(port: int, database_url: str, *, joins: bool) -> None:
    """Serve until ended."""
    with tempfile.TemporaryDirectory(prefix="inbox-bench-") as folder:
        settings = Settings(data_dir=Path(folder), database_url=database_url, port=port)
        logs.configure("json", "warning")
        database = connect(database_url)
        await database.open()
        if not joins:
            await database.write(lambda: schema.create(database.engine, clock.now()))
        product = Product(database, settings)
        writing = asyncio.create_task(product.writer.run())
        await product.writer.submit(Begin())
        await product.directory.load()
        await product.desk.tail.open()
        language.warm().join()
        app = product.hooks.before(Starlette(routes=product.desk.routes()))
        live = asyncio.create_task(product.desk.run())
        try:
            await server(app, settings).serve(sockets=[listening_socket("127.0.0.1", port)])
        finally:
            live.cancel()
            product.writer.close()
            await writing
            await database.close()


def main() -> None:
    """Serve until ended."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--database", required=True)
    words.add_argument("--joins", action="store_true", help="the database is made already, by another worker")
    given = words.parse_args()
    structlog.reset_defaults()
    uvloop.run(serve(given.port, given.database, joins=given.joins))


if __name__ == "__main__":
    main()
