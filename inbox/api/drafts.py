"""What is one agent's alone: drafts and read marks. His other windows are told at once."""

from __future__ import annotations

from typing import Literal

import msgspec
from pydantic import Field

from inbox.api.call import Call
from inbox.api.conversations import row_of
from inbox.api.fields import Body, Id, Position, Query, Version
from inbox.api.routing import Routes
from inbox.commands.drafts import KeepDraft, MarkConversation, RemoveDraft, TakeOverDraft
from inbox.domain.desk_shapes import SharedDraftShape
from inbox.domain.records import Draft
from inbox.domain.shapes import DraftShape
from inbox.eventlog.show_settings import draft_shape, shared_draft_shape
from inbox.storage import drafts

routes = Routes("Drafts and read marks")
Mode = Literal["reply", "note"]


class DraftBody(Body):
    """Words not sent yet. `version`: of the draft they were written on, 0 for a new one."""

    mode: Mode = "reply"
    text: str = Field(max_length=200_000)
    thread_id: Id | None = None
    version: Version = 0
    shared: bool | None = None
    """Colleagues see it and may go on with it; null: as before."""
    in_reply_to: Id | None = None
    """The item it answers: its author is who a private answer goes to."""


class ModeQuery(Query):
    """Which of the two drafts."""

    mode: Mode = "reply"


class TakeOverBody(Body):
    """Whose draft, and the version of it that was seen."""

    agent_id: Id
    mode: Mode = "reply"
    version: Version


class SharedDrafts(msgspec.Struct, kw_only=True):
    """Drafts of colleagues."""

    items: list[SharedDraftShape]


class ReadBody(Body):
    """Up to where it was read."""

    position: Position


@routes.put("/conversations/{conversation_id}/draft", needs="agent")
async def keep_draft(call: Call, conversation_id: int, body: DraftBody) -> DraftShape:
    """Keep the words. 409 `changed` when another window has kept newer ones; 422 `in_reply_to` when what they answer
    is no item of this conversation.
    """
    unit = KeepDraft(
        call.principal, conversation_id, body.mode, body.text, body.thread_id, body.version, body.shared,
        body.in_reply_to,
    )  # fmt: skip
    draft, others = await call.submit(unit)
    shape = draft_shape(draft)
    call.deps.tell_mine(call.agent_id, {"drafts": [shape]})
    if others:
        await _tell_colleagues(call, draft)
    return shape


async def _tell_colleagues(call: Call, draft: Draft) -> None:
    """Those who see the conversation see the shared words, or that they are gone."""
    directory = await call.deps.directory.fresh()
    row = await row_of(call, draft.conversation_id)
    team_id = None if row.team_id is None else int(row.team_id)
    shape = shared_draft_shape(draft)
    for agent in directory.agents.values():
        sees = directory.scope_of(agent).covers(int(row.channel_id), team_id)
        if agent.active and agent.id != draft.agent_id and sees:
            call.deps.tell_mine(agent.id, {"shared_drafts": [shape]})


@routes.get("/conversations/{conversation_id}/shared-drafts")
async def list_shared_drafts(call: Call, conversation_id: int) -> SharedDrafts:
    """Drafts that colleagues share here."""
    await row_of(call, conversation_id)
    found = await call.deps.database.read(drafts.shared, conversation_id)
    own = call.principal.agent_id
    return SharedDrafts(items=[shared_draft_shape(one) for one in found if one.agent_id != own])


@routes.post("/conversations/{conversation_id}/draft/take-over", needs="agent", status=200)
async def take_over_draft(call: Call, conversation_id: int, body: TakeOverBody) -> DraftShape:
    """Go on with a colleague's draft: it is one's own then. 409 `changed` when he wrote on meanwhile."""
    unit = TakeOverDraft(call.principal, conversation_id, body.mode, body.agent_id, body.version)
    theirs, mine = await call.submit(unit)
    call.deps.tell_mine(theirs.agent_id, {"drafts": [draft_shape(theirs)]})
    call.deps.tell_mine(mine.agent_id, {"drafts": [draft_shape(mine)]})
    await _tell_colleagues(call, theirs)
    await _tell_colleagues(call, mine)
    return draft_shape(mine)


@routes.delete("/conversations/{conversation_id}/draft", needs="agent")
async def remove_draft(call: Call, conversation_id: int, query: ModeQuery) -> None:
    """Forget the words."""
    gone, others = await call.submit(RemoveDraft(call.principal, conversation_id, query.mode))
    call.deps.tell_mine(call.agent_id, {"drafts": [draft_shape(gone)]})
    if others:
        await _tell_colleagues(call, gone)


@routes.put("/conversations/{conversation_id}/read", needs="agent", status=204)
async def mark_read(call: Call, conversation_id: int, body: ReadBody) -> None:
    """Read up to a position."""
    await call.submit(MarkConversation(call.principal, conversation_id, body.position))
    call.deps.tell_mine(call.agent_id, {"read": {str(conversation_id): body.position}})


@routes.delete("/conversations/{conversation_id}/read", needs="agent")
async def mark_unread(call: Call, conversation_id: int) -> None:
    """As if it had not been read."""
    await call.submit(MarkConversation(call.principal, conversation_id, None))
    call.deps.tell_mine(call.agent_id, {"read": {str(conversation_id): 0}})
