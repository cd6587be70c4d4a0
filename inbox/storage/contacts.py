"""Contacts: lists, the references other systems know them by, what moves when two are one, what erasure must find."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, exists, func, insert, or_, select, tuple_, union_all, update

from inbox.domain.records import Contact, Identity
from inbox.domain.words import query_terms
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Delete, Query, Save, Statement, among, fetch, first
from inbox.storage.dialect import record_columns

_c, _i, _r, _k = t.contact.c, t.identity.c, t.contact_ref.c, t.contact_key.c
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
_MOVE_KEYS = Statement(
    update(t.contact_key).where(among(_k.owner_id, "identities")).values(contact_id=bindparam("to_contact"))
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


MAX_WORDS = 8
_LAST = "\U0010ffff"
"""Behind every word that begins alike."""


@lru_cache(maxsize=64)
def _page(forms: tuple[int, ...], going_on: bool) -> Statement:
    """`forms`: for each word of the query, in how many spellings it is looked for."""
    query: Any = select(*record_columns(t.contact)).where(_c.merged_into.is_(None))
    for word, count in enumerate(forms):
        # One search along the index for each spelling: an OR within one would read all words there are.
        found = [
            select(_k.contact_id).where(
                _k.workspace_id == 1, _k.kind == "word",
                _k.value >= bindparam(f"w{word}_{n}", type_=Text()), _k.value < bindparam(f"e{word}_{n}", type_=Text()),
            )
            for n in range(count)
        ]  # fmt: skip
        query = query.where(_c.id.in_(union_all(*found) if count > 1 else found[0]))
    if going_on:
        key = tuple_(bindparam("key"), bindparam("key_id", type_=BigInteger()))
        query = query.where(tuple_(_c.name, _c.id) > key)
    return Statement(query.order_by(_c.name, _c.id).limit(bindparam("limit")))


def page(
    query: str, *, limit: int, after: Sequence[Any] | None = None
) -> Query[tuple[list[Contact], list[Any] | None]]:
    """Contacts by name; with a query those of whom every word begins a word of their name, address, number, company or
    one of their accounts, as written or as it sounds. The second of the pair is where the next page goes on.
    """
    words = query_terms(query)[:MAX_WORDS]
    values: dict[str, Any] = {}
    for word, forms in enumerate(words):
        for n, form in enumerate(forms):
            values |= {f"w{word}_{n}": form, f"e{word}_{n}": form + _LAST}
    if after:
        values |= {"key": after[0], "key_id": after[1]}
    rows = yield from fetch(_page(tuple(map(len, words)), after is not None)(**values, limit=limit + 1))
    found = [Contact(*row) for row in rows[:limit]]
    return found, [found[-1].name, found[-1].id] if len(rows) > limit else None


def several(contact_ids: Sequence[int]) -> Query[list[Contact]]:
    """Contacts by id, in that order; those that were merged away are left out."""
    rows = yield from fetch(ByKeys(t.contact, list(contact_ids)))
    by_id = {row[0]: Contact(*row) for row in rows}
    return [by_id[i] for i in contact_ids if i in by_id and by_id[i].merged_into is None]


_WITH_KEY = Statement(
    select(_k.contact_id)
    .where(_k.workspace_id == 1, _k.kind == bindparam("kind"), _k.value == bindparam("value", type_=Text()))
    .order_by(_k.contact_id)
    .limit(1)
)


def with_key(kind: str, value: str) -> Query[int | None]:
    """The oldest contact with this `email` or `phone`, as `person_keys` writes them; None for none."""
    row = (yield from first(_WITH_KEY(kind=kind, value=value))) if value else None
    return row[0] if row else None


def forget_keys(identity_ids: Sequence[int]) -> Query[None]:
    """Accounts that were erased are found by nothing any more."""
    if identity_ids:
        yield Save([Delete(t.contact_key, [(i,) for i in identity_ids], ("owner_id",))])


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
    yield _MOVE_KEYS(identities=list(identity_ids), to_contact=to_id)
    yield _MOVE_CONVERSATIONS(from_contact=from_id, to_contact=to_id)


def move_back(from_id: int, to_id: int, identity_ids: Sequence[int]) -> Query[None]:
    """These identities go back, with the conversations they opened."""
    yield _MOVE_IDENTITIES(identities=list(identity_ids), to_contact=to_id)
    yield _MOVE_KEYS(identities=list(identity_ids), to_contact=to_id)
    yield _RETURN_CONVERSATIONS(from_contact=from_id, to_contact=to_id, identities=list(identity_ids))


_USED = Statement(
    select(
        or_(
            exists().where(_i.contact_id == bindparam("contact")),
            exists().where(t.conversation.c.contact_id == bindparam("contact")),
            exists().where(t.consent.c.workspace_id == 1, t.consent.c.contact_id == bindparam("contact")),
            exists().where(_c.merged_into == bindparam("contact")),
        )
    )
)


def is_used(contact_id: int) -> Query[bool]:
    """Whether anything hangs on a contact: an account, a conversation, what he said about being written to, another
    contact that was merged into him.
    """
    row = yield from first(_USED(contact=contact_id))
    return bool(row and row[0])


def remove(contact_id: int) -> Query[None]:
    """Delete a contact on whom nothing hangs (`is_used`), with his keys and references."""
    gone: list[tuple[object, ...]] = [(contact_id,)]
    yield Save(
        [
            Delete(t.contact_key, gone, ("owner_id",)),
            Delete(t.contact_ref, gone, ("contact_id",)),
            Delete(t.told_apart, gone, ("one_id",)),
            Delete(t.told_apart, gone, ("other_id",)),
            Delete(t.contact, gone),
        ]
    )
