"""`inbox run`, `inbox web`, `inbox worker`: the processes that stay."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator, Callable, Coroutine
from socket import socket
from typing import TYPE_CHECKING, Any

from inbox import tracing
from inbox.cli import heap
from inbox.cli.anew import again_if_set_back
from inbox.cli.opened import Refusal, read_settings, refused, say, sqlite_path
from inbox.cli.told import until
from inbox.settings import Settings

if TYPE_CHECKING:
    import uvicorn
    from starlette.routing import BaseRoute

    from inbox.app import Inbox
    from inbox.worker import Networks

Beside = Callable[["Inbox", "Networks"], "contextlib.AbstractAsyncContextManager[list[BaseRoute]]"]
"""Something that runs beside the service, with routes of its own."""


def run() -> None:
    """Run the whole service in one process: web app, API, networks. Ends with Ctrl-C."""
    settings = read_settings()
    configure_logs(settings)
    if not settings.store.startswith("sqlite"):
        raise Refusal(
            "`inbox run` is for SQLite; with PostgreSQL run `inbox web` and `inbox worker`, any number of each"
        )
    with listen(settings) as listening:
        stay(embedded(settings, listening), settings, "run")


def web() -> None:
    """Serve browsers, programs and webhooks. Needs PostgreSQL, and `inbox worker` beside it."""
    settings = _scaled("web")
    with listen(settings) as listening:
        stay(_web(settings, listening), settings, "web")


def worker() -> None:
    """Talk to the networks: send, poll, fetch. Needs PostgreSQL, and `inbox web` beside it."""
    settings = _scaled("worker")
    stay(_worker(settings), settings, "worker")


def _scaled(verb: str) -> Settings:
    settings = read_settings()
    configure_logs(settings)
    if settings.store.startswith("sqlite"):
        raise Refusal(
            f"`inbox {verb}` needs PostgreSQL: set INBOX_DATABASE_URL, or use `inbox run`, which is all in one"
        )
    return settings


def configure_logs(settings: Settings) -> None:
    """Log as the settings say."""
    from inbox import logs

    logs.configure(settings.log_format, settings.log_level)


def listen(settings: Settings) -> socket:
    """The listening socket. Raises Refusal where there is no such address, or the port is taken."""
    from inbox.serving import listening_socket

    try:
        return listening_socket(settings.host, settings.port)
    except OSError as taken:
        remedy = "set INBOX_HOST to an address of this machine, or to 0.0.0.0 for all"
        if taken.errno in (errno.EADDRINUSE, errno.EACCES):
            remedy = "stop what listens there, or set INBOX_PORT to another"
        raise Refusal(f"cannot listen on {settings.host} port {settings.port} ({taken.strerror}): {remedy}") from None


def stay(work: Coroutine[Any, Any, None], settings: Settings, process: str) -> None:
    """Run until told to end, on the fast loop where there is one; traces name the process so."""
    heap.of_all_threads()
    try:
        end_tracing = tracing.configure(settings.traces_url, process)
    except tracing.TracingMissing as missing:
        work.close()
        raise Refusal(str(missing)) from None
    make: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with contextlib.suppress(ImportError):  # no wheel for this platform
        import uvloop

        make = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=make) as runner:
        try:
            runner.run(work)
        except (Exception, BaseExceptionGroup) as problem:  # the edge of the verb
            raise refused(problem) from problem
        finally:
            end_tracing()


async def embedded(settings: Settings, listening: socket, *, beside: Beside | None = None) -> None:
    """One process that does everything, on SQLite. `beside`: what runs with it."""
    from inbox.cli.lock import the_only_server
    from inbox.storage.migrate import migrate

    with the_only_server(settings.data_dir, sqlite_path(settings)):
        await migrate(settings.store)
        await again_if_set_back(settings, lambda inbox, parts: _everything(inbox, parts, listening.dup(), beside))


async def _everything(inbox: Inbox, parts: Networks, listening: socket, beside: Beside | None) -> None:
    from inbox.worker import work

    working = asyncio.create_task(work(inbox, parts), name="worker")
    giving = asyncio.create_task(heap.give_back(), name="heap")
    try:
        async with (beside or _nothing)(inbox, parts) as extra:
            await until(asyncio.Event(), _served(inbox, parts, listening, extra, tell=beside is None), working)
    finally:
        working.cancel()
        giving.cancel()
        await asyncio.gather(working, giving, return_exceptions=True)


async def _web(settings: Settings, listening: socket) -> None:
    # Of its own each time: a server closes the socket it was given.
    await again_if_set_back(settings, lambda inbox, parts: _served(inbox, parts, listening.dup(), [], tell=True))


async def _worker(settings: Settings) -> None:
    from inbox.worker import work

    def working(inbox: Inbox, parts: Networks) -> Coroutine[Any, Any, None]:
        say("Inbox worker is running")
        return work(inbox, parts)

    await again_if_set_back(settings, working)


async def _served(inbox: Inbox, parts: Networks, listening: socket, extra: list[BaseRoute], *, tell: bool) -> None:
    """Serve until cancelled; `tell`: say where, and how the first admin gets in."""
    from inbox.serving import server
    from inbox.web import web

    async with web(inbox, parts, extra=extra) as made:
        serving = server(made.app, inbox.settings)
        # Signals are ours: uvicorn would raise them again after its own end and leave no time for ours.
        serving.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
        running = asyncio.create_task(serving.serve(sockets=[listening]), name="server")
        try:
            await _started(serving, running)
            if tell:
                await _tell(inbox)
            await asyncio.shield(running)
        finally:
            serving.should_exit = True
            await running


async def _started(serving: uvicorn.Server, running: asyncio.Task[None]) -> None:
    """Wait until connections are answered, or the server has ended."""
    ready = asyncio.Event()
    start = serving.startup

    async def startup(sockets: list[socket] | None = None) -> None:
        await start(sockets)
        ready.set()

    serving.startup = startup  # type: ignore[method-assign]
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({waiting, running}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


async def _tell(inbox: Inbox) -> None:
    from inbox.commands.accounts import IssueLink
    from inbox.storage import agents

    say(f"Inbox is ready: {inbox.settings.address}")
    if not await inbox.database.read(agents.active_admins):
        link = await inbox.writer.submit(IssueLink("first_admin", 0))
        say(f"First admin: {inbox.settings.address}/links/{link}  (works once, for a day)")


@contextlib.asynccontextmanager
async def _nothing(inbox: Inbox, parts: Networks) -> AsyncIterator[list[BaseRoute]]:
    yield []
