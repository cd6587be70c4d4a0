"""Two conversations become one and apart again: nothing is lost, no number changes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox.commands.merge import Merge, Unmerge
from inbox.commands.note import WriteNote
from inbox.errors import Conflict, Invalid
from tests.inbox.desk import Desk
from tests.inbox.desk import desk as opened

_ROWS = (
    "SELECT id, status, message_count, participants_count, waiting_since, window_closes_at, preview, merged_into "
    "FROM conversation ORDER BY id",
    "SELECT id, conversation_id FROM thread ORDER BY id",
    "SELECT id, conversation_id FROM message ORDER BY id",
    "SELECT id, conversation_id, opened_at, ended_at, reason FROM wait ORDER BY id",
    "SELECT conversation_id, identity_id FROM participant ORDER BY 1, 2",
    "SELECT cell, n FROM counter WHERE n <> 0 ORDER BY cell",
)


async def picture(desk: Desk) -> list[list[tuple[object, ...]]]:
    """All that a merge touches, but for positions."""
    return [await desk.rows(sql) for sql in _ROWS]


async def two(desk: Desk) -> tuple[int, int]:
    """Two conversations with an answer, a note and an open wait each."""
    for person in ("eleni", "maria"):
        await desk.writes("One?", person=person)
        desk.later(10)
    first, second = (row[0] for row in await desk.rows("SELECT id FROM conversation ORDER BY id"))
    await desk.accepts(await desk.replies("Yes", conversation=first))
    await desk.writes("Two?", person="eleni")
    await desk.do(WriteNote(desk.agent(), first, "A note", directory=desk.world.directory))
    return first, second


async def test_merge_moves_threads_items_notes_and_waits(desk: Desk) -> None:
    """Merge / split: waits keep their identity and start; the log says so."""
    source, target = await two(desk)
    before = await desk.waits()
    await desk.do(Merge(desk.agent(), source, target))

    after = await desk.waits()
    merged = await desk.conversation(target)
    assert {row[0] for row in await desk.rows("SELECT DISTINCT conversation_id FROM message")} == {target}
    assert [(w.id, w.opened_at, w.ended_at) for w in after] == [(w.id, w.opened_at, w.ended_at) for w in before]
    assert {w.conversation_id for w in after} == {target}
    assert (merged.message_count, merged.participants_count) == (5, 2)
    assert merged.waiting_since == min(w.opened_at for w in after if not w.end)
    assert (await desk.conversation(source)).merged_into == target
    assert "conversations_merged" in await desk.events()


async def test_unmerge_gives_back_exactly_what_was(desk: Desk) -> None:
    """The rows are what they were, counters included."""
    source, target = await two(desk)
    before = await picture(desk)
    await desk.do(Merge(desk.agent(), source, target))
    await desk.do(Unmerge(desk.agent(), source))

    assert await picture(desk) == before


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(st.tuples(st.sampled_from(["eleni", "maria"]), st.booleans()), max_size=8))
async def test_merge_then_unmerge_is_nothing_whatever_was_said(
    items: list[tuple[str, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """For any history of two conversations, taking a merge apart leaves no trace but the log."""
    async with opened(f"sqlite:///{tmp_path_factory.mktemp('merge') / 'inbox.sqlite3'}") as desk:
        source, target = await two(desk)
        for person, answered in items:
            desk.later(7)
            await desk.writes(person=person)
            if answered:
                await desk.accepts(await desk.replies(conversation=source if person == "eleni" else target))
        before = await picture(desk)
        await desk.do(Merge(desk.agent(), source, target))
        await desk.do(Unmerge(desk.agent(), source))

        assert await picture(desk) == before


async def test_what_was_said_after_the_merge_goes_with_its_thread(desk: Desk) -> None:
    """An item that arrives in a merged thread belongs to the thread: unmerging takes it along."""
    source, target = await two(desk)
    await desk.do(Merge(desk.agent(), source, target))
    external_id = await desk.writes("Later", person="eleni")
    in_target = (await desk.item(external_id)).conversation_id
    await desk.do(Unmerge(desk.agent(), source))

    assert (in_target, (await desk.item(external_id)).conversation_id) == (target, source)
    assert (await desk.conversation(source)).message_count == 5


async def test_a_merged_conversation_takes_no_commands(desk: Desk) -> None:
    """409 `merged` names where to go."""
    source, target = await two(desk)
    await desk.do(Merge(desk.agent(), source, target))

    with pytest.raises(Conflict) as refused:
        await desk.triages(conversation=source, priority="low")
    with pytest.raises(Conflict):
        await desk.do(Merge(desk.agent(), source, target))
    with pytest.raises(Conflict):
        await desk.do(Unmerge(desk.agent(), target))
    with pytest.raises(Invalid):
        Merge(desk.agent(), target, target)

    assert (refused.value.code, refused.value.extra["into_id"]) == ("merged", str(target))
