"""What every command on a conversation begins with: is it there, may this person see it, may he do this."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from inbox.domain import events as e
from inbox.domain.permissions import Action, Principal, require_conversation
from inbox.domain.records import Conversation, Media
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Priority, Unit
from inbox.transport.media import kind_of


class OnConversation(Unit):
    """A command on one conversation. Subclasses override `act`. Raises NotFound, Forbidden, and Conflict (`merged`)
    for one that was merged into another.
    """

    action: ClassVar[Action] = "triage"

    def __init__(self, principal: Principal, conversation_id: int, *, bulk: bool = False) -> None:
        self.principal = principal
        self.conversation_id = conversation_id
        self.priority = Priority.BULK if bulk else Priority.PERSON

    @property
    def actor(self) -> e.Actor:
        """Who does it."""
        return self.principal.actor

    def needs(self, needs: Needs) -> None:
        """The conversation with its row."""
        needs.conversations.add(self.conversation_id)

    def decide(self, state: State) -> Any:
        """Ask, then act."""
        found = state.conversations.get(self.conversation_id)
        conversation = require_conversation(self.principal, found, self.conversation_id, self.action)
        if conversation.merged_into is not None:
            into = conversation.merged_into
            raise Conflict(
                f"conversation {conversation.id} was merged into {into}: go there", code="merged", into_id=str(into)
            )
        return self.act(state, conversation)

    def act(self, state: State, conversation: Conversation) -> Any:
        """Decide."""
        raise TypeError(f"{type(self).__name__} does not override act")


def require_colleague(directory: Directory, agent_id: int, conversation: Conversation) -> None:
    """Raise Invalid (`agent`) unless there is such an active agent and he sees the conversation."""
    agent = directory.agents.get(agent_id)
    if agent is None or not agent.active:
        raise Invalid(f"there is no active agent {agent_id}", code="agent")
    if not directory.scope_of(agent).covers(conversation.channel_id, conversation.team_id):
        raise Invalid(f"{agent.name} does not see the channel or team of this conversation", code="agent")


def require_team(directory: Directory, team_id: int) -> None:
    """Raise Invalid (`team`) unless there is such a team."""
    if team_id not in directory.teams:
        raise Invalid(f"there is no team {team_id}", code="team")


def attached(state: State, conversation: Conversation, media_ids: Iterable[int]) -> list[tuple[Media, str]]:
    """Files to attach, with their kind. They must be uploads, or belong to an item of this conversation."""
    files: list[tuple[Media, str]] = []
    for media_id in media_ids:
        media = state.media.get(media_id)
        owner = state.messages.get(media.message_id) if media is not None else None
        own = media is not None and owner is not None and owner.conversation_id == conversation.id
        if media is None or media.sha256 is None or not (media.state == "upload" or own):
            raise NotFound(f"there is no attachment {media_id}: upload it again", code="attachment")
        files.append((media, kind_of(media.mime)))
    return files
