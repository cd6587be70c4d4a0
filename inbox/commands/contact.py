"""People outside: changed, merged and taken apart, blocked, known to other systems, erased."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from inbox.domain import events as e
from inbox.domain import wait
from inbox.domain.clocks import RECOUNT_CONTACT
from inbox.domain.permissions import Action, Principal, require
from inbox.domain.records import Contact
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, NotFound, Stale
from inbox.eventlog import load, log
from inbox.eventlog.unit import Unit
from inbox.storage import contacts, erasing
from inbox.storage.database import Query

_json = msgspec.json.Encoder().encode


class ContactChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of a contact; UNSET stays as it is. `refs`: ids other systems know him by."""

    name: str | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    company: str | UnsetType = UNSET
    language: str | UnsetType | None = UNSET
    note: str | UnsetType = UNSET
    fields: dict[str, str] | UnsetType = UNSET
    blocked: bool | UnsetType = UNSET


def _apply(state: State, contact: Contact, change: ContactChange) -> None:
    for name in ("name", "email", "phone", "company", "language", "note"):
        value = getattr(change, name)
        if value is not UNSET:
            setattr(contact, name, value)
    if change.fields is not UNSET:
        contact.fields = _json(change.fields).decode() if change.fields else ""
        if state.terms.asks_contacts:
            # Policies may ask for a field, such as `vip`: what he waits for is matched anew.
            state.set_timer(RECOUNT_CONTACT, contact.id, state.now)
    if change.blocked is not UNSET:
        contact.blocked = int(change.blocked)
    contact.version += 1
    state.touch(contact)


def _new(state: State) -> Contact:
    return state.add(
        Contact(
            id=state.next_id(),
            name="",
            avatar_url=None,
            email=None,
            phone=None,
            company="",
            language=None,
            note="",
            fields="",
            blocked=0,
            merged_into=None,
            created_at=state.now,
            version=0,
        )
    )


class _OnContacts(Unit):
    alone = True
    action: Action = "contacts"

    def __init__(self, principal: Principal, *contact_ids: int) -> None:
        require(principal, self.action)
        self.principal = principal
        self.contact_ids = contact_ids

    def needs(self, needs: Needs) -> None:
        """The contacts."""
        needs.contacts.update(self.contact_ids)

    def contact(self, state: State, contact_id: int) -> Contact:
        """One that was not merged away. Raises NotFound, Conflict (`merged`)."""
        found = state.contacts.get(contact_id)
        if found is None:
            raise NotFound(f"there is no contact {contact_id}")
        if found.merged_into is not None:
            into = found.merged_into
            raise Conflict(f"contact {contact_id} was merged into {into}", code="merged", into_id=str(into))
        return found

    def tell(self, state: State, contact: Contact) -> None:
        """Log that it changed."""
        state.emit(e.ContactChanged(contact_id=contact.id), self.principal.actor)


class CreateContact(_OnContacts):
    """Somebody new. The result is his id."""

    def __init__(self, principal: Principal, change: ContactChange) -> None:
        super().__init__(principal)
        self.change = change

    def decide(self, state: State) -> int:
        """Make him."""
        contact = _new(state)
        _apply(state, contact, self.change)
        self.tell(state, contact)
        return contact.id


class ChangeContact(_OnContacts):
    """Change some fields. Raises Stale when `version` is given and no longer right."""

    def __init__(self, principal: Principal, contact_id: int, change: ContactChange, version: int | None) -> None:
        super().__init__(principal, contact_id)
        self.change = change
        self.version = version

    def decide(self, state: State) -> int:
        """Change him."""
        contact = self.contact(state, self.contact_ids[0])
        if self.version is not None and self.version != contact.version:
            raise Stale(f"contact {contact.id} is at version {contact.version} now: read it again")
        _apply(state, contact, self.change)
        self.tell(state, contact)
        return contact.id


class PutByRef(_OnContacts):
    """Make or change the contact another system knows by an id. The result is (contact id, made)."""

    def __init__(self, principal: Principal, system: str, external_id: str, change: ContactChange) -> None:
        super().__init__(principal)
        self.system = system
        self.external_id = external_id
        self.change = change

    def run(self, state: State) -> Query[Any]:
        """Find him, following merges, or make him; doing it twice changes nothing."""
        contact_id = yield from contacts.by_ref(self.system, self.external_id)
        contact: Contact | None = None
        while contact_id is not None:
            contact = yield from contacts.found(contact_id)
            contact_id = contact.merged_into if contact is not None else None
        made = contact is None
        if contact is None:
            contact = _new(state)
            yield from contacts.put_ref(self.system, self.external_id, contact.id)
        else:
            state.load([contact])
        before = msgspec.structs.astuple(contact)[:-1]
        version = contact.version
        _apply(state, contact, self.change)
        if not made and msgspec.structs.astuple(contact)[:-1] == before:
            contact.version = version
        else:
            self.tell(state, contact)
        return contact.id, made


class MergeContacts(_OnContacts):
    """Two contacts are one person: the accounts and conversations of the one become the other's."""

    def __init__(self, principal: Principal, contact_id: int, into_id: int) -> None:
        if contact_id == into_id:
            raise Conflict("a contact cannot be merged into itself", code="into_id")
        super().__init__(principal, contact_id, into_id)

    def run(self, state: State) -> Query[Any]:
        """Move, and list in the event what moved: that is what can be moved back."""
        source, target = (self.contact(state, i) for i in self.contact_ids)
        moved = [i.id for i in (yield from contacts.identities_of([source.id]))]
        yield from contacts.move(source.id, target.id, moved)
        source.merged_into = target.id
        for contact in (source, target):
            contact.version += 1
            state.touch(contact)
        state.emit(
            e.ContactsMerged(contact_id=source.id, into_id=target.id, identity_ids=tuple(moved)), self.principal.actor
        )
        return target.id


class UnmergeContacts(_OnContacts):
    """Exactly the accounts that moved go back, with the conversations they opened."""

    def __init__(self, principal: Principal, contact_id: int) -> None:
        super().__init__(principal, contact_id)

    def run(self, state: State) -> Query[Any]:
        """Look up what moved. Raises Conflict (`not_merged`)."""
        back = state.contacts.get(self.contact_ids[0])
        if back is None:
            raise NotFound(f"there is no contact {self.contact_ids[0]}")
        if back.merged_into is None:
            raise Conflict(f"contact {back.id} is not merged into another", code="not_merged")
        merged = yield from log.newest_of_type("contacts_merged", lambda event: event.contact_id == back.id)
        assert isinstance(merged, e.ContactsMerged)
        there = {i.id for i in (yield from contacts.identities_of([back.merged_into]))}
        moved = tuple(i for i in merged.identity_ids if i in there)
        yield from contacts.move_back(back.merged_into, back.id, moved)
        from_id, back.merged_into = back.merged_into, None
        back.version += 1
        state.touch(back)
        state.emit(e.ContactsUnmerged(contact_id=back.id, from_id=from_id, identity_ids=moved), self.principal.actor)
        return back.id


class Erase(_OnContacts):
    """Blank all that is kept of a person. Positions, times and metrics stay. The result is the hashes of files that
    nothing refers to any more: they are deleted from the media store after the commit.
    """

    action: Action = "erase"

    def __init__(self, principal: Principal, contact_id: int, reason: str = "request") -> None:
        super().__init__(principal, contact_id)
        self.reason = reason

    def run(self, state: State) -> Query[Any]:
        """Find, end his waits, log it, blank."""
        contact = self.contact(state, self.contact_ids[0])
        merged = yield from contacts.merged_into(contact.id)
        for other in merged:
            state.load([found] if (found := (yield from contacts.found(other))) else [])
        identities = [i.id for i in (yield from contacts.identities_of([contact.id, *merged]))]
        found_items = yield from erasing.find(contact.id, identities)
        yield from load.rows_of(state, sorted({*found_items.items, *found_items.conversations}))
        erased = set(found_items.message_ids)
        for conversation_id in [*state.conversations]:
            running = [w for w in state.open_waits(conversation_id) if w.opened_by in erased]
            wait.voided(state, running, "erased", self.principal.actor)
        for one in (contact.id, *merged):
            self._blank_contact(state, state.contacts[one])
        self._log(state, contact.id, found_items)
        return (yield from erasing.blank(contact.id, identities, found_items, state.workspace.position))

    def _blank_contact(self, state: State, contact: Contact) -> None:
        contact.name = contact.company = contact.note = contact.fields = ""
        contact.avatar_url = contact.email = contact.phone = contact.language = None
        contact.version += 1
        state.touch(contact)

    def _log(self, state: State, contact_id: int, found: erasing.Found) -> None:
        for conversation_id in sorted({*found.items, *found.conversations}):
            conversation = state.conversations[conversation_id]
            if conversation_id in found.conversations:
                conversation.preview = conversation.subject = conversation.origin = conversation.external_refs = ""
            logged = state.emit(
                e.ContentErased(
                    contact_id=contact_id,
                    message_ids=tuple(found.items.get(conversation_id, ())),
                    conversation_id=conversation_id,
                    reason=self.reason,
                ),
                self.principal.actor,
                audience=state.audience_of(conversation),
            )
            conversation.as_of = logged.position
            state.touch(conversation)
        state.emit(e.ContentErased(contact_id=contact_id, reason=self.reason), self.principal.actor)
