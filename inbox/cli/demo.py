"""`inbox demo`: the whole service with the sandbox, in a data folder of its own. What `make run` starts."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING

from inbox.cli.opened import Refusal, read_settings, say
from inbox.settings import Settings

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request
    from starlette.routing import BaseRoute

    from inbox.app import Inbox
    from inbox.cli.serve import Beside
    from inbox.domain.permissions import Principal
    from inbox.sandbox.colleagues import Colleague
    from inbox.worker import Networks

FOLDER = "demo"
PORTS_TRIED = 50


def demo(*, remove: bool = False, seed: int = 7, pace: float = 8.0, past: float = 1.0, alone: bool = False) -> None:
    """Try everything out: the service with invented customers who write, answer and complain.

    Parameters
    ----------
    remove
        Remove the demo and all that was done in it.
    seed
        Who says what: the same seed, the same customers' words.
    pace
        What customers do in a minute, once somebody has signed in; 0: nothing by themselves.
    past
        How much of the month before today is written: 1 is about 3,000 conversations, 0 only what the cast itself said.
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
        stay(embedded(settings, listening, beside=_sandbox(seed, pace, past, alone)), settings, "demo")


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


def _sandbox(seed: int, pace: float, past: float, alone: bool) -> Beside:
    @contextlib.asynccontextmanager
    async def beside(inbox: Inbox, parts: Networks) -> AsyncIterator[list[BaseRoute]]:
        from inbox.auth import Auth
        from inbox.automation.then import RulesThen
        from inbox.sandbox.desk import Desk
        from inbox.sandbox.history import Doors
        from inbox.sandbox.install import Workspace, install
        from inbox.sandbox.shop import shop_routes
        from inbox.sandbox.stage import Service, stage

        auth = Auth(inbox.settings, inbox.database, inbox.writer, inbox.directory)

        async def admit(connection: HTTPConnection) -> Principal:
            return await auth.principal_of(connection)

        async with stage(inbox.settings.data_dir, seed) as made:
            made.per_minute, made.share = pace, past
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
            here = f"http://{_reachable(inbox.settings)}"
            rules_then = RulesThen(inbox.database, inbox.directory, parts.contexts.of)
            doors = Doors(
                inbox.writer, inbox.directory, parts.contexts, parts.media, parts.health, rules_then,
                inbox.survey_links.url,
            )  # fmt: skip
            service = Service(inbox.database, parts.clients.http, doors, channels, _doors_of(here, channels))
            colleagues = [] if alone else _colleagues(inbox, parts, here)
            playing = asyncio.create_task(made.play(service, colleagues, _Told()), name="sandbox")
            _tell(inbox.settings)
            try:
                desk = Desk(made, admit, inbox.writer, channels, _cut)
                yield [*shop_routes(channels["webchat"]), *desk.routes()]
            finally:
                playing.cancel()
                await asyncio.gather(playing, return_exceptions=True)

    return beside


def _doors_of(here: str, channels: Mapping[str, int]) -> Callable[[str], str]:
    """Network → where it posts to: an address of its own, or that of its family."""
    from connectors.registry import manifest

    def door(network: str) -> str:
        family = manifest(network).door
        return f"{here}/hooks/{family}" if family else f"{here}/hooks/{network}/{channels[network]}"

    return door


def _colleagues(inbox: Inbox, parts: Networks, here: str) -> list[Colleague]:
    from inbox.sandbox.colleagues import Colleague
    from inbox.sandbox.install import SIGN_IN, STAFF
    from inbox.sandbox.signs import Signs

    signs = Signs(inbox.bus)
    emails = [one.email for one in STAFF if one.simulated]
    http = parts.clients.http
    return [Colleague(http, here, email, SIGN_IN, nth, signs) for nth, email in enumerate(emails)]


def _cut(request: Request, agent_id: int) -> int:
    """Hang up on an agent's live sockets as a server that goes does: they come back and ask for what they missed."""
    from inbox.live.frames import Close

    sockets = list(request.app.state.hub.by_agent.get(agent_id, ()))
    for one in sockets:
        one.live = False
        one.wire.close(Close.RESTART)
    return len(sockets)


class _Told:
    """Says how far the month is told, at each quarter."""

    def __init__(self) -> None:
        self._said = 0

    def __call__(self, told: int, total: int) -> None:
        quarter = 4 * told // total
        if self._said < quarter:
            self._said = quarter
            say(f"The month before today: {told:,} of {total:,} conversations are written")


def _reachable(settings: Settings) -> str:
    """Where this machine reaches the service, whatever it is called outside."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104 - compared, not bound
    return f"[{host}]:{settings.port}" if ":" in host else f"{host}:{settings.port}"


def _tell(settings: Settings) -> None:
    """One line for each role, and where the other side is."""
    from inbox.sandbox.install import SIGN_IN, STAFF

    say(f"The customers' side: {settings.address}/sandbox  (a website with the chat: /sandbox/shop)")
    for one in STAFF:
        if not (one.simulated or one.off_duty):
            say(f"Sign in: {settings.address}  {one.email}  {SIGN_IN}  ({one.role})")
