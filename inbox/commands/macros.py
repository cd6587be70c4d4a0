"""Macros: made, changed, removed, and run: all their steps in one unit, by the same decisions as each alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from msgspec import structs

from connectors.contract import Context
from inbox.commands.bulk import Done
from inbox.commands.on_conversation import OnConversation, require_colleague, require_team
from inbox.commands.prepared import in_a_thread, words_for
from inbox.commands.reply import Reply, parts_for
from inbox.commands.versions import check_version, found
from inbox.domain import events as e
from inbox.domain import macros, notes, sending, taking_back, triage
from inbox.domain.desk_records import Bulk, Macro
from inbox.domain.desk_rules import require_closable
from inbox.domain.macros import Steps
from inbox.domain.permissions import Action, Principal, require
from inbox.domain.records import Conversation, Thread
from inbox.domain.sending import Answer
from inbox.domain.state import Needs, State
from inbox.errors import Forbidden, InboxError, Invalid, NotFound
from inbox.eventlog.directory import Directory
from inbox.eventlog.unit import Unit
from inbox.storage import rows
from inbox.storage.database import Query

_SECOND = 1_000_000


class PutMacro(Unit):
    """Make a macro (id None), or change one; on a change only what is given. One's own are everybody's to make who
    triages; those of a team or for all need `settings`.
    """

    alone = True

    def __init__(
        self, principal: Principal, macro_id: int | None, values: Mapping[str, Any], steps: Steps | None, *,
        directory: Directory, version: int | None = None,
    ) -> None:  # fmt: skip
        self.principal = principal
        self.macro_id = macro_id
        self.values = dict(values)
        self.directory = directory
        self.version = version
        if steps is not None:
            check_steps(steps, directory)
            self.values["steps"] = macros.written(steps)

    def run(self, state: State) -> Query[Macro]:
        """Check, and write."""
        if self.macro_id is None:
            macro = Macro(
                id=state.next_id(), owner_id=self.principal.agent_id, created_at=state.now, version=1, **self.values
            )
            may_change(self.principal, macro)
            yield from rows.add(macro)
        else:
            before = yield from found(Macro, self.macro_id)
            may_change(self.principal, before)
            check_version(before.version, self.version, f"the macro {before.name!r}")
            macro = structs.replace(before, version=before.version + 1, **self.values)
            may_change(self.principal, macro)
            yield from rows.change(macro)
        if macro.scope == "team" and macro.team_id not in self.directory.teams:
            raise Invalid("say for which team it is: team_id", code="team_id")
        state.emit(e.SettingChanged(object="macro", id=macro.id), self.principal.actor, audience=audience_of(macro))
        return macro


class RemoveMacro(Unit):
    """A macro is no more."""

    alone = True

    def __init__(self, principal: Principal, macro_id: int, version: int | None) -> None:
        self.principal = principal
        self.macro_id = macro_id
        self.version = version

    def run(self, state: State) -> Query[None]:
        """Delete it."""
        macro = yield from found(Macro, self.macro_id)
        may_change(self.principal, macro)
        check_version(macro.version, self.version, f"the macro {macro.name!r}")
        yield from rows.remove(Macro, macro.id)
        event = e.SettingChanged(object="macro", id=macro.id, removed=True)
        state.emit(event, self.principal.actor, audience=audience_of(macro))


def audience_of(macro: Macro) -> e.Audience:
    """Who is told of it: its owner, or everyone; that of a team is offered to the team alone."""
    return e.Audience(agent_id=macro.owner_id) if macro.scope == "mine" else e.EVERYONE


def may_change(principal: Principal, macro: Macro) -> None:
    """Raise NotFound for somebody else's own macro, Forbidden without the right to it."""
    if macro.scope != "mine":
        require(principal, "settings")
        return
    require(principal, "triage")
    if principal.agent_id is None:
        raise Forbidden("a token has no macros of its own: give it the scope team or all")
    if macro.owner_id != principal.agent_id:
        raise NotFound(f"you have no macro {macro.id}")


def check_steps(steps: Steps, directory: Directory) -> None:
    """Raise Invalid for steps that name what there is not, or that do nothing."""
    if steps == Steps():
        raise Invalid("a macro needs at least one step", code="steps")
    if steps.canned_id is not None and steps.canned_id not in directory.canned:
        raise Invalid(f"there is no canned answer {steps.canned_id}", code="canned_id")
    unknown = (set(steps.tags_on) | set(steps.tags_off)) - directory.tags.keys()
    if unknown:
        raise Invalid(f"there is no tag {min(unknown)}", code="tag")
    if isinstance(steps.team, int):
        require_team(directory, steps.team)
    if isinstance(steps.assignee, int) and steps.assignee not in directory.agents:
        raise Invalid(f"there is no agent {steps.assignee}", code="agent")
    if steps.snooze_seconds is not None and steps.status != "snoozed":
        raise Invalid("snooze_seconds goes with status snoozed", code="status")


def usable(principal: Principal, macro_id: int, directory: Directory) -> Macro:
    """The macro, if this person may use it. Raises NotFound."""
    macro = directory.desk.macros.get(macro_id)
    own = principal.agent_id
    teams = principal.scope.teams if own is not None else frozenset(directory.teams)
    if macro is None or not macros.is_seen_by(macro, own, teams):
        raise NotFound(f"there is no macro {macro_id}, or it is not one of yours")
    return macro


class Shown(msgspec.Struct, frozen=True):
    """How a macro would come out in a conversation."""

    thread: Thread | None
    text: str
    problem: InboxError | None
    """Why the answer would be refused."""


class RunMacro(OnConversation):
    """Carry out all steps of a macro; the result is what was done, with how to take it back. One that is refused
    leaves nothing done. `where`: thread, item and audience of the answer, and what the agent saw.
    """

    action: ClassVar[Action] = "triage"

    def __init__(
        self, principal: Principal, conversation_id: int, macro: Macro, *, directory: Directory,
        contexts: Mapping[int, Context], where: Answer | None = None, bulk: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id, bulk=bulk)
        self.steps = macros.steps_of(macro)
        self.directory = directory
        self.contexts = contexts
        self.in_bulk = bulk
        answer = structs.replace(where or Answer(), ends_wait=self.steps.ends_wait)
        if self.steps.answers:
            require(principal, "reply")
        self.reply = Reply(principal, conversation_id, answer, directory=directory, contexts=contexts)

    def needs(self, needs: Needs) -> None:
        """The conversation, and of an answer what any answer needs."""
        super().needs(needs)
        if self.steps.answers:
            self.reply.needs(needs)
        if self.steps.status == "open":
            needs.ended_waits.add(self.conversation_id)
            needs.answering.setdefault(self.conversation_id, None)

    def look(self, state: State) -> Shown:
        """How the answer would read, and whether it would be refused. Nothing is written."""
        conversation = state.conversations[self.conversation_id]
        if not self.steps.answers:
            return Shown(None, "", None)
        thread = None
        try:
            answer = in_a_thread(state, conversation, self.reply.answer)
            thread = sending.thread_for(state, conversation, answer)
            answered = sending.answered_item(state, thread, answer)
            text = self._words(state, conversation, thread, answer)
        except InboxError as problem:
            return Shown(thread, self.steps.reply, problem)
        try:
            said = structs.replace(answer, text=text)
            parts_for(state, thread, answered, said, self.reply.author, self.directory, self.contexts, ())
        except InboxError as problem:
            return Shown(thread, text, problem)
        return Shown(thread, text, None)

    def act(self, state: State, conversation: Conversation) -> Done:
        """Note, team, owner, tags, priority, answer, status."""
        before = taking_back.fields_of(conversation)
        self._label(state, conversation)
        message_id = self._answer(state, conversation) if self.steps.answers else None
        self._status(state, conversation)
        step = taking_back.Step(
            conversation_id=conversation.id, before=before, after=taking_back.fields_of(conversation),
            message_ids=() if message_id is None else (message_id,),
        )  # fmt: skip
        if self.in_bulk:
            return Done(step, message_id, None)
        kept = state.add(
            Bulk(state.next_id(), self.actor.kind, self.actor.id, state.now, taking_back.encode([step]).decode())
        )
        return Done(step, message_id, kept.id)

    def _label(self, state: State, conversation: Conversation) -> None:
        steps, actor = self.steps, self.actor
        note_id = notes.write(state, conversation, steps.note, actor).id if steps.note.strip() else None
        if steps.team is not None:
            team_id = None if steps.team == "none" else steps.team
            if team_id is not None:
                require_team(self.directory, team_id)
            triage.give_to_team(state, conversation, team_id, actor)
        if steps.assignee is not None:
            agent_id = self._owner(steps.assignee)
            if agent_id is not None:
                require_colleague(self.directory, agent_id, conversation)
            triage.assign(state, conversation, agent_id, actor, note_id)
        for on, tags in ((True, steps.tags_on), (False, steps.tags_off)):
            for tag_id in tags:
                if tag_id in self.directory.tags:
                    triage.tag(state, conversation, tag_id, on, actor)
        if steps.priority is not None:
            triage.set_priority(state, conversation, steps.priority, actor)

    def _owner(self, said: int | str) -> int | None:
        if said == "none":
            return None
        if said != "me":
            return int(said)
        if self.principal.agent_id is None:
            raise Invalid("a token is nobody: this macro gives the conversation to whoever runs it", code="assignee")
        return self.principal.agent_id

    def _answer(self, state: State, conversation: Conversation) -> int:
        answer = in_a_thread(state, conversation, self.reply.answer)
        thread = sending.thread_for(state, conversation, answer)
        self.reply.answer = structs.replace(answer, text=self._words(state, conversation, thread, answer))
        return self.reply.act(state, conversation)

    def _words(self, state: State, conversation: Conversation, thread: Thread, answer: Answer) -> str:
        canned = self.directory.canned.get(self.steps.canned_id or 0)
        if canned is None and not self.steps.reply.strip():
            raise Invalid("the prepared answer of this macro was removed: choose another one", code="canned_id")
        return words_for(
            state, conversation, thread, answer.private, self.steps.reply, canned,
            directory=self.directory, author=self.reply.author.name,
        )  # fmt: skip

    def _status(self, state: State, conversation: Conversation) -> None:
        match self.steps.status:
            case "open":
                triage.reopen(state, conversation, self.actor)
            case "closed" if conversation.status != "closed":
                require_closable(self.directory.desk.rules, conversation)
                triage.close(state, conversation, self.actor)
            case "snoozed":
                seconds = self.steps.snooze_seconds
                until = None if seconds is None else state.now + seconds * _SECOND
                triage.snooze(state, conversation, until, until is None, self.actor)
