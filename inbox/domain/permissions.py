"""Who may see and do what. Asked by `commands` and by reads, decided nowhere else.

A scope is what an agent or token covers. A conversation is seen by those whose scope covers its home channel or its
team; who sees it sees all its threads. `tests/inbox/domain/test_permissions.py` holds the table of roles and actions.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from inbox.domain.events import Actor, Audience
from inbox.domain.records import Conversation
from inbox.domain.work_review_records import WorkReview
from inbox.errors import Forbidden, NotFound

Action = Literal[
    "read", "note", "reply", "triage", "moderate", "start", "contacts", "escalate",
    "erase", "settings", "people", "tokens", "channels", "quarantine", "reports", "screen",
]  # fmt: skip

_OBSERVER: frozenset[Action] = frozenset({"read", "note"})
_AGENT: frozenset[Action] = _OBSERVER | {"reply", "triage", "moderate", "start", "contacts", "escalate"}
_SUPERVISOR: frozenset[Action] = _AGENT | {"reports", "settings", "screen"}
_ADMIN: frozenset[Action] = _SUPERVISOR | {"erase", "people", "tokens", "channels", "quarantine"}
ROLES: dict[str, frozenset[Action]] = {
    "observer": _OBSERVER,
    "agent": _AGENT,
    "supervisor": _SUPERVISOR,
    "admin": _ADMIN,
}
TOKEN_SCOPES: dict[str, frozenset[Action]] = {
    "read": frozenset({"read", "reports"}),
    "write": frozenset({"note", "reply", "triage", "moderate", "start", "contacts", "escalate"}),
    "admin": _ADMIN,
    "screen": frozenset({"screen"}),
}
"""`screen` is for a screen on a wall: counts without persons, and nothing else."""

_IN_WORDS: dict[Action, str] = {
    "read": "read conversations",
    "note": "write notes",
    "reply": "answer",
    "triage": "change conversations",
    "moderate": "hide or delete what others wrote",
    "start": "write to somebody first",
    "contacts": "change contacts",
    "escalate": "escalate",
    "erase": "erase people",
    "settings": "change settings",
    "people": "change who works here",
    "tokens": "see or make tokens",
    "channels": "change channels",
    "quarantine": "see the quarantine",
    "reports": "see reports",
    "screen": "see the floor",
}


class Scope(msgspec.Struct, frozen=True):
    """What is covered: all channels (None) or some, and teams. Hashable: sockets of one scope share their frames."""

    channels: frozenset[int] | None
    teams: frozenset[int]
    admin: bool = False

    def covers(self, channel_id: int | None, team_id: int | None) -> bool:
        """Whether a conversation with this home channel and team is seen."""
        if self.channels is None or channel_id in self.channels:
            return True
        return team_id is not None and team_id in self.teams

    def sees(self, audience: Audience, agent_id: int | None = None) -> bool:
        """Whether an event with this audience is seen by an agent of this scope."""
        if audience.agent_id is not None:
            return audience.agent_id == agent_id
        if audience.admins:
            return self.admin
        if audience.channel_id is None and audience.team_id is None:
            return True
        return self.covers(audience.channel_id, audience.team_id)


class Principal(msgspec.Struct, frozen=True):
    """Who asks: an agent with a session, or a token. `may` is what the role or the token's scopes allow."""

    actor: Actor
    name: str
    scope: Scope
    may: frozenset[Action]
    session_id: int | None = None
    acts_as: frozenset[int] = frozenset()
    """Agents in whose name a token may answer."""

    @property
    def agent_id(self) -> int | None:
        """Id of the agent who asks; None for a token."""
        return self.actor.id if self.actor.kind == "agent" else None


def require(principal: Principal, action: Action) -> None:
    """Raise Forbidden unless the principal may do this at all."""
    if action not in principal.may:
        said = f"{principal.name} may not {_IN_WORDS[action]}"
        if principal.actor.kind == "token":
            scopes = [name for name, allowed in TOKEN_SCOPES.items() if action in allowed]
            raise Forbidden(f"{said}: it takes a token of scope {' or '.join(scopes)}", scopes=scopes)
        raise Forbidden(f"{said}: ask an admin for a role that allows it")


def require_conversation(
    principal: Principal, conversation: Conversation | None, conversation_id: int, action: Action
) -> Conversation:
    """The conversation, if the principal may do this to it. What is out of sight does not exist: NotFound."""
    if conversation is None or not principal.scope.covers(conversation.channel_id, conversation.team_id):
        raise NotFound(f"there is no conversation {conversation_id}, or it is not in your channels and teams")
    require(principal, action)
    return conversation


def sees_work_review(principal: Principal, review: WorkReview) -> bool:
    """Whether somebody may read a review of work: who wrote it; once it is shared, the agent it is about, and admins.
    Tokens read none: it is between people.
    """
    if principal.agent_id is None or principal.agent_id == review.reviewer_id:
        return principal.agent_id is not None
    return review.shared_at is not None and (principal.agent_id == review.agent_id or principal.scope.admin)


def require_work_review(
    principal: Principal,
    review: WorkReview | None,
    review_id: int,
    to: Literal["read", "write", "remove", "answer"] = "read",
) -> WorkReview:
    """The review, if the principal may do this to it. What he may not read does not exist: NotFound. Only its writer
    changes it, he or an admin removes it, only the agent answers.
    """
    if review is None or not sees_work_review(principal, review):
        raise NotFound(f"there is no review {review_id}, or it is not for you")
    writes, answers = principal.agent_id == review.reviewer_id, principal.agent_id == review.agent_id
    if to == "answer" and not answers:
        raise Forbidden("only the agent whose work it is about answers a review")
    if to == "write" and not writes:
        raise Forbidden("only who wrote a review changes it")
    if to == "remove" and not (writes or principal.scope.admin):
        raise Forbidden("only who wrote a review, or an admin, removes it")
    return review
