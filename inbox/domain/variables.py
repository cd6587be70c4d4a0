"""Words with places in them that are filled in when they are used: `{contact.first_name|there}`.

The web app fills in the same way (frontend/src/text/variables.ts); tests/inbox/domain/test_variables.py and its
neighbour there hold the same examples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from inbox.domain.records import Contact, Conversation

_PLACE = re.compile(r"\{\{?\s*([\w.]+)\s*(?:\|([^{}]*))?\}?\}")
_WORD_END = re.compile(r"[\s,]")


class Filled(msgspec.Struct, frozen=True):
    """A text as it goes, and the places that had neither a value nor a fallback."""

    text: str
    missing: tuple[str, ...]


def values_of(conversation: Conversation, contact: Contact | None, agent: str, channel: str) -> dict[str, str]:
    """What can be said of a conversation, by the name of the place; empty where it is not known."""
    name = contact.name.strip() if contact is not None else ""
    return {
        "name": name,
        "contact.name": name,
        "first_name": first_name(name),
        "contact.first_name": first_name(name),
        "contact.company": contact.company if contact is not None else "",
        "agent": agent,
        "agent.name": agent,
        "agent.first_name": first_name(agent),
        "number": f"#{conversation.number}",
        "channel": channel,
    }


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Fill in every known place; a word in braces that names none stays as it stands."""
    missing: list[str] = []

    def put(found: re.Match[str]) -> str:
        name, otherwise = found[1], found[2]
        if name not in values:
            return found[0]
        if not values[name] and otherwise is None:
            missing.append(name)
        return values[name] or (otherwise or "").strip()

    return Filled(_PLACE.sub(put, text), tuple(dict.fromkeys(missing)))


def first_name(name: str) -> str:
    """What one calls a person in a sentence: the first word of a name."""
    return _WORD_END.split(name.strip(), maxsplit=1)[0]
