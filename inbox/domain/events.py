"""Everything that can happen. Past tense, ids and words of ours only: what people wrote is in content rows, never here.

Each event has one class; its tag is its name in the log, in frames, in the feed and in webhooks. Fields are additive
for ever: a new field has a default, an old one is never renamed (docs/events.md is generated from here).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from inbox.domain.channel_health import HealthCode
from inbox.domain.desk_events import ApprovalAsked, ApprovalEnded, ConversationLinked, ConversationUnlinked
from inbox.domain.escalation_events import Escalated, EscalationAcknowledged, EscalationEnded, EscalationStepped
from inbox.domain.event import EVERYONE, SYSTEM, Actor, ActorKind, Audience, ConversationEvent, Event
from inbox.domain.people_events import ConsentChanged, ContactsToldApart, FieldsChanged
from inbox.domain.reading_events import ReadingCorrected
from inbox.domain.routing_events import AvailabilityChanged, OwnerReason
from inbox.domain.rule_events import AppealDecided, RuleCalled, RuleRan, RuleRunUndone, SurgeBegan, SurgeEnded
from inbox.domain.survey_events import SurveyAnswered, SurveySent
from inbox.domain.wait_events import (
    BreachWithdrawn,
    Target,
    TargetBreached,
    TargetChanged,
    TargetWarned,
    WaitAcknowledged,
    WaitAnswered,
    WaitDismissed,
    WaitOpened,
    WaitReopened,
    WaitVoided,
)
from inbox.domain.work_review_events import WorkReviewAnswered, WorkReviewed

__all__ = [
    "EVERYONE",
    "SYSTEM",
    "Actor",
    "ActorKind",
    "AppealDecided",
    "ApprovalAsked",
    "ApprovalEnded",
    "Audience",
    "AvailabilityChanged",
    "BreachWithdrawn",
    "ConsentChanged",
    "ContactsToldApart",
    "ConversationEvent",
    "ConversationLinked",
    "ConversationUnlinked",
    "Escalated",
    "EscalationAcknowledged",
    "EscalationEnded",
    "EscalationStepped",
    "Event",
    "FieldsChanged",
    "ReadingCorrected",
    "RuleCalled",
    "RuleRan",
    "RuleRunUndone",
    "SurgeBegan",
    "SurgeEnded",
    "SurveyAnswered",
    "SurveySent",
    "Target",
    "TargetBreached",
    "TargetChanged",
    "TargetWarned",
    "WaitAcknowledged",
    "WaitAnswered",
    "WaitDismissed",
    "WaitOpened",
    "WaitReopened",
    "WaitVoided",
    "WorkReviewAnswered",
    "WorkReviewed",
]
"""Beside what stands here: all events have one address."""


# --- conversations


class ConversationStarted(ConversationEvent, tag="conversation_started", frozen=True, kw_only=True):
    """A new conversation, with its first thread. `linked_from`: the earlier conversation of the same thread."""

    number: int
    thread_id: int
    contact_id: int
    linked_from: int | None = None


class ConversationReopened(ConversationEvent, tag="conversation_reopened", frozen=True, kw_only=True):
    """A closed conversation is open again, as episode `episode`."""

    episode: int
    reason: Literal["customer", "person", "refused", "escalated"] = "customer"


class ConversationClosed(ConversationEvent, tag="conversation_closed", frozen=True, kw_only=True):
    """The episode is over."""

    episode: int
    automatic: bool = False


class ConversationSnoozed(ConversationEvent, tag="conversation_snoozed", frozen=True, kw_only=True):
    """Put aside until an instant, or until the contact writes, or whichever comes first."""

    until: int | None = None
    until_reply: bool = False


class ConversationWoken(ConversationEvent, tag="conversation_woken", frozen=True, kw_only=True):
    """A snooze is over."""

    reason: Literal["time", "customer", "person", "refused"]


class SpamMarked(ConversationEvent, tag="spam_marked", frozen=True, kw_only=True):
    """Not a customer's concern: kept apart from closed, its waits are void. `reason`: its contact is blocked."""

    reason: Literal["", "blocked"] = ""


class SpamCleared(ConversationEvent, tag="spam_cleared", frozen=True, kw_only=True):
    """It was no spam after all."""


class AssigneeChanged(ConversationEvent, tag="assignee_changed", frozen=True, kw_only=True):
    """Owner changed; None: nobody. `note_id` is the hand-over note. `reason`: what routing had to do with it."""

    before: int | None = None
    after: int | None = None
    note_id: int | None = None
    reason: OwnerReason = ""


class TeamChanged(ConversationEvent, tag="team_changed", frozen=True, kw_only=True):
    """Team changed; None: no team."""

    before: int | None = None
    after: int | None = None


class PriorityChanged(ConversationEvent, tag="priority_changed", frozen=True, kw_only=True):
    """Priority changed."""

    before: str
    after: str


class SubjectChanged(ConversationEvent, tag="subject_changed", frozen=True, kw_only=True):
    """The subject was changed by a person."""


class CampaignChanged(ConversationEvent, tag="campaign_changed", frozen=True, kw_only=True):
    """It belongs to a campaign from now on; None: to none. It follows from its post or a hashtag."""

    before: int | None = None
    after: int | None = None


class TagAdded(ConversationEvent, tag="tag_added", frozen=True, kw_only=True):
    """A tag was put on."""

    tag_id: int


class TagRemoved(ConversationEvent, tag="tag_removed", frozen=True, kw_only=True):
    """A tag was taken off."""

    tag_id: int


class ConversationsMerged(ConversationEvent, tag="conversations_merged", frozen=True, kw_only=True):
    """This conversation's threads moved into another, with their waits."""

    into_id: int
    thread_ids: tuple[int, ...]
    note_ids: tuple[int, ...] = ()


class ConversationsUnmerged(ConversationEvent, tag="conversations_unmerged", frozen=True, kw_only=True):
    """The threads that are still there moved back."""

    from_id: int
    thread_ids: tuple[int, ...]


class ThreadBound(ConversationEvent, tag="thread_bound", frozen=True, kw_only=True):
    """A thread joined a conversation after its first one: a private reply, a forwarded mail's side thread. `from_id`:
    the conversation it left with its items and waits; None where it is new, or leaves those behind.
    """

    thread_id: int
    from_id: int | None = None


class ThreadsLeft(ConversationEvent, tag="threads_left", frozen=True, kw_only=True):
    """Threads went from this conversation to another: a merge was taken apart, or a private thread went to the comment
    it belongs to.
    """

    to_id: int
    thread_ids: tuple[int, ...]


class ThreadMigrated(ConversationEvent, tag="thread_migrated", frozen=True, kw_only=True):
    """The network gave the thread another id."""

    thread_id: int


class ThreadClosed(ConversationEvent, tag="thread_closed", frozen=True, kw_only=True):
    """Nothing more can be said in this thread."""

    thread_id: int
    reason: str = ""


# --- items


class MessageReceived(ConversationEvent, tag="message_received", frozen=True, kw_only=True):
    """A customer's item, or one of ours written in the network's own app (actor `outside`)."""

    message_id: int
    thread_id: int
    kind: str
    mark: str = "live"
    occurred_at: int
    identity_id: int | None = None


class MessageSent(ConversationEvent, tag="message_sent", frozen=True, kw_only=True):
    """A person, token or rule let an answer go, or will when its hold ends (`held`)."""

    message_id: int
    thread_id: int
    state: str
    answers: tuple[int, ...] = ()
    """Waits that end when the network accepts it."""


class NoteWritten(ConversationEvent, tag="note_written", frozen=True, kw_only=True):
    """A note, only for colleagues."""

    message_id: int
    mentions: tuple[int, ...] = ()


class MessageEdited(ConversationEvent, tag="message_edited", frozen=True, kw_only=True):
    """An item has a new version."""

    message_id: int
    version: int
    by: Literal["author", "us"] = "author"


class MessageDeleted(ConversationEvent, tag="message_deleted", frozen=True, kw_only=True):
    """An item is gone at the network. `erased`: its words are blanked here too."""

    message_id: int
    by: str = "author"
    erased: bool = False


class MessageHidden(ConversationEvent, tag="message_hidden", frozen=True, kw_only=True):
    """A public item is hidden from others."""

    message_id: int


class MessageShown(ConversationEvent, tag="message_shown", frozen=True, kw_only=True):
    """A hidden item is visible again."""

    message_id: int


class ReactionsChanged(ConversationEvent, tag="reactions_changed", frozen=True, kw_only=True):
    """The reactions on an item changed."""

    message_id: int


class DeliveryChanged(ConversationEvent, tag="delivery_changed", frozen=True, kw_only=True):
    """What became of something we sent: every state after the first one."""

    message_id: int
    before: str
    state: str
    part: int | None = None


class ActionRefused(ConversationEvent, tag="action_refused", frozen=True, kw_only=True):
    """The network refused something we wanted done to an item (hide, react, edit, delete)."""

    message_id: int
    action: str
    reason: str = ""


class MessageJoined(ConversationEvent, tag="message_joined", frozen=True, kw_only=True):
    """An item that came before the network's answer (`absorbed_id`) turned out to be the echo of one we sent
    (`message_id`): the two are one, and the first is gone.
    """

    message_id: int
    absorbed_id: int


class AttachmentReady(ConversationEvent, tag="attachment_ready", frozen=True, kw_only=True):
    """An attachment was fetched, or is known to be unobtainable (`state`)."""

    message_id: int
    media_id: int
    state: str


# --- people


class ContactChanged(Event, tag="contact_changed", frozen=True, kw_only=True):
    """A contact was created or changed."""

    contact_id: int
    conversation_id: int | None = None


class IdentityChanged(Event, tag="identity_changed", frozen=True, kw_only=True):
    """A profile changed, or a person blocked or unblocked us."""

    identity_id: int
    contact_id: int
    reachable: bool | None = None
    conversation_id: int | None = None


class IdentitiesLinked(Event, tag="identities_linked", frozen=True, kw_only=True):
    """Two identities are one person now."""

    contact_id: int
    from_contact_id: int
    identity_ids: tuple[int, ...]
    reason: str


class ContactsMerged(Event, tag="contacts_merged", frozen=True, kw_only=True):
    """A person merged two contacts; the identities listed moved."""

    contact_id: int
    into_id: int
    identity_ids: tuple[int, ...]


class ContactsUnmerged(Event, tag="contacts_unmerged", frozen=True, kw_only=True):
    """Exactly those identities moved back."""

    contact_id: int
    from_id: int
    identity_ids: tuple[int, ...]


class ContentErased(Event, tag="content_erased", frozen=True, kw_only=True):
    """Words, names and files were blanked. Positions, times and metrics stay."""

    contact_id: int | None = None
    message_ids: tuple[int, ...] = ()
    conversation_id: int | None = None
    reason: str


# --- posts


class PostChanged(Event, tag="post_changed", frozen=True, kw_only=True):
    """One of our own posts is new, or its words, picture or campaign changed."""

    post_id: int


# --- the workspace


class SettingChanged(Event, tag="setting_changed", frozen=True, kw_only=True):
    """An agent, team, tag, view, channel, canned answer, campaign, calendar or policy was made, changed or removed."""

    object: Literal[
        "agent",
        "team",
        "tag",
        "view",
        "channel",
        "canned",
        "workspace",
        "token",
        "app",
        "connection",
        "campaign",
        "webhook",
        "calendar",
        "policy",
        "rule",
        "chain",
        "macro",
        "notice",
        "desk_rules",
        "routing",
        "house",
        "reading",
        "custom_field",
        "company",
        "context_link",
        "report_mail",
        "survey",
        "checklist",
    ]
    id: int
    removed: bool = False


class ChannelHealthChanged(Event, tag="channel_health_changed", frozen=True, kw_only=True):
    """A channel went down, needs attention, or is well again."""

    channel_id: int
    health: Literal["ok", "connecting", "down", "needs_attention"]
    reason: str = ""
    code: HealthCode = ""
    """Of the reason, for who words it himself."""


class AttentionRaised(Event, tag="attention_raised", frozen=True, kw_only=True):
    """Something an admin should see to: `quarantine`, `backlog`, `disk`, `token_ending`, `channel`, `webhook`,
    `report_mail`.
    """

    topic: str
    ref: int | None = None
    detail: str = ""


class AttentionEnded(Event, tag="attention_ended", frozen=True, kw_only=True):
    """It is mended."""

    topic: str
    ref: int | None = None


class DeliveryQuarantined(Event, tag="delivery_quarantined", frozen=True, kw_only=True):
    """Something a network sent could not be understood; it is kept and can be replayed."""

    raw_id: int
    channel_id: int


class SessionRevoked(Event, tag="session_revoked", frozen=True, kw_only=True):
    """An agent's sessions (or one of them) are over: their sockets close."""

    agent_id: int
    session_id: int | None = None


class Notified(Event, tag="notified", frozen=True, kw_only=True):
    """An agent has a new notification (private to him)."""

    agent_id: int
    notification_id: int
    again: bool = False
    """It stands already and became more: what it says is new, nobody is called once more."""


AnyEvent = (
    ConversationStarted
    | ConversationReopened
    | ConversationClosed
    | ConversationSnoozed
    | ConversationWoken
    | SpamMarked
    | SpamCleared
    | AssigneeChanged
    | TeamChanged
    | PriorityChanged
    | SubjectChanged
    | CampaignChanged
    | TagAdded
    | TagRemoved
    | Escalated
    | EscalationStepped
    | EscalationAcknowledged
    | EscalationEnded
    | ConversationsMerged
    | ConversationsUnmerged
    | ThreadBound
    | ThreadsLeft
    | ThreadMigrated
    | ThreadClosed
    | MessageReceived
    | MessageSent
    | NoteWritten
    | MessageEdited
    | MessageDeleted
    | MessageHidden
    | MessageShown
    | ReactionsChanged
    | DeliveryChanged
    | ActionRefused
    | MessageJoined
    | ReadingCorrected
    | AttachmentReady
    | ApprovalAsked
    | ApprovalEnded
    | ConversationLinked
    | ConversationUnlinked
    | WaitOpened
    | WaitAnswered
    | WaitAcknowledged
    | WaitDismissed
    | WaitVoided
    | WaitReopened
    | TargetChanged
    | TargetWarned
    | TargetBreached
    | BreachWithdrawn
    | RuleRan
    | RuleRunUndone
    | RuleCalled
    | AppealDecided
    | SurgeBegan
    | SurgeEnded
    | SurveySent
    | SurveyAnswered
    | ContactChanged
    | FieldsChanged
    | ConsentChanged
    | ContactsToldApart
    | IdentityChanged
    | IdentitiesLinked
    | ContactsMerged
    | ContactsUnmerged
    | ContentErased
    | PostChanged
    | SettingChanged
    | ChannelHealthChanged
    | AttentionRaised
    | AttentionEnded
    | DeliveryQuarantined
    | SessionRevoked
    | Notified
    | AvailabilityChanged
    | WorkReviewed
    | WorkReviewAnswered
)

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(AnyEvent).decode


class Logged(msgspec.Struct, frozen=True):
    """An event in the log. `before` equals `audience` unless it moved the conversation out of somebody's sight."""

    position: int
    at: int
    actor: Actor
    event: AnyEvent
    audience: Audience
    before: Audience


def name_of(event: Event) -> str:
    """The event's name in the log."""
    tag = event.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def conversation_of(event: Event) -> int | None:
    """Id of the conversation an event concerns; None where it concerns none."""
    return getattr(event, "conversation_id", None)
