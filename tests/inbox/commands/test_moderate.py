"""Things done to items: shown as done when the network did them, and what they mean for waits."""

from __future__ import annotations

import pytest

from inbox.errors import Conflict, Invalid
from tests.inbox.desk import Desk


async def test_hiding_shows_nothing_before_the_network_did_it(desk: Desk) -> None:
    """No optimism: the action is queued, the item stands as it was, its wait runs."""
    item = await desk.item(await desk.comments("Scam!", person="troll"))
    await desk.moderates(item.id, "hide")
    queued = await desk.message(item.id)
    waiting = await desk.waits()
    await desk.accepts(item.id)

    [wait] = await desk.waits()
    assert (queued.hidden_at, waiting[0].end) == (None, "")
    assert (await desk.message(item.id)).hidden_at == desk.now
    assert (wait.end, wait.reason) == ("voided", "deleted")


async def test_unhiding_and_deleting_a_comment(desk: Desk) -> None:
    """Each becomes an event when it is done."""
    item = await desk.item(await desk.comments("Scam!", person="troll"))
    for word in ("hide", "unhide", "delete"):
        await desk.moderates(item.id, word)
        await desk.accepts(item.id)

    events = await desk.events()
    assert [x for x in events if x.startswith("message_")] == [
        "message_received", "message_hidden", "message_shown", "message_deleted",
    ]  # fmt: skip


async def test_a_like_is_an_action_never_an_answer(desk: Desk) -> None:
    """A like by us ends a wait as dismissed (liked)."""
    item = await desk.item(await desk.comments("Great shop", person="maria"))
    await desk.moderates(item.id, "react", emoji="❤")
    await desk.accepts(item.id)

    [wait] = await desk.waits()
    assert (wait.end, wait.reason) == ("dismissed", "liked")
    assert (await desk.message(item.id)).reactions == '[["","",1,"❤"]]'


async def test_taking_a_reaction_back_dismisses_nothing(desk: Desk) -> None:
    """An empty emoji removes ours; the customer waits on."""
    item = await desk.item(await desk.comments("Great shop?", person="maria"))
    await desk.moderates(item.id, "react", emoji="")
    await desk.accepts(item.id)

    assert [w.end for w in await desk.waits()] == [""]
    assert (await desk.message(item.id)).reactions == ""


async def test_editing_and_deleting_what_we_sent(desk: Desk) -> None:
    """An edit is a new version by us, found by its new words; a deletion leaves the versions."""
    await desk.writes()
    message_id = await desk.replies("Tommorow")
    await desk.accepts(message_id)
    await desk.moderates(message_id, "edit", text="Tomorrow")
    await desk.accepts(message_id)
    edited = await desk.message(message_id)
    await desk.moderates(message_id, "delete_sent")
    await desk.accepts(message_id)

    versions = await desk.rows(f"SELECT version, text FROM content WHERE message_id = {message_id} ORDER BY version")
    assert versions == [(1, "Tommorow"), (2, "Tomorrow")]
    assert (edited.version, edited.edited_at) == (2, desk.now)
    assert (await desk.conversation()).preview == "Tomorrow"
    assert (await desk.message(message_id)).deleted_at == desk.now


async def test_a_ban_blocks_the_contact(desk: Desk) -> None:
    """What a banned person still manages to write opens no wait."""
    item = await desk.item(await desk.comments("Scam!", person="troll"))
    await desk.moderates(item.id, "ban")
    await desk.accepts(item.id)

    assert await desk.rows("SELECT blocked FROM contact") == [(1,)]


async def test_a_refused_action_changes_nothing_but_says_so(desk: Desk) -> None:
    """The item stands as it was; the timeline says that the network refused."""
    item = await desk.item(await desk.comments("Scam!", person="troll"))
    await desk.moderates(item.id, "hide")
    await desk.refuses(item.id)

    assert (await desk.message(item.id)).hidden_at is None
    assert (await desk.events())[-1] == "action_refused"


async def test_what_makes_no_sense_is_refused_in_words(desk: Desk) -> None:
    """Ours cannot be hidden, theirs not edited, what is not at the network not touched, what is gone not again."""
    await desk.writes("Hi")
    theirs = (await desk.rows("SELECT id FROM message"))[0][0]
    ours = await desk.replies("Hello", hold_seconds=60)

    codes = []
    for message_id, word in ((theirs, "edit"), (theirs, "hide"), (ours, "hide"), (ours, "edit")):
        with pytest.raises((Invalid, Conflict)) as refused:
            await desk.moderates(message_id, word, text="x")
        codes.append(refused.value.code)

    assert codes == ["not_supported", "not_supported", "not_supported", "not_sent"]
    assert await desk.rows("SELECT id FROM outbox WHERE purpose = 'action'") == []
