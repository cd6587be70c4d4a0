"""Signatures of Meta's webhooks, its handshake, and the signed requests of its call-backs.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started and
https://developers.facebook.com/docs/facebook-login/guides/advanced/signed-requests (read 2026-11-22).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from connectors.contract import Context
from connectors.errors import SignatureInvalid
from connectors.exchange import Request, Response
from connectors.toolkit.payload import decode
from connectors.toolkit.schemes import HmacScheme, verify_hmac
from connectors.toolkit.signatures import hmac_digest, require_equal

HEADER = "x-hub-signature-256"
_SCHEME = HmacScheme(header=HEADER, prefix="sha256=")
_TEXT = {"content-type": "text/plain; charset=utf-8"}
_ERASED = b"What was kept here of your account was erased when your request arrived.\n"
"""Shown at the address that a deletion is answered with (`connectors._meta.withdrawals`)."""


def verify(request: Request, ctx: Context) -> None:
    """Raise SignatureInvalid unless the raw body is signed with a live secret of the app."""
    verify_hmac(_SCHEME, request, secrets_of(ctx), url="", now=ctx.now)


def answer(request: Request, ctx: Context) -> Response | None:
    """Repeat `hub.challenge` to whoever knows the verify token, and tell whoever asks after his deletion that it is
    done; None when the request is a delivery. Raises SignatureInvalid for a wrong token.
    """
    if request.method != "GET":
        return None
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    if "hub.mode" not in query and "code" in query:
        return Response(status=200, headers=_TEXT, body=_ERASED)
    if query.get("hub.mode") != "subscribe":
        raise SignatureInvalid("hub.mode is not subscribe")
    require_equal(query.get("hub.verify_token"), [ctx.credentials.get("verify_token", "")], what="hub.verify_token")
    body = query.get("hub.challenge", "").encode()
    return Response(status=200, headers=_TEXT, body=body)


def sign(body: bytes, secret: bytes | str) -> str:
    """The header that signs a body: for simulators and tests."""
    return _SCHEME.prefix + _SCHEME.digest(secret.encode() if isinstance(secret, str) else secret, body)


def signed_request(text: str, secrets: Iterable[bytes]) -> dict[str, Any]:
    """What a `signed_request` (`<signature>.<payload>`, both base64url) says. The second part is signed as it is
    written. Raises SignatureInvalid for any other signature, PayloadInvalid when the payload is no JSON object.
    """
    signature, _, payload = text.partition(".")
    made = [hmac_digest(secret, payload.encode()) for secret in secrets if secret]
    require_equal(_from_base64url(signature), made, what="signed_request")
    return decode(_from_base64url(payload) or b"", dict[str, Any], path="signed_request")


def secrets_of(ctx: Context) -> list[bytes]:
    """The app's secrets that may have signed something: those live now, and one that was replaced lately."""
    kept = (ctx.credentials.get("app_secret", ""), ctx.credentials.get("app_secret_previous", ""))
    return [secret for secret in (*ctx.secrets, *(one.encode() for one in kept)) if secret]


def _from_base64url(text: str) -> bytes | None:
    """The bytes; None for what is no base64url."""
    try:
        return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
