"""From us to Template."""

from __future__ import annotations

import msgspec

from connectors._template.manifest import MANIFEST
from connectors.contract import Context, Setup
from connectors.errors import PlanRefused, SendError, SendErrorKind
from connectors.exchange import Exchange, HttpRequest, http
from connectors.outbound import AnyOutbound, Part, Receipt, SendMessage
from connectors.toolkit import planning
from connectors.toolkit.http import error_of, json_body, json_object


def plan(action: AnyOutbound, ctx: Context) -> list[Part]:
    """One part, or one for each piece of a text that may be split. Raises PlanRefused."""
    capability = MANIFEST.kinds["direct"]
    planning.require_allowed(action, capability, where=MANIFEST.name)
    planning.require_open(action, ctx.now)
    if not isinstance(action, SendMessage) or not action.target.thread_id:
        raise PlanRefused("recipient_missing", "Name the conversation: on this network the customer writes first.")
    planning.require_attachments(action.attachments, capability.attachments)
    if not action.text.strip():
        raise PlanRefused("empty", "There is nothing to send: write something.")
    pieces = planning.text_parts(action.text, capability.text, split=action.split)
    return planning.number([msgspec.structs.replace(action, text=piece) for piece in pieces], ctx)


def send(part: Part, ctx: Context) -> Exchange[Receipt]:
    """Post the text. Raises SendError."""
    action = part.action
    if not isinstance(action, SendMessage):
        raise SendError(SendErrorKind.REJECTED, f"{planning.action_name(action)} cannot be sent to {MANIFEST.name}")
    body = json_body({"chat": action.target.thread_id, "text": action.text, "client_ref": part.key})
    response = yield from http(_request("POST", "/messages", ctx, body=body, effect=True))
    if not 200 <= response.status < 300:
        raise error_of(response, ctx.now)
    message_id = json_object(response, effect=True).get("id")
    if not isinstance(message_id, str) or not message_id:
        raise SendError(SendErrorKind.UNKNOWN, "the network's answer names no message")
    return Receipt(external_id=message_id)


def setup(ctx: Context) -> Exchange[Setup]:
    """Prove the access token and learn which page this is. Raises SendError."""
    response = yield from http(_request("GET", "/me", ctx))
    if not 200 <= response.status < 300:
        raise error_of(response, ctx.now)
    me = json_object(response, effect=False)
    return Setup(asset_id=str(me.get("id", "")), name=str(me.get("name", "")) or MANIFEST.name)


def _request(method: str, path: str, ctx: Context, *, body: bytes = b"", effect: bool = False) -> HttpRequest:
    headers = {"authorization": f"Bearer {ctx.credentials['access_token']}", "content-type": "application/json"}
    return HttpRequest(method=method, url=ctx.base_url + path, headers=headers, body=body, effect=effect)
