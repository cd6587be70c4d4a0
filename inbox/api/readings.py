"""How items read, put right by people."""

from __future__ import annotations

from typing import Literal

from inbox.api.call import Call
from inbox.api.fields import Body
from inbox.api.messages import MessageAnswer, message_of
from inbox.api.routing import Routes
from inbox.commands.readings import CorrectReading
from inbox.errors import Invalid

routes = Routes("Messages")


class ReadingBody(Body):
    """What a person says; null: that half is right as it is."""

    sentiment: Literal["negative", "neutral", "positive", "mixed"] | None = None
    urgency: Literal["normal", "urgent"] | None = None


@routes.put("/messages/{message_id}/reading", needs="triage")
async def correct_reading(call: Call, message_id: int, body: ReadingBody) -> MessageAnswer:
    """Say how a customer's item reads: it counts from now on, and others like it are learnt from it."""
    if body.sentiment is None and body.urgency is None:
        raise Invalid("say what it is: give a sentiment or an urgency", code="reading")
    await call.submit(CorrectReading(call.principal, message_id, sentiment=body.sentiment, urgency=body.urgency))
    return MessageAnswer(message=await message_of(call, message_id))


@routes.delete("/messages/{message_id}/reading", needs="triage")
async def undo_reading(call: Call, message_id: int) -> None:
    """Take a correction back: it reads as it was read without it."""
    await call.submit(CorrectReading(call.principal, message_id))
