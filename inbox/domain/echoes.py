"""Our own sends coming back from the network: recognised by the id that we gave them, or by their words."""

from __future__ import annotations

from connectors import inbound as net
from connectors.outbound import Receipt
from inbox.clock import SECOND
from inbox.domain import delivering
from inbox.domain.records import Message
from inbox.domain.state import State

ECHO_SECONDS = 15


def echoed(state: State, channel_id: int, inbound: net.MessageReceived) -> Message | None:
    """Our own send coming back: by the id we put into the network's field, or by the same words within 15 s. It
    resolves `unknown`.
    """
    message = state.message_by_client_key.get(inbound.client_ref or "")
    part = delivering.part_with_key(state, inbound.client_ref)
    if message is None and part is not None:
        message = state.messages.get(part.message_id)
    if message is None:
        message = _same_words(state, channel_id, inbound)
    if message is None:
        return None
    parts = delivering.parts_of(state, message.id)
    waiting = [p for p in parts if p.state in ("unknown", "sending", "pending")]
    chosen = part if part in waiting else (waiting[0] if waiting else None)
    ids = Receipt(external_id=inbound.external_id, alternate_ids=inbound.alternate_ids, accepted_at=inbound.occurred_at)
    if chosen is not None:
        delivering.accepted(state, chosen, ids)
    elif part is not None or message.external_id is None:
        delivering.known_as(state, message, part or parts[0], ids)
        timed(state, message, inbound)
    return message


def timed(state: State, message: Message, inbound: net.MessageReceived) -> None:
    """The network's answer came before the echo, which has the network's own time: watermarks are told in that clock,
    and may lie before the moment at which the answer reached ours. What the wait's clocks showed stays as it was.
    """
    if message.author_kind == "outside" or message.accepted_at is None or inbound.occurred_at >= message.accepted_at:
        return
    message.accepted_at = inbound.occurred_at
    state.touch(message)
    delivering.apply_watermark(state, message)


def _same_words(state: State, channel_id: int, inbound: net.MessageReceived) -> Message | None:
    thread = state.thread_by_key.get((channel_id, inbound.thread.external_id))
    if thread is None:
        return None
    for message in state.messages.values():
        if message.thread_id != thread.id or message.direction != "out" or message.external_id is not None:
            continue
        if message.delivery_state not in ("sending", "unknown", "queued", "pending"):
            continue
        words = state.contents.get(message.id)
        near = abs(inbound.occurred_at - (message.released_at or message.received_at)) <= ECHO_SECONDS * SECOND
        if words is not None and near and words.text.strip() == inbound.text.strip():
            return message
    return None
