"""Visitors of a website: what the chat endpoint would write down of them."""

from __future__ import annotations

from typing import Any

from connectors.contract import CustomerAction
from connectors.exchange import Request, Response
from connectors.toolkit import faults
from connectors.toolkit.http import json_body
from connectors.webchat.inbound import item_id


class Visitors:
    """Deterministic by its seed. What visitors see of our answers stands in their thread: nothing is sent to them."""

    def __init__(self, seed: int) -> None:
        self.faults: set[str] = set()
        self._seed = seed
        self._count = 0
        self._threads: dict[str, list[dict[str, str]]] = {}

    def respond(self, request: Request, now: int) -> Response:
        """No request of ours reaches a visitor."""
        return Response(status=404)

    def act(self, action: CustomerAction, now: int) -> list[Request]:
        """One visit. Reviews, reactions and groups are no part of a chat: nothing happens."""
        event = self._event(action, now)
        if event is None:
            return []
        visit = {
            "visitor": {"id": _visitor(action), "name": action.name},
            "device": _visitor(action),
            "at": now,
            "page": {"url": "https://shop.example/mugs", "title": "Mugs"},
            "event": event,
        }
        request = Request(method="POST", path="", headers={"content-type": "application/json"}, body=json_body(visit))
        return [request, request] if faults.DUPLICATE in self.faults else [request]

    def seen(self, thread_id: str) -> list[dict[str, str]]:
        """What the visitor wrote and did not take back."""
        return [item for item in self._threads.get(thread_id, []) if item["state"] != "deleted"]

    def _event(self, action: CustomerAction, now: int) -> dict[str, Any] | None:
        self._count += 1
        key = f"act-{self._seed}-{self._count}"
        match action.do:
            case "write":
                self._note(_visitor(action), key, action.text)
                return {"type": "message", "key": key, "text": action.text}
            case "edit":
                item = self._item(action)
                item.update(text=action.text, state="edited")
                return {"type": "edit", "key": key, "message_key": item["key"], "text": action.text}
            case "delete":
                item = self._item(action)
                item["state"] = "deleted"
                return {"type": "delete", "key": key, "message_key": item["key"]}
            case "typing":
                return {"type": "typing", "key": key}
            case "read":
                return {"type": "seen", "key": key, "state": "read", "up_to": now}
            case _:
                return None

    def _note(self, visitor: str, key: str, text: str) -> None:
        item = {"id": item_id(visitor, key), "key": key, "from": "them", "text": text, "state": "sent"}
        self._threads.setdefault(visitor, []).append(item)

    def _item(self, action: CustomerAction) -> dict[str, str]:
        for item in self._threads.get(_visitor(action), []):
            if action.message_id in (item["id"], item["key"]):
                return item
        raise KeyError(f"{action.person} wrote no message {action.message_id!r}; seen() lists those there are")


def _visitor(action: CustomerAction) -> str:
    return action.thread_id or f"v:{action.person}"
