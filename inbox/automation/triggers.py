"""What an event means for rules: which of their words it is, and which of their clocks it starts or stops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from inbox.domain import events as e
from inbox.domain.rules import EventWord, TimeWord
from inbox.domain.surveys import Answered

_FAILED = frozenset({"refused", "expired", "unknown"})


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """Something that may set off rules. `depth`: how many rules before it led here."""

    word: str
    conversation_id: int
    message_id: int | None = None
    tag_id: int | None = None
    position: int = 0
    depth: int = 0
    answered: Answered | None = None
    """What was answered to a survey, if that is what happened."""


def words_of(logged: e.Logged) -> Iterator[EventWord]:
    """What rules call an event; nothing where none can be set off by it."""
    match logged.event:
        case e.MessageReceived(mark=mark):
            if mark != "history" and logged.actor.kind == "contact":
                yield "message_received"
        case e.MessageEdited(by="author"):
            yield "message_edited"
            yield "rating_changed"
        case e.AssigneeChanged(after=after):
            yield "unassigned" if after is None else "assigned"
        case e.DeliveryChanged(state=state):
            # What the service says by itself is a survey: no answer, and nobody's to send again.
            if state in _FAILED and logged.actor.kind != "system":
                yield "answer_refused"
        case e.SurveyAnswered(score=score, was=was):
            # One word at most: who asks for both is set off once by a score that comes with words.
            yield "survey_answered" if score != was else "survey_commented"
        case other:
            word = _PLAIN.get(type(other))
            if word is not None:
                yield word


_PLAIN: dict[type[e.Event], EventWord] = {
    e.ConversationStarted: "conversation_started",
    e.ConversationReopened: "conversation_reopened",
    e.ConversationClosed: "conversation_closed",
    e.ConversationWoken: "snooze_ended",
    e.TagAdded: "tagged",
    e.TagRemoved: "untagged",
    e.TeamChanged: "team_changed",
    e.PriorityChanged: "priority_changed",
    e.CampaignChanged: "campaign_changed",
    e.Escalated: "escalated",
    e.TargetWarned: "target_warned",
    e.TargetBreached: "target_breached",
}

_OTHERS: dict[str, type[e.Event]] = {
    "message_received": e.MessageReceived,
    "message_edited": e.MessageEdited,
    "rating_changed": e.MessageEdited,
    "assigned": e.AssigneeChanged,
    "unassigned": e.AssigneeChanged,
    "answer_refused": e.DeliveryChanged,
    "survey_answered": e.SurveyAnswered,
    "survey_commented": e.SurveyAnswered,
}
_BY_WORD: dict[str, type[e.Event]] = {str(word): kind for kind, word in _PLAIN.items()} | _OTHERS


def types_of(words: Iterable[str], clocks: Iterable[TimeWord]) -> tuple[str, ...]:
    """Names of the events that rules have to be told, for these words and these clocks."""
    kinds = {_BY_WORD[word] for word in words}
    for what in clocks:
        kinds.update(_END_ALL, _CLOCKS[what])
    return tuple(sorted(str(kind.__struct_config__.tag) for kind in kinds))


def happened(logged: e.Logged, depth: int) -> Iterator[Happened]:
    """What may set off rules. Notifications, other rules' traces and what concerns no conversation do not."""
    conversation_id = e.conversation_of(logged.event)
    if conversation_id is None:
        return
    for word in words_of(logged):
        yield Happened(
            word=word, conversation_id=conversation_id, position=logged.position, depth=depth,
            message_id=_item_of(logged.event), tag_id=getattr(logged.event, "tag_id", None),
            answered=answered_by(logged.event),
        )  # fmt: skip


def _item_of(event: e.AnyEvent) -> int | None:
    """The customer's item that an event is about; None: the conversation's newest."""
    return event.message_id if isinstance(event, (e.MessageReceived, e.MessageEdited)) else None


def answered_by(event: e.AnyEvent) -> Answered | None:
    """What an event says that somebody answered to a survey."""
    if not isinstance(event, e.SurveyAnswered):
        return None
    return Answered(survey_id=event.survey_id, scale=event.scale, score=event.score, commented=event.commented)


def clock_of(logged: e.Logged, what: TimeWord) -> bool | None:
    """Whether an event begins (True) or ends (False) what a rule waits for; None: neither. Of `waiting` it only says
    that it may have changed (True): since when somebody waits stands on the conversation.
    """
    event, ours = logged.event, logged.actor.kind in ("agent", "outside")
    if isinstance(event, _END_ALL):
        return False
    match what:
        case "waiting":
            return True if isinstance(event, _WAITS) else None
        case "unassigned":
            begun = isinstance(event, e.ConversationStarted | e.ConversationReopened)
            changed = isinstance(event, e.AssigneeChanged)
            return True if begun else event.after is None if changed else None  # type: ignore[union-attr]
        case "silent":
            if isinstance(event, e.MessageSent):
                return True if ours else None
            return ours if isinstance(event, e.MessageReceived) and event.mark != "history" else None
        case "snoozed":
            begun = isinstance(event, e.ConversationSnoozed)
            return True if begun else False if isinstance(event, e.ConversationWoken) else None
        case "open":
            return True if isinstance(event, e.ConversationStarted | e.ConversationReopened) else None


_WAITS = (e.WaitOpened, e.WaitAnswered, e.WaitDismissed, e.WaitVoided, e.WaitReopened)
_END_ALL = (e.ConversationClosed, e.SpamMarked)
_CLOCKS: dict[TimeWord, tuple[type[e.Event], ...]] = {
    "waiting": _WAITS,
    "unassigned": (e.ConversationStarted, e.ConversationReopened, e.AssigneeChanged),
    "silent": (e.MessageSent, e.MessageReceived),
    "snoozed": (e.ConversationSnoozed, e.ConversationWoken),
    "open": (e.ConversationStarted, e.ConversationReopened),
}
"""What begins or ends each of them, beside what ends all."""
