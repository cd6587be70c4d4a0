"""How Meta signs Instagram's deliveries, and the channel that the goldens are for."""

from connectors._meta.signatures import HEADER
from connectors._meta.signatures import sign as signature
from connectors.contract import Context

_NOW = 1_795_336_000_000_000
"""2026-11-22T08:26:40Z, in µs."""


def context() -> Context:
    """The account @alkyon.home, signed in with Instagram."""
    return Context(
        now=_NOW,
        nonce=lambda: "0123456789abcdefghijklmnop",
        channel_id="1",
        base_url="https://graph.instagram.com",
        public_url="https://inbox.example",
        webhook_url="https://inbox.example/hooks/instagram/1",
        settings={
            "login": "instagram",
            "ig_user_id": "17841400000000042",
            "app_scoped_id": "27841400000000042",
            "username": "alkyon.home",
            "human_agent": "yes",
            "app_id": "1400000000000042",
            "api_version": "v25.0",
        },
        credentials={
            "access_token": "IGAAkit-made-up-token",
            "app_secret": "kit-app-secret-of-32-characters0",
            "verify_token": "kit-verify-token",
        },
        secrets=(b"kit-app-secret-of-32-characters0",),
        media_url=lambda blob: f"https://inbox.example/media/{blob.sha256}",
        asset_id="17841400000000042",
    )


def sign(headers: dict[str, str], body: bytes, ctx: Context) -> dict[str, str]:
    """The headers with the body's signature by the newest secret."""
    return {**headers, HEADER: signature(body, ctx.secrets[0])}
