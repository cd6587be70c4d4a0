"""Open waits of a conversation are found by an index whose condition is no other's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def _indexed(where: str) -> None:
    op.drop_index("wait_conversation", table_name="wait")
    open_ones = sa.text(where)
    op.create_index(
        "wait_conversation", "wait", ["conversation_id"], sqlite_where=open_ones, postgresql_where=open_ones
    )


def upgrade() -> None:
    """Make it anew; it holds open waits only, so it is small."""
    _indexed("ended_at IS NULL")


def downgrade() -> None:
    """As it was."""
    _indexed("\"end\" = ''")
