"""The facts outside of the lock and those under it are the same."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from inbox.automation.asking import changes_nothing, facts_now
from inbox.automation.triggers import types_of
from inbox.commands.triage import SetTag
from inbox.domain import rules as r
from inbox.domain.condition_facts import Facts
from inbox.domain.condition_fields import FIELDS
from inbox.domain.state import Needs, State
from inbox.eventlog.unit import Unit
from inbox.storage import rule_facts
from tests.inbox.automation.office import TAG, Office
from tests.inbox.desk import ANNA
from tests.inbox.world import ATHENS


class _Look(Unit):
    """What a step would ask."""

    def __init__(self, message_id: int, previous: int | None) -> None:
        self.message_id = message_id
        self.previous = previous

    def needs(self, needs: Needs) -> None:
        """The item and its author."""
        needs.messages.add(self.message_id)
        needs.authors_of.add(self.message_id)

    def decide(self, state: State) -> Facts:
        """Facts as they are now."""
        item = state.messages[self.message_id]
        return facts_now(state, state.conversations[item.conversation_id], item, self.previous)


async def test_both_ways_to_the_facts_say_the_same(there: Office) -> None:
    """Field by field, for a message, a comment and a review."""
    await there.desk.writes("Πού είναι; see shop.com/x", person="eleni")
    await there.desk.triages(priority="high", assignee_id=ANNA)
    await there.desk.comments("Scam!", person="troll")
    await there.reviews(2)
    ids = [row[0] for row in await there.desk.rows("SELECT id FROM message ORDER BY id")]
    read = rule_facts.of_items
    for one in await there.world.database.read(read, ids, there.desk.now, with_previous=True):
        assert one.message_id is not None
        now: Facts = await there.desk.do(_Look(one.message_id, one.facts.previous_conversations))
        assert _values(now) == _values(one.facts)
        [same] = await there.world.database.read(
            rule_facts.of_conversations, [one.conversation_id], there.desk.now, with_previous=True
        )
        assert _values(same.facts) == _values(one.facts)
    assert TAG == 41


def _values(facts: Facts) -> dict[str, Any]:
    return {name: field.get(facts) for name, field in FIELDS.items()}


@pytest.mark.parametrize(
    ("action", "stays"),
    [
        ({"do": "tag", "tag_ids": [TAG]}, True), ({"do": "untag", "tag_ids": [TAG]}, True),
        ({"do": "assign", "agent_id": ANNA}, True), ({"do": "team", "team_id": ATHENS}, True),
        ({"do": "priority", "to": "urgent"}, True), ({"do": "escalate", "reason": "x"}, True), ({"do": "spam"}, True),
        ({"do": "close"}, True), ({"do": "dismiss"}, True), ({"do": "note", "text": "x"}, False),
        ({"do": "notify", "text": "x", "agent_ids": [ANNA]}, False),
    ],
)  # fmt: skip
async def test_what_is_so_already_is_known_outside_of_the_lock(
    there: Office, action: dict[str, Any], stays: bool
) -> None:
    """Before it was done the facts say that it changes something, afterwards that it does not: then the writer is left
    alone. A note or a notification is never done already.
    """
    made = msgspec.convert(action, r.Action)
    await there.desk.writes()
    conversation = await there.desk.only()
    if action["do"] == "untag":
        await there.desk.do(
            SetTag(there.desk.agent(), conversation, TAG, True, directory=await there.world.directory.fresh())
        )
    assert changes_nothing(made, await _facts(there, conversation)) is False

    await there.rule(action)
    await there.desk.writes("Anybody there?")
    await there.works()
    assert await there.acted() == [[action["do"]]]
    assert changes_nothing(made, await _facts(there, conversation)) is stays


async def _facts(there: Office, conversation: int) -> Facts:
    [one] = await there.world.database.read(
        rule_facts.of_conversations, [conversation], there.desk.now, with_previous=False
    )
    return one.facts


def test_every_word_and_every_clock_names_the_events_that_it_is_told_by() -> None:
    """A rule is read only those: one that named none would never be set off."""
    for word in get_args(r.EventWord):
        assert types_of([word], []), word
    for what in get_args(r.TimeWord):
        assert {"conversation_closed", "spam_marked"} < set(types_of([], [what])), what
