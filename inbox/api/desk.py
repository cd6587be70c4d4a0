"""Notices that stand above matching conversations, and the rules of the desk."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field

from inbox.api.call import Call
from inbox.api.fields import Body, Id, Instant, Words
from inbox.api.labels import changed
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.commands.desk import PutDeskRules, PutNotice, RemoveNotice
from inbox.commands.versions import found
from inbox.domain.desk_records import Notice
from inbox.domain.desk_rules import Approvals, Closing, rules_of
from inbox.domain.desk_shapes import DeskRulesShape, NoticeShape
from inbox.eventlog.show_desk import notice_shape, rules_shape
from inbox.storage import rows

routes = Routes("Desk")
Condition = Literal[
    "status", "channel", "network", "kind", "tag", "assignee", "team", "priority", "language", "rating", "post",
    "campaign",
]  # fmt: skip
Conditions = dict[Condition, Annotated[str, Field(min_length=1, max_length=500)]]
"""Those of saved views that can be seen of a conversation's row."""
Kind = Literal["direct", "group", "comment", "mention", "review", "mail", "chat"]


class NewNotice(Body):
    """Something to know: about which conversations, what to answer, until when."""

    title: Words
    text: str = Field("", max_length=5_000)
    canned_id: Id | None = None
    filter: Conditions = Field(default_factory=dict)
    until: Instant | None = None


class NoticePatch(Body):
    """What to change of a notice."""

    title: Words | None = None
    text: str | None = Field(None, max_length=5_000)
    canned_id: Id | None = None
    filter: Conditions | None = None
    until: Instant | None = None


class ClosingBody(Body):
    """What a conversation must have before a person closes it."""

    needs_tag: bool = False
    tag_ids: list[Id] = Field(default_factory=list, max_length=200)
    needs_assignee: bool = False
    fields: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=100)
    kinds: list[Kind] = Field(default_factory=list)


class ApprovalsBody(Body):
    """Whose answers are held until a supervisor has said yes."""

    agent_ids: list[Id] = Field(default_factory=list, max_length=500)
    channel_ids: list[Id] = Field(default_factory=list, max_length=500)
    stars: int | None = Field(None, ge=1, le=10)


class DeskRulesPatch(Body):
    """What to change; each part is replaced whole."""

    closing: ClosingBody | None = None
    approvals: ApprovalsBody | None = None


def _values(given: dict[str, Any]) -> dict[str, Any]:
    if "filter" in given:
        given["filter"] = msgspec.json.encode(given["filter"]).decode()
    return given


@routes.get("/notices")
async def list_notices(call: Call) -> Page[NoticeShape]:
    """All notices, also those that are over."""
    position = await call.position()
    return Page(
        items=[notice_shape(one) for one in await call.deps.database.read(rows.every, Notice)], position=position
    )


@routes.post("/notices", needs="settings", idempotent=True)
async def create_notice(call: Call, body: NewNotice) -> NoticeShape:
    """Pin a notice above matching conversations, for all agents."""
    values = _values({name: getattr(body, name) for name in NewNotice.model_fields})
    directory = await call.deps.directory.fresh()
    return notice_shape(await call.submit(PutNotice(call.principal, None, values, directory=directory)))


@routes.get("/notices/{notice_id}")
async def see_notice(call: Call, notice_id: int) -> NoticeShape:
    """A notice."""
    return notice_shape(await call.deps.database.read(found, Notice, notice_id))


@routes.patch("/notices/{notice_id}", needs="settings", if_match=True)
async def change_notice(call: Call, notice_id: int, body: NoticePatch) -> NoticeShape:
    """Change a notice."""
    values = _values(changed(body, "canned_id", "until"))
    directory = await call.deps.directory.fresh()
    return notice_shape(
        await call.submit(PutNotice(call.principal, notice_id, values, directory=directory, version=call.version))
    )


@routes.delete("/notices/{notice_id}", needs="settings")
async def remove_notice(call: Call, notice_id: int) -> None:
    """Take a notice down."""
    await call.submit(RemoveNotice(call.principal, notice_id, call.version))


@routes.get("/desk-rules")
async def see_desk_rules(call: Call) -> DeskRulesShape:
    """What closing asks for, and whose answers need a yes."""
    directory = await call.deps.directory.fresh()
    return rules_shape(directory.desk.rules)


@routes.patch("/desk-rules", needs="settings", if_match=True)
async def change_desk_rules(call: Call, body: DeskRulesPatch) -> DeskRulesShape:
    """Change what holds for the whole desk."""
    closing = None
    if body.closing is not None:
        given = body.closing
        closing = Closing(
            needs_tag=given.needs_tag, tag_ids=tuple(given.tag_ids), needs_assignee=given.needs_assignee,
            fields=tuple(dict.fromkeys(given.fields)), kinds=tuple(given.kinds),
        )  # fmt: skip
    approvals = None
    if body.approvals is not None:
        asked = body.approvals
        approvals = Approvals(agent_ids=tuple(asked.agent_ids), channel_ids=tuple(asked.channel_ids), stars=asked.stars)
    directory = await call.deps.directory.fresh()
    unit = PutDeskRules(call.principal, closing, approvals, directory=directory, version=call.version)
    return rules_shape(rules_of(await call.submit(unit)))
