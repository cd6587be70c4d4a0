"""New, reopened, woken, closed: which conversation an item belongs to and what its arrival does to the status."""

from __future__ import annotations

from inbox.domain import events as e
from inbox.domain.records import Contact, Conversation, Message, Thread
from inbox.domain.state import ChannelFacts, State
from inbox.domain.surveys import SURVEY

ALWAYS_REOPENS = frozenset({"comment", "review", "mention"})
PREVIEW_CHARS = 160


def start(
    state: State, channel: ChannelFacts, thread: Thread, contact: Contact, *, at: int, subject: str = "",
    language: str | None = None, origin: str = "", linked_from: int | None = None, actor: e.Actor = e.SYSTEM,
) -> Conversation:  # fmt: skip
    """A new conversation that takes the thread; it belongs to the campaign of the thread's post."""
    post = state.posts.get(thread.post_id or 0)
    campaign_id = post.campaign_id if post is not None else None
    conversation = state.add(
        Conversation(
            id=state.next_id(),
            number=state.next_number(),
            status="open",
            priority="normal",
            subject=subject,
            contact_id=contact.id,
            channel_id=channel.id,
            network=channel.network,
            kind=thread.kind,
            audience=thread.audience,
            language=language,
            rating=None,
            assignee_id=None,
            team_id=channel.campaign_teams.get(campaign_id or 0, channel.team_id),
            tags="",
            preview="",
            preview_direction="in",
            message_count=0,
            participants_count=0,
            waiting_since=None,
            deadline_at=None,
            window_closes_at=thread.window_closes_at,
            last_activity_at=at,
            created_at=at,
            opened_at=at,
            closed_at=None,
            episode=1,
            snoozed_until=None,
            snooze_until_reply=0,
            spam=0,
            failed="",
            escalation="",
            origin=origin,
            campaign_id=campaign_id,
            external_refs="",
            linked_from=linked_from,
            merged_into=None,
            as_of=0,
        )
    )
    thread.conversation_id = conversation.id
    state.touch(thread)
    state.emit(
        e.ConversationStarted(
            conversation_id=conversation.id,
            number=conversation.number,
            thread_id=thread.id,
            contact_id=contact.id,
            linked_from=linked_from,
        ),
        actor,
    )
    return conversation


def for_item(
    state: State, channel: ChannelFacts, thread: Thread, contact: Contact, *, history: bool, answers_us: bool, at: int
) -> Conversation:
    """The conversation an arriving customer item goes to, reopened, woken or newly begun as need be. History changes no
    status.
    """
    conversation = state.conversations[thread.conversation_id]
    if history or conversation.spam or contact.blocked:
        return conversation
    if conversation.status == "snoozed":
        woken(state, conversation, "customer")
    elif conversation.status == "closed":
        # Who still waits there waits in this thread: an answer that is on its way when it was closed may fail yet.
        reopens = thread.kind in ALWAYS_REOPENS or answers_us or state.anybody_waits(conversation.id)
        age = state.now - (conversation.closed_at or state.now)
        wanted = channel.reopens.get(conversation.team_id or 0, "same")
        if not reopens and (wanted == "new" or age > channel.reopen_seconds * 1_000_000):
            return start(state, channel, thread, contact, at=at, linked_from=conversation.id)
        reopened(state, conversation, "customer")
        if wanted != "same" and conversation.assignee_id is not None:
            # A comment or review cannot begin a new conversation: there it is as if nobody was to own it.
            before = conversation.assignee_id
            state.emit(e.AssigneeChanged(conversation_id=conversation.id, before=before, reason="reopened"))
    return conversation


def reopened(state: State, conversation: Conversation, reason: str, actor: e.Actor = e.SYSTEM) -> None:
    """Open again, as a new episode. A survey that was to be put is not."""
    if state.terms.surveys:
        state.drop_timer(SURVEY, conversation.id)
    state.emit(
        e.ConversationReopened(
            conversation_id=conversation.id,
            episode=conversation.episode + 1,
            reason=reason,  # type: ignore[arg-type]
        ),
        actor,
    )


def woken(state: State, conversation: Conversation, reason: str, actor: e.Actor = e.SYSTEM) -> None:
    """A snooze is over."""
    state.drop_timer("snooze", conversation.id)
    state.emit(
        e.ConversationWoken(conversation_id=conversation.id, reason=reason),  # type: ignore[arg-type]
        actor,
    )


def show_newest(state: State, conversation: Conversation, message: Message, preview: str) -> None:
    """The list row shows the newest item's words."""
    conversation.preview = preview[:PREVIEW_CHARS]
    conversation.preview_direction = message.direction
    state.touch(conversation)


def joined(state: State, conversation: Conversation, identity_id: int) -> None:
    """Count a person who was not part of the conversation before."""
    pair = (conversation.id, identity_id)
    if pair in state.participants:
        return
    state.participants.add(pair)
    state.new_participants.append(pair)
    conversation.participants_count += 1
    state.touch(conversation)
