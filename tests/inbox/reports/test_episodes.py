"""Episodes as reports count them: who holds one that is open, who held one at its deadline, and what is set aside."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from inbox.clock import DAY, SECOND
from inbox.commands.merge import Merge, Unmerge
from inbox.domain.records import Campaign, Team
from inbox.storage import tables as t
from tests.inbox.desk import ANNA, BEN, T0
from tests.inbox.domain.promises import policy
from tests.inbox.reports.bureau import EVERYTHING, Bureau, bureau
from tests.inbox.world import ATHENS, channel

CORFU = 32


@pytest.fixture
async def made(database_url: str) -> AsyncIterator[Bureau]:
    """A bureau on each engine, where a resolution within the hour is promised."""
    async with bureau(database_url) as opened:
        await opened.desk.world.rows((t.policy, policy(resolution_seconds=3_600)), (t.team, Team(CORFU, "Corfu", 2, 1)))
        yield opened


async def _a_day_later(made: Bureau) -> None:
    made.desk.later(DAY // SECOND)
    await made.desk.due()


async def _conversation_of(made: Bureau, person: str) -> int:
    rows = await made.desk.rows(f"SELECT conversation_id FROM thread WHERE external_id = 'chat-{person}'")
    return int(rows[0][0])


async def _open(made: Bureau) -> float | None:
    return (await made.cells("backlog"))["conversations"]


async def _resolutions(made: Bureau) -> dict[str, float | None]:
    return await made.cells("targets", measure="resolution")


async def test_a_missed_resolution_belongs_to_who_held_it_at_the_deadline(made: Bureau) -> None:
    """Neither who held it when it began nor who closed it is blamed, be it still open or closed since."""
    await made.desk.writes()
    await made.desk.triages(team_id=ATHENS, assignee_id=BEN)
    await _a_day_later(made)
    open_late = await made.by("targets", "team", measure="resolution")
    await made.desk.triages(team_id=CORFU, assignee_id=ANNA)
    await made.desk.triages(status="closed")

    assert {key: line.cells["open_late"] for key, line in open_late.items()} == {str(ATHENS): 1}
    by_team = await made.by("targets", "team", measure="resolution")
    assert {key: line.cells["answered_late"] for key, line in by_team.items()} == {str(ATHENS): 1}
    by_owner = await made.by("targets", "owner", measure="resolution")
    assert {key: line.cells["due"] for key, line in by_owner.items()} == {str(BEN): 1}
    assert list(await made.by("resolution", "team")) == [str(CORFU)]


async def test_an_open_conversation_of_a_backlog_is_with_who_holds_it(made: Bureau) -> None:
    """It began without a team, and was given to one: there it is open."""
    await made.desk.writes()
    await made.desk.triages(team_id=ATHENS, assignee_id=BEN)
    made.desk.later(60)

    for dimension, holder in (("team", ATHENS), ("owner", BEN)):
        now = [line for line in (await made.report("backlog", by=(dimension,))).lines if line.cells["conversations"]]
        assert [line.key[dimension] for line in now] == [str(holder)]


async def test_what_was_merged_into_another_is_open_no_more(made: Bureau) -> None:
    """Nobody can close it: it is no backlog, is due no more, and is no close, until the two are taken apart."""
    for person in ("eleni", "budi"):
        await made.desk.writes(person=person)
    source, target = await _conversation_of(made, "budi"), await _conversation_of(made, "eleni")
    await made.desk.do(Merge(made.desk.agent(), source, target))
    made.desk.later(60)
    assert await _open(made) == 1
    await made.desk.triages(conversation=target, status="closed")
    await _a_day_later(made)

    assert await _open(made) == 0
    assert ((await _resolutions(made))["due"], (await _resolutions(made))["in_target"]) == (1, 1.0)
    assert ((await made.cells("resolution"))["n"], (await made.cells("reopened"))["closed"]) == (1, 1)

    await made.desk.do(Unmerge(made.desk.agent(), source))
    assert await _open(made) == 1
    assert (await _resolutions(made))["open_late"] == 1


async def test_spam_is_no_backlog(made: Bureau) -> None:
    """What is marked as spam is open no more from then on, and again when that is taken back."""
    await made.desk.writes()
    made.desk.later(60)
    await made.desk.triages(status="spam")
    made.desk.later(60)

    before = await made.cells("backlog", until=T0 + 30 * SECOND)
    assert (before["conversations"], await _open(made)) == (1, 0)
    await made.desk.triages(status="open")
    assert await _open(made) == 1


async def test_what_a_person_opened_again_is_backlog(made: Bureau) -> None:
    """At once, though no customer has written since; the list behind it says since when."""
    await made.desk.writes()
    made.desk.later(60)
    await made.answers(then_close=True)
    made.desk.later(60)
    assert await _open(made) == 0
    await made.desk.triages(status="open")
    made.desk.later(60)

    assert await _open(made) == 1
    listed = await made.reports.behind("backlog", "conversations", made.asked(), EVERYTHING, limit=5, after=None)
    assert [(one.item_id, one.value) for one in listed] == [(2, 60 * SECOND)]


async def test_what_came_closed_is_no_close(made: Bureau) -> None:
    """Nobody closed what was before the channel was connected, also where its campaign gives it to a team."""
    spring = Campaign(51, "Spring", None, "", None, None, '["spring"]', T0, 1, team_id=ATHENS)
    live = {"live_since": T0 - DAY}
    await made.desk.world.rows((t.channel, channel(13, "custom", **live)), (t.campaign, spring))
    for text in ("Hello", "I love #spring"):
        await made.desk.world.says(text, person=text, channel_id=13, occurred_at=T0 - 9 * DAY)

    volume, reopened = await made.cells("volume"), await made.cells("reopened")
    assert (volume["closed"], volume["closed_automatically"]) == (0, 0)
    assert (reopened["closed"], reopened["automatic"]) == (0, 0)
