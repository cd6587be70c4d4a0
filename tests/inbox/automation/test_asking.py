"""The facts outside of the lock and those under it are the same."""

from __future__ import annotations

from typing import Any

from inbox.automation.asking import facts_now
from inbox.domain.condition_facts import Facts
from inbox.domain.condition_fields import FIELDS
from inbox.domain.state import Needs, State
from inbox.eventlog.unit import Unit
from inbox.storage import rule_facts
from tests.inbox.automation.office import TAG, Office
from tests.inbox.desk import ANNA


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
