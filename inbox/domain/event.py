"""What every event has: who did it, who may see it, what it concerns."""

from __future__ import annotations

from typing import Literal

import msgspec

ActorKind = Literal["contact", "agent", "token", "rule", "outside", "system"]


class Actor(msgspec.Struct, frozen=True):
    """Who did it. `contact`: id of the identity's contact; `token`: a CRM or script; `rule`: automation; `outside`:
    ours, in the network's app.
    """

    kind: ActorKind
    id: int | None = None


SYSTEM = Actor("system")


class Audience(msgspec.Struct, frozen=True):
    """Who may see an event: those whose scope covers the channel or the team. `agent_id` makes it private to one agent;
    `admins` to admins.
    """

    channel_id: int | None = None
    team_id: int | None = None
    assignee_id: int | None = None
    agent_id: int | None = None
    admins: bool = False


EVERYONE = Audience()


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """Something that happened."""


class ConversationEvent(Event, frozen=True, kw_only=True):
    """Something that happened to a conversation."""

    conversation_id: int
