"""connectors/telegram/payloads.py: bounds of what is taken, and ids."""

import pytest

from connectors.errors import PayloadInvalid
from connectors.telegram.payloads import Message, Place, User, numbers_of
from connectors.toolkit.payload import decode


@pytest.mark.parametrize(
    "place",
    [
        Place(chat_id="401122334"),
        Place(chat_id="-1001900000001", branch="t5"),
        Place(chat_id="401122334", business="xJ4k_-9eFg"),
        Place(chat_id="401122334", business="xJ4k_-9eFg", branch="t7"),
    ],
)
def test_thread_id_names_the_place(place: Place) -> None:
    """A place can be had back from its thread id."""
    assert Place.of(place.thread_id) == place


def test_business_chat_has_ids_of_its_own() -> None:
    """A message in a business account's chat never has the id of one in the bot's own chat with the same person."""
    assert Place(chat_id="4").message_id(7) != Place(chat_id="4", business="b").message_id(7)


def test_branches_share_message_ids() -> None:
    """Message ids are counted per chat, so a topic does not enter into them."""
    assert Place(chat_id="-100", branch="t5").message_id(7) == "-100:7"


@pytest.mark.parametrize(
    ("message_id", "numbers"),
    [("4:7", [7]), ("4@b:7,8", [7, 8]), ("4:callback-17", []), ("", []), ("4:-1", []), ("4:" + "9" * 30, [])],
)
def test_numbers_are_found_in_message_ids_only(message_id: str, numbers: list[int]) -> None:
    """Telegram's own numbers come out of a message id; what is no message of Telegram's has none."""
    assert numbers_of(message_id) == numbers


def test_name_joins_what_there_is() -> None:
    """A person without a last name has no space behind the first."""
    assert (User(id=1, first_name="Ben").name, User(id=1, first_name="A", last_name="B").name) == ("Ben", "A B")


@pytest.mark.parametrize("field", ['"message_id": 4503599627370497', '"date": -1', '"date": 253402300800'])
def test_numbers_out_of_range_are_refused(field: str) -> None:
    """Ids have at most 52 bits and times end with the year 9999."""
    body = '{"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, ' + field + "}"
    with pytest.raises(PayloadInvalid):
        decode(body.encode(), Message)


def test_unknown_fields_are_passed_over() -> None:
    """A field that Telegram adds later does no harm."""
    body = b'{"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private", "new": []}, "newer": {"a": 1}}'
    assert decode(body, Message).message_id == 1
