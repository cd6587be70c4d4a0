"""What rules do, once, in their order."""

from __future__ import annotations

from inbox.automation.pages import read_page
from inbox.automation.step import Step
from inbox.domain.records import Record
from inbox.domain.rule_records import Rule
from inbox.domain.state import State
from inbox.eventlog.unit import Unit
from inbox.storage import readers, rows, rules
from inbox.storage.database import Query
from tests.inbox.automation.office import TAG, Office
from tests.inbox.desk import ANNA

TAGS = {"do": "tag", "tag_ids": [TAG]}
URGENT = {"do": "priority", "to": "urgent"}
REFUND = {"field": "text", "op": "has_words", "value": ["refund*"]}


async def test_a_rule_does_what_it_says_and_names_itself(there: Office) -> None:
    """Tag, priority and note of a message that asks for its money; the others are left alone."""
    rule = await there.rule(TAGS, URGENT, {"do": "note", "text": "Hello {first_name}"}, when=REFUND, name="Refunds")
    await there.desk.writes("I want a refund")
    await there.desk.writes("Hello", person="nikos")
    await there.works()

    [run] = await there.runs()
    conversation = await there.desk.conversation(run.conversation_id)
    said = "SELECT actor_kind, actor_id, type FROM event WHERE actor_kind = 'rule' ORDER BY position"
    ran = await there.desk.rows(said)
    assert (conversation.tags, conversation.priority) == (str(TAG), "urgent")
    assert {row[:2] for row in ran} == {("rule", rule.id)}
    assert [row[2] for row in ran] == ["tag_added", "priority_changed", "note_written", "rule_ran"]
    assert there.world.directory.rules[rule.id].name == "Refunds"
    assert (run.rule_version, run.trigger, run.depth) == (1, "message_received", 0)
    assert run.position - run.since_position == 3


async def test_nothing_is_done_twice_by_two_readers(there: Office) -> None:
    """The saved position is compared under the lock: a page that somebody else read is dropped."""
    await there.rule(URGENT)
    await there.desk.writes()
    world = there.world
    directory = await world.directory.fresh()
    page = await world.database.read(read_page, 0, directory.terms, there.desk.now)
    assert page is not None

    assert await there.desk.do(Step(page, directory, {})) is True
    assert await there.desk.do(Step(page, directory, {})) is False
    await there.reader().catch_up()
    assert len(await there.runs()) == 1
    assert await world.database.read(readers.position, rules.READER) == page.end


async def test_rules_act_in_their_order_and_stop_where_one_says_so(there: Office) -> None:
    """By place, whatever the order they were made in. All are asked before any of them acts."""
    await there.rule(URGENT, place=3, name="never")
    tagged = {"field": "tag", "op": "is", "value": str(TAG)}
    await there.rule({"do": "priority", "to": "low"}, place=2, name="second", stop=True)
    await there.rule(TAGS, place=1, name="first")
    await there.rule({"do": "note", "text": "asked before"}, place=2, when=tagged, name="sees no tag yet")
    await there.desk.writes()
    await there.works()

    names = there.world.directory.rules
    assert [names[run.rule_id].name for run in await there.runs()] == ["first", "second"]
    assert (await there.desk.conversation()).priority == "low"


async def test_the_next_message_sees_what_rules_did_to_the_one_before(there: Office) -> None:
    """Within one page too."""
    await there.rule(TAGS, when=REFUND)
    await there.rule(URGENT, when={"field": "tag", "op": "is", "value": str(TAG)})
    await there.desk.writes("refund")
    await there.desk.writes("hello?")
    await there.works()

    assert await there.acted() == [["tag"], ["priority"]]


async def test_what_is_so_already_is_no_run(there: Office) -> None:
    """A second message changes nothing: nothing is logged."""
    await there.rule(URGENT)
    await there.desk.writes()
    await there.desk.writes()
    await there.works()

    assert len(await there.runs()) == 1


async def test_a_rule_begins_with_what_happens_after_it_was_made(there: Office) -> None:
    """And does nothing while it is off."""
    await there.desk.writes(person="before")
    await there.rule(URGENT)
    await there.rule(TAGS, active=0)
    await there.desk.writes(person="after")
    await there.works()

    assert await there.acted() == [["priority"]]


async def test_one_action_that_cannot_be_done_does_not_stop_the_others(there: Office) -> None:
    """Nor the other rules; the run says why."""
    rule = await there.rule({"do": "assign", "agent_id": ANNA}, URGENT)
    await there.rule(TAGS)
    agent = there.world.directory.agents[ANNA]
    agent.active = 0
    await there.desk.do(_Change(agent))
    await there.desk.writes()
    await there.works()

    assert await there.acted() == [["priority"], ["tag"]]
    assert await there.refusals() == [f"there is no active agent {ANNA}"]
    assert (await there.runs())[0].rule_id == rule.id


async def test_history_sets_off_nothing_and_late_items_nothing_that_customers_see(there: Office) -> None:
    """A late item is tagged; it is answered only where the rule says so."""
    reply = {"do": "reply", "variants": [{"text": "We read it."}]}
    await there.rule(reply, TAGS, name="careful")
    await there.rule(reply, also_late=True, name="late too")
    hour = 3_600_000_000
    await there.desk.writes("late", person="late", occurred_at=there.desk.now - hour)
    channel = there.world.directory.channels[12]
    channel.live_since = there.desk.now - 2 * hour
    await there.desk.do(_Change(channel))
    await there.world.directory.load()
    await there.desk.writes("old", person="old", occurred_at=there.desk.now - 3 * hour)
    await there.works()

    assert await there.acted() == [["tag"], ["reply"]]
    assert ["late" in refusal for refusal in await there.refusals()] == [True]


async def test_rules_do_not_set_off_one_another_unless_they_say_so(there: Office) -> None:
    """And then at most three in a row: two that undo one another's work come to rest."""
    on_priority = {"on": "event", "events": ["priority_changed"]}
    high = {"field": "priority", "op": "is", "value": "high"}
    await there.rule({"do": "priority", "to": "high"}, name="begins")
    await there.rule(TAGS, trigger=on_priority, name="closed ears")
    await there.rule({"do": "priority", "to": "low"}, trigger=on_priority, when=high, after_rules=True, name="down")
    await there.rule(
        {"do": "priority", "to": "high"}, trigger=on_priority, when={"not": high}, after_rules=True, name="up"
    )  # fmt: skip
    await there.desk.writes()
    for _ in range(6):
        await there.works()

    names = there.world.directory.rules
    found = [(names[run.rule_id].name, run.depth) for run in await there.runs()]
    assert found == [("begins", 0), ("down", 1), ("up", 2), ("down", 3)]


async def test_a_rule_that_runs_too_often_rests_and_goes_on(there: Office) -> None:
    """The admins hear of it once; after an hour it is asked again."""
    rule = await there.rule(URGENT, hour_cap=2)
    for person in ("one", "two", "three", "four"):
        await there.desk.writes(person=person)
    await there.works()
    resting = await there.world.database.read(rows.one, Rule, rule.id)
    assert resting is not None
    assert (len(await there.runs()), resting.paused_until) == (2, there.desk.now + 3_600_000_000)
    await there.desk.writes(person="five")
    await there.works()
    there.desk.later(3_601)
    await there.works()
    await there.desk.writes(person="six")
    await there.works()

    assert len(await there.runs()) == 3
    events = await there.desk.events()
    assert (events.count("attention_raised"), events.count("attention_ended")) == (1, 1)


class _Change(Unit):
    """A changed record of a small table."""

    alone = True

    def __init__(self, record: Record) -> None:
        self.record = record

    def run(self, state: State) -> Query[None]:
        """Write it."""
        yield from rows.change(self.record)
