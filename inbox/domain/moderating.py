"""Things done to an item that is there already: hide, delete, react, ban, edit. Nothing is shown as done before the
network has done it: `action_accepted` is called when it says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from connectors import outbound as out
from inbox.clock import SECOND
from inbox.domain import delivering, items, wait
from inbox.domain import events as e
from inbox.domain.records import Message, OutboxPart, Thread
from inbox.domain.sending import target_of
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Invalid

ActionWord = Literal["hide", "unhide", "delete", "delete_sent", "edit", "react", "ban", "seen", "revert"]
_OURS = frozenset({"delete_sent", "edit"})
_EVERYONES = frozenset({"react", "seen"})
_PLAIN: dict[str, Callable[..., out.AnyOutbound]] = {
    "hide": out.HideComment,
    "unhide": out.UnhideComment,
    "delete": out.DeleteComment,
    "delete_sent": out.DeleteSent,
    "ban": out.BanAuthor,
    "seen": out.MarkSeen,
}
"""Actions that need no more than their target."""
_json = msgspec.json.Encoder().encode
_part = msgspec.json.Decoder(out.Part).decode


def action_for(
    state: State, thread: Thread, message: Message, word: ActionWord, *, text: str = "", html: str | None = None,
    emoji: str = "",
) -> out.AnyOutbound:  # fmt: skip
    """What is asked of the network. Raises Invalid where it makes no sense for this item, Conflict where it is gone."""
    if message.direction == "note" or ((message.direction == "out") != (word in _OURS) and word not in _EVERYONES):
        whose = "our own items" if word in _OURS else "a customer's items"
        raise Invalid(f"{word} is for {whose}; message {message.id} is not one", code="not_supported")
    if message.deleted_at is not None:
        raise Conflict(f"message {message.id} was deleted", code="deleted")
    if message.external_id is None:
        raise Conflict(f"message {message.id} is not at the network yet", code="not_sent")
    target = target_of(state, thread, message)
    if word == "edit":
        return out.EditSent(target=target, text=text, html=html)
    if word == "react":
        return out.React(target=target, emoji=emoji)
    return _PLAIN[word](target=target)


def reverting(message: Message) -> tuple[ActionWord, str]:
    """What takes back what was last done to an item, and the emoji of a reaction. Raises Conflict where nothing can be
    taken back.
    """
    if not message.moderation:
        raise Conflict(f"nothing was done to message {message.id} that could be taken back", code="nothing_to_revert")
    done = items.moderation_of(message)
    back = items.REVERTS.get(done.action)
    if back is None:
        raise Conflict(f"{done.action} cannot be taken back", code="nothing_to_revert")
    if back in ("react", "unreact"):
        return "react", done.emoji if back == "react" else ""
    return ("hide" if back == "hide" else "unhide"), ""


def require_in_time(message: Message, seconds: int | None, now: int, word: str) -> None:
    """Raise Invalid when our own item can no longer be changed. `seconds`: the network's limit, 0 for none; None:
    never.
    """
    if seconds is None:
        raise Invalid(f"this network cannot {word} what was sent", code="not_supported")
    sent_at = message.accepted_at or message.received_at
    if seconds and now > sent_at + seconds * SECOND:
        raise Invalid(f"the network lets us {word} for {seconds} seconds after sending; that is over", code="too_late")


def needs_of(needs: Needs, part: OutboxPart) -> None:
    """Name what `action_accepted` will look at."""
    needs.messages.add(part.message_id)
    needs.contents.add(part.message_id)
    needs.unanswered.add(part.thread_id)
    needs.returning.add(part.message_id)


def done_here(state: State, message: Message, thread: Thread) -> None:
    """Where the service itself delivers, what was just queued is done."""
    if thread.network not in delivering.HERE:
        return
    for part in [p for p in state.outbox.values() if p.message_id == message.id and p.purpose == "action"]:
        if part.state == "waiting":
            delivering.accepted(state, part, out.Receipt())
            action_accepted(state, part, out.Receipt())


def action_accepted(state: State, part: OutboxPart, receipt: out.Receipt) -> None:
    """The network did it: now it is so. To be called once, for a part of purpose `action` that became `accepted`."""
    message = state.messages[part.message_id]
    actor, reason = delivering.actor_of(part), part.note
    match _part(part.part).action:
        case out.HideComment() if message.hidden_at is None:
            items.moderated(state, message, hidden=True, actor=actor, reason=reason)
        case out.UnhideComment() if message.hidden_at is not None:
            items.moderated(state, message, hidden=False, actor=actor, reason=reason)
        case out.DeleteComment() | out.DeleteSent() if message.deleted_at is None:
            items.gone(state, message, by="us", erase=False, actor=actor, reason=reason)
        case out.React(emoji=emoji):
            _reacted(state, message, emoji, actor, reason)
        case out.EditSent(text=text, html=html):
            items.rewritten(state, message, text, html, actor, at=state.now)
        case out.BanAuthor():
            _banned(state, message, actor, reason)
        case _:
            pass


def _reacted(state: State, message: Message, emoji: str, actor: e.Actor, reason: str) -> None:
    """Our reaction is on the item, or is no longer."""
    entries: list[list[Any]] = msgspec.json.decode(message.reactions) if message.reactions else []
    others = [entry for entry in entries if not entry[2]]
    before = next((entry[3] for entry in entries if entry[2]), "")
    ours = [["", "", 1, emoji]] if emoji else []
    message.reactions = _json([*others, *ours]).decode() if others or ours else ""
    state.touch(message)
    if emoji or before:
        items.noted(state, message, "react" if emoji else "unreact", actor, reason, emoji or before)
    state.emit(e.ReactionsChanged(conversation_id=message.conversation_id, message_id=message.id), actor)
    if emoji:
        wait.liked(state, message, actor)
    elif before:
        wait.like_taken_back(state, message, actor)


def _banned(state: State, message: Message, actor: e.Actor, reason: str) -> None:
    items.noted(state, message, "ban", actor, reason)
    contact = state.contacts.get(message.author_id or 0)
    if contact is None or contact.blocked:
        return
    contact.blocked = 1
    contact.version += 1
    state.touch(contact)
    state.emit(e.ContactChanged(contact_id=contact.id, conversation_id=message.conversation_id), actor)
