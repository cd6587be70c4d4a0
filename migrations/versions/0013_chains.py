"""Escalation chains, and where notifications go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ADDED = (("count", sa.Integer, sa.text("1")), ("seen_at", sa.BigInteger, None), ("data", sa.Text, sa.text("''")))
_UNREAD = sa.text("read_at IS NULL")
_ESCALATES = sa.text("type IN ('escalated', 'escalation_stepped', 'escalation_acknowledged', 'escalation_ended')")


def upgrade() -> None:
    _table(
        "chain",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
    )
    _table(
        "preference",
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    _table(
        "subscription",
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
    )
    op.create_index("subscription_endpoint", "subscription", ["workspace_id", "endpoint"], unique=True)
    op.create_index("subscription_agent", "subscription", ["agent_id"])
    _table(
        "push_key",
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
    )
    for name, kind, default in _ADDED:
        op.add_column("notification", sa.Column(name, kind(), server_default=default, nullable=default is None))
    op.create_index(
        "notification_unread", "notification", ["agent_id", "conversation_id"], sqlite_where=_UNREAD,
        postgresql_where=_UNREAD,
    )  # fmt: skip
    op.create_index("event_escalation", "event", ["at"], sqlite_where=_ESCALATES, postgresql_where=_ESCALATES)
    # What happened before there was anybody to tell it is not told.
    op.execute(
        "INSERT INTO reader (workspace_id, name, position) SELECT 1, 'notify', position FROM workspace "
        "WHERE position > 0"
    )


def downgrade() -> None:
    op.execute("DELETE FROM reader WHERE name = 'notify'")
    op.drop_index("event_escalation", "event")
    op.drop_index("notification_unread", "notification")
    for name, _, _ in reversed(_ADDED):
        op.drop_column("notification", name)
    for name in ("push_key", "subscription", "preference", "chain"):
        op.drop_table(name)


def _table(name: str, *columns: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id"),
    )
