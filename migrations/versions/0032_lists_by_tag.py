"""Lists by a tag, a channel and an owner read the index alone: it repeats the channel and the owner, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

TABLE, INDEX = "conversation_tag", "conversation_tag_list"
LED_BY = ["tag_id", "status", sa.text("last_activity_at DESC"), sa.text("conversation_id DESC")]

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The columns with what stands in the conversation, and the index over them."""
    op.add_column(TABLE, sa.Column("channel_id", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column(TABLE, sa.Column("assignee_id", sa.BigInteger(), nullable=True))
    op.execute(
        sa.text(
            "UPDATE conversation_tag SET channel_id = c.channel_id, assignee_id = c.assignee_id "
            "FROM conversation c WHERE c.id = conversation_tag.conversation_id"
        )
    )
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, [*LED_BY, "channel_id", "assignee_id"])


def downgrade() -> None:
    """As before."""
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, LED_BY)
    op.drop_column(TABLE, "assignee_id")
    op.drop_column(TABLE, "channel_id")
