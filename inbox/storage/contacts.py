"""Contacts: lists, the references other systems know them by, what moves when two are one, what erasure must find."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, exists, func, insert, or_, select, tuple_, update

from inbox.domain.records import Contact, Identity
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query, Statement, among, fetch, first
from inbox.storage.dialect import record_columns

_c, _i, _r = t.contact.c, t.identity.c, t.contact_ref.c
_REFS = Statement(select(_r.contact_id, _r.system, _r.external_id).where(among(_r.contact_id, "contacts")))
_BY_REF = Statement(
    select(_r.contact_id).where(
        _r.workspace_id == 1, _r.system == bindparam("system"), _r.external_id == bindparam("external")
    )
)
_PUT_REF = Statement(
    insert(t.contact_ref).values(
        workspace_id=1, system=bindparam("system"), external_id=bindparam("external"), contact_id=bindparam("contact")
    )
)
_MERGED = Statement(select(_c.id).where(_c.merged_into == bindparam("contact")))
_MOVE_IDENTITIES = Statement(
    update(t.identity).where(among(_i.id, "identities")).values(contact_id=bindparam("to_contact"))
)
_MOVE_CONVERSATIONS = Statement(
    update(t.conversation)
    .where(t.conversation.c.contact_id == bindparam("from_contact"))
    .values(contact_id=bindparam("to_contact"))
)
_threads = t.thread.alias("threads")
_opening_thread = (
    select(func.min(_threads.c.id))
    .where(_threads.c.conversation_id == t.conversation.c.id)
    .correlate(t.conversation)
    .scalar_subquery()
)
_RETURN_CONVERSATIONS = Statement(
    update(t.conversation)
    .where(
        t.conversation.c.contact_id == bindparam("from_contact"),
        exists().where(t.thread.c.id == _opening_thread, among(t.thread.c.identity_id, "identities")),
    )
    .values(contact_id=bindparam("to_contact"))
)


@lru_cache(maxsize=4)
def _page(searching: bool, going_on: bool) -> Statement:
    query: Any = select(*record_columns(t.contact)).where(_c.merged_into.is_(None))
    if searching:
        like: Any = bindparam("pattern", type_=Text())
        named = exists().where(_i.contact_id == _c.id, func.lower(_i.username).like(like))
        query = query.where(
            or_(
                func.lower(_c.name).like(like), func.lower(_c.email).like(like), _c.phone.like(like),
                func.lower(_c.company).like(like), named,
            )
        )  # fmt: skip
    if going_on:
        key = tuple_(bindparam("key"), bindparam("key_id", type_=BigInteger()))
        query = query.where(tuple_(_c.name, _c.id) > key)
    return Statement(query.order_by(_c.name, _c.id).limit(bindparam("limit")))


def page(
    query: str, *, limit: int, after: Sequence[Any] | None = None
) -> Query[tuple[list[Contact], list[Any] | None]]:
    """Contacts by name; with a query those whose name, address, number, company or user name holds it. The second of
    the pair is where the next page goes on.
    """
    said = query.strip().lower().replace("\\", "").replace("%", "").replace("_", "")
    values: dict[str, Any] = {"pattern": f"%{said}%"} if said else {}
    if after:
        values |= {"key": after[0], "key_id": after[1]}
    rows = yield from fetch(_page(bool(said), after is not None)(**values, limit=limit + 1))
    found = [Contact(*row) for row in rows[:limit]]
    return found, [found[-1].name, found[-1].id] if len(rows) > limit else None


def identities_of(contact_ids: Sequence[int]) -> Query[list[Identity]]:
    """The accounts of these people."""
    rows = yield from fetch(ByKeys(t.identity, list(contact_ids), ("contact_id",)))
    return sorted((Identity(*row) for row in rows), key=lambda i: i.id)


_OF_EXTERNAL = Statement(
    select(t.identity.c.contact_id)
    .where(
        t.identity.c.workspace_id == 1,
        among(t.identity.c.network, "networks"),
        t.identity.c.external_id == bindparam("external"),
    )
    .distinct()
)


def of_external(networks: Sequence[str], external_id: str) -> Query[list[int]]:
    """Contacts who have this id at one of the networks, in whatever scope."""
    rows = yield _OF_EXTERNAL(networks=list(networks), external=external_id)
    return [row[0] for row in rows]


def refs_of(contact_ids: Sequence[int]) -> Query[dict[int, dict[str, str]]]:
    """By contact: the ids other systems know him by, `{system: id}`."""
    rows = yield from fetch(_REFS(contacts=list(contact_ids)))
    out: dict[int, dict[str, str]] = {}
    for contact_id, system, external_id in rows:
        out.setdefault(contact_id, {})[system] = external_id
    return out


def merged_into(contact_id: int) -> Query[list[int]]:
    """Contacts that were merged into this one."""
    rows = yield from fetch(_MERGED(contact=contact_id))
    return [row[0] for row in rows]


def found(contact_id: int) -> Query[Contact | None]:
    """One contact, as it is, merged or not."""
    row = yield from first(ByKeys(t.contact, [contact_id]))
    return Contact(*row) if row else None


def by_ref(system: str, external_id: str) -> Query[int | None]:
    """The contact another system knows by this id."""
    row = yield from first(_BY_REF(system=system, external=external_id))
    return row[0] if row else None


def put_ref(system: str, external_id: str, contact_id: int) -> Query[None]:
    """Note the id another system knows a contact by."""
    yield _PUT_REF(system=system, external=external_id, contact=contact_id)


def move(from_id: int, to_id: int, identity_ids: Sequence[int]) -> Query[None]:
    """These identities, and all conversations of the one contact, become the other's."""
    yield _MOVE_IDENTITIES(identities=list(identity_ids), to_contact=to_id)
    yield _MOVE_CONVERSATIONS(from_contact=from_id, to_contact=to_id)


def move_back(from_id: int, to_id: int, identity_ids: Sequence[int]) -> Query[None]:
    """These identities go back, with the conversations they opened."""
    yield _MOVE_IDENTITIES(identities=list(identity_ids), to_contact=to_id)
    yield _RETURN_CONVERSATIONS(from_contact=from_id, to_contact=to_id, identities=list(identity_ids))
