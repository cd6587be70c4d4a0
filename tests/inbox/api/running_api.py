"""A running API without a server: real store, real writer, requests by ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import msgspec
from starlette.applications import Starlette

from connectors.contract import Context
from inbox import clock, ids
from inbox.api.app import GROUPS, api_routes
from inbox.api.attachments import media_routes
from inbox.api.deps import Deps
from inbox.api.pages import Cursors
from inbox.api.survey_page import survey_routes
from inbox.auth import Auth
from inbox.automation.dry_runs import DryRuns
from inbox.commands.accounts import new_agent
from inbox.commands.sessions import Opened, OpenSession
from inbox.domain.permissions import ROLES
from inbox.domain.records import Agent
from inbox.domain.state import State
from inbox.eventlog.bus import Bus
from inbox.eventlog.directory import Directory
from inbox.eventlog.show import Show
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Committed, Writer
from inbox.live.hub import Hub
from inbox.live.presence import Presence
from inbox.medialinks import MediaLinks
from inbox.notify.keys import Keys
from inbox.passwords import Passwords
from inbox.reports.desk import Reports
from inbox.seal import Sealer
from inbox.settings import Settings
from inbox.storage import rows
from inbox.storage.database import Query
from inbox.transport.media import DiskMedia
from tests.inbox.new_database import with_schema

ADDRESS = "https://inbox.test"
PASSWORD = "a good long passphrase"
KEY = "k" * 40
_hashed: list[str] = []


class AddAgent(Unit):
    """Put an agent in as he is."""

    alone = True

    def __init__(self, name: str, role: str, password_hash: str) -> None:
        self.name = name
        self.role = role
        self.password_hash = password_hash

    def run(self, state: State) -> Query[Agent]:
        """Write the row."""
        agent = new_agent(state, f"{self.name}@inbox.test", self.name.title(), self.role)
        agent.password_hash = self.password_hash
        yield from rows.add(agent)
        return agent


class Service:
    """The API with its parts in reach, one agent per role, and what it did outside."""

    def __init__(self, deps: Deps, app: Starlette) -> None:
        self.deps = deps
        self.app = app
        self.agents: dict[str, Agent] = {}
        self.connected: list[int] = []
        self.replayed: list[int] = []
        self.mails: list[tuple[str, str, str]] = []
        self.events: list[Any] = []
        self.told: list[tuple[int, dict[str, Any]]] = []
        """What agents' other windows were told."""

    def anybody(self, **headers: str) -> httpx2.AsyncClient:
        """A client nobody has signed in."""
        sent = {"X-Inbox": "1", **{name.replace("_", "-"): value for name, value in headers.items()}}
        transport = httpx2.ASGITransport(app=self.app)
        return httpx2.AsyncClient(transport=transport, base_url=f"{ADDRESS}/api/v1", headers=sent)

    async def open_session(self, who: str) -> Opened:
        """A session of an agent."""
        unit = OpenSession(self.agents[who].id, "pytest", "192.0.2.1", 14)
        opened: Opened = await self.deps.writer.submit(unit)
        return opened

    async def client(self, who: str) -> httpx2.AsyncClient:
        """A client in which that agent is signed in."""
        client = self.anybody()
        client.cookies.set(self.deps.auth.cookie_name, (await self.open_session(who)).secret, domain="inbox.test")
        return client

    async def sign_in(self, who: str, password: str = PASSWORD, **more: str) -> httpx2.Response:
        """Sign in as a browser would."""
        async with self.anybody() as client:
            body = {"email": f"{who}@inbox.test", "password": password, **more}
            return await client.post("/session", json=body)

    async def connect(self, channel_id: int) -> None:
        """Stands for setting a channel up at its network."""
        self.connected.append(channel_id)

    async def replay(self, raw_id: int) -> None:
        """Stands for taking a delivery in again."""
        self.replayed.append(raw_id)

    async def context_of(self, channel_id: int) -> Context:
        """What a custom channel's connector knows: where answers go."""
        return Context(
            now=clock.now(), nonce=ids.nonce, channel_id=str(channel_id), base_url="https://shop.example",
            public_url=ADDRESS, webhook_url="", settings={"outbound_url": "https://shop.example/out"},
        )  # fmt: skip

    async def mail(self, to: str, subject: str, text: str) -> None:
        """Keeps what would be mailed."""
        self.mails.append((to, subject, text))


@asynccontextmanager
async def running(url: str, folder: Path) -> AsyncIterator[Service]:
    """A service on an empty database, with agents admin, supervisor, agent and observer."""
    settings = Settings(data_dir=folder, database_url=url, public_url=ADDRESS, secret_key=KEY)
    database = await with_schema(url)
    running: set[asyncio.Task[object]] = set()

    def _later(work: Awaitable[object]) -> None:
        running.add(asyncio.ensure_future(work))  # type: ignore[arg-type]

    writer = Writer(database)
    directory = Directory(database)
    writer.terms = lambda: directory.terms
    auth = Auth(settings, database, writer, directory)
    holder: list[Service] = []
    links = MediaLinks(KEY, ADDRESS)
    deps = Deps(
        settings=settings, database=database, writer=writer, directory=directory,
        show=Show(directory, lambda media: links.url(media.id, media.name)), auth=auth,
        sealer=Sealer([KEY]), cursors=Cursors(KEY.encode()),
        context_of=lambda channel_id: holder[0].context_of(channel_id),
        media=DiskMedia(folder / "media", floor_bytes=0),
        links=links, bus=Bus(), reports=Reports(database, directory), pushing=Keys(database, writer, Sealer([KEY])),
        claims=Presence(Hub(), Bus(), clock.now),
        tell_mine=lambda agent_id, what: holder[0].told.append((agent_id, what)),
        dry_runs=DryRuns(database, writer, directory, lambda work, name: _later(work)),
        connect=lambda channel_id: holder[0].connect(channel_id), replay=lambda raw_id: holder[0].replay(raw_id),
    )  # fmt: skip
    service = Service(deps, Starlette(routes=[*media_routes(deps), *survey_routes(deps), *api_routes(deps, GROUPS)]))
    holder.append(service)

    def heard(committed: Committed) -> None:
        for logged in committed.state.events:
            service.events.append(logged)
            directory.heard(logged.event)

    writer.listeners.append(heard)
    work = asyncio.create_task(writer.run())
    if not _hashed:
        _hashed.append(await Passwords().hash(PASSWORD))
    for role in ROLES:
        service.agents[role] = await writer.submit(AddAgent(role, role, _hashed[0]))
    try:
        yield service
    finally:
        await asyncio.gather(*running, return_exceptions=True)
        writer.close()
        await work
        await database.close()


def code_of(response: httpx2.Response) -> str:
    """The code of a problem."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    return str(msgspec.json.decode(response.content)["code"])


def fresh_key() -> str:
    """A new Idempotency-Key."""
    return ids.nonce()
