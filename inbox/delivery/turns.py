"""Whose turn it is: parts of a message in order, messages of a thread in order, threads side by side. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from inbox.domain.records import ASIDE
from inbox.intake.backoff import LONGEST_ASKED
from inbox.storage.outbox import Queued


class Turns(NamedTuple):
    """What can be done now, and when there is more (µs; None: when something changes)."""

    send: list[int]
    check: list[int]
    stranded: list[int]
    next_at: int | None


def turns(
    queue: Sequence[Queued],
    unsettled: Collection[tuple[int, int]],
    *,
    busy_parts: Collection[int],
    busy_threads: Collection[int],
    now: int,
) -> Turns:
    """Choose from a channel's unfinished parts, oldest first.

    The first part of a thread that waits holds up those behind it, also while it waits for its next attempt. A part
    whose predecessor in the message is under review or `unknown` waits without holding up other messages. Parts that
    are `sending` though nobody here is sending them are stranded.
    """
    found = Turns([], [], [], None)
    taken = set(busy_threads)
    waits: list[int] = []
    for part in queue:
        if part.id in busy_parts:
            taken.add(part.thread_id)
            continue
        is_due = part.next_at is None or part.next_at <= now
        if part.state == "pending":
            if is_due and part.next_at is not None:
                found.check.append(part.id)
            elif part.next_at is not None:
                waits.append(part.next_at)
            continue
        if part.thread_id in taken or _has_open_predecessor(part, unsettled):
            continue
        taken.add(part.thread_id)
        if part.state == "sending":
            found.stranded.append(part.id)
        elif is_due or _is_of_another_clock(part.next_at, now):
            found.send.append(part.id)
        elif part.next_at is not None:
            waits.append(part.next_at)
    return found._replace(next_at=min(waits, default=None))


def _is_of_another_clock(next_at: int | None, now: int) -> bool:
    """Nothing waits so long for its next attempt: the clock was put back since that was set."""
    return next_at is not None and now + 2 * LONGEST_ASKED < next_at < ASIDE


def _has_open_predecessor(part: Queued, unsettled: Collection[tuple[int, int]]) -> bool:
    return part.purpose == "message" and any((part.message_id, index) in unsettled for index in range(part.part_index))
