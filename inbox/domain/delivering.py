"""What becomes of what we send: attempts, receipts, echoes, refusals.

A message shows the least advanced of its parts. A part moves `waiting → sending → pending → accepted`, or ends
`refused`, `unknown` or `cancelled`; receipts move an accepted message on to `delivered` and `read`, or back to
`refused`, which reopens the wait.
"""

from __future__ import annotations

import msgspec

from connectors import inbound as net
from connectors.errors import TREATMENT, SendErrorKind
from connectors.outbound import Receipt
from inbox.domain import conversation as conversations
from inbox.domain import events as e
from inbox.domain import orphans, wait
from inbox.domain.records import Message, OutboxPart, Thread, Wait
from inbox.domain.state import State
from inbox.domain.surveys import SURVEY
from inbox.domain.threads import NEW_THREAD

HERE = frozenset({"webchat"})
"""Networks that the service itself delivers to: their connectors have no `send`."""
APPROVAL = "approval"
"""What `delivery_reason` says of an answer that waits for somebody's yes."""
_RANK = {"held": 0, "queued": 1, "sending": 2, "pending": 3, "accepted": 4, "delivered": 5, "read": 6}
_FAILED = frozenset({"refused", "expired", "unknown", "cancelled"})
_UNSETTLED = frozenset({"waiting", "sending", "pending", "unknown"})
"""States of a part in which the network may have it without our knowing."""
_json = msgspec.json.Encoder().encode


def actor_of(part: OutboxPart) -> e.Actor:
    """Who asked for this part."""
    return e.Actor(part.actor_kind, part.actor_id)  # type: ignore[arg-type]


def part_with_key(state: State, key: str | None) -> OutboxPart | None:
    """The part that we gave this key, of those named in `Needs.client_keys`."""
    return next((p for p in state.outbox.values() if key and p.key == key), None)


def parts_of(state: State, message_id: int) -> list[OutboxPart]:
    """The parts that make up a message, in order."""
    found = [p for p in state.outbox.values() if p.message_id == message_id and p.purpose == "message"]
    return sorted(found, key=lambda p: p.part_index)


def changed(
    state: State, message: Message, new: str, *, reason: str = "", part: int | None = None, actor: e.Actor | None = None
) -> bool:
    """Move the message's state, once. False when it is there already. The actor is the message's author unless another
    is given.
    """
    if message.delivery_state == new and message.delivery_reason == reason:
        return False
    before = message.delivery_state
    if before == "held" and message.delivery_reason == APPROVAL:
        ended = e.ApprovalEnded(
            conversation_id=message.conversation_id, message_id=message.id, approved=new != "cancelled"
        )
        state.emit(ended, actor or e.SYSTEM)
    message.delivery_reason = reason
    state.emit(
        e.DeliveryChanged(
            conversation_id=message.conversation_id, message_id=message.id, before=before, state=new, part=part
        ),
        actor or e.Actor(message.author_kind, message.author_id),  # type: ignore[arg-type]
    )
    return True


# --- one part


def attempt_began(state: State, part: OutboxPart, fence: int) -> bool:
    """Commit, before the effect request leaves, that it may have left. False: the part is no longer ours to send."""
    if part.state not in ("waiting", "sending"):
        return False
    part.state = "sending"
    part.attempts += 1
    part.fence = fence
    part.effect_at = state.now
    part.next_at = None
    state.touch(part)
    return True


def accepted(state: State, part: OutboxPart, receipt: Receipt) -> None:
    """The network took a part. Of one that an echo or a receipt told before, the names given to it are learned."""
    if part.state == "cancelled":
        return
    message = state.messages[part.message_id]
    if part.state == "accepted":
        if part.purpose == "message":
            known_as(state, message, part, receipt)
        return
    if receipt.state == "pending":
        part.state, part.token, part.next_at = "pending", receipt.token, receipt.check_at
        state.touch(part)
        if part.purpose == "message":
            changed(state, message, "pending", part=part.part_index)
        return
    part.state, part.ended_at, part.token, part.reason = "accepted", state.now, "", ""
    part.external_id = receipt.external_id or None
    state.touch(part)
    if part.purpose == "message":
        _part_accepted(state, message, part, receipt)


def taken_here(state: State, message: Message) -> None:
    """Where the service itself delivers, what may leave has arrived: accepted in the transaction that appends it."""
    thread = state.threads.get(message.thread_id or 0)
    if thread is None or thread.network not in HERE:
        return
    for part in parts_of(state, message.id):
        if part.state == "waiting":
            accepted(state, part, Receipt(external_id=f"us:{part.key}"))


def _part_accepted(state: State, message: Message, part: OutboxPart, receipt: Receipt) -> None:
    if receipt.refused:
        message.refused_recipients = _json(dict(receipt.refused)).decode()
    known_as(state, message, part, receipt)
    at = min(receipt.accepted_at or state.now, state.now)
    if message.accepted_at is None:
        # The customer clock ends with the first part; the desk clock ended when a person let it go.
        message.accepted_at = at
        _answer_accepted(state, message, at)
    state.touch(message)
    if all(p.state == "accepted" for p in parts_of(state, message.id)):
        if _RANK.get(message.delivery_state, 0) < _RANK["accepted"] or message.delivery_state in _FAILED:
            changed(state, message, "accepted")
        apply_watermark(state, message)
    _told_before(state, message, receipt)


def known_as(state: State, message: Message, part: OutboxPart, receipt: Receipt) -> None:
    """Learn what the network calls the part, and the thread when we began it."""
    external = [i for i in (receipt.external_id, *receipt.alternate_ids) if i]
    for external_id in external:
        key = (message.channel_id, external_id)
        if key in state.message_by_key:
            continue
        if message.external_id is None:
            message.external_id = external_id
        else:
            state.aliases.append((message.channel_id, external_id, message.id))
        state.message_by_key[key] = message
        state.touch(message)
    thread, named = state.threads.get(part.thread_id), (part.channel_id, receipt.thread_id)
    is_new = thread is not None and thread.external_id.startswith(NEW_THREAD)
    if thread is not None and is_new and receipt.thread_id and named not in state.thread_by_key:
        # The thread was begun by us: the network has named it now.
        thread.external_id = receipt.thread_id
        state.index(thread)
        state.touch(thread)


def _told_before(state: State, message: Message, answer: Receipt) -> None:
    """Apply receipts that came before the network's answer gave the item its id."""
    for external_id in (answer.external_id, *answer.alternate_ids):
        for orphan in list(state.orphans.get((message.channel_id, external_id), ())):
            inbound = orphans.item_of(orphan).inbound
            if isinstance(inbound, net.ReceiptReceived):
                receipt(state, message, inbound)
                state.orphans[orphan.channel_id, external_id].remove(orphan)
                state.dropped_orphans.append(orphan.id)


def _answer_accepted(state: State, message: Message, at: int) -> None:
    if message.author_kind not in ("agent", "outside"):
        return
    desk_at = message.released_at or at
    for waiting in _answered_by(state, message):
        actor = e.Actor(message.author_kind, message.author_id)  # type: ignore[arg-type]
        if message.ends_wait:
            wait.answered(state, waiting, message, actor, desk_at=desk_at, customer_at=at)
        else:
            wait.acknowledged(state, waiting, message, actor, at)
            if state.conversations[waiting.conversation_id].status == "closed":
                # Closing left the wait to this answer, which only holds him off: as if none had been on its way.
                wait.dismissed(state, [waiting], "closed", actor)


def _answered_by(state: State, message: Message) -> list[Wait]:
    """Open waits this answer ends: those it was given for, and that of the person it answers when an earlier answer,
    or none, was to end it.
    """
    found = [w for w in state.waits.values() if w.answer_id == message.id and not w.end]
    thread = state.threads.get(message.thread_id or 0)
    if thread is not None:
        other = state.open_wait(thread.id, wait.waiting_author(thread, message.identity_id))
        if other is not None and other not in found and other.opened_by < message.id:
            found.append(other)
    return found


def failed(state: State, part: OutboxPart, kind: SendErrorKind, reason: str, *, retry_at: int | None) -> None:
    """An attempt failed: it is tried again at `retry_at`, or the part ends refused, or nobody knows (`unknown`)."""
    if part.state in ("accepted", "cancelled", "refused"):
        return
    message = state.messages[part.message_id]
    said = _said(state, part, kind, reason, ends=retry_at is None)
    part.error_kind, part.reason = kind.value, said
    state.touch(part)
    if retry_at is not None:
        part.state, part.next_at, part.effect_at = "waiting", retry_at, None
        if part.purpose == "message":
            message.delivery_until = retry_at
            state.touch(message)  # also where the state and its reason are what they were
            changed(state, message, "queued", reason=said, part=part.part_index)
        return
    part.state = "unknown" if kind is SendErrorKind.UNKNOWN else "refused"
    part.ended_at = state.now if part.state == "refused" else None
    if part.purpose != "message":
        state.emit(
            e.ActionRefused(
                conversation_id=message.conversation_id,
                message_id=message.id,
                action=_action_of(part),
                reason=kind.value,
            ),
            actor_of(part),
        )
        return
    if part.state == "unknown":
        changed(state, message, "unknown", reason=said, part=part.part_index)
        return
    refused(state, message, said)


def _said(state: State, part: OutboxPart, kind: SendErrorKind, reason: str, *, ends: bool) -> str:
    """What is read under the message. Of one in parts that ends halfway, also how much the customer has of it."""
    treatment = TREATMENT[kind]
    said = treatment.given_up or treatment.said if ends else treatment.said
    said += f" {reason}" if reason else ""
    taken = sum(other.state == "accepted" for other in parts_of(state, part.message_id))
    if not ends or not taken or part.purpose != "message":
        return said
    more = "." if kind is SendErrorKind.UNKNOWN else ": trying again sends the rest."
    return f"{said}{'' if said[-1] in '.!?' else '.'} The network has taken {taken} of its {part.of} parts{more}"


def _action_of(part: OutboxPart) -> str:
    return str(msgspec.json.decode(part.part)["action"]["type"]) if part.part else part.purpose


def refused(state: State, message: Message, reason: str) -> None:
    """The message will not arrive: later parts are cancelled, its waits go on or reopen, the conversation returns to
    its owner.
    """
    for other in parts_of(state, message.id):
        if other.state in ("waiting", "held", "pending"):
            other.state, other.ended_at = "cancelled", state.now
            state.touch(other)
    changed(state, message, "refused", reason=reason)
    wait.answer_failed(state, message)
    conversation = state.conversations[message.conversation_id]
    if conversation.spam or message.mark == "history" or message.automatic == SURVEY:
        return
    if conversation.status == "closed":
        conversations.reopened(state, conversation, "refused")
    elif conversation.status == "snoozed":
        conversations.woken(state, conversation, "refused")


# --- what networks say later


def receipt(state: State, message: Message, inbound: net.ReceiptReceived) -> bool:
    """A receipt for one item. States only move forward, but `failed` after `accepted` reopens the wait. True when it
    changed anything.
    """
    if message.direction != "out":
        return False
    if inbound.state == "failed":
        if message.delivery_state == "refused":
            return False
        recipient = f" ({inbound.recipient})" if inbound.recipient else ""
        refused(state, message, f"{inbound.reason or 'The network reported that it was not delivered.'}{recipient}")
        return True
    if inbound.state in ("pending", "accepted"):
        return _resolve_by_network(state, message) if inbound.state == "accepted" else False
    return _advance(state, message, inbound.state)


def taken_with_key(state: State, inbound: net.ReceiptReceived) -> Message | None:
    """The message whose part the receipt names by our own key: the network has it, whatever we heard. None where the
    key is not that of a message of ours.
    """
    part = part_with_key(state, inbound.client_ref)
    if part is None or part.purpose != "message":
        return None
    message = state.messages[part.message_id]
    told = Receipt(external_id=inbound.message_id or "", accepted_at=inbound.occurred_at)
    if inbound.state != "pending" and part.state in _UNSETTLED:
        accepted(state, part, told)
    known_as(state, message, part, told)
    return message


def _resolve_by_network(state: State, message: Message) -> bool:
    if message.delivery_state not in ("unknown", "pending", "sending", "queued"):
        return False
    for part in parts_of(state, message.id):
        if part.state in ("unknown", "sending", "pending"):
            accepted(state, part, Receipt(external_id=message.external_id or ""))
    return True


def _advance(state: State, message: Message, to: str) -> bool:
    if message.delivery_state in ("refused", "expired", "cancelled") or _RANK[to] <= _RANK.get(
        message.delivery_state, 0
    ):
        return False
    if message.accepted_at is None:
        _resolve_by_network(state, message)
    if any(part.state in _UNSETTLED for part in parts_of(state, message.id)):
        # It shows the least advanced of its parts.
        return False
    return changed(state, message, to)


def watermark(state: State, thread: Thread, inbound: net.ReceiptReceived) -> None:
    """Everything sent into the thread up to an instant is delivered, or read; also what is accepted later with an older
    time.
    """
    assert inbound.up_to is not None
    if inbound.state == "read":
        thread.read_up_to = max(thread.read_up_to or 0, inbound.up_to)
    thread.delivered_up_to = max(thread.delivered_up_to or 0, inbound.up_to)
    state.touch(thread)
    for message in [m for m in state.messages.values() if m.thread_id == thread.id and m.direction == "out"]:
        apply_watermark(state, message)


def apply_watermark(state: State, message: Message) -> None:
    """What the thread's watermarks say of one accepted item."""
    thread = state.threads.get(message.thread_id or 0)
    if thread is None or message.accepted_at is None or message.delivery_state not in ("accepted", "delivered"):
        return
    if thread.read_up_to is not None and message.accepted_at <= thread.read_up_to:
        _advance(state, message, "read")
    elif thread.delivered_up_to is not None and message.accepted_at <= thread.delivered_up_to:
        _advance(state, message, "delivered")
