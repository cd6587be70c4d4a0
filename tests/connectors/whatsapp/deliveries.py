"""The golden deliveries, and small ones made on the spot, as the connector reads them."""

import json
from pathlib import Path
from typing import Any

from connectors.exchange import Request
from connectors.inbound import AnyInbound, MessageReceived
from connectors.whatsapp.inbound import parse
from tests.connectors.whatsapp.signing import context

GOLDEN = Path(__file__).parent / "golden" / "inbound"
BODIES: dict[str, Any] = {
    path.name.removesuffix(".request.json"): json.loads(path.read_text())["body"]
    for path in sorted(GOLDEN.glob("*.request.json"))
}


def delivery(body: object) -> Request:
    """A delivery with that JSON."""
    return Request(method="POST", path="", headers={}, body=json.dumps(body, ensure_ascii=False).encode())


def read(name: str) -> list[AnyInbound | Exception]:
    """What a golden delivery gives."""
    return parse(delivery(BODIES[name]), context())


def message(name: str) -> MessageReceived:
    """The first message in a golden delivery."""
    return next(one for one in read(name) if isinstance(one, MessageReceived))


def told(**value: Any) -> list[AnyInbound | Exception]:
    """What a single change of the messages field gives."""
    metadata = {"phone_number_id": "106540352242922", "display_phone_number": "+1 (555) 078-3881"}
    change = {"field": "messages", "value": {"metadata": metadata, **value}}
    return parse(
        delivery({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}), context()
    )


def text(body: str, **parts: Any) -> dict[str, Any]:
    """A message with words."""
    return {"id": f"wamid.{body}", "timestamp": "1795299900", "type": "text", "text": {"body": body}, **parts}
