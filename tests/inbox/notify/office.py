"""A desk whose agents are told: the reader of the log, what leaves the house, a push server and a post office."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from inbox.commands.notifications import Choose, Subscribe
from inbox.domain.notifying_records import Subscription
from inbox.domain.state import State
from inbox.eventlog.unit import Unit
from inbox.notify import webpush
from inbox.notify.keys import Keys
from inbox.notify.outgoing import Outgoing
from inbox.notify.reader import Reader
from inbox.seal import Sealer
from inbox.storage import tables as t
from inbox.storage.database import Insert, Query, Save, Text
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.media import DiskMedia
from inbox.transport.reach import Reach
from tests.inbox.desk import ANNA, Desk
from tests.inbox.desk import desk as opened
from tests.inbox.house import served

ADDRESS = "https://inbox.test"
FAR = 2**62


class Browser:
    """A browser that was subscribed: it reads what comes."""

    def __init__(self, number: int, url: str) -> None:
        self.key = webpush.new_key()
        self.auth = webpush.b64(bytes([number]) * 16)
        self.endpoint = f"{url}/push/{number}"
        self.number = number


class PushServer:
    """Somebody else's server between us and the browsers: checks the signature, keeps what was sent."""

    def __init__(self) -> None:
        self.url = ""
        self.browsers: list[Browser] = []
        self.shown: list[tuple[int, dict[str, Any]]] = []
        """(browser, payload as it reads it)."""
        self.headers: list[dict[str, str]] = []
        self.status = 201

    async def take(self, request: Request) -> Response:
        """One push."""
        number = int(request.path_params["number"])
        body, browser = await request.body(), self.browsers[number]
        claims = webpush.claims_of(request.headers["authorization"])
        assert claims["aud"] == self.url
        self.headers.append(dict(request.headers))
        if self.status == 201:
            self.shown.append((number, json.loads(webpush.decrypt(body, browser.key, browser.auth))))
        return Response(status_code=self.status)

    def browser(self) -> Browser:
        """Another browser."""
        made = Browser(len(self.browsers), self.url)
        self.browsers.append(made)
        return made


class Office:
    """What a test does with those who are told."""

    def __init__(self, desk: Desk, pushes: PushServer, outgoing: Outgoing) -> None:
        self.desk = desk
        self.pushes = pushes
        self.outgoing = outgoing
        self.reader = self.new_reader()
        self.mails: list[tuple[str, str, str, dict[str, str]]] = []
        self.refuses: dict[str, Exception] = {}
        """Address → what comes of a mail to it instead."""

    def new_reader(self) -> Reader:
        """A reader as another process would have one."""
        world = self.desk.world
        return Reader(world.database, world.writer, world.directory, mails=True)

    async def mail(self, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None) -> None:
        """Takes a mail, or does not."""
        if to in self.refuses:
            raise self.refuses[to]
        self.mails.append((to, subject, text, dict(headers or {})))

    async def tell(self) -> None:
        """Read the log to its head, and send what is due."""
        await self.reader.catch_up()
        await self.outgoing.work()

    async def chooses(self, agent_id: int = ANNA, **fields: Any) -> None:
        """An agent chooses what he is told of."""
        await self.desk.do(Choose(agent_id, fields, None))

    async def subscribes(self, agent_id: int = ANNA, session_id: int = 0) -> Subscription:
        """A browser of an agent is to be called."""
        session_id = session_id or 900 + agent_id
        await self.desk.do(_Session(session_id, agent_id))
        browser = self.pushes.browser()
        key = webpush.public_of(browser.key)
        made: Subscription = await self.desk.do(
            Subscribe(agent_id, session_id, browser.endpoint, key, browser.auth, "Firefox")
        )
        return made

    async def told(self, columns: str = "agent_id, kind, count") -> list[Any]:
        """All notifications, oldest first."""
        return await self.desk.rows(f"SELECT {columns} FROM notification ORDER BY id")

    async def waiting(self, kind: str = "") -> int:
        """How many jobs wait to leave."""
        where = f" AND kind = '{kind}'" if kind else ""
        rows = await self.desk.rows(
            f"SELECT count(*) FROM job WHERE kind IN ('notice_push', 'notice_mail', 'digest_mail'){where}"
        )
        return int(rows[0][0])


class _Session(Unit):
    alone = True

    def __init__(self, session_id: int, agent_id: int) -> None:
        self.session_id, self.agent_id = session_id, agent_id

    def run(self, state: State) -> Query[None]:
        """A session that lasts."""
        row = (self.session_id, self.agent_id, f"digest{self.session_id}", 0, 0, FAR, "", "")
        yield Save([Insert(t.session, [row], "nothing")])


class Sql(Unit):
    """A statement that means the same on both engines."""

    alone = True

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def run(self, state: State) -> Query[None]:
        """Carry it out."""
        yield Text({"sqlite": self.sql, "postgres": self.sql})


@contextlib.asynccontextmanager
async def office(url: str, folder: Path) -> AsyncIterator[Office]:
    """An office whose clock is the desk's."""
    pushes = PushServer()
    guard = Guard(["127.0.0.0/8"])
    http = HttpClient(guard, DiskMedia(folder / "media", floor_bytes=0))
    routes = [Route("/push/{number}", pushes.take, methods=["POST"])]
    async with opened(url) as desk, served(Starlette(routes=routes)) as address:
        pushes.url = address
        world = desk.world
        made: Office | None = None

        async def mail(to: str, subject: str, text: str, headers: Mapping[str, str] | None = None) -> None:
            assert made is not None
            await made.mail(to, subject, text, headers)

        outgoing = Outgoing(
            world.database, world.writer, world.directory, http,
            Keys(world.database, world.writer, Sealer(["k" * 40])), address=ADDRESS, mail=mail,
            unsubscribe=lambda agent_id: f"{ADDRESS}/unsubscribe/{agent_id}", reach=Reach(address),
        )  # fmt: skip
        made = Office(desk, pushes, outgoing)
        try:
            yield made
        finally:
            await http.aclose()
