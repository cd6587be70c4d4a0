"""What a channel may reach: rules that are decided by the address alone, before anything is resolved."""

import pytest

from connectors.exchange import HttpRequest
from inbox.transport.guard import AddressRefused, Trust
from inbox.transport.reach import Origin, Reach, origin_of

REACH = Reach(base_url="http://chat.home:8080/api", media_hosts=("*.cdn.example",))


def get(url: str, *, outside: bool = True, media: bool = True) -> HttpRequest:
    return HttpRequest(method="GET", url=url, outside=outside, save_to="blob" if media else "body")


@pytest.mark.parametrize(
    ("url", "trust"),
    [
        ("https://a.cdn.example/1.jpg", Trust.OUTSIDE),
        ("https://a.cdn.example:443/1.jpg", Trust.OUTSIDE),
        ("https://chat.home/1.jpg", Trust.OUTSIDE),
        ("http://chat.home:8080/1.jpg", Trust.ADMIN),
        ("http://CHAT.home.:8080/1.jpg", Trust.ADMIN),
    ],
)
def test_media_comes_from_the_manifests_hosts_or_the_channels_own(url: str, trust: Trust) -> None:
    """Attachments may lie on a named host (public only) or on the channel's own origin (as the admin allows)."""
    assert REACH.trust_of(get(url)) is trust


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/1.jpg", "http://a.cdn.example/1.jpg", "https://a.cdn.example:6379/", "http://chat.home/1",
        "http://chat.home:6379/", "https://127.0.0.1/", "ftp://a.cdn.example/1", "file:///etc/passwd", "/1.jpg", "",
        "//a.cdn.example/1", "https://user:pass@a.cdn.example/", "https://a.cdn.example@evil.example/", "https://a b/",
        "http://[::1/", "https://a.cdn.example\\@evil.example/", "https://a.cdn.example/\ud800",
    ],
)  # fmt: skip
def test_other_media_addresses_are_refused(url: str) -> None:
    """Another host, port, scheme or spelling is refused."""
    with pytest.raises(AddressRefused):
        REACH.trust_of(get(url))


def test_paging_addresses_may_lie_on_any_public_host() -> None:
    """The hosts of the manifest bind media; other outside addresses only have to be public."""
    assert REACH.trust_of(get("https://api.elsewhere.example/page/2", media=False)) is Trust.OUTSIDE


@pytest.mark.parametrize(("sandbox", "trust"), [(False, Trust.ADMIN), (True, Trust.SANDBOX)])
def test_given_addresses_have_the_channels_trust(sandbox: bool, trust: Trust) -> None:
    """What a connector builds from settings is the admin's word."""
    reach = Reach(base_url="http://127.0.0.1:1", sandbox=sandbox)

    assert reach.trust_of(get("http://10.0.0.1:99/", outside=False)) is trust
    assert reach.trust_of(get("http://127.0.0.1:1/media/7")) is trust


def test_an_origin_knows_the_default_ports() -> None:
    """Scheme, host and port of an address, as they are compared."""
    assert origin_of("wss://Gateway.Example/?v=10") == Origin("wss", "gateway.example", 443)
