"""Who held an episode when its deadline passed.

Who holds an open one, and that one merged into another or marked as spam is open no more, is told otherwise than when
facts were first read, so all are read from the log again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

FACTS = ("wait_fact", "wait_stretch", "episode_fact", "deed", "kept_tally")
COLUMNS = ("late_team_id", "late_owner_id")

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The columns; and no fact is left, so that the reader of the log begins at its start."""
    for table in FACTS:
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - names of our own
    op.execute(sa.text("DELETE FROM reader WHERE name = 'reports'"))
    for name in COLUMNS:
        op.add_column("episode_fact", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("episode_fact", name)
