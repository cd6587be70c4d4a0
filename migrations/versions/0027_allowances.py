"""How much of what its network allows a channel has used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty: networks say it with their next answers."""
    op.create_table(
        "allowance",
        sa.Column("workspace_id", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("used_percent", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "channel_id"),
    )


def downgrade() -> None:
    op.drop_table("allowance")
