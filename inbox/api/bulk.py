"""The same for many conversations: a change, a macro, an answer; each with its own result, and one way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from pydantic import Field

from inbox.api.call import Call
from inbox.api.conversations import ConversationPatch, DismissBody, change_of
from inbox.api.fields import Body, Id
from inbox.api.routing import Routes
from inbox.commands.bulk import MAX_IDS, Outcome, change_all, take_back_all
from inbox.commands.bulk_reply import BulkReply, Recipient, contexts_for, look_at
from inbox.commands.macros import RunMacro, usable
from inbox.commands.on_conversation import OnConversation
from inbox.commands.triage import Dismiss, SetTag, Triage
from inbox.errors import Invalid

routes = Routes("Bulk")
MOST_SENT = 50
"""Answers in one request: whoever sends to more does it slice by slice, and can stop in between."""


class BulkChange(ConversationPatch):
    """A change for many: the fields of one, or a tag, or a dismissal, or a macro."""

    tag_add: Id | None = None
    tag_remove: Id | None = None
    dismiss: DismissBody | Literal[True] | None = None
    macro_id: Id | None = None


class BulkBody(Body):
    """The same change for many conversations."""

    ids: list[Id] = Field(min_length=1, max_length=MAX_IDS)
    change: BulkChange


class BulkReplyBody(Body):
    """One answer to many: a prepared one, whose wording follows each conversation, or words with places."""

    ids: list[Id] = Field(min_length=1, max_length=MAX_IDS)
    canned_id: Id | None = None
    text: str = Field("", max_length=20_000)


class BulkResult(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What became of one of many."""

    id: str
    ok: bool
    code: str | None = None
    detail: str | None = None


class BulkAnswer(msgspec.Struct, kw_only=True):
    """What became of each, in the order asked. `bulk_id`: by which all of it can be taken back for an hour; null where
    nothing changed.
    """

    results: list[BulkResult]
    bulk_id: str | None


class BulkRecipient(msgspec.Struct, kw_only=True):
    """One recipient: the words he would read, in which thread; or (`code`, `detail`) why he is left out."""

    id: str
    number: int | None
    name: str
    thread_id: str | None
    audience: Literal["public", "private"] | None
    text: str
    ok: bool
    code: str | None
    detail: str | None


class BulkPreview(msgspec.Struct, kw_only=True):
    """Every recipient, in the order asked."""

    items: list[BulkRecipient]


def results_of(outcomes: Sequence[Outcome]) -> list[BulkResult]:
    """Outcomes as the outside sees them."""
    return [
        BulkResult(id=str(o.id), ok=True)
        if o.problem is None
        else BulkResult(id=str(o.id), ok=False, code=o.problem.code, detail=o.problem.detail)
        for o in outcomes
    ]


@routes.post("/conversations/bulk", needs="triage", status=200)
async def change_many(call: Call, body: BulkBody) -> BulkAnswer:
    """The same change for many, each with its own result."""
    unit_of = await _change(call, body.change, body.ids)
    dismisses = body.change.dismiss is not None
    done = await change_all(call.deps.writer, call.principal, body.ids, unit_of, dismisses=dismisses)
    return BulkAnswer(results=results_of(done.results), bulk_id=None if done.bulk_id is None else str(done.bulk_id))


@routes.post("/conversations/bulk/{bulk_id}/undo", needs="triage", status=200)
async def take_back_many(call: Call, bulk_id: int) -> BulkAnswer:
    """Take an action back, within an hour and once. What somebody changed since stays."""
    outcomes = await take_back_all(call.deps.writer, call.principal, bulk_id)
    return BulkAnswer(results=results_of(outcomes), bulk_id=None)


async def _change(call: Call, change: BulkChange, ids: Sequence[int]) -> Callable[[int], OnConversation]:
    principal, directory = call.principal, await call.deps.directory.fresh()
    tag_id = change.tag_add if change.tag_add is not None else change.tag_remove
    others = change.model_fields_set & {"tag_add", "tag_remove", "dismiss", "macro_id"}
    if len(others) > 1 or (others and change.model_fields_set - others):
        raise Invalid("one kind of change at a time: fields, or a tag, or a dismissal, or a macro", code="change")
    if tag_id is not None:
        on = change.tag_add is not None
        return lambda i: SetTag(principal, i, tag_id, on, directory=directory, bulk=True)
    if change.dismiss is not None:
        reason = change.dismiss.reason if isinstance(change.dismiss, DismissBody) else ""
        return lambda i: Dismiss(principal, i, reason, bulk=True)
    if change.macro_id is not None:
        macro = usable(principal, change.macro_id, directory)
        contexts = await contexts_for(call.deps.database, call.deps.context_of, ids)
        return lambda i: RunMacro(principal, i, macro, directory=directory, contexts=contexts, bulk=True)
    fields = change_of(change, principal.agent_id)
    return lambda i: Triage(principal, i, fields, directory=directory, bulk=True)


# --- one answer to many


@routes.post("/conversations/bulk-replies/preview", needs="reply", status=200, rate="costly")
async def preview_bulk_reply(call: Call, body: BulkReplyBody) -> BulkPreview:
    """How one answer would read to each of many, and who would be left out. Nothing is sent."""
    unit_of = await _reply(call, body)
    found = await call.deps.database.read(look_at, [unit_of(i) for i in dict.fromkeys(body.ids)])
    return BulkPreview(items=[_recipient(call, one) for one in found])


@routes.post("/conversations/bulk-replies", needs="reply", status=202, idempotent=True)
async def send_bulk_reply(call: Call, body: BulkReplyBody) -> BulkAnswer:
    """Send one answer to up to 50, each held for half a minute and with its own result. One who could not be answered
    in the preview is refused here too; a person is answered once.
    """
    if len(body.ids) > MOST_SENT:
        raise Invalid(f"{len(body.ids)} recipients: send to {MOST_SENT} at a time", code="too_many")
    unit_of = await _reply(call, body)
    ids = list(dict.fromkeys(body.ids))
    looked = await call.deps.database.read(look_at, [unit_of(i) for i in ids])
    left_out = {one.conversation_id: Outcome(one.conversation_id, one.problem) for one in looked if one.problem}
    going = [i for i in ids if i not in left_out]
    done = await change_all(call.deps.writer, call.principal, going, unit_of)
    sent = {one.id: one for one in done.results}
    return BulkAnswer(
        results=results_of([left_out.get(i) or sent[i] for i in ids]),
        bulk_id=None if done.bulk_id is None else str(done.bulk_id),
    )


async def _reply(call: Call, body: BulkReplyBody) -> Callable[[int], BulkReply]:
    principal, directory = call.principal, await call.deps.directory.fresh()
    canned = directory.canned.get(body.canned_id) if body.canned_id is not None else None
    if body.canned_id is not None and canned is None:
        raise Invalid(f"there is no canned answer {body.canned_id}", code="canned_id")
    if canned is None and not body.text.strip():
        raise Invalid("say what is to be sent: canned_id or text", code="empty")
    contexts = await contexts_for(call.deps.database, call.deps.context_of, body.ids)
    return lambda i: BulkReply(principal, i, body.text, canned, directory=directory, contexts=contexts)


def _recipient(call: Call, one: Recipient) -> BulkRecipient:
    seen = one.conversation is not None and call.principal.scope.covers(
        one.conversation.channel_id, one.conversation.team_id
    )
    shown = one.conversation if seen else None
    return BulkRecipient(
        id=str(one.conversation_id),
        number=shown.number if shown is not None else None,
        name=one.name,
        thread_id=None if one.thread is None else str(one.thread.id),
        audience=None if one.thread is None else ("public" if one.thread.audience == "public" else "private"),
        text=one.text,
        ok=one.problem is None,
        code=None if one.problem is None else one.problem.code,
        detail=None if one.problem is None else one.problem.detail,
    )
