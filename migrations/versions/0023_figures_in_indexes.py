"""Indexes that hold what the widest reports count: what was due, began, was done where and by whom, and reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_DUE = sa.text("deadline_at IS NOT NULL")
_REVIEW = sa.text("kind = 'review'")
_AGENT = [
    "workspace_id", "agent_id", "ended_at", "wait_id", "end", "response", "opened_at", "customer_opened_at",
    "customer_ended_at", "desk_worked", "customer_worked",
]  # fmt: skip
_WHAT = ["workspace_id", "what", "at"]


def upgrade() -> None:
    """Two of them become wider, three are new."""
    op.drop_index("wait_fact_agent", "wait_fact")
    op.drop_index("deed_what", "deed")
    op.create_index("wait_fact_agent", "wait_fact", [*_AGENT, "channel_id", "team_id"])
    op.create_index("deed_what", "deed", [*_WHAT, "channel_id", "team_id", "agent_id"])
    op.create_index(
        "deed_review",
        "deed",
        ["workspace_id", "at", "what", "stars", "channel_id", "team_id"],
        sqlite_where=_REVIEW,
        postgresql_where=_REVIEW,
    )
    op.create_index(
        "wait_fact_due",
        "wait_fact",
        ["workspace_id", "deadline_at", "wait_id", "conversation_id", "ended_at", "late", "end", "promised",
         "channel_id", "team_id", "agent_id", "owner_id", "late_team_id", "late_owner_id"],
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )  # fmt: skip
    op.create_index(
        "wait_fact_opened",
        "wait_fact",
        ["workspace_id", "opened_at", "wait_id", "conversation_id", "ended_at", "deadline_at", "acted_at",
         "automatic_at", "end", "reason", "ended_by", "kind", "channel_id", "team_id", "agent_id"],
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("wait_fact_opened", "wait_fact")
    op.drop_index("wait_fact_due", "wait_fact")
    op.drop_index("deed_review", "deed")
    op.drop_index("deed_what", "deed")
    op.drop_index("wait_fact_agent", "wait_fact")
    op.create_index("deed_what", "deed", _WHAT)
    op.create_index("wait_fact_agent", "wait_fact", _AGENT)
