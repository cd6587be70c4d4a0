"""`inbox demo`: the whole service with the sandbox, in a data folder of its own. What `make run` starts."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING

from inbox.cli.opened import Refusal, read_settings, say
from inbox.settings import Settings

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.routing import BaseRoute

    from inbox.app import Inbox
    from inbox.cli.serve import Beside
    from inbox.domain.permissions import Principal
    from inbox.worker import Networks

FOLDER = "demo"
PORTS_TRIED = 50


def demo(*, remove: bool = False, seed: int = 7, pace: float = 8.0, alone: bool = False) -> None:
    """Try everything out: the service with invented customers who write, answer and complain.

    Parameters
    ----------
    remove
        Remove the demo and all that was done in it.
    seed
        Who says what: the same seed, the same customers' words.
    pace
        What customers do in a minute, once somebody has signed in; 0: nothing by themselves.
    alone
        Without simulated colleagues.
    """
    settings = _settings()
    if remove:
        _remove(settings.data_dir)
        return
    from inbox.cli.serve import configure_logs, embedded, stay

    say("Preparing the demo")
    configure_logs(settings)
    listening, settings = _listen(settings)
    with listening:
        stay(embedded(settings, listening, beside=_sandbox(seed, pace, alone)))


def _settings() -> Settings:
    """A folder, a database and a process of its own, whatever the environment says; quiet unless told otherwise."""
    asked = read_settings()
    changes = {"data_dir": asked.data_dir / FOLDER, "database_url": "", "redis_url": ""}
    if "log_level" not in asked.model_fields_set:
        changes["log_level"] = "error"
    return read_settings(**changes)


def _remove(folder: Path) -> None:
    from inbox.cli.lock import is_held

    if not folder.exists():
        say(f"There is no demo in {folder}")
        return
    if is_held(folder):
        raise Refusal(f"the demo in {folder} is running: stop it first")
    shutil.rmtree(folder)
    say(f"The demo in {folder} is removed")


def _listen(settings: Settings) -> tuple[socket, Settings]:
    """The wanted port or the next one that is free, which is said."""
    from inbox.serving import listening_socket

    for port in range(settings.port, min(settings.port + PORTS_TRIED, 65_536)):
        try:
            listening = listening_socket(settings.host, port)
        except OSError:
            continue
        if port != settings.port:
            say(f"Port {settings.port} is taken: using {port}")
            settings = settings.model_copy(update={"port": port})
        return listening, settings
    raise Refusal(
        f"ports {settings.port} to {settings.port + PORTS_TRIED - 1} are all taken: set INBOX_PORT to another"
    )


def _sandbox(seed: int, pace: float, alone: bool) -> Beside:
    @contextlib.asynccontextmanager
    async def beside(inbox: Inbox, parts: Networks) -> AsyncIterator[list[BaseRoute]]:
        from inbox.auth import Auth
        from inbox.sandbox.colleagues import Colleague
        from inbox.sandbox.desk import Desk
        from inbox.sandbox.install import SIGN_IN, STAFF, Workspace, install
        from inbox.sandbox.shop import shop_routes
        from inbox.sandbox.stage import stage

        auth = Auth(inbox.settings, inbox.database, inbox.writer, inbox.directory)

        async def admit(connection: HTTPConnection) -> Principal:
            return await auth.principal_of(connection)

        async with stage(inbox.settings.data_dir, seed) as made:
            made.per_minute = pace
            say("Connecting the simulated networks")
            workspace = Workspace(
                inbox.database,
                inbox.writer,
                inbox.directory,
                inbox.sealer,
                parts.connecting.connect,
                inbox.settings.address,
            )
            channels = await install(workspace, made)
            here, http = f"http://{_reachable(inbox.settings)}", parts.clients.http
            colleagues = [
                Colleague(http, here, one.email, SIGN_IN, nth)
                for nth, one in enumerate(STAFF)
                if one.simulated and not alone
            ]

            def door(network: str) -> str:
                return f"{here}/hooks/{network}/{channels[network]}"

            work = made.play(inbox.database, http, channels, door, colleagues)
            playing = asyncio.create_task(work, name="sandbox")
            _tell(inbox.settings)
            try:
                yield [*shop_routes(channels["webchat"]), *Desk(made, admit).routes()]
            finally:
                playing.cancel()
                await asyncio.gather(playing, return_exceptions=True)

    return beside


def _reachable(settings: Settings) -> str:
    """Where this machine reaches the service, whatever it is called outside."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104 - compared, not bound
    return f"[{host}]:{settings.port}" if ":" in host else f"{host}:{settings.port}"


def _tell(settings: Settings) -> None:
    """One line for each role, and where the other side is."""
    from inbox.sandbox.install import SIGN_IN, STAFF

    say(f"The customers' side: {settings.address}/sandbox  (a website with the chat: /sandbox/shop)")
    for one in STAFF:
        if not one.simulated:
            say(f"Sign in: {settings.address}  {one.email}  {SIGN_IN}")
