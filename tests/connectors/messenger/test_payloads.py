"""connectors/messenger/payloads.py: what comes in other forms than documented is read all the same."""

import pytest

from connectors.errors import PayloadInvalid
from connectors.messenger.payloads import Attachment, Item, Party, Payload
from connectors.toolkit.payload import decode


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"id":"5"}', "5"),
        (b'{"id":24600012345678901}', "24600012345678901"),
        (b'{"user_ref":"r"}', "user_ref:r"),
        (b'{"id":"","user_ref":7}', "user_ref:7"),
        (b"{}", ""),
        (b'{"id":null}', ""),
    ],
)
def test_who_it_is(body: bytes, name: str) -> None:
    """A person is named by the page-scoped id, as text, or by a plugin's reference."""
    assert decode(body, Party).name == name


@pytest.mark.parametrize("time", [b"1795299900123", b"1795299900.5", b'"1795299900"', b"null"])
def test_times_in_every_form(time: bytes) -> None:
    """A time is a number or text, or missing."""
    assert decode(b'{"timestamp":' + time + b"}", Item).sender is None


@pytest.mark.parametrize("payload", [b"null", b'"https://facebook.com/1"', b"{}", b'{"url":null,"sticker_id":5}'])
def test_payload_of_an_attachment(payload: bytes) -> None:
    """A payload is an object, text or nothing; what it holds can be asked for in any case."""
    assert isinstance(decode(b'{"type":"fallback","payload":' + payload + b"}", Attachment).content, Payload)


@pytest.mark.parametrize("body", [b'{"timestamp":[]}', b'{"message":5}', b'{"message":{"text":5}}'])
def test_other_types_are_refused(body: bytes) -> None:
    """What has another type than any known form is PayloadInvalid."""
    with pytest.raises(PayloadInvalid):
        decode(body, Item)
