"""Fewer index entries move with every item: partial indexes where most rows are of no interest."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LISTED = ["status", text("last_activity_at DESC"), text("id DESC")]
_BEFORE = {
    "conversation_assignee": ("conversation", ["assignee_id", *_LISTED], None),
    "conversation_team": ("conversation", ["team_id", *_LISTED], None),
    "conversation_contact": ("conversation", ["contact_id", text("last_activity_at DESC")], None),
    "message_identity": ("message", ["identity_id"], None),
    "wait_author": ("wait", ["thread_id", "identity_id"], None),
    "wait_answer": ("wait", ["answer_id"], None),
    "wait_ended": ("wait", ["ended_at"], None),
}
_AFTER = {
    "conversation_assignee": ("conversation", ["assignee_id", *_LISTED], text("assignee_id IS NOT NULL")),
    "conversation_team": ("conversation", ["team_id", *_LISTED], text("team_id IS NOT NULL")),
    "conversation_contact": ("conversation", ["contact_id"], None),
    "wait_taken_back": ("wait", ["thread_id", "identity_id"], text("\"end\" IN ('dismissed', 'voided')")),
    "wait_answer": ("wait", ["answer_id"], text("answer_id IS NOT NULL")),
    "wait_ended": ("wait", ["ended_at"], text("ended_at IS NOT NULL")),
}


def upgrade() -> None:
    _exchange(_BEFORE, _AFTER)


def downgrade() -> None:
    _exchange(_AFTER, _BEFORE)


def _exchange(old: dict, new: dict) -> None:  # type: ignore[type-arg]
    for name, (table, _, _) in old.items():
        op.drop_index(name, table)
    for name, (table, columns, where) in new.items():
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
