"""How Meta signs, and the page that the goldens are for."""

from connectors._meta import signatures
from connectors.contract import Context

_NOW = 1_795_300_000_000_000
"""2026-11-21T22:26:40Z, in µs."""
PAGE = "104000000000007"


def context() -> Context:
    """A connected page whose app has one live secret."""
    return Context(
        now=_NOW,
        nonce=lambda: "0123456789abcdefghijklmnop",
        channel_id="1",
        base_url="https://graph.facebook.com",
        public_url="https://inbox.example",
        webhook_url="https://inbox.example/hooks/facebook_page/1",
        settings={"page_id": PAGE, "app_id": "1400000000000042"},
        credentials={
            "page_access_token": "EAAkitmadeuptokenofapage0123456789",
            "app_secret": "kit-app-secret-0123456789abcdef0",
            "verify_token": "kit-verify-token",
        },
        secrets=(b"kit-app-secret-0123456789abcdef0",),
        media_url=lambda blob: f"https://inbox.example/media/{blob.sha256}",
        asset_id=PAGE,
    )


def sign(headers: dict[str, str], body: bytes, ctx: Context) -> dict[str, str]:
    """The headers with the body's HMAC by the newest secret."""
    return {**headers, signatures.HEADER: signatures.sign(body, ctx.secrets[0])}
