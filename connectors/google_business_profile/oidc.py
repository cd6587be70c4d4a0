"""Checking the token that a Pub/Sub push carries: an OpenID Connect token signed by Google for this address.

https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions (read 2026-11-22): RS256, the issuer Google, the
audience and the service account of the subscription. The body is not signed, which is why it counts as a hint only.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Struct

from connectors.contract import Context
from connectors.errors import KeyUnknown, PayloadInvalid, SignatureInvalid
from connectors.toolkit.payload import decode
from connectors.toolkit.signatures import require_equal

T = TypeVar("T")

ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_LONGEST = 8192
"""Characters of a token that are looked at; Google's have about 1200."""
_SKEW_SECONDS = 300
"""How far the token's time of issue may lie ahead of our clock."""


class _Head(Struct, frozen=True):
    alg: str = ""
    kid: str = ""


class Claims(Struct, frozen=True, kw_only=True):
    """What the token states; times in seconds."""

    iss: str = ""
    aud: str = ""
    email: str = ""
    email_verified: bool = False
    iat: float = 0
    exp: float = 0


class _Key(Struct, frozen=True):
    n: str
    e: str


def require_push_token(token: str, ctx: Context) -> None:
    """Raise SignatureInvalid unless Google signed the token for this channel's push subscription, and KeyUnknown where
    its key is not loaded yet.
    """
    claims = _claims(token, ctx)
    now = ctx.now // 1_000_000
    if claims.exp <= now or claims.iat > now + _SKEW_SECONDS:
        raise SignatureInvalid(f"the push token is good from {claims.iat:.0f} until {claims.exp:.0f}, now is {now}")
    require_equal(claims.iss, ISSUERS, what="iss of the push token")
    require_equal(claims.aud, [ctx.settings.get("push_audience") or ctx.webhook_url], what="aud of the push token")
    require_equal(claims.email, [ctx.settings.get("push_service_account", "")], what="email of the push token")
    if not claims.email_verified:
        raise SignatureInvalid("email of the push token is not verified")


def _claims(token: str, ctx: Context) -> Claims:
    """The claims of a token whose signature holds."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > _LONGEST:
        raise SignatureInvalid("the bearer token is no JSON web token")
    head = _read(parts[0], _Head)
    if head.alg != "RS256":
        raise SignatureInvalid(f"the push token is signed by {head.alg[:20]!r}, not by RS256")
    key = ctx.keys.get(head.kid)
    if key is None:
        raise KeyUnknown(head.kid[:200])
    try:
        signed = f"{parts[0]}.{parts[1]}".encode()
        _public_key(key).verify(_bytes(parts[2]), signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise SignatureInvalid("the push token's signature does not match") from None
    return _read(parts[1], Claims)


@lru_cache(maxsize=16)
def _public_key(jwk: bytes) -> RSAPublicKey:
    """The key in a JWK (RFC 7517, RFC 7518 6.3.1)."""
    try:
        key = decode(jwk, _Key)
        numbers = RSAPublicNumbers(e=int.from_bytes(_bytes(key.e)), n=int.from_bytes(_bytes(key.n)))
        return numbers.public_key()
    except (PayloadInvalid, ValueError):
        raise SignatureInvalid("the key that the push token names cannot be read") from None


def _read(part: str, wanted: type[T]) -> T:
    try:
        return decode(_bytes(part), wanted)
    except PayloadInvalid as broken:
        raise SignatureInvalid(f"the push token cannot be read: {broken}") from None


def _bytes(text: str) -> bytes:
    """Base64url without padding. Only the one way of writing it counts, so that no bit of a token is free to change."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise SignatureInvalid("the push token is not base64url") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise SignatureInvalid("the push token is not base64url in its shortest form")
    return data
