"""The ways of signing a webhook that most networks share, as data: Standard Webhooks, and an HMAC in a header.

A network whose rule is one of these declares it and calls `verify`; it writes no cryptography of its own.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from connectors.errors import SignatureInvalid
from connectors.exchange import Request
from connectors.toolkit.signatures import equals_any, hmac_digest, require_equal, require_fresh

Algorithm = Literal["sha1", "sha256", "sha512"]
Encoding = Literal["hex", "base64"]
Signed = Literal["body", "time.body", "url+body"]

_SECRET_PREFIX = b"whsec_"
_DIGITS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class HmacScheme:
    """An HMAC of the body in one header."""

    header: str
    """Lower case."""
    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""
    """What stands before the digest (`sha256=`)."""
    signed: Signed = "body"
    """What is signed: `time.body` has the Unix time in seconds and a full stop before the body, and the header holds
    both as `t=<time>,v1=<digest>`; `url+body` has the address we gave the sender before it.
    """

    def digest(self, secret: bytes, content: bytes) -> str:
        """The digest as the header shows it, without prefix."""
        raw = hmac_digest(secret, content, self.algorithm)
        return raw.hex() if self.encoding == "hex" else base64.b64encode(raw).decode()


def verify_hmac(scheme: HmacScheme, request: Request, secrets: Iterable[bytes], *, url: str, now: int) -> None:
    """Raise SignatureInvalid unless one of the secrets made the header. A signed time may be 5 minutes off."""
    given = request.headers.get(scheme.header, "")
    if scheme.signed == "time.body":
        seconds, given_digests = _timed(given)
        expected = [scheme.digest(s, f"{seconds}.".encode() + request.body) for s in secrets]
        _require_any(given_digests, expected, what=scheme.header)
        require_fresh(seconds, now)
        return
    content = url.encode() + request.body if scheme.signed == "url+body" else request.body
    require_equal(given, [scheme.prefix + scheme.digest(s, content) for s in secrets], what=scheme.header)


def standard_key(secret: bytes) -> bytes:
    """The key in a Standard Webhooks secret: the bytes behind `whsec_` in base64. A secret without that prefix is used
    as it is, for senders that know no other. Raises SignatureInvalid when what follows the prefix is not base64.
    """
    if not secret.startswith(_SECRET_PREFIX):
        return secret
    try:
        return base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise SignatureInvalid("the channel's secret has whsec_ before something that is not base64") from None


def standard_headers(message_id: str, body: bytes, secrets: Sequence[bytes], now: int) -> dict[str, str]:
    """Headers that sign a webhook of ours, with one signature for each live secret.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11-22).
    """
    seconds = now // 1_000_000
    signatures = [_standard(standard_key(secret), message_id, str(seconds), body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signatures),
    }


def verify_standard(headers: Mapping[str, str], body: bytes, secrets: Iterable[bytes], now: int) -> None:
    """Raise SignatureInvalid unless one of up to a dozen signatures is of one of the secrets and the signed time lies
    within 5 minutes. Signatures of kinds other than `v1` are passed over.
    """
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not _DIGITS.fullmatch(seconds):
        raise SignatureInvalid("webhook-id or webhook-timestamp is missing or is not a number")
    given = headers.get("webhook-signature", "").split(" ")[:12]
    expected = [_standard(standard_key(secret), message_id, seconds, body) for secret in secrets]
    _require_any(given, expected, what="webhook-signature")
    require_fresh(int(seconds), now)


def verify_basic(request: Request, secrets: Iterable[bytes]) -> None:
    """Raise SignatureInvalid unless Basic authentication (RFC 7617) carries a secret, each `user:password`."""
    expected = [b"Basic " + base64.b64encode(secret) for secret in secrets]
    require_equal(request.headers.get("authorization"), expected, what="authorization")


def verify_bearer(request: Request, secrets: Iterable[bytes]) -> None:
    """Raise SignatureInvalid unless one of the secrets is the bearer token (RFC 6750)."""
    expected = [b"Bearer " + secret for secret in secrets]
    require_equal(request.headers.get("authorization"), expected, what="authorization")


def _standard(key: bytes, message_id: str, seconds: str, body: bytes) -> str:
    content = f"{message_id}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac_digest(key, content)).decode()


def _timed(header: str) -> tuple[int, list[str]]:
    """Time and digests of `t=1700000000,v1=…,v1=…` (https://docs.stripe.com/webhooks/signature, read 2026-11-22)."""
    pairs = [part.strip().partition("=") for part in header.split(",")[:12]]
    times = [value for name, _, value in pairs if name == "t"]
    if len(times) != 1 or not _DIGITS.fullmatch(times[0]):
        raise SignatureInvalid("the signature header has no single time (t=<seconds>)")
    return int(times[0]), [value for name, _, value in pairs if name == "v1"]


def _require_any(given: Iterable[str], expected: Sequence[str], *, what: str) -> None:
    matched = False
    for one in given:
        matched |= equals_any(one, expected)
    if not matched:
        raise SignatureInvalid(f"{what} is missing or does not match")
