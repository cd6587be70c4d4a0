"""Which events a webhook gets."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from inbox.domain import events as e
from inbox.storage.webhooks import Began
from inbox.webhooks.filters import Known, Wanted, fires

SHOP, MAIL, ATHENS, PARIS, URGENT = 11, 12, 31, 32, 41
HERE = e.Audience(channel_id=SHOP, team_id=ATHENS)
NOTHING = Known(
    networks={SHOP: "telegram", MAIL: "email"}, tags={}, began={}, history_items=set(), old_posts=set()
)  # fmt: skip
CLOSED = e.ConversationClosed(conversation_id=1, episode=1)


def wanted(**filters: Any) -> Wanted:
    """A webhook made at position 5."""
    empty = {name: frozenset() for name in ("types", "networks", "channels", "teams", "tags")}
    given = {name: frozenset(value) for name, value in filters.items()}
    return Wanted(webhook_id=7, since_position=5, **{**empty, **given})


def logged(event: e.AnyEvent = CLOSED, **changes: Any) -> e.Logged:
    """An event at position 9 in the shop's channel, done by the system."""
    made = e.Logged(9, 1, e.SYSTEM, event, HERE, HERE)
    return msgspec.structs.replace(made, **changes)


def test_what_a_rule_calls_one_webhook_for_goes_to_that_one_alone() -> None:
    """Whatever either asks for otherwise."""
    mine, another = (e.RuleCalled(conversation_id=1, rule_id=1, run_id=2, webhook_id=which) for which in (7, 8))
    picky = wanted(types=["message_received"], channels=[MAIL])
    assert [fires(one, logged(event), NOTHING) for one in (picky, wanted()) for event in (mine, another)] == [
        True, False, True, False,
    ]  # fmt: skip


def known(**changes: Any) -> Known:
    """What was looked up."""
    return msgspec.structs.replace(NOTHING, **changes)


@pytest.mark.parametrize(
    ("filters", "does"),
    [
        ({}, True),
        ({"types": ["conversation_closed"]}, True),
        ({"types": ["message_received"]}, False),
        ({"networks": ["telegram"]}, True),
        ({"networks": ["email"]}, False),
        ({"channels": [SHOP, MAIL]}, True),
        ({"channels": [MAIL]}, False),
        ({"teams": [ATHENS]}, True),
        ({"teams": [PARIS]}, False),
        ({"tags": [URGENT]}, False),
        ({"channels": [SHOP], "teams": [PARIS]}, False),
        ({"types": ["conversation_closed"], "networks": ["telegram"], "channels": [SHOP], "teams": [ATHENS]}, True),
    ],
)
def test_all_filters_that_are_not_empty_must_agree(filters: dict[str, list[Any]], does: bool) -> None:
    """Within one list one match is enough; an empty list leaves everything through."""
    assert fires(wanted(**filters), logged(), NOTHING) is does


def test_what_happened_before_a_webhook_was_made_is_not_its_business() -> None:
    """Events up to the position at which it was made, or switched on, are left out."""
    assert not fires(wanted(), logged(position=5), NOTHING)
    assert fires(wanted(), logged(position=6), NOTHING)


def test_a_team_hears_of_what_leaves_it() -> None:
    """A hand-over is told to both sides."""
    moved = logged(e.TeamChanged(conversation_id=1, before=ATHENS, after=PARIS), audience=e.Audience(SHOP, PARIS))

    assert fires(wanted(teams=[ATHENS]), moved, NOTHING)
    assert fires(wanted(teams=[PARIS]), moved, NOTHING)


def test_a_tag_counts_as_it_is_now_and_when_it_is_taken_off() -> None:
    """The tags of the conversation decide; taking the tag off is still told."""
    assert fires(wanted(tags=[URGENT]), logged(), known(tags={1: {URGENT}}))
    assert fires(wanted(tags=[URGENT]), logged(e.TagRemoved(conversation_id=1, tag_id=URGENT)), NOTHING)


def test_an_event_of_no_channel_passes_only_where_none_is_asked_for() -> None:
    """Settings are not in a channel."""
    changed = logged(e.SettingChanged(object="tag", id=1), audience=e.EVERYONE, before=e.EVERYONE)

    assert fires(wanted(), changed, NOTHING)
    assert not fires(wanted(channels=[SHOP]), changed, NOTHING)


def test_what_admins_alone_see_is_sent_to_who_names_it() -> None:
    """Not by an empty filter."""
    raised = logged(e.AttentionRaised(topic="disk"), audience=e.Audience(admins=True))

    assert not fires(wanted(), raised, NOTHING)
    assert fires(wanted(types=["attention_raised"]), raised, NOTHING)


def test_what_is_private_to_an_agent_is_never_sent() -> None:
    """Not even when its type is named."""
    told = logged(e.Notified(agent_id=1, notification_id=1), audience=e.Audience(agent_id=1))

    assert not fires(wanted(types=["notified"]), told, NOTHING)


HISTORY_ITEM = e.MessageReceived(
    conversation_id=1, message_id=2, thread_id=3, kind="message", mark="history", occurred_at=1
)


@pytest.mark.parametrize(
    ("event", "began", "does"),
    [
        (HISTORY_ITEM, Began(10, None), False),
        (e.ConversationStarted(conversation_id=1, number=1, thread_id=3, contact_id=4), Began(10, None), False),
        (e.ConversationStarted(conversation_id=1, number=1, thread_id=3, contact_id=4), Began(10, 20), False),
        (e.ConversationStarted(conversation_id=1, number=1, thread_id=3, contact_id=4), Began(10, 10), True),
        (CLOSED, Began(3, None), False),
        (CLOSED, Began(3, 8), True),
    ],
    ids=["its item", "begun by it", "live later on", "begun live", "closed by it", "closed when live"],
)
def test_history_fires_nothing_by_itself(event: e.AnyEvent, began: Began, does: bool) -> None:
    """Neither an item from before the connection nor a conversation as long as it has no other item."""
    assert fires(wanted(), logged(event), known(began={1: began}, history_items={2})) is does


def test_what_a_person_does_with_history_fires() -> None:
    """An agent who opens an old conversation works on it."""
    done = logged(actor=e.Actor("agent", 21))

    assert fires(wanted(), done, known(began={1: Began(3, None)}))
