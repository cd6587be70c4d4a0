"""Connecting a Page for Messenger: signing in with Facebook, and attaching the Page to the app."""

from __future__ import annotations

from connectors._meta import pages
from connectors.contract import Context, Setup
from connectors.exchange import Exchange
from connectors.messenger.manifest import FIELDS, SCOPES

OAUTH = pages.oauth("messenger", SCOPES)


def setup(ctx: Context) -> Exchange[Setup]:
    """Prove the token, find the Page, and subscribe to its conversations. Raises SendError."""
    return (yield from pages.setup(ctx, ("pages_messaging", "pages_manage_metadata"), FIELDS))


def teardown(ctx: Context) -> Exchange[None]:
    """Subscribe to the Page's conversations no longer. Raises SendError."""
    yield from pages.teardown(ctx, FIELDS)
