"""From declared routes to Starlette's: who asks, how often, what was sent, the handler, the answer.

This is the request edge: every failure becomes a problem document here, and what nobody foresaw is logged once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NoReturn

import msgspec
import structlog
from pydantic import BaseModel, ValidationError
from starlette.background import BackgroundTask
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive

from inbox import ids, tracing
from inbox.api.call import FOR_PEOPLE, NEEDS_PERSON, Call, Reply
from inbox.api.deps import Deps
from inbox.api.once import MAX_KEY, Answer, KeepAnswer, Key, answer_of
from inbox.api.problems import (
    MethodNotAllowed,
    UnsupportedMediaType,
    invalid_of,
    nul_refused,
    problem_response,
    unexpected,
)
from inbox.api.routing import Declared, RateClass, Routes
from inbox.domain.permissions import Principal, require
from inbox.errors import Forbidden, InboxError, Invalid, Missing, NotFound, RateLimited, TooLarge
from inbox.throttle import Rate

log = structlog.get_logger(__name__)
ROOT = "/api/v1"
ETAG = r'^\s*(\*|"v[0-9]{1,18}")\s*$'
"""What If-Match can say: the version that was read, or any."""
_encode = msgspec.json.Encoder().encode
RATES: dict[RateClass, Rate] = {
    "read": Rate(burst=300, every_seconds=1 / 60),
    "write": Rate(burst=150, every_seconds=1 / 20),
    "costly": Rate(burst=10, every_seconds=3),
}
"""Per agent, token or address, in each process. Agents at the keyboard stay far below; a script that loops does not."""


def starlette_routes(groups: Iterable[Routes], deps: Deps) -> list[Route]:
    """One Starlette route per path, fixed paths before those with parameters, so that neither hides the other."""
    by_path: dict[str, dict[str, Declared]] = {}
    for group in groups:
        for declared in group.declared:
            methods = by_path.setdefault(declared.path, {})
            if declared.method in methods:
                raise ValueError(f"{declared.method} {declared.path} is declared twice")
            methods[declared.method] = declared
    shapes = [_PARAMETER.sub("{}", path) for path in by_path]
    twice = {path for path, shape in zip(by_path, shapes, strict=True) if shapes.count(shape) > 1}
    if twice:
        raise ValueError(f"one address, several names for its parameters: {', '.join(sorted(twice))}")
    ordered = sorted(by_path.items(), key=lambda item: [part.startswith("{") for part in item[0].split("/")])
    return [
        any_method(ROOT + next(iter(methods.values())).pattern, _Endpoint(ROOT + path, methods, deps).answer)
        for path, methods in ordered
    ]


_PARAMETER = re.compile(r"{[^}]*}")


def any_method(path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
    """A route for whatever method there is: Starlette's own answer to one that a route lacks is no problem document."""
    route = Route(path, endpoint)
    route.methods = None
    return route


class _Endpoint:
    """All methods of one address."""

    def __init__(self, route: str, methods: Mapping[str, Declared], deps: Deps) -> None:
        self.route = route
        self.methods = methods
        self.deps = deps

    async def answer(self, request: Request) -> Response:
        """Answer a request; never raises."""
        request_id = ids.nonce()
        about: dict[str, tracing.Value] = {"http.request.method": request.method, "http.route": self.route}
        name, parent = f"{request.method} {self.route}", request.headers.get("traceparent")
        with (
            tracing.span(name, "server", parent=parent, attributes=about) as span,
            structlog.contextvars.bound_contextvars(request_id=request_id),
        ):
            try:
                response = await self._serve(request, request_id)
            except InboxError as problem:
                response = problem_response(problem, request_id, self._allow(problem))
            except ClientDisconnect:
                # Nobody reads the answer; what he was sending is not begun.
                log.info("request_broken_off", method=request.method, path=request.url.path)
                response = Response(status_code=400)
            except Exception:  # the edge of the request: the client gets a number, the log the rest
                log.exception("request_failed", method=request.method, path=request.url.path)
                response = problem_response(unexpected(request_id), request_id)
            span.set("http.response.status_code", response.status_code)
        response.headers["X-Request-Id"] = request_id
        return response

    def _allow(self, problem: InboxError) -> dict[str, str]:
        if problem.status != MethodNotAllowed.status:
            return {}
        heads = ["HEAD"] if "GET" in self.methods else []
        return {"Allow": ", ".join(sorted([*self.methods, *heads]))}

    async def _serve(self, request: Request, request_id: str) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        declared = self.methods.get(method)
        if declared is None:
            raise MethodNotAllowed(f"{request.method} is not for {request.url.path}: the header Allow says what is")
        caller = await self._caller(declared, request)
        _pace(self.deps, declared, caller, request)
        request = Request(request.scope, _limited(request, declared.max_body_bytes))
        arguments = _path_arguments(declared, request)
        if declared.query is not None:
            arguments["query"] = _query(declared.query, request.query_params)
        raw = await request.body() if declared.body is not None else b""
        if declared.body is not None:
            arguments["body"] = _body(declared, request, raw)
        call = Call(
            request=request, deps=self.deps, request_id=request_id, caller=caller,
            version=_version(declared, request), key=_key(declared, request, caller, raw),
        )  # fmt: skip
        if call.key is not None:
            before = await answer_of(self.deps.database, call.key)
            if before is not None:
                return _again(before)
        return self._response(declared, call, await declared.handler(call, **arguments))

    async def _caller(self, declared: Declared, request: Request) -> Principal | None:
        if declared.needs == "public":
            self.deps.auth.require_same_origin(request)
            return None
        caller = await self.deps.auth.principal_of(request)
        if declared.needs == "agent" and (caller.agent_id is None or caller.session_id is None):
            raise Forbidden(FOR_PEOPLE, code=NEEDS_PERSON)
        if declared.needs != "agent" and declared.needs != "signed_in":
            require(caller, declared.needs)
        return caller

    def _response(self, declared: Declared, call: Call, value: Any) -> Response:
        if isinstance(value, Response):
            return value
        reply = value if isinstance(value, Reply) else Reply(value)
        status = reply.status or declared.status
        body = b"" if reply.value is None else _encode(reply.value)
        headers = {"Cache-Control": "no-store", **reply.headers}
        version = getattr(reply.value, "version", None)
        if version is not None:
            headers.setdefault("ETag", f'"v{version}"')
        background = None
        if call.committed is not None:
            kept = body if reply.kept is None else _encode(reply.kept)
            background = BackgroundTask(_keep, self.deps, call.committed, status, kept)
        response = Response(body, status, headers, "application/json" if body else None, background=background)
        for cookie in reply.cookies:
            response.headers.append("Set-Cookie", cookie)
        return response


async def _keep(deps: Deps, key: Key, status: int, body: bytes) -> None:
    try:
        await deps.writer.submit(KeepAnswer(key, status, body))
    except InboxError as problem:
        log.warning("answer_not_kept", key=key.key, code=problem.code)


def _again(before: Answer) -> Response:
    kind = None if before.status == 204 else "application/json"
    headers = {"Idempotent-Replayed": "true", "Cache-Control": "no-store"}
    return Response(before.body, before.status, headers, kind)


def _pace(deps: Deps, declared: Declared, caller: Principal | None, request: Request) -> None:
    if caller is None:
        who = ("address", request.client.host if request.client else "")
    else:
        who = (caller.actor.kind, str(caller.actor.id))
    wait = deps.throttle.take((*who, declared.rate), RATES[declared.rate])
    if wait:
        raise RateLimited(f"too many requests: wait {wait} s", retry_after_seconds=wait)


def _limited(request: Request, most: int) -> Receive:
    """The request's body, until it is more than `most` bytes: then TooLarge, whoever reads it."""
    said = request.headers.get("content-length", "")
    taken = 0

    def refuse() -> NoReturn:
        raise TooLarge(f"the body is larger than {most} bytes", limit_bytes=most)

    if said.isascii() and said.isdigit() and int(said) > most:
        refuse()

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > most:
            refuse()
        return message

    return receive


def _path_arguments(declared: Declared, request: Request) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for name, kind in declared.path_params.items():
        text = request.path_params[name]
        if kind is int and not (text.isascii() and text.isdigit() and len(text) <= ids.MAX_DIGITS):
            raise NotFound(f"there is no {text!r} here: ids are strings of digits")
        if "\x00" in text:
            raise nul_refused("path", name)
        arguments[name] = kind(text)
    return arguments


def _query(model: type[BaseModel], params: QueryParams) -> BaseModel:
    values: dict[str, Any] = {}
    for name in params:
        field = model.model_fields.get(name)
        several = field is not None and "list" in str(field.annotation)
        values[name] = params.getlist(name) if several else params[name]
        if any("\x00" in one for one in (name, *params.getlist(name))):
            raise nul_refused("query", name)
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        raise invalid_of(problem, "query") from problem


def _body(declared: Declared, request: Request, raw: bytes) -> BaseModel | None:
    assert declared.body is not None
    if not raw and declared.body_optional:
        return None
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in ("application/json", "application/merge-patch+json"):
        raise UnsupportedMediaType(f"the body is {kind or 'of no type'}: send application/json")
    try:
        body = declared.body.model_validate_json(raw)
    except ValidationError as problem:
        raise invalid_of(problem, "body") from problem
    # In JSON it can come as its escape only: nearly every body is past this by one look.
    if b"\\u0000" in raw and (pointer := _nul_in(msgspec.json.decode(raw))) is not None:
        raise nul_refused("body", pointer)
    return body


def _nul_in(value: Any) -> str | None:
    """The JSON pointer of the first text (or name) with a NUL in it; None where there is none."""
    if isinstance(value, str):
        return "" if "\x00" in value else None
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for name, one in pairs:
        below = _nul_in(one) if "\x00" not in str(name) else ""
        if below is not None:
            return f"/{str(name).replace('~', '~0').replace('/', '~1')}{below}"
    return None


def _version(declared: Declared, request: Request) -> int | None:
    said = request.headers.get("if-match")
    if said is None:
        if declared.if_match:
            raise Missing('If-Match is missing: send the ETag you read, such as If-Match: "v3"')
        return None
    if re.match(ETAG, said) is None:
        raise Invalid(f'If-Match {said[:40]!r} is not an ETag of ours: send the one you read, "v3"', code="bad_etag")
    text = said.strip()
    return None if text == "*" else int(text[2:-1])


def _key(declared: Declared, request: Request, caller: Principal | None, raw: bytes) -> Key | None:
    said = request.headers.get("idempotency-key")
    if not declared.idempotent or said is None or caller is None:
        return None
    if not said or len(said) > MAX_KEY:
        raise Invalid(f"Idempotency-Key has {len(said)} characters: 1 to {MAX_KEY} are taken", code="bad_key")
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + raw).hexdigest()
    return Key(f"{caller.actor.kind}:{caller.actor.id}", said, digest)
