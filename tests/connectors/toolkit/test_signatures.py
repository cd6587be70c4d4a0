"""Constant-time comparison, freshness, fingerprints."""

import hashlib
import hmac

import pytest

from connectors.errors import SignatureInvalid
from connectors.toolkit.signatures import equals_any, fingerprint, hmac_digest, require_equal, require_fresh

NOW = 1_795_336_000_999_999
SECONDS = 1_795_336_000


def test_any_of_several_may_match() -> None:
    """Two live secrets: either will do, in text or bytes."""
    require_equal("b", ["a", "b"], what="token")
    require_equal(b"b", [b"b", "a"], what="token")


@pytest.mark.parametrize(
    ("given", "expected"), [(None, ["a"]), ("", ["a"]), ("", [""]), (None, [""]), ("a", []), ("a", ["b"]), ("é", ["e"])]
)
def test_nothing_else_matches(given: str | None, expected: list[str]) -> None:
    """Above all not nothing with nothing: an empty secret opens no door."""
    with pytest.raises(SignatureInvalid, match="token is missing or does not match"):
        require_equal(given, expected, what="token")


def test_whether_it_matches_can_be_asked_without_a_refusal() -> None:
    """The same rule, where one of several candidates may be wrong."""
    assert equals_any("b", [b"a", "b"])
    assert not equals_any("", [""])


@pytest.mark.parametrize("seconds", [SECONDS, SECONDS - 300, SECONDS + 300])
def test_fresh_within_tolerance(seconds: int) -> None:
    """Five minutes either way are fresh."""
    require_fresh(seconds, NOW)


@pytest.mark.parametrize("seconds", [SECONDS - 301, SECONDS + 301, 0, SECONDS * 1000])
def test_stale_beyond_tolerance(seconds: int) -> None:
    """A second more is not, and milliseconds are never."""
    with pytest.raises(SignatureInvalid):
        require_fresh(seconds, NOW)


def test_digests_are_the_usual_ones() -> None:
    """HMAC of the raw body; half a SHA-256 in hex."""
    assert hmac_digest(b"k", b"body", "sha1") == hmac.new(b"k", b"body", hashlib.sha1).digest()
    assert fingerprint(b"body") == hashlib.sha256(b"body").hexdigest()[:32]
