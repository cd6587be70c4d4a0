"""Building blocks of request bodies and queries: strict models, ids and instants as the outside writes them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from inbox import clock

_MAX_ID = 9_223_372_036_854_775_807
_MAX_POSITION = 9_007_199_254_740_991
"""The highest that every JSON reader tells from its neighbours."""
_COUNTED_UNTIL = clock.parse_iso("2100-01-01T00:00:00Z")
_MAX_VERSION = 2_147_483_646
"""One less than a column takes: the next one is kept."""


def _id(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19 and int(value) <= _MAX_ID:
        return int(value)
    raise ValueError("is not an id: ids are strings of digits")


def _instant(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError("is not an instant: write it as 2026-11-22T10:00:00Z")
    return clock.parse_iso(value)


def _counted(value: Any) -> int:
    at = _instant(value)
    if not 0 <= at < _COUNTED_UNTIL:
        raise ValueError(f"{value!r} is outside of the years 1970 to 2099: nothing is counted there")
    return at


Id = Annotated[int, BeforeValidator(_id), WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,19}$"})]
"""An id: a string of digits outside, an int inside."""
Instant = Annotated[int, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
"""RFC 3339 outside, µs inside."""
CountedInstant = Annotated[int, BeforeValidator(_counted), WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant that reports ask about: over thousands of years, telling a zone's days apart would take minutes."""
Position = Annotated[int, Field(ge=0, le=_MAX_POSITION)]
"""A position of the log; 0 is before the first event."""
EventPosition = Annotated[int, Field(ge=1, le=_MAX_POSITION)]
"""The position of an event."""
Version = Annotated[int, Field(ge=0, le=_MAX_VERSION)]
"""A version of something that is changed by one who has read it."""
Words = Annotated[str, Field(min_length=1, max_length=200)]
"""A name or title: not empty, at most 200 characters."""

Address = Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^\s@<>,;\"]+@[^\s@<>,;\"]+$")]
"""The one mail address somebody signs in with. Of a machine without a domain too."""


class Body(BaseModel):
    """A request body: unknown fields are refused, types are not guessed. `model_fields_set` tells null from absent."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """Query parameters. A parameter given several times is a list where the field is one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Query):
    """Parameters of every list: where to go on, and how many at most."""

    cursor: str | None = Field(None, max_length=2000, description="`next_cursor` of the page before")
    limit: int = Field(50, ge=1, le=200, description="how many items at most")
