"""What the pages of the reference share: tables, and types as a reader says them."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from pydantic.fields import FieldInfo

from inbox.api.fields import CountedInstant, Id, Instant

_PLAIN = {int: "integer", str: "text", bool: "true or false", float: "number", Any: "anything", type(None): "null"}
_NAMED = {Id: "id", Instant: "time", CountedInstant: "time"}
_LIMITS = {
    "min_length": "length from {}",
    "max_length": "length up to {}",
    "ge": "from {}",
    "gt": "above {}",
    "le": "up to {}",
    "lt": "below {}",
}
_LISTS = (list, tuple, set, frozenset)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars in cells are kept from ending them."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def prose(docstring: str | None) -> str:
    """A docstring as paragraphs, each on one line."""
    return "\n\n".join(" ".join(part.split()) for part in (docstring or "").strip().split("\n\n"))


def summary(docstring: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return prose(docstring).split("\n\n")[0]


def code(kind: Any) -> str:
    """A record by the name of its class."""
    return f"`{getattr(kind, '__name__', kind)}`"


def said(kind: Any, named: Callable[[Any], str] = code) -> str:
    """A type as a reader says it. `named`: how a record is."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _NAMED.get(kind) or said(inner[0], named) + _limits(inner[1:])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(said(one, named) for one in inner)
    if origin is tuple and (len(inner) != 2 or inner[1] is not Ellipsis):
        return f"pair ({'; '.join(said(one, named) for one in inner)})"
    if origin in _LISTS:
        return f"list of {said(inner[0], named)}"
    if origin is dict:
        return f"object of {said(inner[1], named)}"
    return named(kind)


def _limits(facts: Iterable[Any]) -> str:
    """What pydantic knows of a value beside its type: its size, or the length of a text or list."""
    found: dict[str, Any] = {}
    for fact in facts:
        facts_of_it = fact.metadata if isinstance(fact, FieldInfo) else [fact]
        for one in facts_of_it:
            found |= {name: getattr(one, name) for name in _LIMITS if getattr(one, name, None) is not None}
    said_of_them = [words.format(f"{found[name]:,}") for name, words in _LIMITS.items() if name in found]
    return f" ({', '.join(said_of_them)})" if said_of_them else ""


def fields(record: type[msgspec.Struct], named: Callable[[Any], str] = code) -> str:
    """The fields of a record as a table; empty where it has none."""
    rows = [[f"`{one.encode_name}`", said(one.type, named), _default(one)] for one in msgspec.structs.fields(record)]
    return table(["Field", "Type", "When absent"], rows) if rows else ""


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "always there"
    made = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    if isinstance(made, bool):
        return str(made).lower()
    words = {None: "null", "": "empty", (): "empty"}
    if isinstance(made, (list, dict)):
        return "empty"
    return words.get(made, f"`{made}`")
