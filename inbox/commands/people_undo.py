"""A file of people is taken back: whom it made goes, whom it changed is as before, what somebody did since stays."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inbox.domain import events as e
from inbox.domain import people_back, taking_back
from inbox.domain.clocks import RECOUNT_CONTACT
from inbox.domain.desk_records import Bulk
from inbox.domain.people_back import Taken, TakenIn
from inbox.domain.people_shapes import Because, UndoneRow
from inbox.domain.permissions import Principal, require
from inbox.domain.records import Contact
from inbox.domain.state import State
from inbox.errors import Gone, NotFound
from inbox.eventlog import load
from inbox.eventlog.unit import Priority, Unit
from inbox.eventlog.writer import Writer
from inbox.storage import bulk as stored
from inbox.storage import contacts, rows
from inbox.storage.database import Database, Query

SLICE = 50
REASON = "import_undone"
"""Why a contact that a file had made is gone, as the log says it."""


class Kept(msgspec.Struct, frozen=True):
    """A file that can still be taken back."""

    bulk: Bulk
    taken: TakenIn


def recent(now: int) -> Query[list[Kept]]:
    """Files of the last hour, newest first."""
    kept = yield from stored.imports_since(now - taking_back.KEPT_SECONDS * 1_000_000)
    found = [(one, taking_back.decode(one.steps)) for one in kept]
    return [Kept(one, taken) for one, taken in found if isinstance(taken, TakenIn)]


def forget(contact_ids: Sequence[int]) -> Query[None]:
    """People who are erased are not kept in files that could be taken back either."""
    for one in (yield from stored.imports_since(0)):
        taken = taking_back.decode(one.steps)
        if isinstance(taken, TakenIn):
            left = people_back.without(taken, contact_ids)
            if len(left.people) < len(taken.people):
                yield from rows.change(msgspec.structs.replace(one, steps=taking_back.encode(left).decode()))


def found(import_id: int, now: int) -> Query[TakenIn]:
    """What a file changed. Raises NotFound, and Gone (`too_late`) after an hour."""
    kept = yield from rows.one(Bulk, import_id)
    taken = taking_back.decode(kept.steps) if kept is not None else None
    if kept is None or not isinstance(taken, TakenIn):
        raise NotFound(f"there is no file of people {import_id} to take back: it was taken back, or is too old")
    if kept.at < now - taking_back.KEPT_SECONDS * 1_000_000:
        raise Gone("that is more than an hour ago: it can no longer be taken back in one", code="too_late")
    return taken


class TakePeopleBack(Unit):
    """Some of the people of a file. The result is what became of each. Doing it twice changes nothing more."""

    alone = True
    priority = Priority.BULK

    def __init__(self, principal: Principal, taken: Sequence[Taken]) -> None:
        require(principal, "settings")
        self.principal = principal
        self.taken = taken

    def run(self, state: State) -> Query[list[UndoneRow]]:
        """One after the other."""
        yield from load.contacts_of(state, [one.contact_id for one in self.taken])
        became = []
        for taken in self.taken:
            became.append((yield from self._one(state, taken)))
        return became

    def _one(self, state: State, taken: Taken) -> Query[UndoneRow]:
        contact = state.contacts.get(taken.contact_id)
        if contact is None:
            return _row(taken, "", "stays", "gone")
        if contact.merged_into is not None:
            return _row(taken, contact.name, "stays", "merged")
        if taken.before is None:
            return (yield from self._remove(state, contact, taken))
        name = contact.name
        became = people_back.restore(contact, taken.before, taken.after)
        if became != "stays":
            contact.version += 1
            state.touch(contact)
            if taken.before.fields != taken.after.fields and state.terms.asks_contacts:
                state.set_timer(RECOUNT_CONTACT, contact.id, state.now)
            state.emit(e.ContactChanged(contact_id=contact.id), self.principal.actor)
        return _row(taken, name, became, "changed" if became in ("partly", "stays") else None)

    def _remove(self, state: State, contact: Contact, taken: Taken) -> Query[UndoneRow]:
        """Whom the file made, unless somebody wrote to him, wrote about him or joined something to him."""
        if people_back.values_of(contact) != taken.after or contact.blocked:
            return _row(taken, contact.name, "stays", "changed")
        refs = (yield from contacts.refs_of([contact.id])).get(contact.id, {})
        known_elsewhere = set(refs.items()) - ({taken.ref} if taken.ref is not None else set())
        if known_elsewhere or (yield from contacts.is_used(contact.id)):
            return _row(taken, contact.name, "stays", "used")
        yield from contacts.remove(contact.id)
        state.emit(e.ContentErased(contact_id=contact.id, reason=REASON), self.principal.actor)
        return _row(taken, contact.name, "removed", None)


class _Forget(Unit):
    """What was taken back cannot be taken back again."""

    alone = True

    def __init__(self, import_id: int) -> None:
        self.import_id = import_id

    def run(self, state: State) -> Query[None]:
        """Remove it."""
        yield from rows.remove(Bulk, self.import_id)


async def take_people_back(
    database: Database, writer: Writer, principal: Principal, import_id: int, now: int
) -> list[UndoneRow]:
    """Take a file back, in slices, so that people who work meanwhile need not wait. It is forgotten last: what was
    interrupted can be asked for again.
    """
    require(principal, "settings")
    taken = await database.read(found, import_id, now)
    became: list[UndoneRow] = []
    for start in range(0, len(taken.people), SLICE):
        became += await writer.submit(TakePeopleBack(principal, taken.people[start : start + SLICE]))
    await writer.submit(_Forget(import_id))
    return became


def _row(taken: Taken, name: str, outcome: people_back.Became, because: Because | None) -> UndoneRow:
    return UndoneRow(contact_id=str(taken.contact_id), name=name or taken.after.name, outcome=outcome, because=because)
