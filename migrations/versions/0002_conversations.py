"""Conversations: threads, messages, people, waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _contact() -> None:
    op.create_table(
        "contact",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("avatar_url", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("contact_email", "contact", ["email"], unique=False)
    op.create_index("contact_name", "contact", ["name"], unique=False)


def _contact_ref() -> None:
    op.create_table(
        "contact_ref",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "system", "external_id"),
    )
    op.create_index("contact_ref_contact", "contact_ref", ["contact_id"], unique=False)


def _content() -> None:
    op.create_table(
        "content",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("quoted_html", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("attachments", sa.Text(), nullable=False),
        sa.Column("mentions", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "version"),
    )


def _conversation() -> None:
    op.create_table(
        "conversation",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("assignee_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("team_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("preview", sa.Text(), nullable=False),
        sa.Column("preview_direction", sa.Text(), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("participants_count", sa.Integer(), nullable=False),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("deadline_at", sa.BigInteger(), nullable=True),
        sa.Column("window_closes_at", sa.BigInteger(), nullable=True),
        sa.Column("last_activity_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("snooze_until_reply", sa.Integer(), nullable=False),
        sa.Column("spam", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Text(), nullable=False),
        sa.Column("escalation", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("external_refs", sa.Text(), nullable=False),
        sa.Column("linked_from", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("merged_into", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _indexes_of_conversation() -> None:
    op.create_index(
        "conversation_activity",
        "conversation",
        ["status", sa.literal_column("last_activity_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "conversation_assignee",
        "conversation",
        ["assignee_id", "status", sa.literal_column("last_activity_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "conversation_channel",
        "conversation",
        ["channel_id", "status", sa.literal_column("last_activity_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "conversation_contact", "conversation", ["contact_id", sa.literal_column("last_activity_at DESC")], unique=False
    )
    op.create_index(
        "conversation_deadline",
        "conversation",
        ["deadline_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'open' AND deadline_at IS NOT NULL"),
        postgresql_where=sa.text("status = 'open' AND deadline_at IS NOT NULL"),
    )
    op.create_index(
        "conversation_escalated",
        "conversation",
        ["status", sa.literal_column("last_activity_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        sqlite_where=sa.text("escalation <> ''"),
        postgresql_where=sa.text("escalation <> ''"),
    )
    op.create_index("conversation_number", "conversation", ["workspace_id", "number"], unique=True)
    op.create_index(
        "conversation_spam",
        "conversation",
        [sa.literal_column("last_activity_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        sqlite_where=sa.text("spam = 1"),
        postgresql_where=sa.text("spam = 1"),
    )
    op.create_index(
        "conversation_team",
        "conversation",
        ["team_id", "status", sa.literal_column("last_activity_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "conversation_waiting",
        "conversation",
        ["waiting_since", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'open' AND waiting_since IS NOT NULL"),
        postgresql_where=sa.text("status = 'open' AND waiting_since IS NOT NULL"),
    )
    op.create_index(
        "conversation_window",
        "conversation",
        ["window_closes_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'open' AND window_closes_at IS NOT NULL"),
        postgresql_where=sa.text("status = 'open' AND window_closes_at IS NOT NULL"),
    )


def _episode() -> None:
    op.create_table(
        "episode",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by_kind", sa.Text(), nullable=False),
        sa.Column("closed_by_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", "number"),
    )


def _identity() -> None:
    op.create_table(
        "identity",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("avatar_url", sa.Text(), nullable=True),
        sa.Column("verified", sa.Integer(), nullable=True),
        sa.Column("reachable", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("identity_contact", "identity", ["contact_id"], unique=False)
    op.create_index("identity_external", "identity", ["workspace_id", "network", "scope", "external_id"], unique=True)


def _identity_alias() -> None:
    op.create_table(
        "identity_alias",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("identity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "value", "identity_id"),
    )
    op.create_index("identity_alias_identity", "identity_alias", ["identity_id"], unique=False)


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("identity_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("in_reply_to", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("hidden_at", sa.BigInteger(), nullable=True),
        sa.Column("automatic", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("needs_answer", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("delivery_state", sa.Text(), nullable=False),
        sa.Column("delivery_reason", sa.Text(), nullable=False),
        sa.Column("delivery_at", sa.BigInteger(), nullable=True),
        sa.Column("delivery_until", sa.BigInteger(), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("refused_recipients", sa.Text(), nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_wait", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=True),
        sa.Column("reactions", sa.Text(), nullable=False),
        sa.Column("chat_seq", sa.BigInteger(), nullable=True),
        sa.Column("chat_change", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _indexes_of_message() -> None:
    op.create_index(
        "message_chat",
        "message",
        ["thread_id", "chat_change"],
        unique=False,
        sqlite_where=sa.text("chat_change IS NOT NULL"),
        postgresql_where=sa.text("chat_change IS NOT NULL"),
    )
    op.create_index(
        "message_client_key",
        "message",
        ["client_key"],
        unique=False,
        sqlite_where=sa.text("client_key IS NOT NULL"),
        postgresql_where=sa.text("client_key IS NOT NULL"),
    )
    op.create_index(
        "message_external",
        "message",
        ["workspace_id", "channel_id", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_index("message_identity", "message", ["identity_id"], unique=False)
    op.create_index(
        "message_timeline",
        "message",
        ["conversation_id", sa.literal_column("position DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "message_undelivered",
        "message",
        ["thread_id"],
        unique=False,
        sqlite_where=sa.text("delivery_state IN ('accepted', 'delivered')"),
        postgresql_where=sa.text("delivery_state IN ('accepted', 'delivered')"),
    )


def _message_alias() -> None:
    op.create_table(
        "message_alias",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "channel_id", "external_id"),
    )
    op.create_index("message_alias_message", "message_alias", ["message_id"], unique=False)


def _participant() -> None:
    op.create_table(
        "participant",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("identity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "conversation_id", "identity_id"),
    )
    op.create_index("participant_identity", "participant", ["identity_id"], unique=False)


def _post() -> None:
    op.create_table(
        "post",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("is_ad", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("posted_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("post_external", "post", ["workspace_id", "channel_id", "external_id"], unique=True)


def _thread() -> None:
    op.create_table(
        "thread",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("identity_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("window_closes_at", sa.BigInteger(), nullable=True),
        sa.Column("last_in_at", sa.BigInteger(), nullable=True),
        sa.Column("last_in_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.Column("delivered_up_to", sa.BigInteger(), nullable=True),
        sa.Column("read_up_to", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("chat_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("thread_conversation", "thread", ["conversation_id"], unique=False)
    op.create_index("thread_external", "thread", ["workspace_id", "channel_id", "external_id"], unique=True)


def _wait() -> None:
    op.create_table(
        "wait",
        sa.Column("workspace_id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("identity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("customer_opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("customer_ended_at", sa.BigInteger(), nullable=True),
        sa.Column("end", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_by_kind", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("answer_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("next_by", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("next_customer_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("deadline_at", sa.BigInteger(), nullable=True),
        sa.Column("breached_at", sa.BigInteger(), nullable=True),
        sa.Column("team_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("assignee_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _indexes_of_wait() -> None:
    op.create_index("wait_answer", "wait", ["answer_id"], unique=False)
    op.create_index("wait_author", "wait", ["thread_id", "identity_id"], unique=False)
    op.create_index(
        "wait_conversation",
        "wait",
        ["conversation_id"],
        unique=False,
        sqlite_where=sa.text("\"end\" = ''"),
        postgresql_where=sa.text("\"end\" = ''"),
    )
    op.create_index("wait_ended", "wait", ["ended_at"], unique=False)
    op.create_index(
        "wait_open",
        "wait",
        ["workspace_id", "thread_id", "identity_id"],
        unique=True,
        sqlite_where=sa.text("\"end\" = ''"),
        postgresql_where=sa.text("\"end\" = ''"),
    )


def upgrade() -> None:
    """Conversations: threads, messages, people, waits."""
    _contact()
    _contact_ref()
    _content()
    _conversation()
    _indexes_of_conversation()
    _episode()
    _identity()
    _identity_alias()
    _message()
    _indexes_of_message()
    _message_alias()
    _participant()
    _post()
    _thread()
    _wait()
    _indexes_of_wait()


def downgrade() -> None:
    """Drop it all."""
    op.drop_table("wait")
    op.drop_table("thread")
    op.drop_table("post")
    op.drop_table("participant")
    op.drop_table("message_alias")
    op.drop_table("message")
    op.drop_table("identity_alias")
    op.drop_table("identity")
    op.drop_table("episode")
    op.drop_table("conversation")
    op.drop_table("content")
    op.drop_table("contact_ref")
    op.drop_table("contact")
