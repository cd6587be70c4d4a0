"""What is kept of people beside their rows: consent, companies by domain, own fields, who may be the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import BigInteger, and_, bindparam, delete, or_, select, tuple_, union_all, update

from inbox.domain.people_records import Company, CustomField
from inbox.domain.permissions import Scope
from inbox.domain.person_keys import millionths
from inbox.domain.words import fold
from inbox.storage import tables as t
from inbox.storage.conversations import Page, in_scope, scope_values
from inbox.storage.database import ByKeys, Delete, Insert, Query, Save, Statement, Upsert, among, fetch, first
from inbox.storage.dialect import record_columns

_k, _c = t.contact_key.c, t.conversation.c
_domains = msgspec.json.Decoder(list[str]).decode

# --- own fields

_FIELDS = Statement(
    select(*record_columns(t.custom_field))
    .where(t.custom_field.c.subject == bindparam("subject"))
    .order_by(t.custom_field.c.place, t.custom_field.c.id)
)


def fields(subject: str) -> Query[list[CustomField]]:
    """The house's own fields of contacts, or of conversations, in their order."""
    rows = yield from fetch(_FIELDS(subject=subject))
    return [CustomField(*row) for row in rows]


def put_fields(conversation_id: int, before: Mapping[str, str], after: Mapping[str, str]) -> Query[None]:
    """A conversation's own fields, repeated for filters."""
    gone = [(key, value.casefold(), conversation_id) for key, value in before.items() if after.get(key) != value]
    fresh = [
        (key, value.casefold(), conversation_id, millionths(value))
        for key, value in after.items()
        if before.get(key) != value
    ]
    if gone:
        yield Save([Delete(t.conversation_field, gone, ("field", "value", "conversation_id"))])
    if fresh:
        yield Save([Upsert(t.conversation_field, fresh, ("field", "value", "conversation_id"))])


def drop_fields(conversation_ids: Sequence[int]) -> Query[None]:
    """Conversations that were erased have none."""
    if conversation_ids:
        yield Save([Delete(t.conversation_field, [(i,) for i in conversation_ids], ("conversation_id",))])


# --- consent

Consent = tuple[int, str, str, int, str, int | None]
"""(channel, state, source, at, by kind, by id)"""
_x = t.consent.c
_CONSENTS = Statement(
    select(_x.channel_id, _x.state, _x.source, _x.at, _x.by_kind, _x.by_id)
    .where(_x.workspace_id == 1, _x.contact_id == bindparam("contact"))
    .order_by(_x.channel_id)
)
_CONSENT = Statement(
    select(_x.state, _x.at).where(
        _x.workspace_id == 1, _x.contact_id == bindparam("contact"), _x.channel_id == bindparam("channel")
    )
)
_FORGET_CONSENT = Statement(update(t.consent).where(_x.contact_id == bindparam("contact")).values(source=""))


def consents_of(contact_id: int) -> Query[list[Consent]]:
    """What a person said about being written to, channel by channel."""
    rows = yield from fetch(_CONSENTS(contact=contact_id))
    return [tuple(row) for row in rows]


def consent_on(contact_id: int, channel_id: int) -> Query[tuple[str, int] | None]:
    """(state, since when) on one channel; None: nothing was said."""
    row = yield from first(_CONSENT(contact=contact_id, channel=channel_id))
    return (row[0], row[1]) if row else None


def put_consent(
    contact_id: int, channel_id: int, state: str, source: str, at: int, by: tuple[str, int | None]
) -> Query[None]:
    """Note what a person said."""
    yield Save([Upsert(t.consent, [(contact_id, channel_id, state, source, at, *by)], ("contact_id", "channel_id"))])


def keep_withdrawn(from_id: int, to_id: int) -> Query[None]:
    """Who did not want to be written to as the one contact does not want it as the other."""
    theirs = {said[0]: said for said in (yield from consents_of(to_id))}
    for channel_id, state, source, at, by_kind, by_id in (yield from consents_of(from_id)):
        if state == "withdrawn" and (channel_id not in theirs or theirs[channel_id][1] != "withdrawn"):
            yield from put_consent(to_id, channel_id, state, source, at, (by_kind, by_id))


def forget_sources(contact_id: int) -> Query[None]:
    """That he opted out stays after an erasure, so that nobody writes to him; in which words does not."""
    yield _FORGET_CONSENT(contact=contact_id)


# --- who may be the same

_mine, _theirs = t.contact_key.alias("mine"), t.contact_key.alias("theirs")
_SAME_KEYS = (
    select(_theirs.c.contact_id, _theirs.c.kind, _theirs.c.value)
    .join_from(
        _mine,
        _theirs,
        and_(_theirs.c.workspace_id == 1, _theirs.c.kind == _mine.c.kind, _theirs.c.value == _mine.c.value),
    )
    .where(
        _mine.c.contact_id == bindparam("contact"),
        or_(*(_mine.c.kind == kind for kind in ("email", "phone", "name_company"))),
        _theirs.c.contact_id != bindparam("contact"),
    )
)
_KEYS = Statement(_SAME_KEYS.limit(200))
_APART = Statement(
    union_all(
        select(t.told_apart.c.other_id).where(
            t.told_apart.c.workspace_id == 1, t.told_apart.c.one_id == bindparam("contact")
        ),
        select(t.told_apart.c.one_id).where(t.told_apart.c.other_id == bindparam("contact")),
    )
)


class Likeness(msgspec.Struct, frozen=True):
    """Somebody who may be the same person, and what they have in common."""

    contact_id: int
    because: str
    """`alias`, `email`, `phone` or `name_company`, the strongest there is."""
    value: str


_STRENGTH = ("alias", "email", "phone", "name_company")


def likely_same(contact_id: int) -> Query[list[Likeness]]:
    """Who may be the same person as this contact, the strongest reason first; none that was told apart from him."""
    apart = {row[0] for row in (yield from fetch(_APART(contact=contact_id)))}
    found: dict[int, Likeness] = {}
    for other, value in (yield from _same_alias(contact_id)):
        found.setdefault(other, Likeness(other, "alias", value))
    for other, kind, value in (yield from fetch(_KEYS(contact=contact_id))):
        known = found.get(other)
        if known is None or _STRENGTH.index(kind) < _STRENGTH.index(known.because):
            found[other] = Likeness(other, kind, value)
    left = [one for one in found.values() if one.contact_id not in apart]
    return sorted(left, key=lambda one: (_STRENGTH.index(one.because), one.contact_id))[:20]


def _same_alias(contact_id: int) -> Query[list[tuple[int, str]]]:
    """(other contact, value) where accounts of both bear the same strong name. Step by step, each along an index."""
    own = [row[0] for row in (yield from fetch(ByKeys(t.identity, [contact_id], ("contact_id",))))]
    names = sorted({(row[0], row[1]) for row in (yield from fetch(ByKeys(t.identity_alias, own, ("identity_id",))))})
    bearers = yield from fetch(ByKeys(t.identity_alias, names, ("kind", "value")))
    value_of = {row[2]: row[1] for row in bearers if row[2] not in own}
    others = yield from fetch(ByKeys(t.identity, sorted(value_of)))
    return [(row[1], value_of[row[0]]) for row in others if row[1] != contact_id]


def tell_apart(one_id: int, other_id: int, at: int, by_id: int | None) -> Query[None]:
    """Two contacts are two people."""
    low, high = sorted((one_id, other_id))
    yield Save([Upsert(t.told_apart, [(low, high, at, by_id)], ("one_id", "other_id"))])


# --- companies

_BY_DOMAIN = Statement(
    select(*record_columns(t.company))
    .join_from(t.company_domain, t.company, t.company.c.id == t.company_domain.c.company_id)
    .where(t.company_domain.c.workspace_id == 1, t.company_domain.c.domain == bindparam("domain"))
)
_TAKEN = Statement(
    select(t.company_domain.c.domain, t.company.c.id, t.company.c.name)
    .join_from(t.company_domain, t.company, t.company.c.id == t.company_domain.c.company_id)
    .where(t.company_domain.c.workspace_id == 1, among(t.company_domain.c.domain, "domains"))
)
_DROP_DOMAINS = Statement(delete(t.company_domain).where(t.company_domain.c.company_id == bindparam("company")))
_PEOPLE = Statement(
    select(t.contact.c.id)
    .where(t.contact.c.company_id == bindparam("company"))
    .order_by(t.contact.c.id)
    .limit(bindparam("limit"))
)


@lru_cache(maxsize=4)
def _companies(searching: bool, going_on: bool) -> Statement:
    """(id, name, domains) in the order of names."""
    query: Any = select(t.company.c.id, t.company.c.name, t.company.c.domains)
    if going_on:
        key = tuple_(bindparam("key"), bindparam("key_id", type_=BigInteger()))
        query = query.where(tuple_(t.company.c.name, t.company.c.id) > key)
    query = query.order_by(t.company.c.name, t.company.c.id)
    return Statement(query if searching else query.limit(bindparam("limit")))


def companies(
    query: str, *, limit: int, after: Sequence[Any] | None = None
) -> Query[tuple[list[Company], list[Any] | None]]:
    """Companies by name; with a query those whose name or domain holds it, however it is accented. There are far fewer
    than contacts, so that all are looked through: SQLite knows small letters of ASCII alone.
    """
    said = fold(query.strip())
    values: dict[str, Any] = {} if said else {"limit": limit + 1}
    if after:
        values |= {"key": after[0], "key_id": after[1]}
    rows = yield from fetch(_companies(bool(said), after is not None)(**values))
    ids = [row[0] for row in rows if said in fold(row[1]) or any(said in one for one in _domains(row[2]))]
    by_id = {row[0]: Company(*row) for row in (yield from fetch(ByKeys(t.company, ids[:limit])))}
    found = [by_id[i] for i in ids[:limit] if i in by_id]
    return found, [found[-1].name, found[-1].id] if len(ids) > limit else None


def company_of_domain(domain: str) -> Query[Company | None]:
    """Whose mail domain this is."""
    row = yield from first(_BY_DOMAIN(domain=domain))
    return Company(*row) if row else None


def domains_taken(domains: Sequence[str]) -> Query[list[tuple[str, int, str]]]:
    """Of these domains (domain, company id, its name), where one has it."""
    rows = yield from fetch(_TAKEN(domains=list(domains)))
    return [(row[0], row[1], row[2]) for row in rows]


def put_domains(company_id: int, domains: Sequence[str]) -> Query[None]:
    """The domains of a company, in the place of those it had."""
    yield _DROP_DOMAINS(company=company_id)
    if domains:
        yield Save([Insert(t.company_domain, [(domain, company_id) for domain in domains])])


def people_of(company_id: int, limit: int) -> Query[list[int]]:
    """Contacts who belong to a company, oldest first."""
    rows = yield from fetch(_PEOPLE(company=company_id, limit=limit))
    return [row[0] for row in rows]


@lru_cache(maxsize=4)
def _company_conversations(scoped: bool, going_on: bool) -> Statement:
    people = select(t.contact.c.id).where(t.contact.c.company_id == bindparam("company"))
    query: Any = select(_c.id, _c.last_activity_at).where(_c.contact_id.in_(people), _c.merged_into.is_(None))
    if scoped:
        query = query.where(in_scope())
    if going_on:
        key = tuple_(bindparam("key", type_=BigInteger()), bindparam("key_id", type_=BigInteger()))
        query = query.where(tuple_(_c.last_activity_at, _c.id) < key)
    return Statement(query.order_by(_c.last_activity_at.desc(), _c.id.desc()).limit(bindparam("limit")))


def conversations_of_company(
    company_id: int, scope: Scope, *, limit: int, after: Sequence[int] | None = None
) -> Query[Page]:
    """Conversations of a company's people, newest first."""
    values = {"key": after[0], "key_id": after[1]} if after else {}
    statement = _company_conversations(scope.channels is not None, after is not None)
    rows = yield from fetch(statement(company=company_id, limit=limit + 1, **values, **scope_values(scope)))
    shown = rows[:limit]
    return Page([row[0] for row in shown], [shown[-1][1], shown[-1][0]] if len(rows) > limit else None)


# --- one timeline


@lru_cache(maxsize=8)
def _items(scoped: bool, of_network: bool) -> Statement:
    took_part = (
        select(t.participant.c.conversation_id)
        .join_from(t.identity, t.participant, t.participant.c.identity_id == t.identity.c.id)
        .where(t.identity.c.contact_id == bindparam("contact"))
    )
    query: Any = (
        select(t.message.c.id)
        .join_from(t.conversation, t.message, t.message.c.conversation_id == _c.id)
        .where(_c.id.in_(took_part), t.message.c.position < bindparam("before"), t.message.c.position > 0)
    )
    if of_network:
        query = query.where(_c.network == bindparam("network"))
    if scoped:
        query = query.where(in_scope())
    return Statement(query.order_by(t.message.c.position.desc(), t.message.c.id.desc()).limit(bindparam("limit")))


def items_of(contact_id: int, scope: Scope, *, network: str | None, before: int, limit: int) -> Query[list[int]]:
    """Items of all conversations that a person took part in, newest first, before a position."""
    values = {"network": network} if network is not None else {}
    statement = _items(scope.channels is not None, network is not None)
    rows = yield from fetch(statement(contact=contact_id, before=before, limit=limit, **values, **scope_values(scope)))
    return [row[0] for row in rows]


# --- blocked

_OF_CONTACT = Statement(
    select(_c.id)
    .where(
        _c.contact_id == bindparam("contact"), _c.merged_into.is_(None), _c.spam == bindparam("spam"),
        _c.status != "closed",
    )
    .order_by(_c.last_activity_at.desc(), _c.id.desc())
    .limit(500)
)  # fmt: skip


def in_queues_of(contact_id: int, *, spam: bool) -> Query[list[int]]:
    """A person's conversations that are not closed, kept apart as spam or not; at most the newest 500."""
    rows = yield from fetch(_OF_CONTACT(contact=contact_id, spam=int(spam)))
    return [row[0] for row in rows]
