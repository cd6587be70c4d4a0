"""Owner, status, waits, escalation: what agents decide all day."""

from __future__ import annotations

from typing import Any

import pytest

from connectors import inbound as net
from inbox.clock import HOUR
from inbox.commands.note import WriteNote
from inbox.commands.triage import Dismiss, Escalate, Escalation, Expected, SetTag, Triage, TriageChange, UndoDismiss
from inbox.domain.events import Actor
from inbox.domain.listing import Filter
from inbox.domain.permissions import ROLES, Principal, Scope
from inbox.errors import Conflict, Forbidden, Invalid, NotFound
from inbox.storage import tables as t
from inbox.storage.conversations import page
from tests.inbox.desk import ANNA, BEN, CLEO, SHOP, Desk
from tests.inbox.world import ATHENS, TELEGRAM, agent

OBSERVER = Principal(Actor("agent", 99), "Olaf", Scope(None, frozenset()), ROLES["observer"])


async def test_the_last_writer_wins_unless_he_expected_otherwise(desk: Desk) -> None:
    """A claim may say what it saw; 409 `changed` names what is there now."""
    await desk.writes()
    await desk.triages(assignee_id=ANNA)

    with pytest.raises(Conflict) as refused:
        await desk.triages(agent=BEN, assignee_id=BEN, expect=Expected(assignee_id=None))
    await desk.triages(agent=BEN, assignee_id=BEN)

    assert (refused.value.code, refused.value.extra["current"]) == ("changed", {"assignee_id": str(ANNA)})
    assert (await desk.conversation()).assignee_id == BEN


async def test_a_hand_over_note_goes_with_the_assignment(desk: Desk) -> None:
    """The note stands in the timeline, the event names it, the new owner is notified, he alone."""
    await desk.writes()
    await desk.triages(assignee_id=BEN, note="He is angry, be kind")

    [(note_id, text)] = await desk.rows(
        "SELECT m.id, c.text FROM message m JOIN content c ON c.message_id = m.id WHERE m.direction = 'note'"
    )
    [(agent_id, kind)] = await desk.rows("SELECT agent_id, kind FROM notification")
    [(audience,)] = await desk.rows("SELECT audience FROM event WHERE type = 'notified'")
    [(data,)] = await desk.rows("SELECT data FROM event WHERE type = 'assignee_changed'")
    assert text == "He is angry, be kind"
    assert (agent_id, kind, audience) == (BEN, "assigned", f"...{BEN}.")
    assert f'"note_id":{note_id}' in bytes(data).decode()


async def test_who_takes_it_himself_is_not_notified(desk: Desk) -> None:
    """Nobody is told what he did."""
    await desk.writes()
    await desk.triages(assignee_id=ANNA)

    assert await desk.rows("SELECT id FROM notification") == []


async def test_it_cannot_be_given_to_somebody_who_does_not_see_it(desk: Desk) -> None:
    """Ben covers only the shop: a conversation elsewhere would be lost with him."""
    await desk.world.says(channel_id=TELEGRAM)

    with pytest.raises(Invalid) as refused:
        await desk.triages(assignee_id=BEN)
    await desk.triages(team_id=ATHENS, assignee_id=BEN)

    assert refused.value.code == "agent"
    assert (await desk.conversation()).assignee_id == BEN


async def test_reassigned_waits_are_not_split(desk: Desk) -> None:
    """Reassigned: the customer's wait is one, whoever owns it."""
    await desk.writes()
    began = desk.now
    desk.later(60)
    await desk.triages(assignee_id=BEN)

    [wait] = await desk.waits()
    assert (wait.opened_at, wait.end) == (began, "")


async def test_closed_without_answer_counts_as_unanswered(desk: Desk) -> None:
    """Closing ends open waits as dismissed with the reason `closed`, apart from what needed no answer."""
    await desk.writes()
    await desk.triages(status="closed")

    [wait] = await desk.waits()
    conversation = await desk.conversation()
    assert (wait.end, wait.reason) == ("dismissed", "closed")
    assert (conversation.status, conversation.waiting_since) == ("closed", None)


async def test_opening_again_takes_back_what_closing_ended(desk: Desk) -> None:
    """A conversation closed by mistake waits as if it had not been, as a new episode."""
    await desk.writes()
    began = desk.now
    desk.later(60)
    await desk.triages(status="closed")
    desk.later(60)
    await desk.triages(status="open")

    [wait] = await desk.waits()
    conversation = await desk.conversation()
    assert (wait.end, wait.opened_at) == ("", began)
    assert (conversation.status, conversation.episode, conversation.waiting_since) == ("open", 2, began)


async def test_reopened_by_the_customer_is_a_new_episode(desk: Desk) -> None:
    """Reopened: a new episode, no overwritten one; the wait dismissed by closing goes on from its start."""
    await desk.writes()
    began = desk.now
    await desk.triages(status="closed")
    desk.later(3600)
    await desk.writes("Hello??")

    episodes = await desk.rows("SELECT number, closed_at FROM episode ORDER BY number")
    [wait] = await desk.waits()
    assert [e[0] for e in episodes] == [1, 2]
    assert (episodes[0][1] is not None, episodes[1][1]) == (True, None)
    assert (wait.end, wait.opened_at) == ("", began)


async def test_a_snooze_ends_at_its_time_and_never_pauses_the_wait(desk: Desk) -> None:
    """The timer wakes it; the wait ran on all the while."""
    await desk.writes()
    began = desk.now
    await desk.triages(status="snoozed", snoozed_until=desk.now + HOUR)
    snoozed = await desk.conversation()
    desk.later(3600)
    fired = await desk.due()

    conversation = await desk.conversation()
    assert (snoozed.status, snoozed.waiting_since, fired) == ("snoozed", began, 1)
    assert (conversation.status, conversation.snoozed_until, conversation.waiting_since) == ("open", None, began)


async def test_a_snooze_until_reply_ends_when_the_customer_writes(desk: Desk) -> None:
    """And its timer, if it had one, fires nothing any more."""
    await desk.writes()
    await desk.triages(status="snoozed", snoozed_until=desk.now + HOUR, snooze_until_reply=True)
    await desk.writes("One more thing")
    desk.later(3600)

    assert (await desk.conversation()).status == "open"
    assert await desk.due() == 0


async def test_a_snooze_needs_an_end_in_the_future(desk: Desk) -> None:
    """Otherwise it would never wake, or at once."""
    await desk.writes()

    for fields in ({}, {"snoozed_until": desk.now - 1}):
        with pytest.raises(Invalid) as refused:
            await desk.triages(status="snoozed", **fields)
        assert refused.value.code == "snooze_until"


async def test_a_timer_set_anew_fires_once(desk: Desk) -> None:
    """The earlier of two snoozes means nothing once there is a later one."""
    await desk.writes()
    await desk.triages(status="snoozed", snoozed_until=desk.now + HOUR)
    await desk.triages(status="snoozed", snoozed_until=desk.now + 2 * HOUR)
    desk.later(3600)
    early = await desk.due()
    desk.later(3600)

    assert (early, await desk.due()) == (0, 1)


async def test_thanks_is_dismissed_and_the_dismissal_can_be_taken_back(desk: Desk) -> None:
    """Thanks / emoji: closed as no reply needed by a person, counted apart, one click back."""
    await desk.writes("Thanks!")
    began = desk.now
    conversation = await desk.only()
    desk.later(60)
    await desk.do(Dismiss(desk.agent(), conversation, "thanks"))
    [dismissed] = await desk.waits()
    await desk.do(UndoDismiss(desk.agent(), conversation))

    [wait] = await desk.waits()
    assert (dismissed.end, dismissed.reason, dismissed.ended_by_id) == ("dismissed", "thanks", ANNA)
    assert (wait.end, wait.opened_at) == ("", began)


async def test_one_wait_of_several_can_be_dismissed(desk: Desk) -> None:
    """Under a post each author waits for himself."""
    await desk.comments("Price?", person="maria")
    await desk.comments("@olga look", person="nikos")
    first, second = await desk.waits()
    await desk.do(Dismiss(desk.agent(), await desk.only(), wait_ids=[second.id]))

    assert [w.end for w in await desk.waits()] == ["", "dismissed"]
    with pytest.raises(Invalid):
        await desk.do(Dismiss(desk.agent(), first.conversation_id, wait_ids=[4711]))


async def test_who_writes_again_within_a_day_of_a_dismissal_waited_all_along(desk: Desk) -> None:
    """Dismissing is no way to a perfect score: the wait comes back from its original start."""
    await desk.writes("ok")
    began = desk.now
    await desk.do(Dismiss(desk.agent(), await desk.only()))
    desk.later(3600)
    await desk.writes("But it is broken!")

    [wait] = await desk.waits()
    assert (wait.end, wait.opened_at, wait.reopened) == ("", began, 1)


async def test_spam_voids_and_its_clearing_restores(desk: Desk) -> None:
    """Spam is kept apart: no waits, not even of what comes later; all of it is taken back with the mark."""
    await desk.writes("Buy gold")
    began = desk.now
    await desk.triages(status="spam")
    [voided] = await desk.waits()
    await desk.writes("No really, where is my order?")
    as_spam = await desk.conversation()
    await desk.triages(status="open")

    [wait] = await desk.waits()
    assert (voided.end, voided.reason) == ("voided", "spam")
    assert (as_spam.spam, as_spam.waiting_since) == (1, None)
    assert (wait.end, wait.opened_at, (await desk.conversation()).spam) == ("", began, 0)


async def test_who_first_wrote_while_it_was_spam_waits_when_it_is_cleared(desk: Desk) -> None:
    """No wait was open when it was marked; the item that came since still asks for an answer."""
    await desk.writes("Buy gold")
    await desk.do(Dismiss(desk.agent(), await desk.only()))
    await desk.triages(status="spam")
    desk.later(100_000)
    await desk.writes("Where is my order?")
    at = desk.now
    await desk.triages(status="open")

    assert [w.opened_at for w in await desk.waits() if not w.end] == [at]


async def test_an_item_deleted_before_an_answer_voids_its_wait(desk: Desk) -> None:
    """Item deleted or hidden before an answer: the wait is void, it does not hang open."""
    external_id = await desk.writes()
    await desk.arrives(net.MessageDeleted(dedupe_key="x", occurred_at=desk.now, external_id=external_id))

    [wait] = await desk.waits()
    assert (wait.end, wait.reason) == ("voided", "deleted")


async def test_tags_priority_and_subject(desk: Desk) -> None:
    """Each change is one event; asking for what is so already is none."""
    await desk.writes()
    conversation = await desk.only()
    for _ in range(2):
        await desk.do(SetTag(desk.agent(), conversation, 41, True, directory=desk.world.directory))
        await desk.triages(priority="urgent", subject=" Parcel ")
    row = await desk.conversation()
    await desk.do(SetTag(desk.agent(), conversation, 41, False, directory=desk.world.directory))

    events = await desk.events()
    assert (row.tags, row.priority, row.subject) == ("41", "urgent", "Parcel")
    assert [events.count(x) for x in ("tag_added", "priority_changed", "subject_changed", "tag_removed")] == [1] * 4
    assert await desk.rows("SELECT tag_id FROM conversation_tag") == []


async def test_a_list_by_tag_channel_and_owner_follows_what_is_changed(desk: Desk) -> None:
    """It is read from the tag's index alone, which repeats what it narrows by."""
    await desk.writes()
    conversation = await desk.only()
    await desk.do(SetTag(desk.agent(), conversation, 41, True, directory=desk.world.directory))

    async def listed(**wanted: Any) -> list[int]:
        asked = Filter(tag_id=41, channel_id=SHOP, **wanted)
        found = await desk.world.database.read(page, asked, "activity", Scope(None, frozenset()), now=desk.now, limit=9)
        return found.ids

    seen = [await listed(assignee="none"), await listed(assignee=ANNA)]
    await desk.triages(assignee_id=ANNA)
    seen += [await listed(assignee="none"), await listed(assignee=ANNA)]
    await desk.triages(status="closed")
    seen += [await listed(assignee=ANNA), await listed(assignee=ANNA, status="closed")]

    assert seen == [[conversation], [], [], [conversation], [], [conversation]]


async def test_a_tag_that_does_not_exist_is_refused(desk: Desk) -> None:
    """Tags are made by those who may, not in passing."""
    with pytest.raises(Invalid):
        SetTag(desk.agent(), 1, 4711, True, directory=desk.world.directory)


async def test_an_escalation_is_asked_acknowledged_and_ended(desk: Desk) -> None:
    """Those asked for are notified; a closed conversation opens for it."""
    await desk.world.rows((t.agent, agent(24, "Sofia", "supervisor")))
    await desk.writes()
    conversation = await desk.only()
    await desk.triages(status="closed")
    await desk.do(Escalate(desk.agent(), conversation, "Lawyer", directory=desk.world.directory))
    asked = await desk.conversation()
    await desk.do(Escalation(desk.agent(CLEO), conversation, end=False))
    seen = await desk.conversation()
    await desk.do(Escalation(desk.agent(CLEO), conversation, end=True))

    assert (asked.status, '"reason":"Lawyer"' in asked.escalation) == ("open", True)
    assert '"acknowledged_at":null' in asked.escalation
    assert '"acknowledged_at":null' not in seen.escalation
    assert (await desk.conversation()).escalation == ""
    assert await desk.rows("SELECT agent_id, kind FROM notification") == [(24, "escalated")]


async def test_an_escalation_to_a_team_tells_its_members(desk: Desk) -> None:
    """The team asked for is the team that is told."""
    await desk.writes()
    unit = Escalate(desk.agent(), await desk.only(), "Refund", directory=desk.world.directory, to_team_id=ATHENS)
    await desk.do(unit)

    assert await desk.rows("SELECT agent_id, kind FROM notification") == [(BEN, "escalated")]


async def test_a_note_is_for_colleagues_and_mentions_make_followers(desk: Desk) -> None:
    """The one mentioned is notified and follows; no customer clock stops, nothing is sent."""
    await desk.writes()
    conversation = await desk.only()
    note = WriteNote(desk.agent(), conversation, "@Ben can you?", directory=desk.world.directory, mentions=(BEN, BEN))
    note_id = await desk.do(note)

    [wait] = await desk.waits()
    assert wait.end == ""
    assert (await desk.message(note_id)).direction == "note"
    assert await desk.rows("SELECT agent_id, conversation_id FROM follower") == [(BEN, conversation)]
    assert await desk.rows("SELECT agent_id, kind, message_id FROM notification") == [(BEN, "mentioned", note_id)]
    assert await desk.rows("SELECT id FROM outbox") == []


async def test_an_observer_may_note_but_not_triage(desk: Desk) -> None:
    """A colleague of another department reads and comments."""
    await desk.writes()
    conversation = await desk.only()
    await desk.do(WriteNote(OBSERVER, conversation, "Interesting", directory=desk.world.directory))

    with pytest.raises(Forbidden):
        await desk.do(Triage(OBSERVER, conversation, TriageChange(priority="low"), directory=desk.world.directory))


async def test_what_is_out_of_sight_does_not_exist(desk: Desk) -> None:
    """Ben covers the shop only: he cannot even learn that there is such a conversation."""
    await desk.world.says(channel_id=TELEGRAM)

    with pytest.raises(NotFound):
        await desk.triages(agent=BEN, priority="low")
    assert SHOP != TELEGRAM


async def test_agent_starts_with_no_wait_until_the_customer_writes(desk: Desk) -> None:
    """An answer into a conversation in which nobody waits opens and ends no wait."""
    await desk.writes()
    await desk.do(Dismiss(desk.agent(), await desk.only()))
    await desk.accepts(await desk.replies("By the way…"))

    assert [w.end for w in await desk.waits()] == ["dismissed"]
