"""The workspace: channels, people, settings, and what belongs to one agent."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary
from sqlalchemy import text as sql

from inbox.storage.tables import columns as c

app = c.table(
    "app",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("network"),
    c.text("name"),
    c.text("settings"),
    c.text("sealed"),
    c.at("created_at"),
    c.integer("version"),
)

connection = c.table(
    "connection",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("network"),
    c.text("name"),
    c.text("sealed"),
    c.at("expires_at", null=True),
    c.text("health"),
    c.text("health_reason"),
    c.at("created_at"),
    c.integer("version"),
    c.identifier("app_id", null=True),
)

campaign = c.table(
    "campaign",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.identifier("owner_id", null=True),
    c.text("goal"),
    c.at("starts_at", null=True),
    c.at("ends_at", null=True),
    c.text("hashtags"),
    c.at("created_at"),
    c.integer("version"),
    c.identifier("team_id", null=True),
)

channel = c.table(
    "channel",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("network"),
    c.text("name"),
    c.text("brand"),
    c.text("location"),
    c.text("asset_id"),
    c.identifier("connection_id", null=True),
    c.identifier("app_id", null=True),
    c.identifier("team_id", null=True),
    c.text("settings"),
    c.text("sealed"),
    c.integer("active"),
    c.integer("sandbox"),
    c.text("health"),
    c.text("health_reason"),
    c.at("live_since"),
    c.at("caught_up_at", null=True),
    c.integer("reopen_seconds"),
    c.at("created_at"),
    c.integer("version"),
    c.at("expires_at", null=True),
)
Index("channel_asset", channel.c.network, channel.c.asset_id)  # a door finds the channel of an asset

cursor = c.table("cursor", c.workspace(key=True), c.identifier("channel_id", key=True), c.text("cursor"), c.at("at"))

allowance = c.table(
    "allowance", c.workspace(key=True), c.identifier("channel_id", key=True), c.integer("used_percent"), c.at("at")
)

lease = c.table(
    "lease",
    c.workspace(key=True),
    c.text("name", key=True),
    c.text("holder"),
    c.integer("fence"),
    c.at("expires_at"),
)

reader = c.table("reader", c.workspace(key=True), c.text("name", key=True), c.at("position"))

agent = c.table(
    "agent",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("email"),
    c.text("name"),
    c.text("role"),
    c.text("password_hash"),
    c.text("totp_sealed"),
    c.at("totp_step"),
    c.text("recovery_digests"),
    c.integer("active"),
    c.text("channel_ids", null=True),
    c.text("locale", null=True),
    c.text("preferences"),
    c.integer("sandbox"),
    c.at("created_at"),
    c.integer("version"),
)
Index("agent_email", agent.c.workspace_id, agent.c.email, unique=True)

team = c.table(
    "team", c.workspace(), c.identifier("id", key=True), c.text("name"), c.at("created_at"), c.integer("version")
)
team_member = c.table(
    "team_member", c.workspace(key=True), c.identifier("team_id", key=True), c.identifier("agent_id", key=True)
)

session = c.table(
    "session",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("agent_id"),
    c.text("digest"),
    c.at("created_at"),
    c.at("last_seen_at"),
    c.at("expires_at"),
    c.text("user_agent"),
    c.text("ip"),
)
Index("session_digest", session.c.digest, unique=True)
Index("session_agent", session.c.agent_id)

link = c.table(
    "link",
    c.workspace(),
    c.text("digest", key=True),
    c.text("kind"),
    c.identifier("agent_id"),
    c.at("expires_at"),
    c.at("used_at", null=True),
)

ticket = c.table(
    "ticket",
    c.workspace(),
    c.text("digest", key=True),
    c.identifier("session_id"),
    c.identifier("agent_id"),
    c.at("expires_at"),
)

token = c.table(
    "token",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.text("digest"),
    c.text("scopes"),
    c.text("acts_as"),
    c.identifier("created_by", null=True),
    c.at("created_at"),
    c.at("last_used_at", null=True),
    c.at("revoked_at", null=True),
)
Index("token_digest", token.c.digest, unique=True)

tag = c.table("tag", c.workspace(), c.identifier("id", key=True), c.text("name"), c.text("colour"), c.at("created_at"))
Index("tag_name", tag.c.workspace_id, tag.c.name, unique=True)

conversation_tag = c.table(
    "conversation_tag",
    c.workspace(key=True),
    c.identifier("tag_id", key=True),
    c.identifier("conversation_id", key=True),
    c.text("status"),
    c.at("last_activity_at"),
    c.identifier("channel_id", default="0"),
    c.identifier("assignee_id", null=True),
)
# three-filter list: newest of a tag within a status, of a channel and an owner, without a look at each conversation
Index(
    "conversation_tag_list",
    conversation_tag.c.tag_id,
    conversation_tag.c.status,
    conversation_tag.c.last_activity_at.desc(),
    conversation_tag.c.conversation_id.desc(),
    conversation_tag.c.channel_id,
    conversation_tag.c.assignee_id,
)
Index("conversation_tag_conversation", conversation_tag.c.conversation_id)

view = c.table(
    "view",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.text("scope"),
    c.identifier("owner_id", null=True),
    c.identifier("team_id", null=True),
    c.text("filter"),
    c.text("sort"),
    c.at("created_at"),
    c.integer("version"),
)

canned = c.table(
    "canned",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("shortcut"),
    c.text("name"),
    c.text("text"),
    c.text("language", null=True),
    c.integer("ends_wait"),
    c.at("created_at"),
    c.integer("version"),
    c.text("variants", default="''"),
)

calendar = c.table(
    "calendar",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.text("versions"),
    c.at("created_at"),
    c.integer("version"),
    c.at("removed_at", null=True),
)

policy = c.table(
    "policy",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.integer("place"),
    c.integer("active"),
    c.text("versions"),
    c.at("created_at"),
    c.integer("version"),
    c.at("removed_at", null=True),
)

draft = c.table(
    "draft",
    c.workspace(key=True),
    c.identifier("agent_id", key=True),
    c.identifier("conversation_id", key=True),
    c.text("mode", key=True),
    c.identifier("thread_id", null=True),
    c.text("text"),
    c.integer("version"),
    c.at("at"),
    c.integer("shared", default="0"),
    c.identifier("in_reply_to", null=True),
)

read_mark = c.table(
    "read_mark",
    c.workspace(key=True),
    c.identifier("agent_id", key=True),
    c.identifier("conversation_id", key=True),
    c.at("position"),
)

follower = c.table(  # agents mentioned in a conversation: the view "mentions"
    "follower",
    c.workspace(key=True),
    c.identifier("agent_id", key=True),
    c.identifier("conversation_id", key=True),
    c.at("at"),
)

notification = c.table(
    "notification",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("agent_id"),
    c.text("kind"),
    c.identifier("conversation_id", null=True),
    c.identifier("message_id", null=True),
    c.text("detail"),
    c.at("at"),
    c.at("read_at", null=True),
    c.integer("count", default="1"),
    c.at("seen_at", null=True),
    c.text("data", default="''"),
)
Index("notification_agent", notification.c.agent_id, notification.c.id.desc())
_unread = sql("read_at IS NULL")
# what an agent has not read, and which of it is of a conversation
Index(
    "notification_unread",
    notification.c.agent_id,
    notification.c.conversation_id,
    sqlite_where=_unread,
    postgresql_where=_unread,
)

idempotency = c.table(
    "idempotency",
    c.workspace(key=True),
    c.text("principal", key=True),
    c.text("key", key=True),
    c.text("body_digest"),
    c.integer("status"),
    Column("response", LargeBinary, nullable=False),
    c.at("at"),
)

attention = c.table(
    "attention",
    c.workspace(key=True),
    c.text("topic", key=True),
    c.identifier("ref", key=True),
    c.text("detail"),
    c.at("raised_at"),
)
