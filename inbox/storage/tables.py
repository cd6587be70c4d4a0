"""The schema. Every unique key begins with `workspace_id`, so that tables can later be partitioned by it; it is 1 until
then.

The comment at each index names the query it serves. Times are BIGINT µs, flags INTEGER 0/1, small structures JSON in
TEXT.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData()


def _workspace(*, key: bool = False) -> Column[int]:
    return Column("workspace_id", Integer, nullable=False, server_default=text("1"), primary_key=key, default=1)


def _id(name: str, *, key: bool = False, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=null, autoincrement=False)


def _int(name: str, *, null: bool = False, default: str | None = None) -> Column[int]:
    return Column(name, Integer, nullable=null, server_default=text(default) if default is not None else None)


def _text(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null, primary_key=key)


def _at(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def _table(name: str, *items: Any) -> Table:
    return Table(name, metadata, *items)


workspace = _table(
    "workspace",
    Column("id", Integer, primary_key=True, autoincrement=False),
    _at("position"),
    _at("last_id"),
    _at("last_number"),
    _int("epoch"),
    _text("name"),
    _text("settings"),
    _at("created_at"),
)

conversation = _table(
    "conversation",
    _workspace(),
    _id("id", key=True),
    _id("number"),
    _text("status"),
    _text("priority"),
    _text("subject"),
    _id("contact_id"),
    _id("channel_id"),
    _text("network"),
    _text("kind"),
    _text("audience"),
    _text("language", null=True),
    _int("rating", null=True),
    _id("assignee_id", null=True),
    _id("team_id", null=True),
    _text("tags"),
    _text("preview"),
    _text("preview_direction"),
    _int("message_count"),
    _int("participants_count"),
    _at("waiting_since", null=True),
    _at("deadline_at", null=True),
    _at("window_closes_at", null=True),
    _at("last_activity_at"),
    _at("created_at"),
    _at("opened_at"),
    _at("closed_at", null=True),
    _int("episode"),
    _at("snoozed_until", null=True),
    _int("snooze_until_reply"),
    _int("spam"),
    _text("failed"),
    _text("escalation"),
    _text("origin"),
    _id("campaign_id", null=True),
    _text("external_refs"),
    _id("linked_from", null=True),
    _id("merged_into", null=True),
    _at("as_of"),
)
_open = text("status = 'open'")
_waits = text("status = 'open' AND waiting_since IS NOT NULL")
Index("conversation_number", conversation.c.workspace_id, conversation.c.number, unique=True)
# lists sorted by activity: all open, by status
Index("conversation_activity", conversation.c.status, conversation.c.last_activity_at.desc(), conversation.c.id.desc())
# "waits longest": the start view
Index(
    "conversation_waiting",
    conversation.c.waiting_since,
    conversation.c.id,
    sqlite_where=_waits,
    postgresql_where=_waits,
)
# mine, unassigned: by assignee, within a status
Index(
    "conversation_assignee",
    conversation.c.assignee_id,
    conversation.c.status,
    conversation.c.last_activity_at.desc(),
    conversation.c.id.desc(),
)
# a team's list
Index(
    "conversation_team",
    conversation.c.team_id,
    conversation.c.status,
    conversation.c.last_activity_at.desc(),
    conversation.c.id.desc(),
)
# a channel's list
Index(
    "conversation_channel",
    conversation.c.channel_id,
    conversation.c.status,
    conversation.c.last_activity_at.desc(),
    conversation.c.id.desc(),
)
# a person's conversations
Index("conversation_contact", conversation.c.contact_id, conversation.c.last_activity_at.desc())

thread = _table(
    "thread",
    _workspace(),
    _id("id", key=True),
    _id("channel_id"),
    _text("external_id"),
    _text("network"),
    _text("kind"),
    _text("audience"),
    _id("conversation_id"),
    _id("identity_id", null=True),
    _id("post_id", null=True),
    _text("title"),
    _text("address"),
    _at("window_closes_at", null=True),
    _at("last_in_at", null=True),
    _id("last_in_id", null=True),
    _int("closed"),
    _text("recipients"),
    _at("delivered_up_to", null=True),
    _at("read_up_to", null=True),
    _at("created_at"),
)
# a network's item finds its thread; redelivery cannot make a second one
Index("thread_external", thread.c.workspace_id, thread.c.channel_id, thread.c.external_id, unique=True)
Index("thread_conversation", thread.c.conversation_id)  # threads of a row

message = _table(
    "message",
    _workspace(),
    _id("id", key=True),
    _id("conversation_id"),
    _id("thread_id", null=True),
    _id("channel_id"),
    _text("external_id", null=True),
    _text("kind"),
    _text("direction"),
    _text("author_kind"),
    _id("author_id", null=True),
    _id("identity_id", null=True),
    _id("in_reply_to", null=True),
    _int("rating", null=True),
    _int("version"),
    _at("edited_at", null=True),
    _at("deleted_at", null=True),
    _int("erased"),
    _at("hidden_at", null=True),
    _text("automatic"),
    _text("mark"),
    _int("needs_answer"),
    _at("occurred_at"),
    _at("received_at"),
    _at("position"),
    _at("as_of"),
    _text("delivery_state"),
    _text("delivery_reason"),
    _at("delivery_at", null=True),
    _at("delivery_until", null=True),
    _int("parts"),
    _text("refused_recipients"),
    _at("released_at", null=True),
    _at("accepted_at", null=True),
    _int("ends_wait"),
    _text("client_key", null=True),
    _text("reactions"),
)
_known = text("external_id IS NOT NULL")
# no item twice, whatever the network redelivers
Index(
    "message_external",
    message.c.workspace_id,
    message.c.channel_id,
    message.c.external_id,
    unique=True,
    sqlite_where=_known,
    postgresql_where=_known,
)
Index("message_timeline", message.c.conversation_id, message.c.position.desc(), message.c.id.desc())  # the timeline
Index("message_identity", message.c.identity_id)  # erasure, participants
Index(  # echoes of our own sends
    "message_client_key",
    message.c.client_key,
    sqlite_where=text("client_key IS NOT NULL"),
    postgresql_where=text("client_key IS NOT NULL"),
)
Index(  # watermark receipts: what a thread was sent and is not read yet
    "message_undelivered",
    message.c.thread_id,
    sqlite_where=text("delivery_state IN ('accepted', 'delivered')"),
    postgresql_where=text("delivery_state IN ('accepted', 'delivered')"),
)

alias = _table(  # other external ids of one item: members of an album, parts of a reply
    "message_alias",
    _workspace(key=True),
    _id("channel_id", key=True),
    _text("external_id", key=True),
    _id("message_id"),
)
Index("message_alias_message", alias.c.message_id)

content = _table(
    "content",
    _workspace(),
    _id("message_id", key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _text("text"),
    _text("html", null=True),
    _text("quoted_html", null=True),
    _text("title"),
    _int("rating", null=True),
    _text("attachments"),
    _text("mentions"),
    _text("recipients"),
    _at("at"),
)

identity = _table(
    "identity",
    _workspace(),
    _id("id", key=True),
    _id("contact_id"),
    _text("network"),
    _text("scope"),
    _text("external_id"),
    _text("name"),
    _text("username"),
    _text("avatar_url", null=True),
    _int("verified", null=True),
    _int("reachable"),
    _text("language", null=True),
    _text("profile"),
    _at("last_seen_at"),
    _at("created_at"),
)
Index(  # who wrote this
    "identity_external",
    identity.c.workspace_id,
    identity.c.network,
    identity.c.scope,
    identity.c.external_id,
    unique=True,
)
Index("identity_contact", identity.c.contact_id)  # a person's identities

identity_alias = _table(  # strong names by which identities are joined
    "identity_alias",
    _workspace(key=True),
    _text("kind", key=True),
    _text("value", key=True),
    _id("identity_id", key=True),
)
Index("identity_alias_identity", identity_alias.c.identity_id)

contact = _table(
    "contact",
    _workspace(),
    _id("id", key=True),
    _text("name"),
    _text("avatar_url", null=True),
    _text("email", null=True),
    _text("phone", null=True),
    _text("company"),
    _text("language", null=True),
    _text("note"),
    _text("fields"),
    _int("blocked"),
    _id("merged_into", null=True),
    _at("created_at"),
    _int("version"),
)
Index("contact_name", contact.c.name)  # contact list and search by prefix
Index("contact_email", contact.c.email)  # merge suggestions, start of a conversation

contact_ref = _table(
    "contact_ref",
    _workspace(key=True),
    _text("system", key=True),
    _text("external_id", key=True),
    _id("contact_id"),
)
Index("contact_ref_contact", contact_ref.c.contact_id)

participant = _table(
    "participant",
    _workspace(key=True),
    _id("conversation_id", key=True),
    _id("identity_id", key=True),
)
Index("participant_identity", participant.c.identity_id)  # conversations a person took part in

post = _table(
    "post",
    _workspace(),
    _id("id", key=True),
    _id("channel_id"),
    _text("external_id"),
    _text("text"),
    _text("url", null=True),
    _text("image_url", null=True),
    _int("is_ad"),
    _id("campaign_id", null=True),
    _at("posted_at", null=True),
    _at("created_at"),
)
Index("post_external", post.c.workspace_id, post.c.channel_id, post.c.external_id, unique=True)

wait = _table(
    "wait",
    _workspace(),
    _id("id", key=True),
    _id("thread_id"),
    _id("conversation_id"),
    _id("identity_id"),
    _at("opened_at"),
    _at("customer_opened_at"),
    _id("opened_by"),
    _at("position"),
    _at("ended_at", null=True),
    _at("customer_ended_at", null=True),
    _text("end"),
    _text("reason"),
    _text("ended_by_kind"),
    _id("ended_by_id", null=True),
    _id("answer_id", null=True),
    _id("next_by", null=True),
    _at("next_at", null=True),
    _at("next_customer_at", null=True),
    _at("acknowledged_at", null=True),
    _at("deadline_at", null=True),
    _at("breached_at", null=True),
    _id("team_id", null=True),
    _id("assignee_id", null=True),
    _int("reopened"),
)
_running = text("\"end\" = ''")
# open waits of a conversation; at most one per thread and author
Index(
    "wait_open",
    wait.c.workspace_id,
    wait.c.thread_id,
    wait.c.identity_id,
    unique=True,
    sqlite_where=_running,
    postgresql_where=_running,
)
Index(
    "wait_conversation",
    wait.c.conversation_id,
    sqlite_where=_running,
    postgresql_where=_running,
)
Index("wait_author", wait.c.thread_id, wait.c.identity_id)  # what an author waited for lately
Index("wait_answer", wait.c.answer_id)  # what an answer ended, when it is refused later
Index("wait_ended", wait.c.ended_at)  # reports

episode = _table(
    "episode",
    _workspace(),
    _id("conversation_id", key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _at("opened_at"),
    _at("closed_at", null=True),
    _text("closed_by_kind"),
    _id("closed_by_id", null=True),
)

outbox = _table(
    "outbox",
    _workspace(),
    _id("id", key=True),
    _id("message_id"),
    _id("channel_id"),
    _id("thread_id"),
    _text("purpose"),
    _int("part_index"),
    _int("of"),
    _text("key"),
    _text("part"),
    _text("state"),
    _int("attempts"),
    _at("next_at", null=True),
    _int("fence"),
    _at("effect_at", null=True),
    _text("external_id", null=True),
    _text("token"),
    _text("error_kind"),
    _text("reason"),
    _text("actor_kind"),
    _id("actor_id", null=True),
    _at("created_at"),
    _at("ended_at", null=True),
)
_due = text("state IN ('waiting', 'sending', 'pending')")
# what the holder of a channel has to do, oldest first
Index(
    "outbox_due",
    outbox.c.channel_id,
    outbox.c.id,
    sqlite_where=_due,
    postgresql_where=_due,
)
Index("outbox_message", outbox.c.message_id)  # the parts of a message
Index("outbox_key", outbox.c.workspace_id, outbox.c.key, unique=True)

timer = _table(
    "timer",
    _workspace(key=True),
    _text("kind", key=True),
    _id("ref", key=True),
    _at("due_at"),
    _int("generation"),
)
Index("timer_due", timer.c.due_at)  # what is due next

orphan = _table(
    "orphan",
    _workspace(),
    _id("id", key=True),
    _id("channel_id"),
    _text("external_id"),
    Column("inbound", LargeBinary, nullable=False),
    _at("received_at"),
)
Index("orphan_external", orphan.c.channel_id, orphan.c.external_id)  # applied when the item comes

media = _table(
    "media",
    _workspace(),
    _id("id", key=True),
    _id("message_id"),
    _id("channel_id"),
    _text("state"),
    _text("sha256", null=True),
    _text("mime"),
    _text("name"),
    _int("size_bytes", null=True),
    _text("source"),
    _int("attempts"),
    _text("reason"),
    _at("created_at"),
)
Index("media_message", media.c.message_id)
Index("media_blob", media.c.sha256)  # is a blob still used

job = _table(
    "job",
    _workspace(),
    _id("id", key=True),
    _text("key"),
    _text("kind"),
    _id("channel_id", null=True),
    Column("payload", LargeBinary, nullable=False),
    _at("due_at"),
    _int("attempts"),
    _at("lease_until", null=True),
    _text("reason"),
    _at("created_at"),
)
Index("job_key", job.c.workspace_id, job.c.key, unique=True)  # once per (reader, position, target)
Index("job_due", job.c.kind, job.c.due_at)  # what is due

raw = _table(
    "raw",
    _workspace(),
    _id("id", key=True),
    _id("channel_id"),
    _at("received_at"),
    _text("state"),
    _text("problem"),
    _text("headers"),
    Column("body", LargeBinary, nullable=False),
)
Index("raw_received", raw.c.received_at)  # retention
Index(  # the quarantine page
    "raw_quarantined",
    raw.c.state,
    raw.c.id,
    sqlite_where=text("state <> 'done'"),
    postgresql_where=text("state <> 'done'"),
)

raw_of = _table(  # which identities a raw body names, so that erasure finds it
    "raw_identity",
    _workspace(key=True),
    _id("identity_id", key=True),
    _id("raw_id", key=True),
)

event = _table(
    "event",
    _workspace(key=True),
    _id("position", key=True),
    _at("at"),
    _text("type"),
    _id("conversation_id", null=True),
    _text("actor_kind"),
    _id("actor_id", null=True),
    Column("data", LargeBinary, nullable=False),
    _text("audience"),
    _text("before"),
)
Index("event_conversation", event.c.conversation_id, event.c.position.desc())  # the timeline's lines

counter = _table(
    "counter",
    _workspace(key=True),
    _text("cell", key=True),
    _at("n"),
)

seen_delivery = _table(  # signed delivery ids, where the network gives them: a replay is a no-op
    "seen_delivery",
    _workspace(key=True),
    _id("channel_id", key=True),
    _text("dedupe_key", key=True),
    _at("received_at"),
)
Index("seen_delivery_received", seen_delivery.c.received_at)  # retention

# --- the workspace: channels, people, settings

app = _table(
    "app",
    _workspace(),
    _id("id", key=True),
    _text("network"),
    _text("name"),
    _text("settings"),
    _text("sealed"),
    _at("created_at"),
    _int("version"),
)

connection = _table(
    "connection",
    _workspace(),
    _id("id", key=True),
    _text("network"),
    _text("name"),
    _text("sealed"),
    _at("expires_at", null=True),
    _text("health"),
    _text("health_reason"),
    _at("created_at"),
    _int("version"),
)

channel = _table(
    "channel",
    _workspace(),
    _id("id", key=True),
    _text("network"),
    _text("name"),
    _text("brand"),
    _text("location"),
    _text("asset_id"),
    _id("connection_id", null=True),
    _id("app_id", null=True),
    _id("team_id", null=True),
    _text("settings"),
    _text("sealed"),
    _int("active"),
    _int("sandbox"),
    _text("health"),
    _text("health_reason"),
    _at("live_since"),
    _at("caught_up_at", null=True),
    _int("reopen_seconds"),
    _at("created_at"),
    _int("version"),
)
Index("channel_asset", channel.c.network, channel.c.asset_id)  # a door finds the channel of an asset

cursor = _table("cursor", _workspace(key=True), _id("channel_id", key=True), _text("cursor"), _at("at"))

lease = _table(
    "lease",
    _workspace(key=True),
    _text("name", key=True),
    _text("holder"),
    _int("fence"),
    _at("expires_at"),
)

reader = _table("reader", _workspace(key=True), _text("name", key=True), _at("position"))

agent = _table(
    "agent",
    _workspace(),
    _id("id", key=True),
    _text("email"),
    _text("name"),
    _text("role"),
    _text("password_hash"),
    _text("totp_sealed"),
    _at("totp_step"),
    _text("recovery_digests"),
    _int("active"),
    _text("channel_ids", null=True),
    _text("locale", null=True),
    _text("preferences"),
    _int("sandbox"),
    _at("created_at"),
    _int("version"),
)
Index("agent_email", agent.c.workspace_id, agent.c.email, unique=True)

team = _table("team", _workspace(), _id("id", key=True), _text("name"), _at("created_at"), _int("version"))
team_member = _table("team_member", _workspace(key=True), _id("team_id", key=True), _id("agent_id", key=True))

session = _table(
    "session",
    _workspace(),
    _id("id", key=True),
    _id("agent_id"),
    _text("digest"),
    _at("created_at"),
    _at("last_seen_at"),
    _at("expires_at"),
    _text("user_agent"),
    _text("ip"),
)
Index("session_digest", session.c.digest, unique=True)
Index("session_agent", session.c.agent_id)

link = _table(
    "link",
    _workspace(),
    _text("digest", key=True),
    _text("kind"),
    _id("agent_id"),
    _at("expires_at"),
    _at("used_at", null=True),
)

ticket = _table(
    "ticket", _workspace(), _text("digest", key=True), _id("session_id"), _id("agent_id"), _at("expires_at")
)

token = _table(
    "token",
    _workspace(),
    _id("id", key=True),
    _text("name"),
    _text("digest"),
    _text("scopes"),
    _text("acts_as"),
    _id("created_by", null=True),
    _at("created_at"),
    _at("last_used_at", null=True),
    _at("revoked_at", null=True),
)
Index("token_digest", token.c.digest, unique=True)

tag = _table("tag", _workspace(), _id("id", key=True), _text("name"), _text("colour"), _at("created_at"))
Index("tag_name", tag.c.workspace_id, tag.c.name, unique=True)

conversation_tag = _table(
    "conversation_tag",
    _workspace(key=True),
    _id("tag_id", key=True),
    _id("conversation_id", key=True),
    _text("status"),
    _at("last_activity_at"),
)
# three-filter list: newest of a tag within a status
Index(
    "conversation_tag_list",
    conversation_tag.c.tag_id,
    conversation_tag.c.status,
    conversation_tag.c.last_activity_at.desc(),
    conversation_tag.c.conversation_id.desc(),
)
Index("conversation_tag_conversation", conversation_tag.c.conversation_id)

view = _table(
    "view",
    _workspace(),
    _id("id", key=True),
    _text("name"),
    _text("scope"),
    _id("owner_id", null=True),
    _id("team_id", null=True),
    _text("filter"),
    _text("sort"),
    _at("created_at"),
    _int("version"),
)

canned = _table(
    "canned",
    _workspace(),
    _id("id", key=True),
    _text("shortcut"),
    _text("name"),
    _text("text"),
    _text("language", null=True),
    _int("ends_wait"),
    _at("created_at"),
    _int("version"),
)

draft = _table(
    "draft",
    _workspace(key=True),
    _id("agent_id", key=True),
    _id("conversation_id", key=True),
    _text("mode", key=True),
    _id("thread_id", null=True),
    _text("text"),
    _int("version"),
    _at("at"),
)

read_mark = _table(
    "read_mark", _workspace(key=True), _id("agent_id", key=True), _id("conversation_id", key=True), _at("position")
)

follower = _table(  # agents mentioned in a conversation: the view "mentions"
    "follower", _workspace(key=True), _id("agent_id", key=True), _id("conversation_id", key=True), _at("at")
)

notification = _table(
    "notification",
    _workspace(),
    _id("id", key=True),
    _id("agent_id"),
    _text("kind"),
    _id("conversation_id", null=True),
    _id("message_id", null=True),
    _text("detail"),
    _at("at"),
    _at("read_at", null=True),
)
Index("notification_agent", notification.c.agent_id, notification.c.id.desc())

idempotency = _table(
    "idempotency",
    _workspace(key=True),
    _text("principal", key=True),
    _text("key", key=True),
    _text("body_digest"),
    _int("status"),
    Column("response", LargeBinary, nullable=False),
    _at("at"),
)

attention = _table(
    "attention",
    _workspace(key=True),
    _text("topic", key=True),
    _id("ref", key=True),
    _text("detail"),
    _at("raised_at"),
)
