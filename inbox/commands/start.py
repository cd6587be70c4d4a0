"""Begin a conversation: write to somebody first, where the network allows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nh3
from msgspec import structs

from connectors import inbound as net
from connectors import registry
from connectors.contract import Capability, Context
from inbox import ids
from inbox.commands.consent import require_consent
from inbox.commands.on_conversation import attached
from inbox.commands.reply import author_of, let_go
from inbox.domain import conversation as conversations
from inbox.domain import people, sending
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Channel, Contact, Conversation, Identity, Thread
from inbox.domain.sending import Answer
from inbox.domain.state import ChannelFacts, Needs, State
from inbox.domain.threads import NEW_THREAD
from inbox.errors import Invalid, NotFound
from inbox.eventlog import load
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import contacts, threads
from inbox.storage.database import Query


class Start(Unit):
    """Write to an address or a known contact. The result is (conversation id, message id).

    In private threads the network has only one of, an open one with that person is gone on with. Nobody waits until the
    customer writes. Raises Invalid (`not_supported`, `recipient_missing`, and what the connector refuses).
    """

    alone = True

    def __init__(
        self, principal: Principal, channel_id: int, answer: Answer, *, directory: Directory,
        contexts: Mapping[int, Context], to: str = "", contact_id: int | None = None, as_agent_id: int | None = None,
    ) -> None:  # fmt: skip
        require(principal, "start")
        channel = directory.channels.get(channel_id)
        if channel is None or not principal.scope.covers(channel_id, channel.team_id):
            raise NotFound(f"there is no channel {channel_id}, or it is not in your scope")
        self.principal = principal
        self.channel: Channel = channel
        self.facts: ChannelFacts = directory.facts(channel_id)
        self.kind, _ = starting_kind(channel)
        self.answer = structs.replace(answer, html=nh3.clean(answer.html)) if answer.html else answer
        self.directory = directory
        self.contexts = contexts
        self.to = to.strip()
        self.contact_id = contact_id
        self.author = author_of(principal, directory, as_agent_id)
        if not self.to and contact_id is None:
            raise Invalid("say to whom: `to` or `contact_id`", code="recipient_missing")

    def needs(self, needs: Needs) -> None:
        """The person, as far as he is known, and the files."""
        needs.media.update(self.answer.attachments)
        if self.to:
            people.needs_of(needs, self.facts, _named(self.to))
        if self.contact_id is not None:
            needs.contacts.add(self.contact_id)

    def run(self, state: State) -> Query[Any]:
        """Find the person and the thread, or make them, and send."""
        identity = yield from self._identity(state)
        yield from require_consent(identity.contact_id, self.channel)
        thread = yield from self._thread(state, identity)
        if thread.conversation_id:
            conversation = state.conversations[thread.conversation_id]
            if conversation.status == "closed":
                conversations.reopened(state, conversation, "person", self.principal.actor)
        else:
            conversation = self._begin(state, thread, identity)
        to = (self.to or identity.external_id,) if thread.kind == "mail" and not self.answer.to else self.answer.to
        answer = structs.replace(self.answer, to=to, quote=False)
        files = attached(state, conversation, answer.attachments)
        message = let_go(state, conversation, thread, None, answer, self.author, self.directory, self.contexts, files)
        return conversation.id, message.id

    def _identity(self, state: State) -> Query[Identity]:
        if self.contact_id is None:
            return people.known(state, self.facts, _named(self.to), at=state.now)
        contact = state.contacts.get(self.contact_id)
        if contact is None:
            raise NotFound(f"there is no contact {self.contact_id}")
        found: list[Identity] = yield from contacts.identities_of([contact.id])
        state.load(found)
        scope = people.scope_of(self.facts)
        for identity in found:
            if identity.network == self.channel.network and identity.scope == scope and identity.reachable:
                return identity
        return (yield from self._from_contact(state, contact))

    def _from_contact(self, state: State, contact: Contact) -> Query[Identity]:
        address = self.to or (contact.email if self.kind == "mail" else contact.phone) or ""
        if not address:
            raise Invalid(
                f"{contact.name or 'this contact'} has no address on {self.channel.network}: give one as `to`",
                code="recipient_missing",
            )
        author = structs.replace(_named(address), name=contact.name)
        yield from load.people_called(state, self.facts, author)
        identity = people.known(state, self.facts, author, at=state.now)
        if identity.contact_id != contact.id:
            identity.contact_id = contact.id
            state.touch(identity)
        return identity

    def _thread(self, state: State, identity: Identity) -> Query[Thread]:
        if self.kind != "mail":
            found = yield from threads.with_person(self.channel.id, identity.id, self.kind)
            if found is not None:
                state.load([found])
                yield from load.rows_of(state, [found.conversation_id])
                return found
        return state.add(
            Thread(
                id=state.next_id(),
                channel_id=self.channel.id,
                external_id=NEW_THREAD + ids.nonce(),
                network=self.channel.network,
                kind=self.kind,
                audience="private",
                conversation_id=0,
                identity_id=identity.id,
                post_id=None,
                title=self.answer.subject or "",
                address=sending.started_with(self.to or identity.external_id),
                window_closes_at=None,
                last_in_at=None,
                last_in_id=None,
                closed=0,
                recipients="",
                delivered_up_to=None,
                read_up_to=None,
                created_at=state.now,
            )
        )

    def _begin(self, state: State, thread: Thread, identity: Identity) -> Conversation:
        contact = state.contacts[identity.contact_id]
        conversation = conversations.start(
            state, self.facts, thread, contact, at=state.now, subject=self.answer.subject or "",
            actor=self.author.actor,
        )  # fmt: skip
        conversations.joined(state, conversation, identity.id)
        return conversation


def _named(address: str) -> net.Author:
    """Somebody known by an address alone. A phone number is a strong name: written in the international way it is the
    one under which the network may tell of him.
    """
    digits = "".join(char for char in address if char.isdecimal())
    phone = f"+{digits}" if digits and address.startswith("+") else None
    return net.Author(
        external_id=phone or address,
        name=address,
        email=address if "@" in address else None,
        phone=phone,
        aliases=(net.Alias(kind="phone", value=phone),) if phone else (),
    )


def starting_kind(channel: Channel) -> tuple[str, Capability]:
    """The kind of thread in which this channel can write first. Raises Invalid (`not_supported`) when there is none."""
    for kind, capability in registry.manifest(channel.network).kinds.items():
        if capability.starts:
            return str(kind), capability
    raise Invalid(f"{channel.name} cannot write first: the customer has to begin", code="not_supported")
