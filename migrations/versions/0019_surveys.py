"""Surveys after close."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    _table(
        "survey",
        ("name TEXT", "scale TEXT", "place INT", "active INT", "texts TEXT", "condition TEXT", "delay_seconds INT",
         "every_days INT", "after_rules INT", "since_at ID", "created_at ID", "version INT", "removed_at NULL"),
    )  # fmt: skip
    _table(
        "survey_ask",
        ("survey_id ID", "scale TEXT", "conversation_id ID", "episode INT", "thread_id ID", "message_id ID",
         "wording TEXT", "way TEXT", "sent_at ID", "channel_id ID", "network TEXT", "kind TEXT", "team_id ID",
         "agent_id ID", "owner_id ID", "tags TEXT", "campaign_id ID", "post_id ID", "language TEXT", "rating INT",
         "score NONE", "answered_at NULL", "answered_by TEXT", "comment TEXT"),
    )  # fmt: skip
    op.create_index("survey_ask_episode", "survey_ask", ["workspace_id", "conversation_id", "episode"], unique=True)
    op.create_index("survey_ask_sent", "survey_ask", ["scale", "sent_at"])
    op.add_column("thread", sa.Column("survey_ask_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("thread", "survey_ask_id")
    op.drop_table("survey_ask")
    op.drop_table("survey")


_KINDS = {"ID": sa.BigInteger, "NULL": sa.BigInteger, "INT": sa.Integer, "NONE": sa.Integer, "TEXT": sa.Text}


def _table(name: str, others: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        *(_column(said) for said in others),
        sa.PrimaryKeyConstraint("id"),
    )


def _column(said: str) -> sa.Column:
    name, kind = said.split()
    return sa.Column(name, _KINDS[kind](), nullable=kind in ("NULL", "NONE"))
