"""Connecting a page for what is said on it in public: signing in with Facebook, and attaching the page to the app."""

from __future__ import annotations

from connectors._meta import pages
from connectors.contract import Context, Setup
from connectors.exchange import Exchange
from connectors.facebook_page.manifest import PRIVATE_SCOPE, SCOPES, SUBSCRIBED_FIELDS

OAUTH = pages.oauth("facebook_page", (*SCOPES, "pages_show_list", PRIVATE_SCOPE))


def setup(ctx: Context) -> Exchange[Setup]:
    """Prove the token, find the page, and subscribe to its feed, mentions and ratings. Raises SendError."""
    return (yield from pages.setup(ctx, SCOPES, SUBSCRIBED_FIELDS))


def teardown(ctx: Context) -> Exchange[None]:
    """Subscribe to what is said on the page no longer; what Messenger needs of it stays. Raises SendError."""
    yield from pages.teardown(ctx, SUBSCRIBED_FIELDS)
