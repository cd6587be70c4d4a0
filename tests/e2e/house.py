"""The whole service as an operator runs it: processes of the real command line on real ports, reached from outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.processes import ServerProcess, answers, free_port

T = TypeVar("T")
PATIENCE_SECONDS = 30.0
INBOX = Path(sys.executable).parent / "inbox"


async def until(what: str, look: Callable[[], Awaitable[T | None]], *, seconds: float = PATIENCE_SECONDS) -> T:
    """The first true result of `look`, asked again and again. Raises AssertionError with the last result."""
    end = time.monotonic() + seconds
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < end, f"not within {seconds} s: {what}; last seen: {found!r}"
        await asyncio.sleep(0.1)


@dataclass
class Part:
    """One process of the service; `port` is 0 for a worker."""

    process: ServerProcess
    port: int = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """All it has written."""
        return self.process.log.read_text(errors="replace")


@dataclass(frozen=True)
class Person:
    """Somebody who signs in."""

    name: str
    email: str
    password: str = "seven quiet boats at dawn"


@dataclass
class Live:
    """An agent's open socket and the frames that came, in order."""

    socket: ClientConnection
    frames: list[dict[str, Any]] = field(default_factory=list)

    async def until(self, what: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read until such a frame comes."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    self.frames.append(json.loads(await self.socket.recv()))
                    if wanted(self.frames[-1]):
                        return self.frames[-1]
        except TimeoutError:
            raise AssertionError(f"not within {PATIENCE_SECONDS} s: {what}") from None

    async def events_until(self, position: int) -> list[dict[str, Any]]:
        """The events since the beginning, once the server says that all up to the position went out."""
        frame = await self.until(
            f"progress to {position}", lambda one: one["type"] == "progress" and one["position"] >= position
        )
        events = [one for one in self.frames if one["type"] == "event"]
        assert frame["sent"] == len(events)
        return events


@dataclass
class House:
    """A running service."""

    environment: Mapping[str, str]
    start: Callable[..., Part]
    """Start one more process of a verb."""
    webs: list[Part] = field(default_factory=list)
    workers: list[Part] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where its first web process answers."""
        return self.webs[0].url

    def cli(self, *words: str, given: str = "") -> str:
        """What a verb prints; raises AssertionError with its words where it is refused."""
        port = {"INBOX_PORT": str(self.webs[0].port)} if self.webs else {}
        done = subprocess.run(
            [INBOX, *words], env={**os.environ, **self.environment, **port}, input=given, capture_output=True, text=True
        )
        assert done.returncode == 0, f"inbox {' '.join(words)}: {done.stderr}{done.stdout}"
        assert not done.stderr, f"inbox {' '.join(words)}: {done.stderr}"
        return done.stdout

    def person(self, name: str, role: str = "agent") -> Person:
        """Let somebody in by the command line."""
        person = Person(name, f"{name.split()[0].lower()}@shop.test")
        words = ("user", "add", person.email, "--name", name, "--role", role, "--password-stdin")
        self.cli(*words, given=f"{person.password}\n")
        return person

    def channel(self, network: str, label: str, /, **settings: str) -> Channel:
        """Connect a channel by the command line."""
        given = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        made = json.loads(self.cli("channel", "add", network, "--name", label, *given, "--json"))
        return Channel(made["id"], network, made["webhook_url"])

    def token(self) -> str:
        """A bearer token that may do everything."""
        made = self.cli("token", "create", "--name", "test", "--scopes", "read,write,admin", "--json")
        return str(json.loads(made)["token"])

    @contextlib.asynccontextmanager
    async def program(self, token: str) -> AsyncIterator[Api]:
        """The API as a program with a token uses it."""
        headers = {"authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE_SECONDS) as http:
            yield Api(http, self.url)

    @contextlib.asynccontextmanager
    async def signed_in(self, person: Person, *, web: int = 0) -> AsyncIterator[Api]:
        """The API as a person with a session uses it, at one of the web processes."""
        async with httpx2.AsyncClient(headers={"x-inbox": "1"}, timeout=PATIENCE_SECONDS) as http:
            api = Api(http, self.webs[web].url)
            await api.post("session", email=person.email, password=person.password)
            yield api


@dataclass(frozen=True)
class Channel:
    """A connected channel."""

    id: str
    network: str
    webhook_url: str

    def at(self, part: Part) -> str:
        """Its webhook address at one of several web processes."""
        return f"{part.url}/hooks/{self.network}/{self.id}"


@dataclass
class Api:
    """The HTTP API of one web process."""

    http: httpx2.AsyncClient
    url: str

    async def get(self, path: str, **query: str) -> Any:
        """What is at a path; raises AssertionError unless 2xx."""
        return await self._ask("GET", path, params=query)

    async def post(self, path: str, /, **body: Any) -> Any:
        """Create or send, with a key of its own."""
        return await self._ask("POST", path, json=body, headers={"idempotency-key": uuid.uuid4().hex})

    async def patch(self, path: str, /, **body: Any) -> Any:
        """Change."""
        return await self._ask("PATCH", path, json=body)

    async def conversations(self, **query: str) -> list[dict[str, Any]]:
        """Rows of a view or filter."""
        found: list[dict[str, Any]] = (await self.get("conversations", limit="200", **query))["items"]
        return found

    async def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        """Items of a conversation, oldest first."""
        found: list[dict[str, Any]] = (await self.get(f"conversations/{conversation_id}/messages"))["items"]
        return found

    @contextlib.asynccontextmanager
    async def live(self) -> AsyncIterator[Live]:
        """A socket that has its first snapshot."""
        ticket = (await self.post("live-ticket"))["ticket"]
        address = self.url.replace("http", "ws", 1) + "/api/v1/live"
        async with connect(address, subprotocols=[Subprotocol("inbox.v1"), Subprotocol(ticket)]) as socket:
            live = Live(socket)
            await socket.send(json.dumps({"type": "snapshot", "view": "waiting"}))
            await live.until("a snapshot", lambda frame: frame["type"] == "snapshot")
            yield live

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        answer = await self.http.request(method, f"{self.url}/api/v1/{path}", **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@contextlib.contextmanager
def embedded(folder: Path, **settings: str) -> Iterator[House]:
    """`inbox run` on SQLite in an empty folder. `settings`: INBOX_… without the prefix, in any case."""
    with _house(folder, settings) as house:
        house.webs.append(house.start("run", ready="First admin: "))
        yield house


@contextlib.contextmanager
def scaled(
    folder: Path, database_url: str, redis_url: str, *, webs: int = 2, workers: int = 1, **settings: str
) -> Iterator[House]:
    """`inbox web` and `inbox worker`, several of each, on PostgreSQL and Valkey."""
    with _house(folder, {"database_url": database_url, "redis_url": redis_url, **settings}) as house:
        house.cli("migrate")
        house.webs.extend(house.start("web") for _ in range(webs))
        house.workers.extend(house.start("worker") for _ in range(workers))
        yield house


@contextlib.contextmanager
def demo(folder: Path, *words: str) -> Iterator[House]:
    """`inbox demo` with options; its agents are those of the sandbox."""
    with _house(folder, {}) as house:
        house.webs.append(house.start("demo", *words, ready="Sign in: "))
        yield house


@contextlib.contextmanager
def _house(folder: Path, settings: Mapping[str, str]) -> Iterator[House]:
    environment = {
        "INBOX_DATA_DIR": str(folder / "var"),
        "INBOX_LOG_FORMAT": "json",
        "INBOX_SECRET_KEY": "a key for tests alone, of more than thirty-two characters".replace(" ", "-"),
        **{f"INBOX_{name.upper()}": value for name, value in settings.items()},
    }
    started: list[ServerProcess] = []

    def start(verb: str, *words: str, ready: str = "") -> Part:
        port = 0 if verb == "worker" else free_port()
        own = folder / f"{verb}-{len(started)}"
        own.mkdir()
        process = ServerProcess(
            [INBOX, verb, *words], folder=own, environment={**environment, "INBOX_PORT": str(port or 8000)}
        )
        started.append(process)
        part = Part(process, port)
        process.wait_until(lambda: _is_ready(part, ready))
        return part

    try:
        yield House(environment, start)
    finally:
        for one in reversed(started):
            one.stop()


def _is_ready(part: Part, ready: str) -> bool:
    if not part.port:
        return "worker is running" in part.said
    if ready not in part.said or not answers(part.port):
        return False
    try:
        return httpx2.get(f"{part.url}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:  # it listens before it answers
        return False


async def curl(url: str, body: bytes, headers: Mapping[str, str], *words: str) -> int:
    """Post with the `curl` of the machine; the status of the answer, 0 where there was none."""
    command: Sequence[str] = (
        "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "20",
        *(word for name, value in headers.items() for word in ("--header", f"{name}: {value}")),
        "--data-binary", "@-", *words, url,
    )  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate(body)
    return int(said or 0)
