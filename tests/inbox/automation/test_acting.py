"""What rules do that customers see, and how it is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.commands.desk import PutDeskRules
from inbox.domain.desk_rules import Closing
from inbox.domain.sla_records import Calendar
from inbox.errors import Conflict
from inbox.storage import rules
from inbox.storage import tables as t
from tests.inbox.automation.office import TAG, Office
from tests.inbox.desk import BEN, CLEO
from tests.inbox.world import ATHENS, MAIL

ABUSE = {"field": "text", "op": "has_words", "value": ["scam", "scammer*", "απάτη"]}
HIDE = {"do": "hide", "reason": "abuse"}
OFFICE_HOURS = (
    '[{"valid_from":0,"zone":"UTC","weekly":{"mon":["09:00-17:00"],"tue":["09:00-17:00"],"wed":["09:00-17:00"],'
    '"thu":["09:00-17:00"],"fri":["09:00-17:00"]},"workspace":true}]'
)


async def sent(there: Office) -> list[tuple[str, str, str]]:
    """What we said: text, by whom, state."""
    return [
        (row[0], row[1], row[2])
        for row in await there.desk.rows(
            "SELECT c.text, m.author_kind, m.delivery_state FROM message m JOIN content c ON c.message_id = m.id"
            " WHERE m.direction = 'out' ORDER BY m.id"
        )
    ]


async def test_an_answer_is_in_the_customer_s_language_and_ends_no_wait(there: Office) -> None:
    """Only a person does; the same rule does not answer again at once."""
    variants = [{"text": "Hello {first_name}", "language": "en"}, {"text": "Γεια", "language": "el"}, {"text": "Hi"}]
    await there.rule({"do": "reply", "variants": variants})
    await there.desk.writes("Πού είναι η παραγγελία μου;")
    await there.desk.writes("Εδώ και μία εβδομάδα;")
    await there.works()

    [(text, who, state)] = await sent(there)
    assert (text, who, state) == ("Hi", "rule", "queued")
    assert [wait.end for wait in await there.desk.waits()] == [""]
    assert ["within the hour" in refusal for refusal in await there.refusals()] == [True]


async def test_a_held_answer_is_taken_back_with_its_run(there: Office) -> None:
    """What left cannot be."""
    await there.rule({"do": "reply", "variants": [{"text": "One moment"}], "hold_seconds": 60})
    await there.rule({"do": "note", "text": "n"})
    await there.desk.writes()
    await there.works()
    first, second = await there.runs()

    assert [(one.do, one.undone) for one in await there.undo(first)] == [("reply", True)]
    assert [(one.do, one.undone, one.why) for one in await there.undo(second)] == [
        ("note", False, "this cannot be taken back")
    ]
    assert [state for _, _, state in await sent(there)] == ["cancelled"]


async def test_machines_and_spam_get_no_automatic_answer(there: Office) -> None:
    """Two machines would talk for ever."""
    await there.rule({"do": "reply", "variants": [{"text": "Thanks"}]})
    await there.desk.writes("I am away", automatic="auto-reply")
    await there.works()

    assert await sent(there) == []
    assert ["machines" in refusal for refusal in await there.refusals()] == [True]


async def test_out_of_hours_is_answered_once_until_they_begin_again(there: Office) -> None:
    """Each thread, each closed night; inside hours nothing is said."""
    await there.world.rows((t.calendar, Calendar(71, "Office", OFFICE_HOURS, 1, 1)))
    await there.rule({"do": "out_of_hours", "variants": [{"text": "We are back at nine."}]})
    night = there.desk.now - there.desk.now % 86_400_000_000 + 22 * 3_600_000_000
    # A Friday: the night lasts until Monday.
    for hours in (0, 1, 24, 62, 72):
        there.desk.now = night + hours * 3_600_000_000
        await there.desk.writes(f"after {hours}")
        await there.works()

    assert len(await sent(there)) == 2


async def test_abuse_is_hidden_and_a_person_looks_again(there: Office) -> None:
    """The reason names the rule; what is confirmed or shown again leaves the queue."""
    rule = await there.rule(HIDE, when=ABUSE, name="Abuse")
    items = [
        await there.desk.item(await there.desk.comments(text, person=who, thread=who))
        for who, text in (("one", "SCAMMERS"), ("two", "ειναι ΑΠΑΤΗ!"), ("three", "scampi are fine"))
    ]
    await there.works()
    for item in items[:2]:
        await there.desk.accepts(item.id)
    hidden = [await there.desk.message(item.id) for item in items]
    waiting = await there.world.database.read(rules.open_appeals, there.desk.agent().scope, 0, 10)
    assert [one.hidden_at is not None for one in hidden] == [True, True, False]
    assert f'"id":{rule.id}' in hidden[0].moderation
    assert "Abuse: abuse" in hidden[0].moderation
    assert [one.message_id for one in waiting] == [item.id for item in items[:2]]

    await there.decide(items[0].id, "confirmed")
    await there.decide(items[1].id, "reverted")
    await there.desk.accepts(items[1].id)
    with pytest.raises(Conflict):
        await there.decide(items[0].id, "reverted")
    left = await there.world.database.read(rules.open_appeals, there.desk.agent().scope, 0, 10)
    assert (await there.desk.message(items[1].id)).hidden_at is None
    assert left == []


UNDONE: list[tuple[dict[str, Any], str]] = [
    ({"do": "tag", "tag_ids": [TAG]}, "tags"),
    ({"do": "assign", "agent_id": CLEO}, "assignee_id"),
    ({"do": "team", "team_id": ATHENS}, "team_id"),
    ({"do": "priority", "to": "urgent"}, "priority"),
    ({"do": "escalate", "reason": "look"}, "escalation"),
    ({"do": "close"}, "status"),
    ({"do": "spam"}, "spam"),
    ({"do": "dismiss"}, "waiting_since"),
]


async def test_everything_that_can_be_taken_back_is(there: Office) -> None:
    """Field by field as before; the waits go on from their start. A second time there is nothing to undo."""
    for action, _ in UNDONE:
        await there.desk.writes(person=action["do"])
    before = {c: await there.desk.conversation(c) for c in await conversations(there)}
    for action, _ in UNDONE:
        when = {"field": "text", "op": "has_words", "value": [action["do"]]}
        await there.rule(action, when=when, name=action["do"])
    for action, _ in UNDONE:
        await there.desk.writes(action["do"], person=action["do"])
    await there.works()
    runs = await there.runs()
    after = {run.conversation_id: await there.desk.conversation(run.conversation_id) for run in runs}
    outcomes = [one for run in runs for one in await there.undo(run)]
    undone = {run.conversation_id: await there.desk.conversation(run.conversation_id) for run in runs}

    assert [(one.do, one.undone) for one in outcomes] == [(action["do"], True) for action, _ in UNDONE]
    for run, (_, field) in zip(runs, UNDONE, strict=True):
        was, became, now = (getattr(rows[run.conversation_id], field) for rows in (before, after, undone))
        assert (became != was, now) == (True, was)
    with pytest.raises(Conflict):
        await there.undo(runs[0])


async def conversations(there: Office) -> list[int]:
    """Ids of all."""
    return [row[0] for row in await there.desk.rows("SELECT id FROM conversation ORDER BY id")]


async def test_what_a_person_changed_since_is_left_alone(there: Office) -> None:
    """Each thing by itself."""
    urgent, tagged = {"do": "priority", "to": "urgent"}, {"do": "tag", "tag_ids": [TAG]}
    await there.rule(urgent, tagged, {"do": "assign", "agent_id": BEN})
    await there.desk.writes()
    await there.works()
    await there.desk.triages(priority="low")

    [run] = await there.runs()
    outcomes = {one.do: one.undone for one in await there.undo(run)}
    conversation = await there.desk.conversation()
    assert outcomes == {"priority": False, "tag": True, "assign": True}
    assert (conversation.priority, conversation.tags, conversation.assignee_id) == ("low", "", None)
    assert (await there.desk.events())[-1] == "rule_run_undone"


async def test_a_hidden_comment_is_shown_again_by_undoing(there: Office) -> None:
    """Also while the network has not hidden it yet."""
    await there.rule(HIDE, when=ABUSE)
    items = [await there.desk.item(await there.desk.comments("scam", person=who, thread=who)) for who in ("one", "two")]
    await there.works()
    await there.desk.accepts(items[0].id)
    for run in await there.runs():
        assert [one.undone for one in await there.undo(run)] == [True]
    for item in items:
        await there.desk.accepts(item.id)

    assert [(await there.desk.message(item.id)).hidden_at for item in items] == [None, None]
    assert await there.world.database.read(rules.open_appeals, there.desk.agent().scope, 0, 10) == []


async def test_a_low_star_review_escalates_at_once(there: Office) -> None:
    """And again when its stars fall; not for words alone."""
    low = {"field": "rating", "op": "at_most", "value": 2}
    trigger = {"on": "event", "events": ["message_received", "rating_changed"]}
    await there.rule({"do": "escalate", "reason": "low stars"}, trigger=trigger, when=low)
    await there.reviews(1, person="one")
    await there.reviews(5, person="two")
    await there.works()
    assert len(await there.runs()) == 1
    await there.reviews(5, "Bad indeed", person="two")
    await there.works()
    assert len(await there.runs()) == 1
    there.desk.later(60)
    await there.reviews(2, "Worse", person="two")
    await there.works()
    assert len(await there.runs()) == 2


async def test_people_are_told_who_see_the_conversation(there: Office) -> None:
    """A webhook is called by name; a notification is each one's own."""
    await there.rule({"do": "notify", "text": "VIP {name}", "agent_ids": [BEN, CLEO], "team_id": ATHENS})
    await there.desk.writes()
    await there.world.says(channel_id=11, person="nikos")
    await there.works()

    told = await there.desk.rows("SELECT agent_id, detail, kind FROM notification ORDER BY id")
    assert told == [(BEN, "VIP Eleni", "rule"), (CLEO, "VIP Eleni", "rule"), (CLEO, "VIP Nikos", "rule")]
    assert MAIL == 12


async def test_a_rule_closes_only_what_a_person_could_close(there: Office) -> None:
    """Where closing asks for a tag, what has none stays open and the run says what is missing; the rest is done."""
    closing = PutDeskRules(
        there.desk.agent(CLEO), Closing(needs_tag=True), None, directory=there.world.directory, version=0
    )
    await there.desk.do(closing)
    await there.world.directory.load()
    bye = {"field": "text", "op": "has_words", "value": ["bye"]}
    await there.rule({"do": "priority", "to": "low"}, {"do": "close"}, when=bye, name="Bye")
    await there.desk.writes("bye")
    await there.works()

    conversation = await there.desk.conversation(await there.desk.only())
    [why] = await there.refusals()
    assert (conversation.status, conversation.priority) == ("open", "low")
    assert "cannot be closed yet: put a tag on it" in why

    await there.rule({"do": "tag", "tag_ids": [TAG]}, when=bye, name="Tags", place=0)
    await there.desk.writes("bye then")
    await there.works()
    assert (await there.desk.conversation(conversation.id)).status == "closed"
