"""The simulated networks with their journal: nothing is forgotten over a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.contract import CustomerAction
from connectors.exchange import Request
from connectors.toolkit import faults
from inbox.sandbox.journal import Journal
from inbox.sandbox.networks import Networks

AT = 1_790_000_000_000_000
SET_WEBHOOK = Request(
    method="POST",
    path="/bot1:x/setWebhook",
    headers={"content-type": "application/json"},
    body=b'{"url": "https://inbox.example/hooks", "secret_token": "s"}',
)


@pytest.fixture
def networks(tmp_path: Path) -> Iterator[Callable[[], Networks]]:
    """Makes the networks as their journal has them."""
    journals: list[Journal] = []

    def make() -> Networks:
        journals.append(Journal(tmp_path / "journal"))
        return Networks(7, ("telegram", "email", "custom"), journals[-1], address="hello@alkyon.example")

    yield make
    for journal in journals:
        journal.close()


def says(made: Networks, network: str, person: str, text: str) -> None:
    """Somebody writes."""
    made.act(network, CustomerAction(do="write", person=person, name=person.title(), text=text), AT, 0)


@pytest.fixture
def made(networks: Callable[[], Networks]) -> Networks:
    """Networks in which something has happened on each."""
    found = networks()
    found.respond("telegram", SET_WEBHOOK)
    for network, person in (("telegram", "eleni"), ("email", "pirjo"), ("custom", "maria")):
        says(found, network, person, f"Hello from {person}")
    return found


def test_the_ids_of_what_was_sent_are_the_networks_own(made: Networks) -> None:
    """Each item is known by the id under which its people see it."""
    for item in made.sent:
        thread_id = made.thread_of(item.network, item.person)
        assert item.external_id in [one["id"] for one in made.seen(item.network, thread_id)]
    assert len(made.sent) == 3


def test_a_restart_brings_everything_back(made: Networks, networks: Callable[[], Networks]) -> None:
    """Threads, items, mailbox, what is owed and what was played are as before."""
    made.taken(1)

    again = networks()

    assert again.sent == made.sent
    assert again.threads == made.threads
    assert again.owed == made.owed
    assert again.played == made.played
    assert [mail.message for mail in again.mailbox.folders["INBOX"].mails] == [
        mail.message for mail in made.mailbox.folders["INBOX"].mails
    ]


def test_a_half_written_entry_is_dropped(made: Networks, networks: Callable[[], Networks], tmp_path: Path) -> None:
    """What a crash cut off is as if it had not happened, and the journal goes on after it."""
    with (tmp_path / "journal").open("ab") as file:
        file.write(b'{"type":"acted","netw')

    again = networks()
    says(again, "telegram", "eleni", "Still there?")

    assert len(networks().sent) == len(made.sent) + 1


def test_mails_delivered_twice_keep_their_place_after_a_restart(
    made: Networks, networks: Callable[[], Networks]
) -> None:
    """The fault `duplicate` is part of what happened: UIDs do not move."""
    made.faults["email"].add(faults.DUPLICATE)
    says(made, "email", "lauri", "Hei")
    before = [(mail.uid, mail.message) for mail in made.mailbox.folders["INBOX"].mails]

    again = networks()

    assert len(before) == 3
    assert [(mail.uid, mail.message) for mail in again.mailbox.folders["INBOX"].mails] == before


def test_what_cannot_be_done_is_left_out(made: Networks, networks: Callable[[], Networks]) -> None:
    """An edit of a message that is not there changes nothing, now and after a restart."""
    made.act("custom", CustomerAction(do="edit", person="maria", message_id="none", text="x"), AT)

    assert networks().sent == made.sent


def test_a_network_without_a_simulator_is_refused(tmp_path: Path) -> None:
    """What cannot be played is named."""
    with pytest.raises(KeyError, match="pigeon"):
        Networks(7, ("pigeon",), Journal(tmp_path / "journal"), address="a@b.example")
