"""What the fault tests run in a process of its own, so that it can be killed: `python -m tests.faults.scene ROLE …`.

`ingest`: the webhook door on a port. `deliver`: a holder that sends what waits. `webhooks`: outgoing webhooks. `rules`:
what rules do. Each prints `ready` when it is.
"""

from __future__ import annotations

import asyncio
import ctypes
import signal
import sys
from pathlib import Path

from connectors import registry
from connectors.contract import Connector
from inbox.automation.running import Rules
from inbox.eventlog.bus import Bus
from inbox.eventlog.show import Show
from tests.inbox.house import house, served, without_keys
from tests.inbox.webhooks.hall import made_of


async def ingest(url: str, folder: Path) -> None:
    """Take webhooks until killed."""
    async with house(url, folder, fresh=False) as home, served(home.hooks) as address:
        say(address)
        await asyncio.Event().wait()


async def deliver(url: str, folder: Path, *, keys: bool) -> None:
    """Send what waits until killed."""

    def find(network: str) -> Connector:
        found = registry.connector(network)
        return found if keys else without_keys(found)

    async with house(url, folder, find=find, fresh=False) as home:
        say("sending")
        await home.holder().run()


async def webhooks(url: str, folder: Path) -> None:
    """Send events to webhooks until killed."""
    async with house(url, folder, fresh=False) as home:
        show = Show(await home.directory.fresh(), lambda media: None)
        hooks = made_of(home.database, home.writer, home.directory, show, Bus(), home.clients.http, home.guard)
        say("calling")
        await hooks.run()


async def rules(url: str, folder: Path) -> None:
    """Run rules until killed."""
    async with house(url, folder, fresh=False) as home:
        reader = Rules(home.database, home.writer, home.directory, Bus(), home.contexts.of)
        say("ruling")
        await reader.run()


def say(word: str) -> None:
    """Tell the test that this process is at work."""
    sys.stdout.write(f"ready {word}\n")
    sys.stdout.flush()


def play(role: str, url: str, folder: Path) -> None:
    """Play a role until killed."""
    match role:
        case "ingest":
            asyncio.run(ingest(url, folder))
        case "deliver":
            asyncio.run(deliver(url, folder, keys=True))
        case "deliver-without-keys":
            asyncio.run(deliver(url, folder, keys=False))
        case "rules":
            asyncio.run(rules(url, folder))
        case "webhooks":
            asyncio.run(webhooks(url, folder))
        case _:
            raise SystemExit(f"no such role: {role}")


def die_with_parent() -> None:
    """Ask Linux to end this process when the one that started it is gone, even killed: nothing is left over."""
    pr_set_pdeathsig = 1
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


if __name__ == "__main__":
    die_with_parent()
    play(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
