"""connectors/_meta/withdrawals.py: who takes back what he gave the app."""

import base64
import hmac
from urllib.parse import urlencode

import msgspec
import pytest

from connectors._meta.simulator import APP_SECRET
from connectors._meta.withdrawals import withdrawn
from connectors.contract import Withdrawn
from connectors.errors import PayloadInvalid, SignatureInvalid
from connectors.exchange import Request
from tests.connectors._meta.world import context


def told(path: str, secret: str = APP_SECRET, **said: object) -> Withdrawn:
    """What is read of a call-back."""
    payload = base64.urlsafe_b64encode(msgspec.json.encode(said)).decode().rstrip("=")
    signature = base64.urlsafe_b64encode(hmac.digest(secret.encode(), payload.encode(), "sha256")).decode().rstrip("=")
    body = urlencode({"signed_request": f"{signature}.{payload}"}).encode()
    return withdrawn(Request(method="POST", path=path, headers={}, body=body), context())


def test_deauthorised() -> None:
    """The deauthorise call-back tells who withdrew access, and is answered with nothing."""
    found = told("/hooks/meta/deauthorise", user_id="77")
    assert (found.kind, found.user_id, found.answer.status, found.answer.body) == ("deauthorised", "77", 200, b"")


def test_deletion_is_answered_with_address_and_code() -> None:
    """The deletion call-back gets a code, always the same for a person, and the address that tells of it."""
    found, again = told("/hooks/meta/deletion", user_id=77), told("/hooks/meta/deletion", user_id="77")
    answer = msgspec.json.decode(found.answer.body)
    assert (found.kind, found.user_id) == ("erase", "77")
    assert answer["url"] == f"https://inbox.example/hooks/meta/deletion?code={answer['confirmation_code']}"
    assert again.answer == found.answer
    assert told("/hooks/meta/deletion", user_id="78").answer != found.answer
    assert answer["confirmation_code"] != "77"


def test_strangers_and_nobody_are_refused() -> None:
    """A call-back signed by another app is refused, and one that names nobody is broken."""
    with pytest.raises(SignatureInvalid):
        told("/hooks/meta/deletion", secret="another", user_id="77")
    with pytest.raises(PayloadInvalid):
        told("/hooks/meta/deletion")
