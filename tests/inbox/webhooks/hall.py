"""A small world with outgoing webhooks running, and a receiver over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors import inbound as net
from inbox import clock
from inbox.clock import SECOND
from inbox.commands.webhooks import Created, CreateWebhook
from inbox.domain import events as e
from inbox.domain.permissions import Principal
from inbox.domain.records import Channel
from inbox.domain.state import State
from inbox.domain.webhooks import Webhook, WebhookAttempt
from inbox.eventlog.directory import Directory
from inbox.eventlog.show import Show
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Committed, Writer
from inbox.seal import Sealer
from inbox.storage import rows, webhooks
from inbox.storage.database import Database, Query
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.media import DiskMedia
from inbox.webhooks.running import Webhooks
from inbox.webhooks.sender import Sender
from tests.inbox.desk import rows_of
from tests.inbox.house import running, served
from tests.inbox.world import CLEO, World, world

KEY = "k" * 40
SOURCE = "https://inbox.example"
_EVERYTHING = 2**63 - 1


class Receiver:
    """Somebody else's server: keeps what it took, answers as told."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[dict[str, str], bytes]] = []
        """Headers and body of everything that came, refused or not."""
        self.taken: list[tuple[str, dict[str, Any]]] = []
        """(webhook-id, envelope) of what was answered with 2xx, repetitions included."""
        self.answer: Callable[[dict[str, Any]], Response] = lambda envelope: Response(status_code=204)
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, web: Request) -> Response:
        """One request."""
        body = await web.body()
        self.requests.append((dict(web.headers), body))
        await self.gate.wait()
        envelope = json.loads(body)
        answer = self.answer(envelope)
        if 200 <= answer.status_code < 300:
            self.taken.append((web.headers["webhook-id"], envelope))
        return answer

    def refuses(self, status: int = 503, **headers: str) -> None:
        """Answer with an error from now on."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = lambda envelope: Response("no", status, sent)

    def takes(self) -> None:
        """Answer 204 from now on."""
        self.answer = lambda envelope: Response(status_code=204)

    @property
    def types(self) -> list[str]:
        """Types of what was taken, in order."""
        return [envelope["type"] for _, envelope in self.taken]

    @property
    def positions(self) -> list[int]:
        """Positions of the events taken, in order."""
        return [envelope["data"]["position"] for _, envelope in self.taken if "position" in envelope["data"]]


@contextlib.asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that runs."""
    made = Receiver()
    async with served(Starlette(routes=[Route("/in", made.__call__, methods=["POST"])])) as url:
        made.url = f"{url}/in"
        yield made
        made.gate.set()


def made_of(
    database: Database, writer: Writer, directory: Directory, show: Show, bus: Any, http: HttpClient, guard: Guard
) -> Webhooks:
    """Webhooks on the parts of a test."""
    return Webhooks(database, writer, directory, bus, Sender(http, guard, show, Sealer([KEY]), SOURCE))


class Hall:
    """What a test does with webhooks. Its clock is the system's, moved by `later`."""

    def __init__(self, made: World, hooks: Webhooks) -> None:
        self.world = made
        self.hooks = hooks
        self.sealer = Sealer([KEY])
        self.moved = 0

    @property
    def admin(self) -> Principal:
        """Cleo."""
        return self.world.directory.principal_of(self.world.directory.agents[CLEO])

    async def do(self, unit: Unit) -> Any:
        """Have a command committed."""
        return await self.world.writer.submit(unit)

    async def webhook(self, url: str, **values: Any) -> Created:
        """A new webhook."""
        given = {"name": "CRM", "url": url, "active": True, **dict.fromkeys(_LISTS, ()), **values}
        created: Created = await self.do(CreateWebhook(self.admin, given, self.sealer))
        return created

    async def record(self, webhook_id: int) -> Webhook:
        """A webhook as it is now."""
        found = await self.world.database.read(rows.one, Webhook, webhook_id)
        assert found is not None
        return found

    async def log(self, webhook_id: int) -> list[WebhookAttempt]:
        """Its attempts, oldest first, with bodies."""
        found = await self.world.database.read(webhooks.attempts, webhook_id, _EVERYTHING, 1000)
        whole = [await self.world.database.read(webhooks.attempt, webhook_id, one.id) for one in reversed(found)]
        return [one for one in whole if one is not None]

    async def rows(self, sql: str) -> list[Any]:
        """Rows of a statement."""
        return await rows_of(self.world.database, sql)

    async def waiting(self) -> int:
        """How many events wait for anybody."""
        return int((await self.rows("SELECT count(*) FROM job WHERE kind LIKE 'webhook:%'"))[0][0])

    async def head(self) -> int:
        """The newest position."""
        return int((await self.rows("SELECT position FROM workspace"))[0][0])

    async def emits(self, *events: e.AnyEvent, audience: e.Audience = e.EVERYONE, actor: e.Actor = e.SYSTEM) -> None:
        """Let something happen that no customer does."""
        await self.do(Emit(events, audience, actor))

    async def connected_now(self, channel_id: int) -> None:
        """Everything said before this instant is history in the channel."""
        await self.do(_Connected(channel_id))
        await self.world.directory.load()

    @staticmethod
    def deletion(external_id: str) -> net.MessageDeleted:
        """The author takes an item back, and its words with it."""
        return net.MessageDeleted(
            dedupe_key=f"gone-{external_id}", occurred_at=clock.now(), external_id=external_id, by="author", erase=True
        )

    def later(self, seconds: float) -> None:
        """Let time pass, and have whoever waits for it look at the clock."""
        self.moved += round(seconds * SECOND)
        self.hooks.heard(e.SettingChanged(object="webhook", id=0))

    async def until(self, holds: Callable[[], bool | Awaitable[bool]], *, seconds: float = 20.0) -> None:
        """Return as soon as it holds; fail after a while."""
        async with asyncio.timeout(seconds):
            while True:
                held = holds()
                if held if isinstance(held, bool) else await held:
                    return
                await asyncio.sleep(0.01)

    async def attempted(self, webhook_id: int, count: int) -> None:
        """Wait until so many attempts are in the log."""

        async def logged() -> bool:
            return len(await self.world.database.read(webhooks.attempts, webhook_id, _EVERYTHING, 1000)) >= count

        await self.until(logged)

    async def settled(self) -> None:
        """Wait until the log is read to its head and nothing waits."""

        async def idle() -> bool:
            head = await self.head()
            read = self.hooks._reader._seen
            return read >= head and await self.waiting() == 0

        await self.until(idle)


class _Connected(Unit):
    alone = True

    def __init__(self, channel_id: int) -> None:
        self.channel_id = channel_id

    def run(self, state: State) -> Query[None]:
        """Move the channel's beginning to now."""
        channel = yield from rows.one(Channel, self.channel_id)
        assert channel is not None
        channel.live_since = state.now
        yield from rows.change(channel)


_LISTS = ("types", "networks", "channel_ids", "team_ids", "tag_ids")


class Emit(Unit):
    """Events as they are."""

    alone = True

    def __init__(self, events: tuple[e.AnyEvent, ...], audience: e.Audience, actor: e.Actor) -> None:
        self.events, self.audience, self.actor = events, audience, actor

    def run(self, state: State) -> Query[None]:
        """Log each."""
        for event in self.events:
            state.emit(event, self.actor, audience=self.audience)
        yield from ()


@contextlib.asynccontextmanager
async def hall(url: str, folder: Path, *, works: bool = True, timeout_seconds: float = 15.0) -> AsyncIterator[Hall]:
    """A hall. `works`: its webhooks run; `timeout_seconds`: how long a receiver has."""
    guard = Guard(["127.0.0.0/8"])
    http = HttpClient(guard, DiskMedia(folder / "media", floor_bytes=0))
    async with world(url) as made:
        sender = Sender(http, guard, made.show, Sealer([KEY]), SOURCE, timeout_seconds=timeout_seconds)
        hooks = Webhooks(made.database, made.writer, made.directory, made.bus, sender)
        there = Hall(made, hooks)

        def heard(committed: Committed) -> None:
            for logged in committed.state.events:
                made.directory.heard(logged.event)
                hooks.heard(logged.event)

        made.writer.listeners.append(heard)
        system = clock.now
        started, base = asyncio.get_running_loop().time(), system()
        loop = asyncio.get_running_loop()
        clock.set_clock(lambda: base + round((loop.time() - started) * SECOND) + there.moved)
        try:
            async with running(hooks.run()) if works else contextlib.nullcontext():
                yield there
        finally:
            clock.set_clock(None)
            await http.aclose()
