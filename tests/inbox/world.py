"""A small world for tests: a database with a schema, a writer, channels, agents, and customers who write."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from connectors import inbound as net
from inbox import clock
from inbox.domain import events as e
from inbox.domain import receiving
from inbox.domain.reading.result import PLAIN
from inbox.domain.reading.rules import read
from inbox.domain.records import Agent, Channel, Record, Tag, Team
from inbox.domain.state import ChannelFacts, Needs, Prepared, State
from inbox.domain.words import preview, searchable
from inbox.eventlog.bus import Bus
from inbox.eventlog.directory import Directory
from inbox.eventlog.show import Show
from inbox.eventlog.unit import Unit
from inbox.eventlog.writer import Writer
from inbox.storage import tables as t
from inbox.storage.database import Database, Insert, Query, Save
from tests.inbox.new_database import with_schema

TELEGRAM, MAIL = 11, 12
ANNA, BEN, CLEO = 21, 22, 23
ATHENS = 31
_row = msgspec.structs.astuple


class Rows(Unit):
    """Puts rows into tables as they are, and tells that settings changed."""

    alone = True

    def __init__(self, *rows: tuple[Any, Record | tuple[Any, ...]]) -> None:
        self.rows = rows

    def run(self, state: State) -> Query[None]:
        """Insert, with the ids given."""
        state.workspace.last_id = max(state.workspace.last_id, 1000)
        for table, row in self.rows:
            yield Save([Insert(table, [_row(row) if isinstance(row, Record) else row])])
        state.emit(e.SettingChanged(object="workspace", id=1))


class Arrives(Unit):
    """Inbounds of one delivery."""

    def __init__(self, facts: ChannelFacts, *inbounds: net.Inbound, at: int | None = None) -> None:
        self.facts = facts
        self.at = at
        self.items = [prepared(i) for i in inbounds]

    def needs(self, needs: Needs) -> None:
        """Keys of all inbounds."""
        for item in self.items:
            receiving.needs_of(needs, self.facts, item.inbound)

    def decide(self, state: State) -> list[str]:
        """Receive each."""
        return [receiving.receive(state, self.facts, item, self.at or state.now) for item in self.items]


def prepared(inbound: net.Inbound) -> Prepared:
    """What intake would compute beforehand."""
    text = getattr(inbound, "text", "")
    ours = getattr(getattr(inbound, "author", None), "is_self", False)
    reading = PLAIN if ours else read(text)
    return Prepared(inbound=inbound, folded=searchable(text), preview=preview(text), reading=reading)  # type: ignore[arg-type]


def channel(channel_id: int, network: str, **changes: Any) -> Channel:
    """A channel row."""
    row = Channel(
        channel_id, network, f"{network} {channel_id}", "", "", f"asset{channel_id}", None, None, None, "", "", 1, 0,
        "ok", "", 0, None, 72 * 3600, 1, 1,
    )  # fmt: skip
    return msgspec.structs.replace(row, **changes)


def agent(agent_id: int, name: str, role: str = "agent", channels: list[int] | None = None) -> Agent:
    """An agent row without a password."""
    scope = None if channels is None else msgspec.json.encode(channels).decode()
    return Agent(agent_id, f"{name.lower()}@example.test", name, role, "", "", 0, "", 1, scope, None, "", 0, 1, 1)


@dataclass
class World:
    """Everything a test needs to let things happen and look at them."""

    database: Database
    writer: Writer
    directory: Directory
    show: Show
    bus: Bus
    sent: int = 0
    extra: dict[str, Any] = field(default_factory=dict)

    def facts(self, channel_id: int = TELEGRAM) -> ChannelFacts:
        """Facts of a channel."""
        return self.directory.facts(channel_id)

    async def arrives(self, *inbounds: net.Inbound, channel_id: int = TELEGRAM, at: int | None = None) -> list[str]:
        """Let one delivery arrive; the outcome of each element."""
        found: list[str] = await self.writer.submit(Arrives(self.facts(channel_id), *inbounds, at=at))
        return found

    async def says(
        self, text: str = "Hello?", *, person: str = "eleni", channel_id: int = TELEGRAM, **changes: Any
    ) -> str:
        """A customer writes a direct message; its external id."""
        inbound = self.message(text, person=person, **changes)
        await self.arrives(inbound, channel_id=channel_id)
        return inbound.external_id

    def message(self, text: str = "Hello?", *, person: str = "eleni", **changes: Any) -> net.MessageReceived:
        """An inbound message, fresh unless told otherwise."""
        self.sent += 1
        base = net.MessageReceived(
            dedupe_key=f"d{self.sent}",
            occurred_at=clock.now(),
            thread=net.Thread(external_id=f"chat-{person}", kind="direct", audience="private"),
            author=net.Author(external_id=person, name=person.title()),
            external_id=f"m{self.sent}",
            text=text,
        )
        return msgspec.structs.replace(base, **changes)

    async def rows(self, *rows: tuple[Any, Any]) -> None:
        """Put rows in and read the directory again."""
        await self.writer.submit(Rows(*rows))
        await self.directory.load()


@contextlib.asynccontextmanager
async def world(url: str) -> AsyncIterator[World]:
    """An empty database with two channels, agents (Anna sees all, Ben only mail, Cleo is admin), a team and a tag."""
    database = await with_schema(url)
    writer, directory = Writer(database), Directory(database)
    writer.terms = lambda: directory.terms
    running = asyncio.create_task(writer.run())
    made = World(database, writer, directory, Show(directory, lambda media: f"/media/{media.id}"), Bus())
    await made.rows(
        (t.channel, channel(TELEGRAM, "telegram")),
        (t.channel, channel(MAIL, "custom")),
        (t.agent, agent(ANNA, "Anna")),
        (t.agent, agent(BEN, "Ben", channels=[MAIL])),
        (t.agent, agent(CLEO, "Cleo", "admin")),
        (t.team, Team(ATHENS, "Athens", 1, 1)),
        (t.team_member, (ATHENS, BEN)),
        (t.tag, Tag(41, "delivery", "amber", 1)),
    )
    try:
        yield made
    finally:
        writer.close()
        await running
        await database.close()
