"""The websocket protocol `inbox.v1`: a closed union of frames each way. Anything else closes the socket with 4400.

These types are the source of the TypeScript types, of asyncapi.json and of docs/protocol.md.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Literal

import msgspec

from inbox.domain.desk_shapes import CannedShape, DeskRulesShape, MacroShape, NoticeShape, SharedDraftShape
from inbox.domain.notifying_shapes import NotificationShape
from inbox.domain.routing_shapes import AttendanceShape, AvailabilityShape
from inbox.domain.shapes import (
    AgentShape,
    ChannelShape,
    ConversationShape,
    DraftShape,
    PresenceShape,
    TagShape,
    TeamShape,
    ViewShape,
)

SUBPROTOCOL = "inbox.v1"


class Close(IntEnum):
    """Why the server closed a socket."""

    BAD_FRAME = 4400
    SIGN_IN = 4401
    REVOKED = 4403
    TOO_SLOW = 4408
    FLOOD = 4429
    RESTART = 1012


class Frame(msgspec.Struct, kw_only=True, tag_field="type"):
    """One websocket message."""


class Me(msgspec.Struct, kw_only=True):
    """The agent this socket belongs to."""

    agent: AgentShape
    permissions: list[str]


class State(msgspec.Struct, kw_only=True):
    """All that a client starts from, read in one transaction. `rows` are the first 50 of the view asked for."""

    me: Me
    workspace: dict[str, Any]
    agents: list[AgentShape]
    teams: list[TeamShape]
    channels: list[ChannelShape]
    tags: list[TagShape]
    canned: list[CannedShape]
    macros: list[MacroShape]
    notices: list[NoticeShape]
    desk_rules: DeskRulesShape
    starred: list[str]
    following: list[str]
    """Conversations this agent has starred or follows, the newest of them."""
    views: list[ViewShape]
    presence: list[PresenceShape]
    notifications: list[NotificationShape]
    drafts: list[DraftShape]
    read: dict[str, int]
    """Conversation id → position up to which this agent has read it, for the rows in `rows`."""
    view: str
    rows: list[ConversationShape]
    next_cursor: str | None
    availability: list[AvailabilityShape] = []
    """Of agents who were here once."""
    loads: dict[str, int] = {}
    """Agent → what he has on his hands, as the weights of conversations count it; 0 unless named."""
    attendance: AttendanceShape | None = None


class Hello(Frame, tag="hello", kw_only=True):
    """First frame of every socket. `position` is the head of the log."""

    epoch: int
    position: int
    server_time: str
    version: str


class Snapshot(Frame, tag="snapshot", kw_only=True):
    """Answer to `snapshot`: replaces everything the client has."""

    position: int
    state: State


class Event(Frame, tag="event", kw_only=True):
    """Something happened. `row` is the list row after it (null where it concerns no conversation); `entered`: newly
    visible to this client.

    `data` has the event's own fields, and always `actor` {kind, id, name}. Where the event touches a timeline item,
    `data.message` is the item after it; where it changes an object of a snapshot, `data.object` is its kind (agent,
    availability, team, tag, view, channel, canned, macro, notice, notification, desk_rules, house: the attendance)
    and `data.value` the object after it; null when removed, then `data.id` names it, a view by its key. Of other kinds
    it may be null always: what is known of them is read again.

    Where threads change hands (`conversations_merged`, `conversations_unmerged`, `thread_bound`, `threads_left`),
    `data.thread_ids` or `data.thread_id` name them: a client drops what it holds of their items and of both
    conversations' timelines (`data.into_id`, `data.from_id`) and fetches them again when they are looked at.
    """

    position: int
    event: str
    at: str
    conversation_id: str | None
    row: ConversationShape | None
    data: dict[str, Any]
    entered: bool = False


class Left(Frame, tag="left", kw_only=True):
    """A conversation went out of this client's sight: forget it."""

    position: int
    conversation_id: str


class Progress(Frame, tag="progress", kw_only=True):
    """All that concerns this client up to `position` went out, in `sent` event and left frames since hello."""

    position: int
    sent: int


class Counts(Frame, tag="counts", kw_only=True):
    """Counts of views, by key: `[count, late]`. Only those that changed; of saved views, and of `window`, `mentions`,
    `starred` and `approve`, only while `viewing` names them. `loads`: the same of what agents have on their hands.
    """

    counts: dict[str, tuple[int | None, int]]
    loads: dict[str, int] = {}


class Presence(Frame, tag="presence", kw_only=True):
    """Changes of who looks at what. An entry whose `until` has passed means that the agent left."""

    entries: list[PresenceShape]
    typing: list[dict[str, str]] = []
    """Customers who are writing: `{conversation_id, thread_id, name, until}`."""


class Mine(Frame, tag="mine", kw_only=True):
    """What only this agent has: drafts, read marks, notifications. `drafts` with empty text are gone.

    After `resume` comes one that is `whole`: its drafts, stars, follows and notifications are all a client starts from,
    and replace what it has. Of read marks it has the newest: one at `read_from` or later that is not in `read` is gone.
    """

    whole: bool = False
    drafts: list[DraftShape] = []
    read: dict[str, int] = {}
    read_from: int = 0
    notifications: list[NotificationShape] = []
    starred: dict[str, bool] = {}
    shared_drafts: list[SharedDraftShape] = []
    """Of colleagues."""
    following: dict[str, bool] = {}


class Resync(Frame, tag="resync", kw_only=True):
    """The client's position cannot be continued from: ask for a snapshot."""

    reason: Literal["too_old", "epoch", "scope", "overflow"]


class Error(Frame, tag="error", kw_only=True):
    """A frame of the client could not be honoured. Never says more than a code: `not_found` for a conversation that he
    does not see, `agents_only` for a snapshot of a program, `store_unavailable` while it is away.
    """

    code: str


ServerFrame = Hello | Snapshot | Event | Left | Progress | Counts | Presence | Mine | Resync | Error


class ClientFrame(Frame, kw_only=True, forbid_unknown_fields=True):
    """One message of the client."""


class Resume(ClientFrame, tag="resume", kw_only=True):
    """Continue after the highest position seen."""

    epoch: int
    position: int


class AskSnapshot(ClientFrame, tag="snapshot", kw_only=True):
    """Start anew, with the first rows of a view."""

    view: str = "waiting"


class Viewing(ClientFrame, tag="viewing", kw_only=True):
    """Which conversation and views this socket shows; null conversation: none. Renews presence."""

    conversation_id: str | None = None
    views: list[str] = []


class Typing(ClientFrame, tag="typing", kw_only=True):
    """The agent writes a reply or a note. Note typing is told to colleagues only, never to the customer."""

    conversation_id: str
    mode: Literal["reply", "note", "none"]
    thread_id: str | None = None


AnyClientFrame = Resume | AskSnapshot | Viewing | Typing

encode = msgspec.json.Encoder().encode
decode_client = msgspec.json.Decoder(AnyClientFrame).decode
"""Raises msgspec.DecodeError or ValidationError for anything that is not one of ours."""
