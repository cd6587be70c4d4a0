"""What a batch has loaded, and what it changes: the state that `decide` reads and only `apply` alters.

The writer fills a State from the database by the keys its units need, lets the units decide in order, and saves what
became new or dirty. So the second item of a batch sees the first, and everything is decided under the workspace lock on
what is true now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from connectors.inbound import AnyInbound
from inbox.domain.campaigns import CampaignFacts
from inbox.domain.events import (
    EVERYONE,
    SYSTEM,
    Actor,
    AnyEvent,
    Audience,
    Logged,
    conversation_of,
)
from inbox.domain.reading.result import PLAIN, Reading
from inbox.domain.records import (
    Contact,
    Content,
    Conversation,
    Episode,
    Identity,
    Job,
    Media,
    Message,
    Notification,
    Orphan,
    OutboxPart,
    Post,
    Raw,
    Record,
    Thread,
    Timer,
    Wait,
)
from inbox.domain.sla import NO_TERMS, Terms
from inbox.domain.survey_records import SurveyAsk

R = TypeVar("R", bound=Record)
Key = tuple[int, str]
"""(channel id, external id)."""
Who = tuple[str, str, str]
"""An identity: (network, scope, external id)."""


class ChannelFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What decisions need to know of a channel and its network."""

    id: int
    network: str
    identity_scope: str
    """The scope string identities of this channel have: empty for the whole network, else the asset."""
    item_scope: bool
    """One identity per item (reviews): never merged by name or account."""
    erases_unsent: bool
    live_since: int
    reopen_seconds: int
    team_id: int | None
    sandbox: bool
    window_seconds: dict[str, int]
    """Thread kind → reply window, where the network has one."""
    campaigns: tuple[CampaignFacts, ...] = ()
    """Those that have hashtags."""
    campaign_teams: dict[int, int] = {}
    """Campaign → the team that its new conversations go to, where it names one."""
    reopens: dict[int, str] = {}
    """Team (0: none) → `routing.TeamTerms.reopen`, where it is not `same`."""


class Workspace(msgspec.Struct):
    """The locked row: the source of positions, ids and conversation numbers."""

    position: int
    last_id: int
    last_number: int
    epoch: int


class Needs:
    """Keys of what the units of a batch want loaded."""

    __slots__ = (
        "aliases",
        "answered_by",
        "answering",
        "authors",
        "authors_of",
        "client_keys",
        "contacts",
        "contents",
        "conversations",
        "due",
        "ended_waits",
        "going",
        "identities",
        "items",
        "media",
        "messages",
        "names",
        "newer",
        "outbox",
        "outbox_of",
        "own_pending",
        "own_pending_keys",
        "people",
        "posts",
        "posts_by_id",
        "private",
        "refs",
        "returning",
        "seen",
        "threads",
        "threads_by_id",
        "unanswered",
        "undelivered",
        "waits",
        "watermarks",
        "words",
    )

    def __init__(self) -> None:
        self.items: set[Key] = set()
        """Messages by external id (aliases and orphans too)."""
        self.refs: set[Key] = set()
        """Items that arrive, and those they refer to: none of them changes."""
        self.threads: set[Key] = set()
        self.identities: set[Who] = set()
        self.people: set[Who] = set()
        """Identities whose contact's conversations are all needed: their rows show the name that changes."""
        self.posts: set[Key] = set()
        self.conversations: set[int] = set()
        self.messages: set[int] = set()
        self.threads_by_id: set[int] = set()
        self.contacts: set[int] = set()
        self.client_keys: set[str] = set()
        """Keys of parts: echoes and lookups of what we sent."""
        self.contents: set[int] = set()
        """Messages whose newest words are needed."""
        self.words: set[Key] = set()
        """The same by external id."""
        self.authors: set[tuple[Key, Who]] = set()
        """(thread, identity) of arriving items: whether they took part before, what was dismissed lately."""
        self.aliases: set[tuple[str, str]] = set()
        """(kind, value) of strong names, to find the person they belong to."""
        self.names: dict[Who, set[tuple[str, str]]] = {}
        """Identities that may be known under another of these strong names."""
        self.private: set[tuple[Key, Who]] = set()
        """Direct threads, and with whom: the network may have called the thread by another of his names before."""
        self.going: set[Key] = set()
        """Items that are deleted or hidden: the thread's other unanswered items decide about the wait."""
        self.watermarks: set[Key] = set()
        """Threads, by external id, of watermark receipts."""
        self.own_pending_keys: set[Key] = set()
        """Threads, by external id, into which an item of ours came: it may be the echo of an unsettled one."""
        self.outbox: set[int] = set()
        self.outbox_of: set[int] = set()
        """Messages whose parts are needed."""
        self.answered_by: set[int] = set()
        """Answers whose waits are needed, ended ones too."""
        self.own_pending: set[int] = set()
        """Threads (by id) whose unsettled own items are needed, to match an echo by its words."""
        self.unanswered: set[int] = set()
        """Threads whose unanswered customer items are needed."""
        self.undelivered: set[int] = set()
        """Threads whose accepted items are needed, for watermark receipts."""
        self.seen: set[Key] = set()
        """(channel, dedupe key) of facts that are not told apart by an id of their own: were they taken before."""
        self.newer: dict[int, int] = {}
        """Conversation → position the agent saw: what items were new or changed since, for the collision check."""
        self.answering: dict[int, int | None] = {}
        """Conversation that an answer goes into → position the agent saw (None: all): its newest items up to there, and
        the people in it.
        """
        self.authors_of: set[int] = set()
        """Messages whose authors are needed."""
        self.ended_waits: set[int] = set()
        """Conversations whose dismissed and voided waits are needed, to take that back."""
        self.returning: set[int] = set()
        """Items whose author's dismissed and voided waits are needed: what ended them may be taken back."""
        self.posts_by_id: set[int] = set()
        self.waits: set[int] = set()
        """Waits by id, ended ones too."""
        self.media: set[int] = set()
        """Files that are to be attached."""
        self.due: set[tuple[str, int]] = set()
        """Timers (kind, ref) that may fire."""


class State:
    """Loaded records by id and key, what is new and dirty, and the events decided so far."""

    def __init__(self, workspace: Workspace, now: int, terms: Terms = NO_TERMS) -> None:
        self.workspace = workspace
        self.now = now
        self.terms = terms
        """SLA policies and calendars in force."""
        self.conversations: dict[int, Conversation] = {}
        self.threads: dict[int, Thread] = {}
        self.thread_by_key: dict[Key, Thread] = {}
        self.messages: dict[int, Message] = {}
        self.message_by_key: dict[Key, Message] = {}
        self.message_by_client_key: dict[str, Message] = {}
        self.contents: dict[int, Content] = {}
        """Newest version by message id."""
        self.identities: dict[int, Identity] = {}
        self.identity_by_key: dict[Who, Identity] = {}
        self.contacts: dict[int, Contact] = {}
        self.posts: dict[int, Post] = {}
        self.post_by_key: dict[Key, Post] = {}
        self.waits: dict[int, Wait] = {}
        self.besides: dict[int, tuple[int, int | None]] = {}
        """Conversation of whose open waits only those of arriving authors are loaded → (oldest start, first deadline)
        of all there are. None of those that are left out ends in this batch.
        """
        self.outbox: dict[int, OutboxPart] = {}
        self.media: dict[int, Media] = {}
        self.asks: dict[int, SurveyAsk] = {}
        """Surveys put in threads into which items come."""
        self.notifications: dict[int, Notification] = {}
        """Those that this batch tells agents of."""
        self.orphans: dict[Key, list[Orphan]] = {}
        self.events: list[Logged] = []

        self.new: dict[type[Record], list[Record]] = {}
        self.dirty: dict[type[Record], dict[int, Record]] = {}
        self.stored: dict[type[Record], dict[int, Sequence[Any]]] = {}
        """Rows as they were loaded, by kind and id."""
        self.aliases: list[tuple[int, str, int]] = []
        """New (channel, external id, message id)."""
        self.identity_aliases: list[tuple[str, str, int]] = []
        self.timers: dict[tuple[str, int], Timer | None] = {}
        """Timers set; None: removed."""
        self.episodes: dict[tuple[int, int], Episode] = {}
        self.dropped_orphans: list[int] = []
        self.search: dict[int, str] = {}
        """Message id → folded words to index."""
        self.unsearched: set[int] = set()
        self.tag_changes: dict[tuple[int, int], bool] = {}
        self.blanked: set[int] = set()
        """Messages all of whose versions are blanked."""
        self.followers: set[tuple[int, int]] = set()
        self.links: dict[tuple[int, int], tuple[str, int | None] | None] = {}
        """(conversation, other) → kind of the link made, and by whom; None: unlinked."""
        self.alias_owners: dict[tuple[str, str], set[int]] = {}
        """(kind, value) of a strong alias → identities that have it."""
        self.participants: set[tuple[int, int]] = set()
        """(conversation, identity) pairs that are known; `new_participants` are written."""
        self.new_participants: list[tuple[int, int]] = []
        self.cells_before: dict[int, str | None] = {}
        self.newer: dict[int, list[Logged]] = {}
        """Conversation → events of its items since the position an agent saw, oldest first."""
        self.due: dict[tuple[str, int], Timer] = {}
        """Timers as they are stored."""
        self.seen: set[Key] = set()
        """(channel, dedupe key) of facts taken before; `new_seen` are written."""
        self.new_seen: list[tuple[int, str, int]] = []
        self.recounted: set[int] = set()
        """Posts that a thread with items already came to belong to: they are counted anew."""
        self.raw_identities: list[tuple[int, int]] = []
        """(identity, raw) pairs: whom a raw body names, so that erasure finds it."""
        self.cursors: dict[int, str] = {}
        """Channel → how far its network has been read, committed with what was read."""

    # -- ids

    def next_id(self) -> int:
        """A new id, unique in the workspace."""
        self.workspace.last_id += 1
        return self.workspace.last_id

    def next_number(self) -> int:
        """The next short quotable conversation number."""
        self.workspace.last_number += 1
        return self.workspace.last_number

    # -- records

    def add(self, record: R) -> R:
        """Take a new record in; it is inserted when the batch is saved."""
        self.new.setdefault(type(record), []).append(record)
        self.index(record)
        if isinstance(record, Conversation):
            self.cells_before[record.id] = None
        return record

    def touch(self, record: Record) -> None:
        """Note that a loaded record changed. Harmless for a new one."""
        record_id: int = record.id  # type: ignore[attr-defined]
        self.dirty.setdefault(type(record), {})[record_id] = record

    def forget(self, message: Message) -> None:
        """An item that is gone from the store by a statement of its own is not saved."""
        del self.messages[message.id]
        self.contents.pop(message.id, None)
        self.dirty.get(Message, {}).pop(message.id, None)
        for key in [key for key, found in self.message_by_key.items() if found is message]:
            del self.message_by_key[key]

    def index(self, record: Record) -> None:  # noqa: C901 - one arm for each kind
        """Make a record findable by id and key."""
        match record:
            case Message():
                self.messages[record.id] = record
                if record.external_id is not None:
                    self.message_by_key[record.channel_id, record.external_id] = record
                if record.client_key:
                    self.message_by_client_key[record.client_key] = record
            case Thread():
                self.threads[record.id] = record
                self.thread_by_key[record.channel_id, record.external_id] = record
            case Conversation():
                self.conversations[record.id] = record
            case Identity():
                self.identities[record.id] = record
                self.identity_by_key[record.network, record.scope, record.external_id] = record
            case Contact():
                self.contacts[record.id] = record
            case Content():
                known = self.contents.get(record.message_id)
                if known is None or known.version <= record.version:
                    self.contents[record.message_id] = record
            case Wait():
                self.waits[record.id] = record
            case Post():
                self.posts[record.id] = record
                self.post_by_key[record.channel_id, record.external_id] = record
            case OutboxPart():
                self.outbox[record.id] = record
            case Media():
                self.media[record.id] = record
            case Notification():
                self.notifications[record.id] = record
            case SurveyAsk():
                self.asks[record.id] = record
            case Orphan():
                self.orphans.setdefault((record.channel_id, record.external_id), []).append(record)
            case Raw() | Job() | Episode() | Timer():
                pass

    def load(self, records: Iterable[Record]) -> None:
        """Index records read from the database, unless the batch has them already."""
        for record in records:
            if isinstance(record, Conversation) and record.id not in self.cells_before:
                self.cells_before[record.id] = cell(record)
            self.index(record)

    def take(self, kind: type[R], rows: Iterable[Sequence[Any]]) -> list[R]:
        """Load records from their rows, and remember these: a save writes what became different."""
        stored = self.stored.setdefault(kind, {})
        found = []
        for row in rows:
            stored[row[0]] = row
            found.append(kind(*row))
        self.load(found)
        return found

    def put_episode(self, episode: Episode) -> None:
        """Note the newest form of an episode."""
        self.episodes[episode.conversation_id, episode.number] = episode

    # -- questions

    def open_waits(self, conversation_id: int) -> list[Wait]:
        """Open waits of a conversation, oldest first; those that are loaded, where items only arrived."""
        found = [w for w in self.waits.values() if w.conversation_id == conversation_id and not w.end]
        return sorted(found, key=lambda w: (w.opened_at, w.id))

    def anybody_waits(self, conversation_id: int) -> bool:
        """Whether a conversation has open waits."""
        return conversation_id in self.besides or bool(self.open_waits(conversation_id))

    def open_wait(self, thread_id: int, identity_id: int) -> Wait | None:
        """The open wait of an author in a thread (0: a thread with one author)."""
        for wait in self.waits.values():
            if wait.thread_id == thread_id and wait.identity_id == identity_id and not wait.end:
                return wait
        return None

    def threads_of(self, conversation_id: int) -> list[Thread]:
        """Threads of a conversation, oldest first."""
        return sorted((t for t in self.threads.values() if t.conversation_id == conversation_id), key=lambda t: t.id)

    def audience_of(self, conversation: Conversation) -> Audience:
        """Who may see the conversation now."""
        return Audience(conversation.channel_id, conversation.team_id, conversation.assignee_id)

    # -- events

    def emit(
        self, event: AnyEvent, actor: Actor = SYSTEM, *, at: int | None = None, audience: Audience = EVERYONE
    ) -> Logged:
        """Give the event its position, log it and apply it; targets that it decides about follow. The audience of a
        conversation's event is the conversation's, before and after.
        """
        from inbox.domain import clocks, escalating  # all need State's type
        from inbox.domain.apply import apply

        decides = type(event) in clocks.DECIDE
        if decides:
            clocks.settle(self, event)
        escalates = type(event) in escalating.DECIDE
        if escalates:
            escalating.before(self, event)
        self.workspace.position += 1
        position = self.workspace.position
        conversation_id = conversation_of(event)
        conversation = self.conversations.get(conversation_id or 0)
        before = self.audience_of(conversation) if conversation is not None else audience
        apply(self, event, position, actor)
        after = audience
        if conversation is not None:
            conversation.as_of = position
            self.touch(conversation)
            after = self.audience_of(conversation)
        logged = Logged(position, self.now if at is None else at, actor, event, after, before)
        self.events.append(logged)
        if decides:
            clocks.follow(self, event)
        if escalates:
            escalating.follow(self, event, actor, logged.at)
        return logged

    # -- what follows a batch

    def set_timer(self, kind: str, ref: int, due_at: int) -> None:
        """Something will be due. Replaces the timer of the same kind and ref."""
        self.timers[kind, ref] = Timer(kind, ref, due_at, self.workspace.position)

    def drop_timer(self, kind: str, ref: int) -> None:
        """The clock of this timer was ended by something else."""
        self.timers[kind, ref] = None

    def timer(self, kind: str, ref: int) -> Timer | None:
        """The timer as it is now, of those named in `Needs.due`; None when it is gone."""
        return self.timers[kind, ref] if (kind, ref) in self.timers else self.due.get((kind, ref))

    def cell_changes(self) -> dict[str, int]:
        """Changes of the conversation counters: cell → delta."""
        changes: dict[str, int] = {}
        for conversation_id, before in self.cells_before.items():
            conversation = self.conversations.get(conversation_id)
            after = cell(conversation) if conversation is not None else None
            if before == after:
                continue
            if before:
                changes[before] = changes.get(before, 0) - 1
            if after:
                changes[after] = changes.get(after, 0) + 1
        return {name: n for name, n in changes.items() if n}


def cell(conversation: Conversation) -> str | None:
    """The one counter cell a conversation is counted in; None for one that is merged away.

    `channel:team:assignee:status:kind:flags`, 0 for none; flags are `w` waiting, `e` escalated, `s` spam. Any fixed
    view's count for any scope is a sum over the few cells there are.
    """
    if conversation.merged_into is not None:
        return None
    flags = (
        ("w" if conversation.waiting_since is not None else "")
        + ("e" if conversation.escalation else "")
        + ("s" if conversation.spam else "")
    )
    return (
        f"{conversation.channel_id}:{conversation.team_id or 0}:{conversation.assignee_id or 0}:"
        f"{conversation.status}:{conversation.kind}:{flags}"
    )


class PreparedAttachment(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment after sniffing: `sha256` is set where the bytes came along and are stored already."""

    kind: str
    name: str
    mime: str
    size_bytes: int | None
    title: str
    meta: dict[str, str]
    content_id: str | None
    state: str
    sha256: str | None
    source: str
    """JSON of the Attachment, for the fetch; empty where there is nothing to fetch."""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """An inbound with everything computed that needs no state: done before the lock is taken."""

    inbound: AnyInbound
    html: str | None = None
    """Sanitised."""
    quoted_html: str | None = None
    folded: str = ""
    preview: str = ""
    language: str | None = None
    reading: Reading = PLAIN
    no_question: bool = False
    """Only mentions, emoji, stickers or a link."""
    attachments: tuple[PreparedAttachment, ...] = ()
