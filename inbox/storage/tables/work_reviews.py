"""Reviews of work: checklists, samples, and what was said.

The comment at each index names the query it serves.
"""

from __future__ import annotations

from sqlalchemy import Index

from inbox.storage.tables import columns as c

checklist = c.table(
    "checklist",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.text("questions"),
    c.at("created_at"),
    c.integer("version"),
)

work_sample = c.table(
    "work_sample",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("owner_id"),
    c.text("asked"),
    c.integer("seed"),
    c.integer("found"),
    c.identifier("checklist_id", null=True),
    c.text("items"),
    c.at("created_at"),
)
Index("work_sample_owner", work_sample.c.owner_id, work_sample.c.id)  # one's own, newest first

work_review = c.table(
    "work_review",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("conversation_id"),
    c.identifier("agent_id"),
    c.identifier("reviewer_id"),
    c.text("checklist"),
    c.text("marks"),
    c.text("remarks"),
    c.text("verdict"),
    c.text("comment"),
    c.at("created_at"),
    c.at("changed_at"),
    c.at("shared_at", null=True),
    c.identifier("notification_id", null=True),
    c.text("answer"),
    c.at("answered_at", null=True),
    c.integer("version"),
)
Index(  # one of each reviewer; what is said of a conversation
    "work_review_one",
    work_review.c.workspace_id,
    work_review.c.conversation_id,
    work_review.c.agent_id,
    work_review.c.reviewer_id,
    unique=True,
)
Index("work_review_agent", work_review.c.agent_id, work_review.c.shared_at)  # of an agent's work, newest first
Index("work_review_reviewer", work_review.c.reviewer_id, work_review.c.created_at)  # one's own, newest first
Index("work_review_shared", work_review.c.shared_at)  # all that admins see, newest first
