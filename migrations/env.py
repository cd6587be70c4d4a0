"""Alembic's environment, driven by `inbox.storage.migrate`, which hands over an open connection."""

from __future__ import annotations

from alembic import context

from inbox.storage import tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables.metadata,
    # One transaction for all steps: a migration that fails halfway leaves the database as it was, on both engines.
    transaction_per_migration=False,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
