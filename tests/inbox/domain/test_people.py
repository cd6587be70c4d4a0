"""Who wrote, and which accounts are one person."""

from __future__ import annotations

import msgspec

from connectors import inbound as net
from tests.inbox.domain.floor import CHANNEL, NOW, Floor

PHONE = net.Alias(kind="phone", value="+301234")


def test_one_account_is_one_identity() -> None:
    """However often it writes, and under whatever name."""
    floor = Floor()
    floor.says(person="eleni")
    floor.says(author=net.Author(external_id="eleni", name="Eleni K."))

    [identity] = floor.state.identities.values()
    assert (identity.name, len(floor.state.contacts)) == ("Eleni K.", 1)


def test_a_name_given_by_us_is_kept() -> None:
    """What an agent wrote into the contact is not overwritten by the network."""
    floor = Floor()
    floor.says(person="eleni")
    [contact] = floor.state.contacts.values()
    contact.name = "Mrs K."
    floor.says(author=net.Author(external_id="eleni", name="Eleni K."))

    assert contact.name == "Mrs K."


def test_a_strong_alias_joins_a_new_account_to_its_contact() -> None:
    """The same number on another account is the same person; an unverified claim is not."""
    floor = Floor()
    floor.says(author=net.Author(external_id="a", name="A", aliases=(PHONE,)))
    floor.says(person="b", author=net.Author(external_id="b", aliases=(PHONE,)))
    floor.says(person="c", author=net.Author(external_id="c", aliases=(PHONE,), is_verified=False))

    contacts = {i.external_id: i.contact_id for i in floor.state.identities.values()}
    assert contacts["a"] == contacts["b"] != contacts["c"]


def test_an_account_gets_the_names_that_are_new() -> None:
    """Told later, they count; an unverified claim is no name."""
    floor = Floor()
    floor.says(person="a", author=net.Author(external_id="a"))
    floor.says(person="a", author=net.Author(external_id="a", aliases=(PHONE,), is_verified=False))
    claimed = dict(floor.state.alias_owners)
    floor.says(person="a", author=net.Author(external_id="a", aliases=(PHONE,)))
    floor.says(person="a", author=net.Author(external_id="a", aliases=(PHONE,)))

    [identity] = floor.state.identities.values()
    assert claimed == {}
    assert floor.state.identity_aliases == [("phone", "+301234", identity.id)]


def test_reviews_have_an_identity_of_their_own_each() -> None:
    """Where an identity is one item, the same name twice is two people."""
    floor = Floor(msgspec.structs.replace(CHANNEL, item_scope=True))
    for number in (1, 2):
        floor.receive(
            net.ReviewReceived(
                dedupe_key=f"r{number}", occurred_at=NOW, external_id=f"r{number}", rating=1, text="Bad",
                thread=net.Thread(external_id=f"r{number}", kind="review", audience="public"),
                author=net.Author(external_id="anonymous", name="A Google user"), reply_known=True,
            )
        )  # fmt: skip

    assert len(floor.state.contacts) == 2


def test_accounts_that_the_network_links_become_one_contact() -> None:
    """The other account moves; the event says which and why."""
    floor = Floor()
    floor.says(person="visitor")
    floor.says(person="eleni")
    floor.receive(
        net.IdentitiesLinked(
            dedupe_key="l", occurred_at=NOW, author=net.Author(external_id="eleni"), other_id="visitor", reason="login"
        )
    )

    assert len({i.contact_id for i in floor.state.identities.values()}) == 1
    assert "identities_linked" in floor.events


def test_who_blocks_us_is_not_reachable() -> None:
    """Shown with the identity, told as an event."""
    floor = Floor()
    floor.says(person="eleni")
    floor.receive(
        net.IdentityChanged(dedupe_key="b", occurred_at=NOW, author=net.Author(external_id="eleni"), reachable=False)
    )

    [identity] = floor.state.identities.values()
    assert (identity.reachable, floor.events[-1]) == (0, "identity_changed")
