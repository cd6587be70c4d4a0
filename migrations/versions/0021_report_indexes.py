"""What reports read fastest: rows by agent and by deed, and what PostgreSQL is told of instants."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INDEXES = {
    "wait_fact_agent": (
        "wait_fact",
        ["workspace_id", "agent_id", "ended_at", "wait_id", "end", "response", "opened_at", "customer_opened_at",
         "customer_ended_at", "desk_worked", "customer_worked"],
    ),
    "wait_stretch_owner": (
        "wait_stretch", ["workspace_id", "owner_id", "wait_ended_at", "ended_at", "began_at", "part", "worked"]
    ),
    "deed_what": ("deed", ["workspace_id", "what", "at"]),
    "deed_agent": ("deed", ["workspace_id", "agent_id", "what", "conversation_id", "at"]),
}  # fmt: skip
_INSTANTS = {
    "wait_fact": (
        "ended_at", "opened_at", "customer_opened_at", "customer_ended_at", "acted_at", "desk_worked",
        "customer_worked", "deadline_at", "late_team_id", "late_owner_id",
    ),
    "wait_stretch": ("ended_at", "began_at", "wait_ended_at", "worked"),
    "episode_fact": ("first_in_at", "worked", "deadline_at"),
    "deed": ("at",),
}  # fmt: skip


def _plan(said: str) -> None:
    """PostgreSQL: what its planner is told of columns of instants; it counts with that from the next ANALYZE on."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in _INSTANTS.items():
        op.execute(f"ALTER TABLE {table} {', '.join(f'ALTER {column} {said}' for column in columns)}")


def upgrade() -> None:
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns)
    _plan("SET (n_distinct = 2)")


def downgrade() -> None:
    _plan("RESET (n_distinct)")
    for name, (table, _) in _INDEXES.items():
        op.drop_index(name, table)
