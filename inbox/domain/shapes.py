"""What the outside sees of our records: rows, messages, settings objects. API, live frames, feed and exports all use
these.

Ids are decimal strings, times RFC 3339 text, as docs/api.md promises. Nothing is decided here.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from inbox.domain.channel_health import HealthCode
from inbox.domain.reading.result import Sentiment, Urgency
from inbox.domain.reading_shapes import ReadingShape

Status = Literal["open", "snoozed", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
DeliveryState = Literal[
    "held",
    "queued",
    "sending",
    "pending",
    "accepted",
    "delivered",
    "read",
    "refused",
    "expired",
    "unknown",
    "cancelled",
]
Direction = Literal["in", "out", "note"]
Role = Literal["agent", "supervisor", "admin", "observer"]


class Shape(msgspec.Struct, kw_only=True):
    """A record as it stands on the wire: every field is always there, null where it has no value."""


class ContactRef(Shape, kw_only=True):
    """The person a row is about. `vip`: his field of that name says so."""

    id: str
    name: str
    avatar_url: str | None
    blocked: bool = False
    vip: bool = False


class PostShape(Shape, kw_only=True):
    """Our own content that a thread hangs on."""

    id: str
    external_id: str
    text: str
    url: str | None
    image_url: str | None
    is_ad: bool
    posted_at: str | None


class PostCounts(Shape, kw_only=True):
    """Customers' comments under a post that are there (`total`) and hidden of them; who waits; waits answered, and
    those that ended at once because nothing was asked (`no_question`).
    """

    total: int
    waiting: int
    answered: int
    hidden: int
    no_question: int


class PostDetail(PostShape, kw_only=True):
    """One of our own posts or ads, with what was written under it. `waiting_since`: the oldest wait."""

    channel_id: str
    network: str
    campaign_id: str | None
    created_at: str
    counts: PostCounts
    waiting_since: str | None


class CampaignShape(Shape, kw_only=True):
    """A named set of posts, hashtags and dates with an owner and a goal. Conversations under its posts, and those that
    begin with one of its hashtags while it runs, belong to it; new ones go to its team, where it has one.
    """

    id: str
    name: str
    owner_id: str | None
    goal: str
    starts_at: str | None
    ends_at: str | None
    hashtags: list[str]
    post_ids: list[str]
    created_at: str
    version: int
    team_id: str | None = None


class ThreadShape(Shape, kw_only=True):
    """One of the network's own threads inside a conversation."""

    id: str
    channel_id: str
    network: str
    kind: str
    audience: str
    external_id: str
    title: str
    post: PostShape | None
    window_closes_at: str | None
    closed: bool
    recipients: dict[str, list[str]]
    """Mail: to, cc and reply_to of the newest item, from which reply-all is offered; empty elsewhere."""


class EscalationShape(Shape, kw_only=True):
    """An escalation that has not ended. `cause`: what escalated it, empty for a person. `chain_id`: the chain that asks
    in turn, at `level` now (0: before its first step), and next at `next_at`; null: it is through, or was stopped.
    """

    reason: str
    by_id: str | None
    to_agent_id: str | None
    to_team_id: str | None
    at: str
    acknowledged_at: str | None
    cause: Literal["", "rule", "target_warned", "target_breached"] = ""
    chain_id: str | None = None
    level: int = 0
    next_at: str | None = None


class ConversationShape(Shape, kw_only=True):
    """A conversation: list row and head of the open conversation alike. `as_of` is the position it is true at."""

    id: str
    number: int
    status: Status
    priority: Priority
    subject: str
    contact: ContactRef
    participants_count: int
    assignee_id: str | None
    team_id: str | None
    tags: list[str]
    channel_id: str
    network: str
    kind: str
    audience: str
    language: str | None
    rating: int | None
    sentiment: Sentiment = "neutral"
    urgency: Urgency = "normal"
    """How its newest customer's item reads."""
    preview: str
    preview_direction: Direction
    message_count: int
    unread: bool
    """Per agent: always false in a shared frame, computed from `mine` in the client."""
    waiting_since: str | None
    deadline_at: str | None
    window_closes_at: str | None
    last_activity_at: str
    created_at: str
    snoozed_until: str | None
    snooze_until_reply: bool
    spam: bool
    failed: Literal["refused", "unknown"] | None
    """The newest answer did not arrive, or nobody knows."""
    escalation: EscalationShape | None
    origin: dict[str, Any] | None
    campaign_id: str | None
    external_refs: dict[str, str]
    linked_from: str | None
    """The earlier conversation of the same thread."""
    merged_into: str | None
    threads: list[ThreadShape]
    fields: dict[str, str] = {}
    """The house's own."""
    as_of: int


class MessageAuthor(Shape, kw_only=True):
    """Who wrote or did it. `outside`: someone of ours in the network's own app."""

    kind: Literal["contact", "agent", "token", "rule", "outside", "system"]
    id: str | None
    name: str


class AttachmentShape(Shape, kw_only=True):
    """A file of a message. `url` is signed and cookieless; null while it is being fetched or when that failed
    (`state`).
    """

    id: str
    kind: str
    name: str
    mime: str
    size_bytes: int | None
    url: str | None
    state: Literal["ready", "pending", "failed", "too_large", "none"]
    title: str
    meta: dict[str, str]
    inline: bool


class DeliveryShape(Shape, kw_only=True):
    """What became of something we sent. `reason` is words for the agent; `until` ends the undo window or is the next
    attempt.
    """

    state: DeliveryState
    reason: str
    at: str
    until: str | None
    parts: int
    refused_recipients: dict[str, str]


class ReactionShape(Shape, kw_only=True):
    """A reaction and who set it. `mine`: set by us."""

    emoji: str
    name: str
    mine: bool


class ModerationShape(Shape, kw_only=True):
    """What was last done to an item of a customer, by whom and why. `emoji`: of a reaction. `revertible`: one step
    back, by the action `revert`, is possible.
    """

    action: Literal["hide", "unhide", "delete", "react", "unreact", "ban"]
    reason: str
    by: MessageAuthor
    at: str
    emoji: str
    revertible: bool


class OptionShape(Shape, kw_only=True):
    """Something that a message lets the customer pick; `url` is opened by it, and empty where it answers."""

    title: str
    description: str = ""
    url: str = ""


class OptionsShape(Shape, kw_only=True):
    """What a message of ours lets the customer pick. `title`: of the button that opens a list of them; `location`: he
    was asked where he is.
    """

    title: str
    location: bool
    items: list[OptionShape]


class OptionsRuleShape(Shape, kw_only=True):
    """How options can be given: `count` of them, each with a title. A limit that is null: there is no such thing.
    `text_limit` counts as the capability's `text_unit` does, the others count characters.
    `longer`: how more of them, or such with descriptions, are shown; `links`: how those of which one opens an address.
    """

    count: int
    title_limit: int
    text_limit: int
    description_limit: int | None
    button_limit: int | None
    location: bool
    longer: OptionsRuleShape | None
    links: OptionsRuleShape | None


class MessageShape(Shape, kw_only=True):
    """An item of the timeline: a message, comment, review, mention or note. `audience` says who sees it at the
    network: `internal` for a note; a private reply to a comment is `private`.
    """

    id: str
    conversation_id: str
    thread_id: str | None
    kind: str
    audience: Literal["public", "private", "internal"]
    direction: Direction
    author: MessageAuthor
    text: str
    html: str | None
    quoted_html: str | None
    title: str
    attachments: list[AttachmentShape]
    in_reply_to: str | None
    external_id: str
    rating: int | None
    version: int
    edited_at: str | None
    deleted_at: str | None
    erased: bool
    hidden_at: str | None
    automatic: str
    mark: Literal["live", "late", "history"]
    mentions: list[str]
    recipients: dict[str, list[str]]
    occurred_at: str
    received_at: str
    position: int
    delivery: DeliveryShape | None
    reactions: list[ReactionShape]
    moderation: ModerationShape | None
    language: str | None = None
    reading: ReadingShape | None = None
    """Null for what is not a customer's."""
    as_of: int
    options: OptionsShape | None = None


class VersionShape(Shape, kw_only=True):
    """One version of an item's words."""

    version: int
    text: str
    html: str | None
    title: str
    rating: int | None
    at: str


class EventShape(Shape, kw_only=True):
    """Something that happened, as a line of the timeline and of the feed. `data` holds ids and words, never content of
    messages.
    """

    position: int
    type: str
    at: str
    conversation_id: str | None
    actor: MessageAuthor
    data: dict[str, Any]


class IdentityShape(Shape, kw_only=True):
    """A contact's account on a network."""

    id: str
    network: str
    external_id: str
    name: str
    username: str
    avatar_url: str | None
    verified: bool | None
    reachable: bool
    profile: dict[str, str]
    last_seen_at: str | None


class ContactShape(Shape, kw_only=True):
    """A person outside. `version` is the ETag."""

    id: str
    name: str
    avatar_url: str | None
    email: str | None
    phone: str | None
    company: str
    language: str | None
    note: str
    fields: dict[str, str]
    refs: dict[str, str]
    blocked: bool
    identities: list[IdentityShape]
    merged_into: str | None
    created_at: str
    version: int
    company_id: str | None = None
    """`company` is its name then."""


class AgentShape(Shape, kw_only=True):
    """Someone who signs in. `channel_ids` null: all channels."""

    id: str
    name: str
    email: str
    role: Role
    team_ids: list[str]
    channel_ids: list[str] | None
    active: bool
    avatar_url: str | None
    locale: str | None
    capacity: int = 0
    """How much he takes at once, as the weights of conversations count it."""
    languages: dict[str, int] = {}
    """Language → level 1 to 3."""
    skills: list[str] = []


class TeamShape(Shape, kw_only=True):
    """Agents who share work."""

    id: str
    name: str
    agent_ids: list[str]


class TagShape(Shape, kw_only=True):
    """A label for conversations. `colour` is one of eight names of the palette."""

    id: str
    name: str
    colour: str


class ViewShape(Shape, kw_only=True):
    """A list of conversations: a fixed view (`key`), or a saved filter. `filter` holds the query parameters of GET
    conversations.
    """

    key: str
    name: str
    filter: dict[str, str]
    sort: Literal["waiting", "activity", "deadline"]
    scope: Literal["fixed", "mine", "team", "all"]
    group: Literal["main", "kinds", "channels", "teams", "saved"]
    count: int | None
    late: int
    version: int
    team_id: str | None = None
    """Of a saved one with the scope `team`: which."""


class CapabilityShape(Shape, kw_only=True):
    """What an agent can do in one kind of thread of a channel: read by the composer."""

    audience: str
    text_limit: int
    text_unit: str
    private_text_limit: int | None
    """Of a private reply, where the network has another limit for it than for `text`; None where it has not."""
    private_text_unit: str | None
    private_reply_seconds: int | None
    """How long after an item one private reply to it is taken; None where there is no such rule."""
    attachments: list[dict[str, Any]]
    actions: list[str]
    window_seconds: int | None
    edit_seconds: int | None
    delete_seconds: int | None
    html: bool
    recipients: bool
    starts: bool
    options: OptionsRuleShape | None = None


class ChannelShape(Shape, kw_only=True):
    """A connected page, number, mailbox or listing, without its secrets."""

    id: str
    network: str
    network_name: str
    mark: str
    colour: str
    name: str
    brand: str
    location: str
    asset_id: str
    active: bool
    sandbox: bool
    health: Literal["ok", "connecting", "down", "needs_attention"]
    health_reason: str
    """In English; the network's own words where it gave any."""
    health_code: HealthCode
    """The same for programs and languages of their own."""
    caught_up_at: str | None
    live_since: str
    webhook_url: str
    settings: dict[str, str]
    capabilities: dict[str, CapabilityShape]
    reactions_out: list[str]
    connection_id: str | None
    version: int


class MadeChannelShape(ChannelShape, kw_only=True):
    """A channel just connected. `secrets`: what its set-up made and the other side has to know, told this once."""

    secrets: dict[str, str]


class TrafficShape(Shape, kw_only=True):
    """What goes through a channel."""

    last_activity_at: str | None
    """When anything was said there last, either way."""
    waiting: int
    """Parts of answers that are not sent yet."""
    oldest_waiting_at: str | None
    used_percent: int | None
    """Of the allowance that is nearest to its end: 100 is all of it. Null: the network says nothing of it."""
    used_at: str | None
    """When the network said so."""


class DraftShape(Shape, kw_only=True):
    """Words not sent yet. `mode` is reply or note; one per agent, conversation and mode."""

    conversation_id: str
    mode: Literal["reply", "note"]
    thread_id: str | None
    """None of a reply: a private answer to somebody who wrote in public; its thread begins when it goes."""
    text: str
    version: int
    at: str
    shared: bool
    """Colleagues see it, and may go on with it."""
    in_reply_to: str | None = None
    """The item it answers: its author is who a private answer goes to."""


class PresenceShape(Shape, kw_only=True):
    """Who looks at a conversation and how. `until` is when it ends unless renewed. `claimed`: he has it while he
    writes; another's answer asks once more.
    """

    agent_id: str
    conversation_id: str
    state: Literal["reading", "writing", "noting"]
    until: str
    claimed: bool = False
