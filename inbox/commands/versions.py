"""Settings objects as commands find them: there or not, and of the version that was read."""

from __future__ import annotations

import re
from typing import TypeVar

from inbox.domain.records import Record
from inbox.errors import NotFound, Stale
from inbox.storage import rows
from inbox.storage.database import Query

R = TypeVar("R", bound=Record)


def found(kind: type[R], record_id: int) -> Query[R]:
    """The record with this id. Raises NotFound."""
    record = yield from rows.one(kind, record_id)
    if record is None:
        named = re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).lower()
        raise NotFound(f"there is no {named} {record_id}")
    return record


def check_version(current: int, expected: int | None, name: str) -> None:
    """Raise Stale when somebody changed it since it was read. None: whatever there is."""
    if expected is not None and expected != current:
        raise Stale(
            f"{name} was changed since you read it: it is version {current}, not {expected}", current_version=current
        )
