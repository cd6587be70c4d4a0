"""What a tag, agent or team holds is let go before it is removed."""

from __future__ import annotations

import pytest

from inbox.commands import release
from inbox.commands.release import Release, release_all
from inbox.domain import events as e
from inbox.domain.records import Conversation
from inbox.domain.state import Needs, State
from inbox.eventlog.unit import Unit
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query
from tests.inbox.world import ANNA, ATHENS, TELEGRAM, World, world

BY = e.Actor("agent", ANNA)


class _Hold(Unit):
    """Give conversations a tag, an owner and a team."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids

    def needs(self, needs: Needs) -> None:
        """The conversations."""
        needs.conversations.update(self.ids)

    def decide(self, state: State) -> None:
        """Emit the three events on each."""
        for conversation_id in self.ids:
            state.emit(e.TagAdded(conversation_id=conversation_id, tag_id=41), BY)
            state.emit(e.AssigneeChanged(conversation_id=conversation_id, after=ANNA), BY)
            state.emit(e.TeamChanged(conversation_id=conversation_id, after=ATHENS), BY)


def _all() -> Query[list[int]]:
    rows = yield ByKeys(t.thread, [TELEGRAM], ("channel_id",))
    return sorted({row[6] for row in rows})


async def _held(w: World, people: int) -> list[int]:
    for number in range(people):
        await w.says(person=f"p{number}")
    ids = await w.database.read(_all)
    await w.writer.submit(_Hold(ids))
    return list(ids)


async def _conversations(w: World, ids: list[int]) -> list[Conversation]:
    def read() -> Query[list[Conversation]]:
        rows = yield ByKeys(t.conversation, ids)
        return [Conversation(*row) for row in rows]

    found: list[Conversation] = await w.database.read(read)
    return found


@pytest.mark.parametrize(
    ("holder", "holder_id", "field", "empty"),
    [("tag", 41, "tags", ""), ("agent", ANNA, "assignee_id", None), ("team", ATHENS, "team_id", None)],
)
async def test_everything_is_let_go_slice_by_slice(
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    holder: release.Holder,
    holder_id: int,
    field: str,
    empty: object,
) -> None:
    """However much there is, nothing stays; the other two stay as they are; each change is in the log."""
    monkeypatch.setattr(release, "SLICE", 2)
    async with world(database_url) as w:
        ids = await _held(w, 5)
        heard: list[e.Logged] = []
        w.writer.listeners.append(lambda committed: heard.extend(committed.state.events))

        await release_all(w.database, w.writer, holder, holder_id, BY)

        found = await _conversations(w, ids)
        assert len(found) == 5
        assert {getattr(one, field) for one in found} == {empty}
        others = {"tags", "assignee_id", "team_id"} - {field}
        assert all(getattr(one, other) for one in found for other in others)
        assert sorted(e.conversation_of(one.event) or 0 for one in heard) == ids
        assert {one.actor for one in heard} == {BY}


async def test_what_is_held_by_others_stays(sqlite_url: str) -> None:
    """A conversation that changed hands meanwhile is left alone."""
    async with world(sqlite_url) as w:
        (only,) = await _held(w, 1)

        assert await w.writer.submit(Release("agent", 999, [only], BY)) == 0

        (found,) = await _conversations(w, [only])
        assert found.assignee_id == ANNA
