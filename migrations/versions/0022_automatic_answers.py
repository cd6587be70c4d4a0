"""What a machine said after a wait's end is not its automatic answer: facts that were read before say so too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Open waits end in the far future, and keep theirs."""
    op.execute(sa.text("UPDATE wait_fact SET automatic_at = NULL WHERE automatic_at > ended_at"))


def downgrade() -> None:
    """Nothing: what stood there was wrong, and is found in the log again by counting anew."""
