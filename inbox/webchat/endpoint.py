"""The chat's addresses: loader, frame, session, socket, and plain requests where no socket gets through.

Requests carry no cookies, so there is nothing to forge across sites; a website that is not on the channel's list gets
no answer it could read, and none that does anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from inbox import clock
from inbox.clock import iso_or_none
from inbox.errors import Forbidden, InboxError, Invalid, RateLimited, TooLarge, Unauthorised
from inbox.eventlog.writer import Writer
from inbox.intake.context import Contexts
from inbox.storage.database import Database
from inbox.throttle import Rate, Throttle
from inbox.transport.images import Images
from inbox.transport.media import MediaStore
from inbox.webchat import frames as f
from inbox.webchat.origins import is_allowed, is_blocked, pattern_of
from inbox.webchat.pages import WidgetFiles
from inbox.webchat.rooms import Rooms
from inbox.webchat.site import Site, Sites, file_rules, text_limit
from inbox.webchat.socket import VisitorEndpoint
from inbox.webchat.token import Claims, VisitorTokens
from inbox.webchat.uploads import Uploads
from inbox.webchat.visitor import Chat, MediaUrl, Visitor
from inbox.webchat.visits import OnTyping, Visits

WAIT_SECONDS = 25.0
SESSIONS = Rate(burst=20, every_seconds=3.0)
POLLS = Rate(burst=30, every_seconds=0.5)
MAX_BODY_BYTES = 65_536
_PREFLIGHT_SECONDS = 600
_encode = msgspec.json.Encoder().encode

Handler = Callable[[Request, Site], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebchatDeps:
    """What the chat needs of the process it runs in."""

    database: Database
    writer: Writer
    contexts: Contexts
    media: MediaStore
    rooms: Rooms
    """Somebody has to `run` it, and to `close` it at the end."""
    throttle: Throttle
    secret_keys: tuple[str, ...]
    """The installation's, newest first."""
    public_url: str
    widget_dir: Path
    """`frontend/dist/widget`."""
    media_url: MediaUrl
    on_typing: OnTyping
    """Told that a visitor writes: the same function that intake's receiver is given."""
    media_origin: str = ""
    wait_seconds: float = WAIT_SECONDS


def webchat_routes(deps: WebchatDeps) -> list[BaseRoute]:
    """All addresses of the chat."""
    doors = _Doors(deps)
    files = doors.files

    async def loader(request: Request) -> Response:
        return files.loader()

    async def asset(request: Request) -> Response:
        return files.asset(request.path_params["name"])

    plain: list[tuple[str, str, Handler]] = [
        ("GET", "config", doors.config),
        ("POST", "session", doors.session),
        ("GET", "events", doors.events),
        ("GET", "history", doors.history),
        ("POST", "messages", doors.say),
        ("POST", "uploads", doors.ticket),
        ("POST", "uploads/{ticket}", doors.upload),
    ]
    routes: list[BaseRoute] = [
        Route("/widget.js", loader, methods=["GET"]),
        Route("/widget/assets/{name:path}", asset, methods=["GET"]),
        Route("/chat/{channel}", doors.frame, methods=["GET"]),
        WebSocketRoute("/chat/{channel}/ws", doors.socket),
    ]
    for method, path, handler in plain:
        routes.append(Route(f"/chat/{{channel}}/{path}", doors.answering(handler), methods=[method, "OPTIONS"]))
    return routes


class _Doors:
    """The handlers."""

    def __init__(self, deps: WebchatDeps) -> None:
        self._deps = deps
        self.files = WidgetFiles(deps.widget_dir, deps.public_url, deps.media_origin)
        self._sites = Sites(deps.contexts)
        self._tokens = VisitorTokens(deps.secret_keys)
        self._uploads = Uploads(deps.media, Images(deps.media), deps.writer, self._tokens, deps.throttle)
        self._chat = Chat(
            database=deps.database,
            directory=deps.contexts.directory,
            visits=Visits(deps.writer, deps.contexts, deps.on_typing),
            tokens=self._tokens,
            rooms=deps.rooms,
            throttle=deps.throttle,
            media_url=deps.media_url,
        )
        self.socket = VisitorEndpoint(self._chat, self._admitted).serve

    # -- who may

    async def _admitted(self, asked: HTTPConnection) -> Site:
        """The chat of an address. Raises NotFound, and Forbidden where the website or the address may not."""
        site = await self._sites.of(asked.path_params["channel"])
        if is_blocked(_address(asked), site.blocked):
            raise Forbidden("this address is blocked here", code="blocked")
        origin, host = asked.headers.get("origin"), asked.headers.get("host", "")
        if not is_allowed(origin, site.allowed, own=self._deps.public_url, host=host):
            raise Forbidden(f"{origin} is not among the websites this chat may stand on", code="origin_refused")
        return site

    def answering(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """A handler that answers with JSON and, to websites on the list, so that their scripts can read it."""

        async def answer(request: Request) -> Response:
            try:
                site = await self._admitted(request)
            except InboxError as problem:
                return _told(problem)
            headers = _readable_by(request.headers.get("origin"))
            if request.method == "OPTIONS":
                return Response(status_code=204, headers={**headers, **_PREFLIGHT})
            try:
                found = await handler(request, site)
            except InboxError as problem:
                return _told(problem, headers)
            return _json(200, found, headers)

        return answer

    def _claims(self, request: Request, site: Site) -> Claims:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorised("send the visitor's token as a bearer token", code="token_missing")
        return self._tokens.read(token, site.channel_id, clock.now())

    async def _visitor(self, request: Request, site: Site) -> Visitor:
        visitor = Visitor(self._chat, site, self._claims(request, site), _address(request))
        await visitor.refresh()
        return visitor

    # -- pages

    async def frame(self, request: Request) -> Response:
        """The page inside the frame. `?host=` names the website that frames it."""
        try:
            site = await self._sites.of(request.path_params["channel"])
            host = request.query_params.get("host")
            own, own_host = self._deps.public_url, request.headers.get("host", "")
            if host is not None and not is_allowed(host, site.allowed, own=own, host=own_host):
                raise Forbidden(f"{host} is not among the websites this chat may stand on", code="origin_refused")
        except InboxError as problem:
            return _told(problem)
        return self.files.frame(site, own_host)

    # -- plain requests

    async def config(self, request: Request, site: Site) -> dict[str, Any]:
        """What the widget shows before anything is said."""
        opening = site.opening(clock.now())
        return {
            "channel": str(site.channel_id),
            "name": site.name,
            "colour": site.colour,
            "languages": site.languages,
            "greeting": site.greeting,
            "quick_replies": site.quick_replies,
            "offline_text": site.offline_text,
            "reply_seconds": site.reply_seconds,
            "privacy_url": site.privacy_url,
            "form": [msgspec.to_builtins(one) for one in site.form],
            "open": opening.open,
            "until": iso_or_none(opening.until),
            "text_limit": text_limit(),
            "files": {
                "max_bytes": max(rule.max_bytes for rule in file_rules()),
                "types": [mime for rule in file_rules() for mime in rule.mimes],
            },
        }

    async def session(self, request: Request, site: Site) -> dict[str, Any]:
        """A token: a new visitor, or the same one again (`{"token": …}`)."""
        seconds = self._deps.throttle.take(("chat-session", _address(request)), SESSIONS)
        if seconds:
            raise RateLimited(f"too many sessions: try again in {seconds} s", retry_after_seconds=seconds)
        given = await _body(request, _SessionBody)
        now = clock.now()
        try:
            claims = self._tokens.read(given.token, site.channel_id, now)
        except Unauthorised:
            return {"token": self._tokens.fresh(site.channel_id, now)[0], "new": True}
        return {"token": self._tokens.renewed(claims, now) or given.token, "new": False}

    async def events(self, request: Request, site: Site) -> dict[str, Any]:
        """Without a socket: what came after `?after=`, at once or when something comes (`&wait=`, at most 25 s)."""
        visitor = await self._visitor(request, site)
        if self._deps.throttle.take(("chat-poll", visitor.key), POLLS):
            raise RateLimited("too many requests", retry_after_seconds=1)
        after = _number(request, "after") or 0
        wait = min(float(_number(request, "wait") or 0), self._deps.wait_seconds)
        frames, seq, more = await self._news(visitor, after, wait)
        read = visitor.standing.read_seq if visitor.standing is not None else 0
        return {"items": frames, "seq": seq, "more": more, "read_up_to_seq": read, "status": visitor.status()}

    async def _news(self, visitor: Visitor, after: int, wait: float) -> tuple[list[f.AnyOut], int, bool]:
        guest = _Waiting(visitor)
        self._deps.rooms.enter(guest)
        try:
            deadline = asyncio.get_running_loop().time() + wait
            while True:
                guest.awake.clear()
                await visitor.refresh()
                if visitor.standing is not None and self._deps.rooms.place(guest, visitor.standing.conversation.id):
                    continue
                frames, seq, more = await visitor.news(after)
                if frames or asyncio.get_running_loop().time() >= deadline:
                    return frames, seq, more
                try:
                    async with asyncio.timeout_at(deadline):
                        await guest.awake.wait()
                except TimeoutError:
                    return frames, seq, more
        finally:
            self._deps.rooms.leave(guest)

    async def history(self, request: Request, site: Site) -> dict[str, Any]:
        """Items below a place (`?before=`), oldest first."""
        visitor = await self._visitor(request, site)
        items = await visitor.history(_number(request, "before"))
        return {"items": items, "more": bool(items) and items[0].place > 1}

    async def say(self, request: Request, site: Site) -> f.Acknowledged:
        """Without a socket: a message, as the frame has it without its `type`."""
        visitor = await self._visitor(request, site)
        given = await _body(request, _MessageBody)
        frame = f.Send(
            client_msg_id=given.client_msg_id, text=given.text, files=given.files, form=given.form, page=given.page
        )
        return await visitor.say(frame)

    async def ticket(self, request: Request, site: Site) -> dict[str, str]:
        """Leave to upload one file."""
        visitor = await self._visitor(request, site)
        return {"ticket": self._uploads.ticket(visitor.claims, _address(request), clock.now())}

    async def upload(self, request: Request, site: Site) -> Any:
        """One file, as the multipart field `file`."""
        claims = self._claims(request, site)
        self._uploads.redeem(request.path_params["ticket"], claims, clock.now())
        largest = max(rule.max_bytes for rule in file_rules())
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > largest + 65_536:
            raise TooLarge(f"a file may have {largest} bytes at most")
        async with request.form(max_files=1, max_fields=2) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise Invalid("the multipart field `file` is missing", code="file_missing")
            return await self._uploads.take(claims, file)


class _Waiting:
    """A request that waits for news; a `rooms.Guest`."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self.awake = asyncio.Event()

    @property
    def visitor_key(self) -> str:
        return self._visitor.key

    @property
    def thread_id(self) -> int:
        return self._visitor.standing.thread.id if self._visitor.standing is not None else 0

    def wake(self) -> None:
        self.awake.set()

    def typing(self, on: bool) -> None:
        """Without a socket nobody is told of typing."""

    def restart(self) -> None:
        self.awake.set()


class _SessionBody(msgspec.Struct, forbid_unknown_fields=True):
    token: str = ""


class _MessageBody(msgspec.Struct, forbid_unknown_fields=True):
    client_msg_id: str
    text: str = ""
    files: list[str] = []
    form: dict[str, str | bool] | None = None
    page: f.PageSeen | None = None


_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
}


def _readable_by(origin: str | None) -> dict[str, str]:
    asked = pattern_of(origin) if origin else None
    return {"Vary": "Origin", **({"Access-Control-Allow-Origin": origin} if origin and asked else {})}


def _address(asked: HTTPConnection | WebSocket) -> str:
    return asked.client.host if asked.client else ""


async def _body(request: Request, kind: type[Any]) -> Any:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MAX_BODY_BYTES:
        raise TooLarge(f"a request may have {MAX_BODY_BYTES} bytes at most, and says how many")
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as problem:
        raise Invalid(f"the body is not as expected: {problem}") from None


def _number(request: Request, name: str) -> int | None:
    given = request.query_params.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None


def _json(status: int, content: Any, headers: Mapping[str, str], media_type: str = "application/json") -> Response:
    sent = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **headers}
    return Response(_encode(content), status, sent, media_type)


def _told(problem: InboxError, headers: Mapping[str, str] | None = None) -> Response:
    """The problem document of a request that failed (RFC 9457)."""
    sent = dict(headers or {})
    if "retry_after_seconds" in problem.extra:
        sent["Retry-After"] = str(problem.extra["retry_after_seconds"])
    document = {"title": problem.code, "status": problem.status, "code": problem.code, "detail": problem.detail}
    return _json(problem.status, document | problem.extra, sent, "application/problem+json")
