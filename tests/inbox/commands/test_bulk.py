"""The same change for many, and back."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.commands.bulk import Outcomes, change_all, take_back_all
from inbox.commands.triage import Dismiss, SetTag, Triage, TriageChange
from inbox.domain.records import Tag
from inbox.errors import Gone, NotFound
from inbox.storage import tables as t
from tests.inbox.desk import Desk
from tests.inbox.world import BEN, Rows

_PICTURE = (
    "SELECT id, status, spam, snoozed_until, assignee_id, team_id, priority, tags, waiting_since FROM conversation "
    "ORDER BY id",
    'SELECT id, ended_at, "end", reason FROM wait ORDER BY id',
    "SELECT cell, n FROM counter WHERE n <> 0 ORDER BY cell",
)


async def three(desk: Desk) -> list[int]:
    """Three conversations in which somebody waits, and a tag."""
    for person in ("eleni", "maria", "jonas"):
        await desk.writes(person=person)
        desk.later(10)
    await desk.do(Rows((t.tag, Tag(5, "parcel", "red", 0))))
    await desk.world.directory.load()
    return [row[0] for row in await desk.rows("SELECT id FROM conversation ORDER BY id")]


async def picture(desk: Desk) -> list[list[tuple[object, ...]]]:
    """All that triage changes."""
    return [await desk.rows(sql) for sql in _PICTURE]


async def changes(desk: Desk, ids: list[int], **fields: Any) -> Outcomes:
    """The same fields for all."""
    change, directory = TriageChange(**fields), desk.world.directory
    return await change_all(
        desk.world.writer, desk.agent(), ids, lambda i: Triage(desk.agent(), i, change, directory=directory, bulk=True)
    )


async def test_each_conversation_has_its_own_result(desk: Desk) -> None:
    """One that does not exist refuses nobody else, and results come in the order asked."""
    for number in range(70):
        await desk.writes(person=f"p{number}")
    ids = [row[0] for row in await desk.rows("SELECT id FROM conversation ORDER BY id")]
    asked = [*ids[:35], 4711, *ids[35:]]

    done = await changes(desk, asked, status="closed")

    assert [r.id for r in done.results] == asked
    assert [r.problem.code if r.problem else None for r in done.results] == [None] * 35 + ["not_found"] + [None] * 35
    assert await desk.rows("SELECT status, COUNT(*) FROM conversation GROUP BY status") == [("closed", 70)]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "closed"},
        {"status": "spam"},
        {"status": "snoozed", "snooze_until_reply": True},
        {"assignee_id": BEN, "priority": "urgent"},
    ],
    ids=str,
)
async def test_one_step_takes_all_of_it_back(desk: Desk, fields: dict[str, Any]) -> None:
    """Status, owner, labels and waits are what they were, counters included."""
    ids = await three(desk)
    before = await picture(desk)
    desk.later(5)

    done = await changes(desk, ids, **fields)
    changed = await picture(desk)
    assert done.bulk_id is not None
    back = await take_back_all(desk.world.writer, desk.agent(), done.bulk_id)

    assert changed != before
    assert [one.problem for one in back] == [None] * 3
    assert await picture(desk) == before


async def test_tags_and_dismissals_are_taken_back_too(desk: Desk) -> None:
    """What is no field of the row counts as well: who had the tag before keeps it."""
    ids = await three(desk)
    await desk.do(SetTag(desk.agent(), ids[0], 5, True, directory=desk.world.directory))
    before = await picture(desk)
    directory = desk.world.directory
    tagged = await change_all(
        desk.world.writer, desk.agent(), ids, lambda i: SetTag(desk.agent(), i, 5, True, directory=directory, bulk=True)
    )
    dismissed = await change_all(
        desk.world.writer, desk.agent(), ids, lambda i: Dismiss(desk.agent(), i, bulk=True), dismisses=True
    )
    for done in (dismissed, tagged):
        assert done.bulk_id is not None
        await take_back_all(desk.world.writer, desk.agent(), done.bulk_id)

    assert await picture(desk) == before


async def test_what_somebody_changed_since_stays(desk: Desk) -> None:
    """Only what is still as the action left it is put back."""
    ids = await three(desk)
    done = await changes(desk, ids, assignee_id=BEN, priority="urgent")
    await desk.triages(conversation=ids[0], priority="low")
    assert done.bulk_id is not None
    await take_back_all(desk.world.writer, desk.agent(), done.bulk_id)

    rows = await desk.rows("SELECT priority, assignee_id FROM conversation ORDER BY id")
    assert rows == [("low", None), ("normal", None), ("normal", None)]


async def test_an_action_is_taken_back_once_by_whoever_did_it_within_an_hour(desk: Desk) -> None:
    """404 for others and for a second time; 410 when it is too late."""
    ids = await three(desk)
    first, second = await changes(desk, ids, priority="low"), await changes(desk, ids, priority="high")
    assert first.bulk_id is not None
    assert second.bulk_id is not None

    with pytest.raises(NotFound):
        await take_back_all(desk.world.writer, desk.agent(BEN), first.bulk_id)
    await take_back_all(desk.world.writer, desk.agent(), second.bulk_id)
    with pytest.raises(NotFound):
        await take_back_all(desk.world.writer, desk.agent(), second.bulk_id)
    desk.later(3601)
    with pytest.raises(Gone):
        await take_back_all(desk.world.writer, desk.agent(), first.bulk_id)


async def test_nothing_changed_is_nothing_to_take_back(desk: Desk) -> None:
    """Asked for what is so already, there is no way back to offer."""
    ids = await three(desk)

    assert (await changes(desk, ids, priority="normal")).bulk_id is None
