"""Rules, what they did and what they are to do.

The comment at each index names the query it serves.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as sql

from inbox.storage.tables import columns as c

rule = c.table(
    "rule",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.integer("place"),
    c.integer("active"),
    c.text("versions"),
    c.at("since_position"),
    c.at("paused_until", null=True),
    c.at("created_at"),
    c.integer("version"),
    c.at("removed_at", null=True),
)

rule_run = c.table(
    "rule_run",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("rule_id"),
    c.integer("rule_version"),
    c.identifier("conversation_id"),
    c.identifier("message_id", null=True),
    c.text("trigger"),
    c.at("trigger_position"),
    c.at("since_position"),
    c.at("position"),
    c.integer("depth"),
    c.at("at"),
    c.text("deeds"),
    c.at("undone_at", null=True),
    c.text("undone_by_kind"),
    c.identifier("undone_by_id", null=True),
    c.text("undo"),
)
Index("rule_run_rule", rule_run.c.rule_id, rule_run.c.at)  # its cap, its runs newest first
Index("rule_run_conversation", rule_run.c.conversation_id)  # what rules did to a conversation
Index("rule_run_at", rule_run.c.at)  # the report
Index("rule_run_position", rule_run.c.position)  # which run caused an event

rule_due = c.table(
    "rule_due",
    c.workspace(key=True),
    c.identifier("rule_id", key=True),
    c.identifier("conversation_id", key=True),
    c.at("since"),
    c.at("due_at", null=True),
    c.identifier("cursor"),
)
_waiting = sql("due_at IS NOT NULL")
Index("rule_due_due", rule_due.c.due_at, sqlite_where=_waiting, postgresql_where=_waiting)  # what is due next
Index("rule_due_conversation", rule_due.c.conversation_id)  # what ends with its conversation

rule_mark = c.table(  # what a rule did once and is not to do again soon
    "rule_mark",
    c.workspace(key=True),
    c.identifier("rule_id", key=True),
    c.text("key", key=True),
    c.at("at"),
)
Index("rule_mark_at", rule_mark.c.at)  # retention

appeal = c.table(
    "appeal",
    c.workspace(),
    c.identifier("message_id", key=True),
    c.identifier("conversation_id"),
    c.identifier("rule_id"),
    c.identifier("run_id"),
    c.at("at"),
    c.text("state"),
    c.text("decided_by_kind"),
    c.identifier("decided_by_id", null=True),
    c.at("decided_at", null=True),
)
_undecided = sql("state = 'open'")
# what waits for a second look, oldest first
Index("appeal_open", appeal.c.message_id, sqlite_where=_undecided, postgresql_where=_undecided)

dry_run = c.table(
    "dry_run",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("state"),
    c.text("asked"),
    c.integer("days"),
    c.at("checked"),
    c.integer("share"),
    c.text("result"),
    c.integer("cancelled"),
    c.identifier("started_by", null=True),
    c.at("created_at"),
    c.at("updated_at"),
)
