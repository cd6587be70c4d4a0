"""Who takes what: availability, abilities, how teams give out what waits."""

from __future__ import annotations

from inbox.storage.tables import columns as c

availability = c.table(
    "availability",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("state"),
    c.identifier("reason_id", null=True),
    c.at("since_at"),
    c.integer("automatic"),
    c.at("seen_at"),
    c.at("given"),
)

ability = c.table(
    "ability",
    c.workspace(),
    c.identifier("id", key=True),
    c.text("languages"),
    c.text("skills"),
    c.integer("capacity", null=True),
    c.integer("version"),
)

team_routing = c.table(
    "team_routing", c.workspace(), c.identifier("id", key=True), c.text("terms"), c.integer("version")
)

house = c.table("house", c.workspace(), c.identifier("id", key=True), c.text("attendance"), c.integer("version"))
