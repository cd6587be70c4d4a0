"""The rows of the model, one class per table; the order of the fields is the order of the columns
(tests/inbox/storage/test_tables.py).

They are mutable and cheap on purpose: a batch loads them, `apply` changes them, the writer saves those that changed.
Flags are 0 or 1 and small structures are JSON text, as both engines store them. Times are µs. Nothing outside `domain`
and `eventlog` changes a record.
"""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, kw_only=False):
    """A row."""


class Conversation(Record):
    """Our unit of work: one or more threads, one owner, one status."""

    id: int
    number: int
    status: str
    priority: str
    subject: str
    contact_id: int
    channel_id: int
    network: str
    kind: str
    audience: str
    language: str | None
    rating: int | None
    assignee_id: int | None
    team_id: int | None
    tags: str
    """Ids joined by commas, ascending; `conversation_tag` repeats them for filters."""
    preview: str
    preview_direction: str
    message_count: int
    participants_count: int
    waiting_since: int | None
    """Start of the oldest open wait."""
    deadline_at: int | None
    window_closes_at: int | None
    last_activity_at: int
    created_at: int
    opened_at: int
    closed_at: int | None
    episode: int
    snoozed_until: int | None
    snooze_until_reply: int
    spam: int
    failed: str
    """`refused` or `unknown` while the newest answer did not arrive; empty otherwise."""
    escalation: str
    """JSON of the escalation that has not ended; empty without one."""
    origin: str
    campaign_id: int | None
    external_refs: str
    linked_from: int | None
    merged_into: int | None
    as_of: int
    responded: int = 0
    """Somebody of ours has answered in it: what waits from now on is no first response."""
    resolution: str = ""
    """JSON of the resolution target that runs (`domain.resolution.Running`); empty without one."""
    sentiment: str = "neutral"
    """How its newest customer's item reads."""
    urgency: str = "normal"
    fields: str = ""
    """JSON of the house's own fields; empty without any. `conversation_field` repeats them for filters."""


class Thread(Record):
    """The network's own grouping; belongs to one conversation at a time."""

    id: int
    channel_id: int
    external_id: str
    network: str
    kind: str
    audience: str
    conversation_id: int
    identity_id: int | None
    post_id: int | None
    title: str
    address: str
    window_closes_at: int | None
    last_in_at: int | None
    last_in_id: int | None
    """The newest customer item: what an answer answers unless the agent says otherwise."""
    closed: int
    recipients: str
    delivered_up_to: int | None
    """Watermark receipts: what we send later with an older time counts as delivered, or read, at once."""
    read_up_to: int | None
    created_at: int
    chat_seq: int = 0
    """Chats: how many changes its visitor was to be shown. His own count: he never learns workspace positions."""
    survey_ask_id: int | None = None
    """The survey put here last, until the customer writes something that is no answer to it."""


class Message(Record):
    """An item of the timeline without its words (`Content`)."""

    id: int
    conversation_id: int
    """0 while there is none: what we said in public before any customer did."""
    thread_id: int | None
    channel_id: int
    external_id: str | None
    kind: str
    direction: str
    author_kind: str
    author_id: int | None
    identity_id: int | None
    """In: who wrote it. Out: whom it answers."""
    in_reply_to: int | None
    rating: int | None
    version: int
    edited_at: int | None
    deleted_at: int | None
    erased: int
    hidden_at: int | None
    automatic: str
    mark: str
    needs_answer: int
    occurred_at: int
    received_at: int
    position: int
    as_of: int
    delivery_state: str
    """Empty for what came in and for notes."""
    delivery_reason: str
    delivery_at: int | None
    delivery_until: int | None
    parts: int
    refused_recipients: str
    released_at: int | None
    """When a person let it go (end of the desk clock); None while held."""
    accepted_at: int | None
    ends_wait: int
    client_key: str | None
    reactions: str
    chat_seq: int | None = None
    """Chats: its place in what the visitor sees; None while he does not see it."""
    chat_change: int | None = None
    """Chats: the thread's count at its newest change."""
    moderation: str = ""
    """JSON of what was last done to it (`domain.moderating`); empty for nothing."""
    language: str | None = None
    sentiment: str = "neutral"
    urgency: str = "normal"
    reading: str = ""
    """Why it reads so (`reading.result.stored`); empty where there is nothing to say."""


class Content(Record):
    """One version of an item's words. Blanked by erasure; never in the log."""

    message_id: int
    version: int
    text: str
    html: str | None
    quoted_html: str | None
    title: str
    rating: int | None
    attachments: str
    mentions: str
    recipients: str
    at: int
    options: str = ""


class Identity(Record):
    """A contact's account on a network."""

    id: int
    contact_id: int
    network: str
    scope: str
    external_id: str
    name: str
    username: str
    avatar_url: str | None
    verified: int | None
    reachable: int
    language: str | None
    profile: str
    last_seen_at: int
    created_at: int


class Contact(Record):
    """A person outside."""

    id: int
    name: str
    avatar_url: str | None
    email: str | None
    phone: str | None
    company: str
    language: str | None
    note: str
    fields: str
    blocked: int
    merged_into: int | None
    created_at: int
    version: int
    company_id: int | None = None
    """`company` is its name then."""


class Post(Record):
    """Our own content that comments hang on."""

    id: int
    channel_id: int
    external_id: str
    text: str
    url: str | None
    image_url: str | None
    is_ad: int
    campaign_id: int | None
    posted_at: int | None
    created_at: int
    words: str = ""
    """The text folded for search."""
    comment_count: int = 0
    """Customers' comments that are there: deleted ones are not counted, hidden ones are. What waits is counted from the
    open waits, by index.
    """
    hidden_count: int = 0
    answered_count: int = 0
    """Waits that ended answered."""
    unasked_count: int = 0
    """Waits that were dismissed at once because nothing was asked (`no_question`)."""


class Wait(Record):
    """Someone waits for an answer. docs/metrics.md says when it opens and ends."""

    id: int
    thread_id: int
    conversation_id: int
    identity_id: int
    """The author who waits, in threads of many authors; 0 elsewhere."""
    opened_at: int
    """Desk clock: when we received the item."""
    customer_opened_at: int
    """Customer clock: when it was written, as far as the network is believed."""
    opened_by: int
    position: int
    ended_at: int | None
    customer_ended_at: int | None
    end: str
    """Empty while open; `answered`, `dismissed` or `voided`."""
    reason: str
    ended_by_kind: str
    ended_by_id: int | None
    answer_id: int | None
    """The answer on its way that will end it when the network accepts; of an answered wait, the answer."""
    next_by: int | None
    """First item that came after that answer was let go: it opens the next wait."""
    next_at: int | None
    next_customer_at: int | None
    acknowledged_at: int | None
    deadline_at: int | None
    breached_at: int | None
    team_id: int | None
    assignee_id: int | None
    reopened: int
    post_id: int | None = None
    """The post its thread hangs on."""
    first: int = 0
    """Nobody had answered in its conversation when it opened."""
    policy_id: int | None = None
    """The SLA policy that set its deadline."""
    target: str = ""
    """JSON of the target (`events.Target`); empty without one."""
    warned_at: int | None = None


class Episode(Record):
    """One stretch of a conversation from open to closed."""

    conversation_id: int
    number: int
    opened_at: int
    closed_at: int | None
    closed_by_kind: str
    closed_by_id: int | None
    policy_id: int | None = None
    """The SLA policy that promised its resolution."""
    target: str = ""
    """JSON of that target as it was last (`events.Target`)."""
    deadline_at: int | None = None
    """None too while its clock stands still."""
    breached_at: int | None = None


ASIDE = 9_000_000_000_000_000
"""`next_at` of a part that somebody else settles than who holds its channel: it is never its turn."""


class OutboxPart(Record):
    """One part of an action on its way to a network."""

    id: int
    message_id: int
    channel_id: int
    thread_id: int
    purpose: str
    """`message`: the parts make up the message; `action`: something done to it (hide, react, edit, delete)."""
    part_index: int
    of: int
    key: str
    part: str
    """The `connectors.outbound.Part` as JSON; blanked when it is done."""
    state: str
    """`waiting`, `held`, `sending`, `pending`, `accepted`, `refused`, `unknown`, `cancelled`."""
    attempts: int
    next_at: int | None
    fence: int
    """Fence of the lease under which the newest attempt began."""
    effect_at: int | None
    """When the effect request of the newest attempt left; None while none has."""
    external_id: str | None
    token: str
    error_kind: str
    reason: str
    actor_kind: str
    actor_id: int | None
    created_at: int
    ended_at: int | None
    note: str = ""
    """Why a person asks for this action."""


class Timer(Record):
    """Something due: written with the event that starts the clock, removed with the one that ends it."""

    kind: str
    ref: int
    due_at: int
    generation: int


class Orphan(Record):
    """An edit, deletion, reaction or receipt for an item we do not have yet."""

    id: int
    channel_id: int
    external_id: str
    inbound: bytes
    """JSON of the `domain.state.Prepared`."""
    received_at: int


class Media(Record):
    """The bytes behind an attachment: fetched after the commit, stored by content hash."""

    id: int
    message_id: int
    channel_id: int
    state: str
    """`pending`, `ready`, `failed`, `too_large`, `none` (nothing to fetch), `upload` (not used in a message yet)."""
    sha256: str | None
    mime: str
    name: str
    size_bytes: int | None
    source: str
    """JSON of the inbound Attachment to fetch; empty once it is here."""
    attempts: int
    reason: str
    created_at: int


class Job(Record):
    """Work that follows an event and may be repeated: fetches, profile look-ups, mails, webhooks. `key` makes it
    unique.
    """

    id: int
    key: str
    kind: str
    channel_id: int | None
    payload: bytes
    due_at: int
    attempts: int
    lease_until: int | None
    reason: str
    created_at: int


class Raw(Record):
    """What a network sent, as it came."""

    id: int
    channel_id: int
    received_at: int
    state: str
    """`done`, `quarantined`, `replayed`, `not_connected`."""
    problem: str
    headers: str
    body: bytes


class App(Record):
    """A developer app at a network: live secrets, verify token; may serve many channels."""

    id: int
    network: str
    name: str
    settings: str
    sealed: str
    created_at: int
    version: int


class Connection(Record):
    """One authorised account at a network or mail provider."""

    id: int
    network: str
    name: str
    sealed: str
    expires_at: int | None
    health: str
    health_reason: str
    created_at: int
    version: int
    app_id: int | None = None
    """The developer app that was signed in to; None where the network has none."""


class Channel(Record):
    """One connected page, number, mailbox or listing."""

    id: int
    network: str
    name: str
    brand: str
    location: str
    asset_id: str
    connection_id: int | None
    app_id: int | None
    team_id: int | None
    settings: str
    """JSON of the manifest's fields that are not secret."""
    sealed: str
    """The secret fields, encrypted; empty without any."""
    active: int
    sandbox: int
    health: str
    health_reason: str
    """`domain.channel_health`: a code and the English of it."""
    live_since: int
    caught_up_at: int | None
    reopen_seconds: int
    created_at: int
    version: int
    expires_at: int | None = None
    """When its own credentials end; None: they do not, or a connection has them."""


class Campaign(Record):
    """A named set of posts, ads, hashtags and dates with an owner and a goal."""

    id: int
    name: str
    owner_id: int | None
    goal: str
    starts_at: int | None
    ends_at: int | None
    hashtags: str
    """JSON list, folded, without the sign."""
    created_at: int
    version: int
    team_id: int | None = None
    """New conversations of it go to this team."""


class Agent(Record):
    """Anyone who signs in."""

    id: int
    email: str
    name: str
    role: str
    password_hash: str
    totp_sealed: str
    totp_step: int
    """The last time step a code was used in: no code works twice."""
    recovery_digests: str
    active: int
    channel_ids: str | None
    """JSON list of channels in scope; None: all."""
    locale: str | None
    preferences: str
    sandbox: int
    created_at: int
    version: int


class Team(Record):
    """Agents who share work."""

    id: int
    name: str
    created_at: int
    version: int


class Tag(Record):
    """A label for conversations."""

    id: int
    name: str
    colour: str
    created_at: int


class View(Record):
    """A saved filter."""

    id: int
    name: str
    scope: str
    owner_id: int | None
    team_id: int | None
    filter: str
    sort: str
    created_at: int
    version: int


class Canned(Record):
    """A prepared answer."""

    id: int
    shortcut: str
    name: str
    text: str
    language: str | None
    ends_wait: int
    created_at: int
    version: int
    variants: str = ""
    """JSON list of `domain.canned.Variant`; empty without any."""


class Notification(Record):
    """Something one agent should know."""

    id: int
    agent_id: int
    kind: str
    conversation_id: int | None
    message_id: int | None
    detail: str
    at: int
    """When it was told, or last became more."""
    read_at: int | None
    count: int = 1
    """How many of the kind it stands for."""
    seen_at: int | None = None
    """When it was on a screen that somebody looks at: it is not pushed to other devices any more."""
    data: str = ""
    """JSON of what its line says beside its words; empty for nothing."""


class Draft(Record):
    """Words of an agent that are not sent yet: one per agent, conversation and mode."""

    agent_id: int
    conversation_id: int
    mode: str
    thread_id: int | None
    text: str
    version: int
    at: int
    shared: int = 0
    """Colleagues may see it and go on with it."""
    in_reply_to: int | None = None
    """The item it answers: its author is who a private answer goes to. It may be gone since."""
