"""A channel's own credentials may end; a connection knows the developer app that was signed in to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connection", sa.Column("app_id", sa.BigInteger(), nullable=True))
    op.add_column("channel", sa.Column("expires_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("channel", "expires_at")
    op.drop_column("connection", "app_id")
