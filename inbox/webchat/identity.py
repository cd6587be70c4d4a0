"""Proof of who a visitor is, made by the website's own server with the channel's identity secret.

Two forms: `hash`, the hex HMAC-SHA256 of the customer's id (the convention of
https://developers.intercom.com/installing-intercom/web/identity-verification, read 2026-11-22), which never ends; or
`jwt`, HS256 with `sub` and `exp` at most ten minutes ahead (RFC 7519), which may also vouch for the address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import msgspec

from inbox.clock import SECOND
from inbox.errors import Forbidden

MAX_JWT_SECONDS = 600
_LEEWAY_SECONDS = 30
_MAX_ID_CHARS = 190
_MAX_JWT_CHARS = 4_000


class Proven(msgspec.Struct, frozen=True):
    """A customer of the website. `email` is the one the proof names; empty where it names none."""

    external_id: str
    email: str = ""
    name: str = ""


class _Header(msgspec.Struct):
    alg: str


class _Claims(msgspec.Struct):
    sub: str
    exp: float
    email: str = ""
    name: str = ""


class ProofRefused(Forbidden):
    """The proof does not hold. The text is for the website's developer, in the browser's console."""

    default_code = "identity_refused"


def prove(secret: str, *, external_id: str = "", hashed: str = "", jwt: str = "", now: int) -> Proven:
    """Who the proof says the visitor is. Raises ProofRefused."""
    if not secret:
        raise ProofRefused("this channel has no identity secret: save the channel once to make one")
    proven = _by_jwt(secret, jwt, now) if jwt else _by_hash(secret, external_id, hashed)
    if not 0 < len(proven.external_id) <= _MAX_ID_CHARS or not proven.external_id.isprintable():
        raise ProofRefused(f"the customer's id must be 1 to {_MAX_ID_CHARS} printable characters")
    if external_id and proven.external_id != external_id:
        raise ProofRefused("the token is for another customer than external_id says")
    return proven


def hash_of(secret: str, external_id: str) -> str:
    """The proof a website's server makes."""
    return hmac.new(secret.encode(), external_id.encode(), hashlib.sha256).hexdigest()


def _by_hash(secret: str, external_id: str, hashed: str) -> Proven:
    if not hmac.compare_digest(hash_of(secret, external_id).encode(), hashed.strip().lower().encode()):
        raise ProofRefused("the hash is not that of external_id: sign it with the channel's identity secret, in hex")
    return Proven(external_id)


def _by_jwt(secret: str, jwt: str, now: int) -> Proven:
    signed, _, signature = jwt[:_MAX_JWT_CHARS].rpartition(".")
    header, _, body = signed.partition(".")
    expected = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    try:
        if msgspec.json.decode(_unb64(header), type=_Header).alg != "HS256":
            raise ProofRefused("the token must be signed with HS256")
        if not hmac.compare_digest(expected, _unb64(signature)):
            raise ProofRefused("the token's signature is not made with the channel's identity secret")
        claims = msgspec.json.decode(_unb64(body), type=_Claims)
    except (ValueError, msgspec.DecodeError):
        raise ProofRefused("the token is no JWT with sub and exp") from None
    left = claims.exp - now / SECOND
    if left < -_LEEWAY_SECONDS:
        raise ProofRefused("the token is over: make one for each page")
    if left > MAX_JWT_SECONDS + _LEEWAY_SECONDS:
        raise ProofRefused(f"the token lasts too long: exp at most {MAX_JWT_SECONDS} s ahead")
    return Proven(claims.sub, claims.email, claims.name)


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
