"""Simulated colleagues: they sign in, claim what waits, answer, note and close, by the HTTP API like any program.

They leave work to the people: only what waits beyond `LEAVE` conversations, one at a time, and nothing that somebody
else has claimed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import msgspec
import structlog

from connectors.exchange import HttpRequest, HttpResponse, TransportFailed
from inbox.errors import InboxError
from inbox.transport.http import HttpClient
from inbox.transport.reach import Reach

USER_AGENT = "sandbox-colleague"
"""By this their sessions are told from people's."""
LEAVE = 12
PAUSE_SECONDS = 20.0
READING_SECONDS = 4.0
WRITING_SECONDS = 6.0
NOTES = ("Checked with the workshop: a new one is ready.", "Third parcel late with this courier this week.")
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Thank you for writing! I looked it up: your parcel is with the courier and comes tomorrow.",
        "I am sorry about that! A new one leaves our workshop today, and you need not send anything back.",
        "Of course. I have noted it on your order, you get an e-mail with the details within the hour.",
    ),
    "el": (
        "Ευχαριστούμε για το μήνυμα! Το δέμα σας είναι στον μεταφορέα και φτάνει αύριο.",
        "Λυπόμαστε πολύ! Καινούργιο κομμάτι φεύγει σήμερα, δεν χρειάζεται να μας στείλετε τίποτα.",
    ),
    "id": (
        "Terima kasih sudah menghubungi kami, Kak! Paketnya sudah di kurir dan sampai besok.",
        "Mohon maaf ya Kak! Barang pengganti kami kirim hari ini, yang lama tidak perlu dikembalikan.",
    ),
    "hy": ("Շնորհակալություն գրելու համար։ Ձեր ծանրոցը վաղը կհասնի։",),
    "fi": ("Kiitos viestistäsi! Pakettisi on kuljetuksessa ja tulee perille huomenna.",),
    "de": ("Vielen Dank für Ihre Nachricht! Ihr Paket ist beim Zusteller und kommt morgen an.",),
}
_log = structlog.get_logger(__name__)


class Busy(Exception):
    """Somebody else was quicker, or the service says no: the colleague turns to something else."""


class Colleague:
    """One of them, signed in. `nth` makes what he does his own and the same at every start."""

    def __init__(self, http: HttpClient, address: str, email: str, password: str, nth: int) -> None:
        self._http = http
        self._api = f"{address}/api/v1"
        self._credentials = {"email": email, "password": password}
        self._cookie = ""
        self._done = nth * 1_000
        self.answered = 0

    async def work(self, may_work: Callable[[], Awaitable[bool]], pause_seconds: float = PAUSE_SECONDS) -> None:
        """Until cancelled: a conversation, a pause."""
        while True:
            await asyncio.sleep(pause_seconds * (0.5 + self._draw("pause", 100) / 100))
            try:
                if await may_work():
                    await self.turn()
            except (Busy, TransportFailed, InboxError) as busy:
                _log.info("sandbox_colleague_turned_away", reason=str(busy))

    async def turn(self, *, leave: int = LEAVE, seconds: float = 1.0) -> None:
        """Take one conversation from claim to answer; nothing where little waits. Raises Busy, TransportFailed.

        `seconds` stretches the time that reading and writing take.
        """
        self._done += 1
        waiting = await self._ask("GET", "/conversations?view=waiting&limit=50")
        free = [one for one in waiting["items"] if one["assignee_id"] is None]
        if len(free) <= leave:
            return
        chosen = free[self._draw("which", min(len(free), 8))]
        path = f"/conversations/{chosen['id']}"
        await self._ask("PATCH", path, {"assignee_id": "me", "expect": {"assignee_id": None}})
        await asyncio.sleep(READING_SECONDS * seconds)
        if self._draw("note", 6) == 0:
            await self._ask("POST", f"{path}/notes", {"text": NOTES[self._draw("words", len(NOTES))]})
        await asyncio.sleep(WRITING_SECONDS * seconds)
        answers = ANSWERS.get(chosen["language"] or "en", ANSWERS["en"])
        reply = {
            "text": answers[self._draw("answer", len(answers))],
            "thread_id": chosen["threads"][0]["id"],
            "seen_position": waiting["position"],
            "hold_seconds": 0,
        }
        await self._ask("POST", f"{path}/replies", reply)
        self.answered += 1

    async def _ask(self, method: Literal["GET", "POST", "PATCH"], path: str, body: object = None) -> dict[str, Any]:
        """One request, signed in first where need be."""
        if not self._cookie:
            answer = await self._send("POST", "/session", self._credentials)
            self._cookie = answer.headers.get("set-cookie", "").partition(";")[0]
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
