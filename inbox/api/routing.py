'''Typed routes over plain Starlette: what a handler takes and gives stands in its signature, once.

    tags = Routes("Tags")

    class NewTag(Body):
        name: Words

    @tags.post("/tags", needs="settings", idempotent=True)
    async def create_tag(call: Call, body: NewTag) -> TagShape:
        """Make a tag."""
        tag_id = await call.submit(CreateTag(call.principal, body.name))
        return tag_shape(…)

    @tags.patch("/tags/{tag_id}", needs="settings", if_match=True)
    async def change_tag(call: Call, tag_id: int, body: TagChange) -> TagShape: …

    @tags.get("/tags")
    async def list_tags(call: Call, query: PageQuery) -> Page[TagShape]: …

The parameters of a handler: `call` first; `body` (a `Body`) is the JSON body; `query` (a `Query`) the query; every
other one is a path parameter, `int` for an id, `str` as it stands. A handler without `body` may read `call.request`
itself: with `form=True` a form with one part `file`, within `max_body_bytes`. The return annotation is the answer: a
msgspec shape or `Page[shape]`, None for 204, `Reply[shape]` for one with headers or another status (`also_status`), a
`Response` for anything that is not JSON. `media` names the types of an answer that is not JSON, or not always.

`needs` says who may call: an `Action` of `domain.permissions`; "signed_in" (any agent or token), "agent" (a person's
session, no token) or "public". Whether this conversation or channel may be seen is asked further in, by the command or
query. `idempotent=True` honours `Idempotency-Key`: submit what has the effect by `call.submit`, so that the key is
committed with it. `if_match=True` demands `If-Match: "v3"`; `call.version` is the 3. A shape with a `version` is
answered with that ETag.

The same declarations make `/api/v1/openapi.json` (`inbox/api/openapi.py`).
'''

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel

from inbox.api.call import Call, Reply
from inbox.domain.permissions import Action

Needs = Action | Literal["public", "signed_in", "agent"]
RateClass = Literal["read", "write", "costly"]
Handler = Callable[..., Awaitable[Any]]
H = TypeVar("H", bound=Handler)
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

DEFAULT_BODY_BYTES = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One route as it was declared, with what its signature says."""

    method: Method
    path: str
    """Below `/api/v1`, with `{names}` of path parameters."""
    pattern: str
    """The same as it is matched: `{name:path}` takes slashes too, which arrive decoded."""
    handler: Handler
    tag: str
    needs: Needs
    status: int
    rate: RateClass
    max_body_bytes: int
    idempotent: bool
    if_match: bool
    body: type[BaseModel] | None
    body_optional: bool
    query: type[BaseModel] | None
    path_params: dict[str, type]
    """Name → int or str."""
    answer: Any
    """The return annotation; `type(None)` for 204."""
    form: bool = False
    """The body is a form with one file in the part `file`."""
    also_status: int | None = None
    """Another one that the same answer can have."""
    media: tuple[str, ...] = ()
    """Types of an answer that is not JSON, beside the shape where there is one."""

    @property
    def name(self) -> str:
        """The operation's name: the handler's."""
        return self.handler.__name__


class Routes:
    """A set of routes that belong together; `tag` is their heading in the API's description."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.declared: list[Declared] = []

    def get(
        self, path: str, *, needs: Needs = "read", rate: RateClass = "read", media: tuple[str, ...] = ()
    ) -> Callable[[H], H]:
        """Read something."""
        return self._route("GET", path, needs=needs, rate=rate, media=media)

    def post(
        self,
        path: str,
        *,
        needs: Needs,
        status: int = 201,
        rate: RateClass = "write",
        max_body_bytes: int = DEFAULT_BODY_BYTES,
        idempotent: bool = False,
        if_match: bool = False,
        form: bool = False,
    ) -> Callable[[H], H]:
        """Make, send or do something."""
        return self._route(
            "POST",
            path,
            needs=needs,
            status=status,
            rate=rate,
            max_body_bytes=max_body_bytes,
            idempotent=idempotent,
            if_match=if_match,
            form=form,
        )

    def put(
        self, path: str, *, needs: Needs, status: int = 200, also_status: int | None = None, if_match: bool = False
    ) -> Callable[[H], H]:
        """Put something in its place; doing it twice changes nothing."""
        return self._route("PUT", path, needs=needs, status=status, also_status=also_status, if_match=if_match)

    def patch(self, path: str, *, needs: Needs, if_match: bool = False) -> Callable[[H], H]:
        """Change the fields given (JSON Merge Patch, RFC 7396)."""
        return self._route("PATCH", path, needs=needs, if_match=if_match)

    def delete(self, path: str, *, needs: Needs, if_match: bool = False) -> Callable[[H], H]:
        """Remove something."""
        return self._route("DELETE", path, needs=needs, if_match=if_match)

    def _route(
        self,
        method: Method,
        path: str,
        *,
        needs: Needs,
        status: int = 200,
        rate: RateClass = "write",
        max_body_bytes: int = DEFAULT_BODY_BYTES,
        idempotent: bool = False,
        if_match: bool = False,
        form: bool = False,
        also_status: int | None = None,
        media: tuple[str, ...] = (),
    ) -> Callable[[H], H]:
        def declare(handler: H) -> H:
            signature = _signature(handler)
            gives_nothing = signature.answer is type(None)
            self.declared.append(
                Declared(
                    method=method,
                    path=path.replace(":path}", "}"),
                    pattern=path,
                    handler=handler,
                    tag=self.tag,
                    needs=needs,
                    status=204 if gives_nothing and status != 202 else status,
                    rate=rate,
                    max_body_bytes=max_body_bytes,
                    idempotent=idempotent,
                    if_match=if_match,
                    body=signature.body,
                    body_optional=signature.body_optional,
                    query=signature.query,
                    path_params=signature.path_params,
                    answer=signature.answer,
                    form=form,
                    also_status=also_status,
                    media=media,
                )
            )
            return handler

        return declare


class _Signature(msgspec.Struct):
    body: type[BaseModel] | None
    body_optional: bool
    query: type[BaseModel] | None
    path_params: dict[str, type]
    answer: Any


def _signature(handler: Handler) -> _Signature:
    """What a handler takes and gives. Raises TypeError for a parameter that is none of the four kinds."""
    hints = get_type_hints(handler)
    answer = hints.pop("return")
    if get_origin(answer) is Reply:
        (answer,) = get_args(answer)
    if hints.pop("call", None) is not Call:
        raise TypeError(f"{handler.__name__}: the first parameter is call: Call")
    body, body_optional = _optional(hints.pop("body", None))
    query, _ = _optional(hints.pop("query", None))
    for name, kind in hints.items():
        if kind not in (int, str):
            raise TypeError(f"{handler.__name__}: path parameter {name} is {kind}, not int or str")
    return _Signature(body, body_optional, query, hints, answer)


def _optional(hint: Any) -> tuple[Any, bool]:
    """`Model | None` as (Model, True)."""
    inner = [one for one in get_args(hint) if one is not type(None)]
    return (inner[0], True) if inner else (hint, False)
