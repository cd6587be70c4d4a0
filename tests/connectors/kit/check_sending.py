"""`send`: golden exchanges, and every failure at every step of every exchange."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.errors import SendErrorKind as Kind
from connectors.exchange import (
    AnyRequest,
    FetchMail,
    HttpRequest,
    HttpResponse,
    MailRefused,
    TransportFailed,
    is_effect,
)
from connectors.outbound import AnyOutbound, Part, Receipt
from connectors.toolkit.planning import action_name
from tests.connectors.kit.driver import Reply, Run, drive
from tests.connectors.kit.goldens import actions, exchange_of, load_action, perform, reply_of
from tests.connectors.kit.subject import NotApplicable, Subject

_RETRY_AFTER_SECONDS = 17
_FINAL = {Kind.REJECTED, Kind.REAUTH, Kind.RECIPIENT_GONE, Kind.WINDOW_CLOSED, Kind.TOO_LARGE}
_LATER = {Kind.UNREACHABLE, Kind.THROTTLED}
_HARMLESS = {"typing", "seen"}
"""Actions that may be lost: a connector may take any answer for an answer."""
_UNDONE_BY_404 = {"delete_sent", "delete_comment", "hide", "unhide", "react", "ban"}
"""Where 404 says that what is asked for is the case already."""


@dataclass(frozen=True)
class Failure:
    """What goes wrong, and the kinds of SendError that make sense then. `may_succeed`: no error makes sense too."""

    name: str
    reply: Reply
    kinds: frozenset[Kind]
    may_succeed: bool = False


def _http(name: str, status: int, kinds: set[Kind], body: bytes = b"{}", **headers: str) -> Failure:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Failure(name, HttpResponse(status=status, headers=named, body=body), frozenset(kinds))


HTTP_FAILURES = (
    _http("301", 301, _FINAL | {Kind.UNREACHABLE}, b"", location="https://elsewhere.example/"),
    _http("400", 400, _FINAL),
    _http("401", 401, {Kind.REAUTH}),
    _http("403", 403, _FINAL),
    _http("404", 404, _FINAL),
    _http("413", 413, {Kind.TOO_LARGE, Kind.REJECTED}),
    _http("429", 429, {Kind.THROTTLED}),
    _http("429 with Retry-After", 429, {Kind.THROTTLED}, retry_after=str(_RETRY_AFTER_SECONDS)),
    _http("500", 500, {Kind.UNREACHABLE, Kind.UNKNOWN}),
    _http("502 in HTML", 502, {Kind.UNREACHABLE, Kind.UNKNOWN}, b"<html>Bad Gateway</html>", content_type="text/html"),
    _http("503", 503, {Kind.UNREACHABLE, Kind.THROTTLED, Kind.UNKNOWN}),
    _http("503 with Retry-After", 503, {Kind.UNREACHABLE, Kind.THROTTLED, Kind.UNKNOWN}, retry_after="17"),
)
UNREADABLE = (
    b"",
    b"<html><body>Welcome</body></html>",
    b'{"ok": true, "result": {"mess',
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 3000,
)
TRANSPORT_KINDS = ("connect", "timeout", "reset", "refused", "missing", "too_large", "tls")
MAIL_FAILURES = (
    MailRefused(535, "5.7.8 authentication failed", stage="login"),
    MailRefused(421, "4.3.2 shutting down", stage="login"),
    MailRefused(550, "5.1.1 no such user", stage="recipients"),
    MailRefused(452, "4.2.2 mailbox full", stage="recipients"),
    MailRefused(552, "5.3.4 message too big", stage="data"),
    MailRefused(451, "4.7.1 try again later", stage="data"),
    MailRefused(0, "NO [OVERQUOTA]", stage="imap"),
)


def goldens(subject: Subject) -> None:
    """Each golden action gives exactly the requests and receipts of its exchange file."""
    found = actions(subject)
    assert found, f"no golden actions in {subject.golden_out}"
    for path in found:
        with subject.about(path.name):
            exchange = exchange_of(path)
            assert exchange.exists(), f"{exchange.name} is missing: rewrite, then read what it says"
            wanted = json.loads(exchange.read_text())
            done = perform(subject, load_action(path), wanted)
            assert done == wanted, f"send gives\n{json.dumps(done, ensure_ascii=False, indent=2)}"


def goldens_cover_actions(subject: Subject) -> None:
    """Each action of the manifest has a golden in which the network takes it."""
    taken = set()
    for path in actions(subject):
        golden = json.loads(exchange_of(path).read_text()) if exchange_of(path).exists() else {}
        if golden.get("parts") and all("receipt" in part for part in golden["parts"]):
            taken.add(action_name(load_action(path)))
    allowed = {name for capability in subject.connector.manifest.kinds.values() for name in capability.actions}
    missing = sorted(allowed - taken)
    assert not missing, f"actions of the manifest that no golden shows carried out: {missing} ({subject.golden_out})"


def effect_marked(subject: Subject) -> None:
    """Each part makes at most one request that a customer can see, and a part that says something makes one."""
    for part, steps, name in _exchanges(subject):
        with subject.about(name):
            run = _sent(subject, part, steps)
            effects = [request for request in run.requests if is_effect(request)]
            assert len(effects) <= 1, f"{len(effects)} requests are marked as effect"
            says = action_name(part.action) in ("send", "reply_comment", "private_reply", "reply_review")
            assert effects or not says or run.error is not None, "no request is marked as effect"


def failures(subject: Subject) -> None:
    """Every failure at every step ends in a SendError of a kind that makes sense, or in success where that does."""
    for part, steps, name in _exchanges(subject):
        requests = _sent(subject, part, steps).requests
        for step, request in enumerate(requests):
            for failure in _failures(subject, request, part.action):
                with subject.about(f"{name}, step {step + 1}, {failure.name}"):
                    _judge(subject, failure, _sent(subject, part, steps, (step, failure.reply)), step)


def _judge(subject: Subject, failure: Failure, run: Run, step: int) -> None:
    if run.error is None:
        assert isinstance(run.result, Receipt), f"returned {run.result!r}"
        assert failure.may_succeed, "was taken for success"
        return
    kind = run.error.kind
    done_before = any(is_effect(request) for request in run.requests[:step])
    if done_before and not subject.connector.manifest.idempotent_sends:
        assert not run.error.treatment.retry, f"{kind} is retried, though the customer has it already"
        return
    assert kind in failure.kinds, f"{kind}: one of {sorted(failure.kinds)} makes sense ({run.error.reason})"
    if failure.name == "429 with Retry-After":
        wanted = subject.context().now + _RETRY_AFTER_SECONDS * 1_000_000
        assert run.error.until == wanted, f"until is {run.error.until}, Retry-After says {wanted}"


def _failures(subject: Subject, request: AnyRequest, action: AnyOutbound) -> Iterator[Failure]:
    effect, idempotent = is_effect(request), subject.connector.manifest.idempotent_sends
    lenient = action_name(action) in _HARMLESS or not effect
    unsure = {Kind.UNKNOWN, Kind.UNREACHABLE} if idempotent else {Kind.UNKNOWN}
    for kind in TRANSPORT_KINDS:
        for sent in (False, True):
            kinds = unsure if sent and effect else {Kind.UNREACHABLE, Kind.REJECTED, Kind.TOO_LARGE, Kind.REAUTH}
            failed = TransportFailed(kind, "the kit broke it", sent=sent)  # type: ignore[arg-type]
            yield Failure(
                f"{kind} with sent={sent}",
                failed,
                frozenset(kinds | {Kind.UNREACHABLE} if not effect else kinds),
                lenient,
            )
    if isinstance(request, HttpRequest):
        for given in HTTP_FAILURES:
            undone = given.name == "404" and action_name(action) in _UNDONE_BY_404
            yield Failure(given.name, given.reply, given.kinds, lenient or undone)
        for body in UNREADABLE:
            kinds = unsure if effect else {Kind.UNREACHABLE, Kind.REJECTED}
            yield Failure(f"200 with {body[:20]!r}", HttpResponse(status=200, body=body), frozenset(kinds), True)
    else:
        kinds = {*_FINAL, *_LATER} if not effect or not isinstance(request, FetchMail) else _FINAL
        for refused in MAIL_FAILURES:
            yield Failure(str(refused), refused, frozenset(kinds), lenient)


def _exchanges(subject: Subject) -> Iterator[tuple[Part, list[Any], str]]:
    """Every part of every golden action that is not refused, with its golden steps."""
    for path in actions(subject):
        golden = json.loads(exchange_of(path).read_text()) if exchange_of(path).exists() else {}
        if "parts" not in golden:
            continue
        parts = subject.connector.plan(load_action(path), subject.context())
        for part, shown in zip(parts, golden["parts"], strict=True):
            yield part, shown["steps"], f"{path.name} part {part.index + 1}"


def _sent(subject: Subject, part: Part, steps: list[Any], broken: tuple[int, Reply] | None = None) -> Run:
    """Send a part against its golden responses, with another reply in place of one of them."""
    send = subject.connector.send
    if send is None:
        raise NotApplicable("the service itself delivers")

    def answer(request: AnyRequest, number: int) -> Reply:
        return broken[1] if broken and number == broken[0] else reply_of(request, steps, number)

    return drive(send(part, subject.context()), answer)
