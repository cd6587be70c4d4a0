"""Answers that need somebody's yes."""

from __future__ import annotations

import pytest

from inbox.commands.approvals import Approve, SendBack
from inbox.commands.reply import contexts_of
from inbox.domain.desk_records import DeskRules
from inbox.errors import Conflict, Forbidden
from inbox.storage import tables as t
from tests.inbox.desk import SHOP, Desk
from tests.inbox.world import ANNA, BEN, CLEO, Rows


@pytest.fixture
async def pair(desk: Desk) -> tuple[int, int]:
    """Somebody whose answers need a yes, and somebody who may give it."""
    people = {role: one.id for one in desk.world.directory.agents.values() if (role := one.role)}
    assert {"agent", "supervisor"} <= people.keys() or "admin" in people, (ANNA, BEN, CLEO)
    writer, approver = people["agent"], people.get("supervisor", people.get("admin", 0))
    await desk.do(Rows((t.desk_rules, DeskRules(1, "{}", f'{{"channel_ids":[{SHOP}]}}', 1))))
    await desk.world.directory.load()
    await desk.writes()
    desk.later(60)
    return writer, approver


async def approves(desk: Desk, message: int, who: int, text: str | None = None, force: bool = False) -> None:
    """A supervisor says yes."""
    contexts = await contexts_of(desk.world.database, desk.context_of, await desk.only())
    unit = Approve(desk.agent(who), message, text, force=force, directory=desk.world.directory, contexts=contexts)
    await desk.do(unit)


async def test_an_answer_is_held_until_somebody_says_yes(desk: Desk, pair: tuple[int, int]) -> None:
    """No timer lets it go; who waits waits on; those who may say yes are told."""
    writer, approver = pair
    message = await desk.replies(agent=writer, hold_seconds=10)
    desk.later(3600)
    await desk.due()

    held = await desk.message(message)
    assert (held.delivery_state, held.delivery_reason, held.released_at) == ("held", "approval", None)
    assert [(w.end, w.answer_id) for w in await desk.waits()] == [("", message)]
    told = await desk.rows("SELECT agent_id, kind FROM notification ORDER BY agent_id")
    assert (approver, "approval") in told
    assert writer not in {row[0] for row in told}


async def test_the_desk_clock_ends_when_the_approver_lets_it_go(desk: Desk, pair: tuple[int, int]) -> None:
    """Not when it was written: approval is part of the wait. The moment to take it back is not counted."""
    writer, approver = pair
    message = await desk.replies(agent=writer, hold_seconds=10)
    desk.later(300)
    await approves(desk, message, approver)
    at = desk.now
    desk.later(11)
    await desk.due()
    await desk.accepts(message)

    (wait,) = await desk.waits()
    assert (wait.end, wait.ended_at, wait.ended_by_id) == ("answered", at, writer)
    assert await desk.rows("SELECT COUNT(*) FROM approval") == [(0,)]


async def test_its_author_cannot_let_it_go_himself(desk: Desk, pair: tuple[int, int]) -> None:
    """Neither by sending now nor by approving; he can take it back."""
    writer, approver = pair
    message = await desk.replies(agent=writer)

    with pytest.raises(Conflict):
        await desk.own(message, "send_now")
    with pytest.raises(Forbidden):
        await approves(desk, message, writer)
    await desk.own(message, "undo")
    with pytest.raises(Conflict):
        await approves(desk, message, approver)
    assert await desk.rows("SELECT COUNT(*) FROM approval") == [(0,)]


async def test_the_approver_may_change_the_words(desk: Desk, pair: tuple[int, int]) -> None:
    """What goes is what he wrote; both versions stay, the event names him."""
    writer, approver = pair
    message = await desk.replies("On it's way", agent=writer, hold_seconds=0)
    await approves(desk, message, approver, "On its way.")

    versions = await desk.rows(f"SELECT version, text FROM content WHERE message_id = {message} ORDER BY version")
    parts = await desk.rows(f"SELECT part, state FROM outbox WHERE message_id = {message}")
    assert versions == [(1, "On it's way"), (2, "On its way.")]
    assert [('"On its way."' in part, state) for part, state in parts] == [(True, "waiting")]
    assert (await desk.message(message)).author_id == writer


async def test_an_answer_is_sent_back_with_a_note(desk: Desk, pair: tuple[int, int]) -> None:
    """It is cancelled, its words are a draft of its author again, and he is told what should be different."""
    writer, approver = pair
    message = await desk.replies("We do not care.", agent=writer)
    draft = await desk.do(SendBack(desk.agent(approver), message, "Friendlier, please"))

    assert (draft.agent_id, draft.text) == (writer, "We do not care.")
    back = await desk.message(message)
    assert (back.delivery_state, back.delivery_reason) == ("cancelled", "sent_back")
    assert [w.answer_id for w in await desk.waits()] == [None]
    assert (writer, "mentioned") in await desk.rows("SELECT agent_id, kind FROM notification")


async def test_a_private_answer_that_is_sent_back_stays_private_and_for_the_same_person(
    desk: Desk, pair: tuple[int, int]
) -> None:
    """Its draft names no thread, which is public, but the comment it answers."""
    writer, approver = pair
    item = await desk.item(await desk.comments("Where is my parcel?", person="maria"))
    private = await desk.replies("To you.", agent=writer, conversation=item.conversation_id, private=True)
    draft = await desk.do(SendBack(desk.agent(approver), private, "Friendlier, please"))

    assert (draft.thread_id, draft.in_reply_to) == (None, item.id)


async def test_two_answers_that_wait_are_looked_at_together(desk: Desk, pair: tuple[int, int]) -> None:
    """The first yes is stopped once, with the other's id; said again, it goes."""
    writer, approver = pair
    first = await desk.replies("One", agent=writer)
    second = await desk.replies("Two", agent=writer)

    with pytest.raises(Conflict) as stopped:
        await approves(desk, first, approver)
    await approves(desk, first, approver, force=True)

    assert (stopped.value.code, stopped.value.extra["messages"]) == ("other_pending", [str(second)])
    assert (await desk.message(first)).delivery_reason == ""


async def test_supervisors_need_no_yes(desk: Desk, pair: tuple[int, int]) -> None:
    """Whoever could say it answers at once."""
    message = await desk.replies(agent=pair[1])

    assert (await desk.message(message)).delivery_state == "queued"
