"""The house's own fields, companies and context links: made, changed, removed; own fields of a conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from inbox.commands.desk import ask_no_more
from inbox.commands.on_conversation import OnConversation
from inbox.commands.versions import check_version, found
from inbox.domain import custom_fields
from inbox.domain import events as e
from inbox.domain.companies import domains_of
from inbox.domain.context_links import check_mask, check_template
from inbox.domain.people_records import Company, ContextLink, CustomField
from inbox.domain.permissions import Action, Principal, require
from inbox.domain.records import Record
from inbox.domain.state import State
from inbox.errors import Conflict, Invalid
from inbox.eventlog import load
from inbox.eventlog.unit import Unit
from inbox.storage import people, rows
from inbox.storage.database import Query

R = TypeVar("R", bound=Record)
MAX_FIELDS = 100
_encode = msgspec.json.Encoder().encode
_fields = msgspec.json.Decoder(dict[str, str]).decode
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class _Put(Unit):
    """Make an object (id None), or change one: `values` are its fields, on a change only those given."""

    alone = True
    action: Action = "settings"

    def __init__(
        self, principal: Principal, object_id: int | None, values: Mapping[str, Any], version: int | None = None
    ) -> None:
        require(principal, self.action)
        self.principal = principal
        self.object_id = object_id
        self.values = dict(values)
        self.version = version

    def told(self, state: State, name: str, object_id: int, *, removed: bool = False) -> None:
        """Log it."""
        event = e.SettingChanged(object=name, id=object_id, removed=removed)  # type: ignore[arg-type]
        state.emit(event, self.principal.actor)

    def place(self, known: list[Any]) -> int:
        """The last one, unless a place is given."""
        return int(self.values.get("place") or max((one.place for one in known), default=0) + 1)


# --- own fields


class PutCustomField(_Put):
    """A field of the house's own. Its key, subject and kind stay as they were made: values hang on them."""

    def run(self, state: State) -> Query[CustomField]:
        """Check, and write. Raises Invalid (`key`, `choices`), Conflict (`key_taken`)."""
        values = self.values
        if "choices" in values:
            values["choices"] = _encode(values["choices"]).decode() if values["choices"] else ""
        if self.object_id is None:
            known = yield from rows.every(CustomField)
            self._check_new(known)
            values["place"] = self.place(known)
            field = CustomField(id=state.next_id(), created_at=state.now, version=1, **values)
        else:
            before = yield from found(CustomField, self.object_id)
            check_version(before.version, self.version, f"the field {before.name!r}")
            field = replace(before, version=before.version + 1, **values)
        if (field.kind == "choice") != bool(custom_fields.choices_of(field)):
            raise Invalid("a choice has choices, and nothing else has: give `choices`", code="choices")
        yield from (rows.add if self.object_id is None else rows.change)(field)
        self.told(state, "custom_field", field.id)
        return field

    def _check_new(self, known: list[CustomField]) -> None:
        key, subject = self.values["key"], self.values["subject"]
        if not _KEY.fullmatch(key):
            raise Invalid(f"{key!r} is no key: small letters, digits and _, a letter first, at most 40", code="key")
        if any(one.key == key and one.subject == subject for one in known):
            raise Conflict(f"there is a field {key!r} of this kind already", code="key_taken")
        if len(known) >= MAX_FIELDS:
            raise Invalid(f"there are {len(known)} fields: at most {MAX_FIELDS} are kept", code="fields")


class RemoveCustomField(_Put):
    """A field is asked for no more. What stands in it stays, as text."""

    def run(self, state: State) -> Query[None]:
        """Delete the definition."""
        field = yield from found(CustomField, self.object_id or 0)
        check_version(field.version, self.version, f"the field {field.name!r}")
        yield from rows.remove(CustomField, field.id)
        self.told(state, "custom_field", field.id, removed=True)
        if field.subject == "conversation":
            yield from ask_no_more(state, field.key, self.principal.actor)


class PutFields(OnConversation):
    """Change own fields of a conversation: those given, "" empties. Raises Invalid (`field`)."""

    alone = True

    def __init__(self, principal: Principal, conversation_id: int, given: Mapping[str, str]) -> None:
        super().__init__(principal, conversation_id)
        self.given = dict(given)
        self.definitions: list[CustomField] = []
        self.before: dict[str, str] = {}
        self.after: dict[str, str] = {}

    def run(self, state: State) -> Query[Any]:
        """Check by the definitions, and write."""
        self.definitions = yield from people.fields("conversation")
        self.decide(state)
        yield from people.put_fields(self.conversation_id, self.before, self.after)

    def act(self, state: State, conversation: Any) -> None:
        """Nothing happens where nothing changes."""
        self.before = _fields(conversation.fields) if conversation.fields else {}
        self.after = custom_fields.changed(self.definitions, "conversation", self.before, {**self.before, **self.given})
        if self.after == self.before:
            return
        conversation.fields = _encode(self.after).decode() if self.after else ""
        differ = {k for k in {*self.before, *self.after} if self.before.get(k) != self.after.get(k)}
        ids = tuple(field.id for field in self.definitions if field.key in differ)
        state.emit(e.FieldsChanged(conversation_id=conversation.id, field_ids=ids), self.actor)


# --- companies


class PutCompany(_Put):
    """A company: `name`, `domains` (each one company's), `fields`, `note`. Its people bear its name."""

    action: Action = "contacts"

    def run(self, state: State) -> Query[Company]:
        """Check, and write. Raises Invalid (`domain`), Conflict (`domain_taken`)."""
        values = self.values
        domains = domains_of(values["domains"]) if "domains" in values else None
        if domains is not None:
            values["domains"] = _encode(domains).decode()
            taken = yield from people.domains_taken(domains)
            other = next((one for one in taken if one[1] != self.object_id), None)
            if other is not None:
                raise Conflict(f"{other[0]} is the domain of {other[2]}", code="domain_taken", company_id=str(other[1]))
        if "fields" in values:
            values["fields"] = _encode(values["fields"]).decode() if values["fields"] else ""
        if self.object_id is None:
            company = Company(id=state.next_id(), created_at=state.now, version=1, **values)
            yield from rows.add(company)
        else:
            before = yield from found(Company, self.object_id)
            check_version(before.version, self.version, f"the company {before.name!r}")
            company = replace(before, version=before.version + 1, **values)
            yield from rows.change(company)
            if company.name != before.name:
                yield from _rename_people(state, company.id, company.name, None)
        if domains is not None:
            yield from people.put_domains(company.id, domains)
        self.told(state, "company", company.id)
        return company


class RemoveCompany(_Put):
    """A company is no more. Its people stay, and keep its name as words."""

    action: Action = "contacts"

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        company = yield from found(Company, self.object_id or 0)
        check_version(company.version, self.version, f"the company {company.name!r}")
        yield from people.put_domains(company.id, [])
        yield from _rename_people(state, company.id, company.name, company.id)
        yield from rows.remove(Company, company.id)
        self.told(state, "company", company.id, removed=True)


_AT_MOST = 10_000


def _rename_people(state: State, company_id: int, name: str, leave: int | None) -> Query[None]:
    """Its people bear another name; with `leave` they belong to it no more."""
    ids = yield from people.people_of(company_id, _AT_MOST)
    yield from load.contacts_of(state, ids)
    for contact in (state.contacts[i] for i in ids):
        contact.company = name
        contact.company_id = None if leave is not None else company_id
        contact.version += 1
        state.touch(contact)


# --- context links


class PutContextLink(_Put):
    """An address of another system: `label`, `template`, `mask`, `shown`, `place`."""

    def run(self, state: State) -> Query[ContextLink]:
        """Check, and write. Raises Invalid (`template`, `mask`)."""
        if self.object_id is None:
            self.values["place"] = self.place((yield from rows.every(ContextLink)))
            link = ContextLink(id=state.next_id(), created_at=state.now, version=1, **self.values)
        else:
            before = yield from found(ContextLink, self.object_id)
            check_version(before.version, self.version, f"the link {before.label!r}")
            link = replace(before, version=before.version + 1, **self.values)
        check_template(link.template)
        check_mask(link.mask, link.template)
        yield from (rows.add if self.object_id is None else rows.change)(link)
        self.told(state, "context_link", link.id)
        return link


class RemoveContextLink(_Put):
    """An address is offered no more."""

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        link = yield from found(ContextLink, self.object_id or 0)
        check_version(link.version, self.version, f"the link {link.label!r}")
        yield from rows.remove(ContextLink, link.id)
        self.told(state, "context_link", link.id, removed=True)
