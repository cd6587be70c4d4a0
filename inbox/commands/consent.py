"""Whether a person agreed to be written to, channel by channel; and that nobody writes first to who opted out."""

from __future__ import annotations

from typing import Any

from inbox.clock import iso
from inbox.domain import events as e
from inbox.domain.people_events import ConsentState
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Channel
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import people
from inbox.storage.database import Query


class PutConsent(Unit):
    """Note what a person said about a channel, and where it is known from. Doing it twice changes nothing."""

    alone = True

    def __init__(
        self, principal: Principal, contact_id: int, channel_id: int, state: ConsentState, source: str,
        directory: Directory,
    ) -> None:  # fmt: skip
        require(principal, "contacts")
        channel = directory.channels.get(channel_id)
        if channel is None or not principal.scope.covers(channel_id, channel.team_id):
            raise NotFound(f"there is no channel {channel_id}, or it is not in your scope")
        self.principal = principal
        self.contact_id = contact_id
        self.channel_id = channel_id
        self.said = state
        self.source = source

    def needs(self, needs: Needs) -> None:
        """The contact."""
        needs.contacts.add(self.contact_id)

    def run(self, state: State) -> Query[Any]:
        """Raises NotFound, and Conflict (`merged`)."""
        contact = state.contacts.get(self.contact_id)
        if contact is None:
            raise NotFound(f"there is no contact {self.contact_id}")
        if contact.merged_into is not None:
            raise Conflict(f"contact {contact.id} was merged into {contact.merged_into}", code="merged")
        before = yield from people.consent_on(contact.id, self.channel_id)
        actor = self.principal.actor
        by = (actor.kind, actor.id)
        yield from people.put_consent(contact.id, self.channel_id, self.said, self.source, state.now, by)
        if before is None or before[0] != self.said:
            event = e.ConsentChanged(contact_id=contact.id, channel_id=self.channel_id, state=self.said)
            state.emit(event, actor)


def require_consent(contact_id: int, channel: Channel) -> Query[None]:
    """Raises Conflict (`opted_out`) where the person does not want to be written to on this channel."""
    said = yield from people.consent_on(contact_id, channel.id)
    if said is not None and said[0] == "withdrawn":
        raise Conflict(
            f"this person opted out on {channel.name} at {iso(said[1])}: answer when he writes",
            code="opted_out",
        )
