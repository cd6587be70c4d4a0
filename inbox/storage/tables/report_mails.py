"""Reports that are mailed, and what was sent.

The comment at each index names the query it serves.
"""

from __future__ import annotations

from sqlalchemy import Index

from inbox.storage.tables import columns as c

report_mail = c.table(
    "report_mail",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.identifier("owner_id"),
    c.text("agent_ids"),
    c.text("addresses"),
    c.text("query"),
    c.text("every"),
    c.integer("weekday"),
    c.integer("month_day"),
    c.integer("minute"),
    c.text("zone"),
    c.text("language"),
    c.text("form"),
    c.integer("active"),
    c.text("off_reason"),
    c.text("strikes"),
    c.at("created_at"),
    c.integer("version"),
)

report_mail_send = c.table(
    "report_mail_send",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("mail_id"),
    c.at("due_at"),
    c.text("address"),
    c.integer("trial"),
    c.text("state"),
    c.text("reason"),
    c.at("at"),
)
Index("report_mail_send_mail", report_mail_send.c.mail_id, report_mail_send.c.id)  # its log, newest first
