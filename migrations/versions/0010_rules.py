"""Rules: what they say, what they did, what they are to do, and what they hid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = {
    "rule": (
        "id KEY", "name TEXT", "place INT", "active INT", "versions TEXT", "since_position ID", "paused_until NULL",
        "created_at ID", "version INT", "removed_at NULL",
    ),
    "rule_run": (
        "id KEY", "rule_id ID", "rule_version INT", "conversation_id ID", "message_id NULL", "trigger TEXT",
        "trigger_position ID", "since_position ID", "position ID", "depth INT", "at ID", "deeds TEXT", "undone_at NULL",
        "undone_by_kind TEXT", "undone_by_id NULL", "undo TEXT",
    ),
    "rule_due": ("rule_id KEY", "conversation_id KEY", "since ID", "due_at NULL", "cursor ID"),
    "rule_mark": ("rule_id KEY", "key KEYTEXT", "at ID"),
    "appeal": (
        "message_id KEY", "conversation_id ID", "rule_id ID", "run_id ID", "at ID", "state TEXT",
        "decided_by_kind TEXT", "decided_by_id NULL", "decided_at NULL",
    ),
    "dry_run": (
        "id KEY", "state TEXT", "asked TEXT", "days INT", "checked ID", "share INT", "result TEXT", "cancelled INT",
        "started_by NULL", "created_at ID", "updated_at ID",
    ),
}  # fmt: skip
_KEYED_BY_WORKSPACE = frozenset({"rule_due", "rule_mark"})
_INDEXES = {
    "rule_run_rule": ("rule_run", ["rule_id", "at"], None),
    "rule_run_conversation": ("rule_run", ["conversation_id"], None),
    "rule_run_at": ("rule_run", ["at"], None),
    "rule_run_position": ("rule_run", ["position"], None),
    "rule_due_due": ("rule_due", ["due_at"], "due_at IS NOT NULL"),
    "rule_due_conversation": ("rule_due", ["conversation_id"], None),
    "rule_mark_at": ("rule_mark", ["at"], None),
    "appeal_open": ("appeal", ["message_id"], "state = 'open'"),
}
_KINDS = {
    "KEY": sa.BigInteger, "ID": sa.BigInteger, "NULL": sa.BigInteger, "INT": sa.Integer, "TEXT": sa.Text,
    "KEYTEXT": sa.Text,
}  # fmt: skip


def upgrade() -> None:
    for table, columns in _TABLES.items():
        keys = [name for name, kind in map(str.split, columns) if kind.startswith("KEY")]
        op.create_table(
            table,
            sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
            *map(_column, columns),
            sa.PrimaryKeyConstraint(*(["workspace_id"] if table in _KEYED_BY_WORKSPACE else []), *keys),
        )
    for name, (table, columns, where) in _INDEXES.items():
        partial = {f"{engine}_where": sa.text(where) for engine in ("sqlite", "postgresql")} if where else {}
        op.create_index(name, table, columns, **partial)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM reader WHERE name = 'rules'")


def _column(said: str) -> sa.Column:
    name, kind = said.split()
    more = {"autoincrement": False} if kind == "KEY" else {}
    return sa.Column(name, _KINDS[kind](), nullable=kind == "NULL", **more)
