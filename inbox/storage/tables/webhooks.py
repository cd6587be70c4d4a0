"""Outgoing webhooks: where to, and every attempt. What waits to be sent are rows of `job`.

The comment at each index names the query it serves.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary
from sqlalchemy import text as sql

from inbox.storage.tables import columns as c

webhook = c.table(
    "webhook",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.text("url"),
    c.integer("active"),
    c.text("types"),
    c.text("networks"),
    c.text("channel_ids"),
    c.text("team_ids"),
    c.text("tag_ids"),
    c.text("sealed"),
    c.at("previous_until", null=True),
    c.at("since_position"),
    c.integer("failures"),
    c.at("failing_since", null=True),
    c.at("paused_until", null=True),
    c.text("disabled_reason"),
    c.identifier("created_by", null=True),
    c.at("created_at"),
    c.integer("version"),
)

webhook_attempt = c.table(
    "webhook_attempt",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("webhook_id"),
    c.text("key"),
    c.at("position", null=True),
    c.text("type"),
    c.integer("number"),
    c.at("at"),
    c.integer("duration_ms"),
    c.text("outcome"),
    c.integer("status", null=True),
    c.text("error"),
    c.text("url"),
    c.text("request_headers"),
    Column("request_body", LargeBinary, nullable=False),
    c.text("answer_headers"),
    c.text("answer_body"),
    c.identifier("conversation_id", null=True),
    c.identifier("contact_id", null=True),
)
# a webhook's log, newest first
Index("webhook_attempt_log", webhook_attempt.c.webhook_id, webhook_attempt.c.id.desc())
# the attempts of one event at one webhook
Index("webhook_attempt_position", webhook_attempt.c.webhook_id, webhook_attempt.c.position)
Index("webhook_attempt_at", webhook_attempt.c.at)  # retention
# what to blank when words are erased
Index(
    "webhook_attempt_conversation",
    webhook_attempt.c.conversation_id,
    sqlite_where=sql("conversation_id IS NOT NULL"),
    postgresql_where=sql("conversation_id IS NOT NULL"),
)
Index(
    "webhook_attempt_contact",
    webhook_attempt.c.contact_id,
    sqlite_where=sql("contact_id IS NOT NULL"),
    postgresql_where=sql("contact_id IS NOT NULL"),
)
