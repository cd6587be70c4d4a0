"""The customer's system: keeps conversations, tells us what happens in them, and does what we post to it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from connectors.contract import CustomerAction
from connectors.errors import SignatureInvalid
from connectors.exchange import Request, Response
from connectors.inbound import Attachment
from connectors.toolkit import faults, schemes
from connectors.toolkit.http import json_body, readable_object
from connectors.toolkit.times import to_rfc3339

WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"the simulated customer system's key").decode()

_KINDS = ("group", "comment", "mention", "review", "chat")


@dataclass(slots=True)
class Item:
    """One item of a conversation as people see it."""

    id: str
    side: str
    person: str
    text: str
    state: str = "sent"
    rating: int = 0
    emojis: list[str] = field(default_factory=list)


class CustomSimulator:
    """Deterministic by its seed. A conversation's kind is the word before the first `-` of its id (`comment-7`), else a
    direct one; a person's own is `dm-<person>`.
    """

    credentials: ClassVar[dict[str, str]] = {"webhook_secret": WEBHOOK_SECRET}

    def __init__(self, seed: int) -> None:
        self.faults: set[str] = set()
        self._seed = seed
        self._count = 0
        self._threads: dict[str, list[Item]] = {}
        self._answers: dict[str, Response] = {}
        self._receipts: list[dict[str, Any]] = []
        self._held: list[Request] = []

    # Our requests

    def respond(self, request: Request, now: int) -> Response:
        """Carry out one of our events, once for each `webhook-id`."""
        try:
            schemes.verify_standard(request.headers, request.body, [WEBHOOK_SECRET.encode()], now)
        except SignatureInvalid as error:
            return _json(401, {"detail": str(error)})
        refused = faults.refusal(self.faults)
        if refused is not None:
            return refused
        key = request.headers["webhook-id"]
        if key not in self._answers:
            self._answers[key] = self._carry_out(readable_object(request.body) or {})
        return faults.spoiled(self._answers[key], self.faults)

    def _carry_out(self, event: dict[str, Any]) -> Response:
        if event.get("type") == "ping":
            return _json(200, {})
        if event.get("type") == "message.requested":
            return self._requested(event["message"]["external_id"])
        steps: dict[str, Callable[[dict[str, Any]], Response]] = {
            "message.created": self._write,
            "review.replied": self._write,
            "message.updated": self._edit,
            "message.deleted": self._remove,
            "message.moderated": self._moderate,
            "reaction.added": self._react,
            "reaction.removed": self._react,
        }
        step = steps.get(event.get("type", ""))
        return step(event) if step else _json(202, {})

    def _write(self, event: dict[str, Any]) -> Response:
        thread_id = event["conversation"]["external_id"] or f"dm-{event['conversation']['address']['to']}"
        message = event["message"]
        if message.get("audience") == "private" and thread_id.startswith(("comment-", "mention-")):
            thread_id = f"dm-{event['recipient']['external_id']}"
        item = Item(self._next("out"), "us", "", message["text"])
        self._threads.setdefault(thread_id, []).append(item)
        delivery = {"state": "delivered", "message_external_id": item.id}
        self._receipts.append({"type": "delivery.updated", "delivery": delivery})
        return _json(200, {"external_id": item.id, "conversation_external_id": thread_id})

    def _edit(self, event: dict[str, Any]) -> Response:
        item = self._find(event["message"]["external_id"])
        if item is None:
            return _gone()
        item.text, item.state = event["message"]["text"], "edited"
        return _json(200, {})

    def _remove(self, event: dict[str, Any]) -> Response:
        return self._set_state(event["message"]["external_id"], "deleted")

    def _moderate(self, event: dict[str, Any]) -> Response:
        states = {"hidden": "hidden", "visible": "sent", "removed": "deleted"}
        return self._set_state(event["message"]["external_id"], states[event["message"]["state"]])

    def _set_state(self, item_id: str, state: str) -> Response:
        item = self._find(item_id)
        if item is None:
            return _gone()
        item.state = state
        return _json(200, {})

    def _react(self, event: dict[str, Any]) -> Response:
        item = self._find(event["reaction"]["message_external_id"])
        if item is None:
            return _gone()
        item.emojis = list(event["reaction"]["emojis"])
        return _json(200, {})

    def _requested(self, item_id: str) -> Response:
        for thread_id, items in self._threads.items():
            for item in items:
                if item.id == item_id:
                    said = _message_event(thread_id, item)
                    return _json(200, {"id": f"requested-{item.id}", **said})
        return _gone()

    # A customer

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """Do as a customer; what happened to our own items since the last time is told as well."""
        events = [*self._receipts, self._acted(action, now)]
        self._receipts = []
        requests = [self._signed(event, now) for event in events]
        return faults.deliveries(requests, self._held, self.faults)

    def _acted(self, action: CustomerAction, now: int) -> dict[str, Any]:
        thread_id = action.thread_id or f"dm-{action.person}"
        match action.do:
            case "write" | "review" | "join":
                return self._wrote(action, thread_id)
            case "edit" | "restar":
                return self._changed(action)
            case "delete":
                self._must_find(action.message_id).state = "deleted"
                return {"type": "message.deleted", "message": {"external_id": action.message_id}}
            case "react":
                emojis = [action.emoji] if action.emoji else []
                self._must_find(action.message_id).emojis = emojis
                return {
                    "type": "reaction.added" if emojis else "reaction.removed",
                    "author": _person(action),
                    "reaction": {"message_external_id": action.message_id, "emojis": emojis},
                }
            case "read":
                for item in self._threads.get(thread_id, []):
                    item.state = "read" if item.side == "us" and item.state == "sent" else item.state
                delivery = {"state": "read", "up_to": to_rfc3339(now)}
                return {"type": "delivery.updated", "conversation": {"external_id": thread_id}, "delivery": delivery}
            case "typing":
                return {"type": "typing", "conversation": {"external_id": thread_id}, "author": _person(action)}
            case "block":
                return {"type": "author.updated", "author": _person(action), "reachable": False}
            case "leave":
                return {"type": "conversation.closed", "conversation": {"external_id": thread_id}, "reason": "left"}

    def _wrote(self, action: CustomerAction, thread_id: str) -> dict[str, Any]:
        item = Item(self._next("in"), "them", action.person, action.text, rating=action.rating)
        if action.do == "review":
            thread_id = action.thread_id or f"review-{item.id}"
        if action.do == "join":
            item.text = action.text or f"{action.name or action.person} joined"
        self._threads.setdefault(thread_id, []).append(item)
        event = _message_event(thread_id, item)
        event["author"] = _person(action)
        if action.attachments:
            event["message"]["attachments"] = [_attachment(one) for one in action.attachments]
        if action.in_reply_to:
            event["message"]["reply_to"] = action.in_reply_to
        if action.do == "join":
            event["message"] |= {"needs_answer": False, "automatic": "service"}
        return event

    def _changed(self, action: CustomerAction) -> dict[str, Any]:
        item = self._must_find(action.message_id)
        item.text = action.text or item.text
        item.rating = action.rating or item.rating
        item.state = "edited"
        thread_id = next(thread for thread, items in self._threads.items() if item in items)
        if item.rating:
            return {**_message_event(thread_id, item), "author": _person(action)}
        return {"type": "message.updated", "message": {"external_id": item.id, "text": item.text}}

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """The conversation, oldest first, without what was deleted."""
        return [
            {"id": item.id, "from": item.side, "text": item.text, "state": item.state, "emojis": "".join(item.emojis)}
            for item in self._threads.get(thread_id, [])
            if item.state != "deleted"
        ]

    # Bookkeeping

    def _signed(self, event: dict[str, Any], now: int) -> Request:
        key = self._next("evt")
        body = json_body({"id": key, "occurred_at": to_rfc3339(now), **event})
        headers = schemes.standard_headers(key, body, [WEBHOOK_SECRET.encode()], now)
        return Request(method="POST", path="", headers={"content-type": "application/json", **headers}, body=body)

    def _next(self, word: str) -> str:
        self._count += 1
        return f"{word}-{self._seed}-{self._count}"

    def _find(self, item_id: str) -> Item | None:
        return next((item for items in self._threads.values() for item in items if item.id == item_id), None)

    def _must_find(self, item_id: str) -> Item:
        item = self._find(item_id)
        if item is None:
            raise KeyError(f"the simulator gave out no message {item_id!r}; seen() lists those there are")
        return item


def _message_event(thread_id: str, item: Item) -> dict[str, Any]:
    word = thread_id.partition("-")[0]
    kind = word if word in _KINDS else "dm"
    message: dict[str, Any] = {"external_id": item.id, "text": item.text}
    if kind == "review" and item.rating:
        message["rating"] = item.rating
    return {
        "type": "review.upserted" if "rating" in message else "message.created",
        "conversation": {"external_id": thread_id, "kind": kind},
        "author": {"external_id": item.person or "us", "is_owner": item.side == "us"},
        "message": message,
    }


def _person(action: CustomerAction) -> dict[str, Any]:
    return {"external_id": action.person, "name": action.name or action.person}


def _attachment(given: Attachment) -> dict[str, Any]:
    said = {"url": given.url, "mime": given.mime, "name": given.name, "size": given.size_bytes, "kind": given.kind}
    words = {"title": given.title, "meta": dict(given.meta)}
    return {name: value for name, value in (said | words).items() if value}


def _gone() -> Response:
    return _json(404, {"code": "rejected", "detail": "there is no such message"})


def _json(status: int, value: object) -> Response:
    return Response(status=status, headers={"content-type": "application/json"}, body=json_body(value))
