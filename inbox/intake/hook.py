"""One request to an address for webhooks: read from ASGI, kept for a replay, answered.

Plain ASGI: these requests are most of what the service takes, and need nothing of what a web framework adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec
from starlette.types import Receive, Scope, Send

from connectors.exchange import Request, Response

_SECRET_WORDS = ("authorization", "cookie", "secret", "token", "signature", "password", "api-key")
_json = msgspec.json.Encoder().encode
_kept = msgspec.json.Decoder(dict[str, str | dict[str, str]]).decode


class Refused(Exception):
    """The request is answered with this and nothing is stored."""

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers or {}


class HungUp(Exception):
    """The sender went away before his request was complete."""


class Hook:
    """A request as it arrives: its head at once, its body by `read`."""

    __slots__ = ("_receive", "_scope", "address", "headers")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        client = scope.get("client")
        self.address: str = client[0] if client else ""

    @property
    def method(self) -> str:
        """In capitals."""
        return str(self._scope["method"])

    async def read(self, max_bytes: int) -> Request:
        """The request with its body as it came. Raises Refused once it is larger than allowed, HungUp."""
        declared = self.headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > max_bytes:
            raise Refused(413, f"{declared} bytes declared, {max_bytes} are taken")
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            # Signatures are of the bytes sent: a body packed on the way would fail as forged, and could be a bomb.
            raise Refused(415, "a packed body", {"accept-encoding": "identity"})
        return Request(
            method=self.method,
            path=self._scope["path"],
            query=self._scope["query_string"].decode("latin-1"),
            headers=self.headers,
            body=await self._body(max_bytes),
        )

    async def _body(self, max_bytes: int) -> bytes:
        body = b""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise HungUp
            chunk: bytes = message.get("body", b"")
            body = body + chunk if body else chunk
            if len(body) > max_bytes:
                raise Refused(413, f"more than {max_bytes} bytes")
            if not message.get("more_body", False):
                return body


async def respond(response: Response, send: Send) -> None:
    """Answer a request."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


@lru_cache(maxsize=1024)
def _secret(name: str) -> bool:
    """Whether a header may hold a credential."""
    return any(word in name for word in _SECRET_WORDS)


def headers_kept(request: Request, **more: str) -> str:
    """Method, query and headers as JSON, for a replay; without those that could hold a credential. `more` is kept
    beside them.
    """
    headers = {name: value for name, value in request.headers.items() if not _secret(name)}
    return _json({"method": request.method, "query": request.query, "headers": headers, **more}).decode()


def beside_headers(headers: str, name: str) -> str:
    """What `headers_kept` was given under a name; empty where it was given nothing."""
    found = _kept(headers).get(name, "") if headers else ""
    return found if isinstance(found, str) else ""


def request_kept(headers: str, body: bytes) -> Request:
    """The request that `headers_kept` and the body were kept of."""
    kept = _kept(headers) if headers else {}
    method, query, given = kept.get("method", "POST"), kept.get("query", ""), kept.get("headers", {})
    return Request(
        method=method if isinstance(method, str) else "POST",
        path="",
        query=query if isinstance(query, str) else "",
        headers=given if isinstance(given, dict) else {},
        body=body,
    )
