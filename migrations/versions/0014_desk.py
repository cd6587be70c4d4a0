"""Macros, notices, links, stars, what bulk can take back, answers to be approved, and the rules of the desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table(
        "macro",
        ("id",),
        ("name TEXT", "shortcut TEXT", "scope TEXT", "owner_id NULL", "team_id NULL", "steps TEXT", "created_at ID",
         "version INT"),
    )  # fmt: skip
    _table(
        "notice",
        ("id",),
        ("title TEXT", "text TEXT", "canned_id NULL", "filter TEXT", "until NULL", "created_by NULL", "created_at ID",
         "version INT"),
    )  # fmt: skip
    _table("desk_rules", ("id",), ("closing TEXT", "approval TEXT", "version INT"))
    _table("bulk", ("id",), ("actor_kind TEXT", "actor_id NULL", "at ID", "steps TEXT"))
    _table("approval", ("id",), ("conversation_id ID", "by_id ID", "at ID", "seconds INT"))
    op.create_index("approval_conversation", "approval", ["conversation_id"])
    _table("line", ("id",), ("after_id ID",))
    _table("star", ("agent_id", "conversation_id"), ("at ID",), workspace=True)
    _table("conversation_link", ("conversation_id", "other_id"), ("kind TEXT", "by_id NULL", "at ID"), workspace=True)
    op.create_index("conversation_link_other", "conversation_link", ["other_id"])
    op.add_column("canned", sa.Column("variants", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("draft", sa.Column("shared", sa.Integer(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    op.drop_column("draft", "shared")
    op.drop_column("canned", "variants")
    for table in ("conversation_link", "star", "line", "approval", "bulk", "desk_rules", "notice", "macro"):
        op.drop_table(table)


_KINDS = {"ID": sa.BigInteger, "NULL": sa.BigInteger, "INT": sa.Integer, "TEXT": sa.Text}


def _table(name: str, keys: tuple[str, ...], others: tuple[str, ...], *, workspace: bool = False) -> None:
    """A table of the workspace. `workspace`: its number is part of the primary key."""
    primary = ("workspace_id", *keys) if workspace else keys
    op.create_table(
        name,
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *(sa.Column(key, sa.BigInteger(), nullable=False, autoincrement=False) for key in keys),
        *(_column(said) for said in others),
        sa.PrimaryKeyConstraint(*primary),
    )


def _column(said: str) -> sa.Column:
    name, kind = said.split()
    return sa.Column(name, _KINDS[kind](), nullable=kind == "NULL")
