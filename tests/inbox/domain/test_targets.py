"""What a policy promises to who waits: set, warned of, missed, moved (docs/metrics.md)."""

from __future__ import annotations

from typing import Any

import pytest

from connectors import inbound as net
from connectors.errors import SendErrorKind
from inbox.clock import SECOND, parse_iso
from inbox.domain import clocks, delivering, resolution, targets, triage, wait
from inbox.domain import events as e
from inbox.domain.events import Actor
from inbox.domain.records import Wait
from inbox.domain.sla_records import Calendar, Policy
from tests.inbox.domain.floor import NOW, Floor
from tests.inbox.domain.promises import HOUR, calendar, calendar_of, policy, policy_of, terms

BOSS = Actor("agent", 1)
FRIDAY = parse_iso("2027-01-15T16:30:00+02:00")


def floor_with(*records: Policy | Calendar, now: int = NOW) -> Floor:
    """A floor where something is promised."""
    floor = Floor()
    floor.state.now = now
    floor.state.terms = terms(*records)
    return floor


def logged(floor: Floor, kind: type[e.Event]) -> list[e.Logged]:
    """The events of a kind."""
    return [one for one in floor.state.events if isinstance(one.event, kind)]


def fire(floor: Floor) -> None:
    """Fire every timer of a target that is due, as the service does."""
    while True:
        due = [t for t in floor.state.timers.values() if t is not None and t.due_at <= floor.state.now]
        known = [t for t in due if t.kind in (targets.TARGET, resolution.RESOLUTION)]
        if not known:
            return
        for timer in known:
            floor.state.drop_timer(timer.kind, timer.ref)
            (targets.fell_due if timer.kind == targets.TARGET else resolution.fell_due)(floor.state, timer.ref)


def due_of(floor: Floor, at: Wait) -> int | None:
    """When the timer of a wait's target is due."""
    timer = floor.state.timers.get((targets.TARGET, at.id))
    return timer.due_at if timer is not None else None


def after(seconds: float) -> int:
    """An instant that long after the floor opened."""
    return NOW + int(seconds * SECOND)


# --- set with the wait


def test_without_a_policy_nothing_is_set() -> None:
    """No deadline, no timer, no further event."""
    floor = Floor()
    floor.says()

    assert floor.waits[0].deadline_at is None
    assert floor.state.timers == {}
    assert [name for name in floor.events if name.startswith("target")] == []


def test_a_wait_opens_with_its_target() -> None:
    """Deadline, policy and version stand in the event that opens it; the conversation shows the deadline."""
    floor = floor_with(policy(7, first_response_seconds=HOUR))
    floor.says()

    [one] = floor.waits
    [opened] = logged(floor, e.WaitOpened)
    assert isinstance(opened.event, e.WaitOpened)
    assert opened.event.target is not None
    assert (opened.event.target.policy_id, opened.event.target.policy_version) == (7, 1)
    assert one.deadline_at == floor.newest.deadline_at == due_of(floor, one) == after(HOUR)


def test_first_and_next_response_have_targets_of_their_own() -> None:
    """After somebody answered, what is asked is no first response."""
    floor = floor_with(policy(first_response_seconds=HOUR, next_response_seconds=2 * HOUR))
    floor.says()
    floor.accepts(floor.answers())
    floor.says("And the colour?")

    first, second = floor.waits
    assert (first.first, second.first) == (1, 0)
    assert second.deadline_at == after(2 * HOUR)


def test_a_new_episode_has_no_first_response() -> None:
    """First response belongs to episode 1, also when that was closed without an answer."""
    floor = floor_with(policy(first_response_seconds=HOUR, next_response_seconds=2 * HOUR))
    floor.says()
    triage.close(floor.state, floor.newest, BOSS)
    floor.later(25 * HOUR)
    floor.says("Anybody?")

    assert floor.waits[-1].first == 0


@pytest.mark.parametrize(
    ("conditions", "applies"),
    [
        ({"channel_ids": {7}}, True),
        ({"channel_ids": {8}}, False),
        ({"networks": {"custom"}}, True),
        ({"networks": {"telegram"}}, False),
        ({"kinds": {"direct", "review"}}, True),
        ({"kinds": {"comment"}}, False),
        ({"priorities": {"urgent"}}, False),
        ({"tag_ids": {3}}, False),
        ({"languages": {"el"}}, True),
        ({"languages": {"de"}}, False),
        ({"contact_fields": {"vip": {"yes"}}}, False),
    ],
)
def test_a_policy_applies_where_all_its_conditions_hold(conditions: dict[str, Any], applies: bool) -> None:
    """Channel, network, kind, priority, tag, language, a field of the contact."""
    frozen = {
        name: {k: frozenset(v) for k, v in value.items()} if isinstance(value, dict) else frozenset(value)
        for name, value in conditions.items()
    }
    floor = floor_with(policy(first_response_seconds=HOUR, **frozen))
    floor.receive(floor.message(), language="el")

    assert (floor.waits[0].deadline_at is not None) is applies


def test_the_first_policy_that_fits_applies() -> None:
    """By place; one that is switched off is not asked."""
    floor = floor_with(
        policy(1, place=3, first_response_seconds=3 * HOUR),
        policy(2, place=1, active=False, first_response_seconds=HOUR),
        policy(3, place=2, first_response_seconds=2 * HOUR),
    )
    floor.says()

    assert floor.waits[0].policy_id == 3


def test_business_time_counts_in_the_calendar() -> None:
    """An hour from Friday 16:30 is Monday 09:30."""
    floor = floor_with(policy(first_response_seconds=HOUR, time="business"), calendar(), now=FRIDAY)
    floor.says()

    assert floor.waits[0].deadline_at == parse_iso("2027-01-18T09:30:00+02:00")


def test_the_customer_clock_starts_when_it_was_written() -> None:
    """Where the policy says so; otherwise when it reached us."""
    for clock, began in (("customer", NOW - HOUR * SECOND), ("desk", NOW)):
        floor = floor_with(policy(first_response_seconds=2 * HOUR, clock=clock))
        floor.says(occurred_at=NOW - HOUR * SECOND)
        assert floor.waits[0].deadline_at == began + 2 * HOUR * SECOND


def test_what_asks_nothing_is_promised_nothing() -> None:
    """A giveaway's emoji sets no timers."""
    floor = floor_with(policy(first_response_seconds=HOUR))
    floor.receive(floor.message("@maria ❤", kind="comment"), no_question=True)

    assert floor.waits[0].deadline_at is None
    assert floor.state.timers == {}


# --- warned of and missed


def test_it_warns_before_and_is_missed_at_the_deadline_itself() -> None:
    """Both events carry their instants, however late they are noticed, and come once."""
    floor = floor_with(policy(first_response_seconds=HOUR, warning_seconds=900))
    floor.says()
    floor.later(5 * HOUR)
    fire(floor)
    fire(floor)

    [warned], [breached] = logged(floor, e.TargetWarned), logged(floor, e.TargetBreached)
    assert (warned.at, breached.at) == (after(HOUR - 900), after(HOUR))
    assert floor.waits[0].breached_at == after(HOUR)
    assert floor.newest.deadline_at == after(HOUR)


def test_a_warning_comes_in_its_time() -> None:
    """Then the timer stands at the deadline."""
    floor = floor_with(policy(first_response_seconds=HOUR, warning_seconds=900))
    floor.says()
    assert due_of(floor, floor.waits[0]) == after(HOUR - 900)
    floor.later(HOUR - 900)
    fire(floor)

    assert floor.events[-1] == "target_warned"
    assert due_of(floor, floor.waits[0]) == after(HOUR)


def test_the_timer_goes_with_the_wait() -> None:
    """Answered in time: nothing is left that could fire."""
    floor = floor_with(policy(first_response_seconds=HOUR))
    floor.says()
    floor.accepts(floor.answers())

    assert due_of(floor, floor.waits[0]) is None
    assert floor.newest.deadline_at is None


def test_what_ends_after_the_deadline_is_missed_though_no_timer_fired() -> None:
    """A worker that stood still changes no result: the breach is recorded before the answer, at the deadline."""
    floor = floor_with(policy(first_response_seconds=HOUR))
    floor.says()
    floor.later(2 * HOUR)
    floor.accepts(floor.answers())

    names = [name for name in floor.events if name in ("target_breached", "wait_answered")]
    assert names == ["target_breached", "wait_answered"]
    assert logged(floor, e.TargetBreached)[0].at == after(HOUR)


@pytest.mark.parametrize("end", ["dismissed", "voided"])
def test_dismissing_after_the_deadline_does_not_take_the_breach_back(end: str) -> None:
    """It stays missed."""
    floor = floor_with(policy(first_response_seconds=HOUR))
    floor.says()
    floor.later(2 * HOUR)
    if end == "dismissed":
        wait.dismissed(floor.state, floor.waits, "thanks", BOSS)
    else:
        triage.mark_spam(floor.state, floor.newest, BOSS)

    assert (floor.waits[0].end, floor.waits[0].breached_at) == (end, after(HOUR))


def test_a_breach_belongs_to_who_held_it_at_the_deadline() -> None:
    """Giving it away afterwards blames nobody else, even when the timer had not fired yet."""
    floor = floor_with(policy(first_response_seconds=HOUR))
    floor.says()
    triage.assign(floor.state, floor.newest, 5, BOSS)
    floor.later(2 * HOUR)
    triage.assign(floor.state, floor.newest, 6, BOSS)

    [breached] = logged(floor, e.TargetBreached)
    assert isinstance(breached.event, e.TargetBreached)
    assert breached.event.assignee_id == 5


def test_an_answer_given_in_time_and_accepted_late_is_met() -> None:
    """The desk clock ends when a person let it go: the deadline passes without a breach while it is on its way."""
    floor = floor_with(policy(first_response_seconds=HOUR))
    floor.says()
    floor.later(HOUR - 10)
    answer = floor.answers()
    floor.later(60)
    fire_once = targets.fell_due(floor.state, floor.waits[0].id)
    floor.accepts(answer)

    assert fire_once is False
    assert (floor.waits[0].end, floor.waits[0].breached_at) == ("answered", None)


def test_an_answer_given_in_time_and_refused_is_missed_at_the_deadline() -> None:
    """Only what the network accepts answers."""
    floor = floor_with(policy(first_response_seconds=HOUR))
    floor.says()
    floor.later(HOUR - 10)
    answer = floor.answers()
    floor.later(60)
    targets.fell_due(floor.state, floor.waits[0].id)
    [part] = delivering.parts_of(floor.state, answer.id)
    delivering.attempt_began(floor.state, part, 1)
    delivering.failed(floor.state, part, SendErrorKind.REJECTED, "", retry_at=None)
    fire(floor)

    assert floor.waits[0].breached_at == after(HOUR)


def test_a_late_message_of_a_timely_answer_withdraws_the_breach() -> None:
    """By the network's own time it was answered before the deadline."""
    floor = floor_with(policy(first_response_seconds=HOUR))
    floor.says()
    floor.later(2 * HOUR)
    fire(floor)
    shop = net.Author(external_id="shop", is_self=True)
    floor.receive(floor.message("Done", occurred_at=after(HOUR / 2), author=shop))

    [withdrawn] = logged(floor, e.BreachWithdrawn)
    assert isinstance(withdrawn.event, e.BreachWithdrawn)
    assert withdrawn.event.reason == "answered_in_time"
    assert (floor.waits[0].breached_at, floor.waits[0].deadline_at) == (None, after(HOUR))


def test_a_supervisor_takes_a_breach_back() -> None:
    """The target counts no more, and does not fall due again."""
    floor = floor_with(policy(first_response_seconds=HOUR))
    floor.says()
    floor.later(2 * HOUR)
    fire(floor)
    targets.withdraw(floor.state, floor.waits[0], 99, BOSS)
    floor.later(HOUR)
    fire(floor)
    floor.accepts(floor.answers())

    assert len(logged(floor, e.TargetBreached)) == 1
    assert (floor.waits[0].breached_at, floor.waits[0].deadline_at) == (None, None)


def test_refused_after_accepted_keeps_deadline_and_breach() -> None:
    """The wait goes on from its original start; a deadline that passed meanwhile is missed at its own instant."""
    floor = floor_with(policy(first_response_seconds=HOUR))
    floor.says()
    answer = floor.answers()
    floor.accepts(answer)
    floor.later(2 * HOUR)
    delivering.refused(floor.state, answer, "bounced")
    fire(floor)

    assert (floor.waits[0].end, floor.waits[0].deadline_at, floor.waits[0].breached_at) == (
        "",
        after(HOUR),
        after(HOUR),
    )


# --- moved


def test_priority_moves_the_target_to_another_policy() -> None:
    """From the original start; the new version is the one then in force."""
    floor = floor_with(
        policy(1, place=1, first_response_seconds=HOUR // 2, priorities=frozenset({"urgent"})),
        policy(2, place=2, first_response_seconds=4 * HOUR),
    )
    floor.says()
    triage.set_priority(floor.state, floor.newest, "urgent", BOSS)

    [one] = floor.waits
    assert (one.policy_id, one.deadline_at, due_of(floor, one)) == (1, after(HOUR / 2), after(HOUR / 2))
    assert floor.newest.deadline_at == after(HOUR / 2)


def test_a_target_is_never_missed_before_it_was_set() -> None:
    """Raised after its shorter deadline: it is due at the moment of the change, so that days which are over stay so."""
    floor = floor_with(
        policy(1, place=1, first_response_seconds=HOUR // 2, priorities=frozenset({"urgent"})),
        policy(2, place=2, first_response_seconds=4 * HOUR),
    )
    floor.says()
    floor.later(2 * HOUR)
    triage.set_priority(floor.state, floor.newest, "urgent", BOSS)
    fire(floor)

    assert logged(floor, e.TargetBreached)[0].at == after(2 * HOUR)


def test_a_tag_brings_and_takes_a_target() -> None:
    """Without a policy that fits nothing is promised."""
    floor = floor_with(policy(first_response_seconds=HOUR, tag_ids=frozenset({3})))
    floor.says()
    triage.tag(floor.state, floor.newest, 3, True, BOSS)
    with_tag = floor.waits[0].deadline_at
    triage.tag(floor.state, floor.newest, 3, False, BOSS)

    assert with_tag == after(HOUR)
    assert (floor.waits[0].deadline_at, floor.newest.deadline_at, due_of(floor, floor.waits[0])) == (None, None, None)


def test_a_wait_keeps_the_version_it_was_opened_under() -> None:
    """A policy that is edited promises more to those who come, not to those who wait."""
    floor = floor_with(policy_of([{"time": "calendar", "first_response_seconds": HOUR}]))
    floor.says()
    floor.state.terms = terms(
        policy_of(
            [{"time": "calendar", "first_response_seconds": HOUR}, {"time": "calendar", "first_response_seconds": 9}]
        )
    )
    triage.set_priority(floor.state, floor.newest, "high", BOSS)

    assert floor.waits[0].deadline_at == after(HOUR)


def test_two_calendars_during_one_wait_count_piecewise() -> None:
    """Half an hour of Friday in Athens, the rest in the hours of the team it went to."""
    night = {day: ("20:00-23:00",) for day in ("fri", "sat")}
    floor = floor_with(
        policy(first_response_seconds=HOUR, time="business"),
        calendar(50),
        calendar(51, weekly=night, workspace=False, team_ids=frozenset({4})),
        now=FRIDAY,
    )
    floor.says()
    floor.later(4 * HOUR)
    triage.give_to_team(floor.state, floor.newest, 4, BOSS)

    assert floor.waits[0].deadline_at == parse_iso("2027-01-15T21:00:00+02:00")


def test_an_edited_calendar_moves_what_is_due_and_nothing_that_was() -> None:
    """Each instant uses the version then in force."""
    floor = floor_with(policy(first_response_seconds=HOUR, time="business"), calendar(), now=FRIDAY)
    floor.says()
    office = {"zone": "Europe/Athens", "weekly": {"fri": ("09:00-17:00",)}, "workspace": True}
    open_saturday = {**office, "weekly": {"sat": ("10:00-12:00",)}, "valid_from": FRIDAY + HOUR * SECOND}
    floor.later(2 * HOUR)
    floor.state.terms = terms(
        policy(first_response_seconds=HOUR, time="business"), calendar_of([office, open_saturday])
    )

    clocks.recount(floor.state, floor.newest)

    assert floor.waits[0].deadline_at == parse_iso("2027-01-16T10:30:00+02:00")


# --- resolution


def resolving(**more: Any) -> Floor:
    """A floor where a resolution within four hours is promised, and somebody asks."""
    floor = floor_with(policy(resolution_seconds=4 * HOUR, **more))
    floor.says()
    return floor


def running(floor: Floor) -> resolution.Running:
    """The newest conversation's resolution target."""
    return resolution.running_of(floor.newest.resolution)


def test_a_resolution_is_promised_from_the_first_item_of_the_episode() -> None:
    """It is missed at its deadline, once, and stands in the episode."""
    floor = resolving()
    floor.later(5 * HOUR)
    fire(floor)
    triage.close(floor.state, floor.newest, BOSS)

    [breached] = logged(floor, e.TargetBreached)
    assert breached.at == after(4 * HOUR)
    episode = floor.state.episodes[floor.newest.id, 1]
    assert (episode.policy_id, episode.breached_at, episode.closed_at) == (1, after(4 * HOUR), floor.state.now)


def test_closing_in_time_ends_the_clock() -> None:
    """No breach, no timer; the next episode gets a target of its own."""
    floor = resolving()
    triage.close(floor.state, floor.newest, BOSS)
    floor.later(5 * HOUR)
    fire(floor)
    assert logged(floor, e.TargetBreached) == []
    assert floor.newest.resolution == ""

    floor.later(25 * HOUR)
    floor.says("Again")
    assert running(floor).target.deadline_at == floor.state.now + 4 * HOUR * SECOND


def test_the_clock_stands_while_we_wait_for_the_customer() -> None:
    """Where the policy says so: an hour before the answer, none after it, and the rest when he writes again."""
    floor = resolving(pauses=frozenset({"waiting_on_customer"}))
    floor.later(HOUR)
    floor.accepts(floor.answers())
    stood = running(floor).target
    floor.later(10 * HOUR)
    fire(floor)
    floor.says("I have it here")

    assert (stood.deadline_at, stood.left) == (None, 3 * HOUR * SECOND)
    assert running(floor).target.deadline_at == after(14 * HOUR)


def test_a_close_while_the_clock_stands_is_kept_with_a_deadline() -> None:
    """Answered after an hour, closed a day later: what was left, from the close, is its deadline."""
    floor = resolving(pauses=frozenset({"waiting_on_customer"}))
    floor.later(HOUR)
    floor.accepts(floor.answers())
    floor.later(24 * HOUR)
    triage.close(floor.state, floor.newest, BOSS)
    floor.later(24 * HOUR)
    fire(floor)

    episode = floor.state.episodes[floor.newest.id, 1]
    assert (episode.deadline_at, episode.breached_at) == (after(28 * HOUR), None)
    assert floor.state.timers[resolution.RESOLUTION, floor.newest.id] is None


def test_the_clock_goes_on_where_the_policy_names_no_pause() -> None:
    """Waiting for the customer is the desk's time too."""
    floor = resolving()
    floor.accepts(floor.answers())

    assert running(floor).target.deadline_at == after(4 * HOUR)


def test_a_snooze_until_he_writes_stops_the_resolution_and_never_a_wait() -> None:
    """A wait's deadline stays where it was."""
    floor = resolving(first_response_seconds=HOUR, pauses=frozenset({"snoozed_until_reply"}))
    triage.snooze(floor.state, floor.newest, None, True, BOSS)

    assert running(floor).target.deadline_at is None
    assert floor.waits[0].deadline_at == after(HOUR)


def test_another_policy_takes_over_what_has_passed() -> None:
    """Two of four hours are over: of six, four are left."""
    floor = floor_with(
        policy(1, place=1, resolution_seconds=6 * HOUR, priorities=frozenset({"low"})),
        policy(2, place=2, resolution_seconds=4 * HOUR),
    )
    floor.says()
    floor.later(2 * HOUR)
    triage.set_priority(floor.state, floor.newest, "low", BOSS)

    assert running(floor).target.deadline_at == after(6 * HOUR)


def test_spam_is_promised_nothing() -> None:
    """Its clock is gone with its waits."""
    floor = resolving()
    triage.mark_spam(floor.state, floor.newest, BOSS)

    assert floor.newest.resolution == ""
    assert floor.state.timers[resolution.RESOLUTION, floor.newest.id] is None


def test_a_merged_conversation_was_answered_where_either_was() -> None:
    """What is asked after a merge is no first response when one of the two had its answer."""
    floor = floor_with(policy(first_response_seconds=HOUR, next_response_seconds=2 * HOUR))
    floor.says(person="nikos")
    floor.accepts(floor.answers())
    answered = floor.newest
    floor.says(person="maria")
    other = floor.newest
    threads = tuple(thread.id for thread in floor.state.threads_of(answered.id))
    merged = e.ConversationsMerged(conversation_id=answered.id, into_id=other.id, thread_ids=threads)
    floor.state.emit(merged, BOSS)

    assert other.responded == 1
    assert floor.waits[-1].deadline_at == other.deadline_at == after(HOUR)
