"""Macros: several actions in one step, kept, looked at and run."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from pydantic import Field

from inbox.api.call import Call
from inbox.api.conversations import row_of
from inbox.api.fields import Body, Id, Position, Words
from inbox.api.labels import Scope, changed
from inbox.api.messages import message_of, shown_refusal
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.commands.macros import PutMacro, RemoveMacro, RunMacro, may_change, usable
from inbox.commands.reply import NewerItems, contexts_of
from inbox.commands.versions import found
from inbox.domain.desk_records import Macro
from inbox.domain.desk_shapes import MacroShape
from inbox.domain.macros import Steps, is_seen_by
from inbox.domain.permissions import require_conversation
from inbox.domain.sending import Answer
from inbox.domain.shapes import ConversationShape, MessageShape
from inbox.domain.state import Needs
from inbox.eventlog import load, reading
from inbox.eventlog.show_desk import macro_shape
from inbox.storage import rows
from inbox.storage.database import Query

routes = Routes("Macros")


class StepsBody(Body):
    """What is done, in this order: note, team, owner, tags, priority, answer, status. What is not given is not touched.

    `reply`: words with places such as `{contact.first_name|there}`; `canned_id`: a prepared answer instead.
    `snooze_seconds`: with status snoozed, for how long; without it, until the customer writes.
    """

    reply: str = Field("", max_length=20_000)
    canned_id: Id | None = None
    ends_wait: bool = True
    note: str = Field("", max_length=20_000)
    team: Id | Literal["none"] | None = None
    assignee: Id | Literal["me", "none"] | None = None
    tags_on: list[Id] = Field(default_factory=list, max_length=50)
    tags_off: list[Id] = Field(default_factory=list, max_length=50)
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    status: Literal["open", "closed", "snoozed"] | None = None
    snooze_seconds: int | None = Field(None, ge=60, le=366 * 86_400)


class NewMacro(Body):
    """A macro. `shortcut`: by which the composer finds it."""

    name: Words
    shortcut: str = Field("", max_length=50, pattern=r"^\S*$")
    scope: Scope = "mine"
    team_id: Id | None = None
    steps: StepsBody


class MacroPatch(Body):
    """What to change of a macro. `steps` are replaced whole."""

    name: Words | None = None
    shortcut: str | None = Field(None, max_length=50, pattern=r"^\S*$")
    scope: Scope | None = None
    team_id: Id | None = None
    steps: StepsBody | None = None


class RunBody(Body):
    """Where the macro's answer goes, as in a reply."""

    thread_id: Id | None = None
    in_reply_to: Id | None = None
    audience: Literal["private"] | None = None
    seen_position: Position | None = None
    force: bool = False


class MacroProblem(msgspec.Struct, kw_only=True):
    """Why the answer would be refused."""

    code: str
    detail: str


class MacroPreview(msgspec.Struct, kw_only=True):
    """How a macro would come out: the words of its answer, where they go, and what stands against it."""

    text: str
    thread_id: str | None
    problem: MacroProblem | None


class RanMacro(msgspec.Struct, kw_only=True):
    """What a macro left: the conversation, its answer if it has one, and by which id all of it can be taken back."""

    conversation: ConversationShape
    message: MessageShape | None
    bulk_id: str


def steps_from(body: StepsBody) -> Steps:
    """The steps as the domain takes them."""
    values: dict[str, Any] = {name: getattr(body, name) for name in StepsBody.model_fields}
    return Steps(**values | {"tags_on": tuple(body.tags_on), "tags_off": tuple(body.tags_off)})


@routes.get("/macros")
async def list_macros(call: Call) -> Page[MacroShape]:
    """The macros one may use: shared ones, those of one's teams, and one's own."""
    position = await call.position()
    principal = call.principal
    known = await call.deps.database.read(rows.every, Macro)
    teams = principal.scope.teams
    # Whoever sees to settings sees all that are shared.
    all_shared = "settings" in principal.may
    items = [
        macro_shape(one)
        for one in known
        if is_seen_by(one, principal.agent_id, teams) or (all_shared and one.scope != "mine")
    ]
    return Page(items=items, position=position)


@routes.post("/macros", needs="triage", idempotent=True)
async def create_macro(call: Call, body: NewMacro) -> MacroShape:
    """Make a macro. One for a team or for all needs the right to settings."""
    values = {name: getattr(body, name) for name in ("name", "shortcut", "scope", "team_id")}
    directory = await call.deps.directory.fresh()
    unit = PutMacro(call.principal, None, values, steps_from(body.steps), directory=directory)
    return macro_shape(await call.submit(unit))


@routes.get("/macros/{macro_id}")
async def see_macro(call: Call, macro_id: int) -> MacroShape:
    """A macro."""
    macro = await call.deps.database.read(found, Macro, macro_id)
    if macro.scope == "mine":
        may_change(call.principal, macro)
    return macro_shape(macro)


@routes.patch("/macros/{macro_id}", needs="triage", if_match=True)
async def change_macro(call: Call, macro_id: int, body: MacroPatch) -> MacroShape:
    """Change a macro."""
    values = changed(body, "team_id")
    values.pop("steps", None)
    steps = None if body.steps is None else steps_from(body.steps)
    directory = await call.deps.directory.fresh()
    return macro_shape(
        await call.submit(PutMacro(call.principal, macro_id, values, steps, directory=directory, version=call.version))
    )


@routes.delete("/macros/{macro_id}", needs="triage")
async def remove_macro(call: Call, macro_id: int) -> None:
    """Remove a macro."""
    await call.submit(RemoveMacro(call.principal, macro_id, call.version))


async def _unit(call: Call, conversation_id: int, macro_id: int, body: RunBody) -> RunMacro:
    deps = call.deps
    directory = await deps.directory.fresh()
    where = Answer(
        thread_id=body.thread_id, in_reply_to=body.in_reply_to, private=body.audience == "private",
        seen_position=body.seen_position, force=body.force,
    )  # fmt: skip
    return RunMacro(
        call.principal, conversation_id, usable(call.principal, macro_id, directory), directory=directory,
        contexts=await contexts_of(deps.database, deps.context_of, conversation_id), where=where,
    )  # fmt: skip


def _look(unit: RunMacro) -> Query[MacroPreview]:
    state = reading.fresh_state()
    needs = Needs()
    unit.needs(needs)
    yield from load.load(state, needs)
    require_conversation(
        unit.principal, state.conversations.get(unit.conversation_id), unit.conversation_id, unit.action
    )
    shown = unit.look(state)
    return MacroPreview(
        text=shown.text,
        thread_id=None if shown.thread is None else str(shown.thread.id),
        problem=None if shown.problem is None else MacroProblem(code=shown.problem.code, detail=shown.problem.detail),
    )


@routes.post("/conversations/{conversation_id}/macros/{macro_id}/preview", needs="triage", status=200, rate="read")
async def preview_macro(call: Call, conversation_id: int, macro_id: int, body: RunBody) -> MacroPreview:
    """How a macro would come out in a conversation. Nothing is done."""
    unit = await _unit(call, conversation_id, macro_id, body)
    preview: MacroPreview = await call.deps.database.read(_look, unit)
    return preview


@routes.post("/conversations/{conversation_id}/macros/{macro_id}", needs="triage", status=202, idempotent=True)
async def run_macro(call: Call, conversation_id: int, macro_id: int, body: RunBody) -> RanMacro:
    """Carry out all steps of a macro, or none. Its answer is held for a moment, as any other."""
    try:
        done = await call.submit(await _unit(call, conversation_id, macro_id, body))
    except NewerItems as stopped:
        raise await shown_refusal(call, stopped) from stopped
    message = None if done.message_id is None else await message_of(call, done.message_id)
    return RanMacro(conversation=await row_of(call, conversation_id), message=message, bulk_id=str(done.bulk_id))
