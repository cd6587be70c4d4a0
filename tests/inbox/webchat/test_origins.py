"""Origins and addresses: compared by their parts."""

from __future__ import annotations

import pytest

from inbox.webchat.origins import is_allowed, is_blocked, pattern_of, patterns_of

ALLOWED = patterns_of("https://shop.example\nhttps://*.brand.example:8443, http://localhost:3000")
OWN, HOST = "https://inbox.example", "inbox.example"


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example", "https://SHOP.example", "https://shop.example:443", "https://a.brand.example:8443",
        "https://a.b.brand.example:8443", "http://localhost:3000", "https://inbox.example", None,
    ],
)  # fmt: skip
def test_listed_origins_are_allowed(origin: str | None) -> None:
    """The list, all hosts below a starred one, and our own address."""
    assert is_allowed(origin, ALLOWED, own=OWN, host=HOST)


@pytest.mark.parametrize(
    "origin",
    [
        "null", "", "http://shop.example", "https://shop.example:8443", "https://shop.example.evil.example",
        "https://evil-shop.example", "https://brand.example:8443", "https://evilbrand.example:8443",
        "https://a.brand.example", "https://*.brand.example:8443", "https://shop.example@evil.example",
        "https://shop.example/path", "javascript:alert(1)", "file://", "https://[::1", "https://:443",
    ],
)  # fmt: skip
def test_all_others_are_refused(origin: str) -> None:
    """Another scheme or port, names that only look alike, `null`, and what is no origin."""
    assert not is_allowed(origin, ALLOWED, own=OWN, host=HOST)


def test_the_very_host_a_request_was_sent_to_is_our_own() -> None:
    """Behind another name or port than the public one, the frame still talks to where it came from."""
    assert is_allowed("http://127.0.0.1:8001", (), own=OWN, host="127.0.0.1:8001")
    assert not is_allowed("http://127.0.0.1:8002", (), own=OWN, host="127.0.0.1:8001")


def test_patterns_are_written_back_as_a_policy_takes_them() -> None:
    """What goes into frame-ancestors is made from the parts, so that nothing else can get into the header."""
    assert [str(one) for one in ALLOWED] == [
        "https://shop.example", "https://*.brand.example:8443", "http://localhost:3000",
    ]  # fmt: skip
    assert pattern_of("https://shop.example; script-src *") is None


def test_blocked_addresses_are_networks_or_single() -> None:
    """Both families; what cannot be read blocks nobody."""
    blocked = ("203.0.113.0/24", "2001:db8::/32", "198.51.100.7", "nonsense", "")

    assert is_blocked("203.0.113.77", blocked)
    assert is_blocked("2001:db8::1", blocked)
    assert is_blocked("198.51.100.7", blocked)
    assert not is_blocked("198.51.100.8", blocked)
    assert not is_blocked("", blocked)
