"""Episodes as reports count them, folded from the events of conversations (docs/metrics.md)."""

from __future__ import annotations

from collections.abc import Iterable

from inbox.domain import events as e
from inbox.domain.calendar import open_time
from inbox.domain.fact_records import OPEN, EpisodeFact
from inbox.domain.facts import CalendarOf, labels_of
from inbox.domain.records import Conversation, Episode

_SET_ASIDE: dict[type[e.Event], str] = {e.ConversationsMerged: "merged", e.SpamMarked: "spam"}
_BACK: dict[type[e.Event], str] = {e.ConversationsUnmerged: "merged", e.SpamCleared: "spam"}
_HOLDS = (e.AssigneeChanged, e.TeamChanged)


class Episodes:
    """Folds the events of conversations into their episodes, newest last."""

    def __init__(self, known: Iterable[EpisodeFact], calendar: CalendarOf) -> None:
        self._of: dict[int, list[EpisodeFact]] = {}
        self._calendar = calendar
        self.touched: dict[tuple[int, int], EpisodeFact] = {}
        for fact in sorted(known, key=lambda one: one.number):
            self._of.setdefault(fact.conversation_id, []).append(fact)

    def apply(self, one: e.Logged, conversation: Conversation, post_id: int) -> str | None:
        """Take the next event. What it adds to the deeds: `started` with the first customer item of a conversation."""
        event = one.event
        known = self._of.setdefault(conversation.id, [])
        newest = known[-1] if known else None
        if isinstance(event, e.ConversationStarted | e.ConversationReopened):
            if newest is not None and isinstance(event, e.ConversationReopened):
                newest.again = event.reason
                self._touch(newest)
            known.append(_episode(one, len(known) + 1, conversation, post_id))
            self._touch(known[-1])
        elif newest is None:
            return None
        elif isinstance(event, e.MessageReceived) and one.actor.kind == "contact" and event.mark != "history":
            if newest.first_in_at is None:
                newest.first_in_at = one.at
                self._touch(newest)
                return "started" if newest.number == 1 else None
        elif isinstance(event, e.ConversationClosed):
            self._close(newest, one, automatic=event.automatic)
        elif isinstance(event, e.TargetBreached) and event.wait_id is None:
            newest.late_team_id, newest.late_owner_id = event.team_id or 0, event.assignee_id or 0
            self._touch(newest)
        elif newest.closed_at == OPEN:
            self._go_on(newest, one)
        elif newest.closed_by == _BACK.get(type(event)):
            newest.closed_at, newest.closed_by = OPEN, ""
            newest.team_id, newest.owner_id = _holder(one)
            self._touch(newest)
        return None

    def _go_on(self, fact: EpisodeFact, one: e.Logged) -> None:
        """Another holds it, or it is set aside: merged into another it cannot be closed, and spam is nobody's work."""
        aside = _SET_ASIDE.get(type(one.event))
        if aside is not None:
            fact.closed_at, fact.closed_by = max(one.at, fact.opened_at), aside
        elif isinstance(one.event, _HOLDS):
            fact.team_id, fact.owner_id = _holder(one)
        else:
            return
        self._touch(fact)

    def is_history(self, one: e.Logged) -> bool:
        """Whether a conversation was closed as it came: it was before the channel was connected."""
        event, known = one.event, self._of.get(e.conversation_of(one.event) or 0)
        if not known or not isinstance(event, e.ConversationClosed):
            return False
        # What closes later is a person or a rule, also where that is the next event of the log.
        unasked = known[-1].number == 1 and known[-1].first_in_at is None
        return unasked and event.automatic and one.actor.kind == "system"

    def _close(self, fact: EpisodeFact, one: e.Logged, *, automatic: bool) -> None:
        fact.closed_at = max(one.at, fact.opened_at)
        fact.team_id, fact.owner_id = _holder(one)
        fact.agent_id = (one.actor.id or 0) if one.actor.kind == "agent" else 0
        fact.closed_by = "automatic" if automatic else one.actor.kind
        if fact.first_in_at is not None:
            hours = self._calendar(fact.channel_id, fact.team_id)
            fact.worked = open_time(hours, fact.first_in_at, fact.closed_at)
        self._touch(fact)

    def promised(self, episode: Episode) -> None:
        """Take over what was promised for an episode, as it is stored."""
        for fact in self._of.get(episode.conversation_id, ()):
            due = (episode.policy_id or 0, episode.deadline_at, int(episode.breached_at is not None))
            if fact.number == episode.number and due != (fact.policy_id, fact.deadline_at, fact.late):
                fact.policy_id, fact.deadline_at, fact.late = due
                self._touch(fact)

    def _touch(self, fact: EpisodeFact) -> None:
        self.touched[fact.conversation_id, fact.number] = fact


def _holder(one: e.Logged) -> tuple[int, int]:
    """Team and person, as the event leaves them."""
    return one.audience.team_id or 0, one.audience.assignee_id or 0


def _episode(one: e.Logged, number: int, conversation: Conversation, post_id: int) -> EpisodeFact:
    return EpisodeFact(
        closed_at=OPEN,
        conversation_id=conversation.id,
        number=number,
        position=one.position,
        opened_at=one.at,
        first_in_at=None,
        channel_id=conversation.channel_id,
        network=conversation.network,
        kind=conversation.kind,
        team_id=one.audience.team_id or 0,
        agent_id=0,
        owner_id=one.audience.assignee_id or 0,
        **labels_of(conversation),
        post_id=post_id,
        closed_by="",
        again="",
        worked=0,
        policy_id=0,
        deadline_at=None,
        late=0,
    )
