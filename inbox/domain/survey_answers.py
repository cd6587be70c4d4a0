"""What is decided when somebody answers a survey, and what its events do to the state (`domain.apply` asks here)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inbox.domain import events as e
from inbox.domain import surveys
from inbox.domain.event import Actor, Event
from inbox.domain.records import Conversation, Message, Thread
from inbox.domain.survey_events import SurveyAnswered, SurveySent
from inbox.domain.survey_records import SurveyAsk

if TYPE_CHECKING:
    from inbox.domain.state import State


def closed(state: State, conversation: Conversation, *, by_person: bool) -> None:
    """A conversation was closed: its survey becomes due when it has stayed closed for long enough."""
    due_at = surveys.due_after(state.terms.surveys, state.now, by_person=by_person)
    if due_at is not None:
        state.set_timer(surveys.SURVEY, conversation.id, due_at)


def taken(state: State, thread: Thread, text: str, at: int) -> tuple[SurveyAsk, int] | None:
    """The survey that a message in the thread answers, with the score; None where it is an ordinary message: the
    conversation was opened again since, or it says more than a score.
    """
    ask = state.asks.get(thread.survey_ask_id or 0)
    conversation = state.conversations.get(thread.conversation_id)
    if ask is None or conversation is None or conversation.spam or ask.conversation_id != conversation.id:
        return None
    if conversation.status != "closed" or conversation.episode != ask.episode:
        return None
    score = surveys.taken_in_thread(ask, text, at)
    return None if score is None else (ask, score)


def answer(
    state: State, ask: SurveyAsk, score: int, actor: Actor, *, message: Message | None = None,
    comment: str | None = None,
) -> bool:  # fmt: skip
    """Keep a score, and on the page the comment (None: as it was). False where it is so already."""
    words = ask.comment if comment is None else comment
    if ask.score == score and ask.comment == words:
        return False
    if ask.score is None and message is not None:
        state.set_timer(surveys.THANKS, ask.id, state.now)
    ask.comment = words
    state.touch(ask)
    state.emit(
        SurveyAnswered(
            conversation_id=ask.conversation_id,
            ask_id=ask.id,
            survey_id=ask.survey_id,
            scale=ask.scale,  # type: ignore[arg-type]
            score=score,
            was=ask.score,
            commented=bool(words),
            message_id=message.id if message is not None else None,
        ),
        actor,
    )
    return True


def answered_in_thread(state: State, ask: SurveyAsk, score: int, message: Message) -> None:
    """A customer's item gave the score."""
    answer(state, ask, score, e.Actor("contact", message.author_id), message=message)


# --- what the events do


def _sent(state: State, event: SurveySent, position: int, actor: Actor) -> None:
    thread = state.threads[event.thread_id]
    thread.survey_ask_id = event.ask_id
    state.touch(thread)


def _answered(state: State, event: SurveyAnswered, position: int, actor: Actor) -> None:
    ask = state.asks[event.ask_id]
    ask.score = event.score
    ask.answered_at = ask.answered_at or state.now
    ask.answered_by = "page" if event.message_id is None else "thread"
    state.touch(ask)


PROJECTIONS: dict[type[Event], Callable[[State, Any, int, Actor], None]] = {
    SurveySent: _sent,
    SurveyAnswered: _answered,
}
