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
    "<!doctype html><title>Inbox</title><meta http-equiv='refresh' content='5'><p>The web app is being built, or was "
    "not. If it does not come, run <code>make frontend</code>. The API works: <a href='/api/docs'>/api/docs</a>."
)
_PACKAGED = Path(str(resources.files("inbox"))) / "_frontend"
_IN_TREE = Path(__file__).resolve().parent.parent / "frontend" / "dist"


def dist() -> Path | None:
    """Folder of the built app: inside the installed package, or in the working tree. None when it is not built."""
    return next((found for found in (_PACKAGED, _IN_TREE) if (found / "index.html").exists()), None)


def served_from() -> Path:
    """That folder, or where it will be: in a working tree the app is built in its place, goes and comes again."""
    return dist() or _IN_TREE


def static_routes() -> list[BaseRoute]:
    """Routes of the web app; the last ones, since they answer every path."""
    root = served_from()

    async def page(request: Request) -> Response:
        asked = _file(root, request.path_params.get("path", ""))
        if asked is not None:
            # Python does not know this kind by its name, and a browser installs nothing that is called otherwise.
            kind = "application/manifest+json" if asked.suffix == ".webmanifest" else None
            return FileResponse(asked, media_type=kind, headers={**_HEADERS, "cache-control": "no-cache"})
        try:
            found = (root / "index.html").read_bytes()
        except OSError:
            return HTMLResponse(_MISSING, headers={**_HEADERS, "retry-after": "5"}, status_code=503)
        return HTMLResponse(found, headers={**_HEADERS, "cache-control": "no-cache"})

    assets = _Forever(_Assets(directory=root / "assets", check_dir=False))
    return [Mount("/assets", assets), Route("/", page), Route("/{path:path}", page)]


def _file(root: Path, name: str) -> Path | None:
    """The file of a path, below the folder; None where there is none."""
    try:
        asked = (root / name).resolve()
        return asked if name and asked.is_file() and asked.is_relative_to(root) else None
    except (OSError, ValueError):  # longer than a file's name can be, or with a NUL in it
        return None


class _Assets(StaticFiles):
    """What is asked for while the folder is away is not found; no more than that."""

    async def check_config(self) -> None:
        """It need not be there."""


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
