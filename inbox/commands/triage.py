"""Owner, team, status, priority, tags, waits, escalation: what is decided about conversations all day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from inbox.commands.on_conversation import OnConversation, require_colleague, require_team
from inbox.domain import notes, triage
from inbox.domain.desk_rules import require_closable
from inbox.domain.events import Actor
from inbox.domain.permissions import Action, Principal
from inbox.domain.records import Conversation
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Invalid
from inbox.eventlog.directory import Directory

StatusWord = Literal["open", "closed", "snoozed", "spam"]
PriorityWord = Literal["low", "normal", "high", "urgent"]


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent saw when he decided; UNSET: whatever it is."""

    assignee_id: int | UnsetType | None = UNSET
    team_id: int | UnsetType | None = UNSET
    status: StatusWord | UnsetType = UNSET


class TriageChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change; UNSET stays as it is. Times µs."""

    status: StatusWord | UnsetType = UNSET
    snoozed_until: int | None = None
    snooze_until_reply: bool = False
    assignee_id: int | UnsetType | None = UNSET
    team_id: int | UnsetType | None = UNSET
    priority: PriorityWord | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    expect: Expected = Expected()
    note: str = ""
    """A hand-over note."""


class Triage(OnConversation):
    """Change some fields of a conversation. Raises Conflict (`changed`) when what was expected is no longer so."""

    def __init__(
        self, principal: Principal, conversation_id: int, change: TriageChange, *, directory: Directory,
        bulk: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id, bulk=bulk)
        self.change = change
        self.directory = directory

    def needs(self, needs: Needs) -> None:
        """The conversation, and what a person may take back by opening it."""
        super().needs(needs)
        if self.change.status == "open":
            needs.ended_waits.add(self.conversation_id)
            needs.answering[self.conversation_id] = None

    def act(self, state: State, conversation: Conversation) -> None:
        """Check what was expected, then change owner and labels, the status last."""
        change, actor = self.change, self.actor
        _require_expected(conversation, change.expect)
        note_id = None
        if change.note.strip():
            note_id = notes.write(state, conversation, change.note, actor).id
        if change.team_id is not UNSET:
            if change.team_id is not None:
                require_team(self.directory, change.team_id)
            triage.give_to_team(state, conversation, change.team_id, actor)
        if change.assignee_id is not UNSET:
            if change.assignee_id is not None:
                require_colleague(self.directory, change.assignee_id, conversation)
            triage.assign(state, conversation, change.assignee_id, actor, note_id)
        if change.priority is not UNSET:
            triage.set_priority(state, conversation, change.priority, actor)
        if change.subject is not UNSET:
            triage.set_subject(state, conversation, change.subject.strip(), actor)
        self._status(state, conversation)

    def _status(self, state: State, conversation: Conversation) -> None:
        change, actor = self.change, self.actor
        match change.status:
            case "open":
                triage.reopen(state, conversation, actor)
            case "closed":
                if conversation.status != "closed":
                    require_closable(self.directory.desk.rules, conversation)
                triage.close(state, conversation, actor)
            case "snoozed":
                triage.snooze(state, conversation, change.snoozed_until, change.snooze_until_reply, actor)
            case "spam":
                triage.mark_spam(state, conversation, actor)
            case _ if change.snoozed_until is not None or change.snooze_until_reply:
                raise Invalid("snoozed_until goes with status snoozed", code="status")


def _require_expected(conversation: Conversation, expect: Expected) -> None:
    for name in ("assignee_id", "team_id", "status"):
        wanted = getattr(expect, name)
        found = getattr(conversation, name)
        if wanted is not UNSET and wanted != found:
            raise Conflict(
                f"{name} of conversation {conversation.id} is {found} now, not {wanted}: look again",
                code="changed",
                current={name: str(found) if isinstance(found, int) else found},
            )


class SetTag(OnConversation):
    """Put a tag on, or take it off."""

    def __init__(
        self, principal: Principal, conversation_id: int, tag_id: int, on: bool, *, directory: Directory,
        bulk: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id, bulk=bulk)
        if on and tag_id not in directory.tags:
            raise Invalid(f"there is no tag {tag_id}", code="tag")
        self.tag_id = tag_id
        self.on = on

    def act(self, state: State, conversation: Conversation) -> None:
        """Do it, if it is not so already."""
        triage.tag(state, conversation, self.tag_id, self.on, self.actor)


class Dismiss(OnConversation):
    """No answer needed: the waits named, or all that are open, end dismissed."""

    def __init__(
        self, principal: Principal, conversation_id: int, reason: str = "", wait_ids: Iterable[int] = (), *,
        bulk: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id, bulk=bulk)
        self.reason = reason or "no_answer_needed"
        self.wait_ids = tuple(wait_ids)

    def act(self, state: State, conversation: Conversation) -> None:
        """Dismiss."""
        triage.dismiss(state, conversation, self.wait_ids, self.reason, self.actor)


class UndoDismiss(OnConversation):
    """Take the newest dismissal back."""

    def needs(self, needs: Needs) -> None:
        """The dismissed waits too."""
        super().needs(needs)
        needs.ended_waits.add(self.conversation_id)

    def act(self, state: State, conversation: Conversation) -> None:
        """The waits go on from their original start."""
        triage.undo_dismissal(state, conversation, self.actor)


class Escalate(OnConversation):
    """Ask for somebody with more say: an agent, a team, or, where neither is named, those whom an escalation chain asks
    in turn (`chain_id`; else that of the team or workspace). Without a chain: whoever supervises.
    """

    action: ClassVar[Action] = "escalate"

    def __init__(
        self, principal: Principal, conversation_id: int, reason: str, *, directory: Directory,
        to_agent_id: int | None = None, to_team_id: int | None = None, chain_id: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id)
        if not reason.strip():
            raise Invalid("say why it is escalated", code="reason")
        self.reason = reason.strip()
        self.directory = directory
        self.to_agent_id = to_agent_id
        self.to_team_id = to_team_id
        self.chain_id = chain_id

    def act(self, state: State, conversation: Conversation) -> None:
        """Escalate, and tell those asked for."""
        escalate_to(
            state, conversation, self.directory, self.reason, self.to_agent_id, self.to_team_id, self.actor,
            chain_id=self.chain_id,
        )  # fmt: skip


def escalate_to(
    state: State, conversation: Conversation, directory: Directory, reason: str, agent_id: int | None,
    team_id: int | None, actor: Actor, *, chain_id: int | None = None,
) -> None:  # fmt: skip
    """Escalate to an agent, a team, a chain, or whoever is asked where nobody is named. Raises Invalid where there is
    no such thing.
    """
    named = agent_id is not None or team_id is not None
    if chain_id is not None and state.terms.chains.newest(chain_id) is None:
        raise Invalid(f"there is no chain {chain_id} that is switched on", code="chain_id")
    if chain_id is None and not named:
        chain_id = state.terms.chains.standard(conversation.team_id)
    if agent_id is not None:
        require_colleague(directory, agent_id, conversation)
    if team_id is not None:
        require_team(directory, team_id)
    asked = asked_for(directory, conversation, agent_id, team_id) if named or chain_id is None else []
    triage.escalate(state, conversation, reason, agent_id, team_id, asked, actor, chain_id=chain_id)


def asked_for(directory: Directory, conversation: Conversation, agent_id: int | None, team_id: int | None) -> list[int]:
    """Whom an escalation is for: the agent, else the team, else all supervisors who see the conversation."""
    if agent_id is not None:
        return [agent_id]
    if team_id is not None:
        return sorted(directory.members.get(team_id, ()))
    return [
        agent.id
        for agent in directory.agents.values()
        if agent.role == "supervisor"
        and agent.active
        and directory.scope_of(agent).covers(conversation.channel_id, conversation.team_id)
    ]


class Escalation(OnConversation):
    """Acknowledge an escalation, or end it."""

    action: ClassVar[Action] = "escalate"

    def __init__(self, principal: Principal, conversation_id: int, *, end: bool) -> None:
        super().__init__(principal, conversation_id)
        self.end = end

    def act(self, state: State, conversation: Conversation) -> Any:
        """Do it, if it is escalated."""
        if self.end:
            triage.de_escalate(state, conversation, self.actor)
        else:
            triage.acknowledge(state, conversation, self.actor)
