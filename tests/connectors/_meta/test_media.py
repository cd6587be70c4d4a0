"""connectors/_meta/media.py: files are loaded from Meta's servers and from nowhere else."""

import pytest

from connectors._meta.media import file_url, page_url
from tests.connectors._meta.world import context


@pytest.mark.parametrize(
    "url",
    [
        "https://scontent.xx.fbcdn.net/v/1.jpg?oe=6743AA11",
        "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1",
        "https://scontent.cdninstagram.com/v/1.jpg",
    ],
)
def test_files_on_metas_servers(url: str) -> None:
    """An address on a content server is loaded as it is."""
    assert file_url(url, context()) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://scontent.xx.fbcdn.net/v/1.jpg",
        "https://evil.example/fbcdn.net",
        "https://evilfbcdn.net/1.jpg",
        "https://fbcdn.net.evil.example/1.jpg",
        "//evil.example/1.jpg",
        "https://[::1",
        "javascript:alert(1)",
        "https://scontent.xx.fbcdn.net/" + "x" * 9000,
    ],
)
def test_everything_else_is_not_loaded(url: str | None) -> None:
    """Another host, another scheme, or what is no address at all is no file."""
    assert file_url(url, context()) is None


def test_an_address_without_host_is_the_apis_own() -> None:
    """A path belongs to the channel's base URL."""
    assert file_url("/media/1/a.png", context(base_url="http://127.0.0.1:9/messenger")) == (
        "http://127.0.0.1:9/messenger/media/1/a.png"
    )


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("/reel/123", "https://www.facebook.com/reel/123"),
        ("https://shop.example/lamp", "https://shop.example/lamp"),
        ("javascript:alert(1)", ""),
        ("My Documents/foo.doc", ""),
        ("https://[::1", ""),
        (None, ""),
    ],
)
def test_pages_are_shown(url: str | None, wanted: str) -> None:
    """A page's address is whole and of the web, or not shown."""
    assert page_url(url) == wanted
