"""Conversations of the Page by asking, for what webhooks missed (`_meta/conversations.py`)."""

from __future__ import annotations

from connectors._meta import conversations
from connectors.contract import Context
from connectors.exchange import Exchange, Polled
from connectors.messenger.inbound import parse_part

UNKNOWN_SECONDS = 2.0


def poll(cursor: str, ctx: Context) -> Exchange[Polled]:
    """One page of a round. Raises SendError."""
    page = ctx.asset_id or ctx.settings.get("page_id", "")
    if not page:
        # Until set-up has told which Page this is, what it said could not be told from what people did.
        return Polled(inbounds=(), cursor=cursor, next_after_seconds=UNKNOWN_SECONDS)
    inbox = conversations.Inbox("messenger", f"{page}/conversations", "page", (page,), parse_part)
    return (yield from conversations.poll(cursor, ctx, inbox))
