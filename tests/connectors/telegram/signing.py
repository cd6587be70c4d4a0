"""How Telegram signs, and the channel that the goldens are for."""

from connectors.contract import Context

_NOW = 1_795_300_000_000_000
"""2026-11-22T08:26:40Z, in µs."""


def context() -> Context:
    """A channel that is the bot @shop_help_bot, with updates by webhook."""
    return Context(
        now=_NOW,
        nonce=lambda: "0123456789abcdefghijklmnop",
        channel_id="1",
        base_url="https://api.telegram.org",
        public_url="https://inbox.example",
        webhook_url="https://inbox.example/hooks/telegram/1",
        settings={"mode": "auto", "username": "shop_help_bot", "discussion_groups": "-1001900000003"},
        credentials={"token": "7013456789:AAHkit-made-up-token-of-35-letters_0"},
        secrets=(b"kit-webhook-secret_0123456789",),
        asset_id="7013456789",
    )


def sign(headers: dict[str, str], body: bytes, ctx: Context) -> dict[str, str]:
    """The headers with the newest secret. The body is not signed."""
    return {**headers, "x-telegram-bot-api-secret-token": ctx.secrets[0].decode()}
