"""Macros: all steps in one unit, or none."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.commands.bulk import change_all, take_back_all
from inbox.commands.macros import PutMacro, RemoveMacro, RunMacro, usable
from inbox.commands.reply import contexts_of
from inbox.domain.desk_records import DeskRules, Macro
from inbox.domain.macros import Steps
from inbox.domain.records import Canned, Tag
from inbox.domain.sending import Answer
from inbox.errors import Forbidden, Invalid, NotFound, Stale
from inbox.storage import tables as t
from tests.inbox.desk import Desk
from tests.inbox.world import ANNA, BEN, CLEO, Rows

VALUES = {"name": "Parcel", "shortcut": "parcel", "scope": "mine", "team_id": None}


async def made(desk: Desk, steps: Steps, *, agent: int = ANNA, **values: Any) -> Macro:
    """A macro of an agent."""
    unit = PutMacro(desk.agent(agent), None, {**VALUES, **values}, steps, directory=desk.world.directory)
    macro: Macro = await desk.do(unit)
    await desk.world.directory.load()
    return macro


async def runs(desk: Desk, macro: Macro, conversation: int | None = None, **where: Any) -> Any:
    """An agent runs it."""
    conversation = conversation or await desk.only()
    contexts = await contexts_of(desk.world.database, desk.context_of, conversation)
    return await desk.do(
        RunMacro(
            desk.agent(), conversation, macro, directory=desk.world.directory, contexts=contexts, where=Answer(**where)
        )
    )


async def tagged(desk: Desk) -> None:
    """A tag, and a prepared answer."""
    canned = Canned(7, "late", "Late", "On its way, {first_name|there}.", "en", 0, 0, 1)
    await desk.do(Rows((t.tag, Tag(5, "parcel", "red", 0)), (t.canned, canned)))
    await desk.world.directory.load()


async def test_all_steps_are_done_at_once(desk: Desk) -> None:
    """Note, owner, tag, priority, answer and status in one unit, by the same events as each alone."""
    await tagged(desk)
    await desk.writes()
    macro = await made(
        desk,
        Steps(
            reply="Dear {contact.first_name|there}, we look.", note="Looked", assignee="me", tags_on=(5,),
            priority="high", status="closed",
        ),
    )  # fmt: skip
    done = await runs(desk, macro)

    conversation = await desk.conversation(await desk.only())
    assert (conversation.assignee_id, conversation.priority, conversation.tags, conversation.status) == (
        ANNA, "high", "5", "closed",
    )  # fmt: skip
    words = await desk.rows("SELECT text FROM content ORDER BY message_id")
    assert [row[0] for row in words][1:] == ["Looked", "Dear Eleni, we look."]
    assert (await desk.message(done.message_id)).delivery_state == "held"


async def test_a_macro_that_is_refused_leaves_nothing_done(desk: Desk) -> None:
    """The answer names something that is not known here: neither tag nor note stays."""
    await tagged(desk)
    await desk.writes()
    macro = await made(desk, Steps(reply="For {contact.company}.", note="Looked", tags_on=(5,)))

    with pytest.raises(Invalid) as refused:
        await runs(desk, macro)

    assert (refused.value.code, refused.value.extra["missing"]) == ("variables", ["contact.company"])
    assert (await desk.conversation(await desk.only())).tags == ""
    assert await desk.rows("SELECT COUNT(*) FROM message WHERE direction <> 'in'") == [(0,)]


async def test_a_macro_is_taken_back_whole(desk: Desk) -> None:
    """While its answer is held: the answer is cancelled, the rest is as it was, who waited waits on."""
    await tagged(desk)
    await desk.writes()
    before = await desk.rows("SELECT status, tags, assignee_id, waiting_since, preview FROM conversation")
    macro = await made(desk, Steps(canned_id=7, tags_on=(5,), assignee="me", status="snoozed", snooze_seconds=3600))
    done = await runs(desk, macro)
    back = await take_back_all(desk.world.writer, desk.agent(), done.bulk_id)

    assert [one.problem for one in back] == [None]
    assert (await desk.message(done.message_id)).delivery_state == "cancelled"
    assert await desk.rows("SELECT status, tags, assignee_id, waiting_since, preview FROM conversation") == before


async def test_what_has_left_is_not_taken_back(desk: Desk) -> None:
    """After the hold the answer is on its way: then the rest stays too, and the agent is told."""
    await tagged(desk)
    await desk.writes()
    done = await runs(desk, await made(desk, Steps(canned_id=7, tags_on=(5,))))
    desk.later(11)
    await desk.due()
    back = await take_back_all(desk.world.writer, desk.agent(), done.bulk_id)

    assert [one.problem.code if one.problem else None for one in back] == ["left"]
    assert (await desk.conversation(await desk.only())).tags == "5"


async def test_a_macro_runs_for_many(desk: Desk) -> None:
    """In bulk each conversation has its own words and its own result; one step takes all back."""
    await tagged(desk)
    for person in ("eleni", "maria"):
        await desk.writes(person=person)
    ids = [row[0] for row in await desk.rows("SELECT id FROM conversation ORDER BY id")]
    macro = await made(desk, Steps(canned_id=7, priority="low"))
    contexts = await contexts_of(desk.world.database, desk.context_of, ids[0])
    directory = desk.world.directory
    done = await change_all(
        desk.world.writer, desk.agent(), ids,
        lambda i: RunMacro(desk.agent(), i, macro, directory=directory, contexts=contexts, bulk=True),
    )  # fmt: skip
    words = await desk.rows("SELECT c.text FROM content c JOIN message m ON m.id = c.message_id "
                            "WHERE m.direction = 'out' ORDER BY m.id")  # fmt: skip
    assert done.bulk_id is not None
    await take_back_all(desk.world.writer, desk.agent(), done.bulk_id)

    assert [row[0] for row in words] == ["On its way, Eleni.", "On its way, Maria."]
    assert await desk.rows("SELECT DISTINCT priority FROM conversation WHERE waiting_since IS NOT NULL") == [
        ("normal",)
    ]


async def test_closing_asks_for_what_the_desk_demands(desk: Desk) -> None:
    """A macro that closes needs a tag where the rules say so, its own steps included."""
    await tagged(desk)
    await desk.do(Rows((t.desk_rules, DeskRules(1, '{"needs_tag":true}', "{}", 1))))
    await desk.world.directory.load()
    await desk.writes()

    with pytest.raises(Invalid) as refused:
        await runs(desk, await made(desk, Steps(status="closed")))
    await runs(desk, await made(desk, Steps(status="closed", tags_on=(5,))))

    assert (refused.value.code, refused.value.extra["missing"]) == ("closing", ["tag"])
    assert (await desk.conversation(await desk.only())).status == "closed"


async def test_ones_own_macro_is_nobody_elses(desk: Desk) -> None:
    """Others neither use, change nor remove it; shared ones need the right to settings; versions are checked."""
    own = await made(desk, Steps(priority="low"))
    directory = desk.world.directory

    with pytest.raises(NotFound):
        usable(desk.agent(BEN), own.id, directory)
    with pytest.raises(NotFound):
        await desk.do(PutMacro(desk.agent(BEN), own.id, {"name": "x"}, None, directory=directory))
    with pytest.raises(NotFound):
        await desk.do(RemoveMacro(desk.agent(BEN), own.id, None))
    with pytest.raises(Stale):
        await desk.do(PutMacro(desk.agent(), own.id, {"name": "x"}, None, directory=directory, version=9))
    agents = [a for a in (ANNA, BEN, CLEO) if "settings" not in desk.agent(a).may]
    with pytest.raises(Forbidden):
        await made(desk, Steps(priority="low"), agent=agents[0], scope="all")


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        (Steps(), "steps"),
        (Steps(tags_on=(99,)), "tag"),
        (Steps(canned_id=99), "canned_id"),
        (Steps(assignee=99), "agent"),
        (Steps(team=99), "team"),
        (Steps(snooze_seconds=60), "status"),
    ],
)
async def test_steps_name_what_there_is(desk: Desk, steps: Steps, code: str) -> None:
    """A macro that could never run is not kept."""
    with pytest.raises(Invalid) as refused:
        await made(desk, steps)

    assert refused.value.code == code
