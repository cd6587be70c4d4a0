"""Everything that asks the network beside sending: connecting, polling, looking up. Failures end it in a SendError."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from connectors.contract import Connector, Context
from connectors.exchange import AnyRequest, Exchange, HttpRequest, HttpResponse, TransportFailed
from connectors.inbound import Attachment
from tests.connectors.kit.check_sending import HTTP_FAILURES, MAIL_FAILURES, TRANSPORT_KINDS, UNREADABLE
from tests.connectors.kit.driver import Answerer, Reply, Run, by_simulator, drive
from tests.connectors.kit.goldens import reply_of
from tests.connectors.kit.subject import NotApplicable, Subject

Ask = Callable[[Context], Exchange[Any]]


def failures(subject: Subject) -> None:
    """Every failure at every step of every exchange but `send` ends in a result or in a SendError, and never in another
    exception.
    """
    asked = list(_asks(subject.connector))
    if not asked:
        raise NotApplicable("nothing is asked but by sending")
    for name, ask in asked:
        with subject.about(f"{name}, where nothing fails"):
            steps = _run(subject, ask, None).requests
        for step, request in enumerate(steps):
            for reply in _broken(request):
                with subject.about(f"{name}, step {step + 1}, {_shown(reply)}"):
                    _run(subject, ask, (step, reply))


def _asks(connector: Connector) -> Iterator[tuple[str, Ask]]:
    """The abilities of the connector that are exchanges, with plausible arguments."""
    if (setup := connector.setup) is not None:
        yield "setup", setup
    if (teardown := connector.teardown) is not None:
        yield "teardown", teardown
    if (poll := connector.poll) is not None:
        yield "poll", lambda ctx: poll("", ctx)
    if (profile := connector.profile) is not None:
        yield "profile", lambda ctx: profile("1001", ctx)
    if (media := connector.media) is not None:
        yield "media", lambda ctx: media(Attachment(kind="image", ref="file-1", mime="image/jpeg"), ctx)
    if (fetch := connector.fetch) is not None:
        yield "fetch", lambda ctx: fetch("1001", ctx)
    if (oauth := connector.oauth) is not None:
        yield "oauth.callback", lambda ctx: oauth.callback(ctx, "code", "verifier")
        yield "oauth.refresh", oauth.refresh


def _broken(request: AnyRequest) -> Iterator[Reply]:
    for kind in TRANSPORT_KINDS:
        yield TransportFailed(kind, "the kit broke it", sent=True)  # type: ignore[arg-type]
    if isinstance(request, HttpRequest):
        yield from (failure.reply for failure in HTTP_FAILURES)
        yield from (HttpResponse(status=200, body=body) for body in UNREADABLE)
    else:
        yield from MAIL_FAILURES


def _run(subject: Subject, ask: Ask, broken: tuple[int, Reply] | None) -> Run:
    ctx = subject.context()
    good = _good(subject, ctx)

    def answer(request: AnyRequest, number: int) -> Reply:
        return broken[1] if broken and number == broken[0] else good(request, number)

    return drive(ask(ctx), answer)


def _good(subject: Subject, ctx: Context) -> Answerer:
    """The simulator for HTTP, plain successes for mail."""
    simulated = by_simulator(subject.simulator(), ctx) if subject.connector.simulator else None

    def answer(request: AnyRequest, number: int) -> Reply:
        if simulated is not None and isinstance(request, HttpRequest):
            return simulated(request, number)
        return reply_of(request, [], number)

    return answer


def _shown(reply: Reply) -> str:
    return f"{reply.status} {reply.body[:20]!r}" if isinstance(reply, HttpResponse) else str(reply)
