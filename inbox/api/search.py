"""Search in everything that was said."""

from __future__ import annotations

import msgspec

from inbox.api.call import Call
from inbox.api.conversations import shapes_of
from inbox.api.listing import ConversationFilter, resolve
from inbox.api.pages import Page
from inbox.api.routing import Routes
from inbox.clock import iso
from inbox.domain.shapes import ConversationShape
from inbox.domain.snippet import snippet
from inbox.errors import Invalid
from inbox.eventlog import reading
from inbox.storage import search

routes = Routes("Search")


class HitShape(msgspec.Struct, kw_only=True):
    """An item that was found. `snippet`: the words around the hits, each between U+0002 and U+0003."""

    conversation: ConversationShape
    message_id: str
    snippet: str
    at: str


@routes.get("/search", rate="costly")
async def find(call: Call, query: ConversationFilter) -> Page[HitShape]:
    """Items with all words of `q`, as written or as they sound, newest first; conversation filters narrow it."""
    if not query.q or not query.q.strip():
        raise Invalid("say what to search for: q", code="q")
    said = query.q
    plain = query.model_copy(update={"q": None, "status": query.status or "any"})
    wanted = await resolve(call, plain)
    bound_to = f"search:{said}:{wanted.bound_to}"
    before = call.deps.cursors.read(bound_to, query.cursor)[0] if query.cursor else None
    deps, principal = call.deps, call.principal
    hits = await deps.database.read(
        search.find, deps.database.engine, said, wanted.filter, principal.scope, limit=query.limit, before=before
    )
    ids = list(dict.fromkeys(hit.conversation_id for hit in hits.hits))
    listed = await deps.database.read(reading.rows, ids, principal.agent_id)
    rows = {shape.id: shape for shape in shapes_of(call, listed)}
    return Page(
        items=[
            HitShape(
                conversation=rows[str(hit.conversation_id)],
                message_id=str(hit.message_id),
                snippet=snippet(hit.text, said),
                at=iso(hit.received_at),
            )
            for hit in hits.hits
            if str(hit.conversation_id) in rows
        ],
        next_cursor=deps.cursors.make(bound_to, [hits.before]) if hits.before is not None else None,
        position=listed.position,
    )
