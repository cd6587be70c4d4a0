"""What an admin enters for a developer app at Meta, and the version of the Graph API that is spoken."""

from __future__ import annotations

from connectors.contract import Context, Field

DEFAULT_VERSION = "v25.0"
"""A version lives for about two years. https://developers.facebook.com/docs/graph-api/changelog (read 2026-11-22)."""

APP_FIELDS: tuple[Field, ...] = (
    Field(
        "app_id",
        "App ID",
        required=False,
        of_app=True,
        help="App settings → Basic at developers.facebook.com. Needed to sign in with Facebook.",
    ),
    Field(
        "app_secret",
        "App secret",
        secret=True,
        of_app=True,
        help="App settings → Basic. Every delivery is signed with it.",
    ),
    Field(
        "verify_token",
        "Verify token",
        secret=True,
        required=False,
        of_app=True,
        help="Any text; enter the same one under Webhooks → Edit subscription.",
    ),
)

API_VERSION = Field("api_version", "Graph API version", required=False, default=DEFAULT_VERSION, help="Such as v25.0.")


def version(ctx: Context) -> str:
    """The version of the Graph API that the channel speaks, as it stands in addresses."""
    return ctx.settings.get("api_version", "").strip().strip("/") or DEFAULT_VERSION
