"""The description of the live socket (AsyncAPI 3.0), made from the frames themselves: `GET /api/v1/asyncapi.json`.

Schema objects of AsyncAPI 3.0 are JSON Schema draft 7 and a little more
(https://www.asyncapi.com/docs/reference/specification/v3.0.0#schemaObject, read 2026-11-22); msgspec writes draft
2020-12, which differs in how tuples are said.
"""

from __future__ import annotations

import json
from typing import Any, get_args
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import inbox
from inbox.domain import events as e
from inbox.live import frames as f

PATH = "/api/v1/asyncapi.json"
_ADDRESS = "/live"
_REF = "#/components/schemas/{name}"
_DESCRIPTION = (
    "One websocket of an agent or program. After `hello` the client asks for a `snapshot`, or to `resume` after the "
    "highest position it has seen; then events follow in the order of their positions. Any frame that is not in this "
    "document closes the socket with 4400."
)


def document(address: str) -> dict[str, Any]:
    """The whole document. `address`: where the service is reached, such as `https://inbox.example.org`."""
    ours = urlsplit(address)
    sent, received = _names(f.ServerFrame), _names(f.AnyClientFrame)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Unified inbox: live", "version": inbox.__version__, "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {
            "inbox": {
                "host": ours.netloc,
                "protocol": "wss" if ours.scheme == "https" else "ws",
                "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _SECURITY],
            }
        },
        "channels": {
            "live": {
                "address": _ADDRESS,
                "description": f"Websocket subprotocol `{f.SUBPROTOCOL}`.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in (*sent, *received)},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
                "x-close-codes": {str(code.value): code.name.lower() for code in f.Close},
            }
        },
        "operations": {
            "tell": _operation("send", "What the server sends.", sent),
            "ask": _operation("receive", "What a client may send.", received),
        },
        "components": {
            "messages": {
                name: _message(frame) for union in (f.ServerFrame, f.AnyClientFrame) for name, frame in _named(union)
            },
            "schemas": _schemas(),
            "securitySchemes": _SECURITY,
        },
        "x-events": {str(one.__struct_config__.tag): _line(one) for one in get_args(e.AnyEvent)},
    }


def asyncapi_route(address: str) -> Route:
    """The route that serves it, encoded once."""
    encoded = json.dumps(document(address)).encode()

    async def as_json(request: Request) -> Response:
        return Response(encoded, media_type="application/json")

    return Route(PATH, as_json)


_SECURITY: dict[str, dict[str, str]] = {
    "session": {
        "type": "httpApiKey",
        "in": "cookie",
        "name": "inbox",
        "description": "Session cookie, with an Origin that is the service's own; `__Host-inbox` over https.",
    },
    "token": {"type": "http", "scheme": "bearer", "description": "Bearer token in `Authorization`."},
    "ticket": {
        "type": "httpApiKey",
        "in": "header",
        "name": "Sec-WebSocket-Protocol",
        "description": "A ticket of `POST /api/v1/live-ticket` as second subprotocol: valid once, for 30 seconds.",
    },
}


def _named(union: Any) -> list[tuple[str, type[msgspec.Struct]]]:
    """Frames of a union by the names of their messages, which tell a client's from the server's of the same tag."""
    return [(frame.__name__, frame) for frame in get_args(union)]


def _names(union: Any) -> list[str]:
    return [name for name, _ in _named(union)]


def _operation(action: str, summary: str, names: list[str]) -> dict[str, Any]:
    refs = [{"$ref": f"#/channels/live/messages/{name}"} for name in names]
    return {"action": action, "channel": {"$ref": "#/channels/live"}, "summary": summary, "messages": refs}


def _message(frame: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        "name": str(frame.__struct_config__.tag),
        "title": frame.__name__,
        "summary": _line(frame),
        "payload": {"$ref": _REF.format(name=frame.__name__)},
    }


def _schemas() -> dict[str, Any]:
    """Schemas of all frames and of the shapes in them, by name."""
    frames = [*get_args(f.ServerFrame), *get_args(f.AnyClientFrame)]
    _, components = msgspec.json.schema_components(frames, ref_template=_REF)
    return {name: _draft_7(schema) for name, schema in components.items()}


def _draft_7(schema: Any) -> Any:
    """A schema with its tuples as draft 7 says them: `items` holds the places, `additionalItems` the rest."""
    if isinstance(schema, list):
        return [_draft_7(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _draft_7(value) for key, value in schema.items()}
    if "prefixItems" in found:
        found["additionalItems"] = found.pop("items", True)
        found["items"] = found.pop("prefixItems")
    return found


def _line(kind: type[msgspec.Struct]) -> str:
    """A docstring's first sentence on one line."""
    return " ".join((kind.__doc__ or "").split("\n\n")[0].split())
