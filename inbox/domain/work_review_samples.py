"""Choosing conversations to look at: at random by a number that is shown, or the newest. Pure.

Every pair of agent and conversation has its place by a hash of the number and both ids, so that the same number gives
the same order again, on every machine, whatever else there is to choose from. Agents take turns: of two of whom one
answered ten times as much, both are looked at equally often.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Literal

import msgspec

Order = Literal["random", "newest"]
MOST = 100
"""Conversations of one sample."""
LAST_SEED = 999_999


class Candidate(msgspec.Struct, frozen=True):
    """An agent's work in a conversation. `at`: when he last did something there, of what is asked for."""

    agent_id: int
    conversation_id: int
    at: int


def in_turn(candidates: Iterable[Candidate], order: Order, seed: int) -> Iterator[Candidate]:
    """All of them in the order in which they are looked at: each agent's next in turn."""
    by_agent: dict[int, list[Candidate]] = defaultdict(list)
    for one in candidates:
        by_agent[one.agent_id].append(one)
    for work in by_agent.values():
        work.sort(key=lambda one: _place(order, seed, one))
    turns = [by_agent[agent] for agent in sorted(by_agent, key=lambda agent: _hash(seed, agent))]
    for round_ in range(max((len(work) for work in turns), default=0)):
        yield from (work[round_] for work in turns if round_ < len(work))


def _place(order: Order, seed: int, one: Candidate) -> tuple[int, bytes]:
    """Newest: by its instant, and where two have the same, by the number."""
    return (-one.at if order == "newest" else 0), _hash(seed, one.agent_id, one.conversation_id)


def _hash(*numbers: int) -> bytes:
    return blake2b(":".join(map(str, numbers)).encode(), digest_size=16).digest()
