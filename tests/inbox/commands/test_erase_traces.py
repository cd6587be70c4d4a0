"""Erasing a person where nobody would look: what others wrote, ids of items, what came early, what comes again."""

from __future__ import annotations

import base64

import msgspec
import pytest
from sqlalchemy import bindparam, update

from connectors import inbound as net
from inbox import clock
from inbox.commands.contact import Erase
from inbox.domain.records import Orphan
from inbox.domain.state import State
from inbox.eventlog.unit import Unit
from inbox.intake.prepare import described
from inbox.intake.receive import Arrived, DeliveryUnit, Element, Source
from inbox.storage import tables as t
from inbox.storage.database import Query, Statement
from inbox.storage.traces import Names
from tests.inbox.commands.test_contact import contact_of, everything
from tests.inbox.desk import CLEO, SHOP, Desk
from tests.inbox.world import channel

ELENI = net.Author(external_id="6947111222", name="Eleni", aliases=(net.Alias(kind="phone", value="+306947111222"),))
"""As a bot sees somebody who writes to it: the chat has the number of the account."""
MARIA = net.Author(external_id="6948", name="Maria")
CHAT = net.Thread(external_id="6947111222", kind="direct", audience="private")
GROUP = net.Thread(external_id="-100", kind="group", audience="private")


async def comes(desk: Desk, *inbounds: net.AnyInbound) -> list[str]:
    """The whole way in, with the bytes kept."""
    arrived = Arrived(
        channel=desk.world.facts(SHOP), elements=[Element(one) for one in inbounds],
        sources=(Source(body=msgspec.json.encode(inbounds)),), received_at=clock.now(), looks_up_profiles=True,
    )  # fmt: skip
    found: list[str] = await desk.do(DeliveryUnit(arrived, [described(one) for one in inbounds]))
    return found


def reacts(to: str, key: str, *, author: net.Author = ELENI) -> net.ReactionChanged:
    """A thumb; its key names who, as keys of networks do."""
    return net.ReactionChanged(
        dedupe_key=f"{key}:{author.external_id}", occurred_at=clock.now(), message_id=to, author=author, emojis=("👍",)
    )


def edits(external_id: str, text: str) -> net.MessageEdited:
    """Other words."""
    return net.MessageEdited(
        dedupe_key=f"edit:{external_id}", occurred_at=clock.now(), edited_at=clock.now() + 1, external_id=external_id,
        text=text,
    )  # fmt: skip


class Renamed(Unit):
    """Stands for a merge: every conversation began on this network."""

    alone = True

    def __init__(self, network: str) -> None:
        self.network = network

    def run(self, state: State) -> Query[None]:
        """Write it."""
        yield Statement(update(t.conversation).values(network=bindparam("of")))(of=self.network)


async def erased(desk: Desk) -> None:
    """Eleni is gone."""
    await desk.do(Erase(desk.agent(CLEO), await contact_of(desk, ELENI.external_id)))


async def test_ids_that_hold_an_account_or_a_number_go_too(desk: Desk) -> None:
    """Her chat's number before that of an item, her phone number in base64, as an item's other id, in a look-up."""
    packed, other = (f"wamid.{base64.b64encode(b'306947111222' + tail).decode()}" for tail in (b"\x15", b"\x16"))
    nameless = msgspec.structs.replace(ELENI, name="")
    say = desk.world.message
    await comes(desk, say("Hi", author=nameless, thread=CHAT, external_id="6947111222:7", alternate_ids=(packed,)))
    await comes(desk, say("And?", author=ELENI, thread=CHAT, external_id=other, in_reply_to="6947111222:7"))
    await comes(desk, say("Mine", author=MARIA, thread=GROUP, external_id="-100:7"))
    assert len(await everything(desk, ELENI.external_id)) > 5

    await erased(desk)

    assert await everything(desk, ELENI.external_id) == []
    assert await everything(desk, "wamid.") == []
    rows = await desk.rows("SELECT external_id FROM message WHERE erased = 0")
    assert rows == [("-100:7",)]


async def test_reactions_to_what_others_wrote_go_and_theirs_stay(desk: Desk) -> None:
    """Whoever looks at the group is told."""
    await comes(desk, desk.world.message("Hi", author=ELENI, thread=CHAT, external_id="6947111222:1"))
    await comes(desk, desk.world.message("Who comes?", author=MARIA, thread=GROUP, external_id="-100:1"))
    alike = net.Author(external_id=f"{ELENI.external_id}3", name="Nina")
    await comes(desk, reacts("-100:1", "a"), reacts("-100:1", "b", author=MARIA), reacts("-100:1", "c", author=alike))

    await erased(desk)

    [(reactions,)] = await desk.rows("SELECT reactions FROM message WHERE reactions <> ''")
    assert msgspec.json.decode(reactions) == [["6948", "Maria", 0, "👍"], [alike.external_id, "Nina", 0, "👍"]]
    assert await everything(desk, '"Eleni"') == []
    assert "reactions_changed" in (await desk.events())[-4:]


async def test_reactions_in_a_conversation_that_began_on_another_network(desk: Desk) -> None:
    """Its network is that of its first thread; what she reacted to came by hers."""
    await comes(desk, desk.world.message("Hi", author=ELENI, thread=CHAT, external_id="6947111222:1"))
    await comes(desk, desk.world.message("Who comes?", author=MARIA, thread=GROUP, external_id="-100:1"))
    await comes(desk, reacts("-100:1", "a"))
    await desk.do(Renamed("whatsapp"))

    await erased(desk)

    assert await desk.rows("SELECT COUNT(*) FROM message WHERE reactions <> ''") == [(0,)]


async def test_the_same_number_on_another_network_is_somebody_else(desk: Desk) -> None:
    """Ids are a network's own."""
    await desk.world.rows((t.channel, channel(31, "whatsapp")))
    elsewhere = desk.world.message("Hi", author=MARIA, external_id="v1")
    await desk.world.arrives(elsewhere, reacts("v1", "c"), channel_id=31)
    early = msgspec.json.encode(described(reacts("v2", "d")))
    await desk.world.rows((t.orphan, Orphan(501, 31, "v2", early, 1)), (t.orphan, Orphan(502, SHOP, "v2", early, 1)))
    await comes(desk, desk.world.message("Hi", author=ELENI, thread=CHAT))

    await erased(desk)

    assert len(await desk.rows("SELECT id FROM message WHERE reactions <> ''")) == 1
    assert await desk.rows("SELECT id FROM orphan") == [(501,)]


async def test_what_comes_again_of_an_erased_item_brings_nothing_back(desk: Desk) -> None:
    """The network still has it: an edit, a reaction, the item itself are not taken."""
    item = desk.world.message("I am Eleni", author=ELENI, thread=CHAT, external_id="m-1")
    await comes(desk, item)
    await erased(desk)

    assert await comes(desk, edits("m-1", "I am Eleni of Argos")) == ["duplicate"]
    assert await comes(desk, reacts("m-1", "e")) == ["duplicate"]
    assert await comes(desk, item) == ["duplicate"]
    assert await desk.rows("SELECT text FROM content") == [("",)]
    assert await everything(desk, "Argos") == []


async def test_an_erased_review_stays_erased_when_it_is_read_again(desk: Desk) -> None:
    """Reviews are polled: the next poll has its words and the name as they were."""
    review = net.ReviewReceived(
        dedupe_key="r1", occurred_at=clock.now(), author=ELENI, external_id="review-1", text="Eleni was here", rating=2,
        best_rating=5, thread=net.Thread(external_id="review-1", kind="review", audience="public"), reply_known=True,
    )  # fmt: skip
    await comes(desk, review)
    await erased(desk)

    again = msgspec.structs.replace(review, dedupe_key="r2", text="Eleni was here twice")
    assert await comes(desk, review, again) == ["duplicate", "duplicate"]
    assert await everything(desk, "Eleni") == []
    assert len(await desk.rows("SELECT id FROM identity")) == 1


async def test_who_is_known_by_his_review_alone_is_not_made_anew(desk: Desk) -> None:
    """Where a network hides its reviewers, the account is called as the review is."""
    await desk.world.rows((t.channel, channel(31, "google_business_profile")))
    review = net.ReviewReceived(
        dedupe_key="r1", occurred_at=clock.now(), author=net.Author(external_id="review-1", name="Eleni"), rating=2,
        external_id="review-1", text="Too small", best_rating=5, reply_known=True,
        thread=net.Thread(external_id="review-1", kind="review", audience="public"),
    )  # fmt: skip
    await desk.world.arrives(review, channel_id=31)
    await desk.do(Erase(desk.agent(CLEO), await contact_of(desk, "review-1")))

    assert await desk.world.arrives(review, channel_id=31) == ["duplicate"]


async def test_changes_that_came_before_their_item_go_when_they_are_hers(desk: Desk) -> None:
    """By who made them, or by the chat in the item's id; another's stay."""
    await comes(desk, desk.world.message("Hi", author=ELENI, thread=CHAT, external_id="6947111222:1"))
    await comes(desk, edits("6947111222:9", "a secret"), reacts("-100:9", "f"))
    await comes(desk, edits("69471112223:9", "another's"))

    await erased(desk)

    kept = await desk.rows("SELECT external_id FROM orphan")
    assert kept == [("69471112223:9",)]


@pytest.mark.parametrize(
    ("item_id", "names_her"),
    [
        ("306947111222:15", True),
        ("wamid." + base64.b64encode(b"\x01306947111222\x02").decode().rstrip("="), True),
        ("m_8Zs1-opaque", False),
        ("<a.b.c@mail.example>", False),
        ("", False),
        ("42", False),
    ],
)
def test_an_id_is_known_to_name_somebody(item_id: str, names_her: bool) -> None:
    """Plainly or packed; not by a short id that is in others by chance."""
    assert Names([("whatsapp", "+306947111222"), ("whatsapp", "42")]).within(item_id) is names_her
