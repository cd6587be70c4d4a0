"""What can happen to those who wait, and to what they were promised."""

from __future__ import annotations

from typing import Literal

import msgspec

from inbox.domain.event import ConversationEvent

# --- waits


class Target(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a version of an SLA policy promises, and when that is due. `left` is what of `seconds` (as µs) had not
    passed at `since_at`, in the calendar's time. `deadline_at` null: its clock stands still, or it is never due.
    """

    kind: Literal["first", "next", "resolution"]
    policy_id: int
    policy_version: int
    seconds: int
    since_at: int
    left: int
    deadline_at: int | None = None
    warn_at: int | None = None


class WaitOpened(ConversationEvent, tag="wait_opened", frozen=True, kw_only=True):
    """Someone waits. Both clocks start: `opened_at` ours, `customer_opened_at` the network's. `first`: nobody has
    answered in this conversation yet. `target`: what an SLA policy promises.
    """

    wait_id: int
    thread_id: int
    identity_id: int
    message_id: int
    opened_at: int
    customer_opened_at: int
    first: bool = False
    target: Target | None = None


class WaitAnswered(ConversationEvent, tag="wait_answered", frozen=True, kw_only=True):
    """Ended by a person's item that the network accepted."""

    wait_id: int
    message_id: int
    ended_at: int
    customer_ended_at: int


class WaitAcknowledged(ConversationEvent, tag="wait_acknowledged", frozen=True, kw_only=True):
    """A holding answer was accepted: the wait goes on."""

    wait_id: int
    message_id: int
    at: int


class WaitDismissed(ConversationEvent, tag="wait_dismissed", frozen=True, kw_only=True):
    """No answer needed. `reason`: `no_question`, `liked`, `closed`, or a person's words' code."""

    wait_id: int
    ended_at: int
    reason: str


class WaitVoided(ConversationEvent, tag="wait_voided", frozen=True, kw_only=True):
    """There is nothing to answer any more: `spam`, `deleted`, `erased`, `merged`."""

    wait_id: int
    ended_at: int
    reason: str


class WaitReopened(ConversationEvent, tag="wait_reopened", frozen=True, kw_only=True):
    """It goes on from its original start: the answer was refused after all, or the dismissal was undone."""

    wait_id: int
    reason: str


# --- targets: `wait_id` null is the conversation's resolution


class TargetChanged(ConversationEvent, tag="target_changed", frozen=True, kw_only=True):
    """Something that decides changed: another policy applies, another calendar counts, or the clock of the resolution
    began, stopped or went on. `target` null: nothing is promised any more.
    """

    wait_id: int | None = None
    target: Target | None = None
    reason: Literal[
        "opened", "priority", "tag", "team", "calendar", "contact", "paused", "resumed", "spam"
    ]  # fmt: skip


class TargetWarned(ConversationEvent, tag="target_warned", frozen=True, kw_only=True):
    """A deadline is near. The event's time is the instant that the policy names, whenever it was noticed."""

    wait_id: int | None = None
    kind: str
    policy_id: int
    deadline_at: int


class TargetBreached(ConversationEvent, tag="target_breached", frozen=True, kw_only=True):
    """A deadline passed unmet. The event's time is the deadline, whenever it was noticed; team and person are those who
    held the conversation then.
    """

    wait_id: int | None = None
    kind: str
    policy_id: int
    policy_version: int
    deadline_at: int
    team_id: int | None = None
    assignee_id: int | None = None


class BreachWithdrawn(ConversationEvent, tag="breach_withdrawn", frozen=True, kw_only=True):
    """It was no breach. `answered_in_time`: the answer was given before the deadline and reached us, or was accepted,
    after it. `supervisor`: taken back by a person, whose reason is the note.
    """

    wait_id: int
    reason: Literal["answered_in_time", "supervisor"]
    note_id: int | None = None
