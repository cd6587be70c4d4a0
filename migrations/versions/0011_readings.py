"""How messages read: language, sentiment, urgency, and what agents corrected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_COLUMNS = {
    "conversation": (("sentiment", "'neutral'"), ("urgency", "'normal'")),
    "message": (("language", None), ("sentiment", "'neutral'"), ("urgency", "'normal'"), ("reading", "''")),
}
_URGENT = sa.text("urgency = 'urgent'")


def upgrade() -> None:
    for table, columns in _COLUMNS.items():
        for name, default in columns:
            said = sa.text(default) if default is not None else None
            op.add_column(table, sa.Column(name, sa.Text(), nullable=default is None, server_default=said))
    op.create_index(
        "conversation_urgent", "conversation", ["status", sa.text("last_activity_at DESC"), sa.text("id DESC")],
        sqlite_where=_URGENT, postgresql_where=_URGENT,
    )  # fmt: skip
    op.create_table(
        "reading_correction",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sentiment", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "message_id"),
    )
    op.create_table(
        "reading_model",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_from", sa.Text(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id"),
    )


def downgrade() -> None:
    op.drop_table("reading_model")
    op.drop_table("reading_correction")
    op.drop_index("conversation_urgent", "conversation")
    for table, columns in _COLUMNS.items():
        for name, _ in columns:
            op.drop_column(table, name)
