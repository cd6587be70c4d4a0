"""Records as the outside sees them: where ids are joined with words. Frames, API, feed and exports are all made here.

One encoder for everything: a row in a frame equals the row in the list read at the same position
(tests/inbox/live/test_sync.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Literal, get_args, get_origin

import msgspec

from inbox.clock import iso, iso_or_none
from inbox.domain import events as e
from inbox.domain.custom_fields import is_vip
from inbox.domain.items import REVERTS, moderation_of
from inbox.domain.records import Contact, Content, Conversation, Identity, Media, Message, Post, Thread
from inbox.domain.shapes import (
    AttachmentShape,
    ContactRef,
    ConversationShape,
    DeliveryShape,
    EscalationShape,
    EventShape,
    MessageAuthor,
    MessageShape,
    ModerationShape,
    OptionsShape,
    PostShape,
    ReactionShape,
    ThreadShape,
)
from inbox.domain.state import State
from inbox.eventlog.directory import Directory
from inbox.eventlog.show_readings import reading_shape

MediaUrl = Callable[[Media], str | None]
_decode = msgspec.json.decode
_words = msgspec.json.Decoder(dict[str, str]).decode
_lists = msgspec.json.Decoder(dict[str, list[str]]).decode
_options = msgspec.json.Decoder(OptionsShape).decode


def text_id(value: int | None) -> str | None:
    """An id as the outside sees it."""
    return None if value is None else str(value)


class Show:
    """Makes shapes from a loaded state. `media_url` signs addresses."""

    def __init__(self, directory: Directory, media_url: MediaUrl) -> None:
        self.directory = directory
        self.media_url = media_url

    def row(
        self, conversation: Conversation, state: State, threads: Sequence[Thread] | None = None
    ) -> ConversationShape:
        """The list row. The state must hold what `load.rows_of` loads. `threads`: the conversation's, where they are
        known already (`threads_by_conversation`).
        """
        c = conversation
        if threads is None:
            threads = state.threads_of(c.id)
        return ConversationShape(
            id=str(c.id),
            number=c.number,
            status=c.status,  # type: ignore[arg-type]
            priority=c.priority,  # type: ignore[arg-type]
            subject=c.subject,
            contact=_contact_ref(state.contacts.get(c.contact_id), c.contact_id),
            participants_count=c.participants_count,
            assignee_id=text_id(c.assignee_id),
            team_id=text_id(c.team_id),
            tags=c.tags.split(",") if c.tags else [],
            channel_id=str(c.channel_id),
            network=c.network,
            kind=c.kind,
            audience=c.audience,
            language=c.language,
            rating=c.rating,
            sentiment=c.sentiment,  # type: ignore[arg-type]
            urgency=c.urgency,  # type: ignore[arg-type]
            preview=c.preview,
            preview_direction=c.preview_direction,  # type: ignore[arg-type]
            message_count=c.message_count,
            unread=False,
            waiting_since=iso_or_none(c.waiting_since),
            deadline_at=iso_or_none(c.deadline_at),
            window_closes_at=iso_or_none(c.window_closes_at),
            last_activity_at=iso(c.last_activity_at),
            created_at=iso(c.created_at),
            snoozed_until=iso_or_none(c.snoozed_until),
            snooze_until_reply=bool(c.snooze_until_reply),
            spam=bool(c.spam),
            failed=c.failed or None,  # type: ignore[arg-type]
            escalation=_escalation(c.escalation),
            origin=_decode(c.origin) if c.origin else None,
            campaign_id=text_id(c.campaign_id),
            external_refs=_decode(c.external_refs) if c.external_refs else {},
            linked_from=text_id(c.linked_from),
            merged_into=text_id(c.merged_into),
            threads=[_thread(thread, state.posts.get(thread.post_id or 0)) for thread in threads],
            fields=_words(c.fields) if c.fields else {},
            as_of=c.as_of,
        )

    def message(self, message: Message, state: State) -> MessageShape:
        """An item of the timeline. The state must hold what `load.items_of` loads."""
        m = message
        words = state.contents.get(m.id)
        return MessageShape(
            id=str(m.id),
            conversation_id=str(m.conversation_id),
            thread_id=text_id(m.thread_id),
            kind=m.kind,
            audience=_audience_of(m, state.threads.get(m.thread_id or 0)),
            direction=m.direction,  # type: ignore[arg-type]
            author=self._author(m, state.identities.get(m.identity_id or 0)),
            text=words.text if words else "",
            html=words.html if words else None,
            quoted_html=words.quoted_html if words else None,
            title=words.title if words else "",
            attachments=self._attachments(words, state),
            in_reply_to=text_id(m.in_reply_to),
            external_id=m.external_id or "",
            rating=m.rating,
            version=m.version,
            edited_at=iso_or_none(m.edited_at),
            deleted_at=iso_or_none(m.deleted_at),
            erased=bool(m.erased),
            hidden_at=iso_or_none(m.hidden_at),
            automatic=m.automatic,
            mark=m.mark,  # type: ignore[arg-type]
            mentions=_decode(words.mentions) if words and words.mentions else [],
            recipients=_lists(words.recipients) if words and words.recipients else {},
            occurred_at=iso(m.occurred_at),
            received_at=iso(m.received_at),
            position=m.position,
            delivery=_delivery(m),
            reactions=_reactions(m.reactions),
            moderation=self._moderation(m),
            language=m.language,
            reading=reading_shape(m, words),
            as_of=m.as_of,
            options=_options(words.options) if words and words.options else None,
        )

    def _author(self, message: Message, identity: Identity | None) -> MessageAuthor:
        if message.direction == "in":
            name = (identity.name or identity.username) if identity else ""
            return MessageAuthor(kind="contact", id=text_id(message.author_id), name=name)
        actor = e.Actor(message.author_kind, message.author_id)  # type: ignore[arg-type]
        return MessageAuthor(kind=actor.kind, id=text_id(actor.id), name=self.directory.name_of(actor))

    def _moderation(self, message: Message) -> ModerationShape | None:
        if not message.moderation:
            return None
        done = moderation_of(message)
        return ModerationShape(
            action=done.action,
            reason=done.reason,
            by=self.actor(done.by),
            at=iso(done.at),
            emoji=done.emoji,
            revertible=done.action in REVERTS and message.deleted_at is None,
        )

    def _attachments(self, words: Content | None, state: State) -> list[AttachmentShape]:
        if words is None or not words.attachments:
            return []
        return [self.attachment(entry, state.media.get(entry["id"])) for entry in _decode(words.attachments)]

    def attachment(self, entry: dict[str, Any], media: Media | None) -> AttachmentShape:
        """A file of an item, or one uploaded for it."""
        ready = media is not None and media.state in ("ready", "upload")
        return AttachmentShape(
            id=str(entry["id"]),
            kind=entry["kind"],
            name=media.name if media else "",
            mime=media.mime if media else "",
            size_bytes=media.size_bytes if media else None,
            url=self.media_url(media) if media is not None and ready else None,
            state="ready" if ready else (media.state if media else "failed"),  # type: ignore[arg-type]
            title=entry["title"],
            meta=entry["meta"],
            inline=entry["cid"] is not None,
        )

    def actor(self, actor: e.Actor, state: State | None = None) -> MessageAuthor:
        """Who did it, with the name; a contact's only where the state has it."""
        if actor.kind == "contact":
            contact = state.contacts.get(actor.id or 0) if state is not None else None
            name = contact.name if contact is not None else ""
        else:
            name = self.directory.name_of(actor)
        return MessageAuthor(kind=actor.kind, id=text_id(actor.id), name=name)

    def event(self, logged: e.Logged, state: State | None = None) -> EventShape:
        """A line of the timeline and of the feed."""
        conversation_id = e.conversation_of(logged.event)
        return EventShape(
            position=logged.position,
            type=e.name_of(logged.event),
            at=iso(logged.at),
            conversation_id=text_id(conversation_id),
            actor=self.actor(logged.actor, state),
            data=public_data(logged.event),
        )


_TIMES = frozenset(
    {
        "opened_at", "customer_opened_at", "ended_at", "customer_ended_at", "occurred_at", "until", "at", "deadline_at",
        "warn_at", "since_at", "next_at",
    }
)  # fmt: skip


def public_data(event: e.Event | e.Target) -> dict[str, Any]:
    """An event's fields: ids as strings, times as text, without the tag and the conversation."""
    out = msgspec.structs.asdict(event)
    out.pop("conversation_id", None)
    for name, as_text in _not_plain(type(event)):
        value = out[name]
        if value is not None:
            out[name] = as_text(value)
    return out


@cache
def _not_plain(kind: type[e.Event | e.Target]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """The fields of a kind of event that are not shown as they stand, each with what makes the shown form of it."""
    told = ((field.name, _shown_form(field)) for field in msgspec.structs.fields(kind))
    return tuple((name, form) for name, form in told if form is not None and name != "conversation_id")


def _shown_form(field: msgspec.structs.FieldInfo) -> Callable[[Any], Any] | None:
    if field.name in _TIMES:
        return iso
    if field.name in ("id", "before", "after") or field.name.endswith("_id"):
        return str
    if get_origin(field.type) is tuple:
        return _texts
    return public_data if e.Target in get_args(field.type) else None


def _texts(values: tuple[object, ...]) -> list[str]:
    return [str(value) for value in values]


def threads_by_conversation(state: State) -> dict[int, list[Thread]]:
    """What `state.threads_of` says of each conversation, found in one pass for all rows of a batch."""
    found: dict[int, list[Thread]] = {}
    for thread in sorted(state.threads.values(), key=attrgetter("id")):
        found.setdefault(thread.conversation_id, []).append(thread)
    return found


def _audience_of(message: Message, thread: Thread | None) -> Literal["public", "private", "internal"]:
    """Who sees an item at the network. A private reply is private before it stands in the thread it goes to."""
    if message.direction == "note":
        return "internal"
    public = message.kind in ("comment", "mention", "review")
    if thread is None:
        return "public" if public else "private"
    reply = not public and thread.kind in ("comment", "mention", "review")
    return "private" if reply else thread.audience  # type: ignore[return-value]


def _contact_ref(contact: Contact | None, contact_id: int) -> ContactRef:
    return ContactRef(
        id=str(contact_id),
        name=contact.name if contact else "",
        avatar_url=contact.avatar_url if contact else None,
        blocked=bool(contact.blocked) if contact else False,
        vip=is_vip(contact.fields) if contact else False,
    )


def _thread(thread: Thread, post: Post | None) -> ThreadShape:
    return ThreadShape(
        id=str(thread.id),
        channel_id=str(thread.channel_id),
        network=thread.network,
        kind=thread.kind,
        audience=thread.audience,
        external_id=thread.external_id,
        title=thread.title,
        post=post_shape(post) if post else None,
        window_closes_at=iso_or_none(thread.window_closes_at),
        closed=bool(thread.closed),
        recipients=_lists(thread.recipients) if thread.recipients else {},
    )


def post_shape(post: Post) -> PostShape:
    """Our own content as the outside sees it."""
    return PostShape(
        id=str(post.id),
        external_id=post.external_id,
        text=post.text,
        url=post.url,
        image_url=post.image_url,
        is_ad=bool(post.is_ad),
        posted_at=iso_or_none(post.posted_at),
    )


def _escalation(text: str) -> EscalationShape | None:
    if not text:
        return None
    found = _decode(text)
    return EscalationShape(
        reason=found["reason"],
        by_id=text_id(found["by"]),
        to_agent_id=text_id(found["to_agent"]),
        to_team_id=text_id(found["to_team"]),
        at=iso(found["at"]),
        acknowledged_at=iso_or_none(found["acknowledged_at"]),
        cause=found.get("cause", ""),
        chain_id=text_id(found.get("chain_id")),
        level=found.get("level", 0),
        next_at=iso_or_none(found.get("next_at")),
    )


def _delivery(message: Message) -> DeliveryShape | None:
    if not message.delivery_state:
        return None
    return DeliveryShape(
        state=message.delivery_state,  # type: ignore[arg-type]
        reason=message.delivery_reason,
        at=iso(message.delivery_at or message.received_at),
        until=iso_or_none(message.delivery_until),
        parts=message.parts,
        refused_recipients=_decode(message.refused_recipients) if message.refused_recipients else {},
    )


def _reactions(text: str) -> list[ReactionShape]:
    return (
        [ReactionShape(emoji=emoji, name=name, mine=bool(mine)) for _, name, mine, emoji in _decode(text)]
        if text
        else []
    )
