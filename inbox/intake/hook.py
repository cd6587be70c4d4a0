"""One request to an address for webhooks: read from ASGI, kept for a replay, answered.

Plain ASGI: these requests are most of what the service takes, and need nothing of what a web framework adds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec
from starlette.types import Receive, Scope, Send

from connectors.exchange import Request, Response

AT_ONCE = "inbox.at_once"
"""Extension of the ASGI scope, offered by our server: an `AnswerAtOnce`."""
AnswerAtOnce = Callable[[Scope, int, bytes, bytes], bool]
"""(scope, status, lines of the head, body) → whether the answer is sent; False: it goes by `send`, as everywhere."""
_SECRET_WORDS = ("authorization", "cookie", "secret", "token", "signature", "password", "api-key")
_NAME = re.compile(r"(?!(?:connection|content-length|transfer-encoding)\Z)[a-z0-9-]+")
"""Of a header that does not say how the connection goes on."""
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_MAX_DIGITS = 18
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
        # Our own server refuses a length of so many digits itself (`inbox.serving`); under another, `int` would fail.
        if declared.isdecimal() and (len(declared) > _MAX_DIGITS or int(declared) > max_bytes):
            raise Refused(413, f"{declared[: _MAX_DIGITS + 1]} bytes declared, {max_bytes} are taken")
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            # Signatures are of the bytes sent: a body packed on the way would fail as forged, and could be a bomb.
            raise Refused(415, "a packed body", {"accept-encoding": "identity"})
        body, more = b"", True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise HungUp
            chunk: bytes = message.get("body", b"")
            body = body + chunk if body else chunk
            if len(body) > max_bytes:
                raise Refused(413, f"more than {max_bytes} bytes")
            more = message.get("more_body", False)
        query = self._scope["query_string"].decode("latin-1")
        return Request(method=self.method, path=self._scope["path"], query=query, headers=self.headers, body=body)


async def respond(response: Response, scope: Scope, send: Send) -> None:
    """Answer a request: in one piece where the server offers that, which saves it two messages and their checks."""
    at_once: AnswerAtOnce | None = scope.get("extensions", {}).get(AT_ONCE)
    if at_once is not None:
        lines = _lines(tuple(response.headers.items()))
        if lines is not None and at_once(scope, response.status, lines, response.body):
            return
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


@lru_cache(maxsize=256)
def _lines(headers: tuple[tuple[str, str], ...]) -> bytes | None:
    """The headers as they are written; None where one is unusual, for `send` to take or refuse. Answers have the same
    few.
    """
    lower = [(name.lower(), value) for name, value in headers]
    if not all(_NAME.fullmatch(name) and _VALUE.fullmatch(value) for name, value in lower):
        return None
    return "".join(f"{name}: {value}\r\n" for name, value in lower).encode("latin-1")


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
