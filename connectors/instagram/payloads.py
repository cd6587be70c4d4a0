"""What Instagram sends us, by webhook and in answers of the Graph API, as typed records.

Only fields that are read are named. Ids come as strings or numbers, times as milliseconds, seconds, digits in a string
or ISO 8601, depending on field and age of the app: all are taken. Bounds are well above Instagram's own, so that a
wrong payload is refused here and not by the database.
Source: https://developers.facebook.com/docs/instagram-platform/webhooks/examples (read 2026-11-22).
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Raw, Struct, field

Id: TypeAlias = (
    Annotated[str, Meta(min_length=1, max_length=512, pattern=r"^[!-~]+$")] | Annotated[int, Meta(ge=0, le=2**63 - 1)]
)
"""Accounts, messages (`mid`, up to about 250 characters, case matters), comments, media. `str()` of it is the id."""
Short: TypeAlias = Annotated[str, Meta(max_length=2048)]
Long: TypeAlias = Annotated[str, Meta(max_length=65_536)]
Link: TypeAlias = Annotated[str, Meta(max_length=8192)]
When: TypeAlias = int | float | Annotated[str, Meta(max_length=64)]
"""Read by `connectors._meta.times`."""


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """A payload; never changed, never part of a cycle."""


# --- the envelope -----------------------------------------------------------------------------


class Envelope(Record, frozen=True, kw_only=True, gc=False):
    """A delivery."""

    object: Short = ""
    entry: tuple[Raw, ...] = ()


class Change(Record, frozen=True, kw_only=True, gc=False):
    """What happened to a field. Its value is read by the field's own reader."""

    field: Short
    value: Raw = Raw(b"null")


class Entry(Record, frozen=True, kw_only=True, gc=False):
    """What happened at one account. Where its owner signed in with Instagram, the examples show a single change as
    `field` and `value` of the entry itself.
    """

    id: Id
    time: When | None = None
    messaging: tuple[Raw, ...] = ()
    standby: tuple[Raw, ...] = ()
    """The same as `messaging`, while another app holds the conversation."""
    changes: tuple[Raw, ...] = ()
    field: Short | None = None
    value: Raw = Raw(b"null")


# --- direct messages --------------------------------------------------------------------------


class Party(Record, frozen=True, kw_only=True, gc=False):
    """Whoever acts, or is acted upon: an Instagram-scoped id, or the account's own."""

    id: Id | None = None
    username: Short | None = None
    name: Short | None = None
    self_ig_scoped_id: Id | None = None
    """Where the account itself acts: how others know it. Meta's examples also name others so, by their own `id`."""


class Story(Record, frozen=True, kw_only=True, gc=False):
    """A story of ours that is answered. Its address ends with the story, after 24 hours at most."""

    id: Id | None = None
    url: Link | None = None


class ReplyTo(Record, frozen=True, kw_only=True, gc=False):
    """What a message answers: another message, or a story."""

    mid: Id | None = None
    story: Story | None = None


class AdContext(Record, frozen=True, kw_only=True, gc=False):
    """What the ad looked like."""

    ad_title: Long | None = None
    video_url: Link | None = None
    post_id: Id | None = None


class Product(Record, frozen=True, kw_only=True, gc=False):
    """An article of the shop."""

    id: Id


class Referral(Record, frozen=True, kw_only=True, gc=False):
    """How a person came to the conversation: by an ad, an ig.me link, an article of the shop."""

    ref: Short | None = None
    source: Short | None = None
    type: Short | None = None
    ad_id: Id | None = None
    ads_context_data: AdContext | None = None
    product: Product | None = None


class QuickReply(Record, frozen=True, kw_only=True, gc=False):
    """A suggested answer that was chosen; its words are the message's text."""

    payload: Long | None = None


class Element(Record, frozen=True, kw_only=True, gc=False):
    """One card of a template."""

    title: Long | None = None
    subtitle: Long | None = None


class Cards(Record, frozen=True, kw_only=True, gc=False):
    """The cards of a template, or the articles of the shop that are asked about."""

    elements: tuple[Element, ...] = ()


class AttachmentPayload(Record, frozen=True, kw_only=True, gc=False):
    """Where the file is, and what of Instagram's own it shows."""

    url: Link | None = None
    title: Long | None = None
    ig_post_media_id: Id | None = None
    reel_video_id: Id | None = None
    id: Id | None = None
    generic: Cards | None = None
    product: Cards | None = None
    text: Long | None = None


class MessageAttachment(Record, frozen=True, kw_only=True, gc=False):
    """A file, or something of Instagram's own, in a message."""

    type: Short = ""
    payload: AttachmentPayload | None = None


class Message(Record, frozen=True, kw_only=True, gc=False):
    """A direct message."""

    mid: Id
    text: Long | None = None
    attachments: tuple[Raw, ...] | None = None
    reply_to: ReplyTo | None = None
    quick_reply: QuickReply | None = None
    referral: Referral | None = None
    is_echo: bool | None = None
    is_self: bool | None = None
    is_deleted: bool | None = None
    is_unsupported: bool | None = None


class MessageEdit(Record, frozen=True, kw_only=True, gc=False):
    """A message with other words. The text can be missing; then it has to be asked for. With a `num_edit` of 0 it is a
    new message, and nothing is told of it but its id.
    """

    mid: Id
    text: Long | None = None
    num_edit: Id | None = None
    timestamp: When | None = None
    sender: Party | None = None
    from_: Party | None = field(default=None, name="from")


class Reaction(Record, frozen=True, kw_only=True, gc=False):
    """A reaction was set or taken back (`action` unreact, in some deliveries `verb` remove)."""

    mid: Id
    action: Short | None = None
    verb: Short | None = None
    reaction: Short | None = None
    """Its name, or `other`; in some deliveries the emoji itself."""
    emoji: Short | None = None
    timestamp: When | None = None
    sender: Party | None = None
    from_: Party | None = field(default=None, name="from")


class Read(Record, frozen=True, kw_only=True, gc=False):
    """The newest message that the person has seen."""

    mid: Id | None = None


class Postback(Record, frozen=True, kw_only=True, gc=False):
    """A button, ice breaker or menu entry of ours was pressed."""

    mid: Id | None = None
    title: Long | None = None
    payload: Long | None = None
    referral: Referral | None = None
    is_self: bool | None = None


class Messaging(Record, frozen=True, kw_only=True, gc=False):
    """One thing that happened in a direct conversation: one of the fields after `reply_to` says what."""

    sender: Party = Party()
    recipient: Party = Party()
    timestamp: When | None = None
    is_self: bool | None = None
    reply_to: ReplyTo | None = None
    message: Message | None = None
    message_edit: MessageEdit | None = None
    reaction: Reaction | None = None
    read: Read | None = None
    postback: Postback | None = None
    referral: Referral | None = None


# --- comments, mentions, media ----------------------------------------------------------------


class Media(Record, frozen=True, kw_only=True, gc=False):
    """A post, reel, story, live video or ad."""

    id: Id
    media_product_type: Short | None = None
    ad_id: Id | None = None
    ad_title: Long | None = None
    original_media_id: Id | None = None
    """The post that was made an ad, where this is the ad."""
    caption: Long | None = None
    media_type: Short | None = None
    media_url: Link | None = None
    thumbnail_url: Link | None = None
    permalink: Link | None = None
    timestamp: When | None = None
    username: Short | None = None
    owner: Party | None = None
    comments_count: int | None = None


class Replies(Record, frozen=True, kw_only=True, gc=False):
    """The answers under a comment."""

    data: tuple[Raw, ...] = ()


class Comment(Record, frozen=True, kw_only=True, gc=False):
    """A comment or an answer to one, as a webhook or the Graph API gives it. A webhook can hold id and text alone."""

    id: Id | None = None
    comment_id: Id | None = None
    """What some deliveries call the id."""
    text: Long | None = None
    from_: Party | None = field(default=None, name="from")
    username: Short | None = None
    parent_id: Id | None = None
    media: Media | None = None
    timestamp: When | None = None
    hidden: bool | None = None
    replies: Replies | None = None


class Mention(Record, frozen=True, kw_only=True, gc=False):
    """Somebody named the account, in a caption or (with `comment_id`) in a comment."""

    media_id: Id
    comment_id: Id | None = None
