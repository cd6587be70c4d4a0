"""Posts with counts and campaigns, waits that know their post, who moderated an item and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from inbox.domain.words import searchable

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NONE = sa.text("''")
_ZERO = sa.text("0")
_COUNTS = ("comment_count", "hidden_count", "answered_count", "unasked_count")
_post = sa.table("post", *(sa.column(name) for name in ("id", "text", "words", *_COUNTS)))
_INDEXES = {
    "thread_post": ("thread", ["post_id", "conversation_id"], "post_id IS NOT NULL"),
    "post_campaign": ("post", ["campaign_id"], "campaign_id IS NOT NULL"),
    "wait_post": ("wait", ["post_id", "opened_at", "id"], "\"end\" = '' AND post_id IS NOT NULL"),
    "conversation_campaign": (
        "conversation",
        ["campaign_id", "status", sa.text("last_activity_at DESC"), sa.text("id DESC")],
        "campaign_id IS NOT NULL",
    ),
}
_THERE = "x.kind = 'comment' AND x.direction = 'in' AND x.deleted_at IS NULL"
_COUNTED = {
    "comment_count": ("message", _THERE),
    "hidden_count": ("message", f"{_THERE} AND x.hidden_at IS NOT NULL"),
    "answered_count": ("wait", "x.\"end\" = 'answered'"),
    "unasked_count": ("wait", "x.\"end\" = 'dismissed' AND x.reason = 'no_question' AND x.ended_by_kind = 'system'"),
}


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("hashtags", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("message", sa.Column("moderation", sa.Text(), server_default=_NONE, nullable=False))
    op.add_column("outbox", sa.Column("note", sa.Text(), server_default=_NONE, nullable=False))
    op.add_column("wait", sa.Column("post_id", sa.BigInteger(), nullable=True))
    op.add_column("post", sa.Column("words", sa.Text(), server_default=_NONE, nullable=False))
    for name in _COUNTS:
        op.add_column("post", sa.Column(name, sa.Integer(), server_default=_ZERO, nullable=False))
    for name, (table, columns, where) in _INDEXES.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    _fill()


def downgrade() -> None:
    for name, (table, _, _) in _INDEXES.items():
        op.drop_index(name, table)
    for name in (*reversed(_COUNTS), "words"):
        op.drop_column("post", name)
    op.drop_column("wait", "post_id")
    op.drop_column("outbox", "note")
    op.drop_column("message", "moderation")
    op.drop_table("campaign")


def _fill() -> None:
    """What is there already is counted, and found by its words. Each table is read once."""
    bind = op.get_bind()
    op.execute(
        "UPDATE wait SET post_id = (SELECT th.post_id FROM thread th WHERE th.id = wait.thread_id) "
        "WHERE thread_id IN (SELECT id FROM thread WHERE post_id IS NOT NULL)"
    )
    for name, (table, where) in _COUNTED.items():
        counted = (
            f"SELECT th.post_id, COUNT(*) FROM {table} x JOIN thread th ON th.id = x.thread_id "  # noqa: S608 - words of ours
            f"WHERE th.post_id IS NOT NULL AND {where} GROUP BY th.post_id"
        )
        for post_id, n in bind.execute(sa.text(counted)).all():
            bind.execute(sa.update(_post).where(_post.c.id == post_id).values({name: n}))
    for post_id, text in bind.execute(sa.select(_post.c.id, _post.c.text).where(_post.c.text != "")).all():
        bind.execute(sa.update(_post).where(_post.c.id == post_id).values(words=searchable(text)))
