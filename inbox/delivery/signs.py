"""Small signs to customers that an agent is there: typing, and read. Lost without harm, so neither stored nor repeated.

web: an agent types ─▶ bus ─▶ the process that holds the channel ─▶ plan ─▶ network
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Literal

import msgspec
import structlog

from connectors.contract import Capability, Connector
from connectors.errors import PlanRefused, SendError
from connectors.outbound import ActionName, AnyOutbound, MarkSeen, ShowTyping, Target
from inbox.domain.records import Identity, Message, Thread
from inbox.eventlog.directory import SHOW_SEEN, SHOW_TYPING
from inbox.intake.context import Contexts
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query
from inbox.transport.courier import Courier
from inbox.transport.drive import drive

TYPING_SECONDS = 8.0
"""How often a network is told that somebody still writes: shown there for five to twenty seconds."""
_MOST = 64
"""Signs that wait for one channel; a newer one takes the place of the oldest."""
_json = msgspec.json.Encoder().encode
_address = msgspec.json.Decoder(dict[str, str]).decode
_log = structlog.get_logger(__name__)
SignKind = Literal["typing", "seen"]
_ACTIONS: dict[SignKind, ActionName] = {"typing": "typing", "seen": "seen"}
_KEPT: dict[SignKind, str] = {"typing": SHOW_TYPING, "seen": SHOW_SEEN}
"""The channel's setting that keeps a sign from customers where it is `no`."""


class CustomerSign(msgspec.Struct, frozen=True):
    """A sign for the customer of a thread."""

    channel_id: int
    kind: SignKind
    target: Target
    on: bool = True


_sign = msgspec.json.Decoder(CustomerSign).decode


def encoded(sign: CustomerSign) -> bytes:
    """For the bus."""
    return _json(sign)


def decoded(payload: bytes) -> CustomerSign | None:
    """From the bus; None for what another version wrote."""
    try:
        return _sign(payload)
    except msgspec.ValidationError:
        return None


def sign_of(
    conversation_id: int, thread_id: int | None, kind: SignKind, *, on: bool, can: dict[str, dict[str, Capability]]
) -> Query[CustomerSign | None]:
    """The sign for the thread of a conversation, or its newest where none is named; None where the network shows none.

    `can`: network → kind of thread → what is possible there.
    """
    rows = yield ByKeys(t.thread, [conversation_id], ("conversation_id",))
    threads = [Thread(*row) for row in rows]
    wanted = [th for th in threads if th.id == thread_id] or sorted(threads, key=lambda th: th.last_in_at or 0)[-1:]
    for thread in wanted:
        capability = can.get(thread.network, {}).get(thread.kind)
        if capability is None or _ACTIONS[kind] not in capability.actions or thread.last_in_id is None:
            return None
        item = yield ByKeys(t.message, [thread.last_in_id])
        who = (yield ByKeys(t.identity, [thread.identity_id])) if thread.identity_id is not None else []
        target = Target(
            thread_id=thread.external_id,
            address=_address(thread.address) if thread.address else {},
            message_id=Message(*item[0]).external_id if item else None,
            author_id=Identity(*who[0]).external_id if who else None,
        )
        return CustomerSign(thread.channel_id, kind, target, on)
    return None


class Signs:
    """Shows the signs of one channel, one after another."""

    def __init__(self, channel_id: int, connector: Connector, contexts: Contexts, courier: Courier) -> None:
        self._channel_id = channel_id
        self._connector = connector
        self._contexts = contexts
        self._courier = courier
        self._waiting: OrderedDict[tuple[str, str], CustomerSign] = OrderedDict()
        self._wake = asyncio.Event()

    def show(self, sign: CustomerSign) -> None:
        """Show it as soon as possible. Of one kind and thread only the newest counts."""
        key = (sign.kind, sign.target.thread_id)
        self._waiting.pop(key, None)
        self._waiting[key] = sign
        if len(self._waiting) > _MOST:
            self._waiting.popitem(last=False)
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            while self._waiting:
                _, sign = self._waiting.popitem(last=False)
                await self._shown(sign)
            await self._wake.wait()

    async def _shown(self, sign: CustomerSign) -> None:
        send = self._connector.send
        if send is None:
            return
        action: AnyOutbound = (
            ShowTyping(target=sign.target, on=sign.on) if sign.kind == "typing" else MarkSeen(target=sign.target)
        )
        try:
            ctx = await self._contexts.of(self._channel_id)
            if ctx.settings.get(_KEPT[sign.kind]) == "no":
                return
            for part in self._connector.plan(action, ctx):
                await drive(send(part, ctx), self._courier)
        except (PlanRefused, SendError) as refused:
            _log.debug("sign_refused", channel=self._channel_id, kind=sign.kind, why=str(refused))
