"""Save: the keys by which people are found follow their records, and a refusal follows its person."""

from __future__ import annotations

import msgspec

from inbox.domain import events as e
from inbox.domain.person_keys import Key, keys_of
from inbox.domain.records import Contact, Identity
from inbox.domain.state import State
from inbox.storage import people
from inbox.storage import tables as t
from inbox.storage.database import Delete, Insert, Query, Save, Write

_row = msgspec.structs.astuple
_KEY = ("kind", "value", "contact_id", "owner_id")
Person = Contact | Identity


def before(state: State) -> Query[None]:
    """Of records whose rows were not kept as they were loaded, all keys go: they are written anew."""
    unknown = [(record.id,) for record in _changed(state) if _earlier(state, record) is None]
    if unknown:
        yield Save([Delete(t.contact_key, unknown, ("owner_id",))])


def refusals(state: State) -> Query[None]:
    """Where the network itself joined accounts of two people: who did not want to be written to as the one does not
    want it as the other, as when people merge them.
    """
    for logged in state.events:
        if isinstance(logged.event, e.IdentitiesLinked):
            yield from people.keep_withdrawn(logged.event.from_contact_id, logged.event.contact_id)


def writes(state: State) -> list[Write]:
    """The keys that went and those that came."""
    gone: list[tuple[object, ...]] = []
    fresh: list[tuple[object, ...]] = []
    for records in (state.new.get(Contact, ()), state.new.get(Identity, ())):
        fresh += [_row(key) for record in records for key in keys_of(record)]  # type: ignore[arg-type]
    for record in _changed(state):
        now, then = keys_of(record), _earlier(state, record) or set()
        # A key is its first four columns; the number follows from the value.
        gone += [_row(key)[:4] for key in then - now]
        fresh += [_row(key) for key in now - then]
    return [
        write for write in (Delete(t.contact_key, gone, _KEY), Insert(t.contact_key, fresh, "nothing")) if write.rows
    ]


def _changed(state: State) -> list[Person]:
    """Contacts and accounts that were there before this batch and are not as they were."""
    found: list[Person] = []
    for kind in (Contact, Identity):
        made = {id(record) for record in state.new.get(kind, ())}
        found += [r for r in state.dirty.get(kind, {}).values() if id(r) not in made]  # type: ignore[misc]
    return found


def _earlier(state: State, record: Person) -> set[Key] | None:
    row = state.stored.get(type(record), {}).get(record.id)
    return None if row is None else keys_of(type(record)(*row))
