"""Answer a customer: in the thread he wrote in, in private, by forward; held for a moment, scheduled, or at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import nh3
from msgspec import structs

from connectors import registry
from connectors.contract import Context
from connectors.errors import PlanRefused
from connectors.outbound import AnyOutbound, Blob, Part, SendMessage
from inbox.clock import DAY, MINUTE
from inbox.commands.consent import require_consent
from inbox.commands.on_conversation import OnConversation, attached
from inbox.domain import approving, sending, triage
from inbox.domain import events as e
from inbox.domain.channel_health import parted
from inbox.domain.desk_rules import APPROVERS, needs_approval, require_closable
from inbox.domain.permissions import Action, Principal
from inbox.domain.records import Channel, Conversation, Media, Message, Thread
from inbox.domain.sending import Answer, Author
from inbox.domain.state import Needs, State
from inbox.errors import Conflict, Forbidden, Invalid
from inbox.eventlog.directory import Directory
from inbox.storage import threads
from inbox.storage.database import Database, Query

ContextOf = Callable[[int], Awaitable[Context]]
"""Channel id → what its connector may know of the world now."""
MAX_HOLD_SECONDS = 3600
_FARTHEST = 366 * DAY
_LATEST = MINUTE
"""How late an answer may be asked for at a time of its own: clocks differ, and a request takes its time."""


class NewerItems(Conflict):
    """Something came in between; `messages` are what the agent has not seen. Look, then send with `force`."""

    default_code = "newer_items"

    def __init__(self, messages: list[Message], position: int) -> None:
        super().__init__(
            f"{len(messages)} newer items in this thread: look at them, then send again with force",
            items=[str(m.id) for m in messages],
            position=position,
        )
        self.messages = messages


class Reply(OnConversation):
    """Let an answer go. The result is the message's id.

    Raises NewerItems, Invalid (`thread_required`, and what the connector's plan refuses: `too_long`, `window_closed`,
    `attachment_type`, `attachment_size`, `not_supported`…; `channel_down`) and Forbidden, before anything is queued.
    """

    action: ClassVar[Action] = "reply"

    def __init__(
        self, principal: Principal, conversation_id: int, answer: Answer, *, directory: Directory,
        contexts: Mapping[int, Context], as_agent_id: int | None = None, then_close: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(principal, conversation_id)
        self.answer = structs.replace(answer, html=nh3.clean(answer.html)) if answer.html else answer
        self.directory = directory
        self.contexts = contexts
        self.author = author_of(principal, directory, as_agent_id)
        self.then_close = then_close
        self.alone = answer.template is not None

    def needs(self, needs: Needs) -> None:
        """The conversation, what it says, and what came since the agent looked."""
        super().needs(needs)
        answer = self.answer
        seen = answer.seen_position
        known = needs.answering.get(self.conversation_id, seen)
        # Two answers in one batch: the later look includes the earlier one's.
        needs.answering[self.conversation_id] = None if seen is None or known is None else max(seen, known)
        if seen is not None and not answer.force:
            needs.newer[self.conversation_id] = min(seen, needs.newer.get(self.conversation_id, seen))
        needs.media.update(answer.attachments)
        needs.messages.update(answer.covers)
        if answer.in_reply_to is not None:
            needs.messages.add(answer.in_reply_to)
            needs.contents.add(answer.in_reply_to)

    def run(self, state: State) -> Query[Any]:
        """A template reaches people who did not write lately: not those who opted out. An answer within the window is
        one to somebody who writes.
        """
        conversation = state.conversations.get(self.conversation_id)
        if self.answer.template is not None and conversation is not None:
            thread = sending.thread_for(state, conversation, self.answer)
            if thread.window_closes_at is None or thread.window_closes_at <= state.now:
                channel = self.directory.channels[thread.channel_id]
                yield from require_consent(conversation.contact_id, channel)
        return self.decide(state)

    def act(self, state: State, conversation: Conversation) -> int:
        """Refuse in words, or send."""
        answer = self.answer
        thread = sending.thread_for(state, conversation, answer)
        answered = sending.answered_item(state, thread, answer)
        if answer.seen_position is not None and not answer.force:
            newer = sending.newer_items(state, thread, answered, answer.seen_position)
            if newer:
                raise NewerItems(newer, state.workspace.position)
        message = let_go(
            state, conversation, thread, answered, answer, self.author, self.directory, self.contexts,
            attached(state, conversation, answer.attachments),
        )  # fmt: skip
        if self.then_close:
            require_closable(self.directory.desk.rules, conversation)
            triage.close(state, conversation, self.author.actor)
        return message.id


async def contexts_of(database: Database, context_of: ContextOf, conversation_id: int) -> dict[int, Context]:
    """What the connectors of a conversation's channels need in order to plan."""
    channels = await database.read(threads.channels_of, conversation_id)
    return {channel: await context_of(channel) for channel in channels}


def author_of(principal: Principal, directory: Directory, as_agent_id: int | None) -> Author:
    """In whose name it goes. A token may use the name of agents it acts for; without, it is an automatic answer."""
    own = principal.agent_id
    if as_agent_id is None or as_agent_id == own:
        return Author(principal.actor, principal.name)
    if own is not None or as_agent_id not in principal.acts_as:
        raise Forbidden(f"{principal.name} may not answer in the name of agent {as_agent_id}", code="acts_as")
    agent = directory.agents.get(as_agent_id)
    if agent is None or not agent.active:
        raise Invalid(f"as_agent_id {as_agent_id}: there is no such active agent", code="acts_as")
    return Author(e.Actor("agent", agent.id), agent.name)


def let_go(
    state: State, conversation: Conversation, thread: Thread, answered: Message | None, answer: Answer, author: Author,
    directory: Directory, contexts: Mapping[int, Context], files: Sequence[tuple[Media, str]],
) -> Message:  # fmt: skip
    """Have it planned and write it. Raises Invalid with what the network would refuse."""
    parts = parts_for(state, thread, answered, answer, author, directory, contexts, files)
    writer = directory.agents.get(author.actor.id or 0) if author.is_person else None
    if needs_approval(directory.desk.rules, writer, thread.channel_id, thread.kind, conversation.rating):
        answer = structs.replace(answer, approval=True)
    message = sending.send(state, conversation, thread, answered, answer, author, parts, files)
    if answer.approval:
        approving.ask(state, conversation, message, approvers_of(directory, conversation), author.actor)
    return message


def approvers_of(directory: Directory, conversation: Conversation) -> list[int]:
    """Whoever may say yes, and sees the conversation."""
    return [
        agent.id
        for agent in directory.agents.values()
        if agent.active
        and agent.role in APPROVERS
        and directory.scope_of(agent).covers(conversation.channel_id, conversation.team_id)
    ]


def parts_for(
    state: State, thread: Thread, answered: Message | None, answer: Answer, author: Author, directory: Directory,
    contexts: Mapping[int, Context], files: Sequence[tuple[Media, str]],
) -> list[Part]:  # fmt: skip
    """What the network is to be asked for an answer; nothing is written. Raises Invalid with what it would refuse."""
    _require_times(answer, state.now)
    blobs = tuple(_blob(media, kind) for media, kind in files)
    action = sending.action_of(state, thread, answered, answer, author, blobs)
    parts = _planned_for(action, thread, directory, contexts, at=max(answer.send_at or 0, state.now), now=state.now)
    if not parts:
        raise Invalid(f"{thread.network} has nothing to send for this", code="empty")
    return parts


def _planned_for(
    action: AnyOutbound, thread: Thread, directory: Directory, contexts: Mapping[int, Context], *, at: int, now: int
) -> list[Part]:
    """What is planned for an instant (µs) that may lie ahead. A window that closes until then has not closed yet, and
    the connector's words speak of what is over.
    """
    try:
        return planned(action, thread, directory, contexts, at=at)
    except Invalid as refused:
        if refused.code != "window_closed" or at <= now:
            raise
        planned(action, thread, directory, contexts, at=now)  # closed already: in the connector's words
        detail = "By the time this is to leave, the reply window will have closed. Choose an earlier time."
        raise Invalid(detail, code="window_closed") from refused


def planned(
    action: AnyOutbound, thread: Thread, directory: Directory, contexts: Mapping[int, Context], *, at: int
) -> list[Part]:
    """What the connector makes of an action that leaves at `at`. Raises Invalid in its words, or `channel_down`."""
    channel = directory.channels.get(thread.channel_id)
    context = contexts.get(thread.channel_id)
    if channel is None or context is None or not channel.active:
        raise Invalid(f"the channel of thread {thread.id} is no longer connected", code="channel_down")
    if channel.health == "needs_attention":
        raise Invalid(_down(channel), code="channel_down")
    capability = registry.manifest(thread.network).kinds.get(thread.kind)  # type: ignore[call-overload]
    name = str(action.__struct_config__.tag)
    if capability is None or name not in capability.actions:
        raise Invalid(f"{channel.name} cannot {name!r} in a {thread.kind} thread", code="not_supported")
    if isinstance(action, SendMessage) and capability.options is None and (action.options or action.asks_location):
        raise Invalid(f"{channel.name} has no options to pick from: write them into the text", code="not_supported")
    try:
        return registry.connector(thread.network).plan(action, replace(context, now=at))
    except PlanRefused as refused:
        limits = {"limit": refused.limit, "actual": refused.actual, "unit": refused.unit}
        said = {name: value for name, value in limits.items() if value is not None}
        raise Invalid(refused.detail, code=refused.code, **said) from refused


def _down(channel: Channel) -> str:
    _, reason = parted(channel.health_reason)
    why = f" ({reason})" if reason else ""
    return f"{channel.name} needs an admin before anything can be sent{why}"


def _blob(media: Media, kind: str) -> Blob:
    assert media.sha256 is not None
    return Blob(
        sha256=media.sha256,
        mime=media.mime,
        size_bytes=media.size_bytes or 0,
        name=media.name,
        kind=kind,  # type: ignore[arg-type]
    )


def _require_times(answer: Answer, now: int) -> None:
    if answer.send_at is not None and answer.send_at > now + _FARTHEST:
        raise Invalid("send_at lies more than a year ahead", code="send_at")
    if answer.send_at is not None and answer.send_at < now - _LATEST:
        detail = "send_at lies in the past: take a later time, or leave it out to send now"
        raise Invalid(detail, code="send_at")
    if answer.hold_seconds is not None and not 0 <= answer.hold_seconds <= MAX_HOLD_SECONDS:
        raise Invalid(f"hold_seconds goes from 0 to {MAX_HOLD_SECONDS}", code="hold_seconds")
