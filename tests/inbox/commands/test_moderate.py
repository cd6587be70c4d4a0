"""Things done to items: shown as done when the network did them, and what they mean for waits."""

from __future__ import annotations

import pytest

from inbox.domain.shapes import MessageShape
from inbox.errors import Conflict, Invalid
from inbox.eventlog import reading
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


async def test_who_did_it_and_why_stands_on_the_item(desk: Desk) -> None:
    """The reason is kept with the item, not in the log."""
    item = await desk.item(await desk.comments("Scam!", person="troll"))
    await desk.moderates(item.id, "hide", reason="insults a colleague")
    queued = await shown(desk, item.id)
    await desk.accepts(item.id)

    done = await shown(desk, item.id)
    assert queued.moderation is None
    assert done.moderation is not None
    assert (done.moderation.action, done.moderation.reason) == ("hide", "insults a colleague")
    assert (done.moderation.by.name, done.moderation.revertible) == ("Anna", True)
    assert [1 for (data,) in await desk.rows("SELECT data FROM event") if b"insults" in bytes(data)] == []


async def test_one_step_back_from_hiding(desk: Desk) -> None:
    """Hide, taken back, taken back: the wait that hiding ended goes on from its original start."""
    item = await desk.item(await desk.comments("Where is my parcel?", person="eleni"))
    start = desk.now
    for word in ("hide", "revert"):
        desk.later(60)
        await desk.moderates(item.id, word)
        await desk.accepts(item.id)
    [back] = await desk.waits()
    await desk.moderates(item.id, "revert", reason="after all")
    await desk.accepts(item.id)

    [wait] = await desk.waits()
    assert (back.end, back.opened_at, back.reopened) == ("", start, 1)
    assert (wait.end, wait.reason) == ("voided", "deleted")
    assert (await desk.message(item.id)).hidden_at == desk.now


async def test_one_step_back_from_a_like(desk: Desk) -> None:
    """Who was dismissed by our like waits again; taken back once more, the same reaction is set."""
    item = await desk.item(await desk.comments("Great shop!", person="maria"))
    seen = []
    for word in ("react", "revert", "revert"):
        await desk.moderates(item.id, word, emoji="❤" if word == "react" else "")
        await desk.accepts(item.id)
        [wait] = await desk.waits()
        found = await shown(desk, item.id)
        assert found.moderation is not None
        seen.append((found.moderation.action, [r.emoji for r in found.reactions], wait.end))

    assert seen == [("react", ["❤"], "dismissed"), ("unreact", [], ""), ("react", ["❤"], "dismissed")]


async def test_what_cannot_be_taken_back_is_said(desk: Desk) -> None:
    """Nothing was done; or it was a ban."""
    item = await desk.item(await desk.comments("Scam!", person="troll"))
    with pytest.raises(Conflict) as nothing:
        await desk.moderates(item.id, "revert")
    await desk.moderates(item.id, "ban", reason="again and again")
    await desk.accepts(item.id)
    with pytest.raises(Conflict) as never:
        await desk.moderates(item.id, "revert")

    banned = await shown(desk, item.id)
    assert banned.moderation is not None
    assert (banned.moderation.action, banned.moderation.revertible) == ("ban", False)
    assert {nothing.value.code, never.value.code} == {"nothing_to_revert"}


async def shown(desk: Desk, message_id: int) -> MessageShape:
    """An item as the API shows it."""
    found = await desk.world.database.read(reading.item, message_id)
    assert found is not None
    return desk.world.show.message(found[1], found[0])
