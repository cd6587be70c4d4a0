"""Items with reactions are found without reading all: whoever is erased has left some on what others wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the few."""
    some = sa.text("reactions <> ''")
    op.create_index("message_reacted", "message", ["id"], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    """As before."""
    op.drop_index("message_reacted", "message")
