"""What would have fallen due for a rule that waits for a time, told from the log alone: since when each conversation
was what the rule waits for, and when that had lasted long enough.

The same clocks as those of rules that run (`triggers.clock_of`, `step`): begun and ended by events, looked at again
when the time has passed, asked once for each beginning. Who held it, and by which calendar its time counted, are as of
then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from inbox.automation.triggers import clock_of
from inbox.clock import SECOND
from inbox.domain import events as e
from inbox.domain.calendar import add_open_time
from inbox.domain.rules import OnTime
from inbox.domain.sla import Terms
from inbox.domain.surveys import Answered

_WAITS_END = (e.WaitAnswered, e.WaitDismissed, e.WaitVoided)
_STATUS: dict[type[e.Event], str] = {
    e.ConversationStarted: "open", e.ConversationReopened: "open", e.ConversationWoken: "open",
    e.ConversationSnoozed: "snoozed", e.ConversationClosed: "closed",
}  # fmt: skip
_TOLD: tuple[type[e.Event], ...] = (
    *_STATUS, *_WAITS_END, e.WaitOpened, e.WaitReopened, e.AssigneeChanged, e.TeamChanged, e.SpamMarked, e.SpamCleared,
    e.MessageReceived, e.MessageSent, e.ConversationsMerged, e.ConversationsUnmerged, e.ThreadBound, e.ThreadsLeft,
)  # fmt: skip
TYPES = tuple(str(one.__struct_config__.tag) for one in _TOLD)
"""Names of the events that are read."""


class Fell(NamedTuple):
    """A conversation had been so for long enough at an instant."""

    conversation_id: int
    at: int
    answered: Answered | None = None
    """What was answered to a survey at that instant, where that is what happened."""


class _Known(msgspec.Struct):
    """A conversation as the log has told it so far. `asked`: the beginning of which the rule was asked already."""

    channel_id: int
    team_id: int | None
    status: str = "open"
    assignee_id: int | None = None
    spam: bool = False
    merged: bool = False
    waits: dict[int, tuple[int, int]] = msgspec.field(default_factory=dict)
    """Open waits → (thread, since when)."""
    since: int | None = None
    looked_from: int = 0
    """When the clock was set going: before that nobody looked, even where its time had passed."""
    asked: int | None = None


class Lasting:
    """Told the events of the log in their order, says what fell due from an instant on. A conversation whose beginning
    the log no longer has is left out: what it was is not known.
    """

    def __init__(self, trigger: OnTime, terms: Terms, since: int) -> None:
        self._trigger = trigger
        self._terms = terms
        self._from = since
        self._known: dict[int, _Known] = {}
        self._waits: dict[int, tuple[int, int]] = {}
        """All waits that were → (thread, since when): one that ended may be taken up again."""
        self.fell: list[Fell] = []
        """What fell due and nobody has taken yet."""

    def take(self) -> list[Fell]:
        """What fell due since it was asked last, oldest first within a conversation."""
        taken, self.fell = self.fell, []
        return taken

    def tell(self, logged: Iterable[e.Logged]) -> None:
        """The next events."""
        for one in logged:
            conversation_id = e.conversation_of(one.event)
            if conversation_id is None:
                continue
            if isinstance(one.event, e.ConversationStarted):
                self._known[conversation_id] = _Known(one.audience.channel_id or 0, one.audience.team_id)
            known = self._known.get(conversation_id)
            if known is None:
                continue
            self._ring(conversation_id, known, one.at)
            self._changed(conversation_id, known, one)
            self._clock(known, one)

    def end(self, now: int) -> None:
        """Nothing more happened until now."""
        for conversation_id, known in self._known.items():
            self._ring(conversation_id, known, now)

    # -- clocks

    def _ring(self, conversation_id: int, known: _Known, until: int) -> None:
        """Look again where the time has passed before an instant."""
        since = known.since
        if since is None or since == known.asked:
            return
        calendar = None
        if self._trigger.hours == "business":
            calendar = self._terms.calendars.at(known.team_id, known.channel_id)
        at = add_open_time(calendar, since, self._trigger.seconds * SECOND)
        if at is None or at > until:
            return
        at = max(at, known.looked_from)
        if not self._is_so(known):
            known.since = None
            return
        known.asked = since
        if at >= self._from:
            self.fell.append(Fell(conversation_id, at))

    def _is_so(self, known: _Known) -> bool:
        if known.spam or known.merged:
            return False
        match self._trigger.what:
            case "waiting":
                return known.status == "open"
            case "unassigned":
                return known.status == "open" and known.assignee_id is None
            case "silent":
                return known.status == "open" and not known.waits
            case "snoozed":
                return known.status == "snoozed"
            case "open":
                return known.status != "closed"

    def _clock(self, known: _Known, one: e.Logged) -> None:
        begins = clock_of(one, self._trigger.what)
        if begins is None:
            return
        since: int | None = one.at
        if self._trigger.what == "waiting":
            since = min((opened_at for _, opened_at in known.waits.values()), default=None)
        known.since, known.looked_from = (since if begins else None), one.at

    # -- what is so

    def _changed(self, conversation_id: int, known: _Known, one: e.Logged) -> None:  # noqa: C901 - one arm for each event
        event = one.event
        status = _STATUS.get(type(event))
        if status is not None:
            known.status = status
        known.team_id = one.audience.team_id
        match event:
            case e.AssigneeChanged(after=after):
                known.assignee_id = after
            case e.SpamMarked():
                known.spam = True
            case e.SpamCleared():
                known.spam = False
            case e.WaitOpened():
                known.waits[event.wait_id] = self._waits[event.wait_id] = (event.thread_id, event.opened_at)
            case e.WaitReopened():
                if event.wait_id in self._waits:
                    known.waits[event.wait_id] = self._waits[event.wait_id]
            case e.WaitAnswered() | e.WaitDismissed() | e.WaitVoided():
                known.waits.pop(event.wait_id, None)
            case e.ConversationsMerged():
                self._moved(conversation_id, event.into_id, event.thread_ids)
                known.merged = True
            case e.ConversationsUnmerged():
                self._moved(event.from_id, conversation_id, event.thread_ids)
                known.merged = False
            case e.ThreadBound(from_id=int(from_id)):
                self._moved(from_id, conversation_id, (event.thread_id,))
            case e.ThreadsLeft():
                self._moved(conversation_id, event.to_id, event.thread_ids)

    def _moved(self, from_id: int, to_id: int, thread_ids: Iterable[int]) -> None:
        """Whoever waits in a thread goes with it."""
        here, there = self._known.get(from_id), self._known.get(to_id)
        if here is None or there is None or here is there:
            return
        gone = {wait_id: found for wait_id, found in here.waits.items() if found[0] in set(thread_ids)}
        there.waits |= gone
        here.waits = {wait_id: found for wait_id, found in here.waits.items() if wait_id not in gone}
