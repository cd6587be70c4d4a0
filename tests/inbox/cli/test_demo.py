"""`inbox demo`, from start to removal, as somebody who tries it out would see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.inbox.cli.program import Program

PATIENCE_SECONDS = 40.0


class Visitor:
    """Somebody with a browser, signed in."""

    def __init__(self, line: str) -> None:
        """By a `Sign in: URL  EMAIL  PASSWORD  (ROLE)` line."""
        self.address, email, password, _ = line.removeprefix("Sign in: ").split("  ")
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

    def items(self, conversation: Any) -> list[dict[str, Any]]:
        """What was said in a conversation, oldest first."""
        found = self.ask("GET", f"/api/v1/conversations/{conversation['id']}/messages")["items"]
        return sorted((one for one in found if one["direction"] != "note"), key=lambda one: int(one["position"]))

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


@pytest.mark.parametrize(("commented_on", "read_on"), [("facebook_page", "messenger"), ("instagram", "instagram")])
def test_a_private_reply_is_answered_where_it_is_read(empty: Program, commented_on: str, read_on: str) -> None:
    """A comment, our answer in private, and what the customer answers there are one conversation, nothing twice."""
    words = ("demo", "--pace", "0", "--past", "0", "--alone")
    with empty.staying(*words, until="tom@") as said, Visitor(said[-1]) as visitor:
        visitor.told()
        posts = visitor.ask("GET", "/sandbox/api/state")["posts"]
        post_id = next(post["id"] for post in posts if post["network"] == commented_on)
        who = {"person": "zoi", "name": "zoi_commenter"}
        action = {"do": "write", "text": "Where is my lamp?", **who}
        visitor.ask("POST", "/sandbox/api/actions", {"network": commented_on, "action": action, "post_id": post_id})
        conversation = visitor.until(lambda: visitor.waiting(commented_on, who["name"]))

        body = {"text": "Sorry! What is your order number?", "audience": "private", "hold_seconds": 0}
        visitor.ask("POST", f"/api/v1/conversations/{conversation['id']}/replies", body)

        phone = f"/sandbox/api/threads/{read_on}/zoi?private=1"
        visitor.until(lambda: [one["text"] for one in visitor.ask("GET", phone)["items"]] == [body["text"]])
        people = visitor.ask("GET", "/sandbox/api/state")["people"]
        assert [one["name"] for one in people if one["kind"] == "private"] == [who["name"]]
        thread_id = visitor.ask("GET", phone)["thread_id"]
        answer = {"do": "write", "text": "It is A48213", "thread_id": thread_id, **who}
        visitor.ask("POST", "/sandbox/api/actions", {"network": read_on, "action": answer})
        items = visitor.until(lambda: found if len(found := visitor.items(conversation)) == 3 else None)
        assert [one["text"] for one in items] == [action["text"], body["text"], answer["text"]]
        assert items[1]["thread_id"] == items[2]["thread_id"] != items[0]["thread_id"]
        _nothing_lost(visitor)


def test_options_are_picked_on_a_phone(empty: Program) -> None:
    """Buttons sent by the API stand on the customer's phone; the one he presses answers that very message."""
    words = ("demo", "--pace", "0", "--past", "0", "--alone")
    with empty.staying(*words, until="tom@") as said, Visitor(said[-1]) as visitor:
        visitor.told()
        who = {"person": "zoi", "name": "Zoi Customer"}
        action = {"do": "write", "text": "A bowl, please", **who}
        visitor.ask("POST", "/sandbox/api/actions", {"network": "whatsapp", "action": action})
        conversation = visitor.until(lambda: visitor.waiting("whatsapp", who["name"]))
        options = [{"title": "Blue", "id": "b"}, {"title": "Green"}]
        body = {"text": "Which one?", "options": options, "hold_seconds": 0}
        path = f"/api/v1/conversations/{conversation['id']}/replies"

        sent = visitor.ask("POST", path, body)["message"]

        assert [one["title"] for one in sent["options"]["items"]] == ["Blue", "Green"]
        visitor.until(lambda: visitor.thread("whatsapp", "zoi")[-1]["from"] == "us")
        shown = visitor.thread("whatsapp", "zoi")[-1]
        assert shown["options"] == "Blue\nGreen"
        pick = {"do": "write", "text": "Green", "in_reply_to": shown["id"], **who}
        visitor.ask("POST", "/sandbox/api/actions", {"network": "whatsapp", "action": pick})
        items = visitor.until(lambda: found if len(found := visitor.items(conversation)) == 3 else None)
        assert (items[2]["text"], items[2]["in_reply_to"]) == ("Green", sent["id"])


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
