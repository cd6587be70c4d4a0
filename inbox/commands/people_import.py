"""People from a file: who is known by reference, address or number is changed, who is not is made; line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from inbox.commands.bulk import KeepSteps
from inbox.commands.contact import ContactChange, apply_change, new_contact
from inbox.domain import custom_fields
from inbox.domain import events as e
from inbox.domain.people_back import Taken, joined, values_of
from inbox.domain.people_csv import Line
from inbox.domain.people_records import CustomField
from inbox.domain.people_shapes import ImportRow
from inbox.domain.permissions import Principal, require
from inbox.domain.person_keys import digits_of
from inbox.domain.records import Contact
from inbox.domain.state import State
from inbox.errors import Invalid
from inbox.eventlog import load
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import contacts, people
from inbox.storage.database import Query

SLICE = 50
_fields = msgspec.json.Decoder(dict[str, str]).decode


class Became(msgspec.Struct, frozen=True):
    """What became of some lines, in their order, and what it takes to take them back."""

    rows: list[ImportRow]
    taken: list[Taken]


class ImportPeople(Unit):
    """Take in some lines. A `preview` is not submitted but read, on a state of its own: nothing is written then."""

    alone = True
    priority = Priority.BULK

    def __init__(self, principal: Principal, lines: Sequence[Line], *, preview: bool = False) -> None:
        require(principal, "settings")
        self.principal = principal
        self.lines = lines
        self.preview = preview

    def run(self, state: State) -> Query[Became]:
        """Line after line; a wrong one is refused alone."""
        definitions = yield from people.fields("contact")
        became = Became([], [])
        for line in self.lines:
            became.rows.append((yield from self._one(state, line, definitions, became.taken)))
        return became

    def _one(self, state: State, line: Line, definitions: list[CustomField], taken: list[Taken]) -> Query[ImportRow]:
        known = yield from self._known(state, line)
        refused = line.wrong or _wrong_fields(known, line, definitions)
        if refused:
            return _became(line, "refused", known, refused)
        merged = {**(_fields(known.fields) if known is not None and known.fields else {}), **line.fields}
        change = ContactChange(**line.values, **({"fields": merged} if line.fields else {}))  # type: ignore[arg-type]
        contact = known or new_contact(state)
        before = msgspec.structs.replace(contact)
        yield from apply_change(state, contact, change, self.principal.actor)
        if known is not None and msgspec.structs.replace(contact, version=before.version) == before:
            contact.version = before.version
            return _became(line, "unchanged", contact)
        if line.ref is not None and known is None and not self.preview:
            yield from contacts.put_ref(*line.ref, contact.id)
        state.emit(e.ContactChanged(contact_id=contact.id), self.principal.actor)
        was = values_of(before) if known is not None else None
        ref = line.ref if known is None else None
        taken.append(Taken(contact_id=contact.id, before=was, after=values_of(contact), ref=ref))
        if known is None and self.preview:
            return _became(line, "created", None)
        return _became(line, "created" if known is None else "changed", contact)

    def _known(self, state: State, line: Line) -> Query[Contact | None]:
        """Whom other lines of the same slice made is known, too."""
        contact_id: int | None = None
        if line.ref is not None:
            contact_id = yield from contacts.by_ref(*line.ref)
        email, phone = line.values.get("email", "").casefold(), digits_of(line.values.get("phone"))
        if contact_id is None:
            made = [c for c in state.new.get(Contact, ()) if isinstance(c, Contact)]
            same = next((c for c in made if email and (c.email or "").casefold() == email), None)
            if same is not None:
                return same
            contact_id = yield from contacts.with_key("email", email) if email else contacts.with_key("phone", phone)
        while contact_id is not None:
            yield from load.contacts_of(state, [contact_id])
            contact = state.contacts[contact_id]
            if contact.merged_into is None:
                return contact
            contact_id = contact.merged_into
        return None


async def take_in(writer: Writer, principal: Principal, lines: Sequence[Line]) -> tuple[list[ImportRow], int | None]:
    """Take a whole file in, in slices, so that people who write meanwhile need not wait for all of it. What became of
    each line, and by which id all of it can be taken back; None where nothing changed. What was taken in before
    something went wrong can be taken back, too.
    """
    rows: list[ImportRow] = []
    taken: list[Taken] = []
    import_id: int | None = None
    try:
        for start in range(0, len(lines), SLICE):
            became = await writer.submit(ImportPeople(principal, lines[start : start + SLICE]))
            rows += became.rows
            taken += became.taken
    finally:
        if taken:
            import_id = await writer.submit(KeepSteps(principal.actor, joined(taken)))
    return rows, import_id


def _wrong_fields(known: Contact | None, line: Line, definitions: list[CustomField]) -> str:
    """Asked before anything is changed: a line is taken in whole or not at all."""
    before = _fields(known.fields) if known is not None and known.fields else {}
    try:
        custom_fields.changed(definitions, "contact", before, {**before, **line.fields})
    except Invalid as wrong:
        return wrong.detail
    return ""


def _became(line: Line, outcome: Any, contact: Contact | None, detail: str = "") -> ImportRow:
    name = line.values.get("name") or (contact.name if contact is not None else "")
    return ImportRow(
        row=line.row, outcome=outcome, name=name, contact_id=str(contact.id) if contact is not None else None,
        detail=detail,
    )  # fmt: skip
