"""Web Push against the examples of its RFCs, and against itself from the browser's side."""

from __future__ import annotations

import os

import pytest

from inbox.clock import HOUR, SECOND
from inbox.notify import webpush
from inbox.notify.webpush import b64, unb64

# RFC 8291, appendix A (read 2026-11-22).
PLAIN = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
    "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
NOW = 1_800_000_000 * SECOND


def test_the_example_of_rfc_8291_is_reproduced() -> None:
    """The same keys, salt and text give the same bytes."""
    body = webpush.encrypt(PLAIN, THEIRS, AUTH, salt=unb64(SALT), own=webpush.from_text(OURS))

    assert b64(body) == BODY


def test_a_browser_reads_the_example() -> None:
    """The body of the RFC opens with the receiver's key."""
    assert webpush.decrypt(unb64(BODY), webpush.from_text(THEIRS_PRIVATE), AUTH) == PLAIN
    assert webpush.public_of(webpush.from_text(THEIRS_PRIVATE)) == THEIRS


@pytest.mark.parametrize("size", [0, 1, 500, webpush.MOST_BYTES])
def test_every_size_that_fits_comes_through(size: int) -> None:
    """What is sealed for a browser opens there, and stays within one record."""
    browser, auth = webpush.new_key(), b64(os.urandom(16))
    text = os.urandom(size)
    body = webpush.encrypt(
        text, webpush.public_of(browser), auth, salt=os.urandom(16), own=webpush.new_key()
    )  # fmt: skip

    assert webpush.decrypt(body, browser, auth) == text
    assert len(body) <= webpush.RECORD_BYTES


def test_a_text_that_does_not_fit_is_refused() -> None:
    """A push server would refuse it."""
    with pytest.raises(ValueError, match="at most"):
        webpush.encrypt(
            b"x" * (webpush.MOST_BYTES + 1), THEIRS, AUTH, salt=unb64(SALT), own=webpush.from_text(OURS)
        )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "auth"), [("", AUTH), ("AAAA", AUTH), (THEIRS[:-4], AUTH), (THEIRS, "AAAA"), (THEIRS, "é")]
)
def test_what_is_no_browsers_key_is_refused(key: str, auth: str) -> None:
    """Before it is kept, not when the first push fails."""
    with pytest.raises(webpush.BadKey):
        webpush.check_browser(key, auth)


def test_the_push_server_learns_who_sends_and_until_when() -> None:
    """The claims are signed by the key that the browser subscribed with; the audience is the server alone."""
    key = webpush.new_key()
    header = webpush.authorization("https://push.example.net:8443/p/abc", "mailto:a@b.example", key, NOW)
    claims = webpush.claims_of(header)

    assert claims == {
        "aud": "https://push.example.net:8443", "exp": (NOW + 12 * HOUR) // SECOND, "sub": "mailto:a@b.example",
    }  # fmt: skip
    assert header.endswith(f"k={webpush.public_of(key)}")


def test_a_token_that_was_changed_is_no_token() -> None:
    """Another key's signature does not pass."""
    header = webpush.authorization("https://push.example.net/p", "mailto:a@b.example", webpush.new_key(), NOW)
    other = webpush.public_of(webpush.new_key())
    with pytest.raises(webpush.BadKey):
        webpush.claims_of(f"{header.rpartition('k=')[0]}k={other}")
