"""What is one agent's alone: drafts and read marks. His other windows are told at once."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from inbox.api.call import Call
from inbox.api.fields import Body, Id, Query
from inbox.api.routing import Routes
from inbox.commands.drafts import KeepDraft, MarkConversation, RemoveDraft
from inbox.domain.shapes import DraftShape
from inbox.eventlog.show_settings import draft_shape

routes = Routes("Drafts and read marks")
Mode = Literal["reply", "note"]


class DraftBody(Body):
    """Words not sent yet. `version`: of the draft they were written on, 0 for a new one."""

    mode: Mode = "reply"
    text: str = Field(max_length=200_000)
    thread_id: Id | None = None
    version: int = Field(0, ge=0)


class ModeQuery(Query):
    """Which of the two drafts."""

    mode: Mode = "reply"


class ReadBody(Body):
    """Up to where it was read."""

    position: int = Field(ge=0)


@routes.put("/conversations/{conversation_id}/draft", needs="agent")
async def keep_draft(call: Call, conversation_id: int, body: DraftBody) -> DraftShape:
    """Keep the words. 409 `changed` when another window has kept newer ones."""
    unit = KeepDraft(call.principal, conversation_id, body.mode, body.text, body.thread_id, body.version)
    shape = draft_shape(await call.submit(unit))
    call.deps.tell_mine(call.agent_id, {"drafts": [shape]})
    return shape


@routes.delete("/conversations/{conversation_id}/draft", needs="agent")
async def remove_draft(call: Call, conversation_id: int, query: ModeQuery) -> None:
    """Forget the words."""
    gone = await call.submit(RemoveDraft(call.principal, conversation_id, query.mode))
    call.deps.tell_mine(call.agent_id, {"drafts": [draft_shape(gone)]})


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
