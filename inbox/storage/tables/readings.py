"""What agents say of readings, and what was learnt from it."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary

from inbox.storage.tables import columns as c

reading_correction = c.table(  # no words: the item's own are read when it is learnt from
    "reading_correction",
    c.workspace(key=True),
    c.identifier("message_id", key=True),
    c.integer("version"),
    c.text("sentiment"),
    c.text("urgency"),
    c.identifier("agent_id", null=True),
    c.at("position"),
    c.at("at"),
)

reading_model = c.table(
    "reading_model",
    c.workspace(key=True),
    c.identifier("id", key=True),
    c.integer("version"),
    c.text("made_from"),
    c.integer("examples"),
    c.at("made_at"),
    Column("weights", LargeBinary, nullable=False),
)
