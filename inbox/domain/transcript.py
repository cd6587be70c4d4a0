"""One conversation as a document: what was said, by whom, when, in the zone of whoever reads it."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from inbox.domain.shapes import ConversationShape, MessageShape

Form = Literal["text", "html", "json"]
MEDIA_TYPES: dict[Form, str] = {
    "text": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1d2529}"
    "header{border-bottom:1px solid #ccd3d6;margin-bottom:1rem}article{margin:0 0 1rem;padding:.5rem .8rem;"
    "border-inline-start:3px solid #9aa7ad;white-space:pre-wrap;break-inside:avoid}article.out{border-color:#0f6b7d}"
    "article.note{border-color:#c9862b;background:#fcf6ea}footer,time,.where{color:#5b686e;font-size:.85em}"
    "h1{font-size:1.3rem}b{white-space:normal}"
)


def written(
    form: Form, conversation: ConversationShape, items: Sequence[MessageShape], zone: ZoneInfo, channel: str
) -> bytes:
    """The document in a form. Times are local to the zone, with their offset in JSON."""
    match form:
        case "json":
            return _as_json(conversation, items, zone, channel)
        case "html":
            return _as_html(conversation, items, zone, channel).encode()
        case "text":
            return _as_text(conversation, items, zone, channel).encode()


def _at(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).astimezone(zone)


def _when(text: str, zone: ZoneInfo) -> str:
    return _at(text, zone).strftime("%Y-%m-%d %H:%M")


def _title(conversation: ConversationShape, channel: str) -> str:
    name = conversation.contact.name or "somebody"
    subject = f": {conversation.subject}" if conversation.subject else ""
    return f"#{conversation.number} {name}, {channel}{subject}"


def _words(item: MessageShape) -> str:
    if item.erased:
        return "(erased)"
    files = [f"[{one.kind}: {one.name or one.title}]" for one in item.attachments]
    said = [item.title, item.text] if item.title and item.title != item.text else [item.text]
    return "\n".join([part for part in (*said, *files) if part]) or "(no words)"


def _marks(item: MessageShape) -> str:
    """What is to be known of an item beside its words."""
    marks: list[str] = [item.audience if item.direction != "note" else "note"]
    if item.rating is not None:
        marks.append(f"{item.rating} stars")
    if item.edited_at is not None:
        marks.append("edited")
    if item.deleted_at is not None:
        marks.append("deleted")
    if item.hidden_at is not None:
        marks.append("hidden")
    if item.delivery is not None and item.delivery.state not in ("accepted", "delivered", "read"):
        marks.append(item.delivery.state)
    return ", ".join(marks)


def _as_text(conversation: ConversationShape, items: Sequence[MessageShape], zone: ZoneInfo, channel: str) -> str:
    lines = [_title(conversation, channel), f"Times in {zone.key}", ""]
    for item in items:
        lines += [f"{_when(item.occurred_at, zone)}  {item.author.name or item.author.kind} ({_marks(item)})"]
        lines += [f"    {line}" for line in _words(item).splitlines()]
        lines.append("")
    return "\n".join(lines)


def _as_html(conversation: ConversationShape, items: Sequence[MessageShape], zone: ZoneInfo, channel: str) -> str:
    title = html.escape(_title(conversation, channel))
    out = [
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head><body>'
        f"<header><h1>{title}</h1></header><main>"
    ]
    for item in items:
        at = _at(item.occurred_at, zone)
        out.append(
            f'<article class="{item.direction}" dir="auto"><b>{html.escape(item.author.name or item.author.kind)}</b> '
            f'<time datetime="{at.isoformat()}">{_when(item.occurred_at, zone)}</time> '
            f'<span class="where">{html.escape(_marks(item))}</span>\n{html.escape(_words(item))}</article>'
        )
    out.append(f"</main><footer>Times in {html.escape(zone.key)}</footer></body></html>")
    return "\n".join(out)


def _as_json(conversation: ConversationShape, items: Sequence[MessageShape], zone: ZoneInfo, channel: str) -> bytes:
    said: dict[str, Any] = {
        "conversation": {
            "id": conversation.id,
            "number": conversation.number,
            "contact": conversation.contact.name,
            "channel": channel,
            "subject": conversation.subject,
            "status": conversation.status,
        },
        "zone": zone.key,
        "items": [
            {
                "at": _at(item.occurred_at, zone).isoformat(),
                "by": item.author.name or item.author.kind,
                "direction": item.direction,
                "audience": item.audience,
                "text": "" if item.erased else item.text,
                "title": item.title,
                "rating": item.rating,
                "files": [one.name for one in item.attachments],
                "delivery": item.delivery.state if item.delivery is not None else None,
            }
            for item in items
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=2).encode()
