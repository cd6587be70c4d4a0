"""Records and events as the outside sees them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from inbox.clock import iso
from inbox.domain import events as e
from inbox.domain.records import Content, Conversation, Message, Record, Thread
from inbox.domain.state import State, Workspace
from inbox.eventlog.show import public_data, threads_by_conversation
from tests.inbox.world import world


def test_ids_are_text_and_counts_are_numbers() -> None:
    """Of an event's fields the ids are text, one by one and in lists; numbers and words stay, and null stays null."""
    ran = e.RuleRan(
        conversation_id=5, rule_id=6, version=2, run_id=7, trigger="received", since_position=8, actions=("tag",)
    )
    merged = e.ConversationsMerged(conversation_id=5, into_id=9, thread_ids=(10, 11))
    owner = e.AssigneeChanged(conversation_id=5, after=12)

    assert public_data(ran) == {
        "rule_id": "6", "version": 2, "run_id": "7", "trigger": "received", "trigger_position": 0, "since_position": 8,
        "actions": ["tag"], "refused": [], "depth": 0,
    }  # fmt: skip
    assert public_data(merged) == {"into_id": "9", "thread_ids": ["10", "11"], "note_ids": []}
    assert public_data(owner) == {"before": None, "after": "12", "note_id": None, "reason": ""}


def test_words_before_and_after_stay() -> None:
    """`before` and `after` are ids in some events and words in others."""
    changed = e.PriorityChanged(conversation_id=5, before="low", after="high")

    assert public_data(changed) == {"before": "low", "after": "high"}


def test_a_target_is_shown_with_its_times_as_text() -> None:
    """What a policy promises stands in the event that sets it, its ids and times as text too."""
    target = e.Target(kind="first", policy_id=3, policy_version=2, seconds=60, since_at=0, left=60_000_000)
    changed = e.TargetChanged(conversation_id=5, wait_id=4, target=target, reason="opened")

    assert public_data(changed) == {
        "wait_id": "4",
        "target": {
            "kind": "first", "policy_id": "3", "policy_version": 2, "seconds": 60,
            "since_at": "1970-01-01T00:00:00.000Z", "left": 60_000_000, "deadline_at": None, "warn_at": None,
        },
        "reason": "opened",
    }  # fmt: skip


async def test_every_field_of_a_row_stands_where_it_belongs(sqlite_url: str) -> None:
    """A row shows each value of its conversation under the name of that value."""
    conversation = _filled(Conversation, escalation="", origin="", external_refs="", fields="")
    async with world(sqlite_url) as made:
        shown = msgspec.to_builtins(made.show.row(conversation, _NOTHING))

    assert shown == _as_shown(conversation, shown) | {
        "contact": {"id": str(conversation.contact_id), "name": "", "avatar_url": None, "blocked": False, "vip": False},
        "tags": ["tags"], "unread": False, "snooze_until_reply": True, "spam": True, "escalation": None, "origin": None,
        "external_refs": {}, "threads": [], "fields": {},
    }  # fmt: skip


async def test_every_field_of_an_item_stands_where_it_belongs(sqlite_url: str) -> None:
    """An item shows each value of its record and of its words under the name of that value."""
    message = _filled(
        Message, direction="out", author_kind="system", delivery_state="", reactions="", moderation="", reading=""
    )
    state = State(Workspace(0, 0, 0, 1), 0)
    state.contents[message.id] = words = _filled(Content, attachments="", mentions="[]", recipients="", options="")
    async with world(sqlite_url) as made:
        shown = msgspec.to_builtins(made.show.message(message, state))

    assert shown == _as_shown(message, shown) | {
        "audience": "private", "author": {"kind": "system", "id": str(message.author_id), "name": "Inbox"},
        "text": words.text, "html": words.html, "quoted_html": words.quoted_html, "title": words.title,
        "attachments": [], "erased": True, "mentions": [], "recipients": {}, "delivery": None, "reactions": [],
        "moderation": None, "reading": None, "options": None,
    }  # fmt: skip


def test_threads_are_found_for_all_conversations_at_once() -> None:
    """In one pass over a batch, each conversation's come oldest first, as they do when they are asked for alone."""
    state = State(Workspace(0, 0, 0, 1), 0)
    for thread_id, conversation_id in ((9, 1), (3, 2), (4, 1), (7, 1)):
        state.threads[thread_id] = _filled(Thread, id=thread_id, conversation_id=conversation_id)

    found = threads_by_conversation(state)

    assert found == {1: state.threads_of(1), 2: state.threads_of(2)}
    assert [thread.id for thread in found[1]] == [4, 7, 9]


_NOTHING = State(Workspace(0, 0, 0, 1), 0)
R = TypeVar("R", bound=Record)


def _filled(kind: type[R], **given: Any) -> R:
    """A record whose every field has a value of its own: its name, or a number that no other field has."""
    numbered = enumerate(msgspec.structs.fields(kind), start=1_000)
    values = {field.name: n if field.type in (int, int | None) else field.name for n, field in numbered}
    return kind(**(values | given))


def _as_shown(record: Record, names: Iterable[str]) -> dict[str, Any]:
    """A record's values of these names, where it has them: ids and times as text."""
    return {name: _text(name, getattr(record, name)) for name in names if hasattr(record, name)}


def _text(name: str, value: Any) -> Any:
    if not isinstance(value, int):
        return value
    if name == "id" or name.endswith("_id") or name in ("in_reply_to", "linked_from", "merged_into"):
        return str(value)
    timed = name.endswith(("_at", "_since", "_until"))
    return iso(value) if timed else value
