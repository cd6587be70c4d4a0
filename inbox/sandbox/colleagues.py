"""Simulated colleagues: they sign in, claim what waits, type, answer and note, by the HTTP API like any program.

They leave work to the people: what they were given, and of the rest only what waits beyond `LEAVE` conversations, one
at a time, and nothing that somebody else has claimed. But one time in `COLLIDES` they do what colleagues do: answer
a customer who waits where a person is just writing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import msgspec
import structlog

from connectors.exchange import HttpRequest, HttpResponse, TransportFailed
from inbox.domain.presence import Looking
from inbox.errors import InboxError
from inbox.sandbox import answers
from inbox.sandbox.signs import Signs
from inbox.transport.http import HttpClient
from inbox.transport.reach import Reach

USER_AGENT = "sandbox-colleague"
"""By this their sessions are told from people's."""
LEAVE = 12
COLLIDES = 7
PAUSE_SECONDS = 20.0
READING_SECONDS = 4.0
WRITING_SECONDS = 6.0
_log = structlog.get_logger(__name__)


class Busy(Exception):
    """Somebody else was quicker, or the service says no: the colleague turns to something else."""


class Colleague:
    """One of them, signed in. `nth` makes what he does his own and the same at every start."""

    def __init__(
        self, http: HttpClient, address: str, email: str, password: str, nth: int, signs: Signs | None = None
    ) -> None:
        """`signs`: where he says what he does, and sees where people are."""
        self._http = http
        self._api = f"{address}/api/v1"
        self._credentials = {"email": email, "password": password}
        self._cookie = ""
        self._id = 0
        self._signs = signs
        self._done = nth * 1_000
        self.email = email
        self.name = email.partition("@")[0].title()
        self.doing = "is not at work yet"
        """What he does now, in words for the page."""
        self.answered = 0

    async def work(self, may_work: Callable[[], Awaitable[bool]], pause_seconds: float = PAUSE_SECONDS) -> None:
        """Until cancelled: a conversation, a pause."""
        while True:
            await asyncio.sleep(pause_seconds * (0.5 + self._draw("pause", 100) / 100))
            try:
                if await may_work():
                    await self.turn()
            except (Busy, TransportFailed, InboxError) as busy:
                self.doing = "was turned away: somebody else was quicker"
                _log.info("sandbox_colleague_turned_away", reason=str(busy))

    async def turn(self, *, leave: int = LEAVE, seconds: float = 1.0) -> None:
        """Take one conversation from claim to answer, what he was given first; nothing where little waits. Raises Busy,
        TransportFailed.

        `seconds` stretches the time that reading and writing take.
        """
        self._done += 1
        here = self._signs.where() if self._signs is not None and self._draw("collide", COLLIDES) == 0 else None
        if here is not None and (await self._look(here))["waiting_since"] is not None:
            await self.collide(seconds=seconds, asked=False)
            return
        waiting = await self._ask("GET", "/conversations?view=waiting&limit=50")
        # An answer that a network still thinks about ends no wait yet: nobody gives a second one.
        mine = [one for one in waiting["items"] if one["assignee_id"] == str(self._id)]
        given = [one for one in mine if one["preview_direction"] == "in"]
        if given:
            await self._answer(given[0], waiting["position"], seconds, noting=False)
            return
        free = [one for one in waiting["items"] if one["assignee_id"] is None]
        if len(free) <= leave:
            self.doing = "leaves the rest to you"
            return
        chosen = free[self._draw("which", min(len(free), 8))]
        path = f"/conversations/{chosen['id']}"
        await self._ask("PATCH", path, {"assignee_id": "me", "expect": {"assignee_id": None}})
        await self._answer(chosen, waiting["position"], seconds, noting=self._draw("note", 6) == 0)

    def sees(self, agent_id: int | None) -> bool:
        """Whether that person is at a conversation, as far as can be seen."""
        return self._signs is not None and self._signs.where(agent_id) is not None

    async def collide(self, agent_id: int | None = None, *, seconds: float = 1.0, asked: bool = True) -> bool:
        """Answer where a person is just now, without asking. `agent_id`: that person. `asked`: somebody wants to see
        it; else whoever waits no more is not answered again. False when nobody is anywhere. Raises Busy.
        """
        self._done += 1
        conversation_id = self._signs.where(agent_id) if self._signs is not None else None
        if conversation_id is None:
            return False
        chosen = await self._look(conversation_id)
        await self._answer(chosen, None, seconds, noting=False, only_waiting=not asked)
        return True

    async def _look(self, conversation_id: int) -> dict[str, Any]:
        row: dict[str, Any] = (await self._ask("GET", f"/conversations/{conversation_id}"))["conversation"]
        return row

    async def _answer(
        self,
        chosen: dict[str, Any],
        position: str | None,
        seconds: float,
        *,
        noting: bool,
        only_waiting: bool = False,
    ) -> None:
        path, who = f"/conversations/{chosen['id']}", chosen["contact"]["name"]
        await self._does(chosen, "reading", f"reads {who}", READING_SECONDS * seconds)
        if noting:
            note = answers.NOTES[self._draw("words", len(answers.NOTES))]
            await self._does(chosen, "noting", f"writes a note on {who}", seconds)
            await self._ask("POST", f"{path}/notes", {"text": note})
        await self._does(chosen, "writing", f"answers {who}", WRITING_SECONDS * seconds)
        if only_waiting and (await self._look(chosen["id"]))["waiting_since"] is None:
            await self._does(chosen, None, f"leaves {who}: answered meanwhile", 0.0)
            return
        thread = chosen["threads"][0]
        kind = thread["kind"] if thread["kind"] in ("review", "comment") else "direct"
        text = answers.answer(kind, chosen["language"] or "en", chosen["rating"] or 0, self._draw("answer", 1_000))
        reply = {"text": text, "thread_id": thread["id"], "hold_seconds": 0}
        # Who collides has not looked who else writes.
        seen: dict[str, Any] = {"force": True} if position is None else {"seen_position": position}
        await self._ask("POST", f"{path}/replies", reply | seen)
        await self._does(chosen, None, f"answered {who}", 0.0)
        self.answered += 1

    async def _does(self, chosen: dict[str, Any], state: Looking | None, words: str, seconds: float) -> None:
        """Do something for a while, for others to see."""
        self.doing = words
        if self._signs is not None:
            self._signs.give(self._id, chosen, state)
        await asyncio.sleep(seconds)

    async def _ask(self, method: Literal["GET", "POST", "PATCH"], path: str, body: object = None) -> dict[str, Any]:
        """One request, signed in first where need be."""
        if not self._cookie:
            answer = await self._send("POST", "/session", self._credentials)
            self._cookie = answer.headers.get("set-cookie", "").partition(";")[0]
            if answer.status < 300:
                self._id = int(msgspec.json.decode(answer.body)["agent"]["id"])
        answer = await self._send(method, path, body)
        if answer.status == 401:
            self._cookie = ""
        if answer.status >= 300:
            raise Busy(f"{method} {path}: {answer.status} {answer.body[:200].decode('utf-8', 'replace')}")
        found: dict[str, Any] = msgspec.json.decode(answer.body) if answer.body else {}
        return found

    async def _send(self, method: str, path: str, body: object) -> HttpResponse:
        headers = {"user-agent": USER_AGENT, "x-inbox": "1", "content-type": "application/json"}
        if self._cookie:
            headers["cookie"] = self._cookie
        request = HttpRequest(
            method=method,
            url=self._api + path,
            headers=headers,
            body=b"" if body is None else msgspec.json.encode(body),
        )
        return await self._http.send(request, Reach(base_url=self._api, sandbox=True))

    def _draw(self, what: str, below: int) -> int:
        digest = hashlib.sha256(f"{self._credentials['email']}:{self._done}:{what}".encode()).digest()
        return int.from_bytes(digest[:4]) % below
