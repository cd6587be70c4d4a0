"""What a network told us, decided: one function per kind of inbound, all under the workspace lock on what is true now.

`receive` is the whole of intake's rules. Doing it twice with the same inbound changes nothing the second time; an edit,
deletion, reaction or receipt for an item we do not have waits as an orphan and is applied in the unit that brings the
item.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from connectors import inbound as net
from inbox.clock import MINUTE
from inbox.domain import conversation as conversations
from inbox.domain import delivering, people, wait, words
from inbox.domain import events as e
from inbox.domain.records import Content, Conversation, Identity, Media, Message, Orphan, Post, Thread
from inbox.domain.state import ChannelFacts, Needs, Prepared, State

Outcome = Literal["done", "duplicate", "orphan", "ignored"]
LATE = 10 * MINUTE

_json = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(net.AnyInbound).decode


def receive(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    """Decide one inbound. The kinds that need no state (typing, fetch, ignored) are handled by intake before."""
    decide = _DECISIONS.get(type(item.inbound))
    return decide(state, channel, item, received_at) if decide is not None else "ignored"


def needs_of(needs: Needs, channel: ChannelFacts, inbound: net.Inbound) -> None:
    """Name the keys that deciding this inbound will look at."""
    match inbound:
        case net.MessageReceived() | net.ReviewReceived():
            _needs_of_item(needs, channel, inbound)
        case (
            net.MessageEdited(external_id=external_id)
            | net.MessageDeleted(external_id=external_id)
            | (net.CommentModerated(external_id=external_id))
        ):
            needs.items.add((channel.id, external_id))
            needs.words.add((channel.id, external_id))
            needs.going.add((channel.id, external_id))
        case net.ReactionChanged(message_id=message_id):
            needs.items.add((channel.id, message_id))
        case net.ReceiptReceived(message_id=message_id, thread_id=thread_id):
            if message_id is not None:
                needs.items.add((channel.id, message_id))
            if thread_id is not None:
                needs.threads.add((channel.id, thread_id))
                needs.watermarks.add((channel.id, thread_id))
        case net.PostSeen(post=post):
            needs.posts.add((channel.id, post.external_id))
        case net.IdentityChanged(author=author, thread_id=thread_id):
            who = (channel.network, people.scope_of(channel), author.external_id)
            needs.identities.add(who)
            needs.people.add(who)
            if thread_id is not None:
                needs.threads.add((channel.id, thread_id))
        case net.IdentitiesLinked(author=author, other_id=other_id):
            scope = people.scope_of(channel)
            needs.identities |= {(channel.network, scope, author.external_id), (channel.network, scope, other_id)}
        case net.ThreadMigrated(thread_id=old, new_thread_id=new):
            needs.threads |= {(channel.id, old), (channel.id, new)}
        case net.ThreadClosed(thread_id=closed):
            needs.threads.add((channel.id, closed))
        case _:
            pass


def _needs_of_item(needs: Needs, channel: ChannelFacts, inbound: net.MessageReceived | net.ReviewReceived) -> None:
    thread = (channel.id, inbound.thread.external_id)
    identity = (channel.network, people.scope_of(channel, inbound.external_id), inbound.author.external_id)
    needs.items.add((channel.id, inbound.external_id))
    needs.threads.add(thread)
    needs.identities.add(identity)
    needs.authors.add((thread, identity))
    needs.aliases |= {(alias.kind, alias.value) for alias in inbound.author.aliases}
    if inbound.thread.post is not None:
        needs.posts.add((channel.id, inbound.thread.post.external_id))
    if inbound.thread.bound_to is not None:
        needs.threads.add((channel.id, inbound.thread.bound_to))
    if isinstance(inbound, net.ReviewReceived):
        needs.words.add((channel.id, inbound.external_id))
        return
    refs = [inbound.in_reply_to or "", *inbound.thread.address.get("references", "").split(), *inbound.alternate_ids]
    needs.items |= {(channel.id, ref) for ref in refs if ref}
    if inbound.client_ref:
        needs.client_keys.add(inbound.client_ref)
    if inbound.author.is_self:
        needs.own_pending_keys.add(thread)
        other = _other_side(inbound)
        needs.identities.add((channel.network, people.scope_of(channel), other.external_id))


def mark_of(channel: ChannelFacts, occurred_at: int, received_at: int) -> Literal["live", "late", "history"]:
    """`history`: older than the channel's connection; `late`: more than ten minutes under way."""
    if occurred_at < channel.live_since:
        return "history"
    return "late" if received_at - occurred_at > LATE else "live"


# --- items


def _message(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.MessageReceived)
    if _find(state, channel, inbound.external_id) is not None:
        return "duplicate"
    if inbound.author.is_self:
        return _own_item(state, channel, item, inbound, received_at)
    identity = people.known(state, channel, inbound.author, at=received_at, item_id=inbound.external_id)
    mark = mark_of(channel, inbound.occurred_at, received_at)
    thread = thread_of(
        state, channel, inbound.thread, identity, received_at, replies_to=_replies_to(state, channel, inbound)
    )
    conversation = _conversation_of(state, channel, item, thread, identity, mark, received_at)
    message = _add_item(state, channel, item, thread, conversation, received_at, mark, identity=identity)
    message.in_reply_to = _id_of(state, channel, inbound.in_reply_to)
    message.automatic = inbound.automatic
    message.needs_answer = int(inbound.needs_answer and not inbound.automatic)
    _arrived(state, item, thread, conversation, message, e.Actor("contact", identity.contact_id))
    _adopt_orphans(state, channel, [inbound.external_id, *inbound.alternate_ids], received_at)
    return "done"


def _arrived(
    state: State, item: Prepared, thread: Thread, conversation: Conversation, message: Message, actor: e.Actor
) -> None:
    state.emit(
        e.MessageReceived(
            conversation_id=conversation.id,
            message_id=message.id,
            thread_id=thread.id,
            kind=message.kind,
            mark=message.mark,
            occurred_at=message.occurred_at,
            identity_id=message.identity_id,
        ),
        actor,
    )
    if message.identity_id is not None and message.direction == "in":
        conversations.joined(state, conversation, message.identity_id)
    if message.mark != "history" or not conversation.preview:
        conversations.show_newest(state, conversation, message, item.preview)
    contact = state.contacts.get(conversation.contact_id)
    blocked = contact is not None and contact.blocked
    if message.direction != "in" or message.mark == "history" or conversation.spam or blocked:
        return
    if not message.needs_answer:
        return
    wait.item_arrived(state, thread, message)
    if item.no_question and thread.kind in wait.MANY_AUTHORS:
        running = state.open_wait(thread.id, wait.waiting_author(thread, message.identity_id))
        if running is not None and running.opened_by == message.id:
            wait.dismissed(state, [running], "no_question", e.SYSTEM)


def _own_item(
    state: State, channel: ChannelFacts, item: Prepared, inbound: net.MessageReceived, received_at: int
) -> Outcome:
    """An echo of our own send, or an answer written in the network's own app (`outside`), which counts."""
    ours = delivering.echoed(state, channel.id, inbound)
    if ours is not None:
        return "duplicate"
    thread = thread_of(
        state, channel, inbound.thread, None, received_at, replies_to=_replies_to(state, channel, inbound)
    )
    mark = mark_of(channel, inbound.occurred_at, received_at)
    if not thread.conversation_id:
        contact = people.known(state, channel, _other_side(inbound), at=received_at).contact_id
        conversations.start(
            state,
            channel,
            thread,
            state.contacts[contact],
            at=received_at,
            subject=inbound.title,
            language=item.language,
        )
    conversation = state.conversations[thread.conversation_id]
    message = _add_item(state, channel, item, thread, conversation, received_at, mark, identity=None)
    message.in_reply_to = _id_of(state, channel, inbound.in_reply_to) or thread.last_in_id
    answered = state.messages.get(message.in_reply_to or 0)
    message.identity_id = answered.identity_id if answered else thread.identity_id
    _arrived(state, item, thread, conversation, message, e.Actor("outside"))
    if mark != "history" and not inbound.automatic:
        at = wait.customer_time(inbound.occurred_at, received_at)
        for wait_id in wait.covered(state, thread, message.identity_id):
            wait.answered(state, state.waits[wait_id], message, e.Actor("outside"), desk_at=received_at, customer_at=at)
    _adopt_orphans(state, channel, [inbound.external_id], received_at)
    return "done"


def _other_side(inbound: net.MessageReceived) -> net.Author:
    """Whom an item of ours in a thread we did not know is written to."""
    to = inbound.recipients.get("to", ())
    other = to[0] if to else inbound.thread.address.get("to") or inbound.thread.external_id
    email = other if "@" in other else None
    return net.Author(external_id=other, name=inbound.thread.title if not to else "", email=email)


def _replies_to(state: State, channel: ChannelFacts, inbound: net.MessageReceived) -> Thread | None:
    """Mail: the thread of an item that this one refers to, when its own thread id is not known."""
    refs = [inbound.in_reply_to or "", *reversed(inbound.thread.address.get("references", "").split())]
    for ref in refs:
        known = _find(state, channel, ref) if ref else None
        if known is not None and known.thread_id is not None:
            return state.threads.get(known.thread_id)
    return None


def thread_of(
    state: State, channel: ChannelFacts, seen: net.Thread, identity: Identity | None, at: int, *,
    replies_to: Thread | None = None,
) -> Thread:  # fmt: skip
    """The stored thread, brought up to date with what the network says of it now, or a new one without a conversation."""
    thread = state.thread_by_key.get((channel.id, seen.external_id)) or replies_to
    if thread is None:
        thread = state.add(
            Thread(
                id=state.next_id(),
                channel_id=channel.id,
                external_id=seen.external_id,
                network=channel.network,
                kind=seen.kind,
                audience=seen.audience,
                conversation_id=0,
                identity_id=identity.id if identity else None,
                post_id=None,
                title=seen.title,
                address=_json(seen.address).decode() if seen.address else "",
                window_closes_at=None,
                last_in_at=None,
                last_in_id=None,
                closed=0,
                recipients="",
                delivered_up_to=None,
                read_up_to=None,
                created_at=at,
            )
        )
        _bind(state, channel, thread, seen.bound_to)
    else:
        _refresh_thread(state, thread, seen)
    if seen.post is not None:
        thread.post_id = post_of(state, channel, seen.post, at).id
    return thread


def _bind(state: State, channel: ChannelFacts, thread: Thread, to: str | None) -> None:
    host = state.thread_by_key.get((channel.id, to)) if to else None
    if host is not None:
        thread.conversation_id = host.conversation_id
        state.emit(e.ThreadBound(conversation_id=host.conversation_id, thread_id=thread.id))


def _refresh_thread(state: State, thread: Thread, seen: net.Thread) -> None:
    address = _json(seen.address).decode() if seen.address else thread.address
    if address != thread.address or (seen.title and seen.title != thread.title) or thread.closed:
        thread.address = address
        thread.title = thread.title if thread.kind == "mail" else seen.title or thread.title
        thread.closed = 0
        state.touch(thread)


def post_of(state: State, channel: ChannelFacts, seen: net.Post, at: int) -> Post:
    """The stored post, made or refreshed."""
    post = state.post_by_key.get((channel.id, seen.external_id))
    if post is None:
        return state.add(
            Post(
                state.next_id(),
                channel.id,
                seen.external_id,
                seen.text,
                seen.url,
                seen.image_url,
                int(seen.is_ad),
                None,
                seen.posted_at,
                at,
            )  # fmt: skip
        )
    if seen.text and (seen.text, seen.url, seen.image_url) != (post.text, post.url, post.image_url):
        post.text, post.url, post.image_url = seen.text, seen.url or post.url, seen.image_url or post.image_url
        state.touch(post)
    return post


def _conversation_of(
    state: State, channel: ChannelFacts, item: Prepared, thread: Thread, identity: Identity, mark: str, at: int
) -> Conversation:
    inbound = item.inbound
    assert isinstance(inbound, net.MessageReceived)
    contact = state.contacts[identity.contact_id]
    _window(state, channel, thread, inbound, at)
    if thread.conversation_id:
        replied = _find(state, channel, inbound.in_reply_to or "")
        answers_us = thread.kind == "mail" and replied is not None and replied.direction == "out"
        return conversations.for_item(
            state, channel, thread, contact, history=mark == "history", answers_us=answers_us, at=at
        )
    origin = _json(inbound.origin).decode() if inbound.origin else ""
    started = conversations.start(
        state, channel, thread, contact, at=at if mark != "history" else inbound.occurred_at,
        subject=inbound.title, language=item.language, origin=origin,
    )  # fmt: skip
    if mark == "history":
        # Nobody has to act on what was said before the channel was connected.
        state.emit(e.ConversationClosed(conversation_id=started.id, episode=1, automatic=True))
    return started


def _window(
    state: State, channel: ChannelFacts, thread: Thread, inbound: net.MessageReceived, received_at: int
) -> None:
    seconds = channel.window_seconds.get(thread.kind)
    ends = inbound.thread.window_closes_at
    if ends is None and seconds is not None:
        ends = min(inbound.occurred_at, received_at) + seconds * 1_000_000
    if ends is not None and ends > (thread.window_closes_at or 0):
        thread.window_closes_at = ends
        state.touch(thread)


def _add_item(
    state: State, channel: ChannelFacts, item: Prepared, thread: Thread, conversation: Conversation, received_at: int,
    mark: str, *, identity: Identity | None, rating: int | None = None,
) -> Message:  # fmt: skip
    inbound = item.inbound
    assert isinstance(inbound, (net.MessageReceived, net.ReviewReceived))
    kind = inbound.kind if isinstance(inbound, net.MessageReceived) else "review"
    message = state.add(
        _new_message(
            state, channel, thread, conversation, inbound.external_id, kind, received_at, mark, identity, rating
        )
    )
    message.occurred_at = min(inbound.occurred_at, received_at)
    for other in getattr(inbound, "alternate_ids", ()):
        state.aliases.append((channel.id, other, message.id))
        state.message_by_key[channel.id, other] = message
    recipients = getattr(inbound, "recipients", {})
    if recipients:
        thread.recipients = _json(recipients).decode()
        state.touch(thread)
    attachments = _attachments(state, channel, message, item)
    state.add(
        Content(
            message.id,
            1,
            inbound.text,
            item.html,
            item.quoted_html,
            inbound.title,
            rating,
            attachments,
            "",
            _json(recipients).decode() if recipients else "",
            message.occurred_at,
        )  # fmt: skip
    )
    if item.folded:
        state.search[message.id] = item.folded
    return message


def _new_message(
    state: State, channel: ChannelFacts, thread: Thread, conversation: Conversation, external_id: str, kind: str,
    received_at: int, mark: str, identity: Identity | None, rating: int | None,
) -> Message:  # fmt: skip
    inward = identity is not None
    return Message(
        id=state.next_id(),
        conversation_id=conversation.id,
        thread_id=thread.id,
        channel_id=channel.id,
        external_id=external_id,
        kind=kind,
        direction="in" if inward else "out",
        author_kind="contact" if inward else "outside",
        author_id=identity.contact_id if identity else None,
        identity_id=identity.id if identity else None,
        in_reply_to=None,
        rating=rating,
        version=1,
        edited_at=None,
        deleted_at=None,
        erased=0,
        hidden_at=None,
        automatic="",
        mark=mark,
        needs_answer=0,
        occurred_at=received_at,
        received_at=received_at,
        position=0,
        as_of=0,
        delivery_state="" if inward else "accepted",
        delivery_reason="",
        delivery_at=None if inward else received_at,
        delivery_until=None,
        parts=0 if inward else 1,
        refused_recipients="",
        released_at=None,
        accepted_at=None if inward else received_at,
        ends_wait=0 if inward else 1,
        client_key=None,
        reactions="",
    )


def _attachments(state: State, channel: ChannelFacts, message: Message, item: Prepared) -> str:
    listed: list[dict[str, Any]] = []
    for found in item.attachments:
        media = state.add(
            Media(
                id=state.next_id(),
                message_id=message.id,
                channel_id=channel.id,
                state=found.state,
                sha256=found.sha256,
                mime=found.mime,
                name=found.name,
                size_bytes=found.size_bytes,
                source=found.source,
                attempts=0,
                reason="",
                created_at=state.now,
            )
        )
        listed.append(
            attachment_entry(media, kind=found.kind, title=found.title, meta=found.meta, cid=found.content_id)
        )
    return _json(listed).decode() if listed else ""


def attachment_entry(media: Media, *, kind: str, title: str, meta: dict[str, str], cid: str | None) -> dict[str, Any]:
    """How an attachment stands in an item's content: what does not change; the state of its bytes is the Media row's."""
    return {"id": media.id, "kind": kind, "title": title, "meta": meta, "cid": cid}


# --- changes to items


def _edited(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.MessageEdited)
    message = _find(state, channel, inbound.external_id)
    if message is None:
        return _orphaned(state, channel, inbound, inbound.external_id, received_at)
    if message.deleted_at is not None:
        return "duplicate"
    newest = state.contents.get(message.id)
    if (message.edited_at is not None and inbound.edited_at <= message.edited_at) or (
        newest is not None and inbound.attachments is None and newest.text == inbound.text
    ):
        return "duplicate"
    message.edited_at = min(inbound.edited_at, received_at)
    add_version(state, message, item, text=inbound.text)
    actor = e.Actor("outside") if message.direction == "out" else e.Actor("contact", message.author_id)
    _versioned(state, message, item, actor)
    return "done"


def add_version(
    state: State, message: Message, item: Prepared, *, text: str, title: str = "", rating: int | None = None
) -> None:
    """A further version of an item's words; the earlier ones stay."""
    newest = state.contents.get(message.id)
    state.add(
        Content(
            message.id,
            message.version + 1,
            text,
            item.html,
            item.quoted_html,
            title,
            rating,
            newest.attachments if newest else "",
            newest.mentions if newest else "",
            newest.recipients if newest else "",
            message.edited_at or state.now,
        )  # fmt: skip
    )
    if item.folded:
        state.search[message.id] = item.folded


def _versioned(state: State, message: Message, item: Prepared, actor: e.Actor) -> None:
    state.emit(
        e.MessageEdited(
            conversation_id=message.conversation_id, message_id=message.id, version=message.version + 1,
            by="us" if message.direction == "out" else "author",
        ),
        actor,
    )  # fmt: skip
    conversation = state.conversations[message.conversation_id]
    thread = state.threads.get(message.thread_id or 0)
    if thread is not None and thread.last_in_id == message.id and conversation.preview_direction == "in":
        conversations.show_newest(state, conversation, message, item.preview)


def _deleted(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.MessageDeleted)
    message = _find(state, channel, inbound.external_id)
    if message is None:
        return _orphaned(state, channel, inbound, inbound.external_id, received_at)
    if message.deleted_at is not None:
        return "duplicate"
    erase = inbound.erase or (channel.erases_unsent and inbound.by == "author")
    gone(state, message, by=inbound.by, erase=erase)
    return "done"


def gone(state: State, message: Message, *, by: str, erase: bool, actor: e.Actor | None = None) -> None:
    """An item was deleted at the network: shown as such, its wait is void when nothing else is unanswered."""
    who = actor or (e.Actor("contact", message.author_id) if by == "author" else e.SYSTEM)
    state.emit(
        e.MessageDeleted(conversation_id=message.conversation_id, message_id=message.id, by=by, erased=erase), who
    )
    wait.item_gone(state, message)
    conversation = state.conversations[message.conversation_id]
    thread = state.threads.get(message.thread_id or 0)
    if erase and thread is not None and thread.last_in_id == message.id:
        conversations.show_newest(state, conversation, message, "")


def _reaction(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.ReactionChanged)
    message = _find(state, channel, inbound.message_id)
    if message is None:
        return _orphaned(state, channel, inbound, inbound.message_id, received_at)
    who = inbound.author.external_id
    entries: list[list[Any]] = msgspec.json.decode(message.reactions) if message.reactions else []
    kept = [entry for entry in entries if entry[0] != who]
    kept += [[who, inbound.author.name, int(inbound.author.is_self), emoji] for emoji in inbound.emojis]
    if kept == entries:
        return "duplicate"
    message.reactions = _json(kept).decode() if kept else ""
    state.touch(message)
    actor = e.Actor("outside") if inbound.author.is_self else e.Actor("contact", message.author_id)
    state.emit(e.ReactionsChanged(conversation_id=message.conversation_id, message_id=message.id), actor)
    return "done"


def _receipt(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.ReceiptReceived)
    if inbound.message_id is not None:
        message = _find(state, channel, inbound.message_id)
        if message is None:
            return _orphaned(state, channel, inbound, inbound.message_id, received_at)
        return "done" if delivering.receipt(state, message, inbound) else "duplicate"
    thread = state.thread_by_key.get((channel.id, inbound.thread_id or ""))
    if thread is None or inbound.up_to is None:
        return "ignored"
    delivering.watermark(state, thread, inbound)
    return "done"


def _moderated(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.CommentModerated)
    message = _find(state, channel, inbound.external_id)
    if message is None:
        return _orphaned(state, channel, inbound, inbound.external_id, received_at)
    if inbound.state == "removed":
        if message.deleted_at is None:
            gone(state, message, by="us", erase=False, actor=e.Actor("outside"))
            return "done"
    elif (message.hidden_at is not None) != (inbound.state == "hidden"):
        moderated(state, message, hidden=inbound.state == "hidden", actor=e.Actor("outside"))
        return "done"
    return "duplicate"


def moderated(state: State, message: Message, *, hidden: bool, actor: e.Actor) -> None:
    """A public item is hidden, or shown again."""
    kind = e.MessageHidden if hidden else e.MessageShown
    state.emit(kind(conversation_id=message.conversation_id, message_id=message.id), actor)
    if hidden:
        wait.item_gone(state, message)


# --- reviews


def _review(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.ReviewReceived)
    message = _find(state, channel, inbound.external_id)
    if message is None:
        return "ignored" if inbound.removed else _new_review(state, channel, item, inbound, received_at)
    if inbound.removed:
        if message.deleted_at is None:
            gone(state, message, by="network", erase=False)
        return "done"
    outcome: Outcome = "duplicate"
    if message.deleted_at is not None:
        message.deleted_at = None
        state.emit(e.MessageShown(conversation_id=message.conversation_id, message_id=message.id))
        outcome = "done"
    newest = state.contents.get(message.id)
    if newest is None or (newest.text, newest.title, newest.rating) != (inbound.text, inbound.title, inbound.rating):
        _review_changed(state, channel, item, inbound, message, newest, received_at)
        outcome = "done"
    return outcome


def _new_review(
    state: State, channel: ChannelFacts, item: Prepared, inbound: net.ReviewReceived, received_at: int
) -> Outcome:
    identity = people.known(state, channel, inbound.author, at=received_at, item_id=inbound.external_id)
    mark = mark_of(channel, inbound.occurred_at, received_at)
    thread = thread_of(state, channel, inbound.thread, identity, received_at)
    contact = state.contacts[identity.contact_id]
    conversation = conversations.start(
        state, channel, thread, contact, at=received_at if mark != "history" else inbound.occurred_at,
        subject=inbound.item, language=item.language,
    )  # fmt: skip
    message = _add_item(
        state, channel, item, thread, conversation, received_at, mark, identity=identity, rating=inbound.rating
    )
    message.needs_answer = int(bool(inbound.text) or inbound.rating <= 3) if not inbound.reply_text else 0
    if mark == "history":
        state.emit(e.ConversationClosed(conversation_id=conversation.id, episode=1, automatic=True))
    _arrived(state, item, thread, conversation, message, e.Actor("contact", contact.id))
    _adopt_orphans(state, channel, [inbound.external_id], received_at)
    return "done"


def _review_changed(
    state: State, channel: ChannelFacts, item: Prepared, inbound: net.ReviewReceived, message: Message,
    newest: Content | None, received_at: int,
) -> None:  # fmt: skip
    """A new version waits when an answer exists or the conversation is closed, unless the stars only rose to the top."""
    only_rose = newest is not None and newest.text == inbound.text and inbound.rating == inbound.best_rating
    message.edited_at = min(inbound.occurred_at, received_at)
    message.rating = inbound.rating
    conversation = state.conversations[message.conversation_id]
    conversation.rating = inbound.rating
    add_version(state, message, item, text=inbound.text, title=inbound.title, rating=inbound.rating)
    _versioned(state, message, item, e.Actor("contact", message.author_id))
    thread = state.threads.get(message.thread_id or 0)
    if only_rose or thread is None or mark_of(channel, inbound.occurred_at, received_at) == "history":
        return
    if conversation.status == "closed":
        conversations.reopened(state, conversation, "customer")
    if state.open_wait(thread.id, 0) is None:
        wait.opened(state, thread, 0, message.id, received_at, wait.customer_time(inbound.occurred_at, received_at))


# --- threads, posts, people


def _post(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    assert isinstance(item.inbound, net.PostSeen)
    post_of(state, channel, item.inbound.post, received_at)
    return "done"


def _identity(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    assert isinstance(item.inbound, net.IdentityChanged)
    people.changed(state, channel, item.inbound)
    return "done"


def _linked(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    assert isinstance(item.inbound, net.IdentitiesLinked)
    people.linked(state, channel, item.inbound)
    return "done"


def _migrated(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.ThreadMigrated)
    thread = state.thread_by_key.get((channel.id, inbound.thread_id))
    if thread is None or (channel.id, inbound.new_thread_id) in state.thread_by_key:
        return "duplicate"
    thread.external_id = inbound.new_thread_id
    state.index(thread)
    state.touch(thread)
    state.emit(e.ThreadMigrated(conversation_id=thread.conversation_id, thread_id=thread.id))
    return "done"


def _thread_closed(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.ThreadClosed)
    thread = state.thread_by_key.get((channel.id, inbound.thread_id))
    if thread is None or thread.closed:
        return "duplicate"
    state.emit(e.ThreadClosed(conversation_id=thread.conversation_id, thread_id=thread.id, reason=inbound.reason))
    return "done"


# --- looking up, waiting for


def _find(state: State, channel: ChannelFacts, external_id: str) -> Message | None:
    return state.message_by_key.get((channel.id, external_id))


def _id_of(state: State, channel: ChannelFacts, external_id: str | None) -> int | None:
    found = _find(state, channel, external_id) if external_id else None
    return found.id if found else None


def _orphaned(state: State, channel: ChannelFacts, inbound: net.Inbound, external_id: str, at: int) -> Outcome:
    encoded = _json(inbound)
    waiting = state.orphans.get((channel.id, external_id), [])
    if any(o.inbound == encoded for o in waiting):
        return "duplicate"
    state.add(Orphan(state.next_id(), channel.id, external_id, encoded, at))
    return "orphan"


def _adopt_orphans(state: State, channel: ChannelFacts, external_ids: list[str], received_at: int) -> None:
    """Apply what arrived before its item, oldest first; a deletion wins over all."""
    for external_id in external_ids:
        waiting = state.orphans.pop((channel.id, external_id), [])
        inbounds = [(o.id, _decode(o.inbound)) for o in waiting]
        for orphan_id, inbound in sorted(inbounds, key=lambda pair: (isinstance(pair[1], net.MessageDeleted), pair[0])):
            text = getattr(inbound, "text", "")
            late = Prepared(inbound=inbound, preview=words.preview(text), folded=words.searchable(text))
            receive(state, channel, late, received_at)
            state.dropped_orphans.append(orphan_id)


_DECISIONS: dict[type, Callable[[State, ChannelFacts, Prepared, int], Outcome]] = {
    net.MessageReceived: _message,
    net.MessageEdited: _edited,
    net.MessageDeleted: _deleted,
    net.ReactionChanged: _reaction,
    net.ReceiptReceived: _receipt,
    net.CommentModerated: _moderated,
    net.ReviewReceived: _review,
    net.PostSeen: _post,
    net.IdentityChanged: _identity,
    net.IdentitiesLinked: _linked,
    net.ThreadMigrated: _migrated,
    net.ThreadClosed: _thread_closed,
}
