"""Template's side of the wire: one page, private chats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from connectors._template.inbound import SIGNATURE
from connectors.contract import CustomerAction
from connectors.exchange import Request, Response
from connectors.toolkit import faults
from connectors.toolkit.http import json_body, readable_object

ACCESS_TOKEN = "simulated-access-token"  # noqa: S105 - opens nothing but this simulator
WEBHOOK_SECRET = "simulated-webhook-secret"  # noqa: S105


@dataclass(slots=True)
class Item:
    """One message in a chat."""

    id: str
    side: str
    text: str
    state: str = "sent"


class TemplateSimulator:
    """Deterministic by its seed: ids count up from it."""

    credentials: ClassVar[dict[str, str]] = {"access_token": ACCESS_TOKEN, "webhook_secret": WEBHOOK_SECRET}

    def __init__(self, seed: int) -> None:
        self.faults: set[str] = set()
        self._seed = seed
        self._count = 0
        self._chats: dict[str, list[Item]] = {}
        self._held: list[Request] = []

    def respond(self, request: Request, now: int) -> Response:
        """Answer one of our requests."""
        if request.headers.get("authorization") != f"Bearer {ACCESS_TOKEN}":
            return Response(status=401, body=b"{}")
        refused = faults.refusal(self.faults)
        if refused is not None:
            return refused
        if request.path == "/me":
            return _json({"id": f"page-{self._seed}", "name": "Simulated page"})
        sent = readable_object(request.body) or {}
        item = Item(self._next("out"), "us", str(sent.get("text", "")))
        self._chats.setdefault(str(sent.get("chat", "")), []).append(item)
        return faults.spoiled(_json({"id": item.id}), self.faults)

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """Do as a customer. What this network does not know (an edit, a reaction) changes nothing."""
        chat = action.thread_id or f"chat-{action.person}"
        events: list[dict[str, Any]] = []
        if action.do == "write":
            item = Item(self._next("in"), "them", action.text)
            self._chats.setdefault(chat, []).append(item)
            person = {"id": action.person, "name": action.name}
            said = {"chat": chat, "message": item.id, "person": person, "text": item.text}
            events.append({"kind": "message.text", **said})
        if action.do == "read":
            for item in self._chats.get(chat, []):
                if item.side == "us" and item.state == "sent":
                    item.state = "read"
                    events.append({"kind": "message.read", "message": item.id})
        requests = [self._signed(event, now) for event in events]
        return faults.deliveries(requests, self._held, self.faults)

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """The chat, oldest first."""
        return [
            {"id": item.id, "from": item.side, "text": item.text, "state": item.state}
            for item in self._chats.get(thread_id, [])
        ]

    def _signed(self, event: dict[str, Any], now: int) -> Request:
        body = json_body({"events": [{"id": self._next("evt"), "time": now // 1_000_000, **event}]})
        signature = SIGNATURE.prefix + SIGNATURE.digest(WEBHOOK_SECRET.encode(), body)
        headers = {"content-type": "application/json", SIGNATURE.header: signature}
        return Request(method="POST", path="", headers=headers, body=body)

    def _next(self, word: str) -> str:
        self._count += 1
        return f"{word}-{self._seed}-{self._count}"


def _json(value: object) -> Response:
    return Response(status=200, headers={"content-type": "application/json"}, body=json_body(value))
