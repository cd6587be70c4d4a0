"""Traces, as a collector is told them."""

from __future__ import annotations

import asyncio
import gzip
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from connectors.exchange import HttpRequest
from inbox import tracing
from inbox.transport.guard import Guard
from inbox.transport.http import HttpClient
from inbox.transport.media import DiskMedia
from inbox.transport.reach import Reach
from tests.inbox.cli.program import Program
from tests.inbox.transport.peers import answer, http_peer
from tests.processes import free_port

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
"""The example of https://www.w3.org/TR/trace-context/."""


class Collector:
    """Takes OTLP over HTTP, as OpenTelemetry's own does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.spans: list[Span] = []
        self.processes: set[str] = set()

    def take(self, body: bytes) -> None:
        """One export."""
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            known = {one.key: one.value.string_value for one in resource.resource.attributes}
            self.processes.add(f"{known['service.name']} {known['inbox.process']}")
            for scope in resource.scope_spans:
                self.spans += scope.spans

    def of(self, name: str) -> Span:
        """The span of this name; the only one."""
        (found,) = [span for span in self.spans if span.name == name]
        return found

    def below(self, span: Span) -> list[str]:
        """Names of what is part of it."""
        return [one.name for one in self.spans if one.parent_span_id == span.span_id]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collector.take(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Tests say what was wrong themselves."""

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Taking)
    collector = Collector(f"http://127.0.0.1:{server.server_port}/v1/traces")
    listening = threading.Thread(target=server.serve_forever)
    listening.start()
    try:
        yield collector
    finally:
        server.shutdown()
        listening.join()
        server.server_close()


def attributes(span: Span) -> dict[str, object]:
    """What is noted on it."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


@contextmanager
def traced(folder: Path) -> Iterator[tuple[Collector, str, str]]:
    """A service that tells a collector; its address, and its first-admin token. All is told when it is over."""
    empty = Program(folder / "data", {"INBOX_PORT": str(free_port())})
    with collecting() as collector:
        empty.environment["INBOX_TRACES_URL"] = collector.url
        with empty.staying("run", until="First admin") as said:
            token = re.search(r"/links/(\S+)", said[-1])
            assert token is not None
            yield collector, f"http://127.0.0.1:{empty.environment['INBOX_PORT']}", token[1]


def test_a_request_is_told_as_part_of_its_callers_trace(tmp_path: Path) -> None:
    """Route, status and what it waited for, under the `traceparent` it came with; no token of its address."""
    with traced(tmp_path) as (collector, address, token):
        headers = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
        assert httpx2.get(f"{address}/api/v1/links/{token}", headers=headers).status_code == 200
        assert httpx2.post(f"{address}/hooks/telegram/1").status_code == 404
        assert httpx2.get(f"{address}/api/v1/agents").status_code == 401
    request = collector.of("GET /api/v1/links/{token}")
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, CALLER)
    assert request.kind == Span.SPAN_KIND_SERVER
    assert attributes(request)["http.response.status_code"] == 200
    assert "read" in collector.below(request)
    assert attributes(collector.of("hooks")) == {"inbox.network": "unknown", "http.response.status_code": 404}
    assert attributes(collector.of("GET /api/v1/agents"))["http.response.status_code"] == 401
    assert collector.processes == {"inbox run"}
    assert all(token not in str(span) for span in collector.spans)


def test_a_write_is_part_of_the_request_that_asked_for_it(tmp_path: Path) -> None:
    """A first admin signs up: the write is named by its unit, and holds nothing of what was written."""
    with traced(tmp_path) as (collector, address, token):
        given = {"name": "Eva", "email": "eva@example.org", "password": "a long enough one"}
        answer = httpx2.post(f"{address}/api/v1/links/{token}", json=given, headers={"X-Inbox": "1"})
        assert answer.status_code < 300, answer.text
    request = collector.of("POST /api/v1/links/{token}")
    writes = [one for one in collector.spans if one.parent_span_id == request.span_id and one.name == "write"]
    assert writes
    assert all(attributes(one)["inbox.unit"] for one in writes)
    assert all("eva@example.org" not in str(span) for span in collector.spans)


async def test_a_request_outside_is_told_by_its_host_alone(tmp_path: Path) -> None:
    """Status and host; some networks have their token in the path."""
    client = HttpClient(Guard(["127.0.0.0/8"]), DiskMedia(tmp_path))
    with collecting() as collector:
        end = tracing.configure(collector.url, "test")
        try:
            async with http_peer(answer(b"{}")) as peer:
                await client.send(HttpRequest(method="GET", url=f"{peer.url}/bot1:secret/getMe"), Reach())
        finally:
            await client.aclose()
            await asyncio.to_thread(end)
        span = collector.of("GET")
        assert span.kind == Span.SPAN_KIND_CLIENT
        assert attributes(span) == {"server.address": "127.0.0.1", "http.response.status_code": 200}
        assert "secret" not in str(collector.spans)


def test_what_fails_is_named_by_its_type() -> None:
    """The words of an error may be a customer's: they stay out."""
    with collecting() as collector:
        end = tracing.configure(collector.url, "test")
        try:
            with pytest.raises(ValueError, match="Nadia"), tracing.span("send"):
                raise ValueError("Nadia's order")
        finally:
            end()
        assert attributes(collector.of("send")) == {"error.type": "ValueError"}
        assert "Nadia" not in str(collector.spans)


def test_whoever_is_asked_and_whoever_reads_the_log_learn_the_trace() -> None:
    """`traceparent` and the ids in the log are those of the span around them; a parent that is none is passed over."""
    with collecting() as collector:
        end = tracing.configure(collector.url, "test")
        try:
            with tracing.span("webhook", parent="not one"):
                parent, line = tracing.traceparent(), tracing.with_ids(None, "info", {"event": "sent"})
        finally:
            end()
        span = collector.of("webhook")
        assert parent is not None
        assert parent.startswith(f"00-{span.trace_id.hex()}-{span.span_id.hex()}-")
        assert (line["trace_id"], line["span_id"]) == (span.trace_id.hex(), span.span_id.hex())


def test_without_a_collector_nothing_is_recorded() -> None:
    """No ids, no lines, and nothing to end."""
    tracing.configure("", "test")()
    with tracing.span("send") as span:
        span.set("inbox.network", "telegram")
        assert tracing.traceparent() is None
        assert tracing.with_ids(None, "info", {"event": "sent"}) == {"event": "sent"}
