"""Private answers to public comments: read on another phone, and answered there in the language we wrote in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from connectors.contract import CustomerAction
from connectors.exchange import Request
from inbox import clock
from inbox.sandbox import privately
from inbox.sandbox.stage import Stage
from inbox.sandbox.view import View

SAID = "Γεια σας! Μας στέλνετε τον αριθμό της παραγγελίας;"


def answered_in_private(made: Stage, network: str) -> None:
    """Nikos comments, and is answered in private."""
    networks = made.networks
    thread_id, in_reply_to = networks.under(network, networks.posts(network)[0]["id"])
    wrote = CustomerAction(
        do="write", person="nikos", name="Νίκος Β.", thread_id=thread_id, in_reply_to=in_reply_to, text="Πόσο κάνει;"
    )
    networks.act(network, wrote, clock.now())
    credentials = networks.credentials(network)
    token = credentials.get("page_access_token") or credentials["access_token"]
    body = {"recipient": {"comment_id": networks.newest[network, "nikos"]}, "message": {"text": SAID}}
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    request = Request(method="POST", path="/v25.0/me/messages", headers=headers, body=msgspec.json.encode(body))
    assert networks.respond(network, request).status == 200


def on_the_phone(made: Stage, network: str) -> Sequence[str]:
    """What Nikos reads there."""
    return [one["text"] for one in made.networks.seen(network, made.networks.private[network, "nikos"].thread_id)]


@pytest.mark.parametrize(("network", "read_on"), [("facebook_page", "messenger"), ("instagram", "instagram")])
def test_it_is_read_and_answered_once(made: Stage, network: str, read_on: str) -> None:
    """He has it on his phone, reads it after a while, answers it once, and then waits for us."""
    answered_in_private(made, network)
    assert on_the_phone(made, read_on) == [SAID]
    assert list(privately.answers(made.networks, clock.now())) == []

    later = clock.now() + privately.ANSWERS_AFTER + clock.SECOND
    read: list[tuple[str, str, str]] = []
    privately.read(made.networks, lambda *who: read.append(who), later)
    [cue] = privately.answers(made.networks, later)
    made.perform(cue)

    assert [who[:2] for who in read] == [(read_on, "nikos")]
    assert on_the_phone(made, read_on) == [SAID, privately.WORDS["el"]]
    assert list(privately.answers(made.networks, later + clock.MINUTE)) == []


async def test_the_page_shows_a_second_phone(made: Stage) -> None:
    """Beside whoever comments stands the same person with what was written to him in private."""
    answered_in_private(made, "facebook_page")
    people = (await View(made).state())["people"]
    shown = [(one["network"], one["key"], one["name"]) for one in people if one["kind"] == "private"]
    assert shown == [("messenger", "nikos", "Νίκος Β.")]


def test_a_restart_changes_nothing(made: Stage) -> None:
    """What was opened is rebuilt from the journal, in the same thread."""
    answered_in_private(made, "facebook_page")
    before = made.networks.private
    again = type(made.networks)(made.networks.seed, made.networks.names, made.networks._journal, address="x@y.example")
    assert again.private == before
