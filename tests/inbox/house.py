"""A running service without its web app, and a network's side over real HTTP, for tests of both doors.

`House` wires the writer, the directory and everything of intake and delivery on a database; `Network` is a web server
around a simulator, with a list of the effects it saw and switches for its faults.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import Response as WebResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors import registry
from connectors.contract import Connector, CustomerAction
from connectors.custom.simulator import WEBHOOK_SECRET, CustomSimulator
from connectors.exchange import Request
from connectors.inbound import TypingStarted
from connectors.outbound import AnyOutbound, Part, SendMessage, Target
from inbox import clock, ids
from inbox.delivery.channel import Tools
from inbox.delivery.holder import Holder
from inbox.delivery.lease import Leases
from inbox.domain import events as e
from inbox.domain.records import Message, OutboxPart
from inbox.domain.state import Needs, State
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Committed, Writer
from inbox.intake.context import Contexts, Unseal
from inbox.intake.endpoint import Hooks
from inbox.intake.health import Health
from inbox.intake.keys import Keys
from inbox.intake.receive import Receiver
from inbox.storage import credentials, tables
from inbox.storage.database import Database, Insert, Query, Row, Save, Text, connect
from inbox.transport.courier import Clients
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.images import Images
from inbox.transport.media import DiskMedia
from tests.inbox.new_database import with_schema


class House:
    """Everything behind the doors, on one database. Make it with `house(…)`."""

    def __init__(self, database: Database, folder: Path, find: Callable[[str], Connector], unseal: Unseal) -> None:
        self.database = database
        self.media = DiskMedia(folder / "media", floor_bytes=0)
        self.guard = Guard(["127.0.0.0/8"])
        self.clients = Clients(self.guard, self.media, HttpClient(self.guard, self.media))
        self.writer = Writer(database)
        self.directory = Directory(database)
        self.keys = Keys(self._no_keys)
        self.contexts = Contexts(
            self.directory,
            unseal,
            self.keys,
            public_url="https://inbox.example",
            media_url=lambda blob: f"https://inbox.example/media/{blob.sha256}",
            connector=find,
        )
        self.health = Health(self.writer)
        self.typing: list[TypingStarted] = []
        self.receiver = Receiver(
            self.writer, self.media, self.health, on_typing=lambda channel_id, seen: self.typing.append(seen)
        )
        self.hooks = Hooks(self.directory, self.contexts, self.receiver)
        self.writer.listeners.append(self._heard)

    async def _no_keys(self, url: str) -> bytes:
        return b"{}"

    def _heard(self, committed: Committed) -> None:
        for logged in committed.state.events:
            self.directory.heard(logged.event)
            self.contexts.heard(logged.event)

    def holder(self, **options: Any) -> Holder:
        """A holder of its own name, listening to this house's writer."""
        tools = Tools(
            contexts=self.contexts,
            writer=self.writer,
            receiver=self.receiver,
            health=self.health,
            clients=self.clients,
            images=Images(self.media),
            leases=Leases(self.writer, ids.nonce()),
            seal=lambda secrets, owner: json.dumps(dict(secrets)),
        )
        made = Holder(tools, **options)
        self.writer.listeners.append(made.committed)
        return made

    async def channel(
        self,
        network: str = "custom",
        *,
        secrets: dict[str, str] | None = None,
        connection: dict[str, str] | None = None,
        expires_at: int | None = None,
        **settings: str,
    ) -> int:
        """A new channel, connected since yesterday; its id. `connection` and `expires_at` give it a connection."""
        secrets = secrets or {"webhook_secret": WEBHOOK_SECRET}
        made: int = await self.writer.submit(_NewChannel(network, settings, secrets, connection, expires_at))
        return made

    async def admin(self) -> int:
        """A new admin; his id."""
        made: int = await self.writer.submit(_NewAdmin())
        return made

    async def answer(self, conversation_id: int, text: str, *, parts: int = 1, **action: Any) -> int:
        """Let an answer of an agent go into the conversation's only thread; the id of its message."""
        made: int = await self.writer.submit(Answer(conversation_id, text, parts, action))
        return made

    async def change_channel(self, channel_id: int, *, active: int = 1, sealed: str | None = None) -> None:
        """Have an admin save the channel's settings, switch it off, or enter new secrets."""
        await self.writer.submit(_Saved(channel_id, active, sealed))

    async def settle_outbox(self) -> None:
        """Have everything that waits be gone."""
        await self.writer.submit(Sql("UPDATE outbox SET state = 'cancelled'"))

    async def forget_leases(self) -> None:
        """Have the leases of a dead process, of channels and of jobs, run out now."""
        await self.writer.submit(Sql("UPDATE lease SET expires_at = 0", "UPDATE job SET lease_until = 0"))

    async def rows(self, sql: str) -> list[Row]:
        """Rows of a statement that means the same on both engines."""
        return await self.database.read(_rows, sql)

    async def column(self, sql: str) -> list[Any]:
        """The first column of a statement's rows."""
        return [row[0] for row in await self.rows(sql)]

    async def act(self, message_id: int, action: AnyOutbound) -> None:
        """Let something be done to an item at its network."""
        await self.writer.submit(_Act(message_id, action))

    async def until(self, holds: Callable[[], Awaitable[bool]], *, seconds: float = 20.0) -> None:
        """Return as soon as it holds; fail after a while."""
        async with asyncio.timeout(seconds):
            while not await holds():
                await asyncio.sleep(0.01)

    async def until_column(self, sql: str, expected: list[Any], *, seconds: float = 20.0) -> None:
        """Return as soon as the statement's first column is what is expected; fail with what it was."""
        found: list[Any] = []
        try:
            async with asyncio.timeout(seconds):
                while (found := await self.column(sql)) != expected:
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"{sql} gave {found}, not {expected}") from None


@asynccontextmanager
async def house(
    url: str,
    folder: Path,
    *,
    find: Callable[[str], Connector] = registry.connector,
    fresh: bool = True,
    unseal: Unseal = lambda sealed, owner: json.loads(sealed) if sealed else {},
) -> AsyncIterator[House]:
    """A house whose writer runs. `fresh`: the database is empty and gets its schema first."""
    if fresh:
        database = await with_schema(url)
    else:
        database = connect(url)
        await database.open()
    made = House(database, folder, find, unseal)
    writing = asyncio.create_task(made.writer.run())
    try:
        yield made
    finally:
        made.writer.close()
        await writing
        await made.clients.aclose()
        await database.close()


@asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator[None]:
    """Something that runs until the block ends; its failure fails the test."""
    task = asyncio.ensure_future(work)
    try:
        yield
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """The app on a loopback port of its own; its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign]
    task = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(30):
            while not server.started:
                await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


class _Cut(WebResponse):
    """An answer that ends in its middle, with the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


_SIGNS = {"typing": "typing", "delivery.updated": "seen"}


class Network:
    """The custom network's side: a web server around its simulator."""

    def __init__(self) -> None:
        self.simulator = CustomSimulator(7)
        self.url = ""
        self.effects: list[tuple[str, str]] = []
        """(key, text) of every message that customers saw, in order, repetitions included."""
        self.signs: list[str] = []
        """Typing and read signs, in order."""
        self.statuses: list[int] = []
        """What the next requests are answered with, before the simulator is asked; 0: as it should."""
        self.retry_after = ""
        self.drops = 0
        """So many of the next requests are carried out, and the connection is cut instead of an answer."""
        self.gate = asyncio.Event()
        self.gate.set()
        self.files: dict[str, tuple[int, bytes, str]] = {}
        self.requests = 0

    async def answer(self, web: WebRequest) -> WebResponse:
        """One request of ours."""
        body = await web.body()
        self.requests += 1
        status = self.statuses.pop(0) if self.statuses else 0
        if status:
            headers = {"retry-after": self.retry_after} if self.retry_after else {}
            return WebResponse(status_code=status, headers=headers)
        event = json.loads(body)
        if event["type"] in ("message.created", "review.replied"):
            self.effects.append((event["id"], event["message"]["text"]))
        if event["type"] in _SIGNS:
            self.signs.append(_SIGNS[event["type"]])
        await self.gate.wait()
        request = Request(method="POST", path="/", headers=dict(web.headers), body=body)
        answered = self.simulator.respond(request, clock.now())
        if self.drops:
            self.drops -= 1
            return _Cut()
        return WebResponse(answered.body, answered.status, dict(answered.headers))

    async def file(self, web: WebRequest) -> WebResponse:
        """A file that a message names."""
        status, body, location = self.files[web.path_params["name"]]
        return WebResponse(body, status, {"location": location} if location else {})

    @staticmethod
    def text_of(part: str) -> str:
        """The words of a part as its outbox row keeps it."""
        return str(json.loads(part)["action"]["text"])

    def writes(self, person: str, text: str, **more: Any) -> Request:
        """What the network posts when a person writes."""
        return self.simulator.act(
            CustomerAction(do="write", person=person, name=person.title(), text=text, **more), clock.now()
        )[-1]

    def acts(self, **action: Any) -> list[Request]:
        """What the network posts when a person does something."""
        return self.simulator.act(CustomerAction(**action), clock.now())


@asynccontextmanager
async def network() -> AsyncIterator[Network]:
    """A custom network's side that runs."""
    made = Network()
    routes = [Route("/", made.answer, methods=["POST"]), Route("/files/{name}", made.file)]
    async with served(Starlette(routes=routes)) as url:
        made.url = f"{url}/"
        yield made
        made.gate.set()


def without_keys(connector: Connector) -> Connector:
    """The connector as if its network kept no keys: a repeated send would be a second effect."""
    return replace(connector, manifest=replace(connector.manifest, idempotent_sends=False))


def _rows(sql: str) -> Query[list[Row]]:
    rows = yield Text({"sqlite": sql, "postgres": sql})
    return [tuple(row) for row in rows]


class _NewChannel(Unit):
    alone = True

    def __init__(
        self,
        network: str,
        settings: dict[str, str],
        secrets: dict[str, str],
        connection: dict[str, str] | None,
        expires_at: int | None,
    ) -> None:
        self.network, self.settings, self.secrets = network, settings, secrets
        self.connection, self.expires_at = connection, expires_at

    def run(self, state: State) -> Query[int]:
        channel_id, connection_id = state.next_id(), None
        if self.connection is not None or self.expires_at is not None:
            connection_id = state.next_id()
            sealed = json.dumps(self.connection or {})
            row = (connection_id, self.network, "Shop", sealed, self.expires_at, "ok", "", state.now, 1, None)
            yield Save([Insert(tables.connection, [row])])
        yield Save([Insert(tables.channel, [(
            channel_id, self.network, "Shop", "", "", "", connection_id, None, None, json.dumps(self.settings),
            json.dumps(self.secrets), 1, 0, "ok", "", state.now - clock.DAY, None, 72 * 3600, state.now, 1, None,
        )])])  # fmt: skip
        state.emit(e.SettingChanged(object="channel", id=channel_id))
        return channel_id


class Sql(Unit):
    """Statements that mean the same on both engines."""

    alone = True

    def __init__(self, *statements: str) -> None:
        self.statements = statements

    def run(self, state: State) -> Query[None]:
        """Carry them out."""
        for sql in self.statements:
            yield Text({"sqlite": sql, "postgres": sql})


class _Saved(Unit):
    alone = True

    def __init__(self, channel_id: int, active: int, sealed: str | None) -> None:
        self.channel_id, self.active, self.sealed = channel_id, active, sealed

    def run(self, state: State) -> Query[None]:
        """A newer version of the channel's row, and its event."""
        if self.sealed is not None:
            yield from credentials.put_of_channel(self.channel_id, self.sealed, None)
        change = f"version = version + 1, active = {self.active:d}"
        sql = f"UPDATE channel SET {change} WHERE id = {self.channel_id:d}"
        yield Text({"sqlite": sql, "postgres": sql})
        state.emit(e.SettingChanged(object="channel", id=self.channel_id))


class _NewAdmin(Unit):
    alone = True

    def run(self, state: State) -> Query[int]:
        agent_id = state.next_id()
        yield Save([Insert(tables.agent, [(
            agent_id, f"admin{agent_id}@example.org", "Ada", "admin", "", "", 0, "", 1, None, None, "", 0, state.now, 1,
        )])])  # fmt: skip
        state.emit(e.SettingChanged(object="agent", id=agent_id))
        return agent_id


class Answer(Unit):
    """An agent's answer as `commands` would queue it, in so many parts."""

    def __init__(self, conversation_id: int, text: str, parts: int, action: dict[str, Any]) -> None:
        self.conversation_id, self.text, self.parts, self.action = conversation_id, text, parts, action

    def needs(self, needs: Needs) -> None:
        """The conversation with its threads and waits."""
        needs.conversations.add(self.conversation_id)

    def decide(self, state: State) -> int:
        """Message, parts, event."""
        thread = state.threads_of(self.conversation_id)[0]
        message = state.add(_message(state, self.conversation_id, thread.id, thread.channel_id, self.parts))
        for index in range(self.parts):
            text = self.text if self.parts == 1 else f"{self.text} {index + 1}/{self.parts}"
            target = Target(thread_id=thread.external_id)
            part = Part(action=SendMessage(target=target, text=text), key=ids.nonce(), index=index, of=self.parts)
            state.add(_outbox(state, message, part))
        waits = tuple(w.id for w in state.open_waits(self.conversation_id))
        sent = e.MessageSent(
            conversation_id=self.conversation_id,
            message_id=message.id,
            thread_id=thread.id,
            state="queued",
            answers=waits,
        )
        state.emit(sent, e.Actor("agent", 1))
        return message.id


class _Act(Unit):
    def __init__(self, message_id: int, action: AnyOutbound) -> None:
        self.message_id, self.action = message_id, action

    def needs(self, needs: Needs) -> None:
        """The item with its thread."""
        needs.messages.add(self.message_id)

    def decide(self, state: State) -> None:
        """One part."""
        message = state.messages[self.message_id]
        part = msgspec.structs.replace(
            _outbox(state, message, Part(action=self.action, key=ids.nonce())), purpose="action"
        )
        state.add(part)


def _message(state: State, conversation_id: int, thread_id: int, channel_id: int, parts: int) -> Message:
    return Message(
        id=state.next_id(), conversation_id=conversation_id, thread_id=thread_id, channel_id=channel_id,
        external_id=None, kind="message", direction="out", author_kind="agent", author_id=1, identity_id=None,
        in_reply_to=None, rating=None, version=1, edited_at=None, deleted_at=None, erased=0, hidden_at=None,
        automatic="", mark="live", needs_answer=0, occurred_at=state.now, received_at=state.now, position=0, as_of=0,
        delivery_state="queued", delivery_reason="", delivery_at=None, delivery_until=None, parts=parts,
        refused_recipients="", released_at=state.now, accepted_at=None, ends_wait=1, client_key=None, reactions="",
    )  # fmt: skip


def _outbox(state: State, message: Message, part: Part) -> OutboxPart:
    return OutboxPart(
        id=state.next_id(), message_id=message.id, channel_id=message.channel_id, thread_id=message.thread_id or 0,
        purpose="message", part_index=part.index, of=part.of, key=part.key, part=json_of(part), state="waiting",
        attempts=0, next_at=None, fence=0, effect_at=None, external_id=None, token="", error_kind="", reason="",
        actor_kind="agent", actor_id=1, created_at=state.now, ended_at=None,
    )  # fmt: skip


def json_of(part: Part) -> str:
    """A part as its outbox row keeps it."""
    return msgspec.json.encode(part).decode()
