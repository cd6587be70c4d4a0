"""What the desk keeps beside conversations: macros, notices, its rules, links, stars, what bulk can take back."""

from __future__ import annotations

from sqlalchemy import Index

from inbox.storage.tables import columns as c

macro = c.table(
    "macro",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.text("shortcut"),
    c.text("scope"),
    c.identifier("owner_id", null=True),
    c.identifier("team_id", null=True),
    c.text("steps"),
    c.at("created_at"),
    c.integer("version"),
)

notice = c.table(
    "notice",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("title"),
    c.text("text"),
    c.identifier("canned_id", null=True),
    c.text("filter"),
    c.at("until", null=True),
    c.identifier("created_by", null=True),
    c.at("created_at"),
    c.integer("version"),
)

desk_rules = c.table(
    "desk_rules",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("closing"),
    c.text("approval"),
    c.integer("version"),
)

bulk = c.table(
    "bulk",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("actor_kind"),
    c.identifier("actor_id", null=True),
    c.at("at"),
    c.text("steps"),
)

approval = c.table(  # answers that wait for somebody's yes; `id` is the message's
    "approval",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("conversation_id"),
    c.identifier("by_id"),
    c.at("at"),
    c.integer("seconds"),
)
Index("approval_conversation", approval.c.conversation_id)

line = c.table(  # a public line that goes only after the private answer (`after_id`) was taken; `id` is the message's
    "line",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("after_id"),
)

star = c.table(
    "star",
    c.workspace(key=True),
    c.identifier("agent_id", key=True),
    c.identifier("conversation_id", key=True),
    c.at("at"),
)

conversation_link = c.table(
    "conversation_link",
    c.workspace(key=True),
    c.identifier("conversation_id", key=True),
    c.identifier("other_id", key=True),
    c.text("kind"),
    c.identifier("by_id", null=True),
    c.at("at"),
)
Index("conversation_link_other", conversation_link.c.other_id)
