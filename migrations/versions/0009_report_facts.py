"""What reports count: waits, who held them when, episodes, deeds. Filled from the log by its reader `reports`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_LABELS = ("tags TEXT", "campaign_id ID", "post_id ID", "language TEXT", "rating INT")
_TABLES = {
    "wait_fact": (
        ("ended_at ID", "wait_id ID"),
        (
            "conversation_id ID", "home_id ID", "channel_id ID", "network TEXT", "kind TEXT", "team_id ID",
            "agent_id ID", "owner_id ID", *_LABELS, "end TEXT", "reason TEXT", "ended_by TEXT", "response TEXT",
            "episode INT", "opened_at ID", "customer_opened_at ID", "customer_ended_at ID", "acted_at NULL",
            "automatic_at NULL", "acknowledged_at NULL", "in_queue ID", "in_team ID", "with_person ID", "over ID",
            "desk_worked ID", "customer_worked ID", "policy_id ID", "promised TEXT", "deadline_at NULL", "late INT",
            "late_team_id ID", "late_owner_id ID", "reopened INT",
        ),
    ),
    "wait_stretch": (
        ("ended_at ID", "wait_id ID", "began_at ID"),
        (
            "part TEXT", "team_id ID", "owner_id ID", "channel_id ID", "network TEXT", "kind TEXT", "opened_at ID",
            "wait_ended_at ID", "worked ID",
        ),
    ),
    "episode_fact": (
        ("closed_at ID", "conversation_id ID", "number ID"),
        (
            "position ID", "opened_at ID", "first_in_at NULL", "channel_id ID", "network TEXT", "kind TEXT",
            "team_id ID", "agent_id ID", "owner_id ID", *_LABELS, "closed_by TEXT", "again TEXT", "worked ID",
            "policy_id ID", "deadline_at NULL", "late INT",
        ),
    ),
    "deed": (
        ("at ID", "position ID", "what TEXT"),
        (
            "by TEXT", "agent_id ID", "conversation_id ID", "message_id ID", "channel_id ID", "network TEXT",
            "kind TEXT", "team_id ID", "owner_id ID", *_LABELS, "stars INT", "after_at ID",
        ),
    ),
}  # fmt: skip
_INDEXES = {
    "wait_fact": ("wait_id", "conversation_id", "home_id"),
    "wait_stretch": ("wait_id",),
    "episode_fact": ("conversation_id",),
    "deed": ("conversation_id",),
}
_KINDS = {"ID": sa.BigInteger, "NULL": sa.BigInteger, "INT": sa.Integer, "TEXT": sa.Text}


def upgrade() -> None:
    for table, (keys, others) in _TABLES.items():
        op.create_table(
            table,
            sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
            *(_column(said, key=True) for said in keys),
            *(_column(said) for said in others),
            sa.PrimaryKeyConstraint("workspace_id", *(said.split()[0] for said in keys)),
            sqlite_with_rowid=False,
        )
        for column in _INDEXES[table]:
            op.create_index(f"{table}_{column.removesuffix('_id')}", table, [column])


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM reader WHERE name = 'reports'")


def _column(said: str, *, key: bool = False) -> sa.Column:
    name, kind = said.split()
    more = {"autoincrement": False} if key and kind == "ID" else {}
    return sa.Column(name, _KINDS[kind](), nullable=kind == "NULL", **more)
