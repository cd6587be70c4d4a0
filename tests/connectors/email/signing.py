"""The mailbox that the golden mails were sent to. Mail is not signed; its secret marks our own Message-IDs."""

from connectors.contract import Context

NOW = 1_795_336_000_000_000
"""2026-11-22T08:26:40Z, in µs."""


def context() -> Context:
    """A mailbox with a password, whose receiving server writes Authentication-Results as mx.shop.example."""
    return Context(
        now=NOW,
        nonce=lambda: "n" * 26,
        channel_id="1",
        base_url="",
        public_url="https://inbox.example",
        webhook_url="https://inbox.example/hooks/email/1",
        settings={
            "address": "support@shop.example",
            "aliases": "help@shop.example",
            "name": "Shop Support",
            "imap_host": "imap.shop.example",
            "smtp_host": "smtp.shop.example",
            "authserv_id": "mx.shop.example",
            "plus_address": "yes",
            "signature": "Shop Support\nhttps://shop.example",
        },
        credentials={"password": "made-up-password", "token_secret": "new-made-up-secret old-made-up-secret"},
        asset_id="support@shop.example",
    )
