"""What needs an admin, inside a unit: noted once, told to each admin, and once more when it is mended."""

from __future__ import annotations

from typing import Literal

from inbox.domain import events as e
from inbox.domain.records import Notification
from inbox.domain.state import State
from inbox.storage import health as stored
from inbox.storage.database import Query

Topic = Literal["quarantine", "backlog", "disk", "token_ending", "channel", "webhook", "rule", "surge", "report_mail"]
ADMINS = e.Audience(admins=True)


def raise_now(state: State, topic: Topic, ref: int, detail: str) -> Query[None]:
    """Note it, tell those who look, notify each admin."""
    yield from stored.raise_(topic, ref, detail, state.now)
    state.emit(e.AttentionRaised(topic=topic, ref=ref or None, detail=detail), audience=ADMINS)
    admins = yield from stored.admins()
    _notify(state, admins, f"attention_{topic}", detail)


def end_now(state: State, topic: Topic, ref: int) -> Query[bool]:
    """Forget it and tell the same people. False when it did not stand."""
    detail = yield from stored.detail_of(topic, ref)
    if detail is None:
        return False
    yield from stored.end(topic, ref)
    state.emit(e.AttentionEnded(topic=topic, ref=ref or None), audience=ADMINS)
    admins = yield from stored.admins()
    _notify(state, admins, f"mended_{topic}", detail)
    return True


def _notify(state: State, agent_ids: list[int], kind: str, detail: str) -> None:
    for agent_id in agent_ids:
        told = state.add(
            Notification(
                id=state.next_id(),
                agent_id=agent_id,
                kind=kind,
                conversation_id=None,
                message_id=None,
                detail=detail,
                at=state.now,
                read_at=None,
            )
        )
        state.emit(e.Notified(agent_id=agent_id, notification_id=told.id), audience=e.Audience(agent_id=agent_id))
