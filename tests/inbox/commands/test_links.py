"""Conversations linked with one another, and threads split off."""

from __future__ import annotations

import pytest

from connectors import inbound as net
from inbox.commands.links import Link, Split, Unlink
from inbox.commands.merge import Merge
from inbox.errors import Invalid, NotFound
from inbox.eventlog import verify
from inbox.storage import links
from tests.inbox.desk import Desk


async def two(desk: Desk) -> tuple[int, int]:
    """Two conversations."""
    await desk.writes(person="eleni")
    await desk.writes(person="maria")
    first, second = (row[0] for row in await desk.rows("SELECT id FROM conversation ORDER BY id"))
    return first, second


async def merged(desk: Desk) -> int:
    """A conversation of two threads, in both of which somebody waits."""
    first, second = await two(desk)
    await desk.accepts(await desk.replies("Yes", conversation=first))
    await desk.writes("And now?", person="eleni")
    await desk.do(Merge(desk.agent(), second, first))
    return first


async def test_a_link_is_seen_from_both_sides(desk: Desk) -> None:
    """Each is told what it is to the other; said anew, the kind changes; there is one link at most."""
    first, second = await two(desk)
    await desk.do(Link(desk.agent(), first, second, "related"))
    await desk.do(Link(desk.agent(), second, first, "duplicate"))

    of_first = await desk.world.database.read(links.of, first)
    of_second = await desk.world.database.read(links.of, second)
    assert [(one.other_id, one.kind, one.reverse) for one in of_first] == [(second, "duplicate", True)]
    assert [(one.other_id, one.kind, one.reverse) for one in of_second] == [(first, "duplicate", False)]
    assert (await desk.events()).count("conversation_linked") == 4


async def test_a_link_said_twice_is_said_once(desk: Desk) -> None:
    """What is so already makes no event."""
    first, second = await two(desk)
    await desk.do(Link(desk.agent(), first, second, "cause"))
    await desk.do(Link(desk.agent(), first, second, "cause"))

    assert (await desk.events()).count("conversation_linked") == 2


async def test_unlinking_works_from_either_side(desk: Desk) -> None:
    """404 when there is no link."""
    first, second = await two(desk)
    await desk.do(Link(desk.agent(), first, second, "related"))
    await desk.do(Unlink(desk.agent(), second, first))

    assert await desk.world.database.read(links.of, first) == []
    with pytest.raises(NotFound):
        await desk.do(Unlink(desk.agent(), first, second))
    with pytest.raises(Invalid):
        Link(desk.agent(), first, first, "related")


async def test_a_thread_split_off_takes_its_items_and_waits(desk: Desk) -> None:
    """The new conversation is its person's; waits keep their start; both rows are counted anew; the log agrees."""
    whole = await merged(desk)
    threads = await desk.rows("SELECT id FROM thread ORDER BY id")
    maria = threads[1][0]
    waits = {w.id: (w.opened_at, w.ended_at) for w in await desk.waits()}
    new = await desk.do(Split(desk.agent(), whole, [maria], [], directory=desk.world.directory))

    made, left = await desk.conversation(new), await desk.conversation(whole)
    assert (made.message_count, made.participants_count, left.message_count, left.participants_count) == (1, 1, 3, 1)
    assert made.contact_id != left.contact_id
    assert (made.preview, left.preview) == ("Where is my order?", "And now?")
    assert made.waiting_since is not None
    assert left.waiting_since is not None
    assert {w.id: (w.opened_at, w.ended_at) for w in await desk.waits()} == waits
    assert {w.conversation_id for w in await desk.waits() if w.thread_id == maria} == {new}
    assert (await desk.world.database.read(verify.verify)).differences == []


async def test_a_split_is_taken_back_by_merging(desk: Desk) -> None:
    """Items, waits and people are together again."""
    whole = await merged(desk)
    before = await desk.rows("SELECT id, conversation_id FROM message ORDER BY id")
    maria = (await desk.rows("SELECT id FROM thread ORDER BY id"))[1][0]
    new = await desk.do(Split(desk.agent(), whole, [maria], [], directory=desk.world.directory))
    await desk.do(Merge(desk.agent(), new, whole))

    assert await desk.rows("SELECT id, conversation_id FROM message ORDER BY id") == before
    assert (await desk.conversation(whole)).participants_count == 2


async def test_what_comes_next_in_the_thread_goes_with_it(desk: Desk) -> None:
    """The thread belongs to the new conversation from now on."""
    whole = await merged(desk)
    maria = (await desk.rows("SELECT id FROM thread ORDER BY id"))[1][0]
    new = await desk.do(Split(desk.agent(), whole, [maria], [], directory=desk.world.directory))
    came = await desk.writes("Hello?", person="maria")

    assert (await desk.item(came)).conversation_id == new


async def test_a_thread_may_be_named_by_all_its_items(desk: Desk) -> None:
    """Items inside a thread cannot go without the rest: the network knows it only whole."""
    whole = await merged(desk)
    threads = [row[0] for row in await desk.rows("SELECT id FROM thread ORDER BY id")]
    eleni = [row[0] for row in await desk.rows(f"SELECT id FROM message WHERE thread_id = {threads[0]} ORDER BY id")]
    directory = desk.world.directory

    with pytest.raises(Invalid) as part:
        await desk.do(Split(desk.agent(), whole, [], eleni[:1], directory=directory))
    with pytest.raises(Invalid) as all_:
        await desk.do(Split(desk.agent(), whole, threads, [], directory=directory))
    with pytest.raises(Invalid) as none:
        await desk.do(Split(desk.agent(), whole, [], [], directory=directory))
    new = await desk.do(Split(desk.agent(), whole, [], eleni, directory=directory))

    assert (part.value.code, part.value.extra["items"]) == ("inside_thread", len(eleni))
    assert (all_.value.code, none.value.code) == ("one_thread", "thread_ids")
    assert (await desk.conversation(new)).message_count == len(eleni)


async def test_a_comment_is_split_off_with_its_post(desk: Desk) -> None:
    """Public threads go like private ones."""
    await desk.comments("How much?", person="eleni")
    await desk.writes("In private now", person="eleni", author=net.Author(external_id="eleni", name="Eleni"))
    ids = [row[0] for row in await desk.rows("SELECT id FROM conversation ORDER BY id")]
    if len(ids) == 2:
        await desk.do(Merge(desk.agent(), ids[1], ids[0]))
    comment = (await desk.rows("SELECT id FROM thread WHERE kind = 'comment'"))[0][0]
    new = await desk.do(Split(desk.agent(), ids[0], [comment], [], directory=desk.world.directory))

    made = await desk.conversation(new)
    assert (made.kind, made.audience) == ("comment", "public")
