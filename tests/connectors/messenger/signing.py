"""How Meta signs, and the channel that the goldens are for."""

from connectors._meta import signatures
from connectors._meta.simulator import APP_ID, APP_SECRET, PAGE_ID, TOKEN, VERIFY_TOKEN
from connectors.contract import Context

_NOW = 1_795_300_000_000_000
"""2026-11-21T22:26:40Z, in µs."""


def context() -> Context:
    """A channel that is the Page of the sandbox, by the sandbox's app."""
    return Context(
        now=_NOW,
        nonce=lambda: "0123456789abcdefghijklmnop",
        channel_id="1",
        base_url="https://graph.facebook.com",
        public_url="https://inbox.example",
        webhook_url="https://inbox.example/hooks/meta",
        settings={"app_id": APP_ID, "page_id": PAGE_ID, "human_agent": "yes", "api_version": "v25.0"},
        credentials={"page_access_token": TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN},
        secrets=(APP_SECRET.encode(),),
        asset_id=PAGE_ID,
    )


def sign(headers: dict[str, str], body: bytes, ctx: Context) -> dict[str, str]:
    """The headers with the signature of the raw body by the newest secret."""
    return {**headers, signatures.HEADER: signatures.sign(body, ctx.secrets[0])}
