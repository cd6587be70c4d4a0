"""docs/events.md: everything that can happen, from inbox/domain/events.py and wait_events.py."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec

from inbox.domain import events as e
from scripts.reference.markdown import fields, prose
from scripts.reference.shapes import Tables, reached

_HEAD = """# Events

Everything that can happen, as the log has it. An event says what happened and to which ids; what people wrote is never
in it. The same names stand in the `event` frames of the [live socket](protocol.md) and in `GET /api/v1/events`
([API](api.md)), where ids are strings, times RFC 3339, and `data` holds the fields below beside `actor`.

Fields are only ever added: a new one has a default, an old one keeps its name and meaning. Times that end `_at` are
microseconds since 1970 in the log. Made from `inbox/domain/events.py` and `wait_events.py` by
`python -m scripts.reference`.

Every event also has:

- its **position**: a number without gaps, in the order of commits;
- `at`: when it was decided;
- its **actor**, who did it: {kind};
- its **audience**: those whose scope covers the conversation's channel or team, one agent alone, admins, or everyone.

The `identity_id` of a wait is 0 where the whole thread waits: only under posts, in mentions and groups does each author
wait for himself.
"""
_SECTION = re.compile(r"^# --- (.+)$", re.MULTILINE)


def current() -> str:
    """The page from the sources as they are."""
    folder = Path(__file__).resolve().parent.parent.parent / "inbox" / "domain"
    return page("\n".join(path.read_text(encoding="utf-8") for path in _sources(folder)))


def _sources(folder: Path) -> list[Path]:
    """The modules with the events: the first has the headings that those without one come under."""
    first = folder / "events.py"
    return [first, *sorted(set(folder.glob("*_events.py")) - {first})]


def page(source: str) -> str:
    """The whole page. `source`: the text of the modules with the events, whose headings it has."""
    parts = [_HEAD.format(kind=", ".join(f"`{kind}`" for kind in get_args(e.ActorKind)))]
    section = ""
    headings = [(found.start(), found[1]) for found in _SECTION.finditer(source)]
    events = get_args(e.AnyEvent)
    within = [one for one in reached(events) if one not in events]
    tables = Tables(within)
    for event in events:
        at = source.index(f"\nclass {event.__name__}(")
        heading = [name for start, name in headings if start < at][-1]
        if heading != section:
            section = heading
            parts.append(f"## {section.capitalize()}\n")
        parts.append(_event(event, tables))
    parts.append("## Within events\n")
    parts += [tables.described(one) for one in within]
    return "\n".join(parts)


def _event(event: type[msgspec.Struct], tables: Tables) -> str:
    lines = [f"### {event.__struct_config__.tag}\n", prose(event.__doc__), ""]
    return "\n".join([*lines, fields(event, tables.named), ""])
