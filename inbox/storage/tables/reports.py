"""What reports count: facts derived from the log by its reader `reports`. They can be dropped and read again.

A fact that is not over has `ended_at` (`closed_at`) 2**62, so that one order holds what is over and what is not. The
key of each table is the order that reports read in, and on SQLite it holds the whole row: no index has to cover it
(docs/adr/0026).
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text as sql

from inbox.storage.tables import columns as c

wait_fact = c.table(
    "wait_fact",
    c.workspace(key=True),
    c.identifier("ended_at", key=True),
    c.identifier("wait_id", key=True),
    c.identifier("conversation_id"),
    c.identifier("home_id"),
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
    c.text("end"),
    c.text("reason"),
    c.text("ended_by"),
    c.text("response"),
    c.integer("episode"),
    c.at("opened_at"),
    c.at("customer_opened_at"),
    c.at("customer_ended_at"),
    c.at("acted_at", null=True),
    c.at("automatic_at", null=True),
    c.at("acknowledged_at", null=True),
    c.at("in_queue"),
    c.at("in_team"),
    c.at("with_person"),
    c.at("over"),
    c.at("desk_worked"),
    c.at("customer_worked"),
    c.identifier("policy_id"),
    c.text("promised"),
    c.at("deadline_at", null=True),
    c.integer("late"),
    c.identifier("late_team_id"),
    c.identifier("late_owner_id"),
    c.integer("reopened"),
    c.at("in_approval", default="0"),
    sqlite_with_rowid=False,
)
# What an agent answered: his lists, and figures by agent, team, channel or day without a look at the rows.
Index(
    "wait_fact_agent", wait_fact.c.workspace_id, wait_fact.c.agent_id, wait_fact.c.ended_at, wait_fact.c.wait_id,
    wait_fact.c.end, wait_fact.c.response, wait_fact.c.opened_at, wait_fact.c.customer_opened_at,
    wait_fact.c.customer_ended_at, wait_fact.c.desk_worked, wait_fact.c.customer_worked, wait_fact.c.channel_id,
    wait_fact.c.team_id,
)  # fmt: skip
# What was promised, by the day it was due: figures and lists without a look at the rows.
Index(
    "wait_fact_due", wait_fact.c.workspace_id, wait_fact.c.deadline_at, wait_fact.c.wait_id,
    wait_fact.c.conversation_id, wait_fact.c.ended_at, wait_fact.c.late, wait_fact.c.end, wait_fact.c.promised,
    wait_fact.c.channel_id, wait_fact.c.team_id, wait_fact.c.agent_id, wait_fact.c.owner_id,
    wait_fact.c.late_team_id, wait_fact.c.late_owner_id,
    sqlite_where=wait_fact.c.deadline_at.is_not(None), postgresql_where=wait_fact.c.deadline_at.is_not(None),
)  # fmt: skip
# What became of waits, by the day they began: the same.
Index(
    "wait_fact_opened", wait_fact.c.workspace_id, wait_fact.c.opened_at, wait_fact.c.wait_id,
    wait_fact.c.conversation_id, wait_fact.c.ended_at, wait_fact.c.deadline_at, wait_fact.c.acted_at,
    wait_fact.c.automatic_at, wait_fact.c.end, wait_fact.c.reason, wait_fact.c.ended_by, wait_fact.c.kind,
    wait_fact.c.channel_id, wait_fact.c.team_id, wait_fact.c.agent_id,
)  # fmt: skip
Index("wait_fact_wait", wait_fact.c.wait_id)  # the fact of a wait
Index("wait_fact_conversation", wait_fact.c.conversation_id)  # what follows its conversation
Index("wait_fact_home", wait_fact.c.home_id)  # the first answer of an episode

wait_stretch = c.table(
    "wait_stretch",
    c.workspace(key=True),
    c.identifier("ended_at", key=True),
    c.identifier("wait_id", key=True),
    c.identifier("began_at", key=True),
    c.text("part"),
    c.identifier("team_id"),
    c.identifier("owner_id"),
    c.identifier("channel_id"),
    c.text("network"),
    c.text("kind"),
    c.at("opened_at"),
    c.at("wait_ended_at"),
    c.at("worked"),
    sqlite_with_rowid=False,
)
Index("wait_stretch_wait", wait_stretch.c.wait_id)
# What somebody held, and how long.
Index(
    "wait_stretch_owner", wait_stretch.c.workspace_id, wait_stretch.c.owner_id, wait_stretch.c.wait_ended_at,
    wait_stretch.c.ended_at, wait_stretch.c.began_at, wait_stretch.c.part, wait_stretch.c.worked,
)  # fmt: skip

episode_fact = c.table(
    "episode_fact",
    c.workspace(key=True),
    c.identifier("closed_at", key=True),
    c.identifier("conversation_id", key=True),
    c.identifier("number", key=True),
    c.at("position"),
    c.at("opened_at"),
    c.at("first_in_at", null=True),
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
    c.text("closed_by"),
    c.text("again"),
    c.at("worked"),
    c.identifier("policy_id"),
    c.at("deadline_at", null=True),
    c.integer("late"),
    c.identifier("late_team_id", default="0"),
    c.identifier("late_owner_id", default="0"),
    sqlite_with_rowid=False,
)
Index("episode_fact_conversation", episode_fact.c.conversation_id)

deed = c.table(
    "deed",
    c.workspace(key=True),
    c.identifier("at", key=True),
    c.identifier("position", key=True),
    c.text("what", key=True),
    c.text("by"),
    c.identifier("agent_id"),
    c.identifier("conversation_id"),
    c.identifier("message_id"),
    c.identifier("channel_id"),
    c.text("network"),
    c.text("kind"),
    c.identifier("team_id"),
    c.identifier("owner_id"),
    c.text("tags"),
    c.identifier("campaign_id"),
    c.identifier("post_id"),
    c.text("language"),
    c.integer("rating"),
    c.integer("stars"),
    c.at("after_at"),
    sqlite_with_rowid=False,
)
Index("deed_conversation", deed.c.conversation_id)  # its labels follow the conversation's
# The rare ones among all others, and how many of each without a look at the rows.
Index(
    "deed_what", deed.c.workspace_id, deed.c.what, deed.c.at, deed.c.channel_id, deed.c.team_id, deed.c.agent_id
)  # fmt: skip
# Reviews, which are few among all that is done.
Index(
    "deed_review", deed.c.workspace_id, deed.c.at, deed.c.what, deed.c.stars, deed.c.channel_id, deed.c.team_id,
    sqlite_where=sql("kind = 'review'"), postgresql_where=sql("kind = 'review'"),
)  # fmt: skip
# What an agent did, and in how many conversations.
Index(
    "deed_agent", deed.c.workspace_id, deed.c.agent_id, deed.c.what, deed.c.conversation_id, deed.c.at
)  # fmt: skip

# Tallies of whole months (docs/adr/0035); PostgreSQL alone has any.
kept_tally = c.table(
    "kept_tally",
    c.workspace(key=True),
    c.text("source", key=True),
    c.identifier("month", key=True),
    c.text("fingerprint", key=True),
    c.integer("labelled"),
    c.text("state"),
    c.text("tally"),
)

FEW = 2
_INSTANTS = {
    "wait_fact": (
        "ended_at", "opened_at", "customer_opened_at", "customer_ended_at", "acted_at", "desk_worked",
        "customer_worked", "deadline_at", "late_team_id", "late_owner_id",
    ),
    "wait_stretch": ("ended_at", "began_at", "wait_ended_at", "worked"),
    "episode_fact": ("first_in_at", "worked", "deadline_at"),
    "deed": ("at",),
}  # fmt: skip
PLANNED = [
    f"ALTER TABLE {table} {', '.join(f'ALTER {column} SET (n_distinct = {FEW})' for column in columns)}"
    for table, columns in _INSTANTS.items()
] + [
    f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02)"
    for table in _INSTANTS
]
"""PostgreSQL: what is grouped by days, hours or lengths of time are few groups. Its planner sees as many as there are
instants and would carry every row to one process to group it there; told that they are few, workers group first.
Swept at a fiftieth of new rows instead of a fifth, figures are read from indexes without a look at the rows.
"""
