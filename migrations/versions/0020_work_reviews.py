"""Reviews of work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table("checklist", ("name TEXT", "questions TEXT", "created_at ID", "version INT"))
    _table(
        "work_sample",
        ("owner_id ID", "asked TEXT", "seed INT", "found INT", "checklist_id NULL", "items TEXT", "created_at ID"),
    )
    op.create_index("work_sample_owner", "work_sample", ["owner_id", "id"])
    _table(
        "work_review",
        ("conversation_id ID", "agent_id ID", "reviewer_id ID", "checklist TEXT", "marks TEXT", "remarks TEXT",
         "verdict TEXT", "comment TEXT", "created_at ID", "changed_at ID", "shared_at NULL", "notification_id NULL",
         "answer TEXT", "answered_at NULL", "version INT"),
    )  # fmt: skip
    op.create_index(
        "work_review_one", "work_review", ["workspace_id", "conversation_id", "agent_id", "reviewer_id"], unique=True
    )
    op.create_index("work_review_agent", "work_review", ["agent_id", "shared_at"])
    op.create_index("work_review_reviewer", "work_review", ["reviewer_id", "created_at"])
    op.create_index("work_review_shared", "work_review", ["shared_at"])


def downgrade() -> None:
    for table in ("work_review", "work_sample", "checklist"):
        op.drop_table(table)


_KINDS = {"ID": sa.BigInteger, "NULL": sa.BigInteger, "INT": sa.Integer, "TEXT": sa.Text}


def _table(name: str, others: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        *(_column(said) for said in others),
        sa.PrimaryKeyConstraint("id"),
    )


def _column(said: str) -> sa.Column:
    name, kind = said.split()
    return sa.Column(name, _KINDS[kind](), nullable=kind == "NULL")
