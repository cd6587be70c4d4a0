"""Whether a request is from the customer's system: Standard Webhooks, or the scheme of a sender that knows no other."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from connectors.contract import Context
from connectors.errors import SignatureInvalid
from connectors.exchange import Request
from connectors.toolkit import schemes

PRESETS: dict[str, schemes.HmacScheme] = {
    # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries (read 2026-11-22)
    "github": schemes.HmacScheme("x-hub-signature-256", prefix="sha256="),
    # https://docs.stripe.com/webhooks/signature (read 2026-11-22)
    "stripe": schemes.HmacScheme("stripe-signature", signed="time.body"),
    # https://shopify.dev/docs/apps/build/webhooks/subscribe/https (read 2026-11-22)
    "base64": schemes.HmacScheme("x-shopify-hmac-sha256", encoding="base64"),
}
"""Signatures of other senders, by the setting `signature`; the settings `signature_…` change single parts."""


def secrets_of(ctx: Context) -> Sequence[bytes]:
    """The live secrets, newest first; raises SignatureInvalid when there is none, since then nothing can be trusted."""
    stored = ctx.credentials.get("webhook_secret", "").encode()
    found = list(ctx.secrets) or ([stored] if stored else [])
    if not found:
        raise SignatureInvalid("the channel has no webhook secret: set one, or connect it again")
    return found


def verify(request: Request, ctx: Context) -> None:
    """Raise SignatureInvalid unless the request is signed as the channel's setting `signature` says."""
    secrets = secrets_of(ctx)
    match ctx.settings.get("signature", "standard"):
        case "standard":
            schemes.verify_standard(request.headers, request.body, secrets, ctx.now)
        case "basic":
            schemes.verify_basic(request, secrets)
        case "bearer":
            schemes.verify_bearer(request, secrets)
        case preset if preset in PRESETS:
            scheme = _adapted(PRESETS[preset], ctx)
            schemes.verify_hmac(scheme, request, secrets, url=ctx.webhook_url, now=ctx.now)
        case other:
            raise SignatureInvalid(f"the setting signature is {other!r}, which is no known scheme")


def _adapted(scheme: schemes.HmacScheme, ctx: Context) -> schemes.HmacScheme:
    """The preset with the parts that the admin set otherwise."""
    parts = {"header": scheme.header, "prefix": scheme.prefix, "signed": scheme.signed}
    parts |= {"algorithm": scheme.algorithm, "encoding": scheme.encoding}
    parts |= {part: value for part in parts if (value := ctx.settings.get(f"signature_{part}", ""))}
    parts["header"] = parts["header"].lower()
    try:
        return msgspec.convert(parts, schemes.HmacScheme)
    except msgspec.ValidationError as error:
        raise SignatureInvalid(f"a setting signature_… of the channel cannot be used: {error}") from None
