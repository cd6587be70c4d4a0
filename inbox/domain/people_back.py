"""What taking people in from a file changed, kept so that it can be taken back whole.

Only what is still as the file left it goes back: what somebody changed since stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from inbox.domain.records import Contact

_fields = msgspec.json.Decoder(dict[str, str]).decode
_json = msgspec.json.Encoder().encode
Became = Literal["removed", "restored", "partly", "stays"]


class Values(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a file can say of a person."""

    name: str = ""
    email: str | None = None
    phone: str | None = None
    company: str = ""
    company_id: int | None = None
    language: str | None = None
    note: str = ""
    fields: str = ""
    """His own fields, as JSON."""


class Taken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person before and after. `before`: None where the file made him; `ref`: by what another system knows him
    since then.
    """

    contact_id: int
    after: Values
    before: Values | None = None
    ref: tuple[str, str] | None = None


class TakenIn(msgspec.Struct, frozen=True, tag="people"):
    """All people that a file made or changed."""

    people: list[Taken]


def values_of(contact: Contact) -> Values:
    """The contact as it is."""
    return Values(**{name: getattr(contact, name) for name in Values.__struct_fields__})


def joined(taken: Iterable[Taken]) -> TakenIn:
    """Where several lines told of the same person: as he was before the first, as the last left him."""
    by_id: dict[int, Taken] = {}
    for one in taken:
        first = by_id.get(one.contact_id)
        by_id[one.contact_id] = one if first is None else msgspec.structs.replace(first, after=one.after)
    return TakenIn(list(by_id.values()))


def without(taken: TakenIn, contact_ids: Iterable[int]) -> TakenIn:
    """The same without these people."""
    gone = set(contact_ids)
    return TakenIn([one for one in taken.people if one.contact_id not in gone])


def restore(contact: Contact, before: Values, after: Values) -> Became:
    """Put back what the file changed and nobody has since. The own fields are each for themselves; a company goes with
    the link to it.
    """
    back = stays = False
    for names in (("name",), ("email",), ("phone",), ("company", "company_id"), ("language",), ("note",)):
        was, left, now = (tuple(getattr(of, name) for name in names) for of in (before, after, contact))
        if was == left:
            continue
        if now != left:
            stays = True
            continue
        back = True
        for name, value in zip(names, was, strict=True):
            setattr(contact, name, value)
    was_own, left_own, own = (_fields(of.fields) if of.fields else {} for of in (before, after, contact))
    for key in sorted(was_own.keys() | left_own.keys()):
        if was_own.get(key) == left_own.get(key):
            continue
        if own.get(key) != left_own.get(key):
            stays = True
            continue
        back = True
        own = {k: v for k, v in own.items() if k != key} | ({key: was_own[key]} if key in was_own else {})
    contact.fields = _json(own).decode() if own else ""
    return ("partly" if stays else "restored") if back else "stays"
