"""Conversations: lists, one with its timeline, and everything that is decided about them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET
from pydantic import Field

from inbox.api.call import Call
from inbox.api.fields import Body, Id, Instant, Position, Query
from inbox.api.listing import ConversationFilter, resolve
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso, iso_or_none
from inbox.commands.bulk import MAX_IDS
from inbox.commands.merge import Merge, Unmerge
from inbox.commands.triage import (
    Dismiss,
    Escalate,
    Escalation,
    Expected,
    SetTag,
    Triage,
    TriageChange,
    UndoDismiss,
)
from inbox.domain.permissions import require_conversation
from inbox.domain.records import Conversation, Wait
from inbox.domain.shapes import ConversationShape, EventShape, MessageShape
from inbox.domain.sla_shapes import TargetShape
from inbox.domain.state import State
from inbox.errors import Invalid
from inbox.eventlog import load, log, reading
from inbox.eventlog.reading import Listed
from inbox.eventlog.show import text_id
from inbox.eventlog.show_sla import resolution_target, wait_target
from inbox.eventlog.unit import Unit
from inbox.storage import conversations
from inbox.storage import database as db

routes = Routes("Conversations")
StatusWord = Literal["open", "closed", "snoozed", "spam"]
PriorityWord = Literal["low", "normal", "high", "urgent"]


class ExpectedBody(Body):
    """What was seen when it was decided."""

    assignee_id: Id | None = None
    team_id: Id | None = None
    status: StatusWord | None = None


class ConversationPatch(Body):
    """What to change; what is not given stays. `expect`: refuse (409 `changed`) when it is no longer so."""

    status: StatusWord | None = None
    snoozed_until: Instant | None = None
    snooze_until_reply: bool = False
    assignee_id: Id | Literal["me"] | None = None
    team_id: Id | None = None
    priority: PriorityWord | None = None
    subject: str | None = Field(None, max_length=500)
    expect: ExpectedBody | None = None
    note: str = Field("", max_length=20_000)


class DismissBody(Body):
    """Why no answer is needed, and for which waits (all that are open, unless some are named)."""

    reason: str = Field("", max_length=60)
    wait_ids: list[Id] = Field(default_factory=list, max_length=500)


class EscalationBody(Body):
    """Why, and to whom; to nobody: whom the escalation chain asks in turn (`chain_id`, else that of the team or
    workspace), without one all supervisors who see it.
    """

    reason: str = Field(min_length=1, max_length=2_000)
    to_agent_id: Id | None = None
    to_team_id: Id | None = None
    chain_id: Id | None = None


class MergeBody(Body):
    """The conversation to move everything into."""

    into_id: Id


class MessagesQuery(Query):
    """A page of the timeline: the newest, before a position, or after one."""

    before: Position | None = None
    after: Position | None = None
    limit: int = Field(50, ge=1, le=200)


class ConversationAnswer(msgspec.Struct, kw_only=True):
    """A conversation as it is now."""

    conversation: ConversationShape


class WaitShape(msgspec.Struct, kw_only=True):
    """Somebody waits. `author`: in threads of many, who."""

    id: str
    thread_id: str
    opened_at: str
    author: str | None
    acknowledged_at: str | None
    target: TargetShape | None


class ParticipantShape(msgspec.Struct, kw_only=True):
    """Who wrote: `id` is the contact's."""

    id: str
    name: str
    identity_id: str


class ConversationDetail(msgspec.Struct, kw_only=True):
    """A conversation with what stands beside its timeline. Of `waits_count` open waits, `waits` are the oldest 500.
    `resolution`: by when its episode is to be closed.
    """

    conversation: ConversationShape
    waits: list[WaitShape]
    waits_count: int
    resolution: TargetShape | None
    participants: list[ParticipantShape]
    linked: list[ConversationShape]
    position: int


class MessagesPage(msgspec.Struct, kw_only=True):
    """Items, oldest first, and the events of the same span. `next_cursor` is the `before` of the page with older
    ones.
    """

    items: list[MessageShape]
    events: list[EventShape]
    next_cursor: str | None
    position: int


# --- reading


@routes.get("/conversations")
async def list_conversations(call: Call, query: ConversationFilter) -> Page[ConversationShape]:
    """Conversations of a view or filter, in the order asked."""
    wanted = await resolve(call, query)
    after = call.deps.cursors.read(wanted.bound_to, query.cursor) if query.cursor else None
    principal = call.principal
    listed = await call.deps.database.read(
        reading.listed, wanted.filter, wanted.order, principal.scope, principal.agent_id, limit=query.limit, after=after
    )
    return page_of(call, listed, wanted.bound_to)


def page_of(call: Call, listed: Listed, bound_to: str) -> Page[ConversationShape]:
    """A page of rows as the caller sees them."""
    return Page(
        items=shapes_of(call, listed),
        next_cursor=call.deps.cursors.make(bound_to, listed.after) if listed.after else None,
        position=listed.position,
    )


def shapes_of(call: Call, listed: Listed) -> list[ConversationShape]:
    """Rows, with `unread` for the caller."""
    shapes = [call.deps.show.row(row, listed.state) for row in listed.rows]
    for shape, row in zip(shapes, listed.rows, strict=True):
        shape.unread = row.id in listed.unread
    return shapes


async def row_of(call: Call, conversation_id: int) -> ConversationShape:
    """One conversation as the caller sees it. Raises NotFound."""
    listed = await call.deps.database.read(reading.rows, [conversation_id], call.principal.agent_id)
    require_conversation(call.principal, listed.rows[0] if listed.rows else None, conversation_id, "read")
    return shapes_of(call, listed)[0]


def _detail(conversation_id: int) -> db.Query[tuple[State, Conversation | None, list[Any], list[int], int]]:
    state = reading.fresh_state()
    position, _ = yield from log.head()
    yield from load.rows_of(state, [conversation_id])
    conversation = state.conversations.get(conversation_id)
    if conversation is None:
        return state, None, [], [], position
    people = yield from conversations.participants(conversation_id)
    state.load(people)
    linked = yield from conversations.linked(conversation)
    yield from load.rows_of(state, linked)
    return state, conversation, people, linked, position


@routes.get("/conversations/{conversation_id}")
async def get_conversation(call: Call, conversation_id: int) -> ConversationDetail:
    """A conversation with its open waits, its people, and what came before and after it in the same thread."""
    state, found, people, linked, position = await call.deps.database.read(_detail, conversation_id)
    conversation = require_conversation(call.principal, found, conversation_id, "read")
    row = await row_of(call, conversation_id)
    visible = [c for i in linked if call.principal.scope.covers((c := state.conversations[i]).channel_id, c.team_id)]
    waits = state.open_waits(conversation.id)
    return ConversationDetail(
        conversation=row,
        waits=[_wait(wait, state) for wait in waits[:MAX_IDS]],
        waits_count=len(waits),
        resolution=resolution_target(conversation),
        participants=[
            ParticipantShape(id=str(i.contact_id), name=i.name or i.username, identity_id=str(i.id)) for i in people
        ],
        linked=[call.deps.show.row(c, state) for c in visible],
        position=position,
    )


def _wait(wait: Wait, state: State) -> WaitShape:
    identity = state.identities.get(wait.identity_id)
    return WaitShape(
        id=str(wait.id),
        thread_id=str(wait.thread_id),
        opened_at=iso(wait.opened_at),
        author=(identity.name or identity.username) if identity else None,
        acknowledged_at=iso_or_none(wait.acknowledged_at),
        target=wait_target(wait),
    )


@routes.get("/conversations/{conversation_id}/messages")
async def list_messages(call: Call, conversation_id: int, query: MessagesQuery) -> MessagesPage:
    """The timeline: items and events of the same span of positions."""
    if query.before is not None and query.after is not None:
        raise Invalid("take `before` or `after`, not both", code="before_after")
    await row_of(call, conversation_id)
    found = await call.deps.database.read(
        reading.timeline, conversation_id, before=query.before, after=query.after, limit=query.limit
    )
    show = call.deps.show
    oldest = found.items[0].position if found.items and found.older else None
    return MessagesPage(
        items=[show.message(m, found.state) for m in found.items],
        events=[show.event(one, found.state) for one in found.events if _seen(call, one.audience)],
        next_cursor=text_id(oldest),
        position=found.position,
    )


def _seen(call: Call, audience: Any) -> bool:
    return audience.agent_id is None or audience.agent_id == call.principal.agent_id


# --- deciding


def change_of(body: ConversationPatch, own_id: int | None) -> TriageChange:
    """The body as the command takes it."""
    given = body.model_fields_set
    fields: dict[str, Any] = {
        n: getattr(body, n) for n in ("status", "priority", "subject") if getattr(body, n) is not None
    }
    for name in ("assignee_id", "team_id"):
        if name in given:
            fields[name] = getattr(body, name)
    if fields.get("assignee_id") == "me":
        if own_id is None:
            raise Invalid("a token is nobody: name the agent instead of `me`", code="assignee_id")
        fields["assignee_id"] = own_id
    if body.expect is not None:
        seen = body.expect.model_fields_set
        fields["expect"] = Expected(**{n: getattr(body.expect, n) if n in seen else UNSET for n in _EXPECTED})
    return TriageChange(
        snoozed_until=body.snoozed_until, snooze_until_reply=body.snooze_until_reply, note=body.note, **fields
    )


_EXPECTED = ("assignee_id", "team_id", "status")


async def _done(call: Call, unit: Unit, conversation_id: int) -> ConversationAnswer:
    await call.submit(unit)
    return ConversationAnswer(conversation=await row_of(call, conversation_id))


@routes.patch("/conversations/{conversation_id}", needs="triage")
async def change_conversation(call: Call, conversation_id: int, body: ConversationPatch) -> ConversationAnswer:
    """Change status, owner, team, priority or subject; the last writer wins per field."""
    directory = await call.deps.directory.fresh()
    change = change_of(body, call.principal.agent_id)
    return await _done(call, Triage(call.principal, conversation_id, change, directory=directory), conversation_id)


@routes.put("/conversations/{conversation_id}/tags/{tag_id}", needs="triage")
async def put_tag_on(call: Call, conversation_id: int, tag_id: int) -> ConversationAnswer:
    """Put a tag on."""
    directory = await call.deps.directory.fresh()
    unit = SetTag(call.principal, conversation_id, tag_id, True, directory=directory)
    return await _done(call, unit, conversation_id)


@routes.delete("/conversations/{conversation_id}/tags/{tag_id}", needs="triage")
async def take_tag_off(call: Call, conversation_id: int, tag_id: int) -> ConversationAnswer:
    """Take a tag off."""
    directory = await call.deps.directory.fresh()
    unit = SetTag(call.principal, conversation_id, tag_id, False, directory=directory)
    return await _done(call, unit, conversation_id)


@routes.post("/conversations/{conversation_id}/dismiss", needs="triage", status=200, idempotent=True)
async def dismiss(call: Call, conversation_id: int, body: DismissBody) -> ConversationAnswer:
    """No answer needed."""
    return await _done(call, Dismiss(call.principal, conversation_id, body.reason, body.wait_ids), conversation_id)


@routes.delete("/conversations/{conversation_id}/dismiss", needs="triage")
async def undo_dismiss(call: Call, conversation_id: int) -> ConversationAnswer:
    """Take the newest dismissal back."""
    return await _done(call, UndoDismiss(call.principal, conversation_id), conversation_id)


@routes.post("/conversations/{conversation_id}/escalations", needs="escalate", idempotent=True)
async def escalate(call: Call, conversation_id: int, body: EscalationBody) -> ConversationAnswer:
    """Ask for somebody with more say."""
    unit = Escalate(
        call.principal, conversation_id, body.reason, directory=await call.deps.directory.fresh(),
        to_agent_id=body.to_agent_id, to_team_id=body.to_team_id, chain_id=body.chain_id,
    )  # fmt: skip
    return await _done(call, unit, conversation_id)


@routes.post("/conversations/{conversation_id}/escalations/acknowledge", needs="escalate", status=200)
async def acknowledge(call: Call, conversation_id: int) -> ConversationAnswer:
    """The one asked for has seen it."""
    return await _done(call, Escalation(call.principal, conversation_id, end=False), conversation_id)


@routes.delete("/conversations/{conversation_id}/escalations", needs="escalate")
async def end_escalation(call: Call, conversation_id: int) -> ConversationAnswer:
    """No longer escalated."""
    return await _done(call, Escalation(call.principal, conversation_id, end=True), conversation_id)


@routes.post("/conversations/{conversation_id}/merge", needs="triage", status=200, idempotent=True)
async def merge_conversation(call: Call, conversation_id: int, body: MergeBody) -> ConversationAnswer:
    """Move everything into another conversation, which is the answer."""
    return await _done(call, Merge(call.principal, conversation_id, body.into_id), body.into_id)


@routes.post("/conversations/{conversation_id}/unmerge", needs="triage", status=200)
async def unmerge_conversation(call: Call, conversation_id: int) -> ConversationAnswer:
    """Move back what is still there."""
    return await _done(call, Unmerge(call.principal, conversation_id), conversation_id)
