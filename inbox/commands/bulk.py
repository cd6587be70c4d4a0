"""The same change for many conversations, each its own decision with its own result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from inbox.commands.on_conversation import OnConversation
from inbox.errors import InboxError
from inbox.eventlog.writer import Writer

MAX_IDS = 500
_AT_ONCE = 50
"""Slices small enough that what people do in between is not kept waiting."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one conversation."""

    id: int
    problem: InboxError | None


async def change_all(writer: Writer, ids: Sequence[int], unit_of: Callable[[int], OnConversation]) -> list[Outcome]:
    """Submit a unit for each id, in slices; one that is refused refuses nobody else. Results in the ids' order."""
    out: list[Outcome] = []
    for start in range(0, len(ids), _AT_ONCE):
        out += await asyncio.gather(*[_one(writer, i, unit_of) for i in ids[start : start + _AT_ONCE]])
    return out


async def _one(writer: Writer, conversation_id: int, unit_of: Callable[[int], OnConversation]) -> Outcome:
    try:
        await writer.submit(unit_of(conversation_id))
    except InboxError as problem:
        return Outcome(conversation_id, problem)
    return Outcome(conversation_id, None)
