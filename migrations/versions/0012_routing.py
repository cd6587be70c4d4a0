"""Routing: who is available, who takes how much, what he is good at; a campaign may have a team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table(
        "availability",
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason_id", sa.BigInteger(), nullable=True),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("automatic", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
    )
    _table(
        "ability",
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    for name, words in (("team_routing", "terms"), ("house", "attendance")):
        _table(name, sa.Column(words, sa.Text(), nullable=False), sa.Column("version", sa.Integer(), nullable=False))
    op.add_column("campaign", sa.Column("team_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("campaign", "team_id")
    for name in ("house", "team_routing", "ability", "availability"):
        op.drop_table(name)


def _table(name: str, *columns: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id"),
    )
