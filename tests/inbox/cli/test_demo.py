"""`inbox demo`, from start to removal, as somebody who tries it out would see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx2

from tests.inbox.cli.program import Program

PATIENCE_SECONDS = 40.0


class Visitor:
    """Somebody with a browser, signed in."""

    def __init__(self, line: str) -> None:
        """By a `Sign in: URL  EMAIL  PASSWORD` line."""
        self.address, email, password = line.removeprefix("Sign in: ").split("  ")
        self._client = httpx2.Client(base_url=self.address, headers={"x-inbox": "1"}, timeout=20)
        self.ask("POST", "/api/v1/session", {"email": email, "password": password})

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """One request; its JSON."""
        answer = self._client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *problem: object) -> None:
        self._client.close()

    def until(self, found: Callable[[], Any]) -> Any:
        """Ask again until the answer is something; that."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not (answer := found()):
            assert time.monotonic() < end, "not within the time that it should take"
            time.sleep(0.1)
        return answer

    def line(self) -> dict[str, int]:
        """The running line of the sandbox page."""
        return self.ask("GET", "/sandbox/api/state")["line"]

    def told(self) -> None:
        """Wait until what is told of the past is written."""

        def whole() -> bool:
            history = self.ask("GET", "/sandbox/api/state")["history"]
            return bool(history and history["total"] and history["told"] == history["total"])

        self.until(whole)

    def waiting(self, network: str, person: str) -> Any:
        """The conversation in which a person waits; None where he does not."""
        found = self.ask("GET", f"/api/v1/conversations?view=waiting&network={network}&limit=100")["items"]
        return next((one for one in found if one["contact"]["name"] == person), None)

    def thread(self, network: str, person: str) -> list[dict[str, str]]:
        """What a person of the cast sees."""
        return self.ask("GET", f"/sandbox/api/threads/{network}/{person}")["items"]

    def answers(self, conversation: Any, text: str) -> None:
        """Reply at once."""
        body = {"text": text, "hold_seconds": 0}
        self.ask("POST", f"/api/v1/conversations/{conversation['id']}/replies", body)


def test_the_whole_way_there_and_back(empty: Program) -> None:
    """Sign in, see what waits, answer: the customer sees it and answers back; nothing is lost or doubled, also not by
    a restart.
    """
    words = ("demo", "--pace", "120", "--past", "0", "--alone")
    network, key, person = "messenger", "eleni", "Ελένη Μαρκάκη"
    with empty.staying(*words, until="tom@") as said:
        sign_in = [line for line in said if line.startswith("Sign in: ")]
        assert [line.split("  ")[1].split("@")[0] for line in sign_in] == ["maria", "nadia", "tom"]
        with Visitor(sign_in[0]) as visitor:
            visitor.told()
            conversation = visitor.until(lambda: visitor.waiting(network, person))

            visitor.answers(conversation, "Καλησπέρα! Φτάνει αύριο.")

            visitor.until(lambda: "Καλησπέρα! Φτάνει αύριο." in [one["text"] for one in visitor.thread(network, key)])
            visitor.until(lambda: visitor.thread(network, key)[-1]["from"] == "them")
            again = visitor.until(lambda: visitor.waiting(network, person))
            assert again["id"] == conversation["id"]
            _nothing_lost(visitor)
    with empty.staying(*words, until="tom@") as said, Visitor(said[-1]) as visitor:
        assert visitor.thread(network, key)
        _nothing_lost(visitor)
    assert "is removed" in empty.done("demo", "--remove")
    assert not (empty.folder / "demo").exists()


def test_a_mail_goes_there_and_back(empty: Program) -> None:
    """A mail is read by IMAP, answered by SMTP, and answered again with our words quoted away."""
    with (
        empty.staying("demo", "--pace", "120", "--past", "0", "--alone", until="tom@") as said,
        Visitor(said[-1]) as visitor,
    ):
        visitor.told()
        conversation = visitor.until(lambda: visitor.waiting("email", "Anna Berger"))

        visitor.answers(conversation, "Guten Tag, das tut uns leid!")

        visitor.until(
            lambda: "Guten Tag, das tut uns leid!" in [x["text"] for x in visitor.thread("email", "anna.berger")]
        )
        visitor.until(lambda: visitor.thread("email", "anna.berger")[-1]["from"] == "them")
        again = visitor.until(lambda: visitor.waiting("email", "Anna Berger"))
        assert again["id"] == conversation["id"]
        assert "das tut uns leid" not in again["preview"]


def test_faults_lose_nothing(empty: Program) -> None:
    """With everything delivered twice and out of order, what customers wrote is there once."""
    with empty.staying("demo", "--pace", "0", "--past", "0", until="tom@") as said, Visitor(said[-1]) as visitor:
        visitor.told()
        _nothing_lost(visitor)
        for fault in ("duplicate", "shuffle"):
            visitor.ask("PUT", "/sandbox/api/faults", {"name": fault, "on": True})
        before = visitor.line()["sent"]
        people = {"telegram": "liam", "whatsapp": "priya", "custom": "zoe", "email": "lauri", "webchat": "visitor-2"}
        for n in range(6):
            for network, person in people.items():
                action = {"do": "write", "person": person, "name": person, "text": f"number {n}"}
                visitor.ask("POST", "/sandbox/api/actions", {"network": network, "action": action})

        assert visitor.line()["sent"] == before + 30
        _nothing_lost(visitor)


def test_the_sandbox_page_is_for_those_who_are_signed_in(empty: Program) -> None:
    """The page itself loads; what it asks for is refused to strangers."""
    with empty.staying("demo", "--pace", "0", "--past", "0", "--alone", until="tom@") as said:
        address = said[-1].removeprefix("Sign in: ").split("  ")[0]
        page = httpx2.get(f"{address}/sandbox")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "Break the networks" in page.text
        assert httpx2.get(f"{address}/sandbox/api/state").status_code == 401
        assert "is running" in empty.refused("demo", "--remove")


def _nothing_lost(visitor: Visitor) -> None:
    line = visitor.until(lambda: found if (found := visitor.line())["waiting"] == 0 and found["sent"] else None)
    assert line["lost"] == line["doubled"] == 0
    assert line["shown"] == line["sent"]
