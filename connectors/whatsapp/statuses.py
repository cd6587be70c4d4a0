"""What became of messages of ours. Statuses come in any order; a failure may come after a message was taken."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Raw

from connectors.errors import PayloadInvalid
from connectors.inbound import AnyInbound, Ignored, ReceiptReceived, ReceiptState
from connectors.toolkit.payload import decode
from connectors.whatsapp import payloads as wa
from connectors.whatsapp.manifest import IGNORED
from connectors.whatsapp.payloads import text_of
from connectors.whatsapp.people import Scene
from connectors.whatsapp.refusals import reason_in

_STATES: dict[str, ReceiptState] = {
    "sent": "accepted",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}

_OF_OTHERS = {"payment": "payment_configuration_update", "call": "outgoing_call"}
"""Types of a status that say nothing of whether the message arrived → why they are of no interest."""


def read_status(raw: Raw, scene: Scene, path: str) -> Iterator[AnyInbound]:
    """The receipt in one status. In a group each reader has a status of his own."""
    status = decode(raw, wa.Status, path=path)
    message_id, name = text_of(status.id), (status.status or "").lower()
    if not message_id:
        raise PayloadInvalid("names no message", path=f"{path}.id")
    reader = text_of(status.recipient_participant_user_id) or text_of(status.recipient_participant_id)
    key = ":".join(part for part in (message_id, name, reader) if part)
    at = scene.at(status.timestamp, path)
    if status.type in _OF_OTHERS:
        reason = _OF_OTHERS[status.type]
        yield Ignored(dedupe_key=f"{status.type}:{key}", occurred_at=at, asset_id=scene.asset_id, reason=reason)
        return
    state = _STATES.get(name)
    if state is None:
        reason = name if name in IGNORED else f"unknown: status {name[:64]}"
        yield Ignored(dedupe_key=key, occurred_at=at, asset_id=scene.asset_id, reason=reason)
        return
    yield ReceiptReceived(
        dedupe_key=key,
        occurred_at=at,
        asset_id=scene.asset_id,
        state=state,
        message_id=message_id,
        client_ref=text_of(status.biz_opaque_callback_data) or None,
        reason=reason_in(status.errors) if state == "failed" else "",
        recipient=reader,
    )
