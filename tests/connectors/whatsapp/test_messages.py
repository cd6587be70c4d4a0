"""connectors/whatsapp/messages.py: shapes of messages as they come."""

import pytest

from connectors.toolkit.payload import decode
from connectors.whatsapp.messages import Edit, Form, Message, Quoted


def test_a_message_without_anything_is_still_one() -> None:
    """Every field may be missing, or null; unknown ones are passed over."""
    assert decode(b"{}", Message) == decode(b'{"text": null, "hologram": {"id": 1}}', Message)


def test_words_of_python_are_no_words_of_whatsapp() -> None:
    """`from` is read although the language keeps the word for itself."""
    assert decode(b'{"from": "1"}', Message).from_ == "1"
    assert decode(b'{"from": "1", "id": "2"}', Quoted).from_ == "1"


@pytest.mark.parametrize("given", [b'"{}"', b"{}", b"[1]", b"5"])
def test_a_form_is_read_whatever_its_answer_is(given: bytes) -> None:
    """Text with JSON in it, as documented, or the JSON itself."""
    assert bytes(decode(b'{"response_json": ' + given + b"}", Form).response_json) == given


def test_an_edit_holds_any_content() -> None:
    """A text, or a file with a caption."""
    edit = decode(b'{"message": {"type": "image", "image": {"caption": "new"}}}', Edit)
    assert edit.message is not None
    assert edit.message.image is not None
    assert edit.message.image.caption == "new"
