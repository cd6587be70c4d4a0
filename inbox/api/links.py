"""What a conversation has to do with others: linked, split off; and what one keeps of it for oneself."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from pydantic import Field

from inbox.api.call import Call
from inbox.api.conversations import ConversationAnswer, row_of, shapes_of
from inbox.api.fields import Body, Id
from inbox.api.routing import Routes
from inbox.clock import iso
from inbox.commands.links import Link, Split, Unlink
from inbox.commands.own_marks import SetMark
from inbox.domain.desk_shapes import LinkShape
from inbox.eventlog import reading
from inbox.storage import links
from inbox.storage.database import Query
from inbox.storage.links import Linked
from inbox.storage.own_marks import Mark

routes = Routes("Conversations")


class LinkBody(Body):
    """What the conversation is to the other: related to it, a duplicate of it, caused by it."""

    kind: Literal["related", "duplicate", "cause"] = "related"


class SplitBody(Body):
    """The threads to split off, by themselves or by all their items."""

    thread_ids: list[Id] = Field(default_factory=list, max_length=100)
    message_ids: list[Id] = Field(default_factory=list, max_length=2_000)


class Links(msgspec.Struct, kw_only=True):
    """The conversations linked with one, oldest link first."""

    items: list[LinkShape]


def _linked(conversation_id: int, agent_id: int | None) -> Query[tuple[list[Linked], Any]]:
    found = yield from links.of(conversation_id)
    listed = yield from reading.rows([one.other_id for one in found], agent_id)
    return found, listed


@routes.get("/conversations/{conversation_id}/links")
async def list_links(call: Call, conversation_id: int) -> Links:
    """The conversations linked with this one, as far as one may see them."""
    await row_of(call, conversation_id)
    found, listed = await call.deps.database.read(_linked, conversation_id, call.principal.agent_id)
    shapes = {int(shape.id): shape for shape in shapes_of(call, listed)}
    scope = call.principal.scope
    seen = {row.id for row in listed.rows if scope.covers(row.channel_id, row.team_id)}
    return Links(
        items=[
            LinkShape(
                kind=one.kind,  # type: ignore[arg-type]
                reverse=one.reverse,
                at=iso(one.at),
                conversation=shapes[one.other_id],
            )
            for one in found
            if one.other_id in seen
        ]
    )


@routes.put("/conversations/{conversation_id}/links/{other_id}", needs="triage")
async def link(call: Call, conversation_id: int, other_id: int, body: LinkBody) -> Links:
    """Link two conversations, or say anew what they have to do with one another."""
    await call.submit(Link(call.principal, conversation_id, other_id, body.kind))
    return await list_links(call, conversation_id)


@routes.delete("/conversations/{conversation_id}/links/{other_id}", needs="triage")
async def unlink(call: Call, conversation_id: int, other_id: int) -> None:
    """They have nothing to do with one another."""
    await call.submit(Unlink(call.principal, conversation_id, other_id))


@routes.post("/conversations/{conversation_id}/split", needs="triage", idempotent=True)
async def split(call: Call, conversation_id: int, body: SplitBody) -> ConversationAnswer:
    """Make some threads a conversation of their own, which is the answer. Merging it back takes that back."""
    directory = await call.deps.directory.fresh()
    unit = Split(call.principal, conversation_id, body.thread_ids, body.message_ids, directory=directory)
    return ConversationAnswer(conversation=await row_of(call, await call.submit(unit)))


async def _mark(call: Call, conversation_id: int, mark: Mark, on: bool) -> None:
    await call.submit(SetMark(call.principal, conversation_id, mark, on))
    name = "starred" if mark == "star" else "following"
    call.deps.tell_mine(call.agent_id, {name: {str(conversation_id): on}})


@routes.put("/conversations/{conversation_id}/star", needs="agent", status=204)
async def star(call: Call, conversation_id: int) -> None:
    """Star a conversation: for oneself alone."""
    await _mark(call, conversation_id, "star", True)


@routes.delete("/conversations/{conversation_id}/star", needs="agent")
async def unstar(call: Call, conversation_id: int) -> None:
    """Take one's star off."""
    await _mark(call, conversation_id, "star", False)


@routes.put("/conversations/{conversation_id}/follow", needs="agent", status=204)
async def follow(call: Call, conversation_id: int) -> None:
    """Follow a conversation: it stands in one's own view of what one follows."""
    await _mark(call, conversation_id, "follow", True)


@routes.delete("/conversations/{conversation_id}/follow", needs="agent")
async def unfollow(call: Call, conversation_id: int) -> None:
    """Follow it no longer."""
    await _mark(call, conversation_id, "follow", False)
