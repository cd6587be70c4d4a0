"""Signatures that the reference implementation accepts."""

from __future__ import annotations

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from inbox import clock
from inbox.clock import MINUTE, SECOND
from inbox.ids import signing_secret
from inbox.webhooks.signature import headers_of

BODY = '{"text": "Πού είναι;"}'.encode()


def test_the_example_of_the_specification() -> None:
    """The vector of the reference implementation's own tests: same id, time, body and secret, same signature."""
    headers = headers_of(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330 * SECOND, b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )  # fmt: skip
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_either_secret_of_a_rotation_verifies_and_no_other() -> None:
    """Two signatures, newest first."""
    new, old, other = signing_secret(), signing_secret(), signing_secret()
    headers = headers_of("wh-1-1-2", clock.now(), BODY, [new, old])

    for secret in (new, old):
        Webhook(secret).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(BODY, headers)


def test_a_request_kept_for_later_is_recognised() -> None:
    """The time is signed: an old request does not verify, nor one whose time was changed."""
    secret = signing_secret()
    old = headers_of("wh-1-1-2", clock.now() - 6 * MINUTE, BODY, [secret])
    changed = {**old, "webhook-timestamp": str(clock.now() // SECOND)}

    for headers in (old, changed):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(BODY, headers)
