"""What one would write first: pydantic, SQLAlchemy's ORM, one transaction per webhook, `send_text` to every socket.

    python -m bench.ordinary --port N --database URL

PostgreSQL goes through the async ORM on asyncpg. SQLite goes through the same ORM in a thread of its own, which costs
less than the async driver for it would.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import hmac
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pysqlite3
import uvicorn
from pydantic import BaseModel
from sqlalchemy import BigInteger, LargeBinary, create_engine, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bench.machine import steady
from bench.payload import SECRET


class Base(DeclarativeBase):
    pass


class Workspace(Base):
    __tablename__ = "workspace"
    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)


class Contact(Base):
    __tablename__ = "contact"
    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    seen_at: Mapped[str]


class Conversation(Base):
    __tablename__ = "conversation"
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(unique=True)
    status: Mapped[str]
    activity_at: Mapped[str] = mapped_column(index=True)
    preview: Mapped[str]
    messages: Mapped[int]


class Message(Base):
    __tablename__ = "message"
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(index=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    at: Mapped[str]


class Raw(Base):
    __tablename__ = "raw"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Logged(Base):
    __tablename__ = "event"
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    conversation_id: Mapped[int]
    message_id: Mapped[int]


class ConversationIn(BaseModel):
    external_id: str


class AuthorIn(BaseModel):
    external_id: str
    name: str


class MessageIn(BaseModel):
    external_id: str
    text: str


class EventIn(BaseModel):
    occurred_at: str
    conversation: ConversationIn
    author: AuthorIn
    message: MessageIn


def store(session: Session, given: EventIn, body: bytes) -> Logged | None:
    """Everything of one webhook; None for a redelivery."""
    if session.scalar(select(Message.id).where(Message.external_id == given.message.external_id)) is not None:
        return None
    contact = session.scalar(select(Contact).where(Contact.external_id == given.author.external_id))
    if contact is None:
        contact = Contact(external_id=given.author.external_id, name=given.author.name, seen_at=given.occurred_at)
        session.add(contact)
        session.flush()
    contact.seen_at = given.occurred_at
    conversation = session.scalar(select(Conversation).where(Conversation.contact_id == contact.id))
    if conversation is None:
        conversation = Conversation(contact_id=contact.id, status="open", activity_at="", preview="", messages=0)
        session.add(conversation)
        session.flush()
    conversation.activity_at, conversation.preview = given.occurred_at, given.message.text[:80]
    conversation.messages += 1
    message = Message(
        conversation_id=conversation.id, external_id=given.message.external_id, text=given.message.text, at=given.occurred_at
    )  # fmt: skip
    session.add_all([message, Raw(body=body)])
    session.flush()
    workspace = session.scalars(select(Workspace).with_for_update()).one()
    workspace.position += 1
    logged = Logged(
        position=workspace.position, kind="message_received", conversation_id=conversation.id, message_id=message.id
    )
    session.add(logged)
    session.commit()
    return logged


class Ordinary:
    """The server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sockets: set[WebSocket] = set()
        self.thread = ThreadPoolExecutor(1)
        self.postgres = url.startswith("postgres")

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Make the tables."""
        if self.postgres:
            self.engine = create_async_engine("postgresql+asyncpg" + self.url[self.url.index("://") :], pool_size=8)
            async with self.engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
            async with AsyncSession(self.engine) as session:
                session.add(Workspace(id=1, position=0))
                await session.commit()
        else:
            await asyncio.get_running_loop().run_in_executor(self.thread, self._open)
        steady()
        yield

    def _open(self) -> None:
        self.local = create_engine(self.url, module=pysqlite3)

        @event.listens_for(self.local, "connect")
        def durable(connection: pysqlite3.Connection, record: object) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

        Base.metadata.create_all(self.local)
        with Session(self.local) as session:
            session.add(Workspace(id=1, position=0))
            session.commit()

    def _store_here(self, given: EventIn, body: bytes) -> Logged | None:
        with Session(self.local, expire_on_commit=False) as session:
            return store(session, given, body)

    async def stored(self, given: EventIn, body: bytes) -> Logged | None:
        """One transaction; a race for the same contact is lost and tried again."""
        if not self.postgres:
            return await asyncio.get_running_loop().run_in_executor(self.thread, self._store_here, given, body)
        while True:
            try:
                async with AsyncSession(self.engine, expire_on_commit=False) as session:
                    return await session.run_sync(store, given, body)
            except IntegrityError:
                continue

    async def hook(self, request: Request) -> Response:
        """One webhook."""
        body, headers = await request.body(), request.headers
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.digest(SECRET, signed, "sha256")).decode()
        if not hmac.compare_digest(expected, headers.get("webhook-signature", "")):
            return Response(status_code=401)
        given = EventIn.model_validate_json(body)
        logged = await self.stored(given, body)
        if logged is not None:
            frame = {
                "type": "event", "position": logged.position, "event": "message_received", "at": given.occurred_at,
                "message": given.message.model_dump(), "contact": given.author.model_dump(),
            }  # fmt: skip
            for socket in list(self.sockets):
                with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                    await socket.send_text(bytes(JSONResponse(frame).body).decode())
        return JSONResponse({"accepted": True}, 202)

    async def live(self, websocket: WebSocket) -> None:
        """One socket."""
        await websocket.accept()
        self.sockets.add(websocket)
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            self.sockets.discard(websocket)


def main() -> None:
    """Serve until ended."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--database", required=True)
    given = words.parse_args()
    made = Ordinary(given.database)
    app = Starlette(
        routes=[Route("/hooks/{network}/{channel}", made.hook, methods=["POST"]), WebSocketRoute("/live", made.live)],
        lifespan=made.lifespan,
    )
    uvicorn.run(
        app, port=given.port, loop="uvloop", http="httptools", ws="websockets-sansio", ws_per_message_deflate=False,
        access_log=False, log_level="warning", backlog=2048,
    )  # fmt: skip


if __name__ == "__main__":
    main()
