"""Fields of the house's own: what may stand in them. Values are kept as text, in one form for each kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

import msgspec

from inbox.domain.people_records import CustomField
from inbox.domain.person_keys import millionths
from inbox.errors import Invalid

Subject = Literal["contact", "conversation"]
Kind = Literal["text", "number", "date", "choice", "yes_no"]
VIP = "vip"
"""Key of the contact's field that says that he matters more: lists, conditions and targets know it."""
MAX_TEXT = 500
MAX_FIELDS = 100
_choices = msgspec.json.Decoder(tuple[str, ...]).decode
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_own = msgspec.json.Decoder(dict[str, str]).decode
_YES_NO = {"yes": "yes", "true": "yes", "1": "yes", "no": "no", "false": "no", "0": "no"}


def is_vip(fields: str) -> bool:
    """Whether a contact's own fields, as they are stored, say yes to `vip`."""
    return '"vip"' in fields and says_yes(_own(fields).get(VIP, ""))


def says_yes(value: str) -> bool:
    """Whether a value of a field is a yes, in any form that people or systems give it."""
    return _YES_NO.get(value.casefold()) == "yes"


def choices_of(field: CustomField) -> tuple[str, ...]:
    """What can be chosen; empty for other kinds."""
    return _choices(field.choices) if field.choices else ()


def changed(
    definitions: Iterable[CustomField], subject: Subject, before: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """The fields as they are afterwards: `given` takes the place of all there were, each in its kind's form. Fields
    that nobody has defined are text: other systems bring their own. Raises Invalid (`field`) with the field's key.
    """
    known = {field.key: field for field in definitions if field.subject == subject}
    after: dict[str, str] = {}
    for key, value in given.items():
        kept = value_of(known[key], value) if key in known else _text(key, value)
        if kept:
            after[key] = kept
    emptied = [key for key, field in known.items() if field.required and before.get(key) and not after.get(key)]
    if emptied:
        raise _wrong(emptied[0], f"{known[emptied[0]].name} is required: give it another value, not none")
    if len(after) > MAX_FIELDS:
        raise Invalid(f"{len(after)} fields: at most {MAX_FIELDS} are kept", code="field")
    return after


def value_of(field: CustomField, given: str) -> str:
    """A value in the form of its kind; empty for none. Raises Invalid (`field`)."""
    value = given.strip()
    if not value:
        return ""
    match field.kind:
        case "number":
            if millionths(value) is None:
                raise _wrong(field.key, f"{field.name}: {value!r} is not a number")
            return value
        case "date":
            return _date(field, value)
        case "choice":
            if value not in choices_of(field):
                raise _wrong(field.key, f"{field.name}: {value!r} is not one of {', '.join(choices_of(field))}")
            return value
        case "yes_no":
            said = _YES_NO.get(value.casefold())
            if said is None:
                raise _wrong(field.key, f"{field.name}: {value!r} is neither yes nor no")
            return said
    return _text(field.key, value)


def _date(field: CustomField, value: str) -> str:
    try:
        if not _DATE.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise _wrong(field.key, f"{field.name}: {value!r} is not a date: write it as 2026-11-22") from None


def _text(key: str, value: str) -> str:
    if len(value) > MAX_TEXT:
        raise _wrong(key, f"{key} has {len(value)} characters: at most {MAX_TEXT} are kept")
    return value


def _wrong(key: str, said: str) -> Invalid:
    return Invalid(said, code="field", field=key)
