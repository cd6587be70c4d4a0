"""What people decide about a message of ours: that it leaves before its hold is over, that it is taken back, that it is
tried again, and what became of one of which nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import structs

from connectors.outbound import Part, Receipt
from inbox.domain import delivering, wait
from inbox.domain import events as e
from inbox.domain.records import Message
from inbox.domain.state import State

RELEASE = "release"
"""Kind of the timer that ends a hold; its ref is the message."""
_json = msgspec.json.Encoder().encode
_part_of = msgspec.json.Decoder(Part).decode


def released(state: State, message: Message, actor: e.Actor | None = None) -> bool:
    """The hold is over: by its timer, or because a person sends it now. False when it is not held any more."""
    if message.delivery_state != "held":
        return False
    state.drop_timer(RELEASE, message.id)
    for part in delivering.parts_of(state, message.id):
        if part.state == "held":
            part.state = "waiting"
            state.touch(part)
    message.released_at = message.released_at or state.now
    message.delivery_until = None
    delivering.changed(state, message, "queued", actor=actor)
    delivering.taken_here(state, message)
    return True


def cancelled(state: State, message: Message, actor: e.Actor) -> bool:
    """Taken back while it was held: nobody outside saw it, and its waits go on. False when it is on its way already."""
    if message.delivery_state != "held":
        return False
    state.drop_timer(RELEASE, message.id)
    for part in delivering.parts_of(state, message.id):
        part.state, part.ended_at = "cancelled", state.now
        state.touch(part)
    message.delivery_until = message.released_at = None
    delivering.changed(state, message, "cancelled", actor=actor)
    wait.answer_failed(state, message)
    return True


def tried_again(state: State, message: Message, nonce: Callable[[], str], actor: e.Actor) -> bool:
    """A person sends what was refused once more, from the first part that was not accepted on, or all of it when it
    was refused after all had been accepted. False unless it was refused or has expired.

    The parts get new keys: a network that remembers keys would answer an old one with its old refusal. And they have
    all their attempts again.
    """
    if message.delivery_state not in ("refused", "expired"):
        return False
    parts = delivering.parts_of(state, message.id)
    again = [p for p in parts if p.state != "accepted"] or parts
    for part in again:
        planned = structs.replace(_part_of(part.part), key=nonce())
        part.part, part.key = _json(planned).decode(), planned.key
        part.state, part.ended_at, part.effect_at, part.next_at = "waiting", None, None, None
        part.external_id, part.error_kind, part.reason, part.attempts = None, "", "", 0
        state.touch(part)
    if again == parts:
        message.accepted_at, message.client_key = None, parts[0].key
    message.released_at = state.now
    delivering.changed(state, message, "queued", actor=actor)
    thread = state.threads.get(message.thread_id or 0)
    if thread is not None and message.author_kind == "agent":
        for wait_id in wait.covered(state, thread, message.identity_id):
            state.waits[wait_id].answer_id = message.id
            state.touch(state.waits[wait_id])
    return True


def settled(state: State, message: Message, *, arrived: bool, actor: e.Actor) -> None:
    """A person, or a look-up, resolves `unknown`: it arrived, or it did not and is sent again."""
    for part in delivering.parts_of(state, message.id):
        if part.state != "unknown":
            continue
        if arrived:
            delivering.accepted(state, part, Receipt(external_id=part.external_id or ""))
        else:
            part.state, part.next_at, part.effect_at, part.ended_at = "waiting", state.now, None, None
            part.error_kind, part.reason, part.attempts = "", "", 0
            state.touch(part)
            delivering.changed(state, message, "queued")
