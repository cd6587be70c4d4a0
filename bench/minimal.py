"""The least that does the work: check the webhook's HMAC, store raw body, contact, conversation, message and event with
group commit, push to websockets. One file, one worker; the ruler for the service.

    python -m bench.minimal --port N --database URL

It has the service's durability (SQLite `synchronous=FULL`, PostgreSQL `synchronous_commit=on`), SQLite build and
garbage collector settings. What it leaves out is what the service is for.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import asyncpg
import msgspec
import pysqlite3
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from bench.machine import steady
from bench.payload import SECRET

BATCH = 64
_encode = msgspec.json.Encoder().encode


class Conversation(msgspec.Struct):
    external_id: str


class Author(msgspec.Struct):
    external_id: str
    name: str


class Words(msgspec.Struct):
    external_id: str
    text: str


class Event(msgspec.Struct):
    occurred_at: str
    conversation: Conversation
    author: Author
    message: Words


class Item(NamedTuple):
    person: str
    name: str
    external_id: str
    text: str
    at: str
    body: bytes


class Stored(NamedTuple):
    position: int
    conversation_id: int
    message_id: int


Store = Callable[[list[Item]], Awaitable[list[Stored | None]]]
_event = msgspec.json.Decoder(Event).decode

TABLES = """
CREATE TABLE workspace (id BIGINT PRIMARY KEY, position BIGINT NOT NULL, last_id BIGINT NOT NULL);
CREATE TABLE contact (id BIGINT PRIMARY KEY, external_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, seen_at TEXT NOT NULL);
CREATE TABLE conversation (id BIGINT PRIMARY KEY, contact_id BIGINT NOT NULL UNIQUE, status TEXT NOT NULL,
  activity_at TEXT NOT NULL, preview TEXT NOT NULL, messages BIGINT NOT NULL);
CREATE INDEX conversation_open ON conversation (activity_at, id) WHERE status = 'open';
CREATE TABLE message (id BIGINT PRIMARY KEY, conversation_id BIGINT NOT NULL, external_id TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX message_conversation ON message (conversation_id, id);
CREATE TABLE raw (id BIGINT PRIMARY KEY, body {bytes} NOT NULL);
CREATE TABLE event (position BIGINT PRIMARY KEY, kind TEXT NOT NULL, conversation_id BIGINT NOT NULL,
  message_id BIGINT NOT NULL, at TEXT NOT NULL);
INSERT INTO workspace VALUES (1, 0, 0)
"""
CONTACTS = (
    "INSERT INTO contact (id, external_id, name, seen_at) {rows} ON CONFLICT (external_id) DO"
    " UPDATE SET seen_at = excluded.seen_at"
)
CONVERSATIONS = (
    "INSERT INTO conversation (id, contact_id, status, activity_at, preview, messages) {rows} ON CONFLICT (contact_id) DO"
    " UPDATE SET activity_at = excluded.activity_at, preview = excluded.preview,"
    " messages = conversation.messages + excluded.messages"
)


def frame(payload: bytes) -> bytes:
    """An unmasked text frame."""
    size = len(payload)
    head = bytes((0x81, size)) if size < 126 else b"\x81\x7e" + size.to_bytes(2, "big")
    return head + payload


# --- SQLite: one thread, executemany


def sqlite_store(path: str) -> Store:
    """Batches in a thread of their own."""
    db = pysqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-32768", "wal_autocheckpoint=4000"):
        db.execute(f"PRAGMA {pragma}")
    for statement in TABLES.format(bytes="BLOB").replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY").split(";"):
        db.execute(statement)
    thread = ThreadPoolExecutor(1)

    async def store(items: list[Item]) -> list[Stored | None]:
        return await asyncio.get_running_loop().run_in_executor(thread, _sqlite_batch, db, items)

    return store


def _pairs(db: Any, sql: str, keys: list[Any]) -> dict[Any, int]:
    return dict(db.execute(sql, (json.dumps(keys),)).fetchall())


def _sqlite_batch(db: Any, items: list[Item]) -> list[Stored | None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        position, last_id = db.execute("SELECT position, last_id FROM workspace").fetchone()
        ids = [i.external_id for i in items]
        known = set(
            _pairs(db, "SELECT external_id, 1 FROM message WHERE external_id IN (SELECT value FROM json_each(?))", ids)
        )
        fresh = {i.external_id: i for i in items if i.external_id not in known}
        people = {i.person: i for i in fresh.values()}
        rows = [(last_id + n, i.person, i.name, i.at) for n, i in enumerate(people.values(), 1)]
        last_id += len(rows)
        db.executemany(CONTACTS.format(rows="VALUES (?,?,?,?)"), rows)
        contacts = _pairs(
            db,
            "SELECT external_id, id FROM contact WHERE external_id IN (SELECT value FROM json_each(?))",
            list(people),
        )
        grown = [
            (last_id + n, contacts[i.person], "open", i.at, i.text[:80], 1) for n, i in enumerate(fresh.values(), 1)
        ]
        last_id += len(grown)
        db.executemany(CONVERSATIONS.format(rows="VALUES (?,?,?,?,?,?)"), grown)
        conversations = _pairs(
            db, "SELECT contact_id, id FROM conversation WHERE contact_id IN (SELECT value FROM json_each(?))",
            list(contacts.values()),
        )  # fmt: skip
        out: dict[str, Stored] = {}
        for n, i in enumerate(fresh.values(), 1):
            out[i.external_id] = Stored(position + n, conversations[contacts[i.person]], last_id + n)
        last_id += len(out)
        done = list(zip(fresh.values(), out.values(), strict=True))
        db.executemany(
            "INSERT INTO message VALUES (?,?,?,?,?)",
            [(s.message_id, s.conversation_id, i.external_id, i.text, i.at) for i, s in done],
        )
        db.executemany("INSERT INTO raw VALUES (?,?)", [(s.message_id, i.body) for i, s in done])
        db.executemany("INSERT INTO event VALUES (?,'message_received',?,?,?)", [(*s, i.at) for i, s in done])
        db.execute("UPDATE workspace SET position = ?, last_id = ?", (position + len(out), last_id))
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return [out.pop(i.external_id, None) for i in items]


# --- PostgreSQL: one connection, unnest


async def postgres_store(url: str) -> Store:
    """Batches on one connection."""
    db = await asyncpg.connect(url)
    await db.execute("SET jit = off")
    await db.execute(TABLES.format(bytes="BYTEA"))

    async def store(items: list[Item]) -> list[Stored | None]:
        async with db.transaction():
            return await _postgres_batch(db, items)

    return store


async def _postgres_batch(db: Any, items: list[Item]) -> list[Stored | None]:
    position, last_id = await db.fetchrow("SELECT position, last_id FROM workspace FOR UPDATE")
    rows = await db.fetch(
        "SELECT external_id FROM message WHERE external_id = ANY($1::text[])", [i.external_id for i in items]
    )
    known = {row[0] for row in rows}
    fresh = {i.external_id: i for i in items if i.external_id not in known}
    people = {i.person: i for i in fresh.values()}
    rows = await db.fetch(
        CONTACTS.format(rows="SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])") + " RETURNING external_id, id",
        [last_id + n for n in range(1, len(people) + 1)], list(people), [i.name for i in people.values()],
        [i.at for i in people.values()],
    )  # fmt: skip
    contacts = {row[0]: row[1] for row in rows}
    last_id += len(people)
    counted: dict[str, int] = {}
    for i in fresh.values():
        counted[i.person] = counted.get(i.person, 0) + 1
    newest = {i.person: i for i in fresh.values()}
    rows = await db.fetch(
        CONVERSATIONS.format(rows="SELECT a, b, 'open', c, d, e FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[]) AS x(a, b, c, d, e)") + " RETURNING contact_id, id",
        [last_id + n for n in range(1, len(newest) + 1)], [contacts[p] for p in newest], [i.at for i in newest.values()],
        [i.text[:80] for i in newest.values()], [counted[p] for p in newest],
    )  # fmt: skip
    conversations = {row[0]: row[1] for row in rows}
    last_id += len(newest)
    out: dict[str, Stored] = {}
    for n, i in enumerate(fresh.values(), 1):
        out[i.external_id] = Stored(position + n, conversations[contacts[i.person]], last_id + n)
    done = list(zip(fresh.values(), out.values(), strict=True))
    messages, owners = [s.message_id for _, s in done], [s.conversation_id for _, s in done]
    times = [i.at for i, _ in done]
    await db.execute(
        "INSERT INTO message SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[])",
        messages, owners, [i.external_id for i, _ in done], [i.text for i, _ in done], times,
    )  # fmt: skip
    await db.execute(
        "INSERT INTO raw SELECT * FROM unnest($1::bigint[], $2::bytea[])", messages, [i.body for i, _ in done]
    )
    await db.execute(
        "INSERT INTO event SELECT a, 'message_received', b, c, d FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS x(a, b, c, d)",
        [s.position for _, s in done], owners, messages, times,
    )  # fmt: skip
    await db.execute("UPDATE workspace SET position = $1, last_id = $2", position + len(out), last_id + len(out))
    return [out.pop(i.external_id, None) for i in items]


# --- the server


class FrameProtocol(WebSocketsSansIOProtocol):
    """uvicorn's, which also offers the transport."""

    async def run_asgi(self) -> None:
        """Put the transport's write into the scope."""
        self.scope["extensions"]["write"] = {"write": self.transport.write}
        await super().run_asgi()


class Minimal:
    """The server's state: what waits, and who listens."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self.wake = asyncio.Event()
        self.sockets: set[Callable[[bytes], None]] = set()

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Run the flusher."""
        store = (
            sqlite_store(self.url.split("///", 1)[1])
            if self.url.startswith("sqlite")
            else await postgres_store(self.url)
        )
        flusher = asyncio.create_task(self.flush(store))
        steady()
        yield
        flusher.cancel()

    async def flush(self, store: Store) -> None:
        """What waits goes into one transaction; while it runs, the next gathers."""
        while True:
            if not self.waiting:
                self.wake.clear()
                await self.wake.wait()
            batch, self.waiting = self.waiting[:BATCH], self.waiting[BATCH:]
            stored = await store([item for item, _ in batch])
            frames = []
            for (item, future), done in zip(batch, stored, strict=True):
                if not future.done():
                    future.set_result(None)
                if done is not None:
                    frames.append(frame(self.shown(item, done)))
            joined = b"".join(frames)
            for write in self.sockets:
                write(joined)

    def shown(self, item: Item, stored: Stored) -> bytes:
        """The event as JSON."""
        return _encode(
            {
                "type": "event", "position": stored.position, "event": "message_received", "at": item.at,
                "conversation_id": str(stored.conversation_id),
                "message": {"id": str(stored.message_id), "direction": "in", "external_id": item.external_id, "text": item.text},
                "contact": {"external_id": item.person, "name": item.name},
            }
        )  # fmt: skip

    async def hook(self, request: Request) -> Response:
        """One webhook."""
        body, headers = await request.body(), request.headers
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.digest(SECRET, signed, "sha256")).decode()
        if not hmac.compare_digest(expected, headers.get("webhook-signature", "")):
            return Response(status_code=401)
        event = _event(body)
        item = Item(
            event.author.external_id,
            event.author.name,
            event.message.external_id,
            event.message.text,
            event.occurred_at,
            body,
        )
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((item, future))
        self.wake.set()
        await future
        return Response(b'{"accepted":true}', 202)

    async def live(self, websocket: WebSocket) -> None:
        """One socket."""
        await websocket.accept()
        write = websocket.scope["extensions"]["write"]["write"]
        self.sockets.add(write)
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            self.sockets.discard(write)


def main() -> None:
    """Serve until ended."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--database", required=True)
    given = words.parse_args()
    made = Minimal(given.database)
    app = Starlette(
        routes=[Route("/hooks/{network}/{channel}", made.hook, methods=["POST"]), WebSocketRoute("/live", made.live)],
        lifespan=made.lifespan,
    )
    uvicorn.run(
        app, port=given.port, loop="uvloop", http="httptools", ws=FrameProtocol, ws_per_message_deflate=False,
        access_log=False, log_level="warning", backlog=2048,
    )  # fmt: skip


if __name__ == "__main__":
    main()
