"""What can happen to a conversation for which somebody with more say is asked."""

from __future__ import annotations

from typing import Literal

from inbox.domain.event import ConversationEvent


class Escalated(ConversationEvent, tag="escalated", frozen=True, kw_only=True):
    """Somebody with more say is asked for. The reason is content of ours and stands on the conversation. `chain_id`:
    the escalation chain that runs from now on, before its first step (`level` 0); `next_at`: when that is due.
    `cause`: what escalated it, where no person did.
    """

    to_agent_id: int | None = None
    to_team_id: int | None = None
    chain_id: int | None = None
    chain_version: int = 0
    level: int = 0
    next_at: int | None = None
    cause: Literal["", "rule", "target_warned", "target_breached"] = ""


class EscalationStepped(ConversationEvent, tag="escalation_stepped", frozen=True, kw_only=True):
    """Nobody acknowledged in time: the next level of the chain is asked. The event's time is the instant at which the
    step was due, whenever it was noticed. `level` counts from 1; `times`: how often the last level was asked before.
    `to`: whom; `agent_ids` and `team_id` name them as it was then. `next_at` null: this was the last step.
    """

    chain_id: int
    chain_version: int
    level: int
    times: int = 0
    to: Literal["assignee", "team", "supervisors", "agents", "on_call"]
    agent_ids: tuple[int, ...] = ()
    team_id: int | None = None
    next_at: int | None = None


class EscalationAcknowledged(ConversationEvent, tag="escalation_acknowledged", frozen=True, kw_only=True):
    """The one asked for has seen it."""


class EscalationEnded(ConversationEvent, tag="escalation_ended", frozen=True, kw_only=True):
    """No longer escalated: somebody said so, or there is nothing left to do."""

    reason: Literal["person", "closed", "spam", "merged"] = "person"
