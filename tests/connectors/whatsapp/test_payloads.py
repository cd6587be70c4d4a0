"""connectors/whatsapp/payloads.py: liberal reading."""

import msgspec
import pytest

from connectors.errors import PayloadInvalid
from connectors.toolkit.payload import decode
from connectors.whatsapp.messages import Message
from connectors.whatsapp.payloads import Contact, Error, Person, name_of, text_of


@pytest.mark.parametrize(("given", "text"), [(5, "5"), ("5", "5"), (None, ""), (" 5 ", "5"), (1.5, "1.5")])
def test_ids_and_numbers_are_text(given: str | float | None, text: str) -> None:
    """However a network writes it."""
    assert text_of(given) == text


def test_ids_of_either_type_are_read() -> None:
    """Numbers and text, in messages and contacts."""
    assert decode(b'{"id": 9007199254740993, "from": 1}', Message).id == 9007199254740993
    assert decode(b'{"wa_id": "1", "user_id": null}', Contact).wa_id == "1"


def test_what_is_neither_is_refused() -> None:
    """A list is no id."""
    with pytest.raises(PayloadInvalid, match="id"):
        decode(b'{"id": []}', Message)


@pytest.mark.parametrize(("code", "number"), [(131047, 131047), ("131047", 131047), ("none", 0), (None, 0), (-1, 0)])
def test_codes_are_numbers(code: int | str | None, number: int) -> None:
    """A code that is none is no code."""
    assert Error(code=code).number == number


def test_names_of_things_without_id_ignore_the_order_of_keys() -> None:
    """The same fact has the same name."""
    assert name_of(msgspec.Raw(b'{"a": 1, "b": 2}')) == name_of(msgspec.Raw(b'{"b":2,"a":1}'))


def test_people_are_the_same_by_number_or_id() -> None:
    """One shared name is enough, an empty one is none."""
    assert Person(phone="1").known_as(Person(phone="1", user_id="US.1"))
    assert Person(user_id="US.1").known_as(Person(phone="1", user_id="US.1"))
    assert not Person().known_as(Person())
