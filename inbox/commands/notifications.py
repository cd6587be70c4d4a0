"""An agent has seen what he was notified of."""

from __future__ import annotations

from inbox.domain.records import Notification
from inbox.domain.state import State
from inbox.errors import NotFound
from inbox.eventlog.unit import Unit
from inbox.storage import notifications, rows
from inbox.storage.database import Query


class MarkRead(Unit):
    """One notification (NotFound for somebody else's), or all of an agent's (id None)."""

    alone = True

    def __init__(self, agent_id: int, notification_id: int | None) -> None:
        self.agent_id = agent_id
        self.notification_id = notification_id

    def run(self, state: State) -> Query[None]:
        """Note the time. Reading twice changes nothing."""
        if self.notification_id is not None:
            found = yield from rows.one(Notification, self.notification_id)
            if found is None or found.agent_id != self.agent_id:
                raise NotFound(f"you have no notification {self.notification_id}")
        yield from notifications.mark_read(self.agent_id, self.notification_id, state.now)
