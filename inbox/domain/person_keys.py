"""By what a person is found, and told to be the same as another: worked out of a contact or an account, kept as rows.

Search asks for `word`, merge suggestions for `email`, `phone` and `name_company`, filters for `field.<key>`. The rows
follow the record in the transaction that changes it, so nothing has to look at all contacts.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import msgspec

from inbox.domain.records import Contact, Identity
from inbox.domain.words import fold, searchable

_fields = msgspec.json.Decoder(dict[str, str]).decode
PHONE_DIGITS = 7
"""Shorter numbers are extensions and short codes, shared by many."""
MOST_PHONE_DIGITS = 40
"""Longer ones are no numbers (E.164 ends at 15, before extensions): each end of one is a key, so a text of thousands
of digits would be a row for each of them."""
_LONGEST = 500
"""Characters of a key: PostgreSQL takes no index row beyond 2,704 bytes."""
MOST_SYSTEM = 100
MOST_REF = 500
"""Characters of the name of another system, and of its id of a person: both stand in one index row."""
_MILLIONTHS = 1_000_000
_LARGEST = Decimal(2**62 // _MILLIONTHS)


class Key(msgspec.Struct, frozen=True):
    """One row of `contact_key`."""

    kind: str
    value: str
    contact_id: int
    owner_id: int
    number: int | None = None


def keys_of(record: Contact | Identity) -> set[Key]:
    """All keys of a contact or an account; none of a contact that was merged away."""
    if isinstance(record, Identity):
        said = f"{record.name} {record.username} {record.external_id}"
        return {Key("word", word, record.contact_id, record.id) for word in _words(said)}
    if record.merged_into is not None:
        return set()
    phone = digits_of(record.phone)
    # A number is looked for by its end, too: people leave out the country.
    ends = {phone[i:] for i in range(len(phone) - PHONE_DIGITS + 1)} if phone else set()
    words = _words(f"{record.name} {record.email or ''} {record.phone or ''} {record.company}") | ends
    found = {Key("word", word, record.id, record.id) for word in words}
    found |= {Key(kind, value, record.id, record.id) for kind, value in _same(record, phone)}
    return found | {
        Key(f"field.{key}", value.casefold(), record.id, record.id, millionths(value))
        for key, value in (_fields(record.fields) if record.fields else {}).items()
        if value
    }


def digits_of(phone: str | None) -> str:
    """A number as it is compared: digits alone, without the zeros of dialling abroad; empty for what is none."""
    digits = "".join(char for char in phone or "" if char.isascii() and char.isdecimal()).removeprefix("00")
    return digits if PHONE_DIGITS <= len(digits) <= MOST_PHONE_DIGITS else ""


def millionths(value: str) -> int | None:
    """The number that a text is, in millionths; None for any other text, and for what is too large to be compared."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) > _LARGEST:
        return None
    return int(number * _MILLIONTHS)


def _words(text: str) -> set[str]:
    return set(searchable(text).split())


def _same(contact: Contact, phone: str) -> list[tuple[str, str]]:
    email = (contact.email or "").strip().casefold()
    name, company = " ".join(fold(contact.name).split()), " ".join(fold(contact.company).split())
    same = [("email", email), ("phone", phone)]
    if " " in name and company:
        same.append(("name_company", f"{name}|{company}"))
    return [(kind, value) for kind, value in same if value and len(value) <= _LONGEST]
