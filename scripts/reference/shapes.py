"""The records that stand in bodies and answers, with all that are in them: each once, and linked where it is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Annotated, Any, get_args, get_origin

import msgspec
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scripts.reference.markdown import code, fields, prose, said, table


def reached(kinds: Iterable[Any]) -> list[type]:
    """Every record in these types, in the fields of those, and so on, by name."""
    found: set[type] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if is_record(kind) and kind not in found:
            found.add(kind)
            waiting += _types_in(kind)
    return sorted(found, key=lambda one: (one.__name__, one.__module__))


def is_record(kind: Any) -> bool:
    """Whether it has fields of its own to show."""
    return get_origin(kind) is None and isinstance(kind, type) and issubclass(kind, (BaseModel, msgspec.Struct))


class Tables:
    """Tables of records that link to one another. Of two with one name each says where it is from."""

    def __init__(self, kinds: Iterable[Any]) -> None:
        records = reached(kinds)
        names = Counter(one.__name__ for one in records)
        self.titles = {one: one.__name__ + (_origin(one) if names[one.__name__] > 1 else "") for one in records}

    def named(self, kind: Any) -> str:
        """A record as a link to its table."""
        title = self.titles.get(kind) if is_record(kind) else None
        return code(kind) if title is None else f"[`{kind.__name__}`](#{_anchor(title)})"

    def described(self, record: type[Any]) -> str:
        """A record under its name: what it is, and its fields."""
        rows = _of_model(record, self.named) if issubclass(record, BaseModel) else fields(record, self.named)
        return "\n".join([f"### {self.titles[record]}\n", prose(record.__doc__), "", rows or "No fields.", ""])


def _origin(record: type) -> str:
    return f" ({record.__module__.rpartition('.')[2].removesuffix('_shapes')})"


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-").replace("(", "").replace(")", "")


def _types_in(record: type[Any]) -> list[Any]:
    if issubclass(record, BaseModel):
        return [field.annotation for field in record.model_fields.values()]
    return [field.type for field in msgspec.structs.fields(record)]


def _of_model(model: type[BaseModel], named: Callable[[Any], str]) -> str:
    rows = []
    for name, field in model.model_fields.items():
        absent = "required" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        means = (field.description or "").replace("\n", " ")
        rows.append([f"`{field.alias or name}`", said(_declared(field), named), absent, means])
    head = ["Field", "Type", "When absent", "Meaning"]
    width = len(head) if any(row[-1] for row in rows) else len(head) - 1
    return table(head[:width], [row[:width] for row in rows]) if rows else ""


def _declared(field: FieldInfo) -> Any:
    """The type as it was written: pydantic takes what makes an integer an id for a fact of the field."""
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"`{value}`" if value not in ("", [], {}, ()) else "empty"
