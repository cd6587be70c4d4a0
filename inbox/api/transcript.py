"""One conversation as a file."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field
from starlette.responses import Response

from inbox.api.call import Call
from inbox.api.conversations import row_of
from inbox.api.fields import Query
from inbox.api.routing import Routes
from inbox.domain.shapes import MessageShape
from inbox.domain.transcript import MEDIA_TYPES, written
from inbox.errors import Invalid
from inbox.eventlog import reading

routes = Routes("Conversations")
_PAGE = 200
MOST_ITEMS = 10_000
_ENDINGS = {"text": "txt", "html": "html", "json": "json"}


_MEDIA = tuple(kind.partition(";")[0] for kind in MEDIA_TYPES.values())


class TranscriptQuery(Query):
    """In which form, and in which zone its times are told. `notes` false leaves out what only colleagues may read."""

    format: Literal["text", "html", "json"] = "html"
    zone: str = Field("UTC", max_length=60)
    notes: bool = True


@routes.get("/conversations/{conversation_id}/transcript", rate="costly", media=_MEDIA)
async def transcript(call: Call, conversation_id: int, query: TranscriptQuery) -> Response:
    """A conversation as text, HTML or JSON to be kept or printed: its first 10,000 items."""
    conversation = await row_of(call, conversation_id)
    try:
        zone = ZoneInfo(query.zone)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise Invalid(f"there is no time zone {query.zone!r}: name one as in Europe/Athens", code="zone") from problem
    items = await _items(call, conversation_id)
    if not query.notes:
        items = [item for item in items if item.direction != "note"]
    directory = await call.deps.directory.fresh()
    channel = directory.channels.get(int(conversation.channel_id))
    body = written(query.format, conversation, items, zone, channel.name if channel is not None else "")
    name = f"conversation-{conversation.number}.{_ENDINGS[query.format]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    return Response(body, headers=headers, media_type=MEDIA_TYPES[query.format])


async def _items(call: Call, conversation_id: int) -> list[MessageShape]:
    items: list[MessageShape] = []
    after = 0
    while len(items) < MOST_ITEMS:
        found = await call.deps.database.read(reading.timeline, conversation_id, after=after, limit=_PAGE)
        items += [call.deps.show.message(one, found.state) for one in found.items]
        if len(found.items) < _PAGE:
            break
        after = found.items[-1].position
    return sorted(items, key=lambda item: item.occurred_at)
