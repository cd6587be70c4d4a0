"""Public keys of networks."""

import json

import pytest

from inbox.intake.keys import Keys, read_keys
from tests.inbox.wall import put_back


class Server:
    """Where keys are published."""

    def __init__(self) -> None:
        self.loads = 0
        self.document = json.dumps({"keys": [{"kid": "one", "kty": "EC"}]}).encode()

    async def load(self, url: str) -> bytes:
        """The document as it is now."""
        self.loads += 1
        return self.document


async def test_a_missing_key_is_loaded_once_a_minute_at_most() -> None:
    """A forger who names ever new keys costs the network one request."""
    server = Server()
    keys = Keys(server.load)

    assert await keys.bring("https://keys.example", "one")
    for n in range(10):
        assert not await keys.bring("https://keys.example", f"forged{n}")

    assert server.loads == 1
    assert json.loads(keys.of("https://keys.example")["one"]) == {"kid": "one", "kty": "EC"}


def test_both_usual_forms_are_read() -> None:
    """A JWK set, and an object of key texts."""
    assert read_keys(b'{"a": "-----BEGIN PUBLIC KEY-----"}') == {"a": b"-----BEGIN PUBLIC KEY-----"}
    with pytest.raises(ValueError, match="neither"):
        read_keys(b"<html>")


async def test_a_clock_that_is_put_back_keeps_no_key_from_being_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes after the last look there may be another one, whatever the clock shows."""
    server = Server()
    keys = Keys(server.load)
    assert not await keys.bring("https://keys.example", "two")
    server.document = json.dumps({"keys": [{"kid": "two", "kty": "EC"}]}).encode()
    put_back(monkeypatch, hours=3, passed_seconds=120)

    assert await keys.bring("https://keys.example", "two")
