"""Surveys are put, thanked for, and answered on their page.

Due surveys are timers: one clock of the house fires them, and the unit looks again under the lock. What speaks against
asking is not an error: nobody is asked, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog

from connectors import registry
from connectors.contract import Capability, Context
from inbox.clock import DAY, SECOND
from inbox.commands.reply import ContextOf, let_go
from inbox.domain import conditions, sending, survey_answers, surveys
from inbox.domain import events as e
from inbox.domain.records import Conversation, Episode, Message, Thread, Timer
from inbox.domain.sending import Answer, Author
from inbox.domain.state import Needs, State
from inbox.domain.survey_records import Survey, SurveyAsk
from inbox.domain.survey_words import words_of
from inbox.domain.surveys import SURVEY, THANKS, Wording
from inbox.errors import Conflict, InboxError, Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.load import items_of, rows_of
from inbox.eventlog.unit import Priority, Unit
from inbox.storage import people, rows, threads
from inbox.storage import surveys as stored
from inbox.storage.database import Database, Query

LinkOf = Callable[[int], str]
"""The id of an ask → the address of its page."""
TIMERS = frozenset({SURVEY, THANKS})
_AUTHOR = Author(e.SYSTEM, "")
_form = msgspec.json.Decoder(dict[str, Any]).decode
_log = structlog.get_logger(__name__)


class Asker:
    """Makes the units that fire surveys' timers: they need what connectors need in order to plan."""

    def __init__(self, database: Database, directory: Directory, context_of: ContextOf, link_of: LinkOf) -> None:
        self._database = database
        self._directory = directory
        self._context_of = context_of
        self._link_of = link_of

    async def unit(self, timer: Timer) -> Unit:
        """What fires this timer."""
        directory = await self._directory.fresh()
        if timer.kind == SURVEY:
            return AskDue(timer.ref, directory, await self._contexts(directory, timer.ref), self._link_of)
        ask = await self._database.read(rows.one, SurveyAsk, timer.ref)
        conversation_id = ask.conversation_id if ask is not None else 0
        contexts = await self._contexts(directory, conversation_id)
        return ThanksDue(timer.ref, conversation_id, directory, contexts, self._link_of)

    async def _contexts(self, directory: Directory, conversation_id: int) -> dict[int, Context]:
        """Of the channels that are still there: in others nobody is asked."""
        there = await self._database.read(threads.channels_of, conversation_id)
        return {one: await self._context_of(one) for one in there if one in directory.channels}


class Asking(Unit):
    """What putting a survey and thanking for an answer have in common."""

    priority = Priority.NETWORK
    alone = True

    def __init__(
        self, conversation_id: int, directory: Directory, contexts: Mapping[int, Context], link_of: LinkOf
    ) -> None:
        self.conversation_id = conversation_id
        self.directory = directory
        self.contexts = contexts
        self.link_of = link_of

    def needs(self, needs: Needs) -> None:
        """The conversation with its people and newest items."""
        needs.conversations.add(self.conversation_id)
        needs.answering[self.conversation_id] = None

    def say(self, state: State, conversation: Conversation, thread: Thread, answer: Answer) -> Message:
        """Let a message go that is nobody's answer. Raises Invalid with what the network would refuse."""
        answered = sending.answered_item(state, thread, answer)
        message = let_go(state, conversation, thread, answered, answer, _AUTHOR, self.directory, self.contexts, ())
        message.automatic = SURVEY
        return message


class AskDue(Asking):
    """Put the survey that is due after a close. The result is the ask; None where nobody is asked, or not yet.

    `at_once`: without its timer, whatever the survey says of when; for whoever tells a past.
    """

    def __init__(
        self, conversation_id: int, directory: Directory, contexts: Mapping[int, Context], link_of: LinkOf, *,
        at_once: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(conversation_id, directory, contexts, link_of)
        self.at_once = at_once

    def needs(self, needs: Needs) -> None:
        """The timer too."""
        super().needs(needs)
        needs.due.add((SURVEY, self.conversation_id))

    def run(self, state: State) -> Query[SurveyAsk | None]:
        """Look again under the lock, choose, and ask."""
        timer = state.timer(SURVEY, self.conversation_id)
        if not self.at_once and (timer is None or timer.due_at > state.now):
            return None
        state.drop_timer(SURVEY, self.conversation_id)
        conversation = state.conversations.get(self.conversation_id)
        thread = self._thread(state, conversation) if conversation is not None else None
        if conversation is None or thread is None:
            return None
        episode = yield from stored.closed_by(conversation.id, conversation.episode)
        survey = yield from self._survey(state, conversation, episode)
        if survey is None or not self._is_time(state, conversation, survey):
            return None
        if (yield from self._asked_lately(state, conversation, survey)):
            return None
        said = yield from people.consent_on(conversation.contact_id, thread.channel_id)
        if said is not None and said[0] == "withdrawn":
            return None
        return self._ask(state, conversation, thread, survey, episode)

    # -- whether

    def _thread(self, state: State, conversation: Conversation) -> Thread | None:
        """The private thread in which the person wrote last, if he can be asked there."""
        contact = state.contacts.get(conversation.contact_id)
        if conversation.status != "closed" or conversation.spam or conversation.merged_into is not None:
            return None
        if contact is None or contact.blocked or _went_on(state, conversation):
            return None
        private = [one for one in state.threads_of(conversation.id) if self._can_ask(state, conversation, one)]
        return max(private, key=lambda one: one.last_in_at or 0, default=None)

    def _can_ask(self, state: State, conversation: Conversation, thread: Thread) -> bool:
        identity = state.identities.get(thread.identity_id or 0)
        if thread.kind not in surveys.ASKED_KINDS or thread.audience != "private" or thread.closed:
            return False
        if identity is None or identity.contact_id != conversation.contact_id or not identity.reachable:
            return False
        written_at, capability = thread.last_in_at, _capability(thread)
        if written_at is None or state.now - written_at > surveys.STALE or capability is None:
            return False
        return "send" in capability.actions and surveys.within_window(capability, thread.window_closes_at, state.now)

    def _survey(self, state: State, conversation: Conversation, episode: Episode | None) -> Query[Survey | None]:
        """The first whose condition holds, of those that ask about such a close."""
        if episode is None or episode.closed_at is None:
            return None
        by_person = episode.closed_by_kind in ("agent", "token")
        for survey in surveys.in_order((yield from rows.every(Survey))):
            asks = surveys.asks_about(survey.since_at, bool(survey.after_rules), episode.closed_at, by_person=by_person)
            if not (asks or self.at_once):
                continue
            where = conditions.parse(_form(survey.condition) if survey.condition else None)
            if (yield from stored.is_put_in(conversation.id, where, state.now)):
                return survey
        return None

    def _is_time(self, state: State, conversation: Conversation, survey: Survey) -> bool:
        """Whether it has been closed for long enough; if not yet, the timer is set for then."""
        due_at = (conversation.closed_at or state.now) + survey.delay_seconds * SECOND
        if self.at_once:
            return True
        if due_at > state.now:
            state.set_timer(SURVEY, conversation.id, due_at)
            return False
        return state.now - due_at <= surveys.TOO_LATE

    def _asked_lately(self, state: State, conversation: Conversation, survey: Survey) -> Query[bool]:
        if (yield from stored.was_asked(conversation.id, conversation.episode)):
            return True
        last = yield from stored.last_asked(conversation.contact_id)
        return last is not None and state.now - last < survey.every_days * DAY

    # -- how

    def _ask(
        self, state: State, conversation: Conversation, thread: Thread, survey: Survey, episode: Episode | None
    ) -> SurveyAsk | None:
        contact = state.contacts[conversation.contact_id]
        texts = surveys.wordings_of(survey)
        wording = surveys.worded(texts, contact.language, conversation.language)
        ask_id = state.next_id()
        capability = _capability(thread)
        ways = (
            ["options", "link"] if capability is not None and surveys.can_pick(capability, survey.scale) else ["link"]
        )
        for way in ways:
            answer = self._question(thread, survey.scale, wording, way, ask_id)
            try:
                message = self.say(state, conversation, thread, answer)
            except InboxError as refused:
                _log.info("survey_not_put", conversation=conversation.id, way=way, reason=refused.detail)
                continue
            ask = state.add(_ask(state, ask_id, conversation, thread, survey, message, wording, way, episode))
            state.emit(
                e.SurveySent(
                    conversation_id=conversation.id, ask_id=ask.id, survey_id=survey.id,
                    scale=survey.scale,  # type: ignore[arg-type]
                    thread_id=thread.id, message_id=message.id,
                    way=way,  # type: ignore[arg-type]
                )
            )  # fmt: skip
            return ask
        return None

    def _question(self, thread: Thread, scale: str, wording: Wording, way: str, ask_id: int) -> Answer:
        words = words_of(wording.language)
        if way == "options":
            return _answer(thread, wording.question, options=surveys.options_of(scale), options_title=words.pick)
        return _answer(thread, f"{wording.question}\n{words.rate} {self.link_of(ask_id)}")


class ThanksDue(Asking):
    """Thank for an answer in the thread, with the way to the page, where words can be added. True when it was said."""

    def __init__(
        self, ask_id: int, conversation_id: int, directory: Directory, contexts: Mapping[int, Context], link_of: LinkOf
    ) -> None:
        super().__init__(conversation_id, directory, contexts, link_of)
        self.ask_id = ask_id

    def needs(self, needs: Needs) -> None:
        """The timer too."""
        super().needs(needs)
        needs.due.add((THANKS, self.ask_id))

    def run(self, state: State) -> Query[bool]:
        """Only while nothing else was said since: a conversation that goes on needs no thanks."""
        timer = state.timer(THANKS, self.ask_id)
        if timer is None or timer.due_at > state.now:
            return False
        state.drop_timer(THANKS, self.ask_id)
        ask = yield from rows.one(SurveyAsk, self.ask_id)
        conversation = state.conversations.get(self.conversation_id)
        thread = state.threads.get(ask.thread_id) if ask is not None else None
        if ask is None or conversation is None or thread is None or conversation.status != "closed":
            return False
        survey = yield from rows.one(Survey, ask.survey_id)
        said = surveys.worded(surveys.wordings_of(survey), ask.wording) if survey is not None else None
        words = words_of(ask.wording)
        thanks = said.thanks.strip() if said is not None and said.thanks.strip() else words.thanks
        try:
            self.say(state, conversation, thread, _answer(thread, f"{thanks}\n{words.more} {self.link_of(ask.id)}"))
        except InboxError as refused:
            _log.info("survey_not_thanked", ask=ask.id, reason=refused.detail)
            return False
        return True


class AnswerSurvey(Unit):
    """An answer on the page. Raises NotFound, Invalid (`score`), Conflict (`over`). True when it changed anything."""

    priority = Priority.PERSON
    alone = True

    def __init__(self, ask_id: int, score: int, comment: str) -> None:
        self.ask_id = ask_id
        self.score = score
        self.comment = surveys.plain_comment(comment)

    def run(self, state: State) -> Query[bool]:
        """Look, check, keep."""
        ask = yield from rows.one(SurveyAsk, self.ask_id)
        if ask is None:
            raise NotFound(f"there is no survey {self.ask_id}")
        if self.score not in surveys.RANGE[ask.scale]:
            first, last = surveys.RANGE[ask.scale][0], surveys.RANGE[ask.scale][-1]
            raise Invalid(f"the score goes from {first} to {last}", code="score")
        if not surveys.may_answer(ask, state.now):
            raise Conflict("this survey takes no more answers", code="over")
        state.load([ask])
        yield from rows_of(state, [ask.conversation_id])
        yield from items_of(state, [ask.message_id])
        question = state.messages.get(ask.message_id)
        if question is not None and question.erased:
            # Whoever was erased stays so: words that come by an old link would stand beside his score again.
            raise Conflict("this survey takes no more answers", code="over")
        contact_id = state.conversations[ask.conversation_id].contact_id
        return survey_answers.answer(state, ask, self.score, e.Actor("contact", contact_id), comment=self.comment)


def _capability(thread: Thread) -> Capability | None:
    return registry.manifest(thread.network).kinds.get(thread.kind)  # type: ignore[call-overload,no-any-return]


def _went_on(state: State, conversation: Conversation) -> bool:
    """Whether the person wrote, or one of us, since it was closed."""
    closed_at = conversation.closed_at or 0
    return any(
        message.conversation_id == conversation.id
        and message.received_at > closed_at
        and message.author_kind in ("contact", "agent", "outside")
        and message.direction != "note"
        and message.automatic != SURVEY
        for message in state.messages.values()
    )


def _answer(thread: Thread, text: str, **more: Any) -> Answer:
    return Answer(text=text, thread_id=thread.id, hold_seconds=0, ends_wait=False, quote=False, **more)


def _ask(
    state: State, ask_id: int, conversation: Conversation, thread: Thread, survey: Survey, message: Message,
    wording: Wording, way: str, episode: Episode | None,
) -> SurveyAsk:  # fmt: skip
    c = conversation
    by_agent = episode is not None and episode.closed_by_kind == "agent"
    return SurveyAsk(
        id=ask_id,
        survey_id=survey.id,
        scale=survey.scale,
        conversation_id=c.id,
        episode=c.episode,
        thread_id=thread.id,
        message_id=message.id,
        wording=wording.language,
        way=way,
        sent_at=state.now,
        channel_id=c.channel_id,
        network=c.network,
        kind=c.kind,
        team_id=c.team_id or 0,
        agent_id=(episode.closed_by_id or 0) if episode is not None and by_agent else 0,
        owner_id=c.assignee_id or 0,
        tags=f",{c.tags}," if c.tags else "",
        campaign_id=c.campaign_id or 0,
        post_id=thread.post_id or 0,
        language=c.language or "",
        rating=c.rating or 0,
    )
