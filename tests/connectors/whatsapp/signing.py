"""How WhatsApp signs, and the channel that the goldens are for."""

from connectors._meta.signatures import HEADER
from connectors._meta.signatures import sign as signed
from connectors.contract import Context

_NOW = 1_795_300_000_000_000
"""2026-11-21T22:26:40Z, in µs."""


def context() -> Context:
    """The number +1 555 078 3881 of a business at Meta."""
    return Context(
        now=_NOW,
        nonce=lambda: "0123456789abcdefghijklmnop",
        channel_id="1",
        base_url="https://graph.facebook.com",
        public_url="https://inbox.example",
        webhook_url="https://inbox.example/hooks/meta",
        settings={
            "phone_number_id": "106540352242922",
            "waba_id": "102290129340398",
            "app_id": "1400000000000042",
            "api_version": "v25.0",
            "template_language": "en_US",
        },
        credentials={
            "access_token": "EAAkit-made-up-system-user-token",
            "app_secret": "kit-app-secret-0123456789abcdef",
            "verify_token": "kit-verify-token",
        },
        secrets=(b"kit-app-secret-0123456789abcdef",),
        asset_id="106540352242922",
    )


def sign(headers: dict[str, str], body: bytes, ctx: Context) -> dict[str, str]:
    """The headers with the signature of the raw body, by the newest secret."""
    return {**headers, HEADER: signed(body, ctx.secrets[0])}
