"""Business calendars and SLA policies; waits and episodes know what was promised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NONE = sa.text("''")
_ZERO = sa.text("0")
_ADDED = {
    "conversation": (("responded", sa.Integer, _ZERO), ("resolution", sa.Text, _NONE)),
    "wait": (
        ("first", sa.Integer, _ZERO),
        ("policy_id", sa.BigInteger, None),
        ("target", sa.Text, _NONE),
        ("warned_at", sa.BigInteger, None),
    ),
    "episode": (
        ("policy_id", sa.BigInteger, None),
        ("target", sa.Text, _NONE),
        ("deadline_at", sa.BigInteger, None),
        ("breached_at", sa.BigInteger, None),
    ),
}
_EARLIER = (
    "SELECT 1 FROM wait w WHERE w.conversation_id = wait.conversation_id AND w.\"end\" = 'answered' "
    "AND w.ended_at <= wait.opened_at AND w.id <> wait.id"
)
_REOPENED = (
    "SELECT 1 FROM episode ep WHERE ep.workspace_id = 1 AND ep.conversation_id = wait.conversation_id "
    "AND ep.number = 2 AND ep.opened_at <= wait.opened_at"
)


def upgrade() -> None:
    _settings("calendar", ())
    _settings(
        "policy", (sa.Column("place", sa.Integer(), nullable=False), sa.Column("active", sa.Integer(), nullable=False))
    )
    for table, columns in _ADDED.items():
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind(), server_default=default, nullable=default is None))
    resolving = sa.text("resolution <> ''")
    op.create_index(
        "conversation_resolution", "conversation", ["id"], sqlite_where=resolving, postgresql_where=resolving
    )
    _fill()


def downgrade() -> None:
    op.drop_index("conversation_resolution", "conversation")
    for table, columns in _ADDED.items():
        for name, _, _ in reversed(columns):
            op.drop_column(table, name)
    op.drop_table("policy")
    op.drop_table("calendar")


def _settings(table: str, own: tuple[sa.Column, ...]) -> None:
    op.create_table(
        table,
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *own,
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _fill() -> None:
    """Which waits were first responses, and where somebody answered: by a passing index on what was answered."""
    op.create_index("wait_filling", "wait", ["conversation_id", "end", "ended_at"])
    op.execute(f"UPDATE wait SET first = 1 WHERE NOT EXISTS ({_EARLIER}) AND NOT EXISTS ({_REOPENED})")  # noqa: S608 - words of ours
    op.execute(
        "UPDATE conversation SET responded = 1 WHERE EXISTS "
        "(SELECT 1 FROM wait w WHERE w.conversation_id = conversation.id AND w.\"end\" = 'answered')"
    )
    op.drop_index("wait_filling", "wait")
