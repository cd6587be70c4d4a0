"""Conversations and all that hangs on them.

The comment at each index names the query it serves.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, Integer
from sqlalchemy import text as sql

from inbox.storage.tables import columns as c

workspace = c.table(
    "workspace",
    Column("id", Integer, primary_key=True, autoincrement=False),
    c.at("position"),
    c.at("last_id"),
    c.at("last_number"),
    c.integer("epoch"),
    c.text("name"),
    c.text("settings"),
    c.at("created_at"),
)

conversation = c.table(
    "conversation",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("number"),
    c.text("status"),
    c.text("priority"),
    c.text("subject"),
    c.identifier("contact_id"),
    c.identifier("channel_id"),
    c.text("network"),
    c.text("kind"),
    c.text("audience"),
    c.text("language", null=True),
    c.integer("rating", null=True),
    c.identifier("assignee_id", null=True),
    c.identifier("team_id", null=True),
    c.text("tags"),
    c.text("preview"),
    c.text("preview_direction"),
    c.integer("message_count"),
    c.integer("participants_count"),
    c.at("waiting_since", null=True),
    c.at("deadline_at", null=True),
    c.at("window_closes_at", null=True),
    c.at("last_activity_at"),
    c.at("created_at"),
    c.at("opened_at"),
    c.at("closed_at", null=True),
    c.integer("episode"),
    c.at("snoozed_until", null=True),
    c.integer("snooze_until_reply"),
    c.integer("spam"),
    c.text("failed"),
    c.text("escalation"),
    c.text("origin"),
    c.identifier("campaign_id", null=True),
    c.text("external_refs"),
    c.identifier("linked_from", null=True),
    c.identifier("merged_into", null=True),
    c.at("as_of"),
    c.integer("responded", default="0"),
    c.text("resolution", default="''"),
    c.text("sentiment", default="'neutral'"),
    c.text("urgency", default="'normal'"),
    c.text("fields", default="''"),
)
_resolving = sql("resolution <> ''")
# whose resolution is promised
Index("conversation_resolution", conversation.c.id, sqlite_where=_resolving, postgresql_where=_resolving)
_open = sql("status = 'open'")
_waits = sql("status = 'open' AND waiting_since IS NOT NULL")
_assigned = sql("assignee_id IS NOT NULL")
_of_a_team = sql("team_id IS NOT NULL")
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
# mine: by assignee, within a status. Such entries move with every item: nobody's and no team's are found by activity
Index(
    "conversation_assignee",
    conversation.c.assignee_id,
    conversation.c.status,
    conversation.c.last_activity_at.desc(),
    conversation.c.id.desc(),
    sqlite_where=_assigned,
    postgresql_where=_assigned,
)
# a team's list
Index(
    "conversation_team",
    conversation.c.team_id,
    conversation.c.status,
    conversation.c.last_activity_at.desc(),
    conversation.c.id.desc(),
    sqlite_where=_of_a_team,
    postgresql_where=_of_a_team,
)
# a channel's list
Index(
    "conversation_channel",
    conversation.c.channel_id,
    conversation.c.status,
    conversation.c.last_activity_at.desc(),
    conversation.c.id.desc(),
)
# a person's conversations: few enough to be sorted when they are read
Index("conversation_contact", conversation.c.contact_id)


def _few(name: str, where: str, *columns: Any) -> None:
    """An index of the few conversations of which something is true."""
    Index(name, *columns, sqlite_where=sql(where), postgresql_where=sql(where))


# by deadline
_few(
    "conversation_deadline",
    "status = 'open' AND deadline_at IS NOT NULL",
    conversation.c.deadline_at,
    conversation.c.id,
)
# "window ends soon"
_few(
    "conversation_window",
    "status = 'open' AND window_closes_at IS NOT NULL",
    conversation.c.window_closes_at,
    conversation.c.id,
)
# escalated; spam
_few(
    "conversation_escalated",
    "escalation <> ''",
    conversation.c.status,
    conversation.c.last_activity_at.desc(),
    conversation.c.id.desc(),
)
# what is urgent
_few(
    "conversation_urgent",
    "urgency = 'urgent'",
    conversation.c.status,
    conversation.c.last_activity_at.desc(),
    conversation.c.id.desc(),
)
# a campaign's list
_few(
    "conversation_campaign",
    "campaign_id IS NOT NULL",
    conversation.c.campaign_id,
    conversation.c.status,
    conversation.c.last_activity_at.desc(),
    conversation.c.id.desc(),
)
_few("conversation_spam", "spam = 1", conversation.c.last_activity_at.desc(), conversation.c.id.desc())

thread = c.table(
    "thread",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("channel_id"),
    c.text("external_id"),
    c.text("network"),
    c.text("kind"),
    c.text("audience"),
    c.identifier("conversation_id"),
    c.identifier("identity_id", null=True),
    c.identifier("post_id", null=True),
    c.text("title"),
    c.text("address"),
    c.at("window_closes_at", null=True),
    c.at("last_in_at", null=True),
    c.identifier("last_in_id", null=True),
    c.integer("closed"),
    c.text("recipients"),
    c.at("delivered_up_to", null=True),
    c.at("read_up_to", null=True),
    c.at("created_at"),
    c.at("chat_seq"),
    c.identifier("survey_ask_id", null=True),
)
# a network's item finds its thread; redelivery cannot make a second one
Index("thread_external", thread.c.workspace_id, thread.c.channel_id, thread.c.external_id, unique=True)
Index("thread_conversation", thread.c.conversation_id)  # threads of a row
Index(  # what hangs on a post
    "thread_post",
    thread.c.post_id,
    thread.c.conversation_id,
    sqlite_where=sql("post_id IS NOT NULL"),
    postgresql_where=sql("post_id IS NOT NULL"),
)

message = c.table(
    "message",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("conversation_id"),
    c.identifier("thread_id", null=True),
    c.identifier("channel_id"),
    c.text("external_id", null=True),
    c.text("kind"),
    c.text("direction"),
    c.text("author_kind"),
    c.identifier("author_id", null=True),
    c.identifier("identity_id", null=True),
    c.identifier("in_reply_to", null=True),
    c.integer("rating", null=True),
    c.integer("version"),
    c.at("edited_at", null=True),
    c.at("deleted_at", null=True),
    c.integer("erased"),
    c.at("hidden_at", null=True),
    c.text("automatic"),
    c.text("mark"),
    c.integer("needs_answer"),
    c.at("occurred_at"),
    c.at("received_at"),
    c.at("position"),
    c.at("as_of"),
    c.text("delivery_state"),
    c.text("delivery_reason"),
    c.at("delivery_at", null=True),
    c.at("delivery_until", null=True),
    c.integer("parts"),
    c.text("refused_recipients"),
    c.at("released_at", null=True),
    c.at("accepted_at", null=True),
    c.integer("ends_wait"),
    c.text("client_key", null=True),
    c.text("reactions"),
    c.at("chat_seq", null=True),
    c.at("chat_change", null=True),
    c.text("moderation", default="''"),
    c.text("language", null=True),
    c.text("sentiment", default="'neutral'"),
    c.text("urgency", default="'normal'"),
    c.text("reading", default="''"),
)
_reacted = sql("reactions <> ''")
# who reacted, when he is erased
Index("message_reacted", message.c.id, sqlite_where=_reacted, postgresql_where=_reacted)
_known = sql("external_id IS NOT NULL")
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
Index(  # echoes of our own sends
    "message_client_key",
    message.c.client_key,
    sqlite_where=sql("client_key IS NOT NULL"),
    postgresql_where=sql("client_key IS NOT NULL"),
)
Index(  # watermark receipts: what a thread was sent and is not read yet
    "message_undelivered",
    message.c.thread_id,
    sqlite_where=sql("delivery_state IN ('accepted', 'delivered')"),
    postgresql_where=sql("delivery_state IN ('accepted', 'delivered')"),
)

Index(  # what a visitor of a chat has not seen yet
    "message_chat",
    message.c.thread_id,
    message.c.chat_change,
    sqlite_where=sql("chat_change IS NOT NULL"),
    postgresql_where=sql("chat_change IS NOT NULL"),
)

alias = c.table(  # other external ids of one item: members of an album, parts of a reply
    "message_alias",
    c.workspace(key=True),
    c.identifier("channel_id", key=True),
    c.text("external_id", key=True),
    c.identifier("message_id"),
)
Index("message_alias_message", alias.c.message_id)

content = c.table(
    "content",
    c.workspace(),
    c.identifier("message_id", key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    c.text("text"),
    c.text("html", null=True),
    c.text("quoted_html", null=True),
    c.text("title"),
    c.integer("rating", null=True),
    c.text("attachments"),
    c.text("mentions"),
    c.text("recipients"),
    c.at("at"),
    c.text("options", default="''"),
)

identity = c.table(
    "identity",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("contact_id"),
    c.text("network"),
    c.text("scope"),
    c.text("external_id"),
    c.text("name"),
    c.text("username"),
    c.text("avatar_url", null=True),
    c.integer("verified", null=True),
    c.integer("reachable"),
    c.text("language", null=True),
    c.text("profile"),
    c.at("last_seen_at"),
    c.at("created_at"),
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

identity_alias = c.table(  # strong names by which identities are joined
    "identity_alias",
    c.workspace(key=True),
    c.text("kind", key=True),
    c.text("value", key=True),
    c.identifier("identity_id", key=True),
)
Index("identity_alias_identity", identity_alias.c.identity_id)

contact = c.table(
    "contact",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.text("avatar_url", null=True),
    c.text("email", null=True),
    c.text("phone", null=True),
    c.text("company"),
    c.text("language", null=True),
    c.text("note"),
    c.text("fields"),
    c.integer("blocked"),
    c.identifier("merged_into", null=True),
    c.at("created_at"),
    c.integer("version"),
    c.identifier("company_id", null=True),
)
Index("contact_name", contact.c.name)  # contact list and search by prefix
Index("contact_email", contact.c.email)  # merge suggestions, start of a conversation

contact_ref = c.table(
    "contact_ref",
    c.workspace(key=True),
    c.text("system", key=True),
    c.text("external_id", key=True),
    c.identifier("contact_id"),
)
Index("contact_ref_contact", contact_ref.c.contact_id)

participant = c.table(
    "participant",
    c.workspace(key=True),
    c.identifier("conversation_id", key=True),
    c.identifier("identity_id", key=True),
)
Index("participant_identity", participant.c.identity_id)  # conversations a person took part in

post = c.table(
    "post",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("channel_id"),
    c.text("external_id"),
    c.text("text"),
    c.text("url", null=True),
    c.text("image_url", null=True),
    c.integer("is_ad"),
    c.identifier("campaign_id", null=True),
    c.at("posted_at", null=True),
    c.at("created_at"),
    c.text("words", default="''"),
    c.integer("comment_count", default="0"),
    c.integer("hidden_count", default="0"),
    c.integer("answered_count", default="0"),
    c.integer("unasked_count", default="0"),
)
Index("post_external", post.c.workspace_id, post.c.channel_id, post.c.external_id, unique=True)
Index(  # posts of a campaign
    "post_campaign",
    post.c.campaign_id,
    sqlite_where=sql("campaign_id IS NOT NULL"),
    postgresql_where=sql("campaign_id IS NOT NULL"),
)

wait = c.table(
    "wait",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("thread_id"),
    c.identifier("conversation_id"),
    c.identifier("identity_id"),
    c.at("opened_at"),
    c.at("customer_opened_at"),
    c.identifier("opened_by"),
    c.at("position"),
    c.at("ended_at", null=True),
    c.at("customer_ended_at", null=True),
    c.text("end"),
    c.text("reason"),
    c.text("ended_by_kind"),
    c.identifier("ended_by_id", null=True),
    c.identifier("answer_id", null=True),
    c.identifier("next_by", null=True),
    c.at("next_at", null=True),
    c.at("next_customer_at", null=True),
    c.at("acknowledged_at", null=True),
    c.at("deadline_at", null=True),
    c.at("breached_at", null=True),
    c.identifier("team_id", null=True),
    c.identifier("assignee_id", null=True),
    c.integer("reopened"),
    c.identifier("post_id", null=True),
    c.integer("first", default="0"),
    c.identifier("policy_id", null=True),
    c.text("target", default="''"),
    c.at("warned_at", null=True),
)
_running = sql("\"end\" = ''")
# at most one open wait per thread and author
Index(
    "wait_open",
    wait.c.workspace_id,
    wait.c.thread_id,
    wait.c.identity_id,
    unique=True,
    sqlite_where=_running,
    postgresql_where=_running,
)
# Open waits of a conversation. In other words than those of the index above: of two partial indexes with one condition
# PostgreSQL takes either while it has no statistics, and `wait_open` can only be gone through from end to end.
_unended = sql("ended_at IS NULL")
Index("wait_conversation", wait.c.conversation_id, sqlite_where=_unended, postgresql_where=_unended)
_under_a_post = sql("\"end\" = '' AND post_id IS NOT NULL")
# who waits under a post, oldest first
Index(
    "wait_post",
    wait.c.post_id,
    wait.c.opened_at,
    wait.c.id,
    sqlite_where=_under_a_post,
    postgresql_where=_under_a_post,
)
_taken_back = sql("\"end\" IN ('dismissed', 'voided')")
_answered = sql("answer_id IS NOT NULL")
_over = sql("ended_at IS NOT NULL")
# what an author waited for lately
Index("wait_taken_back", wait.c.thread_id, wait.c.identity_id, sqlite_where=_taken_back, postgresql_where=_taken_back)
# what an answer ended, when it is refused later
Index("wait_answer", wait.c.answer_id, sqlite_where=_answered, postgresql_where=_answered)
Index("wait_ended", wait.c.ended_at, sqlite_where=_over, postgresql_where=_over)  # reports

episode = c.table(
    "episode",
    c.workspace(),
    c.identifier("conversation_id", key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    c.at("opened_at"),
    c.at("closed_at", null=True),
    c.text("closed_by_kind"),
    c.identifier("closed_by_id", null=True),
    c.identifier("policy_id", null=True),
    c.text("target", default="''"),
    c.at("deadline_at", null=True),
    c.at("breached_at", null=True),
)
