"""The envelope of the custom channel: what a customer's system posts to us, type by type.

README.md documents every field. Unknown fields are passed over; a field of the wrong type spoils its event alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from connectors.inbound import Alias, AttachmentKind, Origin

MOST_ID = 500
Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=MOST_ID)]
Time: TypeAlias = Annotated[datetime, Meta(tz=True)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
Stars: TypeAlias = Annotated[int, Meta(ge=0, le=100)]
Facts: TypeAlias = dict[str, str]
Kind: TypeAlias = Literal["dm", "direct", "group", "comment", "mention", "review", "chat"]


class Batch(Struct):
    """A delivery that holds several events. `events` is UNSET or None where the body is one event."""

    events: list[Raw] | UnsetType | None = UNSET


class Head(Struct):
    """What every event has."""

    type: Annotated[str, Meta(min_length=1, max_length=100)]
    id: Id | None = None


class Alone(Head):
    """A delivery that is one event. `events` is there where it is a batch after all."""

    events: Raw | UnsetType = UNSET


class Challenge(Struct):
    """A question whether the address is ours: the answer repeats `challenge`."""

    type: str = ""
    challenge: Annotated[str, Meta(max_length=500)] = ""


class PostIn(Struct):
    """A post or ad of the company's own."""

    external_id: Id
    text: str = ""
    url: str | None = None
    image_url: str | None = None
    is_ad: bool = False
    posted_at: Time | None = None


class ConversationIn(Struct):
    """The customer's own grouping of messages. What is UNSET stays as an earlier event said."""

    external_id: Id
    kind: Kind | UnsetType = UNSET
    title: str = ""
    post: PostIn | None = None
    window_closes_at: Time | None = None
    joins: Id | None = None
    address: Facts | UnsetType = UNSET


class AuthorIn(Struct):
    """The account that acted; `is_owner` for the company itself."""

    external_id: Id
    name: str = ""
    username: str = ""
    avatar_url: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    is_owner: bool = False
    is_verified: bool | None = None
    aliases: tuple[Alias, ...] = ()
    profile: Facts = {}


class AttachmentIn(Struct):
    """A file to fetch by `url`, or a place, card or link said in words."""

    url: str | None = None
    mime: str = ""
    name: str = ""
    size: Count | None = None
    kind: AttachmentKind | None = None
    title: str = ""
    meta: Facts = {}


class ConversationRef(Struct):
    """A conversation by its id alone."""

    external_id: Id


class MessageRef(Struct):
    """A message by its id alone."""

    external_id: Id


class MessageIn(Struct):
    """One item, as written."""

    external_id: Id
    text: str = ""
    html: str | None = None
    title: str = ""
    reply_to: Id | None = None
    attachments: tuple[AttachmentIn, ...] = ()
    client_ref: str | None = None
    alternate_ids: tuple[Id, ...] = ()
    needs_answer: bool = True
    automatic: str = ""


class EditIn(Struct):
    """What an item says now. Attachments that are not named stay as they were."""

    external_id: Id
    text: str = ""
    html: str | None = None
    attachments: tuple[AttachmentIn, ...] | None = None


class DeletionIn(Struct):
    """An item that is gone; `erase` defaults to what its author may ask for."""

    external_id: Id
    by: Literal["author", "network", "us"] = "author"
    erase: bool | None = None


class ModerationIn(Struct):
    """A public item that was hidden, shown again or removed in the customer's system."""

    external_id: Id
    state: Literal["hidden", "visible", "removed"]


class ReactionIn(Struct):
    """All that one account now has on one item."""

    message_external_id: Id
    emojis: tuple[str, ...] = ()


class DeliveryIn(Struct):
    """What became of something we sent: of one item, or of all in the conversation up to an instant."""

    state: Literal["pending", "accepted", "delivered", "read", "failed"]
    message_external_id: Id | None = None
    up_to: Time | None = None
    reason: str = ""
    recipient: str = ""


class ReviewReplyIn(Struct):
    """Our published answer."""

    text: str
    at: Time | None = None


class ReviewIn(Struct):
    """A review, whole, as it stands now."""

    external_id: Id
    rating: Stars
    best_rating: Annotated[int, Meta(ge=1, le=100)] = 5
    title: str = ""
    text: str = ""
    item: str = ""
    attachments: tuple[AttachmentIn, ...] = ()
    reply: ReviewReplyIn | UnsetType | None = UNSET
    """Our answer; null: there is none. Left out: nothing is said of it."""
    removed: bool = False


class LinkIn(Struct):
    """Another account of the same person."""

    external_id: Id
    reason: str = ""


class Event(Struct, kw_only=True):
    """Root of the events. `id` is the sender's own, the same at every repetition; `occurred_at` defaults to now."""

    event: ClassVar[str]
    id: Id | None = None
    occurred_at: Time | None = None


class MessageCreated(Event, kw_only=True):
    """Somebody wrote."""

    event = "message.created"
    conversation: ConversationIn
    author: AuthorIn
    message: MessageIn
    origin: Origin | None = None


class MessageUpdated(Event, kw_only=True):
    """Somebody changed what they had written."""

    event = "message.updated"
    conversation: ConversationIn | None = None
    author: AuthorIn | None = None
    message: EditIn


class MessageDeleted(Event, kw_only=True):
    """Something written is gone."""

    event = "message.deleted"
    message: DeletionIn


class MessageModerated(Event, kw_only=True):
    """A public item was hidden, shown or removed by someone of the company, in its own system."""

    event = "message.moderated"
    message: ModerationIn


class MessageAnnounced(Event, kw_only=True):
    """There is something to fetch: we ask for it with `message.requested`."""

    event = "message.announced"
    message: MessageRef


class ReactionAdded(Event, kw_only=True):
    """Somebody set a reaction."""

    event = "reaction.added"
    author: AuthorIn
    reaction: ReactionIn


class ReactionRemoved(Event, kw_only=True):
    """Somebody took a reaction back; `emojis` holds what is left."""

    event = "reaction.removed"
    author: AuthorIn
    reaction: ReactionIn


class Typing(Event, kw_only=True):
    """Somebody is writing, or has stopped."""

    event = "typing"
    conversation: ConversationRef
    author: AuthorIn
    on: bool = True


class DeliveryUpdated(Event, kw_only=True):
    """Something we sent has got further, or failed."""

    event = "delivery.updated"
    conversation: ConversationRef | None = None
    delivery: DeliveryIn


class ReviewUpserted(Event, kw_only=True):
    """A review is new, changed or gone."""

    event = "review.upserted"
    conversation: ConversationIn | None = None
    author: AuthorIn
    message: ReviewIn


class PostUpserted(Event, kw_only=True):
    """A post of the company's own is new or changed."""

    event = "post.upserted"
    post: PostIn


class AuthorUpdated(Event, kw_only=True):
    """A profile changed, or the person can no longer (or again) be reached."""

    event = "author.updated"
    conversation: ConversationRef | None = None
    author: AuthorIn
    reachable: bool | None = None


class AuthorLinked(Event, kw_only=True):
    """Two accounts are one person."""

    event = "author.linked"
    author: AuthorIn
    other: LinkIn


class ConversationMigrated(Event, kw_only=True):
    """A conversation has another id from now on."""

    event = "conversation.migrated"
    conversation: ConversationRef
    new_external_id: Id


class ConversationClosed(Event, kw_only=True):
    """Nothing more can be said in a conversation."""

    event = "conversation.closed"
    conversation: ConversationRef
    reason: str = ""


class ChannelRevoked(Event, kw_only=True):
    """The customer's system takes nothing more from us."""

    event = "channel.revoked"
    reason: str = ""


AnyEvent = (
    MessageCreated
    | MessageUpdated
    | MessageDeleted
    | MessageModerated
    | MessageAnnounced
    | ReactionAdded
    | ReactionRemoved
    | Typing
    | DeliveryUpdated
    | ReviewUpserted
    | PostUpserted
    | AuthorUpdated
    | AuthorLinked
    | ConversationMigrated
    | ConversationClosed
    | ChannelRevoked
)

EVENTS: dict[str, type[AnyEvent]] = {
    kind.event: kind
    for kind in (
        MessageCreated, MessageUpdated, MessageDeleted, MessageModerated, MessageAnnounced, ReactionAdded,
        ReactionRemoved, Typing, DeliveryUpdated, ReviewUpserted, PostUpserted, AuthorUpdated, AuthorLinked,
        ConversationMigrated, ConversationClosed, ChannelRevoked,
    )
}  # fmt: skip
"""Event classes by their `type`."""
