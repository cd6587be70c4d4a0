"""connectors/instagram/payloads.py: what is taken, and what is refused before it can do harm."""

import pytest

from connectors.errors import PayloadInvalid
from connectors.instagram.payloads import Change, Comment, Entry, Message, Messaging
from connectors.toolkit.payload import decode


@pytest.mark.parametrize(("written", "read"), [(b'"17841400000000042"', "17841400000000042"), (b"42", "42")])
def test_ids_are_taken_as_text_and_as_numbers(written: bytes, read: str) -> None:
    """An id means the same in both forms."""
    assert str(decode(b'{"id": ' + written + b"}", Entry).id) == read


@pytest.mark.parametrize("written", [b'""', b'"a b"', b'"\\u0000"', b"-1", b"1.5", b"9223372036854775808", b"null"])
def test_ids_that_can_be_none_are_refused(written: bytes) -> None:
    """What is no id does not become a key in the store."""
    with pytest.raises(PayloadInvalid):
        decode(b'{"mid": ' + written + b"}", Message)


def test_fields_unknown_and_missing_do_no_harm() -> None:
    """Fields that are not read may be there, and nearly all that are may be missing."""
    read = decode(b'{"sender": {"id": 1, "colour": "red"}, "hologram": []}', Messaging)
    assert str(read.sender.id) == "1"
    assert read.recipient.id is None


def test_a_change_without_value_is_one() -> None:
    """A change of which the field alone is told can be read."""
    assert bytes(decode(b'{"field": "follow"}', Change).value) == b"null"


def test_a_comment_names_its_author_as_from() -> None:
    """`from` is a word of Python's; it is read all the same."""
    party = decode(b'{"id": "1", "from": {"id": "2", "username": "eleni.m"}}', Comment).from_
    assert party is not None
    assert party.username == "eleni.m"


def test_overlong_texts_are_refused() -> None:
    """A text far beyond what Instagram takes is refused here and not by the store."""
    with pytest.raises(PayloadInvalid):
        decode(b'{"mid": "m", "text": "' + b"x" * 70_000 + b'"}', Message)
