"""The whole service in one process, as `inbox run` starts it: webhooks, live sockets and every reader of the log. What it
takes more than `bench.product` is the price of what follows the log.

    python -m bench.whole --port N --database URL
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

import msgspec
import structlog
import uvloop
from starlette.types import ASGIApp

from bench.payload import CHANNEL, SECRET
from bench.product import UNHINDERED, Begin, channel_row, everyone
from inbox import clock, logs
from inbox.app import Inbox
from inbox.intake.endpoint import Hooks
from inbox.serving import listening_socket, server
from inbox.settings import Settings
from inbox.storage import rows, schema
from inbox.storage.database import connect
from inbox.web import web
from inbox.worker import networks, work


async def serve(port: int, database_url: str) -> None:
    """Serve until ended."""
    with tempfile.TemporaryDirectory(prefix="inbox-bench-") as folder:
        settings = Settings(data_dir=Path(folder), database_url=database_url, port=port)
        logs.configure("json", "warning")
        await _made(database_url)
        async with Inbox.open(settings) as inbox, networks(inbox) as parts:
            await inbox.writer.submit(Begin())
            sealed = inbox.sealer.seal_fields({"webhook_secret": SECRET.decode()}, f"channel:{CHANNEL}")
            channel = msgspec.structs.replace(channel_row(), sealed=sealed)
            await inbox.database.write(lambda: rows.change(channel))
            await inbox.directory.load()
            hooks = Hooks(inbox.directory, parts.contexts, parts.receiver, per_channel=UNHINDERED)
            working = asyncio.create_task(work(inbox, parts))
            async with web(inbox, parts) as made:
                made.desk.endpoint.authenticate = everyone
                app: ASGIApp = hooks.before(made.app)
                await server(app, settings).serve(sockets=[listening_socket("127.0.0.1", port)])
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def _made(database_url: str) -> None:
    database = connect(database_url)
    await database.open()
    await database.write(lambda: schema.create(database.engine, clock.now()))
    await database.close()


def main() -> None:
    """Serve until ended."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--database", required=True)
    given = words.parse_args()
    structlog.reset_defaults()
    uvloop.run(serve(given.port, given.database))


if __name__ == "__main__":
    main()
