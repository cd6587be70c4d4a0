"""`/sandbox`: the page that shows the other side, and what it asks for. For whoever is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources
from typing import Protocol, TypeVar

import msgspec
import structlog
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from connectors.contract import CustomerAction
from connectors.exchange import TransportFailed
from inbox import clock
from inbox.domain.permissions import Principal
from inbox.errors import InboxError, Invalid, NotFound
from inbox.eventlog.writer import Writer
from inbox.sandbox.breaking import AWAY_SECONDS, FAULTS, LoseWorker
from inbox.sandbox.colleagues import Busy, Colleague
from inbox.sandbox.director import Cue
from inbox.sandbox.stage import Stage
from inbox.sandbox.view import View
from inbox.static import CONTENT_POLICY

Admit = Callable[[HTTPConnection], Awaitable[Principal]]
B = TypeVar("B")
_FILES = {
    "": ("index.html", "text/html"),
    "page.css": ("page.css", "text/css"),
    "phones.css": ("phones.css", "text/css"),
    "shop.css": ("shop.css", "text/css"),
    "page.js": ("page.js", "text/javascript"),
    "phones.js": ("phones.js", "text/javascript"),
    "public.js": ("public.js", "text/javascript"),
    "parts.js": ("parts.js", "text/javascript"),
}
_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-cache",
}
_MAX_BODY = 20_000
_FASTEST = 120.0
_log = structlog.get_logger(__name__)
_FOUND = 20
"""How many people a search lists."""


class _Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to do as a customer: under a post (`post_id`), or in a thread of his own, the last one or a new one
    (`anew`).
    """

    network: str
    action: CustomerAction
    post_id: str = ""
    anew: bool = False


class _Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    on: bool


class _Pace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    per_minute: float


class Cutting(Protocol):
    """Cuts the live connections of an agent; how many."""

    def __call__(self, request: Request, agent_id: int) -> int: ...


class Desk:
    """The routes of one stage. `admit` says who asks, or raises."""

    def __init__(self, stage: Stage, admit: Admit, writer: Writer, channels: Mapping[str, int], cut: Cutting) -> None:
        self._stage = stage
        self._admit = admit
        self._writer = writer
        self._channels = channels
        self._cut = cut
        self._view = View(stage)
        self._colliding: set[asyncio.Task[object]] = set()

    def routes(self) -> list[BaseRoute]:
        """The page, its files, and what it asks for."""
        api = {
            ("GET", "state"): self._state,
            ("GET", "people"): self._people,
            ("GET", "threads/{network}/{person}"): self._thread,
            ("GET", "posts/{network}/{post}"): self._post,
            ("GET", "reviews"): self._reviews,
            ("POST", "actions"): self._act,
            ("PUT", "faults"): self._fault,
            ("PUT", "pace"): self._pace,
            ("POST", "cut"): self._cut_me,
            ("POST", "lose-worker"): self._lose_worker,
            ("POST", "collide"): self._collide,
        }
        return [
            Route("/sandbox", self._file),
            Route("/sandbox/{name:str}", self._file, methods=["GET"]),
            *(Route(f"/sandbox/api/{path}", self._guarded(answer), methods=[m]) for (m, path), answer in api.items()),
        ]

    def _guarded(
        self, answer: Callable[[Request, Principal], Awaitable[object]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                said, status = await answer(request, await self._admit(request)), 200
            except InboxError as problem:
                said, status = {"code": problem.code, "detail": problem.detail}, problem.status
            return Response(msgspec.json.encode(said), status, _HEADERS, "application/json")

        return guarded

    async def _file(self, request: Request) -> Response:
        found = _FILES.get(request.path_params.get("name", ""))
        if found is None:
            return Response("there is no such file", 404, _HEADERS, "text/plain")
        name, mime = found
        content = resources.files("inbox.sandbox").joinpath("page", name).read_bytes()
        return Response(content, 200, _HEADERS, f"{mime}; charset=utf-8")

    # -- looking

    async def _state(self, request: Request, principal: Principal) -> object:
        return await self._view.state()

    async def _people(self, request: Request, principal: Principal) -> object:
        return {"items": self._view.found(request.query_params.get("q", ""), _FOUND)}

    async def _thread(self, request: Request, principal: Principal) -> object:
        network, person = self._network(request.path_params["network"]), request.path_params["person"]
        opened = self._stage.networks.private.get((network, person)) if "private" in request.query_params else None
        thread_id = opened.thread_id if opened is not None else self._stage.networks.thread_of(network, person)
        items = self._stage.networks.seen(network, thread_id) if thread_id else []
        return {"thread_id": thread_id, "items": items}

    async def _post(self, request: Request, principal: Principal) -> object:
        network = self._network(request.path_params["network"])
        return self._view.post(network, request.path_params["post"])

    async def _reviews(self, request: Request, principal: Principal) -> object:
        return self._view.reviews()

    # -- doing as a customer

    async def _act(self, request: Request, principal: Principal) -> object:
        asked = await _body(request, _Act)
        network, networks = self._network(asked.network), self._stage.networks
        action = msgspec.structs.replace(asked.action, attachments=())
        if action.do in ("write", "edit", "review") and not action.text.strip():
            raise Invalid("write something first")
        if action.do == "read":
            self._stage.reads(network, action.person, action.thread_id)
            return {}
        if asked.post_id and not action.thread_id:
            thread_id, in_reply_to = networks.under(network, asked.post_id)
            action = msgspec.structs.replace(action, thread_id=thread_id, in_reply_to=in_reply_to)
        elif not asked.post_id and not action.thread_id and not asked.anew:
            action = msgspec.structs.replace(action, thread_id=networks.thread_of(network, action.person))
        self._stage.perform(Cue(network, action, clock.now(), None))
        return {}

    # -- breaking things

    async def _fault(self, request: Request, principal: Principal) -> object:
        asked = await _body(request, _Fault)
        if asked.name not in FAULTS:
            raise NotFound(f"there is no fault {asked.name!r}; there are: {', '.join(FAULTS)}")
        for on in self._stage.networks.faults.values():
            (on.add if asked.on else on.discard)(asked.name)
        return {}

    async def _pace(self, request: Request, principal: Principal) -> object:
        asked = await _body(request, _Pace)
        if not 0 <= asked.per_minute <= _FASTEST:
            raise Invalid(f"per_minute is {asked.per_minute:g}: choose 0 to {_FASTEST:g}")
        self._stage.per_minute = asked.per_minute
        self._stage.changed.set()
        return {}

    async def _cut_me(self, request: Request, principal: Principal) -> object:
        return {"cut": self._cut(request, principal.agent_id or 0)}

    async def _lose_worker(self, request: Request, principal: Principal) -> object:
        await self._writer.submit(LoseWorker(self._channels.values()))
        return {"seconds": AWAY_SECONDS}

    async def _collide(self, request: Request, principal: Principal) -> object:
        """A colleague answers where the person who asks is just now."""
        colleagues = self._stage.colleagues
        if not colleagues:
            raise Invalid("the sandbox was started without colleagues")
        colleague = colleagues[len(self._colliding) % len(colleagues)]
        if not colleague.sees(principal.agent_id):
            raise Invalid("open a conversation at the desk and begin to write: then a colleague answers there, too")
        task: asyncio.Task[object] = asyncio.create_task(_collided(colleague, principal.agent_id))
        self._colliding.add(task)
        task.add_done_callback(self._colliding.discard)
        return {"who": colleague.name}

    def _network(self, name: str) -> str:
        if name not in self._stage.networks.names:
            raise NotFound(f"{name!r} is no simulated network; there are: {', '.join(self._stage.networks.names)}")
        return name


async def _collided(colleague: Colleague, agent_id: int | None) -> None:
    try:
        await colleague.collide(agent_id)
    except (Busy, TransportFailed, InboxError) as refused:
        _log.info("sandbox_collision_missed", reason=str(refused))


async def _body(request: Request, kind: type[B]) -> B:
    """The request's JSON. Raises Invalid."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _MAX_BODY:
            raise Invalid(f"more than {_MAX_BODY} bytes")
    try:
        return msgspec.json.decode(bytes(content), type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as wrong:
        raise Invalid(str(wrong)) from wrong
