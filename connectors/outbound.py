"""What we ask of a network, in one vocabulary for all networks: the `Outbound` union, and the parts it is carried
out in.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from connectors.inbound import AttachmentKind


class Blob(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bytes kept by the service under their content hash; transport streams them, connectors only name them."""

    sha256: str
    mime: str
    size_bytes: int
    name: str = ""
    kind: AttachmentKind = "file"
    content_id: str | None = None
    """`cid:` under which the mail body refers to it; None for an ordinary attachment."""


class Option(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something the customer can pick with one touch instead of writing. What he picks comes back as his message."""

    title: str
    id: str = ""
    """What the network gives back with the pick; empty: its place among the options, from 1."""
    description: str = ""
    """A line below the title, where the network shows one."""
    url: str = ""
    """An address that it opens: then nothing comes back."""


class Target(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where an action goes: the thread as the connector described it, and the item it answers or touches."""

    thread_id: str
    """External id of the thread; empty when a conversation is started."""
    address: dict[str, str] = {}
    """`Thread.address` as last seen; when a conversation is started, what the agent typed (`{"to": …}`)."""
    message_id: str | None = None
    """External id of the item answered or touched."""
    author_id: str | None = None
    """External id of the person answered or touched."""
    window_closes_at: int | None = None


class Outbound(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """One action a person or rule asks for."""

    target: Target


class SendMessage(Outbound, tag="send", frozen=True, kw_only=True):
    """Say something in a private thread, a group, a chat or by mail."""

    text: str = ""
    html: str | None = None
    attachments: tuple[Blob, ...] = ()
    subject: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    template: str | None = None
    template_values: dict[str, str] = {}
    sender_name: str = ""
    """The agent's public name where the network shows one."""
    forward: bool = False
    """Mail: a forward to an outsider; the answer comes back as a private side thread."""
    quote: str | None = None
    """Mail: the text that is quoted below the answer; None for no quote."""
    references: tuple[str, ...] = ()
    """Mail: Message-IDs of the thread, oldest first."""
    automatic: bool = False
    """Written by a rule: mail gets the headers of RFC 3834."""
    split: bool = False
    """The agent agreed to have a text over the limit sent as numbered parts."""
    options: tuple[Option, ...] = ()
    """Shown below the last of the text; only where the thread's kind has `Capability.options`."""
    options_title: str = ""
    """What stands on the button that opens a list of options, where the network shows many that way."""
    asks_location: bool = False
    """A button with which the customer sends where he is, instead of options."""


class ReplyToComment(Outbound, tag="reply_comment", frozen=True, kw_only=True):
    """Answer publicly under a comment or mention."""

    text: str = ""
    attachments: tuple[Blob, ...] = ()


class PrivateReply(Outbound, tag="private_reply", frozen=True, kw_only=True):
    """Answer a public comment in private, where the network allows it."""

    text: str


class ReplyToReview(Outbound, tag="reply_review", frozen=True, kw_only=True):
    """Publish, or replace, our answer to a review."""

    text: str


class EditSent(Outbound, tag="edit", frozen=True, kw_only=True):
    """Change something we sent (`target.message_id`)."""

    text: str
    html: str | None = None


class DeleteSent(Outbound, tag="delete_sent", frozen=True, kw_only=True):
    """Take back something we sent (`target.message_id`)."""


class HideComment(Outbound, tag="hide", frozen=True, kw_only=True):
    """Hide a customer's public item from others."""


class UnhideComment(Outbound, tag="unhide", frozen=True, kw_only=True):
    """Show a hidden item again."""


class DeleteComment(Outbound, tag="delete_comment", frozen=True, kw_only=True):
    """Remove a customer's public item for good."""


class React(Outbound, tag="react", frozen=True, kw_only=True):
    """Set our reaction on an item; an empty emoji takes it back."""

    emoji: str


class BanAuthor(Outbound, tag="ban", frozen=True, kw_only=True):
    """Keep a person from writing to us again."""


class MarkSeen(Outbound, tag="seen", frozen=True, kw_only=True):
    """Tell the network that the newest item was read."""


class ShowTyping(Outbound, tag="typing", frozen=True, kw_only=True):
    """Show the customer that somebody writes. Lost without harm."""

    on: bool = True


AnyOutbound = (
    SendMessage
    | ReplyToComment
    | PrivateReply
    | ReplyToReview
    | EditSent
    | DeleteSent
    | HideComment
    | UnhideComment
    | DeleteComment
    | React
    | BanAuthor
    | MarkSeen
    | ShowTyping
)

ActionName = Literal[
    "send", "reply_comment", "private_reply", "reply_review", "edit", "delete_sent", "hide", "unhide", "delete_comment",
    "react", "ban", "seen", "typing",
]  # fmt: skip


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step of an action with at most one request whose effect a customer can see. It has an outbox row, a state and
    an external id of its own.

    `key` is random, made when the part is planned (`Context.nonce`) and the same at every attempt: connectors put it
    into the network's client-reference or idempotency field, and use it as seed for a Message-ID.
    """

    action: AnyOutbound
    key: str
    index: int = 0
    of: int = 1


class Sibling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The thread on a sibling channel that a private reply went to: it is bound to the comment's conversation in the
    same transaction.
    """

    network: str
    thread_id: str
    author_id: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the network said to a part. `accepted` has the external id; `pending` is asked again by `check(token)` at
    `check_at`.
    """

    state: Literal["accepted", "pending"] = "accepted"
    external_id: str = ""
    """Empty where the action makes no new item (hide, react)."""
    alternate_ids: tuple[str, ...] = ()
    thread_id: str = ""
    """The thread it landed in, where the action started one."""
    accepted_at: int | None = None
    """The network's own time; None: the time the answer came."""
    check_at: int | None = None
    token: str = ""
    sibling: Sibling | None = None
    refused: dict[str, str] = {}
    """Mail: recipients the server refused while it took the rest, with the reason."""
    copy: str = ""
    """Mail: what `Connector.file` is given to put a copy into the mailbox; empty: there is none to file."""
