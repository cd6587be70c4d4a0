"""What became of one inbound, and how old it was when it came."""

from __future__ import annotations

from typing import Literal

from inbox.clock import MINUTE
from inbox.domain.state import ChannelFacts

Outcome = Literal["done", "duplicate", "orphan", "ignored"]
LATE = 10 * MINUTE


def mark_of(channel: ChannelFacts, occurred_at: int, received_at: int) -> Literal["live", "late", "history"]:
    """`history`: older than the channel's connection; `late`: more than ten minutes under way."""
    if occurred_at < channel.live_since:
        return "history"
    return "late" if received_at - occurred_at > LATE else "live"
