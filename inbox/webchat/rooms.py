"""Who is in which chat, and what wakes them.

The database is the truth: a visitor that is woken reads what is new to him. A wake-up says only that there may be
something: the log's head moved, somebody of ours types, the desk has read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol, TypeVar

import msgspec
import structlog

from inbox.errors import Unavailable
from inbox.eventlog import log
from inbox.eventlog.bus import HEAD, Bus
from inbox.storage import webchat as stored
from inbox.storage.database import Database

logger = structlog.get_logger(__name__)

CHAT = "chat"
"""Topic of the bus: `Signal`."""
POLL_SECONDS = 0.5
PAGE = 1_000
K = TypeVar("K", int, str)


class Signal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something for the sockets of one conversation, or of one visitor, in whichever process they are."""

    conversation_id: int = 0
    thread_id: int = 0
    """0: every thread of the conversation."""
    typing: bool | None = None
    """None: look for news."""
    visitor: str = ""


class Guest(Protocol):
    """A visitor's connection."""

    @property
    def visitor_key(self) -> str:
        """Channel and visitor."""
        ...

    @property
    def thread_id(self) -> int:
        """His thread; 0 before his first message."""
        ...

    def wake(self) -> None:
        """There may be something new."""
        ...

    def typing(self, on: bool) -> None:
        """Somebody of ours writes, or stopped."""
        ...

    def restart(self) -> None:
        """The process is going."""
        ...


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Signal).decode


class Rooms:
    """The visitors of this process. `run` follows the log while there are any."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._guests: dict[Guest, int] = {}
        """Guest → conversation; 0 before his first message."""
        self._by_conversation: dict[int, set[Guest]] = {}
        self._by_visitor: dict[str, set[Guest]] = {}
        self._behind = asyncio.Event()
        self._somebody = asyncio.Event()
        bus.listen(HEAD, lambda payload: self._behind.set())
        bus.listen(CHAT, self._heard)

    def __len__(self) -> int:
        return len(self._guests)

    def enter(self, guest: Guest) -> None:
        """A visitor connected."""
        self._guests[guest] = 0
        self._by_visitor.setdefault(guest.visitor_key, set()).add(guest)
        self._somebody.set()

    def place(self, guest: Guest, conversation_id: int) -> bool:
        """His thread belongs to this conversation now. True when it did not before: then he has to look again."""
        before = self._guests.get(guest)
        if before is None or before == conversation_id:
            return False
        _drop(self._by_conversation, before, guest)
        self._guests[guest] = conversation_id
        self._by_conversation.setdefault(conversation_id, set()).add(guest)
        return True

    def renamed(self, guest: Guest, before: str) -> None:
        """He proved who he is: he is found under his new key."""
        _drop(self._by_visitor, before, guest)
        self._by_visitor.setdefault(guest.visitor_key, set()).add(guest)

    def leave(self, guest: Guest) -> None:
        """He is gone."""
        conversation_id = self._guests.pop(guest, 0)
        _drop(self._by_conversation, conversation_id, guest)
        _drop(self._by_visitor, guest.visitor_key, guest)
        if not self._guests:
            self._somebody.clear()

    def typing_out(self, conversation_id: int, thread_id: int | None, on: bool) -> None:
        """Somebody of ours writes in a conversation: tell its visitors, here and in other processes."""
        self._bus.publish(CHAT, _encode(Signal(conversation_id, thread_id or 0, on)))

    def desk_read(self, conversation_id: int) -> None:
        """Somebody of ours has read a conversation: its visitors see it under what they wrote."""
        self._bus.publish(CHAT, _encode(Signal(conversation_id)))

    def visitor_acted(self, visitor_key: str) -> None:
        """A visitor wrote: his other tabs look."""
        self._bus.publish(CHAT, _encode(Signal(visitor=visitor_key)))

    def close(self) -> None:
        """Send everyone away with the promise of coming back."""
        for guest in list(self._guests):
            guest.restart()

    async def run(self) -> None:
        """Follow the log until cancelled. Sleeps while nobody is here."""
        position: int | None = None
        while True:
            if not self._guests:
                position = None
                await self._somebody.wait()
            self._behind.clear()  # before reading: what is told meanwhile may not be in what is read
            try:
                position = await self._follow(position)
            except Unavailable as problem:
                logger.warning("chat_log_unreadable", detail=problem.detail)
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._behind.wait()
            except TimeoutError:
                continue

    async def _follow(self, position: int | None) -> int:
        """Wake whom the events after a position concern; the position reached."""
        if position is None:
            head, _ = await self._database.read(log.head)
            _wake(list(self._guests))
            return head
        while events := await self._database.read(stored.touched, position, PAGE):
            position = events[-1][0]
            for conversation_id in {conversation for _, conversation in events if conversation is not None}:
                _wake(list(self._by_conversation.get(conversation_id, ())))
            if len(events) < PAGE:
                break
        return position

    def _heard(self, payload: bytes) -> None:
        signal = _decode(payload)
        if signal.visitor:
            _wake(list(self._by_visitor.get(signal.visitor, ())))
        for guest in list(self._by_conversation.get(signal.conversation_id, ())):
            if signal.thread_id and signal.thread_id != guest.thread_id:
                continue
            if signal.typing is None:
                guest.wake()
            else:
                guest.typing(signal.typing)


def _wake(guests: Iterable[Guest]) -> None:
    for guest in guests:
        guest.wake()


def _drop(groups: dict[K, set[Guest]], key: K, guest: Guest) -> None:
    group = groups.get(key)
    if group is not None:
        group.discard(guest)
        if not group:
            del groups[key]
