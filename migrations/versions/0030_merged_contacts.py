"""Merges of people are found without reading the log: who takes one apart holds everybody's lock meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the few."""
    merges = sa.text("type = 'contacts_merged'")
    op.create_index("event_contacts_merged", "event", ["position"], sqlite_where=merges, postgresql_where=merges)


def downgrade() -> None:
    """As before."""
    op.drop_index("event_contacts_merged", "event")
