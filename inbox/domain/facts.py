"""What reports count, derived from the events of the log and nothing else: waits with who held them when, episodes, and
deeds (docs/metrics.md).

`inbox.reports.reader` keeps these rows, `inbox metrics verify` derives them again, and `explain` shows the same
derivation step by step: a number and its explanation cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import msgspec

from inbox.clock import MINUTE
from inbox.domain import events as e
from inbox.domain.calendar import OpenHours, open_time
from inbox.domain.fact_records import OPEN, Deed, WaitFact, WaitStretch
from inbox.domain.records import Conversation, Thread, Wait

_target = msgspec.json.Decoder(e.Target).decode
_QUARTER = 15 * MINUTE
"""Every time zone's midnight falls on a quarter of an hour."""
Part = Literal["queue", "team", "person", "approval", "over"]
CalendarOf = Callable[[int, int], OpenHours | None]
"""(channel, team or 0) → the calendar that holds there; None: always open."""


# --- the story of a wait


OF_WAITS = (e.WaitOpened, e.WaitAnswered, e.WaitAcknowledged, e.WaitDismissed, e.WaitVoided, e.WaitReopened)
_ENDS = (e.WaitAnswered, e.WaitDismissed, e.WaitVoided)
ACTS = (
    e.MessageSent, e.AssigneeChanged, e.TeamChanged, e.TagAdded, e.TagRemoved, e.MessageHidden, e.MessageDeleted,
    e.ReactionsChanged, e.Escalated, e.ConversationClosed, e.SpamMarked, e.WaitDismissed,
)  # fmt: skip
"""What counts as an action when a person does it, and what a machine may have said first."""
_MOVES = (e.ConversationsMerged, e.ConversationsUnmerged, e.ThreadsLeft, e.ThreadBound)
STORY_TYPES = tuple(
    sorted(
        e.name_of(kind)  # type: ignore[arg-type]
        for kind in {*OF_WAITS, *ACTS, *_MOVES, e.ApprovalAsked, e.ApprovalEnded}
    )
)
"""Names of the events that a story is made of."""


def moved_to(event: e.AnyEvent, thread_id: int) -> int | None:
    """The conversation into which an event of another takes this thread; None when it stays."""
    if isinstance(event, e.ConversationsMerged) and thread_id in event.thread_ids:
        return event.into_id
    if isinstance(event, e.ThreadsLeft) and thread_id in event.thread_ids:
        return event.to_id
    return None


class Holder(msgspec.Struct, frozen=True):
    """Who holds a wait; 0 for nobody. `over`: it counts as ended; `approval`: its answer waits for somebody's yes."""

    team_id: int = 0
    owner_id: int = 0
    over: bool = False
    approval: bool = False

    @property
    def part(self) -> Part:
        """What the time is called that passes now."""
        if self.over:
            return "over"
        if self.approval:
            return "approval"
        return "person" if self.owner_id else "team" if self.team_id else "queue"


class Stretch(msgspec.Struct, frozen=True):
    """A span of time and who held the wait in it. `position`: of the event that began it."""

    began_at: int
    ended_at: int
    holder: Holder
    position: int


def stretches_of(wait: Wait, story: Sequence[e.Logged]) -> list[Stretch]:
    """Who held a wait from its start to its end, without gaps. `story`: its events in order, `wait_opened` first."""
    end = OPEN if wait.ended_at is None else wait.ended_at
    marks = sorted((mark for mark in _marks(wait, story) if mark[0] <= end), key=lambda mark: mark[0])
    found: list[Stretch] = []
    since, holder, position = wait.opened_at, Holder(), wait.position
    for at, where, change in marks:
        now = max(at, wait.opened_at)
        if now > since and change != holder:
            found.append(Stretch(since, now, holder, position))
            since = now
        if change != holder:
            holder, position = change, where
    return [*found, Stretch(since, end, holder, position)]


_Mark = tuple[int, int, Holder]


def _marks(wait: Wait, story: Sequence[e.Logged]) -> Iterator[_Mark]:
    """(instant, position, holder from then on) of each change."""
    changes, overs = _changes(wait, story)

    def then(holder: Holder, at: int) -> Holder:
        # What is refused may have been let go before a dismissal that was taken back since: one over within another.
        return msgspec.structs.replace(holder, over=any(since <= at < until for since, until, _ in overs))

    for at, position, holder in changes:
        yield at, position, then(holder, at)
    for since, until, position in overs:
        yield since, position, then(_held(changes, since), since)
        yield until, position, then(_held(changes, until), until)


def _changes(wait: Wait, story: Sequence[e.Logged]) -> tuple[list[_Mark], list[tuple[int, int, int]]]:
    """Who held it from when on, and the times (since, until, position) in which it was taken for ended. An answer ends
    it when it was let go, which is before the log says so: what changed meanwhile changed while it was taken for ended.
    """
    over_since: int | None = None
    holder = Holder()
    held_back: set[int] = set()
    changes: list[_Mark] = []
    after_end: list[_Mark] = []
    overs: list[tuple[int, int, int]] = []
    for one in story:
        event = one.event
        if isinstance(event, e.ApprovalAsked):
            held_back.add(event.message_id)
        elif isinstance(event, e.ApprovalEnded):
            held_back.discard(event.message_id)
        if isinstance(event, _ENDS) and event.wait_id == wait.id:
            over_since = event.ended_at
            continue
        if isinstance(event, e.WaitReopened) and event.wait_id == wait.id and over_since is not None:
            overs.append((over_since, one.at, one.position))
            changes += after_end  # who took it while it counted as over holds it when it goes on
            after_end, over_since = [], None
            continue
        now = Holder(one.audience.team_id or 0, one.audience.assignee_id or 0, approval=bool(held_back))
        if now != holder or one.position == wait.position:
            holder = now
            at = wait.opened_at if one.position == wait.position else one.at
            (changes if over_since is None else after_end).append((at, one.position, holder))
    return changes, overs


def _held(changes: Sequence[_Mark], at: int) -> Holder:
    return next((holder for since, _, holder in reversed(changes) if since <= at), changes[0][2])


def holder_at(stretches: Sequence[Stretch], at: int) -> Holder:
    """Who held it at an instant; at the end of a stretch, who held it in that stretch."""
    for stretch in stretches:
        if at <= stretch.ended_at:
            return stretch.holder
    return stretches[-1].holder


class Told(msgspec.Struct, frozen=True):
    """A wait's rows."""

    fact: WaitFact
    stretches: list[WaitStretch]


def told(
    wait: Wait,
    story: Sequence[e.Logged],
    conversation: Conversation,
    thread: Thread,
    episode: int,
    calendar: CalendarOf,
) -> Told:
    """The rows of a wait. `episode`: of its home, when it opened. `response` is decided among its siblings."""
    spans = stretches_of(wait, story)
    end = spans[-1].ended_at
    last = next((s.holder for s in reversed(spans) if not s.holder.over), spans[-1].holder)
    parts = dict.fromkeys(("queue", "team", "person", "approval", "over"), 0)
    rows = []
    for span in spans:
        closed = 0 if span.ended_at == OPEN else span.ended_at - span.began_at
        parts[span.holder.part] += closed
        hours = calendar(thread.channel_id, span.holder.team_id)
        worked = open_time(hours, span.began_at, span.ended_at) if closed else 0
        rows.append(_stretch(wait, span, thread, worked))
    desk_worked = sum(row.worked for row in rows)
    deadline = wait.deadline_at
    at_deadline = holder_at(spans, deadline) if deadline is not None and deadline < end else Holder()
    fact = WaitFact(
        ended_at=end,
        wait_id=wait.id,
        conversation_id=wait.conversation_id,
        home_id=e.conversation_of(story[0].event) or wait.conversation_id,
        channel_id=thread.channel_id,
        network=thread.network,
        kind=thread.kind,
        team_id=last.team_id,
        agent_id=(wait.ended_by_id or 0) if wait.end == "answered" and wait.ended_by_kind == "agent" else 0,
        owner_id=last.owner_id,
        **labels_of(conversation),
        post_id=wait.post_id or 0,
        end=wait.end,
        reason=wait.reason,
        ended_by=wait.ended_by_kind,
        response="next" if wait.end == "answered" else "",
        episode=episode,
        opened_at=wait.opened_at,
        customer_opened_at=wait.customer_opened_at,
        customer_ended_at=end if wait.customer_ended_at is None else wait.customer_ended_at,
        acted_at=_acted_at(wait, story),
        automatic_at=_automatic_at(wait, story),
        acknowledged_at=wait.acknowledged_at,
        in_queue=parts["queue"],
        in_team=parts["team"],
        with_person=parts["person"],
        over=parts["over"],
        desk_worked=desk_worked,
        customer_worked=desk_worked + _beside(wait, spans, calendar, thread.channel_id),
        policy_id=wait.policy_id or 0,
        promised=_target(wait.target).kind if wait.target else "",
        deadline_at=deadline,
        late=int(is_late(wait)),
        late_team_id=at_deadline.team_id,
        late_owner_id=at_deadline.owner_id,
        reopened=wait.reopened,
        in_approval=parts["approval"],
    )
    return Told(fact, rows)


def labels_of(conversation: Conversation) -> dict[str, Any]:
    """What a fact has from its conversation as it is now."""
    return {
        "tags": f",{conversation.tags}," if conversation.tags else "",
        "campaign_id": conversation.campaign_id or 0,
        "language": conversation.language or "",
        "rating": conversation.rating or 0,
    }


def is_late(wait: Wait) -> bool:
    """Whether its deadline passed first. Of what a policy promised, the recorded breach decides. Of other deadlines the
    end does; an answer given in the network's own app counts at the network's time: that we heard of it late is
    nobody's fault here.
    """
    if wait.target:
        return wait.breached_at is not None
    if wait.deadline_at is None or wait.ended_at is None:
        return False
    by_network = wait.ended_by_kind == "outside" and wait.customer_ended_at is not None
    ended = wait.customer_ended_at if by_network else wait.ended_at
    return (ended or 0) > wait.deadline_at


def _stretch(wait: Wait, span: Stretch, thread: Thread, worked: int) -> WaitStretch:
    return WaitStretch(
        ended_at=span.ended_at,
        wait_id=wait.id,
        began_at=span.began_at,
        part=span.holder.part,
        team_id=span.holder.team_id,
        owner_id=span.holder.owner_id,
        channel_id=thread.channel_id,
        network=thread.network,
        kind=thread.kind,
        opened_at=wait.opened_at,
        wait_ended_at=OPEN if wait.ended_at is None else wait.ended_at,
        worked=worked,
    )


def _beside(wait: Wait, spans: Sequence[Stretch], calendar: CalendarOf, channel_id: int) -> int:
    """Business time that only the customer's clock counts: until we had the item, and until the answer was accepted.
    Below 0 where the answer was given outside and we heard of it late.
    """
    if wait.ended_at is None or wait.customer_ended_at is None:
        return 0
    first, last = (calendar(channel_id, span.holder.team_id) for span in (spans[0], spans[-1]))
    before = open_time(first, wait.customer_opened_at, min(wait.opened_at, wait.customer_ended_at))
    after = open_time(last, wait.ended_at, wait.customer_ended_at)
    heard_late = sum(
        open_time(calendar(channel_id, span.holder.team_id), max(span.began_at, wait.customer_ended_at), span.ended_at)
        for span in spans
    )
    return before + after - heard_late


def _acted_at(wait: Wait, story: Sequence[e.Logged]) -> int | None:
    """When a person first did something: replied, dismissed, tagged, hid, reacted, gave it to somebody else…"""
    for one in story[1:]:
        if wait.ended_at is not None and one.at > wait.ended_at and not _ended_by(one, wait):
            return None
        if one.actor.kind not in ("agent", "outside"):
            continue
        event = one.event
        if isinstance(event, e.WaitAnswered | e.WaitAcknowledged | e.WaitDismissed) and event.wait_id != wait.id:
            continue
        if isinstance(event, e.AssigneeChanged) and event.after == one.actor.id:
            continue  # taking it oneself is no action yet
        if isinstance(event, e.WaitAnswered):
            return event.ended_at
        if isinstance(event, ACTS):
            return one.at
    return None


def _ended_by(one: e.Logged, wait: Wait) -> bool:
    return isinstance(one.event, _ENDS) and one.event.wait_id == wait.id


def _automatic_at(wait: Wait, story: Sequence[e.Logged]) -> int | None:
    """When a machine answered first while somebody waited; what it says after the end concerns another wait."""
    ends = [one.position for one in story if _ended_by(one, wait)]
    over = ends[-1] if ends and wait.ended_at is not None else None
    for one in story:
        if over is not None and (one.position > over or one.at > (wait.ended_at or 0)):
            return None
        if isinstance(one.event, e.MessageSent) and one.actor.kind in ("rule", "token"):
            return one.at
    return None


# --- deeds


def restated(one: e.Logged, story: Sequence[e.Logged]) -> int | None:
    """The instant at which a wait was counted that this event counts anew, where a day may have ended since: the mark
    `restated` of that day.
    """
    event = one.event
    if isinstance(event, e.WaitAnswered):
        counted: int | None = event.ended_at
    elif isinstance(event, e.WaitReopened):
        before = [s.event for s in story if s.position < one.position and isinstance(s.event, _ENDS)]
        counted = next((x.ended_at for x in reversed(before) if x.wait_id == event.wait_id), None)
    else:
        return None
    return counted if counted is not None and counted // _QUARTER < one.at // _QUARTER else None


_PLAIN: dict[type[e.Event], str] = {
    e.NoteWritten: "noted",
    e.TagAdded: "tagged",
    e.TagRemoved: "untagged",
    e.AssigneeChanged: "assigned",
    e.TeamChanged: "given_to_team",
    e.Escalated: "escalated",
    e.EscalationEnded: "de_escalated",
    e.MessageHidden: "hidden",
    e.MessageShown: "shown",
    e.SpamMarked: "spam",
    e.SpamCleared: "no_spam",
    e.WaitOpened: "asked",
    e.WaitAnswered: "answered",
    e.WaitAcknowledged: "acknowledged",
    e.WaitVoided: "voided",
    e.ConversationReopened: "reopened",
}
_SENT = frozenset({"accepted", "delivered", "read"})


def deed_of(one: e.Logged) -> str | None:  # noqa: C901 - one arm for each kind
    """What reports call an event; None where they do not count it."""
    event, person = one.event, one.actor.kind in ("agent", "outside")
    match event:
        case e.MessageReceived(mark="history"):
            return None
        case e.MessageReceived():
            return "replied" if one.actor.kind == "outside" else "received"
        case e.DeliveryChanged(state="accepted", before=before) if before not in _SENT:
            return "replied" if person else "replied_automatically"
        case e.MessageEdited(by="author"):
            return "edited"
        case e.MessageDeleted(by=by):
            return "deleted" if by == "us" else "deleted_by_author"
        case e.ReactionsChanged():
            return "reacted" if one.actor.kind != "contact" else None
        case e.WaitDismissed(reason="no_question") if one.actor.kind == "system":
            return "unasked"
        case e.WaitDismissed(reason=reason):
            return "left_unanswered" if reason == "closed" else "dismissed"
        case e.WaitReopened(reason=reason):
            return "wrote_again" if reason == "wrote_again" else "went_on"
        case e.ConversationClosed(automatic=automatic):
            return "closed_automatically" if automatic or one.actor.kind not in ("agent", "token") else "closed"
        case _:
            return _PLAIN.get(type(event))


def deed(one: e.Logged, what: str, conversation: Conversation, thread: Thread | None, stars: int = 0) -> Deed:
    """The row of an event: channel and kind are the thread's where it names one, else the conversation's."""
    return Deed(
        at=one.at,
        position=one.position,
        what=what,
        by=one.actor.kind,
        agent_id=(one.actor.id or 0) if one.actor.kind == "agent" else 0,
        conversation_id=conversation.id,
        message_id=getattr(one.event, "message_id", 0) or 0,
        channel_id=thread.channel_id if thread is not None else conversation.channel_id,
        network=thread.network if thread is not None else conversation.network,
        kind=thread.kind if thread is not None else conversation.kind,
        team_id=one.audience.team_id or 0,
        owner_id=one.audience.assignee_id or 0,
        **labels_of(conversation),
        post_id=(thread.post_id or 0) if thread is not None else 0,
        stars=stars,
        after_at=0,
    )
