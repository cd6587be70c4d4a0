"""The log, and what is under way: what is sent, due, fetched and kept as it came.

The comment at each index names the query it serves.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary
from sqlalchemy import text as sql

from inbox.storage.tables import columns as c

outbox = c.table(
    "outbox",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("message_id"),
    c.identifier("channel_id"),
    c.identifier("thread_id"),
    c.text("purpose"),
    c.integer("part_index"),
    c.integer("of"),
    c.text("key"),
    c.text("part"),
    c.text("state"),
    c.integer("attempts"),
    c.at("next_at", null=True),
    c.integer("fence"),
    c.at("effect_at", null=True),
    c.text("external_id", null=True),
    c.text("token"),
    c.text("error_kind"),
    c.text("reason"),
    c.text("actor_kind"),
    c.identifier("actor_id", null=True),
    c.at("created_at"),
    c.at("ended_at", null=True),
    c.text("note", default="''"),
)
_due = sql("state IN ('waiting', 'sending', 'pending')")
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

timer = c.table(
    "timer",
    c.workspace(key=True),
    c.text("kind", key=True),
    c.identifier("ref", key=True),
    c.at("due_at"),
    c.integer("generation"),
)
Index("timer_due", timer.c.due_at)  # what is due next

orphan = c.table(
    "orphan",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("channel_id"),
    c.text("external_id"),
    Column("inbound", LargeBinary, nullable=False),
    c.at("received_at"),
)
Index("orphan_external", orphan.c.channel_id, orphan.c.external_id)  # applied when the item comes

media = c.table(
    "media",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("message_id"),
    c.identifier("channel_id"),
    c.text("state"),
    c.text("sha256", null=True),
    c.text("mime"),
    c.text("name"),
    c.integer("size_bytes", null=True),
    c.text("source"),
    c.integer("attempts"),
    c.text("reason"),
    c.at("created_at"),
)
Index("media_message", media.c.message_id)
_unfetched = sql("state = 'pending'")
# what the holder of a channel has to fetch, oldest first
Index(
    "media_pending",
    media.c.channel_id,
    media.c.id,
    sqlite_where=_unfetched,
    postgresql_where=_unfetched,
)
Index("media_blob", media.c.sha256)  # is a blob still used

job = c.table(
    "job",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("key"),
    c.text("kind"),
    c.identifier("channel_id", null=True),
    Column("payload", LargeBinary, nullable=False),
    c.at("due_at"),
    c.integer("attempts"),
    c.at("lease_until", null=True),
    c.text("reason"),
    c.at("created_at"),
)
Index("job_key", job.c.workspace_id, job.c.key, unique=True)  # once per (reader, position, target)
Index("job_due", job.c.kind, job.c.due_at)  # what is due

raw = c.table(
    "raw",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("channel_id"),
    c.at("received_at"),
    c.text("state"),
    c.text("problem"),
    c.text("headers"),
    Column("body", LargeBinary, nullable=False),
)
Index("raw_received", raw.c.received_at)  # retention
Index(  # the quarantine page
    "raw_quarantined",
    raw.c.state,
    raw.c.id,
    sqlite_where=sql("state <> 'done'"),
    postgresql_where=sql("state <> 'done'"),
)

raw_of = c.table(  # which identities a raw body names, so that erasure finds it
    "raw_identity",
    c.workspace(key=True),
    c.identifier("identity_id", key=True),
    c.identifier("raw_id", key=True),
)

event = c.table(
    "event",
    c.workspace(key=True),
    c.identifier("position", key=True),
    c.at("at"),
    c.text("type"),
    c.identifier("conversation_id", null=True),
    c.text("actor_kind"),
    c.identifier("actor_id", null=True),
    Column("data", LargeBinary, nullable=False),
    c.text("audience"),
    c.text("before"),
)
Index("event_conversation", event.c.conversation_id, event.c.position.desc())  # the timeline's lines
_escalates = sql("type IN ('escalated', 'escalation_stepped', 'escalation_acknowledged', 'escalation_ended')")
Index(  # the story of escalations
    "event_escalation",
    event.c.at,
    sqlite_where=_escalates,
    postgresql_where=_escalates,
)
_merges = sql("type = 'contacts_merged'")
Index("event_contacts_merged", event.c.position, sqlite_where=_merges, postgresql_where=_merges)  # to take them apart

counter = c.table(
    "counter",
    c.workspace(key=True),
    c.text("cell", key=True),
    c.at("n"),
)

seen_delivery = c.table(  # signed delivery ids, where the network gives them: a replay is a no-op
    "seen_delivery",
    c.workspace(key=True),
    c.identifier("channel_id", key=True),
    c.text("dedupe_key", key=True),
    c.at("received_at"),
)
Index("seen_delivery_received", seen_delivery.c.received_at)  # retention
