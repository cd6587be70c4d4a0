"""Reports that are mailed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table(
        "report_mail",
        ("name TEXT", "owner_id ID", "agent_ids TEXT", "addresses TEXT", "query TEXT", "every TEXT", "weekday INT",
         "month_day INT", "minute INT", "zone TEXT", "language TEXT", "form TEXT", "active INT", "off_reason TEXT",
         "strikes TEXT", "created_at ID", "version INT"),
    )  # fmt: skip
    _table(
        "report_mail_send",
        ("mail_id ID", "due_at ID", "address TEXT", "trial INT", "state TEXT", "reason TEXT", "at ID"),
    )
    op.create_index("report_mail_send_mail", "report_mail_send", ["mail_id", "id"])


def downgrade() -> None:
    for table in ("report_mail_send", "report_mail"):
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
