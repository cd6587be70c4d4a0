"""How a customer's system signs, and a channel connected to one."""

from connectors.contract import Context
from connectors.custom.simulator import WEBHOOK_SECRET
from connectors.toolkit import schemes

OTHER_SECRETS = (b"whsec_c2Vjb25kLXNlY3JldC1vZi10aGUta2l0", b"whsec_dGhpcmQtc2VjcmV0LW9mLXRoZS1raXQh")


def context() -> Context:
    """A channel with an address for answers and the default signature."""
    return Context(
        now=1_795_336_000_000_000,
        nonce=lambda: "0" * 26,
        channel_id="7",
        base_url="https://crm.customer.example",
        public_url="https://inbox.example",
        webhook_url="https://inbox.example/hooks/custom/7",
        settings={"name": "Shop", "outbound_url": "https://crm.customer.example/inbox"},
        credentials={"webhook_secret": WEBHOOK_SECRET},
        secrets=(WEBHOOK_SECRET.encode(),),
        media_url=lambda blob: f"https://inbox.example/media/{blob.sha256}?signed",
        asset_id="7",
    )


def sign(headers: dict[str, str], body: bytes, ctx: Context) -> dict[str, str]:
    """The headers with a Standard Webhooks signature by the newest secret."""
    return {**headers, **schemes.standard_headers("msg_2Nv0", body, ctx.secrets[:1], ctx.now)}
