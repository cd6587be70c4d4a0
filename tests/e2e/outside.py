"""What lies outside the service: somebody's HTTP server, and how a shop signs its webhooks."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from standardwebhooks.webhooks import Webhook

from connectors.exchange import Request, Response


@contextlib.contextmanager
def served(respond: Callable[[Request], Response]) -> Iterator[str]:
    """A server on a loopback port that answers every request by `respond`, one at a time; its address."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(
                method=self.command, path=parts.path, query=parts.query, headers=headers, body=self.rfile.read(size)
            )
            with lock:
                response = respond(request)
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST = do_PUT = do_DELETE = _answer

        def handle(self) -> None:
            """Serve until either side hangs up, a killed service too."""
            with contextlib.suppress(ConnectionError):
                super().handle()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Shop:
    """A company's own system behind a custom channel. It trusts nothing that is not signed with its secret."""

    secret: str
    got: list[dict[str, Any]] = field(default_factory=list)
    """Events that the service delivered, repetitions too, pings left out."""
    before_answering: Callable[[], None] | None = None
    """Called once, when the next event has come and is not yet answered."""

    def take(self, request: Request) -> Response:
        """Take a delivery of the service. Raises WebhookVerificationError for a wrong signature."""
        Webhook(self.secret).verify(request.body, dict(request.headers))
        event = json.loads(request.body)
        if event["type"] != "ping":
            self.got.append(event)
            then, self.before_answering = self.before_answering, None
            if then is not None:
                then()
        headers = {"content-type": "application/json"}
        return Response(status=200, headers=headers, body=b'{"external_id": "shop-%d"}' % len(self.got))

    def messages(self) -> list[str]:
        """Texts of the answers that arrived, each once: what comes again under its id is not carried out twice."""
        events = {event["id"]: event for event in self.got if event["type"] == "message.created"}
        return [event["message"]["text"] for event in events.values()]

    def sign(self, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery to the service, as the Standard Webhooks specification has it."""
        body = json.dumps(event, ensure_ascii=False).encode()
        key, at = f"msg_{event['id']}", str(int(time.time()))
        secret = base64.b64decode(self.secret.removeprefix("whsec_"))
        made = hmac.digest(secret, b".".join((key.encode(), at.encode(), body)), hashlib.sha256)
        return body, {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{base64.b64encode(made).decode()}",
        }


def whsec(seed: bytes) -> str:
    """A webhook secret of 32 bytes, always the same for a seed."""
    return "whsec_" + base64.b64encode(hashlib.sha256(seed).digest()).decode()


def says(key: str, text: str, *, who: str = "maria", at: str, **more: Any) -> dict[str, Any]:
    """The event of a customer who writes. `at`: RFC 3339."""
    return {
        "type": "message.created",
        "id": f"evt-{key}",
        "occurred_at": at,
        "conversation": {"external_id": f"dm-{who}", "kind": "dm"},
        "author": {"external_id": f"u-{who}", "name": who.title()},
        "message": {"external_id": key, "text": text, **more},
    }
