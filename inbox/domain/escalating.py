"""Escalations and the chains that run in them: begun, stepped, acknowledged, ended.

What fell due before something else happened is recorded before it, with its own instant, so that a worker that was
stopped changes no result. `State.emit` calls `settle` before and `follow` after each event of `DECIDE`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from inbox.clock import SECOND
from inbox.domain import events as e
from inbox.domain.calendar import add_open_time
from inbox.domain.chains import ChainVersion, Until
from inbox.domain.records import Conversation

if TYPE_CHECKING:
    from inbox.domain.state import State

CHAIN = "chain"
"""Kind of the timer of a chain's next step; its ref is the conversation."""
_LOOK_AGAIN = 5 * SECOND
_ENDS: dict[type[e.Event], str] = {
    e.ConversationClosed: "closed", e.SpamMarked: "spam", e.ConversationsMerged: "merged",
}  # fmt: skip
_TARGETS = (e.TargetWarned, e.TargetBreached)
_STOPS: dict[Until, tuple[type[e.Event], ...]] = {
    "acknowledged": (e.EscalationAcknowledged, e.WaitAnswered),
    "answered": (e.WaitAnswered,),
    "closed": (),
}
DECIDE = frozenset(
    {
        e.EscalationAcknowledged, e.EscalationEnded, e.WaitAnswered, e.AssigneeChanged, e.TeamChanged, *_ENDS,
        *_TARGETS,
    }
)  # fmt: skip
"""Events that a step may have to be recorded before, or that begin, stop or end a chain."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An escalation that has not ended, as the conversation keeps it."""

    reason: str
    by: int | None
    """The agent who escalated; None: not an agent."""
    to_agent: int | None
    to_team: int | None
    at: int
    acknowledged_at: int | None = None
    cause: str = ""
    chain_id: int | None = None
    chain_version: int = 0
    until: Until = "acknowledged"
    level: int = 0
    times: int = 0
    next_at: int | None = None
    """When the next step is due; None: the chain is through, was stopped, or there is none."""


encode = msgspec.json.Encoder().encode
_standing = msgspec.json.Decoder(Standing).decode


def standing_of(conversation: Conversation) -> Standing | None:
    """The escalation that stands; None without one."""
    return _standing(conversation.escalation) if conversation.escalation else None


def begin(state: State, conversation: Conversation, standing: Standing, actor: e.Actor) -> None:
    """Escalate, and run the chain that is named, from its start at `standing.at`. One that stood before is replaced."""
    settle(state, conversation)
    chain = state.terms.chains.newest(standing.chain_id)
    if chain is None:
        standing = replace(standing, chain_id=None)
    else:
        next_at = _due(state, conversation, chain, 0, 0, standing.at)
        standing = replace(standing, chain_version=chain.version, until=chain.until, next_at=next_at)
    conversation.escalation = encode(standing).decode()
    state.emit(
        e.Escalated(
            conversation_id=conversation.id,
            to_agent_id=standing.to_agent,
            to_team_id=standing.to_team,
            chain_id=standing.chain_id,
            chain_version=standing.chain_version,
            next_at=standing.next_at,
            cause=standing.cause,  # type: ignore[arg-type]
        ),
        actor,
        at=standing.at,
    )
    settle(state, conversation)
    _arm(state, conversation)


def fell_due(state: State, conversation_id: int) -> bool:
    """The timer of a chain fired: make the steps that are due. False when it means nothing any more."""
    conversation = state.conversations.get(conversation_id)
    if conversation is None or not conversation.escalation:
        return False
    before = state.workspace.position
    settle(state, conversation)
    _arm(state, conversation)
    return state.workspace.position > before


def settle(state: State, conversation: Conversation) -> None:
    """Record the steps that are due, each at its instant."""
    while (standing := standing_of(conversation)) is not None and standing.next_at is not None:
        chain = state.terms.chains.version(standing.chain_id, standing.chain_version)
        following = chain.after(standing.level, standing.times) if chain is not None else None
        if chain is None or following is None or standing.next_at > state.now:
            return
        at, level = standing.next_at, chain.levels[following.level - 1]
        owner = (conversation.assignee_id,) if level.to == "assignee" and conversation.assignee_id else ()
        state.emit(
            e.EscalationStepped(
                conversation_id=conversation.id,
                chain_id=standing.chain_id or 0,
                chain_version=standing.chain_version,
                level=following.level,
                times=following.times,
                to=level.to,
                agent_ids=owner or chain.asked(following.level, following.times, at),
                team_id=conversation.team_id,
                next_at=_due(state, conversation, chain, following.level, following.times, at),
            ),
            at=at,
        )


def before(state: State, event: e.AnyEvent) -> None:
    """Record what fell due in the conversation before this event happens to it."""
    conversation = state.conversations.get(e.conversation_of(event) or 0)
    if conversation is not None and conversation.escalation:
        settle(state, conversation)


def follow(state: State, event: e.AnyEvent, actor: e.Actor, at: int) -> None:
    """Begin, stop or end a chain as an event wants it."""
    conversation = state.conversations.get(e.conversation_of(event) or 0)
    if conversation is None:
        return
    if isinstance(event, _TARGETS):
        _by_target(state, conversation, event, at)
    elif isinstance(event, e.EscalationEnded):
        state.drop_timer(CHAIN, conversation.id)
    elif conversation.escalation and type(event) in _ENDS:
        ended = e.EscalationEnded(conversation_id=conversation.id, reason=_ENDS[type(event)])  # type: ignore[arg-type]
        state.emit(ended, actor)
    elif conversation.escalation:
        _arm(state, conversation)


def _by_target(state: State, conversation: Conversation, event: e.TargetWarned | e.TargetBreached, at: int) -> None:
    """A policy may name a chain for those it warns of, or who were kept waiting too long."""
    versions = state.terms.versions.get(event.policy_id, [])
    terms = versions[-1] if versions else None
    on = "warning" if isinstance(event, e.TargetWarned) else "breach"
    if terms is None or terms.chain_id is None or terms.chain_on != on or conversation.escalation:
        return
    if conversation.status == "closed" or state.terms.chains.newest(terms.chain_id) is None:
        return
    cause = "target_warned" if on == "warning" else "target_breached"
    standing = Standing(
        reason="", by=None, to_agent=None, to_team=None, at=at, cause=cause, chain_id=terms.chain_id
    )  # fmt: skip
    begin(state, conversation, standing, e.SYSTEM)


def _due(
    state: State, conversation: Conversation, chain: ChainVersion, level: int, times: int, since: int
) -> int | None:
    """When the step after this one is due; None: never."""
    following = chain.after(level, times)
    if following is None:
        return None
    business = chain.time == "business"
    hours = state.terms.calendars.at(conversation.team_id, conversation.channel_id) if business else None
    return add_open_time(hours, since, following.seconds * SECOND)


def _arm(state: State, conversation: Conversation) -> None:
    standing = standing_of(conversation)
    if standing is None or standing.next_at is None:
        state.drop_timer(CHAIN, conversation.id)
        return
    # One that is due and was not made: this process does not know that version of the chain yet.
    late = standing.next_at <= state.now
    state.set_timer(CHAIN, conversation.id, state.now + _LOOK_AGAIN if late else standing.next_at)


# --- the projection: used by `apply` alone


def changed_by(state: State, event: e.ConversationEvent, position: int = 0, actor: e.Actor = e.SYSTEM) -> None:
    """What a step, an acknowledgement or an answer makes of the escalation that stands."""
    conversation = state.conversations.get(event.conversation_id)
    standing = standing_of(conversation) if conversation is not None else None
    if conversation is None or standing is None:
        return
    if isinstance(event, e.EscalationStepped):
        standing = replace(standing, level=event.level, times=event.times, next_at=event.next_at)
    elif isinstance(event, e.EscalationAcknowledged):
        standing = replace(standing, acknowledged_at=state.now)
    if isinstance(event, _STOPS[standing.until]):
        standing = replace(standing, next_at=None)
    conversation.escalation = encode(standing).decode()


def _begun(state: State, event: e.Escalated, position: int, actor: e.Actor) -> None:
    """The decision wrote it: the reason is content."""


def _ended(state: State, event: e.EscalationEnded, position: int, actor: e.Actor) -> None:
    state.conversations[event.conversation_id].escalation = ""


PROJECTIONS: dict[type[e.Event], Callable[[State, Any, int, e.Actor], None]] = {
    e.Escalated: _begun,
    e.EscalationStepped: changed_by,
    e.EscalationAcknowledged: changed_by,
    e.EscalationEnded: _ended,
}
