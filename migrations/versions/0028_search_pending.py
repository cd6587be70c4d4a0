"""PostgreSQL: less waits beside the full-text index to be sorted in, for every search reads all of that."""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of the size that a new database has."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX search_words SET (gin_pending_list_limit = 256)")


def downgrade() -> None:
    """Of PostgreSQL's own size."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX search_words RESET (gin_pending_list_limit)")
