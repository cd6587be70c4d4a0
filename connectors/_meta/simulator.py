"""The Graph API's side of the wire, as far as it is the same for every network of the family.

A network's simulator is a `GraphSimulator` with `routes` of its own: it keeps what customers see and says what an
address answers; token, version, errors in Graph's shape, faults, subscriptions, tokens and the signing of deliveries
are here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec

from connectors._meta import graph, signatures
from connectors._meta.town import Town
from connectors.contract import Opened
from connectors.exchange import Request, Response
from connectors.toolkit import faults

Json = dict[str, Any]

PAGE_ID = "104000000000007"
"""The Page of the sandbox, for every network that is one."""
APP_ID = "1400000000000042"
APP_SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - of an app that exists in the sandbox only
VERIFY_TOKEN = "sandbox-verify-token"  # noqa: S105 - as above
TOKEN = "EAAsandboxtoken"  # noqa: S105 - as above

_VERSION = re.compile(r"/?v\d+\.\d+/")
_TRANSIENT = 2
_THROTTLED = 613
_INVALID_TOKEN = 190
_MINUTES = 1
_HOUR = 3_600_000_000
_CALLS_AN_HOUR = 200


class Refused(Exception):
    """Graph says no."""

    def __init__(self, message: str, code: int, subcode: int = 0, *, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.code, self.subcode, self.status = message, code, subcode, status

    def body(self, trace: str) -> Json:
        """The error in Graph's shape."""
        error: Json = {"message": f"(#{self.code}) {self.message}", "type": "OAuthException", "code": self.code}
        if self.subcode:
            error["error_subcode"] = self.subcode
        return {"error": error | {"fbtrace_id": trace}}


@dataclass(slots=True)
class Call:
    """A request of ours, read. `path` is without version; `params` are query, form and JSON together; `match` is the
    match of its route; `files` are (name, type, bytes) by field.
    """

    method: str
    path: str
    params: Json
    files: dict[str, tuple[str, str, bytes]]
    token: str
    now: int
    match: re.Match[str]


Route = tuple[str, str, Callable[[Call], object]]
"""(method, pattern of the whole path, answer)."""


class GraphSimulator:
    """A Graph API with one app and one asset, and all faults of `connectors.toolkit.faults`."""

    def __init__(self, seed: int, *, asset_id: str, name: str, token_field: str, issued_to: str = "PAGE") -> None:
        """`token_field` names the channel's token among its credentials, `issued_to` is its type (`PAGE`, `USER`…)."""
        self.faults: set[str] = set()
        self.seed = seed
        self.asset_id = asset_id
        self.name = name
        self.issued_to = issued_to
        self.credentials = {"app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN, token_field: TOKEN}
        """What a channel of the sandbox is connected with."""
        self.settings = {"app_id": APP_ID}
        self.scopes: tuple[str, ...] = ()
        """The permissions that every token has."""
        self.subscribed: set[str] = set()
        """The fields of the asset that are delivered to the app."""
        self.revoked: set[str] = set()
        """Tokens that no longer hold."""
        self.town = Town()
        """Shared with the simulators that `meet` brought it together with."""
        self._files: dict[str, tuple[str, bytes]] = {}
        self._held: list[Request] = []
        self._calls = 0
        self._lately: list[int] = []

    def routes(self) -> Sequence[Route]:
        """What the network adds."""
        return ()

    def meet(self, others: Iterable[object]) -> None:
        """Live in one town with those of the others that are of the family."""
        for other in others:
            if isinstance(other, GraphSimulator):
                other.town = self.town
                other.settle()

    def settle(self) -> None:
        """Take one's place in the town."""

    def opened(self) -> list[Opened]:
        """Private threads that something of ours opened since the last call."""
        found, self.town.opened = self.town.opened, []
        return found

    # --- our requests -------------------------------------------------------------------------

    def respond(self, request: Request, now: int) -> Response:
        """Answer a call."""
        self._calls += 1
        if faults.OUTAGE in self.faults:
            body = {"error": {"message": "Service temporarily unavailable", "type": "OAuthException", "code": 2}}
            return _json(503, body)
        try:
            result = self._answer(request, now)
        except Refused as refused:
            wait = {"type": "messenger", "call_count": 101, "estimated_time_to_regain_access": _MINUTES}
            usage = msgspec.json.encode({self.asset_id: [wait]}).decode()
            headers = {"x-business-use-case-usage": usage} if refused.code == _THROTTLED else {}
            return _json(refused.status, refused.body(self.token("trace", self._calls)[:11]), headers)
        told = {"x-app-usage": self._usage(now)}
        return faults.spoiled(result if isinstance(result, Response) else _json(200, result, told), self.faults)

    def _usage(self, now: int) -> str:
        """What the app has used of its calls of an hour: 200 for each person it has, so far one."""
        self._lately = [at for at in self._lately if at > now - _HOUR] + [now]
        share = min(100, round(100 * len(self._lately) / _CALLS_AN_HOUR))
        return msgspec.json.encode({"call_count": share, "total_time": 1, "total_cputime": 1}).decode()

    def _answer(self, request: Request, now: int) -> object:
        path = _VERSION.sub("", request.path, count=1).strip("/")
        if path in self._files:
            mime, content = self._files[path]
            return Response(status=200, headers={"content-type": mime}, body=content)
        params, files = read_parameters(request)
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        token = str(params.pop("access_token", "") or bearer)
        for method, pattern, answer in (*self.routes(), *self._shared()):
            found = re.fullmatch(pattern, path) if method == request.method else None
            if found is not None:
                self._require_token(path, token, params)
                return answer(Call(request.method, path, params, files, token, now, found))
        raise Refused(f"Unsupported {request.method.lower()} request to {path!r}", 100, 33)

    def _require_token(self, path: str, token: str, params: Json) -> None:
        if faults.THROTTLED in self.faults:
            raise Refused("Calls to this api have exceeded the rate limit.", _THROTTLED)
        if path == "oauth/access_token":
            return
        if not token:
            raise Refused("An access token is required to request this resource.", 104, status=401)
        if faults.EXPIRED_TOKEN in self.faults or token in self.revoked:
            raise Refused("Error validating access token: Session has expired.", _INVALID_TOKEN, 463, status=401)
        proof = params.pop("appsecret_proof", None)
        if proof is not None and proof != graph.proof(token, APP_SECRET):
            raise Refused("Invalid appsecret_proof provided in the API argument", 100)

    def _shared(self) -> Sequence[Route]:
        return (
            ("GET", "debug_token", self._debug_token),
            ("GET", "oauth/access_token", self._access_token),
            ("GET", "me/accounts", self._accounts),
            ("GET", "[^/]+/subscribed_apps", self._subscribed_apps),
            ("POST", "[^/]+/subscribed_apps", self._subscribe),
            ("DELETE", "[^/]+/subscribed_apps", self._unsubscribe),
        )

    def _debug_token(self, call: Call) -> Json:
        looked_at = str(call.params.get("input_token", ""))
        if not looked_at or looked_at in self.revoked:
            error = {"code": _INVALID_TOKEN, "message": "Error validating access token", "subcode": 460}
            return {"data": {"app_id": APP_ID, "is_valid": False, "scopes": [], "error": error}}
        data = {"app_id": APP_ID, "type": self.issued_to, "is_valid": True, "expires_at": 0}
        profile = {"profile_id": self.asset_id} if self.issued_to == "PAGE" else {}
        return {"data": data | profile | {"scopes": list(self.scopes), "user_id": "1022"}}

    def _access_token(self, call: Call) -> Json:
        if not (call.params.get("code") or call.params.get("fb_exchange_token")):
            raise Refused("Missing code or fb_exchange_token.", 100)
        lasts = {"expires_in": 5_183_944} if call.params.get("grant_type") else {"expires_in": 5_400}
        return {"access_token": f"{TOKEN}user", "token_type": "bearer", **lasts}

    def _accounts(self, call: Call) -> Json:
        page = {"id": self.asset_id, "name": self.name, "access_token": TOKEN, "tasks": ["MESSAGING", "MODERATE"]}
        return {"data": [page], "paging": {"cursors": {"before": "QVFI", "after": "QVFJ"}}}

    def _subscribed_apps(self, call: Call) -> Json:
        fields = sorted(self.subscribed)
        app = {"id": APP_ID, "name": "Sandbox", "category": "Business", "subscribed_fields": fields}
        return {"data": [app] if fields else []}

    def _subscribe(self, call: Call) -> Json:
        fields = call.params.get("subscribed_fields", "")
        self.subscribed = {name for name in str(fields).split(",") if name}
        return {"success": True}

    def _unsubscribe(self, call: Call) -> Json:
        self.subscribed = set()
        return {"success": True}

    def keep_file(self, name: str, mime: str, content: bytes) -> str:
        """Keep a file; its address, which has no host: a simulator does not know its own."""
        path = f"media/{self.token('file', len(self._files))}/{quote(name or 'file')}"
        self._files[path] = (mime or "application/octet-stream", content)
        return f"/{path}"

    # --- deliveries ---------------------------------------------------------------------------

    def deliver(self, kind: str, entries: Sequence[Json]) -> list[Request]:
        """A signed delivery for each entry, with the faults of delivering. `kind` is the webhook's object."""
        new = [self.signed({"object": kind, "entry": [entry]}) for entry in entries]
        return faults.deliveries(new, self._held, self.faults)

    @staticmethod
    def signed(body: Json) -> Request:
        """One delivery as Meta posts it: with `/` and everything beyond ASCII escaped."""
        text = re.sub(r"[^\x00-\x7f]", _escaped, msgspec.json.encode(body).decode()).replace("/", "\\/")
        headers = {"content-type": "application/json", signatures.HEADER: signatures.sign(text.encode(), APP_SECRET)}
        return Request(method="POST", path="", headers=headers, body=text.encode())

    def person_id(self, person: str) -> str:
        """What the Page knows a person of the cast as: the same in every network that is a Page."""
        return str(24_000_000_000_000_000 + self.number(f"person:{person}", 10**15))

    def number(self, name: str, below: int) -> int:
        """A number that is always the same for a name and the seed."""
        return int.from_bytes(hashlib.sha256(f"{self.seed}:{name}".encode()).digest()[:8]) % below

    def token(self, name: str, count: int) -> str:
        """24 hexadecimal digits that are always the same for a name, a count and the seed."""
        return hashlib.sha256(f"{self.seed}:{name}:{count}".encode()).hexdigest()[:24]


def read_parameters(request: Request) -> tuple[Json, dict[str, tuple[str, str, bytes]]]:
    """Parameters of a request, from query, form, multipart and JSON together, and its files."""
    params: Json = {name: _loaded(value) for name, value in parse_qsl(request.query, keep_blank_values=True)}
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return _read_multipart(request.body, kind.partition("boundary=")[2].strip('"'), params)
    if kind.startswith("application/json") and request.body:
        return params | msgspec.json.decode(request.body, type=dict[str, Any]), {}
    form = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return params | {name: _loaded(value) for name, value in form}, {}


def _read_multipart(body: bytes, boundary: str, params: Json) -> tuple[Json, dict[str, tuple[str, str, bytes]]]:
    files: dict[str, tuple[str, str, bytes]] = {}
    for part in body.split(b"--" + boundary.encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        lines = [line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")]
        headers = {name.lower(): value.strip() for name, _, value in lines}
        disposition = dict(re.findall(r'(\w+)="([^"]*)"', headers.get("content-disposition", "")))
        if "filename" in disposition:
            files[disposition["name"]] = (disposition["filename"], headers.get("content-type", ""), content)
        else:
            params[disposition.get("name", "")] = _loaded(content.decode("utf-8", "replace"))
    return params, files


def _loaded(value: str) -> object:
    """A parameter: structures are JSON in it, all else is text."""
    if value[:1] not in ("{", "["):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def _json(status: int, value: object, headers: dict[str, str] | None = None) -> Response:
    named = {"content-type": "application/json; charset=UTF-8", **(headers or {})}
    return Response(status=status, headers=named, body=msgspec.json.encode(value))
