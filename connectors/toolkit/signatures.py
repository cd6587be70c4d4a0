"""Checking that a request is the network's own. Every comparison is constant in time and works on raw bytes."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from connectors.errors import SignatureInvalid


def require_equal(given: str | bytes | None, expected: Iterable[str | bytes], *, what: str) -> None:
    """Raise SignatureInvalid unless `given` equals one of `expected`."""
    if not equals_any(given, expected):
        raise SignatureInvalid(f"{what} is missing or does not match")


def equals_any(given: str | bytes | None, expected: Iterable[str | bytes]) -> bool:
    """Whether `given` equals one of `expected`. All are compared, so that time tells nothing; nothing equals an empty
    one.
    """
    candidate = _bytes(given or b"")
    matched = False
    for one in expected:
        wanted = _bytes(one)
        matched |= bool(wanted) and hmac.compare_digest(candidate, wanted)
    return matched


def hmac_digest(secret: bytes, body: bytes, algorithm: str = "sha256") -> bytes:
    """HMAC of the raw body."""
    return hmac.digest(secret, body, algorithm)


def require_fresh(at_seconds: int, now: int, *, tolerance_seconds: int = 300) -> None:
    """Raise SignatureInvalid unless a signed time (s) lies within the tolerance of `now` (µs), either way."""
    if abs(now // 1_000_000 - at_seconds) > tolerance_seconds:
        raise SignatureInvalid(f"signed {at_seconds}, more than {tolerance_seconds} s from now")


def fingerprint(data: bytes) -> str:
    """A short stable name for some bytes: the first 32 hex digits of their SHA-256."""
    return hashlib.sha256(data).hexdigest()[:32]


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
