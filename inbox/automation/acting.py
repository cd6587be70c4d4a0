"""What each action does, in the words of the decisions that people's commands use. A refusal is kept, not raised: the
other actions go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from connectors.contract import Context
from inbox.automation.asking import inside_hours, next_opening
from inbox.clock import HOUR
from inbox.commands.on_conversation import require_colleague, require_team
from inbox.commands.reply import let_go, planned
from inbox.commands.triage import escalate_to
from inbox.domain import events as e
from inbox.domain import moderating, notes, sending, triage
from inbox.domain import rules as r
from inbox.domain.desk_rules import require_closable
from inbox.domain.records import Conversation, Message
from inbox.domain.rule_records import Appeal, Rule
from inbox.domain.rules import Deed
from inbox.domain.sending import Answer
from inbox.domain.state import State
from inbox.errors import InboxError, Invalid
from inbox.eventlog.directory import Directory
from inbox.storage import rules
from inbox.storage.database import Query

ANSWERS_AGAIN_AFTER = HOUR
"""The same rule does not answer the same person in the same thread sooner: two machines would talk for ever."""


class Doing(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a rule under the writer's lock."""

    state: State
    directory: Directory
    contexts: Mapping[int, Context]
    rule: Rule
    saying: r.RuleVersion
    run_id: int
    conversation: Conversation
    item: Message | None

    @property
    def actor(self) -> e.Actor:
        """The rule: whatever it does names it."""
        return e.Actor("rule", self.rule.id)


def act(doing: Doing, action: r.Action) -> Query[Deed]:
    """Do one thing, or say why not."""
    word = r.name_of(action)
    try:
        if isinstance(action, r.VISIBLE):
            _require_live(doing)
        return (yield from _ACTS[type(action)](doing, action))
    except InboxError as refused:
        return Deed(do=word, refused=refused.detail)


def _require_live(doing: Doing) -> None:
    item = doing.item
    if item is None:
        raise Invalid("there is no item of a customer to answer or hide")
    if item.mark == "history" or (item.mark == "late" and not doing.saying.also_late):
        raise Invalid("the item reached us late: what a customer sees is done only if the rule says also_late")


# --- labels and owners


def _tag(doing: Doing, action: Any) -> Query[Deed]:
    yield from ()
    on = isinstance(action, r.AddTags)
    changed = []
    for tag_id in action.tag_ids:
        if on and tag_id not in doing.directory.tags:
            raise Invalid(f"there is no tag {tag_id}: it was removed")
        if on != (str(tag_id) in doing.conversation.tags.split(",")):
            triage.tag(doing.state, doing.conversation, tag_id, on, doing.actor)
            changed.append(tag_id)
    return Deed(do=r.name_of(action), ids=tuple(changed))


def _assign(doing: Doing, action: r.Assign) -> Query[Deed]:
    yield from ()
    before = doing.conversation.assignee_id
    if action.agent_id is not None:
        require_colleague(doing.directory, action.agent_id, doing.conversation)
    triage.assign(doing.state, doing.conversation, action.agent_id, doing.actor)
    return _changed("assign", before, action.agent_id)


def _give(doing: Doing, action: r.GiveToTeam) -> Query[Deed]:
    yield from ()
    before = doing.conversation.team_id
    if action.team_id is not None:
        require_team(doing.directory, action.team_id)
    triage.give_to_team(doing.state, doing.conversation, action.team_id, doing.actor)
    return _changed("team", before, action.team_id)


def _priority(doing: Doing, action: r.SetPriority) -> Query[Deed]:
    yield from ()
    before = doing.conversation.priority
    triage.set_priority(doing.state, doing.conversation, action.to, doing.actor)
    return _changed("priority", before, action.to)


def _changed(do: str, before: Any, after: Any) -> Deed:
    return Deed(do=do) if before == after else Deed(do=do, before=[before], after=[after])


def _escalate(doing: Doing, action: r.Escalate) -> Query[Deed]:
    yield from ()
    if doing.conversation.escalation:
        return Deed(do="escalate")
    before = doing.conversation.status
    escalate_to(
        doing.state, doing.conversation, doing.directory, action.reason, action.agent_id, action.team_id, doing.actor
    )
    return Deed(do="escalate", before=[before], after=[doing.state.now])


def _note(doing: Doing, action: r.WriteNote) -> Query[Deed]:
    yield from ()
    note = notes.write(doing.state, doing.conversation, _filled(doing, action.text), doing.actor)
    return Deed(do="note", ids=(note.id,))


def _filled(doing: Doing, text: str) -> str:
    contact = doing.state.contacts.get(doing.conversation.contact_id)
    return r.filled(text, contact.name if contact is not None else "", doing.conversation.number)


# --- status and waits


def _close(doing: Doing, action: r.Close) -> Query[Deed]:
    yield from ()
    before = doing.conversation.status
    if before != "closed":
        require_closable(doing.directory.desk.rules, doing.conversation)
    triage.close(doing.state, doing.conversation, doing.actor, automatic=True)
    return _changed("close", before, "closed")


def _dismiss(doing: Doing, action: r.Dismiss) -> Query[Deed]:
    yield from ()
    running = tuple(one.id for one in doing.state.open_waits(doing.conversation.id))
    if running:
        triage.dismiss(doing.state, doing.conversation, running, "no_answer_needed", doing.actor)
    return Deed(do="dismiss", ids=running)


def _spam(doing: Doing, action: r.MarkSpam) -> Query[Deed]:
    yield from ()
    before = bool(doing.conversation.spam)
    triage.mark_spam(doing.state, doing.conversation, doing.actor)
    return _changed("spam", before, True)


# --- what a customer sees


def _hide(doing: Doing, action: r.Hide) -> Query[Deed]:
    state, item = doing.state, doing.item
    assert item is not None
    thread = state.threads.get(item.thread_id or 0)
    if thread is None:
        raise Invalid(f"message {item.id} is in no thread")
    known = yield from rules.appeal_of(item.id)
    if item.hidden_at is not None or (known is not None and known.state != "reverted"):
        return Deed(do="hide")
    asked = moderating.action_for(state, thread, item, "hide")
    parts = planned(asked, thread, doing.directory, doing.contexts, at=state.now)
    reason = f"{doing.rule.name}: {action.reason}" if action.reason else doing.rule.name
    sending.queue_action(state, item, thread, parts, doing.actor, reason)
    moderating.done_here(state, item, thread)
    yield from rules.put_appeal(
        Appeal(item.id, doing.conversation.id, doing.rule.id, doing.run_id, state.now, "open", "", None, None)
    )
    return Deed(do="hide", ids=(item.id,))


def _reply(doing: Doing, action: r.AutoReply) -> Query[Deed]:
    item = doing.item
    assert item is not None
    key = f"answered:{item.thread_id}:{item.identity_id or 0}"
    last = yield from rules.marked(doing.rule.id, key)
    if last is not None and doing.state.now - last < ANSWERS_AGAIN_AFTER:
        raise Invalid("this rule answered the same person here within the hour")
    message = _answer(doing, action.variants, private=action.private, hold_seconds=action.hold_seconds)
    yield from rules.mark(doing.rule.id, key, doing.state.now)
    return Deed(do="reply", ids=(message.id,))


def _out_of_hours(doing: Doing, action: r.OutOfHours) -> Query[Deed]:
    conversation, item, state = doing.conversation, doing.item, doing.state
    assert item is not None
    where = (conversation.team_id, conversation.channel_id, state.now)
    if inside_hours(state.terms, *where) is not False:
        return Deed(do="out_of_hours")
    key = f"closed:{item.thread_id}:{item.identity_id or 0}:{next_opening(state.terms, *where)}"
    if (yield from rules.marked(doing.rule.id, key)) is not None:
        return Deed(do="out_of_hours")
    message = _answer(doing, action.variants)
    yield from rules.mark(doing.rule.id, key, state.now)
    return Deed(do="out_of_hours", ids=(message.id,))


def _answer(
    doing: Doing, variants: tuple[r.Variant, ...], *, private: bool = False, hold_seconds: int = 0
) -> Message:  # fmt: skip
    """Answer the item in its thread. Raises Invalid with what speaks against it, in our words or the network's."""
    state, conversation, item = doing.state, doing.conversation, doing.item
    assert item is not None
    contact = state.contacts.get(conversation.contact_id)
    if conversation.spam or (contact is not None and contact.blocked):
        raise Invalid("spam and people who are blocked get no automatic answer")
    if item.automatic:
        raise Invalid(f"the item is automatic itself ({item.automatic}): machines are not answered")
    chosen = r.chosen(variants, conversation.language, doing.run_id)
    if chosen is None:
        raise Invalid("there is no text to answer with")
    answer = Answer(
        text=_filled(doing, chosen.text), thread_id=item.thread_id, in_reply_to=item.id, private=private,
        hold_seconds=hold_seconds, ends_wait=False,
    )  # fmt: skip
    thread = sending.thread_for(state, conversation, answer)
    author = sending.Author(doing.actor, doing.rule.name)
    return let_go(state, conversation, thread, item, answer, author, doing.directory, doing.contexts, ())


# --- telling others


def _webhook(doing: Doing, action: r.CallWebhook) -> Query[Deed]:
    yield from ()
    called = e.RuleCalled(
        conversation_id=doing.conversation.id, rule_id=doing.rule.id, run_id=doing.run_id, webhook_id=action.webhook_id
    )
    doing.state.emit(called, doing.actor)
    return Deed(do="webhook", ids=(action.webhook_id,))


def _notify(doing: Doing, action: r.Notify) -> Query[Deed]:
    yield from ()
    told = told_by(action, doing.directory, doing.conversation)
    if not told:
        raise Invalid("nobody of those who are to be told sees this conversation")
    words = _filled(doing, action.text)
    for agent_id in told:
        notes.notify(doing.state, agent_id, "rule", doing.conversation, doing.actor, words)
    return Deed(do="notify", ids=tuple(told))


def told_by(action: r.Notify, directory: Directory, conversation: Conversation | None) -> list[int]:
    """Those whom a notification is for: active, and with the conversation in sight where there is one."""
    asked = set(action.agent_ids) | directory.members.get(action.team_id or 0, set())
    return sorted(
        agent.id
        for agent in directory.agents.values()
        if agent.active
        and (agent.id in asked or (action.supervisors and agent.role == "supervisor"))
        and (
            conversation is None
            or directory.scope_of(agent).covers(conversation.channel_id, conversation.team_id)
        )
    )  # fmt: skip


_ACTS: dict[type, Callable[[Doing, Any], Query[Deed]]] = {
    r.AddTags: _tag,
    r.RemoveTags: _tag,
    r.Assign: _assign,
    r.GiveToTeam: _give,
    r.SetPriority: _priority,
    r.Escalate: _escalate,
    r.WriteNote: _note,
    r.Close: _close,
    r.Dismiss: _dismiss,
    r.MarkSpam: _spam,
    r.Hide: _hide,
    r.AutoReply: _reply,
    r.OutOfHours: _out_of_hours,
    r.CallWebhook: _webhook,
    r.Notify: _notify,
}
