"""Surveys, and who was asked what and answered how.

The comment at each index names the query it serves.
"""

from __future__ import annotations

from sqlalchemy import Index

from inbox.storage.tables import columns as c

survey = c.table(
    "survey",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.text("scale"),
    c.integer("place"),
    c.integer("active"),
    c.text("texts"),
    c.text("condition"),
    c.integer("delay_seconds"),
    c.integer("every_days"),
    c.integer("after_rules"),
    c.at("since_at"),
    c.at("created_at"),
    c.integer("version"),
    c.at("removed_at", null=True),
)

survey_ask = c.table(
    "survey_ask",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("survey_id"),
    c.text("scale"),
    c.identifier("conversation_id"),
    c.integer("episode"),
    c.identifier("thread_id"),
    c.identifier("message_id"),
    c.text("wording"),
    c.text("way"),
    c.at("sent_at"),
    c.identifier("channel_id"),
    c.text("network"),
    c.text("kind"),
    c.identifier("team_id"),
    c.identifier("agent_id"),
    c.identifier("owner_id"),
    c.text("tags"),
    c.identifier("campaign_id"),
    c.identifier("post_id"),
    c.text("language"),
    c.integer("rating"),
    c.integer("score", null=True),
    c.at("answered_at", null=True),
    c.text("answered_by"),
    c.text("comment"),
)
# a conversation's; nobody is asked twice about one episode
Index(
    "survey_ask_episode",
    survey_ask.c.workspace_id,
    survey_ask.c.conversation_id,
    survey_ask.c.episode,
    unique=True,
)
Index("survey_ask_sent", survey_ask.c.scale, survey_ask.c.sent_at)  # reports, comments newest first
