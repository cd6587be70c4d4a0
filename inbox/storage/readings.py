"""What agents said of readings, and the model that was learnt from it."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, delete, func, select

from inbox.storage import tables as t
from inbox.storage.database import Delete, Query, Save, Statement, Upsert, among, fetch, first

_MODEL = 1
_c, _w, _m = t.reading_correction.c, t.content.c, t.message.c
_told = t.reading_correction.join(t.content, (_w.message_id == _c.message_id) & (_w.version == _c.version)).join(
    t.message, _m.id == _c.message_id
)
_there = (_m.erased == 0, (_w.text != "") | (_w.title != ""))
_FINGERPRINT = Statement(
    select(func.count(), func.coalesce(func.sum(_c.position), 0)).select_from(_told).where(*_there)
)
_CORRECTIONS = Statement(
    select(_w.text, _w.title, _w.rating, _m.language, _c.sentiment, _c.urgency)
    .select_from(_told)
    .where(*_there)
    .order_by(_c.position.desc())
    .limit(bindparam("most"))
)
_HELD = Statement(
    select(t.reading_model.c.version, t.reading_model.c.made_from, t.reading_model.c.weights).where(
        t.reading_model.c.id == _MODEL
    )
)
_FORGET = Statement(delete(t.reading_correction).where(among(_c.message_id, "messages")))


class Correction(msgspec.Struct, frozen=True):
    """What an agent said of an item, with the words it is about."""

    text: str
    title: str
    rating: int | None
    language: str | None
    sentiment: str
    urgency: str


class Model(msgspec.Struct, frozen=True):
    """The model in force. `made_from`: fingerprint of the corrections it was made from."""

    version: int
    made_from: str
    weights: bytes


def put(
    message_id: int, version: int, sentiment: str, urgency: str, *, agent_id: int | None, position: int, at: int
) -> Query[None]:
    """Keep what an agent says of a version of an item, in place of what was said of it before."""
    row = (message_id, version, sentiment, urgency, agent_id, position, at)
    yield Save([Upsert(t.reading_correction, [row], ("message_id",))])


def drop(message_id: int) -> Query[None]:
    """It was taken back."""
    yield Save([Delete(t.reading_correction, [(message_id,)], ("message_id",))])


def forget(message_ids: list[int]) -> Query[None]:
    """Nothing is learnt from these items any more: their words are gone."""
    yield _FORGET(messages=message_ids)


def fingerprint() -> Query[str]:
    """What tells one set of corrections from another: it changes with each one made, changed, taken back or erased."""
    row = yield from first(_FINGERPRINT())
    return f"{row[0]}:{int(row[1])}" if row is not None else "0:0"


def corrections(most: int) -> Query[list[Correction]]:
    """The newest corrections whose words are still there, oldest first."""
    rows = yield from fetch(_CORRECTIONS(most=most))
    return [Correction(*row) for row in reversed(rows)]


def model() -> Query[Model | None]:
    """The model in force; None before anything was learnt."""
    row = yield from first(_HELD())
    return Model(row[0], row[1], bytes(row[2])) if row is not None else None


def put_model(version: int, made_from: str, examples: int, weights: bytes, at: int) -> Query[None]:
    """Replace the model."""
    row = (_MODEL, version, made_from, examples, at, weights)
    yield Save([Upsert(t.reading_model, [row], ("id",))])
