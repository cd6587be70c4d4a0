"""What a rule did is taken back by a person, and what it hid is looked at again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

import msgspec
from msgspec.structs import replace

from connectors.contract import Context
from inbox.commands.on_conversation import OnConversation
from inbox.commands.reply import planned
from inbox.domain import events as e
from inbox.domain import items, moderating, releasing, sending, triage, wait
from inbox.domain.permissions import Action, Principal
from inbox.domain.records import Conversation
from inbox.domain.rule_records import RuleRun
from inbox.domain.rules import Deed, Undone, deeds_of
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, InboxError, NotFound
from inbox.eventlog.directory import Directory
from inbox.storage import rows, rules
from inbox.storage.database import Query

_json = msgspec.json.Encoder().encode
OTHERWISE = "it is no longer as the rule left it"
_FOR_GOOD = "this cannot be taken back"


class UndoRun(OnConversation):
    """Take back what a run did, each thing only where it still is as the rule left it. The result says of each what
    became of it. Raises NotFound, and Conflict (`undone`) when that was done before.

    `run` is the run as it was read: it names what is needed.
    """

    alone = True

    def __init__(
        self, principal: Principal, run: RuleRun, *, directory: Directory, contexts: Mapping[int, Context]
    ) -> None:  # fmt: skip
        super().__init__(principal, run.conversation_id)
        self.asked = run
        self.directory = directory
        self.contexts = contexts

    def needs(self, needs: Needs) -> None:
        """The conversation, the waits that ended in it, and the items that were hidden or sent."""
        super().needs(needs)
        needs.ended_waits.add(self.conversation_id)
        for deed in deeds_of(self.asked):
            if deed.do in ("hide", "reply", "out_of_hours"):
                needs.messages.update(deed.ids)
                needs.outbox_of.update(deed.ids)
                needs.authors_of.update(deed.ids)
            elif deed.do == "dismiss":
                needs.waits.update(deed.ids)

    def run(self, state: State) -> Query[RuleRun]:
        """Look again under the lock, then take back."""
        run = yield from rows.one(RuleRun, self.asked.id)
        if run is None:
            raise NotFound(f"there is no run {self.asked.id}")
        if run.undone_at is not None:
            raise Conflict(f"run {run.id} was undone already", code="undone")
        self.asked = run
        self.decide(state)
        outcomes = [self._undone(state, deed) for deed in reversed(deeds_of(run)) if not deed.refused]
        for message_id in self._hidden(outcomes):
            appeal = yield from rules.appeal_of(message_id)
            if appeal is not None and appeal.state == "open":
                yield from rules.put_appeal(
                    replace(
                        appeal, state="reverted", decided_by_kind=self.actor.kind, decided_by_id=self.actor.id,
                        decided_at=state.now,
                    )
                )  # fmt: skip
        event = e.RuleRunUndone(
            conversation_id=run.conversation_id, rule_id=run.rule_id, run_id=run.id,
            undone=tuple(one.do for one in outcomes if one.undone),
            kept=tuple(one.do for one in outcomes if not one.undone),
        )  # fmt: skip
        state.emit(event, self.actor)
        run = replace(
            run, undone_at=state.now, undone_by_kind=self.actor.kind, undone_by_id=self.actor.id,
            undo=_json(outcomes).decode(),
        )  # fmt: skip
        yield from rules.change_run(run)
        return run

    def act(self, state: State, conversation: Conversation) -> None:
        """Nothing before the run was looked at again."""

    def _hidden(self, outcomes: list[Undone]) -> tuple[int, ...]:
        if not any(one.do == "hide" and one.undone for one in outcomes):
            return ()
        return tuple(i for deed in deeds_of(self.asked) if deed.do == "hide" for i in deed.ids)

    def _undone(self, state: State, deed: Deed) -> Undone:
        if not deed.ids and deed.after is None:
            return Undone(do=deed.do, undone=False, why="nothing was changed")
        undo = _UNDOES.get(deed.do)
        if undo is None:
            return Undone(do=deed.do, undone=False, why=_FOR_GOOD)
        try:
            why = undo(self, state, state.conversations[self.conversation_id], deed)
        except InboxError as refused:
            why = refused.detail
        return Undone(do=deed.do, undone=not why, why=why)

    # Each returns why it left things as they are; empty when it took them back.

    def _tags(self, state: State, conversation: Conversation, deed: Deed) -> str:
        on = deed.do == "untag"
        mine = [one for one in deed.ids if (str(one) in conversation.tags.split(",")) != on]
        for tag_id in mine:
            if not on or tag_id in self.directory.tags:
                triage.tag(state, conversation, tag_id, on, self.actor)
        return "" if mine else OTHERWISE

    def _assigned(self, state: State, conversation: Conversation, deed: Deed) -> str:
        if [conversation.assignee_id] != deed.after:
            return OTHERWISE
        triage.assign(state, conversation, deed.before[0], self.actor)
        return ""

    def _given(self, state: State, conversation: Conversation, deed: Deed) -> str:
        if [conversation.team_id] != deed.after:
            return OTHERWISE
        triage.give_to_team(state, conversation, deed.before[0], self.actor)
        return ""

    def _prioritised(self, state: State, conversation: Conversation, deed: Deed) -> str:
        if [conversation.priority] != deed.after:
            return OTHERWISE
        triage.set_priority(state, conversation, deed.before[0], self.actor)
        return ""

    def _escalated(self, state: State, conversation: Conversation, deed: Deed) -> str:
        standing = msgspec.json.decode(conversation.escalation) if conversation.escalation else {}
        if [standing.get("at")] != deed.after:
            return OTHERWISE
        triage.de_escalate(state, conversation, self.actor)
        # Asking for somebody opened it again; with nothing to answer since, it is as closed as it was.
        was_closed = deed.before == ["closed"] and conversation.opened_at == self.asked.at
        if was_closed and conversation.status == "open" and not state.anybody_waits(conversation.id):
            triage.close(state, conversation, self.actor, automatic=True)
        return ""

    def _closed(self, state: State, conversation: Conversation, deed: Deed) -> str:
        if conversation.status != "closed" or conversation.closed_at != self.asked.at:
            return OTHERWISE
        triage.reopen(state, conversation, self.actor)
        return ""

    def _dismissed(self, state: State, conversation: Conversation, deed: Deed) -> str:
        ended = [
            one
            for one in (state.waits.get(wait_id) for wait_id in deed.ids)
            if one is not None and one.end == "dismissed" and one.ended_at == self.asked.at
        ]
        wait.taken_back(state, ended, self.actor)
        return "" if ended else OTHERWISE

    def _spam(self, state: State, conversation: Conversation, deed: Deed) -> str:
        if not conversation.spam:
            return OTHERWISE
        triage.clear_spam(state, conversation, self.actor)
        return ""

    def _hid(self, state: State, conversation: Conversation, deed: Deed) -> str:
        return unhide(state, deed.ids[0], self.asked.rule_id, self.actor, self.directory, self.contexts)

    def _sent(self, state: State, conversation: Conversation, deed: Deed) -> str:
        message = state.messages.get(deed.ids[0])
        if message is None or not releasing.cancelled(state, message, self.actor):
            return "it was sent already"
        return ""


_UNDOES: dict[str, Callable[[UndoRun, State, Conversation, Deed], str]] = {
    "tag": UndoRun._tags,
    "untag": UndoRun._tags,
    "assign": UndoRun._assigned,
    "team": UndoRun._given,
    "priority": UndoRun._prioritised,
    "escalate": UndoRun._escalated,
    "close": UndoRun._closed,
    "dismiss": UndoRun._dismissed,
    "spam": UndoRun._spam,
    "hide": UndoRun._hid,
    "reply": UndoRun._sent,
    "out_of_hours": UndoRun._sent,
}


def unhide(
    state: State, message_id: int, rule_id: int, actor: e.Actor, directory: Directory, contexts: Mapping[int, Context]
) -> str:  # fmt: skip
    """Have an item shown again that a rule hid. Why not, where it is otherwise now. One that the network has not hidden
    yet is not hidden at all.
    """
    message = state.messages.get(message_id)
    thread = state.threads.get((message.thread_id if message is not None else None) or 0)
    if message is None or thread is None or message.deleted_at is not None:
        return "it is gone"
    waiting = [
        part
        for part in state.outbox.values()
        if part.message_id == message_id and part.purpose == "action" and part.state == "waiting"
        and (part.actor_kind, part.actor_id) == ("rule", rule_id)
    ]  # fmt: skip
    for part in waiting:
        part.state, part.ended_at = "cancelled", state.now
        state.touch(part)
    if waiting:
        return ""
    done = items.moderation_of(message) if message.moderation else None
    if message.hidden_at is None or done is None or done.by != e.Actor("rule", rule_id):
        return OTHERWISE
    asked = moderating.action_for(state, thread, message, "unhide")
    parts = planned(asked, thread, directory, contexts, at=state.now)
    sending.queue_action(state, message, thread, parts, actor)
    moderating.done_here(state, message, thread)
    return ""


class DecideAppeal(OnConversation):
    """A person looked again at an item that a rule hid: it stays hidden (`confirmed`), or is shown again (`reverted`).
    Raises NotFound, and Conflict (`decided`, `otherwise`).
    """

    alone = True
    action: ClassVar[Action] = "moderate"

    def __init__(
        self, principal: Principal, conversation_id: int, message_id: int,
        outcome: Literal["confirmed", "reverted"], *, directory: Directory, contexts: Mapping[int, Context],
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id)
        self.message_id = message_id
        self.outcome = outcome
        self.directory = directory
        self.contexts = contexts

    def needs(self, needs: Needs) -> None:
        """The item with what was asked of the network for it."""
        super().needs(needs)
        needs.messages.add(self.message_id)
        needs.outbox_of.add(self.message_id)
        needs.authors_of.add(self.message_id)

    def act(self, state: State, conversation: Conversation) -> None:
        """Nothing before the appeal was looked at again."""

    def run(self, state: State) -> Query[None]:
        """Look again under the lock, then decide."""
        self.decide(state)
        appeal = yield from rules.appeal_of(self.message_id)
        if appeal is None:
            raise NotFound(f"no rule hid message {self.message_id}")
        if appeal.state != "open":
            raise Conflict(f"that message {self.message_id} is hidden was {appeal.state} already", code="decided")
        if self.outcome == "reverted":
            why = unhide(state, self.message_id, appeal.rule_id, self.actor, self.directory, self.contexts)
            if why:
                raise Conflict(f"message {self.message_id} cannot be shown again: {why}", code="otherwise")
        yield from rules.put_appeal(
            replace(
                appeal, state=self.outcome, decided_by_kind=self.actor.kind, decided_by_id=self.actor.id,
                decided_at=state.now,
            )
        )  # fmt: skip
        state.emit(
            e.AppealDecided(
                conversation_id=self.conversation_id, message_id=self.message_id, rule_id=appeal.rule_id,
                outcome=self.outcome,
            ),
            self.actor,
        )  # fmt: skip
