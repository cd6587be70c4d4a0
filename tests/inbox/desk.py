"""A desk in a small world: agents who answer, a channel that takes everything, a network that says yes or no."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from connectors import inbound as net
from connectors.contract import Context
from connectors.errors import SendErrorKind
from connectors.outbound import Receipt
from inbox import clock, ids
from inbox.clock import SECOND
from inbox.commands.due import unit_of
from inbox.commands.moderate import Moderate, context_of_item
from inbox.commands.own_item import OwnItem
from inbox.commands.reply import Reply, contexts_of
from inbox.commands.triage import Triage, TriageChange
from inbox.domain import delivering, moderating
from inbox.domain.permissions import Principal
from inbox.domain.records import Conversation, Message, OutboxPart, Wait
from inbox.domain.sending import Answer
from inbox.domain.state import Needs, State
from inbox.eventlog.unit import Unit
from inbox.storage import tables as t
from inbox.storage import timer
from inbox.storage.database import Database, Query, Row, Text
from tests.inbox.world import ANNA, BEN, CLEO, MAIL, World, world

SHOP = MAIL
"""The custom channel: direct, group, chat, comment, mention and review."""
T0 = 1_800_000_000 * SECOND


class Desk:
    """What agents do, and what the network says to it. Time stands still until `later`."""

    def __init__(self, made: World) -> None:
        self.world = made
        self.now = T0

    # -- people

    def agent(self, agent_id: int = ANNA) -> Principal:
        """An agent as the one who asks."""
        return self.world.directory.principal_of(self.world.directory.agents[agent_id])

    async def context_of(self, channel_id: int) -> Context:
        """What the custom connector knows: where answers go."""
        return Context(
            now=clock.now(), nonce=ids.nonce, channel_id=str(channel_id), base_url="https://shop.example",
            public_url="https://inbox.example", webhook_url="", settings={"outbound_url": "https://shop.example/out"},
        )  # fmt: skip

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += int(seconds * SECOND)

    # -- customers

    async def writes(self, text: str = "Where is my order?", *, person: str = "eleni", **changes: Any) -> str:
        """A customer writes; the item's external id."""
        return await self.world.says(text, person=person, channel_id=SHOP, **changes)

    async def comments(self, text: str, *, person: str, post: str = "post-1", thread: str = "c1") -> str:
        """A customer comments under a post."""
        place = net.Thread(
            external_id=thread, kind="comment", audience="public", address={"kind": "comment"},
            post=net.Post(external_id=post, text="New shoes!"),
        )  # fmt: skip
        return await self.writes(text, person=person, thread=place, kind="comment")

    async def arrives(self, *inbounds: net.Inbound) -> list[str]:
        """Anything else the network tells."""
        return await self.world.arrives(*inbounds, channel_id=SHOP)

    # -- agents

    async def do(self, unit: Unit) -> Any:
        """Have a command decided and committed."""
        return await self.world.writer.submit(unit)

    async def replies(
        self, text: str = "On its way.", *, conversation: int | None = None, agent: int = ANNA,
        who: Principal | None = None, as_agent: int | None = None, then_close: bool = False, **fields: Any,
    ) -> int:  # fmt: skip
        """An agent answers, at once unless `hold_seconds` says otherwise; the message's id."""
        conversation = conversation or await self.only()
        contexts = await contexts_of(self.world.database, self.context_of, conversation)
        answer = Answer(**{"text": text, "hold_seconds": 0, **fields})
        unit = Reply(
            who or self.agent(agent), conversation, answer, directory=self.world.directory, contexts=contexts,
            as_agent_id=as_agent, then_close=then_close,
        )  # fmt: skip
        made: int = await self.do(unit)
        return made

    async def triages(self, *, conversation: int | None = None, agent: int = ANNA, **fields: Any) -> None:
        """An agent changes fields of a conversation."""
        change = TriageChange(**fields)
        target = conversation or await self.only()
        await self.do(Triage(self.agent(agent), target, change, directory=self.world.directory))

    async def own(self, message_id: int, word: Any) -> None:
        """An agent does something with what was sent."""
        await self.do(OwnItem(self.agent(), message_id, word))

    async def moderates(self, message_id: int, word: Any, **fields: Any) -> None:
        """An agent does something to an item."""
        contexts = await context_of_item(self.world.database, self.context_of, message_id)
        unit = Moderate(self.agent(), message_id, word, directory=self.world.directory, contexts=contexts, **fields)
        await self.do(unit)

    async def due(self) -> int:
        """Fire what is due; how many fired."""
        timers = await self.world.database.read(timer.due, self.now, 100)
        return sum([await self.do(unit_of(one)) for one in timers])

    # -- the network

    async def accepts(self, message_id: int) -> None:
        """The network takes all parts that wait."""
        await self.do(_Settle(message_id, None))

    async def refuses(self, message_id: int, kind: SendErrorKind = SendErrorKind.REJECTED) -> None:
        """The network refuses the first part that waits, or nobody knows (`UNKNOWN`)."""
        await self.do(_Settle(message_id, kind))

    async def told_failed(self, message_id: int) -> None:
        """The network takes back what it had accepted."""
        message = await self.message(message_id)
        await self.arrives(
            net.ReceiptReceived(
                dedupe_key=ids.nonce(), occurred_at=self.now, state="failed", message_id=message.external_id,
                reason="undeliverable",
            )
        )  # fmt: skip

    # -- looking

    async def only(self) -> int:
        """The one conversation there is."""
        found = await self.rows("SELECT id FROM conversation ORDER BY id")
        assert len(found) == 1, f"{len(found)} conversations"
        return int(found[0][0])

    async def rows(self, sql: str) -> list[Row]:
        """Rows of a statement that means the same on both engines."""
        return await rows_of(self.world.database, sql)

    async def conversation(self, conversation_id: int | None = None) -> Conversation:
        """A conversation's record."""
        rows = await self.world.database.read(_one, t.conversation, conversation_id or await self.only())
        return Conversation(*rows[0])

    async def message(self, message_id: int) -> Message:
        """An item's record."""
        rows = await self.world.database.read(_one, t.message, message_id)
        return Message(*rows[0])

    async def item(self, external_id: str) -> Message:
        """A customer item's record."""
        return await self.message(
            (await self.rows(f"SELECT id FROM message WHERE external_id = '{external_id}'"))[0][0]
        )

    async def waits(self) -> list[Wait]:
        """All waits, oldest first."""
        return [Wait(*row[1:]) for row in await self.rows("SELECT * FROM wait ORDER BY id")]

    async def events(self) -> list[str]:
        """Names of all events, oldest first."""
        return [row[0] for row in await self.rows("SELECT type FROM event ORDER BY position")]

    async def position(self) -> int:
        """The head of the log."""
        return int((await self.rows("SELECT position FROM workspace"))[0][0])


class _Settle(Unit):
    def __init__(self, message_id: int, refusal: SendErrorKind | None) -> None:
        self.message_id, self.refusal = message_id, refusal

    def needs(self, needs: Needs) -> None:
        needs.messages.add(self.message_id)
        needs.outbox_of.add(self.message_id)
        needs.answered_by.add(self.message_id)
        needs.contents.add(self.message_id)
        needs.returning.add(self.message_id)

    def decide(self, state: State) -> None:
        for part in [p for p in state.outbox.values() if p.state == "waiting"]:
            assert delivering.attempt_began(state, part, 1)
            if self.refusal is not None:
                delivering.failed(state, part, self.refusal, "no", retry_at=None)
                return
            self._accept(state, part)

    def _accept(self, state: State, part: OutboxPart) -> None:
        is_message = part.purpose == "message"
        receipt = Receipt(external_id=f"out-{part.id}" if is_message else "")
        delivering.accepted(state, part, receipt)
        if not is_message:
            moderating.action_accepted(state, part, receipt)


def _one(table: Any, record_id: int) -> Query[list[Row]]:
    return (yield Text({e: _select(table, record_id) for e in ("sqlite", "postgres")}))  # type: ignore[misc]


def _select(table: Any, record_id: int) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.c if column.name != "workspace_id")
    return f"SELECT {columns} FROM {table.name} WHERE id = {record_id:d}"


def _rows(sql: str) -> Query[list[Row]]:
    rows = yield Text({"sqlite": sql, "postgres": sql})
    return [tuple(row) for row in rows]


async def rows_of(database: Database, sql: str) -> list[Row]:
    """Rows of a statement that means the same on both engines."""
    return await database.read(_rows, sql)


@contextlib.asynccontextmanager
async def desk(url: str) -> AsyncIterator[Desk]:
    """A desk whose clock stands still: Anna and Cleo see everything, Ben only the shop."""
    clock.set_clock(lambda: made.now if made is not None else T0)
    made: Desk | None = None
    try:
        async with world(url) as there:
            made = Desk(there)
            yield made
    finally:
        clock.set_clock(None)


__all__ = ["ANNA", "BEN", "CLEO", "SHOP", "T0", "Desk", "desk", "rows_of"]
