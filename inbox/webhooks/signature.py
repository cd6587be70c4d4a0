"""Standard Webhooks: how a receiver knows that a request is ours, fresh and whole.

HMAC-SHA256 over `webhook-id.webhook-timestamp.body`, in base64 behind `v1,`; during a rotation one signature by each
secret, separated by a space (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md,
read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook as Signer

from inbox.clock import SECOND


def headers_of(key: str, at: int, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers. `secrets`: `whsec_…`, newest first; `key` holds no full stop."""
    seconds = at // SECOND
    moment, text = datetime.fromtimestamp(seconds, UTC), body.decode()
    signatures = [Signer(secret).sign(key, moment, text) for secret in secrets]
    return {"webhook-id": key, "webhook-timestamp": str(seconds), "webhook-signature": " ".join(signatures)}
