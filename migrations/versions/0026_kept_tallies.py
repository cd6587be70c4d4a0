"""Tallies of whole months, so that a report over years need not count them again (docs/adr/0035); facts are swept soon
after they are written, so that PostgreSQL reads figures from indexes alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_FACTS = ("wait_fact", "wait_stretch", "episode_fact", "deed")
_SETTINGS = ("autovacuum_vacuum_scale_factor", "autovacuum_vacuum_insert_scale_factor")


def _swept(said: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _FACTS:
            op.execute(f"ALTER TABLE {table} {said}")


def upgrade() -> None:
    """Empty: the worker fills it."""
    op.create_table(
        "kept_tally",
        sa.Column("workspace_id", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("month", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("labelled", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "source", "month", "fingerprint"),
    )
    _swept(f"SET ({', '.join(f'{name} = 0.02' for name in _SETTINGS)})")


def downgrade() -> None:
    _swept(f"RESET ({', '.join(_SETTINGS)})")
    op.drop_table("kept_tally")
