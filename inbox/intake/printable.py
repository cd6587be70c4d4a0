"""Text of networks as every database takes it: without NUL, which PostgreSQL refuses, and halves of surrogate pairs."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_json = msgspec.json.Encoder().encode


def printable(text: str) -> str:
    """The text with U+FFFD for each NUL and `?` for each half of a pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def printable_record(record: T, kind: Any) -> T:
    """A record of type `kind` all of whose texts are printable: itself where they are, which is nearly always and costs
    one look.
    """
    try:
        if b"\\u0000" not in _json(record):
            return record
    except UnicodeEncodeError:
        pass
    changed: T = msgspec.convert(_scrubbed(msgspec.to_builtins(record)), kind)
    return changed


def _scrubbed(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case list() | tuple():
            return [_scrubbed(one) for one in value]
        case dict():
            return {_scrubbed(key): _scrubbed(one) for key, one in value.items()}
        case _:
            return value
