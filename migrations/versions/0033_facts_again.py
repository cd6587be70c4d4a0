"""First actions, closes, survey questions, time taken for ended and hours are told otherwise: all facts are read from
the log again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

FACTS = ("wait_fact", "wait_stretch", "episode_fact", "deed", "kept_tally")

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No fact is left, so that the reader of the log begins at its start."""
    for table in FACTS:
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - names of our own
    op.execute(sa.text("DELETE FROM reader WHERE name = 'reports'"))


def downgrade() -> None:
    """What is read by now can stay."""
