"""The only projection: what each event does to the state. Replay and `metrics verify` use nothing else.

New records are added by the decision that emits the event (their words are no part of it); everything that follows from
an event, such as the status, the owner, the wait or the delivery state, is written here, or by the projections that
`_PROJECTIONS` brings together, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inbox.domain import desk_projection, escalating, survey_answers, wait_projection
from inbox.domain import events as e
from inbox.domain.reading import stored as reading
from inbox.domain.records import Conversation, Message
from inbox.domain.surveys import SURVEY
from inbox.domain.wait_projection import episode_of, refresh_waiting

if TYPE_CHECKING:
    from inbox.domain.state import State

Projection = Callable[["State", Any, int, e.Actor], None]
_PROJECTIONS: dict[type[e.Event], Projection] = {
    **desk_projection.PROJECTIONS,
    **escalating.PROJECTIONS,
    **reading.PROJECTIONS,
    **survey_answers.PROJECTIONS,
    **wait_projection.PROJECTIONS,
}


def _on(*kinds: type[e.Event]) -> Callable[[Projection], Projection]:
    def register(projection: Projection) -> Projection:
        for kind in kinds:
            _PROJECTIONS[kind] = projection
        return projection

    return register


def apply(state: State, event: e.AnyEvent, position: int, actor: e.Actor) -> None:
    """Change the state as the event says."""
    _PROJECTIONS[type(event)](state, event, position, actor)
    if isinstance(event, _SEEN_IN_CHAT):
        _count_in_chat(state, event)


# --- conversations


@_on(e.ConversationStarted)
def _started(state: State, event: e.ConversationStarted, position: int, actor: e.Actor) -> None:
    conversation = state.conversations[event.conversation_id]
    state.put_episode(episode_of(conversation))


@_on(e.ConversationReopened)
def _reopened(state: State, event: e.ConversationReopened, position: int, actor: e.Actor) -> None:
    conversation = state.conversations[event.conversation_id]
    conversation.status = "open"
    conversation.episode = event.episode
    conversation.opened_at = state.now
    conversation.closed_at = None
    state.put_episode(episode_of(conversation))


@_on(e.ConversationClosed)
def _closed(state: State, event: e.ConversationClosed, position: int, actor: e.Actor) -> None:
    conversation = state.conversations[event.conversation_id]
    conversation.status = "closed"
    conversation.closed_at = state.now
    conversation.snoozed_until = None
    conversation.snooze_until_reply = 0
    state.put_episode(episode_of(conversation, state.now, actor))
    conversation.resolution = ""


@_on(e.ConversationSnoozed)
def _snoozed(state: State, event: e.ConversationSnoozed, position: int, actor: e.Actor) -> None:
    conversation = state.conversations[event.conversation_id]
    conversation.status = "snoozed"
    conversation.snoozed_until = event.until
    conversation.snooze_until_reply = int(event.until_reply)


@_on(e.ConversationWoken)
def _woken(state: State, event: e.ConversationWoken, position: int, actor: e.Actor) -> None:
    conversation = state.conversations[event.conversation_id]
    conversation.status = "open"
    conversation.snoozed_until = None
    conversation.snooze_until_reply = 0


@_on(e.SpamMarked)
def _spam(state: State, event: e.SpamMarked, position: int, actor: e.Actor) -> None:
    conversation = state.conversations[event.conversation_id]
    conversation.spam = 1


@_on(e.SpamCleared)
def _no_spam(state: State, event: e.SpamCleared, position: int, actor: e.Actor) -> None:
    state.conversations[event.conversation_id].spam = 0


@_on(e.AssigneeChanged)
def _assignee(state: State, event: e.AssigneeChanged, position: int, actor: e.Actor) -> None:
    state.conversations[event.conversation_id].assignee_id = event.after


@_on(e.TeamChanged)
def _team(state: State, event: e.TeamChanged, position: int, actor: e.Actor) -> None:
    state.conversations[event.conversation_id].team_id = event.after


@_on(e.PriorityChanged)
def _priority(state: State, event: e.PriorityChanged, position: int, actor: e.Actor) -> None:
    state.conversations[event.conversation_id].priority = event.after


@_on(e.CampaignChanged)
def _campaign(state: State, event: e.CampaignChanged, position: int, actor: e.Actor) -> None:
    state.conversations[event.conversation_id].campaign_id = event.after


@_on(e.TagAdded, e.TagRemoved)
def _tag(state: State, event: e.TagAdded | e.TagRemoved, position: int, actor: e.Actor) -> None:
    conversation = state.conversations[event.conversation_id]
    tags = {int(t) for t in conversation.tags.split(",") if t}
    added = isinstance(event, e.TagAdded)
    tags = tags | {event.tag_id} if added else tags - {event.tag_id}
    conversation.tags = ",".join(str(t) for t in sorted(tags))
    state.tag_changes[event.tag_id, conversation.id] = added


@_on(e.ConversationsMerged)
def _merged(state: State, event: e.ConversationsMerged, position: int, actor: e.Actor) -> None:
    source = state.conversations[event.conversation_id]
    target = state.conversations[event.into_id]
    _move_threads(state, event.thread_ids, source.id, target.id)
    source.merged_into = target.id
    target.responded = max(target.responded, source.responded)
    _moved_between(state, source, target, position)


@_on(e.ConversationsUnmerged)
def _unmerged(state: State, event: e.ConversationsUnmerged, position: int, actor: e.Actor) -> None:
    back = state.conversations[event.conversation_id]
    source = state.conversations[event.from_id]
    _move_threads(state, event.thread_ids, source.id, back.id)
    back.merged_into = None
    _moved_between(state, back, source, position)


def _moved_between(state: State, own: Conversation, other: Conversation, position: int) -> None:
    """Both rows follow from what they hold now. The event is `own`'s; the other row changes as well."""
    for conversation in (own, other):
        refresh_waiting(state, conversation.id)
        _refresh_window(state, conversation.id)
    other.as_of = position
    state.touch(other)


def _move_threads(state: State, thread_ids: tuple[int, ...], from_id: int, to_id: int) -> None:
    for thread_id in thread_ids:
        thread = state.threads[thread_id]
        thread.conversation_id = to_id
        state.touch(thread)
    moved = set(thread_ids)
    for message in state.messages.values():
        if message.thread_id in moved and message.conversation_id == from_id:
            message.conversation_id = to_id
            state.touch(message)
    for wait in state.waits.values():
        if wait.thread_id in moved and wait.conversation_id == from_id:
            wait.conversation_id = to_id
            state.touch(wait)


@_on(e.ThreadBound)
def _bound(state: State, event: e.ThreadBound, position: int, actor: e.Actor) -> None:
    thread = state.threads[event.thread_id]
    if event.from_id is not None:
        _move_threads(state, (event.thread_id,), event.from_id, event.conversation_id)
        refresh_waiting(state, event.from_id)
        _refresh_window(state, event.from_id)
    thread.conversation_id = event.conversation_id
    state.touch(thread)
    refresh_waiting(state, event.conversation_id)
    _refresh_window(state, event.conversation_id)


@_on(e.ThreadClosed)
def _thread_closed(state: State, event: e.ThreadClosed, position: int, actor: e.Actor) -> None:
    thread = state.threads[event.thread_id]
    thread.closed = 1
    state.touch(thread)


def _refresh_window(state: State, conversation_id: int) -> None:
    conversation = state.conversations.get(conversation_id)
    if conversation is not None:
        ends = [t.window_closes_at for t in state.threads_of(conversation_id) if t.window_closes_at is not None]
        conversation.window_closes_at = max(ends) if ends else None


# --- items


@_on(e.MessageReceived)
def _received(state: State, event: e.MessageReceived, position: int, actor: e.Actor) -> None:
    message = state.messages[event.message_id]
    message.position = message.as_of = position
    conversation = state.conversations[event.conversation_id]
    thread = state.threads[event.thread_id]
    conversation.message_count += 1
    if message.direction == "in":
        if thread.last_in_at is None or message.occurred_at >= thread.last_in_at:
            thread.last_in_at = message.occurred_at
            thread.last_in_id = message.id
        if message.automatic != SURVEY:
            thread.survey_ask_id = None
        state.touch(thread)
        reading.shown(state, message)
        _count(state, message, "comment_count", 1)
    if event.mark != "history":
        conversation.last_activity_at = max(conversation.last_activity_at, message.received_at)
    if message.rating is not None:
        conversation.rating = message.rating
    _refresh_window(state, event.conversation_id)


@_on(e.MessageSent)
def _sent(state: State, event: e.MessageSent, position: int, actor: e.Actor) -> None:
    message = state.messages[event.message_id]
    message.position = message.as_of = position
    message.delivery_state = event.state
    message.delivery_at = state.now
    conversation = state.conversations[event.conversation_id]
    conversation.message_count += 1
    conversation.last_activity_at = max(conversation.last_activity_at, state.now)
    conversation.failed = ""
    for wait_id in event.answers:
        wait = state.waits[wait_id]
        wait.answer_id = message.id
        state.touch(wait)


@_on(e.NoteWritten)
def _note(state: State, event: e.NoteWritten, position: int, actor: e.Actor) -> None:
    message = state.messages[event.message_id]
    message.position = message.as_of = position
    conversation = state.conversations[event.conversation_id]
    conversation.message_count += 1
    conversation.last_activity_at = max(conversation.last_activity_at, state.now)
    for agent_id in event.mentions:
        state.followers.add((agent_id, conversation.id))


@_on(e.MessageEdited)
def _edited(state: State, event: e.MessageEdited, position: int, actor: e.Actor) -> None:
    message = state.messages[event.message_id]
    message.version = event.version
    message.as_of = position
    state.touch(message)
    reading.shown(state, message)


@_on(e.MessageDeleted)
def _deleted(state: State, event: e.MessageDeleted, position: int, actor: e.Actor) -> None:
    message = state.messages[event.message_id]
    if message.deleted_at is None:
        _count(state, message, "comment_count", -1)
        _count(state, message, "hidden_count", -1 if message.hidden_at is not None else 0)
    message.deleted_at = state.now
    message.as_of = position
    if event.erased:
        message.erased = 1
        message.reading = ""
        state.blanked.add(message.id)
        state.unsearched.add(message.id)
    state.touch(message)


@_on(e.MessageHidden)
def _hidden(state: State, event: e.MessageHidden, position: int, actor: e.Actor) -> None:
    message = state.messages[event.message_id]
    _count(state, message, "hidden_count", 1 if message.hidden_at is None and message.deleted_at is None else 0)
    message.hidden_at = state.now
    message.as_of = position
    state.touch(message)


@_on(e.MessageShown)
def _shown(state: State, event: e.MessageShown, position: int, actor: e.Actor) -> None:
    message = state.messages[event.message_id]
    _count(state, message, "hidden_count", -1 if message.hidden_at is not None and message.deleted_at is None else 0)
    message.hidden_at = None
    message.as_of = position
    state.touch(message)


def _count(state: State, message: Message, name: str, by: int) -> None:
    """Customers' comments are counted on their post."""
    thread = state.threads.get(message.thread_id or 0)
    post = state.posts.get(thread.post_id or 0) if thread is not None else None
    if by and post is not None and message.kind == "comment" and message.direction == "in":
        setattr(post, name, getattr(post, name) + by)
        state.touch(post)


@_on(e.ReactionsChanged, e.AttachmentReady, e.ActionRefused, e.MessageJoined)
def _item_changed(state: State, event: Any, position: int, actor: e.Actor) -> None:
    message = state.messages.get(event.message_id)
    if message is not None:
        message.as_of = position
        state.touch(message)


@_on(e.DeliveryChanged)
def _delivery(state: State, event: e.DeliveryChanged, position: int, actor: e.Actor) -> None:
    message = state.messages[event.message_id]
    message.delivery_state = event.state
    message.delivery_at = state.now
    message.as_of = position
    state.touch(message)
    conversation = state.conversations[event.conversation_id]
    if event.state in ("refused", "unknown", "expired") and message.automatic != SURVEY:
        conversation.failed = "unknown" if event.state == "unknown" else "refused"
    elif event.before in ("refused", "unknown", "expired"):
        conversation.failed = ""


_SEEN_IN_CHAT = (
    e.MessageReceived, e.MessageSent, e.MessageEdited, e.MessageDeleted, e.AttachmentReady, e.DeliveryChanged,
)  # fmt: skip


def _count_in_chat(state: State, event: Any) -> None:
    """A visitor of a chat follows his thread by its own count: every change that he is to see gets the next number."""
    message = state.messages.get(event.message_id)
    thread = state.threads.get(message.thread_id or 0) if message is not None else None
    if message is None or thread is None or thread.kind != "chat":
        return
    if message.direction == "out" and message.accepted_at is None:
        return
    if isinstance(event, e.DeliveryChanged) and event.state in ("delivered", "read"):
        # He knows what he has seen.
        return
    thread.chat_seq += 1
    message.chat_change = thread.chat_seq
    if message.chat_seq is None:
        message.chat_seq = thread.chat_seq
    state.touch(message)
    state.touch(thread)


# --- people and the workspace: their records are written by the decisions; the event tells those who look


@_on(
    e.SubjectChanged,
    e.ThreadsLeft,
    e.FieldsChanged,
    e.ConsentChanged,
    e.ContactsToldApart,
    e.ThreadMigrated,
    e.ContactChanged,
    e.IdentityChanged,
    e.IdentitiesLinked,
    e.ContactsMerged,
    e.ContactsUnmerged,
    e.ContentErased,
    e.PostChanged,
    e.RuleRan,
    e.RuleRunUndone,
    e.RuleCalled,
    e.AppealDecided,
    e.SurgeBegan,
    e.SurgeEnded,
    e.SettingChanged,
    e.ChannelHealthChanged,
    e.AttentionRaised,
    e.AttentionEnded,
    e.DeliveryQuarantined,
    e.SessionRevoked,
    e.AvailabilityChanged,
    e.Notified,
    e.WorkReviewed,
    e.WorkReviewAnswered,
)
def _told(state: State, event: Any, position: int, actor: e.Actor) -> None:
    return None
