"""Files: taken in for an answer, and given out by signed address, without a cookie."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import msgspec
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from inbox import ids
from inbox.api.call import Call
from inbox.api.deps import Deps
from inbox.api.problems import problem_response
from inbox.api.routing import Routes
from inbox.commands.upload import AddUpload
from inbox.domain.records import Media
from inbox.errors import InboxError, Invalid, NotFound
from inbox.storage import media_rows
from inbox.transport.media import READ_BYTES, kind_of

routes = Routes("Attachments")
MAX_FILE_BYTES = 100 * 1024 * 1024
_FORM_BYTES = 65_536
"""What a form adds to its file."""
_DRAWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
"""Raster images that browsers draw and cannot run."""
_PLAYED = frozenset({"video/mp4", "video/webm", "audio/mpeg", "audio/ogg", "audio/mp4", "audio/webm", "audio/wav"})
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


class UploadShape(msgspec.Struct, kw_only=True):
    """A file that can be attached."""

    id: str
    name: str
    mime: str
    size_bytes: int
    kind: str
    url: str


@routes.post("/attachments", needs="note", max_body_bytes=MAX_FILE_BYTES + _FORM_BYTES, form=True)
async def upload(call: Call) -> UploadShape:
    """Take a file in: a form with one part named `file`. Its type is told by its bytes."""
    async with _form(call.request) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid("send a form with one file in the part `file`", code="file")
        blob = await call.deps.media.write(
            _chunks(file), max_bytes=MAX_FILE_BYTES, name=file.filename or "", declared=file.content_type or ""
        )
    media: Media = await call.submit(AddUpload(call.principal, blob))
    return UploadShape(
        id=str(media.id),
        name=media.name,
        mime=media.mime,
        size_bytes=media.size_bytes or 0,
        kind=kind_of(media.mime),
        url=call.deps.links.url(media.id, media.name),
    )


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[FormData]:
    """The form with its file. Raises Invalid (`file`) for one that cannot be read, or has more than one file."""
    try:
        form = await request.form(max_files=1, max_fields=4)
    except HTTPException as broken:
        raise Invalid(f"{broken.detail} Send a form with one file in the part `file`", code="file") from broken
    try:
        yield form
    finally:
        await form.close()


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(READ_BYTES):
        yield chunk


def media_routes(deps: Deps) -> list[Route]:
    """`/media/…`: outside the API, since browsers and networks load these addresses by themselves."""

    async def attachment(request: Request) -> Response:
        return await _guarded(_of_attachment(deps, request))

    async def blob(request: Request) -> Response:
        return await _guarded(_of_blob(deps, request))

    return [
        Route("/media/blob/{sha256}/{name}", blob, methods=["GET"]),
        Route("/media/{media_id:int}/{name}", attachment, methods=["GET"]),
    ]


async def _guarded(work: object) -> Response:
    try:
        response: Response = await work  # type: ignore[misc]
    except InboxError as problem:
        return problem_response(problem, ids.nonce())
    return response


async def _of_attachment(deps: Deps, request: Request) -> Response:
    media_id = request.path_params["media_id"]
    _require_signed(deps, request, media_id)
    media = await deps.database.read(media_rows.one, media_id)
    if media is None or media.sha256 is None:
        raise NotFound("there is no such file: it was erased, or never kept")
    return await _file(deps, request, media.sha256, media.mime, media.name)


async def _of_blob(deps: Deps, request: Request) -> Response:
    sha256 = request.path_params["sha256"]
    _require_signed(deps, request, sha256)
    media = await deps.database.read(media_rows.of_blob, sha256)
    if media is None:
        raise NotFound("there is no such file: it was erased, or never kept")
    return await _file(deps, request, sha256, media.mime, media.name)


def _require_signed(deps: Deps, request: Request, what: int | str) -> None:
    query = request.query_params
    if not deps.links.allows(what, query.get("until", ""), query.get("sig", "")):
        raise NotFound("this address is not, or no longer, good: load the conversation again")


async def _file(deps: Deps, request: Request, sha256: str, mime: str, name: str) -> Response:
    size = await deps.media.size_bytes(sha256)
    start, end = _span(request.headers.get("range", ""), size)
    partial = (start, end) != (0, size)
    shown = mime in _DRAWN or mime in _PLAYED
    placed = "inline" if shown else "attachment"
    headers = {
        "Content-Type": mime if shown else "application/octet-stream",
        "Content-Disposition": f"{placed}; filename*=UTF-8''{quote(name or 'file', safe='')}",
        "Content-Length": str(end - start),
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, max-age=3600, immutable",
    }
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    body = deps.media.read(sha256, start=start, length=end - start)
    return StreamingResponse(body, 206 if partial else 200, headers)


def _span(header: str, size: int) -> tuple[int, int]:
    """First byte and the one after the last; the whole file for no range, or one that makes no sense."""
    match = _RANGE.fullmatch(header.strip())
    if match is None:
        return 0, size
    start = int(match[1])
    end = min(int(match[2]) + 1, size) if match[2] else size
    return (start, end) if start < end else (0, size)
