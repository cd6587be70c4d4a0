"""The web app's own files, and what is answered to a path that is none of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from inbox import static


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of the web app, and one file beside it that is not its own."""
    (tmp_path / "secret_key").write_text("secret")
    return built(tmp_path / "dist")


def built(root: Path) -> Path:
    """A web app of three files."""
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("the page")
    (root / "icon.svg").write_text("<svg/>")
    (root / "assets/app-1a2b.js").write_text("1")
    return root


@pytest.fixture
def app(root: Path, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    """A built web app."""
    monkeypatch.setattr(static, "dist", lambda: root)
    return Starlette(routes=static.static_routes())


async def load(app: Starlette, path: str) -> httpx2.Response:
    """A path as it stands, whatever a client would make of it."""
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://inbox.test")
    async with client:
        return await client.get(f"http://inbox.test{path}")


async def test_a_file_is_given_out_as_what_it_is(app: Starlette) -> None:
    """Under the content policy, like the page."""
    response = await load(app, "/icon.svg")

    assert (response.text, response.headers["content-type"]) == ("<svg/>", "image/svg+xml")
    assert response.headers["content-security-policy"] == static.CONTENT_POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/", "/conversations/7", "/%00", "/a%00b", "/icon.svg%00", "/" + "a" * 300, "/" + "a/" * 3_000, "/%ff",
        "/..%2fsecret_key", "/%2e%2e/secret_key", "/icon.svg/..%2f..%2fsecret_key", "//etc/passwd", "/%2fetc%2fpasswd",
    ],
)  # fmt: skip
async def test_any_other_path_is_the_page(app: Starlette, path: str) -> None:
    """Also one that no file system takes, and one that leads out of the folder."""
    response = await load(app, path)

    assert (response.status_code, response.text) == (200, "the page")


async def test_while_it_is_built_in_its_place_it_is_away_and_comes_again(app: Starlette, root: Path) -> None:
    """Nobody is told of a fault, or keeps for good that something is not there; also in a service started meanwhile."""
    shutil.rmtree(root)

    for path in ("/", "/conversations/7", "/icon.svg"):
        response = await load(app, path)
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        assert "being built" in response.text
    missed = await load(app, "/assets/app-1a2b.js")
    assert missed.status_code == 404
    assert "immutable" not in missed.headers.get("cache-control", "")

    built(root)

    assert (await load(app, "/conversations/7")).text == "the page"
    found = await load(app, "/assets/app-1a2b.js")
    assert (found.text, found.headers["cache-control"]) == ("1", "public, max-age=31536000, immutable")
