"""What a network told us, in one vocabulary for all networks: the `Inbound` union.

Plain records: they are stored (orphans, jobs, quarantine), compared with golden files and decided on by `inbox.domain`.
Times are microseconds since the epoch, UTC, as the network gave them (intake clamps them). Every external id is unique
within its channel and is composed by the connector (`chat:message` where a network counts messages per chat); nobody
else takes one apart.
"""

from __future__ import annotations

from typing import Literal

import msgspec

ThreadKind = Literal["direct", "group", "comment", "mention", "review", "mail", "chat"]
Audience = Literal["public", "private"]
MessageKind = Literal["message", "comment", "review", "mention"]
AttachmentKind = Literal["image", "video", "audio", "file", "sticker", "location", "contact", "link"]
ReceiptState = Literal["pending", "accepted", "delivered", "read", "failed"]


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An immutable record; defaults are left out of its JSON."""


class Attachment(Record, frozen=True, kw_only=True):
    """A file, place or card that came with a message.

    Exactly one of `data` (the bytes are here: mail), `url` (to be fetched, through the SSRF guard) and `ref` (the
    network's own handle, to be exchanged by the connector's `media`) leads to the bytes; a `location`, `contact` or
    `link` has none and says all in `title`/`meta`.
    """

    kind: AttachmentKind
    name: str = ""
    mime: str = ""
    size_bytes: int | None = None
    url: str | None = None
    ref: str | None = None
    data: bytes | None = None
    content_id: str | None = None
    """The `cid:` of an inline image; None for an ordinary attachment."""
    title: str = ""
    meta: dict[str, str] = {}
    """Small facts in the network's words, such as `latitude`, `duration_seconds`, `phone`."""


class Alias(Record, frozen=True, kw_only=True):
    """Another strong name of the same account, such as a phone number: identities that share one are joined."""

    kind: Literal["phone", "email", "scoped_id", "username"]
    value: str


class Author(Record, frozen=True, kw_only=True):
    """The account that acted. `external_id` is unique in the scope that the manifest's `identity_scope` declares."""

    external_id: str
    name: str = ""
    username: str = ""
    avatar_url: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    is_self: bool = False
    """True for our own account: an echo of a send, or an answer written in the network's own app."""
    is_verified: bool | None = None
    """True where the network or an HMAC vouches for the identity, False where it is merely claimed, None where it
    makes no difference.
    """
    aliases: tuple[Alias, ...] = ()
    profile: dict[str, str] = {}
    """Facts to show beside the person (followers, location, page they write from); never used to decide."""


class Post(Record, frozen=True, kw_only=True):
    """Our own content that comments hang on. Fields left at None, and in a thread an empty text, change nothing that is
    stored.
    """

    external_id: str
    text: str = ""
    url: str | None = None
    image_url: str | None = None
    is_ad: bool = False
    """Once an ad, it stays one."""
    posted_at: int | None = None


class Thread(Record, frozen=True, kw_only=True):
    """The network's own grouping, with what is known of it now. Fields left at None change nothing that is stored."""

    external_id: str
    kind: ThreadKind
    audience: Audience
    title: str = ""
    """The name of a group, the subject of a mail; empty where the network has none."""
    post: Post | None = None
    window_closes_at: int | None = None
    """Until when the network accepts a free answer; None: no limit known."""
    bound_to: str | None = None
    """External id of another thread of the same channel whose conversation this thread joins (a forwarded mail's
    side thread).
    """
    address: dict[str, str] = {}
    """What `plan` and `send` need to write into the thread (its kind, chat id, business connection): it comes back in
    `Target.address`; stored, never shown.
    """


class Origin(Record, frozen=True, kw_only=True):
    """How the customer came."""

    kind: Literal["organic", "ad", "post", "link", "qr", "page"]
    ref: str = ""
    title: str = ""
    url: str | None = None
    campaign_ref: str = ""


class Inbound(Record, frozen=True, kw_only=True, tag_field="type"):
    """One thing a network told us.

    `dedupe_key` is stable across redelivery of the same fact and unique per channel. `asset_id` names the page, number
    or bot it belongs to where one address serves several channels; empty otherwise.
    """

    dedupe_key: str
    occurred_at: int
    asset_id: str = ""


class MessageReceived(Inbound, tag="message", frozen=True, kw_only=True):
    """A message, comment, mention or mail, by a customer or (author.is_self) by us."""

    thread: Thread
    author: Author
    external_id: str
    kind: MessageKind = "message"
    text: str = ""
    """All that was said, in plain words: what is searched, read for its language and shown in lists. Where a network
    writes HTML, `connectors.toolkit.markup.to_text` makes it.
    """
    html: str | None = None
    """The same with its layout, beside `text`; unsanitised, as it came: intake sanitises before it stores."""
    title: str = ""
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str | None = None
    origin: Origin | None = None
    client_ref: str | None = None
    """On an echo: the id that our own send put into the network's field (`Part.key`)."""
    alternate_ids: tuple[str, ...] = ()
    """Other external ids under which the same item may be known (an album's members)."""
    needs_answer: bool = True
    """False for what the network itself marks as no question: group service lines, auto-replies, bounces, messages
    not aimed at us.
    """
    automatic: str = ""
    """Why it counts as automatic (`auto-reply`, `bulk`, `service`); empty for what a person wrote."""
    quoted_html: str | None = None
    """The part of a mail below the newest words, shown behind a toggle; None where nothing was cut."""
    recipients: dict[str, tuple[str, ...]] = {}
    """Mail: `to`, `cc`, `reply_to` addresses as written; empty elsewhere."""


class MessageEdited(Inbound, tag="edited", frozen=True, kw_only=True):
    """The author changed an item. The newest `edited_at` wins."""

    external_id: str
    thread: Thread | None = None
    author: Author | None = None
    text: str = ""
    html: str | None = None
    attachments: tuple[Attachment, ...] | None = None
    """None keeps those it had."""
    edited_at: int


class MessageDeleted(Inbound, tag="deleted", frozen=True, kw_only=True):
    """An item is gone at the network. `erase` blanks what we keep; where its author took it back, the manifest's unsend
    rule does so without it.
    """

    external_id: str
    by: Literal["author", "network", "us"] = "author"
    erase: bool = False


class ReactionChanged(Inbound, tag="reaction", frozen=True, kw_only=True):
    """The full set of reactions that one account now has on one item; empty means it took them back."""

    message_id: str
    author: Author
    emojis: tuple[str, ...] = ()


class ReceiptReceived(Inbound, tag="receipt", frozen=True, kw_only=True):
    """What became of something we sent. Either one item (`message_id`) or all of a thread `up_to` an instant, never
    both.
    """

    state: ReceiptState
    message_id: str | None = None
    thread_id: str | None = None
    up_to: int | None = None
    client_ref: str | None = None
    """The id that our own send put into the network's field (`Part.key`), with `message_id`: it settles a send whose
    answer never came.
    """
    reason: str = ""
    recipient: str = ""


class CommentModerated(Inbound, tag="moderated", frozen=True, kw_only=True):
    """An item was hidden, shown again or removed at the network by someone of ours."""

    external_id: str
    state: Literal["hidden", "visible", "removed"]


class ReviewReceived(Inbound, tag="review", frozen=True, kw_only=True):
    """A review, whole, as it stands now: a new version when text or stars differ from what is stored."""

    thread: Thread
    author: Author
    external_id: str
    rating: int
    best_rating: int = 5
    """At least 1."""
    title: str = ""
    text: str = ""
    item: str = ""
    """What is reviewed, in words (place, app and version)."""
    attachments: tuple[Attachment, ...] = ()
    reply_text: str | None = None
    """Our published answer as the network shows it; None where there is none."""
    reply_at: int | None = None
    """When that answer was last written."""
    reply_id: str | None = None
    """Its external id, as receipts name it; None where answers have none."""
    reply_known: bool
    """False where nothing is told of our answer, or one is there that nobody can see yet (the network checks it, or
    refused it): that `reply_text` is None then does not say that there is none. Each connector says it: an answer that
    is not shown where this is true counts as taken away.
    """
    removed: bool = False


class PostSeen(Inbound, tag="post", frozen=True, kw_only=True):
    """One of our own posts or ads, new or changed, whole: an empty text says that it has none (any more)."""

    post: Post


class IdentityChanged(Inbound, tag="identity", frozen=True, kw_only=True):
    """A profile changed, or a person blocked or unblocked us (`reachable`)."""

    author: Author
    thread_id: str | None = None
    reachable: bool | None = None


class IdentitiesLinked(Inbound, tag="linked", frozen=True, kw_only=True):
    """The network says that two accounts are one person (an anonymous visitor signed in)."""

    author: Author
    other_id: str
    reason: str


class ThreadMigrated(Inbound, tag="migrated", frozen=True, kw_only=True):
    """A thread's id changed at the network."""

    thread_id: str
    new_thread_id: str


class TypingStarted(Inbound, tag="typing", frozen=True, kw_only=True):
    """The customer is writing. Told to those who look, never stored."""

    thread_id: str
    author: Author
    on: bool = True


class ThreadClosed(Inbound, tag="closed", frozen=True, kw_only=True):
    """Nothing more can be said in this thread (the bot was removed from the group, the chat ended)."""

    thread_id: str
    reason: str = ""


class ChannelRevoked(Inbound, tag="revoked", frozen=True, kw_only=True):
    """Our access was withdrawn: the channel needs attention."""

    reason: str


class Fetch(Inbound, tag="fetch", frozen=True, kw_only=True):
    """The network gave an id without content: `Connector.fetch(ref)` brings the rest."""

    ref: str


class Ignored(Inbound, tag="ignored", frozen=True, kw_only=True):
    """Understood and of no interest. `reason` is one of the manifest's ignored kinds, or `unknown: <kind>`."""

    reason: str


AnyInbound = (
    MessageReceived
    | MessageEdited
    | MessageDeleted
    | ReactionChanged
    | ReceiptReceived
    | CommentModerated
    | ReviewReceived
    | PostSeen
    | IdentityChanged
    | IdentitiesLinked
    | ThreadMigrated
    | TypingStarted
    | ThreadClosed
    | ChannelRevoked
    | Fetch
    | Ignored
)
