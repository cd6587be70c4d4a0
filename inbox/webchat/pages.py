"""The widget's files: the loader that stands on other people's pages, and the page inside its frame."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from inbox.webchat.site import Site

_NOT_BUILT = "The chat widget is not built: run `make frontend`.\n"
_WEEK = "public, max-age=31536000, immutable"
_HOUR = "public, max-age=3600"


class WidgetFiles:
    """The built widget in a folder: `widget.js`, `index.html` and `assets/`."""

    def __init__(self, folder: Path, public_url: str, media_origin: str = "") -> None:
        """`media_origin`: where attachments are served from, if not here."""
        self._folder = folder
        self._public_url = public_url
        self._media_origin = media_origin

    def loader(self) -> Response:
        """`/widget.js`: any website may load it; it does nothing where the chat may not stand."""
        path = self._folder / "widget.js"
        if not path.is_file():
            return PlainTextResponse(_NOT_BUILT, 503)
        headers = {"Cache-Control": _HOUR, "Cross-Origin-Resource-Policy": "cross-origin", **_PLAIN}
        return FileResponse(path, media_type="text/javascript", headers=headers)

    def asset(self, name: str) -> Response:
        """A file of the frame's page; its name changes with its content."""
        root = (self._folder / "assets").resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            return PlainTextResponse("not found\n", 404, _PLAIN)
        return FileResponse(path, headers={"Cache-Control": _WEEK, **_PLAIN})

    def frame(self, site: Site, host: str) -> Response:
        """The page inside the frame. Only websites on the channel's list may frame it."""
        path = self._folder / "index.html"
        if not path.is_file():
            return PlainTextResponse(_NOT_BUILT, 503)
        return HTMLResponse(path.read_text(), headers={"Content-Security-Policy": self._policy(site, host), **_PAGE})

    def _policy(self, site: Site, host: str) -> str:
        ancestors = " ".join(["'self'", *(str(one) for one in site.allowed)])
        # Older browsers do not count a websocket of the same host as 'self'.
        sockets = " ".join(f"{scheme}://{one}" for one in {host, urlsplit(self._public_url).netloc} - {""}
                           for scheme in ("ws", "wss"))  # fmt: skip
        media = f" {self._media_origin}" if self._media_origin else ""
        return (
            f"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self' {sockets}; "
            f"img-src 'self' data: blob:{media}; media-src 'self' blob:{media}; base-uri 'none'; form-action 'none'; "
            f"frame-ancestors {ancestors}"
        )


_PLAIN = {"X-Content-Type-Options": "nosniff"}
_PAGE = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    **_PLAIN,
}
