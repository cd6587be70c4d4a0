"""Escalation chains, what agents want to be told of, and the browsers that are called for them.

The comment at each index names the query it serves.
"""

from __future__ import annotations

from sqlalchemy import Index

from inbox.storage.tables import columns as c

chain = c.table(
    "chain",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("name"),
    c.integer("active"),
    c.text("versions"),
    c.at("created_at"),
    c.integer("version"),
    c.at("removed_at", null=True),
)

preference = c.table(
    "preference",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("choices"),
    c.integer("version"),
)

subscription = c.table(
    "subscription",
    c.workspace(),
    c.identifier("id", key=True),
    c.identifier("agent_id"),
    c.identifier("session_id"),
    c.text("endpoint"),
    c.text("p256dh"),
    c.text("auth"),
    c.text("name"),
    c.at("created_at"),
    c.at("sent_at", null=True),
    c.integer("failures"),
)
Index("subscription_endpoint", subscription.c.workspace_id, subscription.c.endpoint, unique=True)
Index("subscription_agent", subscription.c.agent_id)  # an agent's browsers

push_key = c.table(
    "push_key",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("public"),
    c.text("sealed"),
    c.at("created_at"),
)
