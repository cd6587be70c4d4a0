"""The webhooks that are sent: Standard Webhooks signatures over events of about 1 KB, as the custom channel takes
them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import msgspec

SECRET = b"bench-secret-0123456789abcdef"
CHANNEL = 7
PATH = f"/hooks/custom/{CHANNEL}"
_TEXT = (
    "Hello, I ordered the blue jacket (order #{n}) last week and the tracking page says it was delivered, but nothing "
    "has arrived here yet. Could you please check what happened? I would like either a refund or a new shipment before "
    "Friday, as it is a birthday present. The parcel was meant for the address on my account; I also asked the "
    "neighbours and the shop at the corner, they have seen no parcel. Thank you very much, {name}."
)


def event(n: int, person: int, at: float) -> bytes:
    """The body of message `n` by a person."""
    name = f"Customer {person}"
    return msgspec.json.encode(
        {
            "type": "message.created",
            "id": f"evt-{n:012d}",
            "occurred_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
            "conversation": {"external_id": f"chat-{person:08d}", "kind": "dm", "title": ""},
            "author": {
                "external_id": f"person-{person:08d}", "name": name, "username": f"customer{person}", "language": "en",
                "email": f"customer{person}@example.test", "avatar_url": f"https://cdn.example.test/people/{person}.jpg",
            },
            "message": {"external_id": f"m-{n:012d}", "text": _TEXT.format(n=n, name=name), "attachments": []},
            "metadata": {"shop": "main-street", "page": "https://shop.example.test/orders/blue-jacket", "build": "2026.11"},
        }
    )  # fmt: skip


def signature(n: int, at: float, body: bytes) -> str:
    """The `webhook-signature` of a body."""
    signed = f"evt-{n:012d}.{int(at)}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()


def request(n: int, person: int, at: float) -> bytes:
    """The whole HTTP request of message `n`."""
    body = event(n, person, at)
    return (
        f"POST {PATH} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"webhook-id: evt-{n:012d}\r\nwebhook-timestamp: {int(at)}\r\nwebhook-signature: {signature(n, at, body)}\r\n\r\n"
    ).encode() + body
