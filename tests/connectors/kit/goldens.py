"""Golden files: reading them, and showing what a connector does in the same form.

inbound   NAME.request.json  {"source", "method", "path", "query", "headers", "body" | "body_text"}; where nothing is
                             posted to us, `body` is one element that a poll keeps as raw
          NAME.eml           one mail, for networks that are polled by FetchMail
          NAME.expect.json   what parse gives: records, or {"error": text} for a broken element; alone {"error": text}
                             where nothing can be read at all
outbound  NAME.action.json   one Outbound
          NAME.exchange.json {"parts": [{"steps": [{"request", "response"}], "receipt" | "error"}]}, or
                             {"refused": {"code", "detail"}} where plan refuses it
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from connectors.contract import Context
from connectors.errors import PayloadInvalid, PlanRefused
from connectors.exchange import (
    AnyRequest,
    FetchedMail,
    FetchMail,
    HttpRequest,
    HttpResponse,
    MailFetched,
    MailStored,
    MailSubmitted,
    Request,
    StoreMail,
    SubmitMail,
)
from connectors.outbound import AnyOutbound
from tests.connectors.kit.driver import Reply, Run, drive
from tests.connectors.kit.sealed import sealed
from tests.connectors.kit.subject import NotApplicable, Subject

Json = Any


@dataclass(frozen=True)
class Delivery:
    """One golden delivery. `value` is the JSON body, None where the body is other text or a mail."""

    name: str
    path: Path
    value: Json
    method: str = "POST"
    url_path: str = ""
    query: str = ""
    headers: Mapping[str, str] | None = None
    body: bytes = b""
    is_mail: bool = False

    @property
    def expected(self) -> Path:
        """Where its expectation stands."""
        return self.path.with_name(f"{self.name}.expect.json")

    def request(self, body: bytes | None = None) -> Request:
        """The delivery as it reaches us, unsigned, or with another body."""
        given = self.headers if self.headers is not None else {"content-type": "application/json"}
        headers = {name.lower(): value for name, value in given.items()}
        raw = self.body if body is None else body
        return Request(method=self.method, path=self.url_path, query=self.query, headers=headers, body=raw)


def deliveries(subject: Subject) -> list[Delivery]:
    """All golden deliveries, by name. Raises NotApplicable for a network that has no door in to look at."""
    if subject.connector.parse is None and subject.connector.poll is None:
        raise NotApplicable("nothing comes in by webhook or poll")
    found = [_delivery(path) for path in sorted(subject.golden_in.glob("*.request.json"))]
    found += [_mail(path) for path in sorted(subject.golden_in.glob("*.eml"))]
    return found


def read_in(subject: Subject, delivery: Delivery, body: bytes | None = None, ctx: Context | None = None) -> list[Json]:
    """What the connector makes of a delivery, or of another body in its place, in the form of an expect file."""
    ctx = ctx or subject.context()
    if delivery.is_mail:
        return _shown_mail(subject, delivery.body if body is None else body, ctx)
    connector, request = subject.connector, delivery.request(body)
    try:
        with sealed():
            if connector.parse is not None:
                records = connector.parse(request, ctx)
            elif connector.parse_part is not None:
                records = connector.parse_part(request.body, ctx)
            else:
                raise NotApplicable("what is polled cannot be read by itself: there is no parse_part")
    except PayloadInvalid as error:
        return [{"error": str(error)}]
    return [shown_record(record) for record in records]


def shown_record(record: object) -> Json:
    """A record as plain values, a broken element as its error. Raises AssertionError for any other exception."""
    if isinstance(record, Exception):
        if not isinstance(record, PayloadInvalid):
            raise AssertionError(f"a broken element is {type(record).__name__}, not PayloadInvalid: {record}")
        return {"error": str(record)}
    return plain(record)


def plain(record: object) -> Json:
    """A record as its own JSON gives it back. Raises UnicodeEncodeError for text that cannot be stored."""
    return msgspec.json.decode(msgspec.json.encode(record))


def actions(subject: Subject) -> list[Path]:
    """All golden actions. Raises NotApplicable for a network that the service itself delivers to."""
    if subject.connector.send is None:
        raise NotApplicable("the service itself delivers")
    return sorted(subject.golden_out.glob("*.action.json"))


def exchange_of(action: Path) -> Path:
    """Where the exchange of an action stands."""
    return action.with_name(action.name.replace(".action.json", ".exchange.json"))


def load_action(path: Path) -> AnyOutbound:
    """The action in a golden file; a `source` key beside its fields is passed over."""
    action: AnyOutbound = msgspec.json.decode(path.read_bytes(), type=AnyOutbound)
    return action


def perform(subject: Subject, action: AnyOutbound, golden: Json) -> Json:
    """Plan and send an action against the responses in a golden exchange; the result in the same form."""
    ctx = subject.context()
    try:
        with sealed():
            parts = subject.connector.plan(action, ctx)
    except PlanRefused as refused:
        return {"refused": {"code": refused.code, "detail": refused.detail}}
    if subject.connector.send is None:
        raise NotApplicable("the service itself delivers")
    done = []
    for i, part in enumerate(parts):
        steps = golden["parts"][i]["steps"] if i < len(golden["parts"]) else []
        run = drive(subject.connector.send(part, ctx), lambda request, n, s=steps: reply_of(request, s, n))  # type: ignore[misc]
        done.append(_shown_run(run, steps))
    return {"parts": done}


def reply_of(request: AnyRequest, steps: list[Json], number: int) -> Reply:
    """The golden response to the request of that number; a plain success where the golden holds none."""
    response = _response_to(request, steps, number)
    match request:
        case HttpRequest():
            return _http_response(response)
        case SubmitMail():
            return msgspec.convert(response, MailSubmitted)
        case FetchMail():
            return msgspec.convert({"uid_validity": 1, "mails": (), "highest_uid": 0} | response, MailFetched)
        case StoreMail():
            return msgspec.convert(response, MailStored)


def _response_to(request: AnyRequest, steps: list[Json], number: int) -> Json:
    """What stands in the golden; where it has nothing yet, what is then written there: read back, it is the same."""
    if number < len(steps):
        return steps[number]["response"]
    return {"status": 200, "json": {}} if isinstance(request, HttpRequest) else {}


def shown_request(request: AnyRequest) -> Json:
    """A request as golden files hold it: defaults left out; JSON bodies as `json`, other text as `body`, bytes that are
    no text as `body_base64`. A mail's message is text with plain line ends.
    """
    shown: dict[str, Json] = {} if isinstance(request, HttpRequest) else {"type": type(request).__name__}
    for spec in msgspec.structs.fields(request):
        value = getattr(request, spec.name)
        if spec.default_factory is not msgspec.NODEFAULT and value == spec.default_factory():
            continue
        if value == spec.default or spec.name in ("body", "message"):
            continue
        shown[spec.name] = plain(value)
    body = request.body if isinstance(request, HttpRequest) else getattr(request, "message", b"")
    return shown | shown_bytes(body, json_too=isinstance(request, HttpRequest))


def shown_bytes(body: bytes, *, json_too: bool) -> Json:
    """The body's one entry in the form of a golden file; none for an empty body."""
    if not body:
        return {}
    if json_too:
        try:
            return {"json": json.loads(body)}
        except ValueError:
            pass
    try:
        return {"body": body.decode().replace("\r\n", "\n")}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}


def write(path: Path, value: Json) -> bool:
    """Write a golden file unless it holds the same already. Returns whether it changed."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    if path.exists() and json.loads(path.read_text()) == value:
        return False
    path.write_text(text)
    return True


def _delivery(path: Path) -> Delivery:
    given = json.loads(path.read_text())
    name = path.name.removesuffix(".request.json")
    if not given.get("source"):
        raise AssertionError(f"{path.name} names no source")
    has_json = "body" in given and not isinstance(given["body"], str)
    text = given["body"] if isinstance(given.get("body"), str) else given.get("body_text", "")
    return Delivery(
        name=name,
        path=path,
        value=given["body"] if has_json else None,
        method=given.get("method", "POST"),
        url_path=given.get("path", ""),
        query=given.get("query", ""),
        headers=given.get("headers"),
        body=json.dumps(given["body"], ensure_ascii=False).encode() if has_json else text.encode(),
    )


def _mail(path: Path) -> Delivery:
    return Delivery(name=path.stem, path=path, value=None, body=path.read_bytes(), is_mail=True)


def _shown_mail(subject: Subject, message: bytes, ctx: Context) -> list[Json]:
    """What a poll makes of one mail in its first folder."""
    if subject.connector.poll is None:
        raise NotApplicable("there is no poll")
    mail = FetchedMail(uid=1, internal_at=ctx.now, flags=(), message=message)

    def answer(request: AnyRequest, number: int) -> Reply:
        if not isinstance(request, FetchMail):
            raise TypeError(f"a poll of mail asked for {type(request).__name__}")
        mails = (mail,) if number == 0 else ()
        return MailFetched(uid_validity=1, mails=mails, highest_uid=len(mails), folder=request.folder)

    run = drive(subject.connector.poll("", ctx), answer)
    if run.error is not None:
        raise AssertionError(f"the poll of a single mail failed: {run.error}")
    return [shown_record(one) for one in run.result.inbounds] + [{"error": why} for why, _ in run.result.problems]


def _http_response(given: Json) -> HttpResponse:
    text = json.dumps(given["json"], ensure_ascii=False) if "json" in given else given.get("body", "")
    headers = {name.lower(): value for name, value in given.get("headers", {}).items()}
    return HttpResponse(status=given.get("status", 200), headers=headers, body=text.encode())


def _shown_run(run: Run, steps: list[Json]) -> Json:
    shown: dict[str, Json] = {"steps": []}
    for number, request in enumerate(run.requests):
        shown["steps"].append({"request": shown_request(request), "response": _response_to(request, steps, number)})
    if run.error is not None:
        shown["error"] = {"kind": str(run.error.kind), "reason": run.error.reason}
        if run.error.until is not None:
            shown["error"]["until"] = run.error.until
    else:
        shown["receipt"] = plain(run.result)
    return shown
