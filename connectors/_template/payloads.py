"""What Template posts to us, as far as we read it. Unknown fields are passed over."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta, Raw, Struct

Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]


class Body(Struct):
    """A delivery: events in their order."""

    events: list[Raw]


class Head(Struct):
    """What every event has. `time` is in seconds."""

    id: Id
    kind: Annotated[str, Meta(min_length=1, max_length=100)]
    time: float


class Person(Struct):
    """Who wrote."""

    id: Id
    name: str = ""


class Text(Struct):
    """`message.text`: somebody wrote, `own` for an answer from the network's own app."""

    chat: Id
    message: Id
    person: Person
    text: str = ""
    own: bool = False
    client_ref: str | None = None


class Read(Struct):
    """`message.read`: the customer has read one of our messages."""

    message: Id
