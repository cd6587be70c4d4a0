"""How long an answer waited for somebody's yes: a part of the wait of its own.

Who held a wait at its end is told otherwise than when facts were first read, so all are read from the log again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

FACTS = ("wait_fact", "wait_stretch", "episode_fact", "deed")

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The column; and no fact is left, so that the reader of the log begins at its start."""
    for table in FACTS:
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - names of our own
    op.execute(sa.text("DELETE FROM reader WHERE name = 'reports'"))
    op.add_column("wait_fact", sa.Column("in_approval", sa.BigInteger(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    op.drop_column("wait_fact", "in_approval")
