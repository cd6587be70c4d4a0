"""What deciding needs is loaded: people and threads under any of their names."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors import inbound as net
from connectors.errors import SendErrorKind
from inbox import ids
from inbox.clock import SECOND
from inbox.commands.contact import ContactChange, CreateContact
from inbox.commands.triage import Dismiss
from inbox.domain.state import State
from tests.inbox.commands.test_start import start
from tests.inbox.desk import SHOP, T0, Desk, desk
from tests.inbox.world import Arrives

NUMBER, ID = "306912345678", "GR.1349"
PHONE, SCOPED = net.Alias(kind="phone", value=f"+{NUMBER}"), net.Alias(kind="scoped_id", value=ID)


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Desk]:
    """A desk on each engine."""
    async with desk(database_url) as made:
        yield made


def by_number() -> dict[str, object]:
    """How a delivery names a person that knows the phone number alone."""
    return named(NUMBER, PHONE)


def by_id() -> dict[str, object]:
    """How a delivery names him whose number is hidden."""
    return named(ID, SCOPED)


def by_both() -> dict[str, object]:
    """How a delivery names him by both: the id goes first."""
    return named(ID, PHONE, SCOPED)


def named(external_id: str, *aliases: net.Alias) -> dict[str, object]:
    return {
        "author": net.Author(external_id=external_id, name="Eleni", aliases=aliases),
        "thread": net.Thread(external_id=external_id, kind="direct", audience="private"),
    }


def moved(shop: Desk) -> net.ThreadMigrated:
    """What the network tells where a delivery names the person by both."""
    return net.ThreadMigrated(dedupe_key="moved", occurred_at=shop.now, thread_id=NUMBER, new_thread_id=ID)


async def one_of_each(shop: Desk) -> bool:
    """Whether there is one person with one account, in one thread and conversation, who waits once."""
    tables = ("contact", "identity", "thread", "conversation", "wait")
    return [len(await shop.rows(f"SELECT 1 FROM {table}")) for table in tables] == [1] * 5


async def test_a_person_known_by_id_is_the_same_when_only_his_number_is_named(shop: Desk) -> None:
    """The same account, thread and wait."""
    await shop.writes(**by_both())
    await shop.writes(**by_number())
    await shop.writes(**by_both())

    assert await one_of_each(shop)


async def test_a_person_known_by_number_is_the_same_when_only_his_id_is_named(shop: Desk) -> None:
    """A delivery that names both teaches the id to the account that was known by the number."""
    await shop.writes(**by_number())
    await shop.arrives(moved(shop), shop.world.message("Hello?", **by_both()))
    await shop.writes(**by_id())
    await shop.writes(**by_number())

    assert await one_of_each(shop)
    assert await shop.rows("SELECT external_id FROM thread") == [(ID,)]


async def test_names_learned_in_a_delivery_count_in_it(shop: Desk) -> None:
    """The second item of a batch sees what the first one told."""
    messages = [shop.world.message("Hello?", **names) for names in (by_both(), by_number(), by_id())]
    await shop.arrives(*messages)

    assert await one_of_each(shop)


async def test_our_own_words_from_outside_go_into_the_same_thread(shop: Desk) -> None:
    """Written in the network's app to the number of a person known by his id, and the other way round."""
    await shop.writes(**by_both())
    us = net.Author(external_id="shop", is_self=True)
    await shop.writes("We call you.", author=us, thread=by_number()["thread"])

    assert await one_of_each(shop)
    assert [w.end for w in await shop.waits()] == ["answered"]


async def test_a_thread_that_our_words_began_is_the_persons_under_all_names(shop: Desk) -> None:
    """Nobody waits until he writes."""
    us = net.Author(external_id="shop", is_self=True)
    await shop.writes("We call you.", author=us, thread=by_number()["thread"])
    await shop.arrives(moved(shop), shop.world.message("Yes?", **by_both()))
    await shop.writes(**by_number())

    assert await one_of_each(shop)


async def test_a_number_given_to_another_person_is_another_person(shop: Desk) -> None:
    """Two ids are two accounts, with a thread each, also where both had the same number."""
    await shop.writes(**by_both())
    await shop.writes(**named("GR.77", PHONE, net.Alias(kind="scoped_id", value="GR.77")))

    assert len(await shop.rows("SELECT 1 FROM identity")) == len(await shop.rows("SELECT 1 FROM thread")) == 2


async def test_threads_that_a_network_keeps_apart_stay_apart(shop: Desk) -> None:
    """A thread that is called by no name of the person is not his other one."""
    await shop.writes(**{**by_both(), "thread": net.Thread(external_id="shop:1", kind="direct", audience="private")})
    await shop.writes(**by_both())

    assert len(await shop.rows("SELECT 1 FROM thread")) == 2


@pytest.mark.parametrize("to", ["+30 691 234 5678", f"+{NUMBER}"])
async def test_writing_first_to_a_number_reaches_the_person_who_is_known_by_id(shop: Desk, to: str) -> None:
    """In the thread there is."""
    await shop.writes(**by_both())
    conversation_id, _ = await start(shop, to=to)

    assert conversation_id == await shop.only()
    assert await one_of_each(shop)


async def test_an_answer_to_our_first_words_comes_from_the_number_we_wrote_to(shop: Desk) -> None:
    """Also before the network has named the thread that we began."""
    await start(shop, to="+30 691 234 5678")
    await shop.writes(**by_both())

    assert await one_of_each(shop)
    assert await shop.rows("SELECT external_id FROM thread") == [(ID,)]


async def test_a_contact_is_written_to_under_his_number(shop: Desk) -> None:
    """His account under the network's id is found by it."""
    await shop.writes(**by_both())
    anew = await shop.do(CreateContact(shop.agent(), ContactChange(name="Eleni K.", phone=f"+{NUMBER}")))
    conversation_id, _ = await start(shop, SHOP, contact_id=anew)

    assert conversation_id == await shop.only()
    assert await shop.rows("SELECT contact_id FROM identity") == [(anew,)]


async def test_a_reply_to_our_own_first_comment_finds_it(shop: Desk) -> None:
    """What we said in public before any customer did is kept without a conversation until one replies."""
    place = net.Thread(external_id="c1", kind="comment", audience="public", post=net.Post(external_id="p1"))
    us = net.Author(external_id="shop", is_self=True)
    await shop.writes("Link below!", author=us, kind="comment", external_id="c1", thread=place)
    before = await shop.rows("SELECT 1 FROM conversation")
    asked = await shop.writes("Where?", person="eleni", kind="comment", in_reply_to="c1", thread=place)

    ours = await shop.item("c1")
    assert before == []
    assert (ours.conversation_id, (await shop.item(asked)).in_reply_to) == (await shop.only(), ours.id)
    assert (await shop.conversation()).message_count == 2


async def test_our_answer_is_looked_at_with_the_review_it_stands_under(shop: Desk) -> None:
    """Under the network's check, published, changed and deleted: the network shows it as part of the review."""

    async def polled(**reply: object) -> None:
        place = net.Thread(external_id="r", kind="review", audience="public")
        review = net.ReviewReceived(
            dedupe_key=ids.nonce(), occurred_at=shop.now, external_id="r", rating=1, text="Late", thread=place,
            author=net.Author(external_id="max"), reply_known=True, **reply,  # type: ignore[arg-type]
        )  # fmt: skip
        await shop.arrives(review)

    await polled()
    answer = await shop.replies("Sorry!")
    await shop.refuses(answer, SendErrorKind.UNKNOWN)
    shop.later(600)
    await polled(reply_text="Sorry!", reply_at=shop.now, reply_id="r/1")
    published = (await shop.message(answer)).delivery_state
    shop.later(600)
    await polled(reply_text="Very sorry!", reply_at=shop.now, reply_id="r/2")
    version = (await shop.message(answer)).version
    shop.later(600)
    await polled()

    assert (published, version) == ("accepted", 2)
    assert (await shop.message(answer)).deleted_at == shop.now
    assert [(w.end, w.opened_at == shop.now) for w in await shop.waits()] == [("answered", False), ("", True)]


VIRAL = net.Thread(external_id="c1", kind="comment", audience="public", post=net.Post(external_id="p1", text="New!"))


class Counted(Arrives):
    """A delivery that remembers how many waits were loaded for it."""

    def decide(self, state: State) -> list[str]:
        self.loaded = len(state.waits)
        return super().decide(state)


async def crowd(shop: Desk) -> list[str]:
    """Five people who wait under one post, a second apart; their items."""
    asked = []
    for number in range(5):
        asked.append(await shop.writes("Where?", person=f"p{number}", kind="comment", thread=VIRAL))
        shop.later(1)
    return asked


async def arrives_counted(shop: Desk, *inbounds: net.Inbound) -> int:
    unit = Counted(shop.world.facts(SHOP), *inbounds)
    await shop.do(unit)
    return unit.loaded


async def test_a_comment_costs_the_same_however_many_wait_under_the_post(shop: Desk) -> None:
    """Only the waits of those who write are loaded; the row still shows who waits longest."""
    asked = await crowd(shop)
    since = (await shop.conversation()).waiting_since
    stranger = shop.world.message("And mine?", person="new", kind="comment", thread=VIRAL, in_reply_to=asked[0])
    again = shop.world.message("Hello?", person="p3", kind="comment", thread=VIRAL)

    assert [await arrives_counted(shop, one) for one in (stranger, again)] == [0, 1]
    assert ((await shop.conversation()).waiting_since, since) == (T0, T0)
    assert len([w for w in await shop.waits() if not w.end]) == 6


async def test_who_writes_again_after_a_dismissal_may_be_the_one_who_waits_longest(shop: Desk) -> None:
    """His wait goes on from its original start, which the row shows."""
    await crowd(shop)
    first, *_ = await shop.waits()
    await shop.do(Dismiss(shop.agent(), await shop.only(), wait_ids=(first.id,)))
    between = (await shop.conversation()).waiting_since
    await shop.writes("Well?", person="p0", kind="comment", thread=VIRAL)

    assert (between, (await shop.conversation()).waiting_since) == (T0 + SECOND, T0)


@pytest.mark.parametrize("together", [True, False])
async def test_what_else_happens_in_the_conversation_looks_at_everybody(shop: Desk, together: bool) -> None:
    """The item of who waits longest is deleted, alone or in the delivery that brings another comment."""
    asked = await crowd(shop)
    gone = net.MessageDeleted(dedupe_key="gone", occurred_at=shop.now, external_id=asked[0])
    another = [shop.world.message("And mine?", person="new", kind="comment", thread=VIRAL)] if together else []

    assert await arrives_counted(shop, *another, gone) == 5
    assert (await shop.conversation()).waiting_since == T0 + SECOND
