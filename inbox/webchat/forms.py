"""The form before a chat: its fields, and what a visitor filled in, checked again here."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from inbox.errors import Invalid

FieldType = Literal["name", "email", "phone", "text", "select", "checkbox"]
MAX_FIELDS = 12
_MAX_CHARS = {"name": 100, "email": 254, "phone": 40, "text": 500, "select": 200, "checkbox": 5}
_EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]{1,64}@[^@\s<>\"',;:()\[\]\\]{1,250}\.[^@\s.<>\"',;:()\[\]\\]{2,63}")
_PHONE = re.compile(r"\+?[\d\s().\-/]{5,39}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class FormField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question. `version` names the text a checkbox agrees to, and is kept with the consent."""

    name: str
    type: FieldType
    label: str | dict[str, str] = ""
    """Text, or text by language; empty: the widget's own word for the type."""
    required: bool = False
    options: tuple[str, ...] = ()
    version: str = ""


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What a visitor said of himself."""

    name: str = ""
    email: str = ""
    phone: str = ""
    facts: dict[str, str] = {}
    """The other fields by name; a consent as `agreed` or `agreed to <version>`."""


EMAIL_FIELD = FormField("email", "email", required=True)
"""What is asked while nobody is there: without an address there is no way to answer."""
OFFLINE = (FormField("name", "name"), EMAIL_FIELD)


def form_of(text: str) -> tuple[FormField, ...]:
    """A form from the channel's setting. Raises Invalid with what is wrong."""
    if not text.strip():
        return ()
    try:
        fields = msgspec.json.decode(text, type=tuple[FormField, ...])
    except msgspec.DecodeError as error:
        raise Invalid(f"pre_chat_form: {error}") from None
    if len(fields) > MAX_FIELDS or len({one.name for one in fields}) != len(fields):
        raise Invalid(f"pre_chat_form: at most {MAX_FIELDS} fields, each with a name of its own")
    for one in fields:
        if not _NAME.fullmatch(one.name):
            raise Invalid(f"pre_chat_form: {one.name!r} is no field name: small letters, digits and _")
        if one.type == "select" and not one.options:
            raise Invalid(f"pre_chat_form: {one.name} is a select without options")
    return fields


def answers_of(fields: tuple[FormField, ...], values: dict[str, str | bool]) -> Answers:
    """The answers, checked. Raises Invalid with `errors` by field: `required` or `invalid`."""
    errors = {one.name: problem for one in fields if (problem := _problem(one, values.get(one.name)))}
    if errors:
        listed = [{"pointer": name, "message": problem} for name, problem in sorted(errors.items())]
        raise Invalid("fill in the form", code="form_invalid", errors=listed)
    known: dict[str, str] = {}
    facts: dict[str, str] = {}
    for one in fields:
        value = values.get(one.name)
        if one.type == "checkbox":
            if value is True:
                facts[one.name] = f"agreed to {one.version}" if one.version else "agreed"
            continue
        text = str(value or "").strip()
        if not text:
            continue
        # The first field of a kind is the person's; a second one is a fact beside it.
        if one.type in ("name", "email", "phone") and one.type not in known:
            known[one.type] = text
        else:
            facts[one.name] = text
    return Answers(**known, facts=facts)


def _problem(field: FormField, value: str | bool | None) -> str:
    if field.type == "checkbox":
        if value not in (None, True, False):
            return "invalid"
        return "required" if field.required and value is not True else ""
    if value is None or value == "" or (isinstance(value, str) and not value.strip()):
        return "required" if field.required else ""
    if not isinstance(value, str) or len(value) > _MAX_CHARS[field.type]:
        return "invalid"
    return "" if _fits(field, value.strip()) else "invalid"


def _fits(field: FormField, text: str) -> bool:
    match field.type:
        case "email":
            return _EMAIL.fullmatch(text) is not None
        case "phone":
            return _PHONE.fullmatch(text) is not None
        case "select":
            return text in field.options
        case _:
            return all(char.isprintable() or char in "\n\t" for char in text)
