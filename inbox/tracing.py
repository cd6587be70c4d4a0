"""Traces: what a request, a webhook or a send waited for, told to a collector by OTLP over HTTP.

Off unless `INBOX_TRACES_URL` names a collector: `span` then costs a call and a comparison. Names and attributes are
OpenTelemetry's (https://opentelemetry.io/docs/specs/semconv/http/http-spans/, read 2026-11-22). Spans hold names of
routes, networks and hosts, ids and numbers; never a word of people, nor an address asked outside: networks put tokens
into theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Literal, Protocol

from structlog.typing import EventDict, WrappedLogger

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

Kind = Literal["internal", "server", "client"]
Value = str | int | bool


class Span(Protocol):
    """One stretch of work."""

    def set(self, name: str, value: Value) -> None:
        """Note what is known by now."""


class TracingMissing(Exception):
    """Traces are asked for, and the packages for them are not installed."""


class _Off:
    """Nothing is recorded."""

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *raised: object) -> None:
        """Nothing to end."""

    def set(self, name: str, value: Value) -> None:
        """Nothing to note it on."""


_OFF = _Off()
_tracer: Tracer | None = None


def configure(url: str, process: str) -> Callable[[], None]:
    """Tell this collector from now on: `url` as `http://collector:4318/v1/traces`, `process` as `web`. Returns what
    ends it, after the last spans are told. An empty address: nothing is recorded. The SDK's own `OTEL_…` variables
    hold (headers, sampling). Raises TracingMissing.
    """
    global _tracer
    if not url:
        return lambda: None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as missing:
        raise TracingMissing("INBOX_TRACES_URL is set: install what tells traces, inbox[tracing]") from missing
    provider = TracerProvider(resource=Resource.create({"service.name": "inbox", "inbox.process": process}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    _tracer = provider.get_tracer("inbox")

    def end() -> None:
        global _tracer
        _tracer = None
        provider.shutdown()

    return end


def span(
    name: str, kind: Kind = "internal", *, parent: str | None = None, attributes: Mapping[str, Value] | None = None
) -> AbstractContextManager[Span]:
    """A stretch of work, part of the one around it. `parent`: a `traceparent` that came with a request, believed where
    it is one (https://www.w3.org/TR/trace-context/). What is raised through it is named by its type alone.
    """
    return _OFF if _tracer is None else _recorded(_tracer, name, kind, parent, attributes)


def reading(query: Callable[..., object]) -> AbstractContextManager[Span]:
    """A read of the store, by its query's name."""
    if _tracer is None:
        return _OFF
    name = getattr(query, "__name__", type(query).__name__)
    return _recorded(_tracer, "read", "internal", None, {"inbox.query": name})


def traceparent() -> str | None:
    """For whoever is asked on behalf of this work; None where nothing is recorded."""
    if _tracer is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carried: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carried)
    return carried.get("traceparent")


def with_ids(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Puts `trace_id` and `span_id` into a line of the log, where there are any (a processor of structlog)."""
    if _tracer is None:
        return event
    from opentelemetry.trace import format_span_id, format_trace_id, get_current_span

    of = get_current_span().get_span_context()
    if of.is_valid:
        event["trace_id"], event["span_id"] = format_trace_id(of.trace_id), format_span_id(of.span_id)
    return event


class _On:
    """A span of the SDK."""

    def __init__(self, of: Any) -> None:
        self._of = of

    def set(self, name: str, value: Value) -> None:
        self._of.set_attribute(name, value)


@contextmanager
def _recorded(
    tracer: Tracer, name: str, kind: Kind, parent: str | None, attributes: Mapping[str, Value] | None
) -> Iterator[Span]:
    from opentelemetry.trace import SpanKind, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
    with tracer.start_as_current_span(
        name, context, SpanKind[kind.upper()], attributes, record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield _On(made)
        except BaseException as raised:
            made.set_attribute("error.type", type(raised).__name__)
            made.set_status(StatusCode.ERROR)
            raise
