"""`/sandbox`: the page that shows the other side, and what it asks for. For whoever is signed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import resources
from typing import Any, TypeVar

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from connectors.contract import CustomerAction
from connectors.registry import manifest
from connectors.toolkit import faults
from inbox import clock
from inbox.domain.permissions import Principal
from inbox.errors import InboxError, Invalid, NotFound
from inbox.sandbox.cast import PEOPLE
from inbox.sandbox.director import Cue
from inbox.sandbox.stage import Stage
from inbox.sandbox.tally import Line
from inbox.static import CONTENT_POLICY

Admit = Callable[[HTTPConnection], Awaitable[Principal]]
B = TypeVar("B")
_FILES = {
    "": ("index.html", "text/html"),
    "page.css": ("page.css", "text/css"),
    "shop.css": ("shop.css", "text/css"),
    "page.js": ("page.js", "text/javascript"),
}
_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-cache",
}
_MAX_BODY = 20_000
_FASTEST = 120.0
FAULTS = {
    faults.TIMEOUT: ("Cut the answer after a send", "it arrives, but nobody says so"),
    faults.DUPLICATE: ("Deliver everything twice", "each webhook and mail comes again"),
    faults.SHUFFLE: ("Out of order", "the next item overtakes this one"),
    faults.THROTTLED: ("Too many requests", "429 to everything"),
    faults.OUTAGE: ("Server errors", "502 or 503 to everything"),
    faults.SLOW: ("Slow", "4 s for each answer"),
    faults.EXPIRED_TOKEN: ("Expired sign-in", "our credentials no longer hold"),
    faults.HALF_BODY: ("Half a body", "answers end in the middle"),
}


class _Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    network: str
    action: CustomerAction


class _Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    on: bool


class _Pace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    per_minute: float


class Desk:
    """The routes of one stage. `admit` says who asks, or raises."""

    def __init__(self, stage: Stage, admit: Admit) -> None:
        self._stage = stage
        self._admit = admit

    def routes(self) -> list[BaseRoute]:
        """The page, its files, and what it asks for."""
        return [
            Route("/sandbox", self._file),
            Route("/sandbox/{name:str}", self._file, methods=["GET"]),
            Route("/sandbox/api/state", self._guarded(self._state), methods=["GET"]),
            Route("/sandbox/api/threads/{network}/{person}", self._guarded(self._thread), methods=["GET"]),
            Route("/sandbox/api/actions", self._guarded(self._act), methods=["POST"]),
            Route("/sandbox/api/faults", self._guarded(self._fault), methods=["PUT"]),
            Route("/sandbox/api/pace", self._guarded(self._pace), methods=["PUT"]),
        ]

    def _guarded(self, answer: Callable[[Request], Awaitable[object]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                await self._admit(request)
                said, status = await answer(request), 200
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

    async def _state(self, request: Request) -> object:
        stage, networks = self._stage, self._stage.networks
        line = await stage.tally.line() if stage.tally is not None else Line()
        on = set().union(*networks.faults.values())
        people = {(person.network, person.key): person for person in stage.director.people}
        known = [*people, *(key for key in networks.threads if key not in people)]
        return {
            "seed": networks.seed,
            "per_minute": stage.per_minute,
            "line": line,
            "networks": {name: _shown(name) for name in networks.names},
            "faults": [
                {"name": name, "title": title, "detail": detail, "on": name in on}
                for name, (title, detail) in FAULTS.items()
            ],
            "people": [
                {
                    "network": network,
                    "key": key,
                    "name": people[network, key].name if (network, key) in people else networks.name_of(key),
                    "kind": people[network, key].kind if (network, key) in people else "direct",
                    "since": people[network, key].since if (network, key) in people else "just now",
                    "acted_at": networks.acted_at.get(key, 0),
                }
                for network, key in known
            ],
        }

    async def _thread(self, request: Request) -> object:
        network, person = self._network(request.path_params["network"]), request.path_params["person"]
        thread_id = self._stage.networks.thread_of(network, person)
        items = self._stage.networks.seen(network, thread_id) if thread_id else []
        return {"thread_id": thread_id, "items": items}

    async def _act(self, request: Request) -> object:
        asked = await _body(request, _Act)
        network = self._network(asked.network)
        action = msgspec.structs.replace(asked.action, attachments=())
        if action.do in ("write", "edit", "review") and not action.text.strip():
            raise Invalid("write something first")
        if not action.thread_id and action.person in {person.key for person in PEOPLE}:
            action = msgspec.structs.replace(action, thread_id=self._stage.networks.thread_of(network, action.person))
        self._stage.perform(Cue(network, action, clock.now(), None))
        return {}

    async def _fault(self, request: Request) -> object:
        asked = await _body(request, _Fault)
        if asked.name not in FAULTS:
            raise NotFound(f"there is no fault {asked.name!r}; there are: {', '.join(FAULTS)}")
        for on in self._stage.networks.faults.values():
            (on.add if asked.on else on.discard)(asked.name)
        return {}

    async def _pace(self, request: Request) -> object:
        asked = await _body(request, _Pace)
        if not 0 <= asked.per_minute <= _FASTEST:
            raise Invalid(f"per_minute is {asked.per_minute:g}: choose 0 to {_FASTEST:g}")
        self._stage.per_minute = asked.per_minute
        self._stage.changed.set()
        return {}

    def _network(self, name: str) -> str:
        if name not in self._stage.networks.names:
            raise NotFound(f"{name!r} is no simulated network; there are: {', '.join(self._stage.networks.names)}")
        return name


def _shown(network: str) -> dict[str, Any]:
    found = manifest(network)
    return {"name": found.name, "mark": found.mark, "colour": found.colour, "reactions": list(found.reactions_out[:6])}


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
