"""Items: answers, notes, what is done to them, their versions; and conversations that we begin."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from pydantic import Field

from connectors.outbound import Option
from inbox.api.call import Call
from inbox.api.conversations import row_of
from inbox.api.fields import Body, Id, Instant, Position
from inbox.api.routing import Routes
from inbox.clock import iso
from inbox.commands.moderate import Moderate, context_of_item
from inbox.commands.note import WriteNote
from inbox.commands.own_item import OwnItem
from inbox.commands.reply import MAX_HOLD_SECONDS, NewerItems, Reply, contexts_of
from inbox.commands.start import Start
from inbox.domain.permissions import require, require_conversation
from inbox.domain.records import Content
from inbox.domain.sending import Answer
from inbox.domain.shapes import ConversationShape, MessageShape, VersionShape
from inbox.errors import Conflict, NotFound
from inbox.eventlog import reading
from inbox.eventlog.unit import Unit
from inbox.storage import messages

routes = Routes("Messages")
Address = str
_OWN = frozenset({"undo", "send_now", "retry", "resolve_sent", "resolve_not_sent"})
ActionName = Literal[
    "hide", "unhide", "delete", "delete_sent", "edit", "react", "ban", "undo", "send_now", "retry", "resolve_sent",
    "resolve_not_sent", "seen", "revert",
]  # fmt: skip
_MAX_TEXT = 200_000


class OptionBody(Body):
    """Something for the customer to pick. `id` comes back with the pick: of use to programs; by default its place.
    `description`: a second line, where the network shows one. `url`: an address it opens instead of answering.
    """

    title: str = Field(min_length=1, max_length=200)
    id: str = Field("", max_length=64)
    description: str = Field("", max_length=200)
    url: str = Field("", max_length=2000, pattern=r"^(https?://\S+)?$")


class AnswerBody(Body):
    """What is said, and how it goes."""

    text: str = Field("", max_length=_MAX_TEXT)
    html: str | None = Field(None, max_length=_MAX_TEXT * 2)
    subject: str | None = Field(None, max_length=998)
    attachments: list[Id] = Field(default_factory=list, max_length=50)
    template: str | None = Field(None, max_length=200)
    template_values: dict[str, str] = Field(default_factory=dict)
    cc: list[Address] = Field(default_factory=list, max_length=100)
    bcc: list[Address] = Field(default_factory=list, max_length=100)
    send_at: Instant | None = None
    hold_seconds: int | None = Field(None, ge=0, le=MAX_HOLD_SECONDS)
    split: bool = False
    options: list[OptionBody] = Field(default_factory=list, max_length=100)
    options_title: str = Field("", max_length=200)
    asks_location: bool = False
    as_agent_id: Id | None = None


class ReplyBody(AnswerBody):
    """An answer in a conversation. `audience` private: a private reply to a public comment. `seen_position`: what the
    agent saw, for 409 `newer_items`; `force` sends anyway, and past a colleague's claim (409 `claimed`).
    """

    thread_id: Id | None = None
    in_reply_to: Id | None = None
    covers: list[Id] = Field(default_factory=list, max_length=500)
    to: list[Address] = Field(default_factory=list, max_length=100)
    quote: bool = True
    forward: bool = False
    audience: Literal["private"] | None = None
    seen_position: Position | None = None
    force: bool = False
    ends_wait: bool = True
    then_close: bool = False
    after: Id | None = None
    """A message of ours that must be taken by its network first: a public line beside a private answer."""


class StartBody(AnswerBody):
    """Write first: to an address, or to a contact."""

    channel_id: Id
    to: str = Field("", max_length=500)
    contact_id: Id | None = None


class NoteBody(Body):
    """A note to colleagues."""

    text: str = Field("", max_length=20_000)
    attachments: list[Id] = Field(default_factory=list, max_length=50)
    mentions: list[Id] = Field(default_factory=list, max_length=50)


class ActionBody(Body):
    """What to do with an item. `text`: of an edit; `emoji`: of a reaction, empty takes ours back; `reason`: shown on
    the item. `revert` takes back the last of hide, unhide and a reaction.
    """

    action: ActionName
    text: str = Field("", max_length=_MAX_TEXT)
    html: str | None = Field(None, max_length=_MAX_TEXT * 2)
    emoji: str = Field("", max_length=40)
    reason: str = Field("", max_length=500)


class MessageAnswer(msgspec.Struct, kw_only=True):
    """An item as it is now."""

    message: MessageShape


class StartAnswer(msgspec.Struct, kw_only=True):
    """A conversation begun, and its first item."""

    conversation: ConversationShape
    message: MessageShape


class Versions(msgspec.Struct, kw_only=True):
    """All versions of an item's words, oldest first."""

    items: list[VersionShape]


async def message_of(call: Call, message_id: int) -> MessageShape:
    """An item as the caller sees it. Raises NotFound."""
    found = await call.deps.database.read(reading.item, message_id)
    if found is None:
        raise NotFound(f"there is no message {message_id}, or it is not in your channels and teams")
    state, message = found
    conversation = state.conversations.get(message.conversation_id)
    require_conversation(call.principal, conversation, message.conversation_id, "read")
    return call.deps.show.message(message, state)


def answer_of(body: AnswerBody, **more: Any) -> Answer:
    """The body as the command takes it."""
    return Answer(
        text=body.text,
        html=body.html,
        subject=body.subject,
        attachments=tuple(body.attachments),
        template=body.template,
        template_values=dict(body.template_values),
        cc=tuple(body.cc),
        bcc=tuple(body.bcc),
        send_at=body.send_at,
        hold_seconds=body.hold_seconds,
        split=body.split,
        options=tuple(Option(**one.model_dump()) for one in body.options),
        options_title=body.options_title,
        asks_location=body.asks_location,
        **more,
    )


@routes.post("/conversations", needs="start", idempotent=True)
async def start_conversation(call: Call, body: StartBody) -> StartAnswer:
    """Write to somebody first."""
    directory = await call.deps.directory.fresh()
    if body.channel_id not in directory.channels:
        raise NotFound(f"there is no channel {body.channel_id}, or it is not in your scope")
    unit = Start(
        call.principal, body.channel_id, answer_of(body), directory=directory,
        contexts={body.channel_id: await call.deps.context_of(body.channel_id)}, to=body.to,
        contact_id=body.contact_id, as_agent_id=body.as_agent_id,
    )  # fmt: skip
    conversation_id, message_id = await call.submit(unit)
    return StartAnswer(conversation=await row_of(call, conversation_id), message=await message_of(call, message_id))


@routes.post(
    "/conversations/{conversation_id}/replies", needs="reply", status=202, idempotent=True, max_body_bytes=1_048_576
)
async def send_reply(call: Call, conversation_id: int, body: ReplyBody) -> MessageAnswer:
    """Answer. What the network would refuse is refused in words before anything is queued (422)."""
    answer = answer_of(
        body, thread_id=body.thread_id, in_reply_to=body.in_reply_to, covers=tuple(body.covers), to=tuple(body.to),
        quote=body.quote, forward=body.forward, private=body.audience == "private", seen_position=body.seen_position,
        force=body.force, ends_wait=body.ends_wait, after=body.after,
    )  # fmt: skip
    deps = call.deps
    held = deps.claims.holder(conversation_id)
    if held is not None and held != call.principal.agent_id and call.principal.agent_id is not None and not body.force:
        who = (await deps.directory.fresh()).agents[held].name
        said = f"{who} is writing an answer here: look, then send with force"
        raise Conflict(said, code="claimed", agent_id=str(held))
    unit = Reply(
        call.principal, conversation_id, answer, directory=await deps.directory.fresh(),
        contexts=await contexts_of(deps.database, deps.context_of, conversation_id),
        as_agent_id=body.as_agent_id, then_close=body.then_close,
    )  # fmt: skip
    try:
        message_id = await call.submit(unit)
    except NewerItems as stopped:
        raise await shown_refusal(call, stopped) from stopped
    if call.principal.agent_id is not None:
        deps.claims.release(call.principal.agent_id, conversation_id)
    return MessageAnswer(message=await message_of(call, message_id))


async def shown_refusal(call: Call, stopped: NewerItems) -> Conflict:
    """The same refusal with the items themselves."""
    state, items = await call.deps.database.read(reading.items, [m.id for m in stopped.messages])
    shown = [call.deps.show.message(m, state) for m in items]
    return Conflict(stopped.detail, code=stopped.code, items=shown, position=stopped.extra["position"])


@routes.post("/conversations/{conversation_id}/notes", needs="note", idempotent=True)
async def write_note(call: Call, conversation_id: int, body: NoteBody) -> MessageAnswer:
    """Write a note to colleagues."""
    unit = WriteNote(
        call.principal, conversation_id, body.text, directory=await call.deps.directory.fresh(),
        mentions=tuple(body.mentions), attachments=tuple(body.attachments),
    )  # fmt: skip
    return MessageAnswer(message=await message_of(call, await call.submit(unit)))


@routes.get("/messages/{message_id}/versions")
async def list_versions(call: Call, message_id: int) -> Versions:
    """Every version of an item's words."""
    await message_of(call, message_id)
    found = await call.deps.database.read(messages.versions, message_id)
    return Versions(items=[_version(content) for content in found])


def _version(content: Content) -> VersionShape:
    return VersionShape(
        version=content.version,
        text=content.text,
        html=content.html,
        title=content.title,
        rating=content.rating,
        at=iso(content.at),
    )


@routes.post("/messages/{message_id}/actions", needs="signed_in", status=202, idempotent=True)
async def act_on_message(call: Call, message_id: int, body: ActionBody) -> MessageAnswer:
    """Do something with an item: with ours (undo, retry…) at once, at its network (hide, edit…) once that did it."""
    await call.submit(await _action(call, message_id, body))
    return MessageAnswer(message=await message_of(call, message_id))


async def _action(call: Call, message_id: int, body: ActionBody) -> Unit:
    if body.action in _OWN:
        require(call.principal, "reply")
        return OwnItem(call.principal, message_id, body.action)  # type: ignore[arg-type]
    require(call.principal, "moderate")
    return Moderate(
        call.principal, message_id, body.action,  # type: ignore[arg-type]
        directory=await call.deps.directory.fresh(),
        contexts=await context_of_item(call.deps.database, call.deps.context_of, message_id),
        text=body.text, html=body.html, emoji=body.emoji, reason=body.reason,
    )  # fmt: skip
