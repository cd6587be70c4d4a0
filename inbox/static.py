"""The built web app: hashed files cached for good, all else the page itself, under a strict content policy."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
    "media-src 'self' blob:; font-src 'self' data:; connect-src 'self' ws: wss:; frame-src 'self' blob: data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_MISSING = (
    "<!doctype html><title>Inbox</title><p>The web app is not built. Run <code>make frontend</code>, "
    "then start again. The API works: <a href='/api/docs'>/api/docs</a>."
)


def dist() -> Path | None:
    """Folder of the built app: inside the installed package, or in the working tree. None when it is not built."""
    packaged = Path(str(resources.files("inbox"))) / "_frontend"
    for found in (packaged, Path(__file__).resolve().parent.parent / "frontend" / "dist"):
        if (found / "index.html").exists():
            return found
    return None


def static_routes() -> list[BaseRoute]:
    """Routes of the web app; the last ones, since they answer every path."""
    root = dist()

    async def page(request: Request) -> Response:
        if root is None:
            return HTMLResponse(_MISSING, headers=_HEADERS, status_code=503)
        asked = _file(root, request.path_params.get("path", ""))
        if asked is not None:
            # Python does not know this kind by its name, and a browser installs nothing that is called otherwise.
            kind = "application/manifest+json" if asked.suffix == ".webmanifest" else None
            return FileResponse(asked, media_type=kind, headers={**_HEADERS, "cache-control": "no-cache"})
        return FileResponse(root / "index.html", headers={**_HEADERS, "cache-control": "no-cache"})

    routes: list[BaseRoute] = []
    if root is not None and (root / "assets").is_dir():
        routes.append(Mount("/assets", _Forever(StaticFiles(directory=root / "assets"))))
    return [*routes, Route("/", page), Route("/{path:path}", page)]


def _file(root: Path, name: str) -> Path | None:
    """The file of a path, below the folder; None where there is none."""
    try:
        asked = (root / name).resolve()
        return asked if name and asked.is_file() and asked.is_relative_to(root) else None
    except (OSError, ValueError):  # longer than a file's name can be, or with a NUL in it
        return None


class _Forever:
    """Files whose name holds their hash never change."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: object) -> None:
            if isinstance(message, dict) and message.get("type") == "http.response.start":
                headers = list(message.get("headers", ()))
                headers.append((b"cache-control", b"public, max-age=31536000, immutable"))
                headers.append((b"x-content-type-options", b"nosniff"))
                message = {**message, "headers": headers}
            await send(message)  # type: ignore[arg-type]

        await self.app(scope, receive, sending)
