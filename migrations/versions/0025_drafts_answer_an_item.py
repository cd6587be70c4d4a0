"""A draft keeps the item it answers, so that a private answer goes to the person it was begun for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of drafts that are there it is not known."""
    op.add_column("draft", sa.Column("in_reply_to", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """It is forgotten."""
    op.drop_column("draft", "in_reply_to")
