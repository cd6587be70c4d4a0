"""How Template signs, and a channel connected to it."""

from connectors._template.inbound import SIGNATURE
from connectors._template.simulator import ACCESS_TOKEN, WEBHOOK_SECRET
from connectors.contract import Context


def context() -> Context:
    """A channel with made-up credentials."""
    return Context(
        now=1_795_336_000_000_000,
        nonce=lambda: "0" * 26,
        channel_id="7",
        base_url="https://api.network.example",
        public_url="https://inbox.example",
        webhook_url="https://inbox.example/hooks/_template/7",
        credentials={"access_token": ACCESS_TOKEN, "webhook_secret": WEBHOOK_SECRET},
        secrets=(WEBHOOK_SECRET.encode(),),
        asset_id="page-1",
    )


def sign(headers: dict[str, str], body: bytes, ctx: Context) -> dict[str, str]:
    """The headers with the signature of the body by the newest secret."""
    return {**headers, SIGNATURE.header: SIGNATURE.prefix + SIGNATURE.digest(ctx.secrets[0], body)}
