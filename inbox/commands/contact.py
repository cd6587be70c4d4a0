"""People outside: changed, merged and taken apart, blocked, known to other systems, erased."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from inbox.commands import blocking, people_undo
from inbox.domain import custom_fields, wait
from inbox.domain import events as e
from inbox.domain.clocks import RECOUNT_CONTACT
from inbox.domain.people_records import Company, CustomField
from inbox.domain.permissions import Action, Principal, require
from inbox.domain.person_keys import MOST_REF, MOST_SYSTEM
from inbox.domain.records import Contact
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Invalid, NotFound, Stale
from inbox.eventlog import load, log
from inbox.eventlog.unit import Unit
from inbox.storage import contacts, erasing, people, rows, traces
from inbox.storage.database import Query

_json = msgspec.json.Encoder().encode
_fields = msgspec.json.Decoder(dict[str, str]).decode


class ContactChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of a contact; UNSET stays as it is. `company_id` brings the company's name along; another name
    without it leaves the company.
    """

    name: str | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    company: str | UnsetType = UNSET
    language: str | UnsetType | None = UNSET
    note: str | UnsetType = UNSET
    fields: dict[str, str] | UnsetType = UNSET
    blocked: bool | UnsetType = UNSET
    company_id: int | UnsetType | None = UNSET


def apply_change(state: State, contact: Contact, change: ContactChange, actor: e.Actor) -> Query[None]:
    """Change him. Raises Invalid (`field`, `company_id`)."""
    for name in ("name", "email", "phone", "language", "note"):
        value = getattr(change, name)
        if value is not UNSET:
            setattr(contact, name, value)
    yield from _employ(contact, change)
    if change.fields is not UNSET:
        definitions: list[CustomField] = yield from people.fields("contact")
        before = _fields(contact.fields) if contact.fields else {}
        after = custom_fields.changed(definitions, "contact", before, change.fields)
        contact.fields = _json(after).decode() if after else ""
        if state.terms.asks_contacts:
            # Policies may ask for a field, such as `vip`: what he waits for is matched anew.
            state.set_timer(RECOUNT_CONTACT, contact.id, state.now)
    contact.version += 1
    state.touch(contact)
    if change.blocked is not UNSET and bool(contact.blocked) != change.blocked:
        contact.blocked = int(change.blocked)
        yield from (blocking.put_away if change.blocked else blocking.bring_back)(state, contact.id, actor)


def _employ(contact: Contact, change: ContactChange) -> Query[None]:
    if change.company_id is not UNSET and change.company_id is not None:
        company = yield from rows.one(Company, change.company_id)
        if company is None:
            raise Invalid(f"there is no company {change.company_id}", code="company_id")
        contact.company_id, contact.company = company.id, company.name
        return
    left = change.company_id is None or (change.company is not UNSET and change.company != contact.company)
    if left and contact.company_id is not None:
        contact.company_id, contact.company = None, ""
    if change.company is not UNSET:
        contact.company = change.company


def new_contact(state: State) -> Contact:
    """Somebody of whom nothing is known yet."""
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

    def run(self, state: State) -> Query[Any]:
        """Make him."""
        contact = new_contact(state)
        yield from apply_change(state, contact, self.change, self.principal.actor)
        self.tell(state, contact)
        return contact.id


class ChangeContact(_OnContacts):
    """Change some fields. Raises Stale when `version` is given and no longer right."""

    def __init__(self, principal: Principal, contact_id: int, change: ContactChange, version: int | None) -> None:
        super().__init__(principal, contact_id)
        self.change = change
        self.version = version

    def run(self, state: State) -> Query[Any]:
        """Change him."""
        contact = self.contact(state, self.contact_ids[0])
        if self.version is not None and self.version != contact.version:
            raise Stale(f"contact {contact.id} is at version {contact.version} now: read it again")
        yield from apply_change(state, contact, self.change, self.principal.actor)
        self.tell(state, contact)
        return contact.id


class PutByRef(_OnContacts):
    """Make or change the contact another system knows by an id. The result is (contact id, made). Raises Invalid for
    a name or id that is too long to be found by.
    """

    def __init__(self, principal: Principal, system: str, external_id: str, change: ContactChange) -> None:
        super().__init__(principal)
        for name, given, most in (("system", system, MOST_SYSTEM), ("external_id", external_id, MOST_REF)):
            if len(given) > most:
                raise Invalid(f"{name} has {len(given)} characters: at most {most} are taken", code=name)
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
            contact = new_contact(state)
            yield from contacts.put_ref(self.system, self.external_id, contact.id)
        else:
            state.load([contact])
        before = msgspec.structs.replace(contact)
        yield from apply_change(state, contact, self.change, self.principal.actor)
        if not made and msgspec.structs.replace(contact, version=before.version) == before:
            contact.version = before.version
        else:
            self.tell(state, contact)
        return contact.id, made


class TellApart(_OnContacts):
    """Two contacts are two people: they are not suggested as one any more. Doing it twice changes nothing."""

    def __init__(self, principal: Principal, contact_id: int, other_id: int) -> None:
        if contact_id == other_id:
            raise Conflict("a contact cannot be told apart from itself", code="other_id")
        super().__init__(principal, contact_id, other_id)

    def run(self, state: State) -> Query[Any]:
        """Note it."""
        one, other = (self.contact(state, i) for i in self.contact_ids)
        yield from people.tell_apart(one.id, other.id, state.now, self.principal.agent_id)
        state.emit(e.ContactsToldApart(contact_id=one.id, other_id=other.id), self.principal.actor)


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
        yield from people.keep_withdrawn(source.id, target.id)
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
        merged = yield from log.newest_merge(back.id)
        if merged is None:
            # Made for a second account of a person who was known: there is nobody to move anything back to.
            said = f"contact {back.id} was not merged into another: the network said that they are one"
            raise Conflict(said, code="not_merged")
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
        accounts = yield from contacts.identities_of([contact.id, *merged])
        identities = [i.id for i in accounts]
        names = yield from traces.names_of(accounts)
        found_items = yield from erasing.find(contact.id, identities)
        yield from load.rows_of(state, sorted({*found_items.items, *found_items.conversations}))
        erased = set(found_items.message_ids)
        for conversation_id in [*state.conversations]:
            running = [w for w in state.open_waits(conversation_id) if w.opened_by in erased]
            wait.voided(state, running, "erased", self.principal.actor)
        for one in (contact.id, *merged):
            self._blank_contact(state, state.contacts[one])
        self._log(state, contact.id, found_items)
        yield from self._unreact(state, names, erased)
        yield from traces.remove(names, identities, found_items.message_ids)
        yield from contacts.forget_keys(identities)
        yield from people_undo.forget([contact.id, *merged])
        yield from people.drop_fields(found_items.conversations)
        yield from people.forget_sources(contact.id)
        return (yield from erasing.blank(contact.id, identities, found_items, state.workspace.position))

    def _unreact(self, state: State, names: traces.Names, erased: set[int]) -> Query[None]:
        """What others wrote stays, without his reactions to it."""
        found = yield from traces.reacted_to(names)
        others = sorted(found.keys() - erased)
        yield from load.items_of(state, others)
        messages = [state.messages[i] for i in others]
        yield from load.rows_of(state, sorted({m.conversation_id for m in messages} - state.conversations.keys()))
        for message in messages:
            message.reactions = found[message.id]
            state.touch(message)
            event = e.ReactionsChanged(conversation_id=message.conversation_id, message_id=message.id)
            state.emit(event, self.principal.actor)

    def _blank_contact(self, state: State, contact: Contact) -> None:
        contact.name = contact.company = contact.note = contact.fields = ""
        contact.company_id = None
        contact.avatar_url = contact.email = contact.phone = contact.language = None
        contact.version += 1
        state.touch(contact)

    def _log(self, state: State, contact_id: int, found: erasing.Found) -> None:
        for conversation_id in sorted({*found.items, *found.conversations}):
            conversation = state.conversations[conversation_id]
            if conversation_id in found.conversations:
                conversation.preview = conversation.subject = conversation.origin = conversation.external_refs = ""
                conversation.fields = ""
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
