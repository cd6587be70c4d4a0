"""One conversation over public and private: whatever comes first, the thread of a private reply joins the comment."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors import inbound as net
from connectors.outbound import Receipt, Sibling
from inbox.clock import DAY
from inbox.commands.channels import ChangeChannel
from inbox.commands.consent import PutConsent
from inbox.delivery.attempts import AttemptBegan, PartAccepted, landed_on
from inbox.domain.records import Contact, OutboxPart
from inbox.domain.shapes import MessageShape
from inbox.eventlog import reading
from inbox.eventlog.verify import verify
from inbox.seal import Sealer
from inbox.storage import outbox
from inbox.storage import tables as t
from tests.inbox.desk import CLEO, SHOP, Desk
from tests.inbox.desk import desk as opened
from tests.inbox.world import channel

PRIVATE = 13
"""The channel on which the shop's asset talks in private."""
_COUNTED = (
    "SELECT channel_id || ':' || COALESCE(team_id, 0) || ':' || COALESCE(assignee_id, 0) || ':' || status || ':' "
    "|| kind || ':' || CASE WHEN waiting_since IS NULL THEN '' ELSE 'w' END, COUNT(*) FROM conversation "
    "WHERE merged_into IS NULL GROUP BY 1 ORDER BY 1"
)


class Page:
    """A page whose comments come by one channel and whose private messages by another."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.numbers = itertools.count(1)

    async def comments(self, text: str = "Where is my parcel?", person: str = "eleni") -> int:
        """A customer comments; the conversation."""
        return (await self.desk.item(await self.desk.comments(text, person=person))).conversation_id

    async def private_reply(self, conversation: int, text: str = "We look into it.") -> int:
        """An agent answers in private; what was sent and is on its way."""
        return await self.desk.replies(text, conversation=conversation, private=True)

    async def network_answers(self, message_id: int, *, network: str = "telegram", person: str = "psid-eleni") -> str:
        """The network takes what was sent; its id there."""
        part = await self.part(message_id)
        if part.state == "waiting":
            await self.desk.do(AttemptBegan(part, 1))
        external_id = f"mid-{message_id}"
        receipt = Receipt(
            external_id=external_id, sibling=Sibling(network=network, thread_id=f"t-{person}", author_id=person)
        )
        there = await landed_on(self.desk.world.directory, SHOP, receipt)
        await self.desk.do(PartAccepted(await self.part(message_id), receipt, there))
        return external_id

    async def part(self, message_id: int) -> OutboxPart:
        """The part of a message."""
        [[part_id]] = await self.desk.rows(f"SELECT id FROM outbox WHERE message_id = {message_id}")
        [part] = await self.desk.world.database.read(outbox.parts, [part_id])
        return part

    async def writes(self, text: str = "Thank you", *, person: str = "psid-eleni", on: int = PRIVATE) -> str:
        """The customer writes in private; the item's external id."""
        return await self.desk.world.says(text, person=person, channel_id=on, thread=_thread(person))

    async def echoes(self, message_id: int, text: str, *, person: str = "psid-eleni", on: int = PRIVATE) -> list[str]:
        """What we sent comes back."""
        echo = self.desk.world.message(
            text, thread=_thread(person), external_id=f"mid-{message_id}",
            author=net.Author(external_id="page", is_self=True),
        )  # fmt: skip
        return await self.desk.world.arrives(echo, channel_id=on)

    async def shown(self, conversation: int) -> list[MessageShape]:
        """The timeline."""
        found = await self.desk.world.database.read(reading.timeline, conversation)
        return [self.desk.world.show.message(m, found.state) for m in found.items]

    async def conversations(self) -> list[Any]:
        """(id, merged into) of all."""
        return await self.desk.rows("SELECT id, merged_into FROM conversation ORDER BY id")

    async def sound(self) -> None:
        """Counters equal the rows, waits equal the log, items are counted."""
        cells = await self.desk.rows("SELECT cell, n FROM counter WHERE n <> 0 ORDER BY cell")
        assert sorted(cells) == sorted(await self.desk.rows(_COUNTED))
        assert (await self.desk.world.database.read(verify)).differences == []
        for conversation_id, count, people in await self.desk.rows(
            "SELECT id, message_count, participants_count FROM conversation"
        ):
            items = f"FROM message WHERE conversation_id = {conversation_id}"
            assert await self.desk.rows(f"SELECT COUNT(*) {items}") == [(count,)]
            wrote = await self.desk.rows(f"SELECT COUNT(DISTINCT identity_id) {items} AND direction = 'in'")
            assert wrote == [(people,)]


def _thread(person: str) -> net.Thread:
    return net.Thread(external_id=f"t-{person}", kind="direct", audience="private")


@pytest.fixture
async def page(database_url: str) -> AsyncIterator[Page]:
    """A shop with a private channel of the same asset."""
    async with opened(database_url) as desk:
        await desk.world.rows((t.channel, channel(PRIVATE, "telegram", asset_id=f"asset{SHOP}")))
        yield Page(desk)


async def test_the_private_thread_joins_the_comments_conversation(page: Page) -> None:
    """One conversation with both threads; every item names its audience; the wait in public is answered."""
    conversation = await page.comments()
    sent = await page.private_reply(conversation)
    before = [m.audience for m in await page.shown(conversation)]
    await page.network_answers(sent)
    await page.writes("Thank you")

    items = await page.shown(conversation)
    assert before == ["public", "private"]
    assert [(m.audience, m.direction) for m in items] == [("public", "in"), ("private", "out"), ("private", "in")]
    assert items[1].thread_id == items[2].thread_id != items[0].thread_id
    assert await page.conversations() == [(conversation, None)]
    assert [w.end for w in await page.desk.waits()] == ["answered", ""]
    await page.sound()


async def test_the_two_accounts_are_one_contact(page: Page) -> None:
    """The network vouches that the recipient is the author of the comment."""
    sent = await page.private_reply(await page.comments())
    await page.network_answers(sent)

    accounts = await page.desk.rows("SELECT network, name, contact_id FROM identity ORDER BY id")
    assert [(network, name) for network, name, _ in accounts] == [("custom", "Eleni"), ("telegram", "Eleni")]
    assert len({contact for _, _, contact in accounts}) == 1


async def test_an_answer_goes_where_the_agent_says(page: Page) -> None:
    """With two threads the agent names one; each goes by its own channel."""
    conversation = await page.comments()
    await page.network_answers(await page.private_reply(conversation))
    threads = await page.desk.rows("SELECT id, channel_id FROM thread ORDER BY id")
    sent = [await page.desk.replies(conversation=conversation, thread_id=thread) for thread, _ in threads[:1]]

    with pytest.raises(Exception, match="several threads"):
        await page.desk.replies(conversation=conversation)
    assert [(await page.part(m)).channel_id for m in sent] == [SHOP]
    assert [on for _, on in threads] == [SHOP, PRIVATE]


async def test_the_echo_may_come_before_the_answer_of_the_network(page: Page) -> None:
    """The echo was taken for an answer written elsewhere; it becomes one with what we sent."""
    conversation = await page.comments()
    sent = await page.private_reply(conversation)
    assert await page.echoes(sent, "We look into it.") == ["done"]
    apart = [into for _, into in await page.conversations()]
    await page.network_answers(sent)
    again = await page.echoes(sent, "We look into it.")

    assert (apart, again) == ([None, None], ["duplicate"])
    assert [into for _, into in await page.conversations()] == [None, conversation]
    assert [(m.id, m.direction) for m in (await page.shown(conversation))[1:]] == [(str(sent), "out")]
    assert "message_joined" in await page.desk.events()
    await page.sound()


async def test_the_customer_may_write_before_the_answer_of_the_network(page: Page) -> None:
    """His conversation is merged into the comment's; his wait keeps its start."""
    conversation = await page.comments()
    sent = await page.private_reply(conversation)
    page.desk.later(5)
    await page.writes("What now?")
    start = page.desk.now
    page.desk.later(5)
    await page.network_answers(sent)

    row = await page.desk.conversation(conversation)
    assert [into for _, into in await page.conversations()] == [None, conversation]
    assert (row.waiting_since, row.preview) == (start, "What now?")
    assert [w.conversation_id for w in await page.desk.waits()] == [conversation, conversation]
    await page.sound()


async def test_echo_and_customer_both_come_first(page: Page) -> None:
    """What the customer answers to the echo answers what we sent."""
    conversation = await page.comments()
    sent = await page.private_reply(conversation)
    await page.echoes(sent, "We look into it.")
    inbound = page.desk.world.message(
        "And?", person="psid-eleni", thread=_thread("psid-eleni"), in_reply_to=f"mid-{sent}"
    )
    await page.desk.world.arrives(inbound, channel_id=PRIVATE)
    await page.network_answers(sent)

    items = await page.shown(conversation)
    assert [m.text for m in items] == ["Where is my parcel?", "We look into it.", "And?"]
    assert items[2].in_reply_to == str(sent)
    await page.sound()


async def test_receipts_of_the_private_thread_find_the_reply(page: Page) -> None:
    """Read up to an instant, whether told before the network's answer or after it."""
    conversation = await page.comments()
    early = await page.private_reply(conversation)
    await page.echoes(early, "We look into it.")
    page.desk.later(1)
    read = net.ReceiptReceived(
        dedupe_key="read", occurred_at=page.desk.now, state="read", thread_id="t-psid-eleni", up_to=page.desk.now
    )
    await page.desk.world.arrives(read, channel_id=PRIVATE)
    await page.network_answers(early)

    assert (await page.desk.message(early)).delivery_state == "read"


async def test_a_long_standing_private_conversation_is_moved_whole(page: Page) -> None:
    """One person, one conversation, one owner: notes and waits come along, and it can be taken apart again."""
    await page.writes("Do you ship to Crete?")
    old = await page.desk.only()
    conversation = await page.comments()
    await page.desk.triages(conversation=conversation, assignee_id=CLEO)
    await page.network_answers(await page.private_reply(conversation))

    row = await page.desk.conversation(conversation)
    assert (await page.desk.conversation(old)).merged_into == conversation
    assert (row.assignee_id, row.message_count, row.participants_count) == (CLEO, 3, 2)
    assert row.waiting_since is not None
    assert len({c for (c,) in await page.desk.rows("SELECT DISTINCT contact_id FROM identity")}) == 1
    assert "identities_linked" in await page.desk.events()
    await page.sound()


async def test_who_opted_out_stays_so_when_the_network_joins_his_accounts(page: Page) -> None:
    """It loses no refusal, takes none back that the other had given, and nobody writes first."""
    await page.writes("Do you ship to Crete?")
    old = await page.desk.only()
    conversation = await page.comments()
    private, public = [(await page.desk.conversation(c)).contact_id for c in (old, conversation)]
    directory = page.desk.world.directory
    await page.desk.do(PutConsent(page.desk.agent(), private, PRIVATE, "withdrawn", "wrote STOP", directory))
    await page.desk.do(PutConsent(page.desk.agent(), public, PRIVATE, "granted", "form", directory))
    await page.desk.do(PutConsent(page.desk.agent(), public, SHOP, "withdrawn", "by phone", directory))
    await page.desk.do(PutConsent(page.desk.agent(), private, SHOP, "granted", "form", directory))
    await page.network_answers(await page.private_reply(conversation))

    [(kept,)] = await page.desk.rows("SELECT DISTINCT contact_id FROM identity")
    said = f"SELECT channel_id, state, source FROM consent WHERE contact_id = {kept} ORDER BY channel_id"
    assert sorted(await page.desk.rows(said)) == sorted(
        [(SHOP, "withdrawn", "by phone"), (PRIVATE, "withdrawn", "wrote STOP")]
    )


async def test_a_conversation_closed_long_ago_keeps_its_story(page: Page) -> None:
    """As with a new message: after the reopening time the thread goes on elsewhere, what was said stays."""
    await page.writes("Do you ship to Crete?")
    old = await page.desk.only()
    await page.desk.triages(conversation=old, status="closed")
    page.desk.now += 4 * DAY
    conversation = await page.comments()
    await page.network_answers(await page.private_reply(conversation))
    await page.writes("Thanks")

    assert await page.conversations() == [(old, None), (conversation, None)]
    assert [m.text for m in await page.shown(old)] == ["Do you ship to Crete?"]
    assert [m.text for m in await page.shown(conversation)][-1] == "Thanks"
    await page.sound()


async def test_only_the_thread_leaves_a_conversation_that_has_others(page: Page) -> None:
    """Two comments of one person answered in private: the thread goes to the newer one."""
    first = await page.comments("First?")
    await page.network_answers(await page.private_reply(first))
    await page.writes("Hm")
    second = (await page.desk.item(await page.desk.comments("Second?", person="eleni", thread="c2"))).conversation_id
    await page.network_answers(await page.private_reply(second, "Here too."))

    assert await page.conversations() == [(first, None), (second, None)]
    assert [m.text for m in await page.shown(second)] == ["We look into it.", "Hm", "Second?", "Here too."]
    assert [m.text for m in await page.shown(first)] == ["First?"]
    assert (await page.desk.conversation(first)).waiting_since is None
    await page.sound()


async def test_a_closed_comment_opens_again_when_somebody_waits_in_private(page: Page) -> None:
    """Nobody's question is hidden in a closed conversation."""
    conversation = await page.comments()
    sent = await page.desk.replies("See you there", conversation=conversation, private=True, then_close=True)
    await page.writes("Where?")
    await page.network_answers(sent)

    row = await page.desk.conversation(conversation)
    assert (row.status, row.episode) == ("open", 2)
    await page.sound()


async def test_where_comments_and_messages_share_a_channel(page: Page) -> None:
    """The network's answer names the channel's own network; the echo came first here too."""
    conversation = await page.comments()
    sent = await page.private_reply(conversation)
    await page.echoes(sent, "We look into it.", on=SHOP, person="eleni")
    await page.network_answers(sent, network="custom", person="eleni")
    await page.writes("Thanks", on=SHOP, person="eleni")

    assert [m.audience for m in await page.shown(conversation)] == ["public", "private", "private"]
    assert await page.desk.rows("SELECT COUNT(*) FROM identity WHERE external_id = 'eleni'") == [(1,)]
    await page.sound()


async def test_a_channel_may_keep_them_apart(page: Page) -> None:
    """`join_private` no: two conversations."""
    unit = ChangeChannel(page.desk.agent(CLEO), Sealer(["k" * 40]), SHOP, {"join_private": "no"}, {}, None)
    await page.desk.do(unit)
    await page.desk.world.directory.load()
    conversation = await page.comments()
    await page.network_answers(await page.private_reply(conversation))
    await page.writes("Thanks")

    assert len(await page.conversations()) == 2
    assert [m.audience for m in await page.shown(conversation)] == ["public", "private"]
    await page.sound()


async def test_accepting_the_same_receipt_twice_changes_nothing(page: Page) -> None:
    """A recovered part may be recorded twice."""
    conversation = await page.comments()
    sent = await page.private_reply(conversation)
    await page.network_answers(sent)
    before = await page.desk.position()
    await page.network_answers(sent)

    assert await page.desk.position() == before


async def test_an_answer_in_private_ends_what_he_asks_in_public(page: Page) -> None:
    """Public comment answered in private: the linked thread answers it."""
    conversation = await page.comments()
    await page.network_answers(await page.private_reply(conversation))
    await page.writes("Thanks")
    await page.comments("And the invoice?")
    private = (await page.desk.rows(f"SELECT id FROM thread WHERE channel_id = {PRIVATE}"))[0][0]
    await page.desk.accepts(await page.desk.replies("Attached", conversation=conversation, thread_id=private))

    assert [w.end for w in await page.desk.waits()] == ["answered", "answered", "answered"]


async def test_a_reply_refused_later_reopens_the_public_wait(page: Page) -> None:
    """It keeps its original start though the reply stands in the private thread by now."""
    conversation = await page.comments()
    start = page.desk.now
    page.desk.later(60)
    external_id = await page.network_answers(await page.private_reply(conversation))
    await page.desk.world.arrives(
        net.ReceiptReceived(dedupe_key="no", occurred_at=page.desk.now, state="failed", message_id=external_id),
        channel_id=PRIVATE,
    )

    [wait] = await page.desk.waits()
    assert (wait.end, wait.opened_at, wait.reopened) == ("", start, 1)


async def test_a_customers_name_is_not_lost(page: Page) -> None:
    """The contact stays the one of the comment; the one of the private thread keeps what it has."""
    await page.writes("Hello")
    [other] = await page.desk.rows("SELECT contact_id FROM conversation")
    sent = await page.private_reply(await page.comments())
    await page.network_answers(sent)

    kept = [Contact(*row[1:]) for row in await page.desk.rows(f"SELECT * FROM contact WHERE id = {other[0]}")]
    assert (kept[0].name, kept[0].merged_into) == ("Psid-Eleni", None)
