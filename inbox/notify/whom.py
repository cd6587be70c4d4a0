"""Who is told of an event, and as what. Pure: what has to be looked up is handed in as `Facts`.

Those who do something are not told of it. What only people see who cover the conversation is told to nobody else. Of
what was said before a channel was connected, nobody is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from inbox.domain import events as e
from inbox.domain.notifying import Choices, Kind
from inbox.domain.permissions import Scope
from inbox.domain.records import Agent, Conversation, Message
from inbox.domain.surveys import SURVEY

_NOBODYS = Choices()


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What deciding needs beside the events."""

    agents: Mapping[int, Agent]
    scopes: Mapping[int, Scope]
    members: Mapping[int, set[int]]
    """Team → agents."""
    choices: Mapping[int, Choices]
    """By agent; without an entry: as usual."""
    followers: Mapping[int, set[int]]
    """Conversation → agents."""
    conversations: Mapping[int, Conversation]
    """As they are now."""
    messages: Mapping[int, Message]
    began: Mapping[int, tuple[int, int | None]]
    """Conversation → positions of its first item, and of its first that is not history."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One agent is to be told something."""

    agent_id: int
    kind: Kind
    conversation_id: int
    at: int
    message_id: int | None = None
    text: str = ""
    data: dict[str, Any] = {}


def told_of(logged: e.Logged, facts: Facts) -> list[Told]:
    """Whom an event concerns, each agent once."""
    conversation_id = e.conversation_of(logged.event)
    if conversation_id is None or conversation_id not in facts.conversations:
        return []
    found: dict[int, Told] = {}
    for one in _candidates(logged, facts):
        agent = facts.agents.get(one.agent_id)
        choices = facts.choices.get(one.agent_id, _NOBODYS)
        audience = logged.audience
        # That an answer failed is news to whoever sent it.
        did_it = logged.actor.kind == "agent" and logged.actor.id == one.agent_id and one.kind != "failed"
        if agent is None or not agent.active or did_it or one.agent_id in found:
            continue
        if not choices.by(one.kind):
            continue
        if audience.channel_id in choices.muted_channels and one.kind not in ("assigned", "mentioned"):
            continue
        if facts.scopes[agent.id].covers(audience.channel_id, audience.team_id):
            found[one.agent_id] = one
    return list(found.values())


def _candidates(logged: e.Logged, facts: Facts) -> Iterable[Told]:  # noqa: C901 - one arm for each event
    event = logged.event
    item = facts.messages.get(getattr(event, "message_id", None) or 0)
    if item is not None and item.automatic == SURVEY:
        # How it was is asked and answered without anybody having to look.
        return
    match event:
        case e.MessageReceived() if event.mark != "history" and logged.actor.kind == "contact":
            yield from _message(logged, event, facts)
        case e.MessageEdited() if event.by == "author":
            yield from _review(logged, event.conversation_id, event.message_id, facts)
        case e.NoteWritten():
            others = facts.followers.get(event.conversation_id, set()) - set(event.mentions)
            for agent_id in sorted(others):
                yield _told(logged, agent_id, "followed", event.message_id, {"what": "note"})
        case e.TeamChanged() if event.after is not None and logged.audience.assignee_id is None:
            for agent_id in sorted(facts.members.get(event.after, ())):
                yield _told(logged, agent_id, "team_new", None, {"team_id": str(event.after)})
        case e.AssigneeChanged() if event.before is not None and event.before != event.after:
            data = {"what": "taken", **({"to_id": str(event.after)} if event.after is not None else {})}
            yield _told(logged, event.before, "returned", None, data)
        case e.ConversationWoken() if event.reason == "time" and logged.audience.assignee_id is not None:
            yield _told(logged, logged.audience.assignee_id, "returned", None, {"what": "woken"})
        case e.TargetWarned() | e.TargetBreached():
            kind: Kind = "target_warned" if isinstance(event, e.TargetWarned) else "target_breached"
            for agent_id in answerable(logged.audience, facts):
                yield _told(logged, agent_id, kind, None, {"target": event.kind})
        case e.EscalationStepped():
            yield from _step(logged, event, facts)
        case e.DeliveryChanged() if event.state in ("refused", "unknown", "expired"):
            message = facts.messages.get(event.message_id)
            writer = message.author_id if message is not None and message.author_kind == "agent" else None
            for agent_id in (writer,) if writer is not None else answerable(logged.audience, facts):
                yield _told(logged, agent_id, "failed", event.message_id, {"state": event.state})


def _told(
    logged: e.Logged, agent_id: int, kind: Kind, message_id: int | None, data: dict[str, Any], text: str = ""
) -> Told:
    by = {"by_id": str(logged.actor.id)} if logged.actor.kind == "agent" else {}
    conversation_id = e.conversation_of(logged.event)
    assert conversation_id is not None
    return Told(
        agent_id=agent_id, kind=kind, conversation_id=conversation_id, at=logged.at, message_id=message_id, text=text,
        data={**data, **by},
    )  # fmt: skip


def _message(logged: e.Logged, event: e.MessageReceived, facts: Facts) -> Iterable[Told]:
    """What a customer wrote: its owner, who follows it, the team it is new in; a review with few stars before that."""
    yield from _review(logged, event.conversation_id, event.message_id, facts)
    owner = logged.audience.assignee_id
    if owner is not None:
        yield _told(logged, owner, "message", event.message_id, {})
    for agent_id in sorted(facts.followers.get(event.conversation_id, ())):
        yield _told(logged, agent_id, "followed", event.message_id, {"what": "message"})
    team = logged.audience.team_id
    _, first = facts.began.get(event.conversation_id, (0, None))
    if owner is None and team is not None and first == logged.position:
        for agent_id in sorted(facts.members.get(team, ())):
            yield _told(logged, agent_id, "team_new", event.message_id, {"team_id": str(team)})


def _review(logged: e.Logged, conversation_id: int, message_id: int, facts: Facts) -> Iterable[Told]:
    message = facts.messages.get(message_id)
    if message is None or message.kind != "review" or message.rating is None or message.mark == "history":
        return
    for agent_id in answerable(logged.audience, facts):
        if message.rating <= facts.choices.get(agent_id, _NOBODYS).stars:
            yield _told(logged, agent_id, "review", message_id, {"stars": message.rating})


def _step(logged: e.Logged, event: e.EscalationStepped, facts: Facts) -> Iterable[Told]:
    """Those whom a level names. A level with nobody behind it asks whoever else would have to answer."""
    named = [i for i in event.agent_ids if i in facts.agents and facts.agents[i].active]
    if event.to == "team":
        named = sorted(facts.members.get(event.team_id or 0, ()))
    elif event.to == "supervisors":
        named = supervisors(logged.audience, facts)
    conversation = facts.conversations[event.conversation_id]
    standing = msgspec.json.decode(conversation.escalation) if conversation.escalation else None
    if standing is None or (standing.get("until") == "acknowledged" and standing["acknowledged_at"] is not None):
        return  # it is over, and was when this was read
    data = {"level": event.level, "chain_id": str(event.chain_id)}
    for agent_id in named or answerable(e.Audience(logged.audience.channel_id, event.team_id), facts):
        yield _told(logged, agent_id, "escalated", None, data, text=standing["reason"])


def answerable(audience: e.Audience, facts: Facts) -> list[int]:
    """Who has to see to a conversation: its owner, else its team, else the supervisors who see it."""
    if audience.assignee_id is not None and audience.assignee_id in facts.agents:
        return [audience.assignee_id]
    team = sorted(i for i in facts.members.get(audience.team_id or 0, ()) if facts.agents[i].active)
    return team or supervisors(audience, facts)


def supervisors(audience: e.Audience, facts: Facts) -> list[int]:
    """Active supervisors who see the conversation; without any, the admins."""
    seeing = [
        agent
        for agent in facts.agents.values()
        if agent.active and facts.scopes[agent.id].covers(audience.channel_id, audience.team_id)
    ]
    return [a.id for a in seeing if a.role == "supervisor"] or [a.id for a in seeing if a.role == "admin"]
