"""The sandbox's other side: what its customers do, and what of ours reaches them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.e2e.house import PATIENCE_SECONDS, Api, House, Person, demo, until

MARIA = Person("Maria Stavrou", "maria@alkyon.example", "alkyon-home-2026")
NADIA = Person("Nadia Rahman", "nadia@alkyon.example", "alkyon-home-2026")


@contextlib.contextmanager
def still(folder: Path) -> Iterator[House]:
    """The demo with a little of its past told, standing still: no colleagues, nobody writes by himself, and nothing of
    the past happens any more.
    """
    with demo(folder, "--alone", "--pace", "0", "--past", "0.05") as house:
        asyncio.run(told(house))
        yield house


async def told(house: House) -> None:
    """Wait until all of the past has been told: while it is, its conversations are answered and closed."""
    async with customers(house):
        pass


@dataclass
class Customers:
    """The people of the sandbox, by what its page asks for."""

    http: httpx2.AsyncClient
    url: str

    async def do(self, network: str, person: str, text: str, **more: Any) -> None:
        """Somebody writes. `more`: `post_id` and `anew` of the request, the rest of the action."""
        asked = {name: more.pop(name) for name in ("post_id", "anew") if name in more}
        action = {"do": "write", "person": person, "text": text, **more}
        await self._ask("POST", "actions", json={"network": network, "action": action, **asked})

    async def post_of(self, network: str) -> str:
        """The newest post that one can comment on there."""
        posts = (await self._ask("GET", "state"))["posts"]
        return str(next(one["id"] for one in posts if one["network"] == network))

    async def got(self, network: str, person: str) -> list[str]:
        """What of ours somebody sees in his thread."""
        items = (await self._ask("GET", f"threads/{network}/{person}"))["items"]
        return [one["text"] for one in items if one["from"] == "us"]

    async def told(self) -> bool:
        """Whether the past is written and all of it has arrived."""
        state = await self._ask("GET", "state")
        line, history = state["line"], state["history"]
        return bool(history and history["told"] == history["total"] and not line["waiting"])

    async def line(self) -> dict[str, int]:
        """The running line."""
        found: dict[str, int] = (await self._ask("GET", "state"))["line"]
        return found

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        answer = await self.http.request(method, f"{self.url}/sandbox/api/{path}", **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()


@contextlib.asynccontextmanager
async def customers(house: House) -> AsyncIterator[Customers]:
    """Once the past is told, with all that came of it."""
    async with httpx2.AsyncClient(headers={"x-inbox": "1"}, timeout=PATIENCE_SECONDS) as http:
        made = Customers(http, house.url)
        signed_in = await http.post(
            f"{house.url}/api/v1/session", json={"email": MARIA.email, "password": MARIA.password}
        )
        assert signed_in.is_success, signed_in.text
        await until("the past is told", made.told, seconds=120)
        yield made


async def closes_what_waits(api: Api) -> None:
    """The month leaves some who wait, at every hour others: they are done with before a test has its own."""
    waiting = [row["id"] for row in await api.conversations(view="waiting")]
    if waiting:
        done = await api.post("conversations/bulk", ids=waiting, change={"status": "closed"})
        assert all(one["ok"] for one in done["results"]), done
