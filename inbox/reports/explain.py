"""A wait, told: the events and the intervals that its figures follow from. It is the derivation itself, by the same
functions that made the stored facts.
"""

from __future__ import annotations

from inbox.clock import SECOND, iso, iso_or_none
from inbox.domain import events as e
from inbox.domain import facts as derive
from inbox.domain.calendar import intervals, open_time
from inbox.domain.fact_records import OPEN, WaitFact
from inbox.domain.facts import CalendarOf
from inbox.domain.permissions import Principal, require_conversation
from inbox.domain.records import Wait
from inbox.domain.report_shapes import ExplainedWait, WaitClock, WaitSpan, WaitStep
from inbox.errors import NotFound
from inbox.eventlog.directory import Directory
from inbox.reports.reader import calendars_now
from inbox.reports.stories import Stories, stories_of
from inbox.storage import facts, readers
from inbox.storage import tables as t
from inbox.storage.database import ByKeys, Query

TYPES = (
    *derive.STORY_TYPES, "delivery_changed", "message_received", "conversation_snoozed", "conversation_woken",
    "priority_changed", "target_changed", "target_warned", "target_breached", "breach_withdrawn",
    "conversation_reopened",
)  # fmt: skip
MAX_OPEN = 200
_PARTS = {
    "queue": "in the queue, nobody's",
    "team": "with a team",
    "person": "with a person",
    "approval": "waiting for a yes",
    "over": "taken for ended",
}


def explained(wait_id: int, principal: Principal, directory: Directory, now: int) -> Query[ExplainedWait]:
    """A wait that the principal may see. Raises NotFound for one that is not there, out of sight, or whose beginning is
    no longer in the log.
    """
    rows = yield ByKeys(t.wait, [wait_id])
    if not rows:
        raise NotFound(f"there is no wait {wait_id}")
    wait = Wait(*rows[0])
    stories = yield from stories_of([wait], TYPES)
    conversation = stories.conversations.get(wait.conversation_id)
    require_conversation(principal, conversation, wait.conversation_id, "read")
    if wait_id not in stories.events or wait.thread_id not in stories.threads:
        raise NotFound(f"wait {wait_id} opened before the oldest event that is still kept")
    stored = yield from facts.facts_of([wait_id])
    calendar = yield from calendars_now()
    return _told(
        wait,
        stories,
        stored[0] if stored else None,
        calendar,
        directory,
        now,
        (yield from readers.position(facts.READER)),
    )


def _told(
    wait: Wait, stories: Stories, stored: WaitFact | None, calendar: CalendarOf, directory: Directory, now: int,
    position: int,
) -> ExplainedWait:  # fmt: skip
    story, thread = stories.events[wait.id], stories.threads[wait.thread_id]
    counted = [one for one in story if e.name_of(one.event) in derive.STORY_TYPES]
    told = derive.told(
        wait, counted, stories.conversations[wait.conversation_id], thread, stories.episodes[wait.id], calendar
    )
    fact = told.fact
    if stored is not None:
        fact.response = stored.response
    until = min(fact.ended_at, now)
    spans = [_span(span, thread.channel_id, calendar, until, directory) for span in derive.stretches_of(wait, counted)]
    return ExplainedWait(
        wait_id=str(wait.id),
        conversation_id=str(wait.conversation_id),
        channel_id=str(thread.channel_id),
        kind=thread.kind,
        end=wait.end,
        reason=wait.reason,
        response=fact.response,
        episode=fact.episode,
        clocks=_clocks(wait, fact, now, sum(span.business_seconds for span in spans)),
        parts=_parts(wait, fact, spans),
        deadline_at=iso_or_none(wait.deadline_at),
        promised=fact.promised,
        missed=bool(fact.late) or (not wait.end and wait.deadline_at is not None and wait.deadline_at <= now),
        spans=spans,
        steps=[_step(one, wait, directory) for one in story if _matters(one, wait)],
        stored=stored == fact,
        position=position,
    )


def _clocks(wait: Wait, fact: WaitFact, now: int, desk_open: float) -> list[WaitClock]:
    running = fact.ended_at == OPEN
    customer_end = now if running else fact.customer_ended_at
    accepted = "when the network accepted the answer" if wait.end == "answered" else "when it ended"
    let_go = "when the answer was let go" if wait.end == "answered" else "when it ended"
    return [
        WaitClock(
            clock="customer",
            since=iso(wait.customer_opened_at),
            until=None if running else iso(fact.customer_ended_at),
            seconds=(customer_end - wait.customer_opened_at) / SECOND,
            business_seconds=desk_open if running else fact.customer_worked / SECOND,
            ends_with="it runs" if running else accepted,
        ),
        WaitClock(
            clock="desk",
            since=iso(wait.opened_at),
            until=None if running else iso(fact.ended_at),
            seconds=((now if running else fact.ended_at) - wait.opened_at) / SECOND,
            business_seconds=desk_open if running else fact.desk_worked / SECOND,
            ends_with="it runs" if running else let_go,
        ),
    ]


def _parts(wait: Wait, fact: WaitFact, spans: list[WaitSpan]) -> dict[str, float]:
    found = {name: sum(span.seconds for span in spans if span.part == name) for name in _PARTS}
    found["lag"] = (wait.opened_at - wait.customer_opened_at) / SECOND
    found["delivery"] = 0.0 if fact.ended_at == OPEN else (fact.customer_ended_at - fact.ended_at) / SECOND
    return found


def _span(span: derive.Stretch, channel_id: int, calendar: CalendarOf, until: int, directory: Directory) -> WaitSpan:
    end = min(span.ended_at, until)
    hours = calendar(channel_id, span.holder.team_id)
    holder = span.holder
    agent = directory.agents.get(holder.owner_id)
    team = directory.teams.get(holder.team_id)
    called = agent.name if holder.part == "person" and agent else team.name if holder.part == "team" and team else ""
    return WaitSpan(
        since=iso(span.began_at),
        until=None if span.ended_at == OPEN else iso(span.ended_at),
        part=holder.part,
        team_id=str(holder.team_id) if holder.team_id else None,
        agent_id=str(holder.owner_id) if holder.owner_id else None,
        words=f"{_PARTS[holder.part]}{': ' + called if called else ''}",
        seconds=(end - span.began_at) / SECOND,
        business_seconds=open_time(hours, span.began_at, end) / SECOND,
        open=[(iso(begin), iso(stop)) for begin, stop in intervals(hours, span.began_at, end)[:MAX_OPEN]],
        position=span.position,
    )


def _matters(one: e.Logged, wait: Wait) -> bool:
    """Whether an event belongs to the telling: not what came after the wait was over for good."""
    late = wait.ended_at is not None and one.at > wait.ended_at
    if isinstance(one.event, e.DeliveryChanged):
        return one.event.message_id == wait.answer_id
    if isinstance(one.event, e.MessageReceived):
        return not late and one.event.thread_id == wait.thread_id
    return not late or getattr(one.event, "wait_id", None) == wait.id


_WORDS: dict[str, str] = {
    "wait_opened": "The wait opens: the desk clock starts with our receipt, the customer's with the network's time",
    "wait_acknowledged": "A holding answer was accepted: the wait goes on",
    "message_received": "Another item came: the wait keeps its start",
    "message_sent": "An answer was let go",
    "assignee_changed": "Somebody else holds it",
    "team_changed": "Another team holds it",
    "approval_asked": "The answer waits for somebody's yes",
    "approval_ended": "The answer waits for no yes any more",
    "conversation_snoozed": "Put aside: the wait goes on",
    "conversation_woken": "The snooze is over",
    "conversation_closed": "The conversation was closed",
    "conversation_reopened": "The conversation is open again",
    "conversations_merged": "The conversation was merged into another: the wait moves along",
    "threads_left": "The thread moved to another conversation: the wait moves along",
    "priority_changed": "The priority changed",
    "target_changed": "What was promised changed",
    "target_warned": "The deadline is near",
    "target_breached": "The deadline passed",
    "breach_withdrawn": "It was no breach",
    "tag_added": "A tag was put on",
    "tag_removed": "A tag was taken off",
    "message_hidden": "The item was hidden",
    "message_deleted": "The item was deleted",
    "reactions_changed": "Somebody reacted",
    "escalated": "Escalated",
    "spam_marked": "Marked as spam",
    "thread_bound": "A thread joined",
    "conversations_unmerged": "The merge was taken apart",
}


def _step(one: e.Logged, wait: Wait, directory: Directory) -> WaitStep:
    return WaitStep(
        position=one.position,
        at=iso(one.at),
        type=e.name_of(one.event),
        actor_kind=one.actor.kind,
        actor_id=str(one.actor.id) if one.actor.id is not None and one.actor.kind != "contact" else None,
        actor=directory.name_of(one.actor) or ("The customer" if one.actor.kind == "contact" else ""),
        words=_words(one.event, wait, directory),
        values=_values(one.event, directory),
    )


def _values(event: e.AnyEvent, directory: Directory) -> dict[str, str]:
    match event:
        case e.WaitAnswered():
            return {"desk_ended_at": iso(event.ended_at), "customer_ended_at": iso(event.customer_ended_at)}
        case e.WaitDismissed(reason=reason) | e.WaitVoided(reason=reason) | e.WaitReopened(reason=reason):
            return {"reason": reason}
        case e.DeliveryChanged(state=state):
            return {"state": state}
        case e.AssigneeChanged(after=after):
            agent = directory.agents.get(after or 0)
            return {"name": agent.name} if agent is not None else {}
        case e.TeamChanged(after=after):
            team = directory.teams.get(after or 0)
            return {"name": team.name} if team is not None else {}
        case _:
            return {}


def _words(event: e.AnyEvent, wait: Wait, directory: Directory) -> str:
    match event:
        case e.WaitAnswered():
            return (
                f"Answered: the desk clock ends at {iso(event.ended_at)}, when it was let go, the customer's at "
                f"{iso(event.customer_ended_at)}, when it was accepted"
            )
        case e.WaitDismissed(reason=reason):
            return f"Ended without an answer ({reason or 'no reason given'}): kept out of answer times"
        case e.WaitVoided(reason=reason):
            return f"Nothing to answer any more ({reason})"
        case e.WaitReopened(reason=reason):
            return f"It goes on from its original start ({reason})"
        case e.DeliveryChanged(state=state):
            return f"The answer is {state}"
        case e.AssigneeChanged(after=after):
            agent = directory.agents.get(after or 0)
            return f"Held by {agent.name}" if agent is not None else "Held by nobody"
        case e.TeamChanged(after=after):
            team = directory.teams.get(after or 0)
            return f"With the team {team.name}" if team is not None else "With no team"
        case _:
            return _WORDS.get(e.name_of(event), e.name_of(event))
