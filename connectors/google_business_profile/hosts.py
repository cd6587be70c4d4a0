"""Where Google's services are. A channel's own base URL stands in for all of them."""

from __future__ import annotations

from connectors.contract import Context
from connectors.google_business_profile.manifest import MANIFEST

REVIEWS = (MANIFEST.base_url, "/v4")
ACCOUNTS = ("https://mybusinessaccountmanagement.googleapis.com", "/v1")
INFORMATION = ("https://mybusinessbusinessinformation.googleapis.com", "/v1")
NOTIFICATIONS = ("https://mybusinessnotifications.googleapis.com", "/v1")
VERIFICATIONS = ("https://mybusinessverifications.googleapis.com", "/v1")
TOKENS = ("https://oauth2.googleapis.com", "/token")
SIGN_IN = ("https://accounts.google.com", "/o/oauth2/v2/auth")
"""https://developers.google.com/my-business/ref_overview and https://developers.google.com/identity/protocols/oauth2/
web-server (read 2026-11-22).
"""


def address(ctx: Context, service: tuple[str, str], path: str = "") -> str:
    """The address of a path of a service."""
    host, version = service
    own = ctx.base_url != MANIFEST.base_url
    return f"{ctx.base_url if own else host}{version}{path}"
