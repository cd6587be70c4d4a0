"""What the page asks of the sandbox, route by route."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from connectors.toolkit import faults
from inbox.domain.permissions import Principal
from inbox.errors import Unauthorised
from inbox.sandbox.desk import Desk
from inbox.sandbox.install import PRINCIPAL
from tests.inbox.sandbox.company import Company, company


class Page:
    """The page, open at a company's sandbox."""

    def __init__(self, made: Company) -> None:
        self.made = made
        self.signed_in = True
        self.cut: list[int] = []
        desk = Desk(made.stage, self._admit, made.inbox.writer, made.channels, self._cut)
        transport = httpx2.ASGITransport(Starlette(routes=desk.routes()))
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://inbox.example")

    async def _admit(self, connection: object) -> Principal:
        if not self.signed_in:
            raise Unauthorised("sign in")
        return PRINCIPAL

    def _cut(self, request: object, agent_id: int) -> int:
        self.cut.append(agent_id)
        return len(self.cut)

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """(status, answer)."""
        answer = await self.http.request(method, f"/sandbox/api/{path}", json=body)
        return answer.status_code, answer.json()

    async def act(self, network: str, do: str, more: dict[str, Any] | None = None, **action: Any) -> int:
        """Do something as Budi."""
        body = {"network": network, "action": {"do": do, "person": "budi", "name": "Budi", **action}, **(more or {})}
        return (await self.ask("POST", "actions", body))[0]


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """A page whose owner is signed in."""
    async with company(tmp_path) as made:
        opened = Page(made)
        yield opened
        await opened.http.aclose()


async def test_strangers_see_nothing(page: Page) -> None:
    """Whoever is not signed in is refused, whatever he asks for."""
    page.signed_in = False

    assert (await page.ask("GET", "state"))[0] == 401
    assert await page.act("whatsapp", "write", text="Hi") == 401


async def test_files_of_the_page_and_no_others(page: Page) -> None:
    """The page's own files are served under its policy; nothing else is there."""
    answer = await page.http.get("/sandbox/page.js")

    assert answer.headers["content-type"].startswith("text/javascript")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert (await page.http.get("/sandbox/stories.txt")).status_code == 404


async def test_somebody_writes_changes_and_takes_back(page: Page) -> None:
    """What is done as a customer is what he sees."""
    assert await page.act("whatsapp", "write", text="Hi") == 200
    assert await page.act("whatsapp", "edit", text="Hello") == 200
    seen = (await page.ask("GET", "threads/whatsapp/budi"))[1]["items"]
    assert [(one["from"], one["text"], one["state"]) for one in seen] == [("them", "Hello", "edited")]

    assert await page.act("whatsapp", "delete", message_id=seen[0]["id"]) == 200

    assert (await page.ask("GET", "threads/whatsapp/budi"))[1]["items"] == []


async def test_a_comment_goes_under_the_post_named(page: Page) -> None:
    """On either network with posts."""
    for network in ("facebook_page", "instagram"):
        post = page.made.stage.networks.posts(network)[0]["id"]
        assert await page.act(network, "write", {"post_id": post}, text="How much?") == 200
        shown = (await page.ask("GET", f"posts/{network}/{post}"))[1]
        assert [one["text"] for one in shown["comments"]] == ["How much?"]


async def test_what_cannot_be_done_is_refused_in_words(page: Page) -> None:
    """Unknown networks, faults and paces, and empty words."""
    assert await page.act("pigeon", "write", text="Hi") == 404
    assert await page.act("whatsapp", "write", text="  ") == 422
    assert (await page.ask("PUT", "faults", {"name": "rain", "on": True}))[0] == 404
    status, said = await page.ask("PUT", "pace", {"per_minute": 500})
    assert (status, "choose 0 to 120" in said["detail"]) == (422, True)
    assert (await page.ask("POST", "collide", {}))[0] == 422


async def test_switches_break_and_heal_every_network(page: Page) -> None:
    """A fault is on everywhere, then nowhere; the page shows it."""
    networks = page.made.stage.networks

    await page.ask("PUT", "faults", {"name": faults.OUTAGE, "on": True})
    assert all(on == {faults.OUTAGE} for on in networks.faults.values())
    shown = (await page.ask("GET", "state"))[1]["faults"]
    assert [one["name"] for one in shown if one["on"]] == [faults.OUTAGE]
    await page.ask("PUT", "faults", {"name": faults.OUTAGE, "on": False})
    assert not any(networks.faults.values())


async def test_the_pace_and_ones_own_socket(page: Page) -> None:
    """The cast can be held still; cutting is of the one who asks."""
    assert (await page.ask("PUT", "pace", {"per_minute": 0}))[0] == 200
    assert page.made.stage.per_minute == 0
    assert await page.ask("POST", "cut", {}) == (200, {"cut": 1})
    assert page.cut == [0]
