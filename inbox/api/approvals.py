"""Answers that need somebody's yes: let go, changed first, or sent back."""

from __future__ import annotations

from pydantic import Field

from inbox.api.call import Call
from inbox.api.fields import Body
from inbox.api.messages import MessageAnswer, message_of
from inbox.api.routing import Routes
from inbox.commands.approvals import Approve, SendBack
from inbox.commands.moderate import context_of_item
from inbox.eventlog.show_settings import draft_shape

routes = Routes("Messages")


class ApproveBody(Body):
    """`text`: what goes instead. `force`: although more answers wait in the same conversation."""

    text: str | None = Field(None, min_length=1, max_length=200_000)
    force: bool = False


class SendBackBody(Body):
    """What should be different: a note to its author."""

    note: str = Field("", max_length=20_000)


@routes.post("/messages/{message_id}/approve", needs="settings", status=202, idempotent=True)
async def approve(call: Call, message_id: int, body: ApproveBody) -> MessageAnswer:
    """Let an answer go that waits for a yes. 409 `other_pending` where more than one waits."""
    await message_of(call, message_id)
    deps = call.deps
    unit = Approve(
        call.principal, message_id, body.text, force=body.force, directory=await deps.directory.fresh(),
        contexts=await context_of_item(deps.database, deps.context_of, message_id),
    )  # fmt: skip
    await call.submit(unit)
    return MessageAnswer(message=await message_of(call, message_id))


@routes.post("/messages/{message_id}/send-back", needs="settings", status=200, idempotent=True)
async def send_back(call: Call, message_id: int, body: SendBackBody) -> MessageAnswer:
    """It does not go: its author has the words back as a draft, and the note."""
    await message_of(call, message_id)
    draft = await call.submit(SendBack(call.principal, message_id, body.note))
    if draft is not None:
        call.deps.tell_mine(draft.agent_id, {"drafts": [draft_shape(draft)]})
    return MessageAnswer(message=await message_of(call, message_id))
