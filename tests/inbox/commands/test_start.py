"""Writing first."""

from __future__ import annotations

import pytest

from inbox.commands.contact import ContactChange, CreateContact
from inbox.commands.start import Start
from inbox.domain.sending import Answer
from inbox.errors import Invalid
from tests.inbox.desk import SHOP, Desk
from tests.inbox.world import TELEGRAM


async def start(desk: Desk, channel_id: int = SHOP, **fields: object) -> tuple[int, int]:
    """An agent writes first; (conversation, message)."""
    contexts = {channel_id: await desk.context_of(channel_id)}
    answer = Answer(text="Your parcel is here.", hold_seconds=0)
    unit = Start(desk.agent(), channel_id, answer, directory=desk.world.directory, contexts=contexts, **fields)  # type: ignore[arg-type]
    conversation_id, message_id = await desk.do(unit)
    return conversation_id, message_id


async def test_agent_starts_the_conversation_and_nobody_waits(desk: Desk) -> None:
    """Agent starts the conversation: no wait until the customer writes."""
    conversation_id, message_id = await start(desk, to="eleni")
    await desk.accepts(message_id)

    conversation = await desk.conversation(conversation_id)
    assert await desk.waits() == []
    assert (conversation.status, conversation.message_count, conversation.preview) == (
        "open",
        1,
        "Your parcel is here.",
    )
    assert '"to":"eleni"' in (await desk.rows("SELECT part FROM outbox"))[0][0]


async def test_an_open_thread_with_the_person_is_gone_on_with(desk: Desk) -> None:
    """A second private chat with the same person is not begun."""
    await desk.writes(person="eleni")
    conversation_id, message_id = await start(desk, to="eleni")

    assert conversation_id == await desk.only()
    assert (await desk.message(message_id)).thread_id == (await desk.rows("SELECT id FROM thread"))[0][0]


async def test_a_contact_is_written_to_at_his_address(desk: Desk) -> None:
    """Without an account on the network the contact's own number is used, and becomes his account."""
    contact_id = await desk.do(CreateContact(desk.agent(), ContactChange(name="Eleni", phone="+301234")))
    conversation_id, _ = await start(desk, contact_id=contact_id)

    assert (await desk.conversation(conversation_id)).contact_id == contact_id
    assert await desk.rows("SELECT external_id, contact_id FROM identity") == [("+301234", contact_id)]


async def test_where_the_customer_has_to_begin_nothing_is_started(desk: Desk) -> None:
    """A bot cannot write first; neither can anybody write to nobody."""
    nobody = await desk.do(CreateContact(desk.agent(), ContactChange(name="Nobody")))

    for fields, channel_id, code in (
        ({"to": "eleni"}, TELEGRAM, "not_supported"),
        ({"contact_id": nobody}, SHOP, "recipient_missing"),
        ({}, SHOP, "recipient_missing"),
    ):
        with pytest.raises(Invalid) as refused:
            await start(desk, channel_id, **fields)
        assert refused.value.code == code
    assert await desk.rows("SELECT id FROM conversation") == []
