"""New, reopened, woken: what an item does to the status."""

from __future__ import annotations

import pytest

from inbox.domain import conversation, triage
from inbox.domain.events import SYSTEM
from tests.inbox.domain.floor import Floor

HOURS = 3600


@pytest.mark.parametrize(
    ("kind", "hours", "same"), [("direct", 71, True), ("direct", 73, False), ("comment", 1000, True)]
)
def test_an_old_thread_begins_a_new_conversation(kind: str, hours: int, same: bool) -> None:
    """After 72 hours an endless chat is a new conversation linked to the earlier one; comments always reopen."""
    floor = Floor()
    floor.says(kind=kind)
    before = floor.newest
    triage.close(floor.state, before, SYSTEM)
    floor.later(hours * HOURS)
    floor.says(kind=kind)

    after = floor.newest
    assert (after.id == before.id) == same
    assert (after.episode, after.linked_from) == ((2, None) if same else (1, before.id))
    assert after.status == "open"


def test_an_item_wakes_a_snoozed_conversation_and_drops_its_timer() -> None:
    """Whatever was waited for, the customer came first."""
    floor = Floor()
    floor.says()
    triage.snooze(floor.state, floor.newest, floor.state.now + 10**9, True, SYSTEM)
    floor.says()

    assert (floor.newest.status, floor.newest.snoozed_until) == ("open", None)
    assert floor.state.timers["snooze", floor.newest.id] is None


def test_spam_stays_spam_whatever_is_written() -> None:
    """It neither reopens nor waits."""
    floor = Floor()
    floor.says()
    triage.mark_spam(floor.state, floor.newest, SYSTEM)
    floor.says()

    assert (floor.newest.spam, floor.newest.waiting_since) == (1, None)


def test_a_person_is_counted_once() -> None:
    """Participants are people, not items."""
    floor = Floor()
    for person in ("maria", "nikos", "maria"):
        floor.says(person=person, kind="comment")

    assert floor.newest.participants_count == 2


def test_the_row_shows_the_newest_words_cut_to_one_line() -> None:
    """At most 160 characters."""
    floor = Floor()
    item = floor.says("x" * 500)
    conversation.show_newest(floor.state, floor.newest, item, "y" * 500)

    assert floor.newest.preview == "y" * conversation.PREVIEW_CHARS
