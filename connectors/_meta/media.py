"""Files that stand in deliveries as addresses: signed, short-lived, on Meta's content servers.

Addresses in `fallback`, `share` and `reel` attachments lead to pages and not to files; some have no host.
"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from connectors.contract import Context

HOSTS = ("*.fbcdn.net", "*.fbsbx.com", "*.cdninstagram.com")
"""Where files are. Seen in deliveries; https://developers.facebook.com/docs/graph-api/reference/user/picture
(read 2026-11-22) names fbsbx.com and fbcdn.net.
"""
_SITE = "https://www.facebook.com/"
_LONGEST = 8192


def file_url(url: str | None, ctx: Context) -> str | None:
    """The address to load a file from; None where there is none, or it leads to somebody else's server.

    An address without a host is one of the API's own.
    """
    if not url or len(url) > _LONGEST:
        return None
    if url.startswith("/") and not url.startswith("//"):
        return f"{ctx.base_url}{url}"
    host = _host(url)
    return url if any(host.endswith(suffix.removeprefix("*")) for suffix in HOSTS) else None


def page_url(url: str | None) -> str:
    """The address of a page, to be shown and never loaded; empty where it is none."""
    if not url or len(url) > _LONGEST or not url.startswith(("https://", "http://", "/")):
        return ""
    try:
        return urljoin(_SITE, url)
    except ValueError:
        return ""


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        return f".{parts.hostname or ''}" if parts.scheme == "https" else ""
    except ValueError:
        return ""
