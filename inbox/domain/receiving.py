"""What a network told us, decided: one function per kind of inbound, all under the workspace lock on what is true now.

`receive` is the whole of intake's rules. Doing it twice with the same inbound changes nothing the second time; an edit,
deletion, reaction or receipt for an item we do not have waits as an orphan and is applied in the unit that brings the
item. An item that was erased here takes no words and no names any more, though the network still has them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from connectors import inbound as net
from inbox.domain import (
    campaigns,
    delivering,
    echoes,
    items,
    orphans,
    people,
    posts,
    reviews,
    survey_answers,
    threads,
    wait,
)
from inbox.domain import conversation as conversations
from inbox.domain import events as e
from inbox.domain.outcome import Outcome, mark_of
from inbox.domain.records import Conversation, Identity, Thread
from inbox.domain.state import ChannelFacts, Needs, Prepared, State
from inbox.domain.surveys import SURVEY

_json = msgspec.json.Encoder().encode
_PUBLIC = frozenset({"comment", "mention"})
"""Kinds of thread in which we may have spoken before any customer did."""


def receive(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    """Decide one inbound. The kinds that need no state (typing, fetch, ignored) are handled by intake before."""
    decide = _DECISIONS.get(type(item.inbound))
    return decide(state, channel, item, received_at) if decide is not None else "ignored"


def needs_of(needs: Needs, channel: ChannelFacts, inbound: net.Inbound) -> None:  # noqa: C901 - one arm for each kind
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
        case net.ReactionChanged(message_id=message_id, author=author):
            needs.items.add((channel.id, message_id))
            if not author.is_self:
                people.needs_of(needs, channel, author)
        case net.ReceiptReceived(message_id=message_id, thread_id=thread_id, client_ref=client_ref):
            if message_id is not None:
                needs.items.add((channel.id, message_id))
            if client_ref is not None:
                needs.client_keys.add(client_ref)
            if thread_id is not None:
                needs.threads.add((channel.id, thread_id))
                needs.watermarks.add((channel.id, thread_id))
        case net.PostSeen(post=post):
            needs.posts.add((channel.id, post.external_id))
        case net.IdentityChanged(author=author, thread_id=thread_id):
            needs.people.add(people.needs_of(needs, channel, author))
            if thread_id is not None:
                needs.threads.add((channel.id, thread_id))
        case net.IdentitiesLinked(author=author, other_id=other_id):
            people.needs_of(needs, channel, author)
            people.needs_of(needs, channel, net.Author(external_id=other_id))
        case net.ThreadMigrated(thread_id=old, new_thread_id=new):
            needs.threads |= {(channel.id, old), (channel.id, new)}
            needs.private.add(((channel.id, old), people.needs_of(needs, channel, net.Author(external_id=old))))
        case net.ThreadClosed(thread_id=closed):
            needs.threads.add((channel.id, closed))
        case _:
            pass


def _needs_of_item(needs: Needs, channel: ChannelFacts, inbound: net.MessageReceived | net.ReviewReceived) -> None:
    thread = (channel.id, inbound.thread.external_id)
    identity = people.needs_of(needs, channel, inbound.author, inbound.external_id)
    arriving = needs.items if isinstance(inbound, net.ReviewReceived) or inbound.author.is_self else needs.refs
    arriving.add((channel.id, inbound.external_id))
    needs.threads.add(thread)
    needs.authors.add((thread, identity))
    if inbound.thread.kind == "direct":
        needs.private.add((thread, identity))
    if inbound.thread.post is not None:
        needs.posts.add((channel.id, inbound.thread.post.external_id))
    if inbound.thread.bound_to is not None:
        needs.threads.add((channel.id, inbound.thread.bound_to))
    if isinstance(inbound, net.ReviewReceived):
        needs.words.add((channel.id, inbound.external_id))
        # Our answers to it, those that stand and those on their way.
        needs.watermarks.add(thread)
        needs.own_pending_keys.add(thread)
        if inbound.reply_id:
            needs.items.add((channel.id, inbound.reply_id))
        return
    refs = [inbound.in_reply_to or "", *inbound.thread.address.get("references", "").split(), *inbound.alternate_ids]
    arriving |= {(channel.id, ref) for ref in refs if ref}
    if inbound.client_ref:
        needs.client_keys.add(inbound.client_ref)
    if inbound.author.is_self:
        needs.own_pending_keys.add(thread)
        other = people.needs_of(needs, channel, _other_side(inbound))
        if inbound.thread.kind == "direct":
            needs.private.add((thread, other))


def _message(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.MessageReceived)
    known = items.find(state, channel, inbound.external_id)
    if known is not None:
        if inbound.author.is_self:
            echoes.timed(state, known, inbound)
        return "duplicate"
    if inbound.author.is_self:
        return _own_item(state, channel, item, inbound, received_at)
    identity = people.known(state, channel, inbound.author, at=received_at, item_id=inbound.external_id)
    mark = mark_of(channel, inbound.occurred_at, received_at)
    thread = threads.thread_of(
        state, channel, inbound.thread, identity, received_at, replies_to=_replies_to(state, channel, inbound)
    )
    answered = None
    if thread.survey_ask_id is not None and mark != "history" and not (inbound.automatic or inbound.attachments):
        answered = survey_answers.taken(state, thread, inbound.text, received_at)
    conversation = _conversation_of(
        state, channel, item, thread, identity, mark, received_at, quiet=mark == "history" or answered is not None
    )
    message = items.add_item(state, channel, item, thread, conversation, received_at, mark, identity=identity)
    message.in_reply_to = items.id_of(state, channel, inbound.in_reply_to)
    message.automatic = SURVEY if answered is not None else inbound.automatic
    message.needs_answer = int(inbound.needs_answer and not message.automatic)
    items.arrived(state, item, thread, conversation, message, e.Actor("contact", identity.contact_id))
    if answered is not None:
        survey_answers.answered_in_thread(state, *answered, message)
    _adopt_orphans(state, channel, [inbound.external_id, *inbound.alternate_ids], received_at)
    return "done"


def _own_item(
    state: State, channel: ChannelFacts, item: Prepared, inbound: net.MessageReceived, received_at: int
) -> Outcome:
    """An echo of our own send, or an answer written in the network's own app (`outside`), which counts. What we say in
    public before anybody else does (the first comment under our own post) is kept, and opens no conversation.
    """
    ours = echoes.echoed(state, channel.id, inbound)
    if ours is not None:
        return "duplicate"
    direct = inbound.thread.kind == "direct"
    other = people.find(state, channel, _other_side(inbound)) if direct else None
    thread = threads.thread_of(
        state, channel, inbound.thread, other, received_at, replies_to=_replies_to(state, channel, inbound)
    )
    mark = mark_of(channel, inbound.occurred_at, received_at)
    if not thread.conversation_id and thread.kind in _PUBLIC:
        items.add_item(state, channel, item, thread, None, received_at, mark, identity=None)
        return "done"
    if not thread.conversation_id:
        _begun_by_us(state, channel, item, thread, received_at)
    conversation = state.conversations[thread.conversation_id]
    message = items.add_item(state, channel, item, thread, conversation, received_at, mark, identity=None)
    message.in_reply_to = items.id_of(state, channel, inbound.in_reply_to) or thread.last_in_id
    answered = state.messages.get(message.in_reply_to or 0)
    message.identity_id = answered.identity_id if answered else thread.identity_id
    items.arrived(state, item, thread, conversation, message, e.Actor("outside"))
    if mark != "history" and not inbound.automatic:
        at = wait.customer_time(inbound.occurred_at, received_at)
        for wait_id in wait.covered(state, thread, message.identity_id):
            wait.answered(state, state.waits[wait_id], message, e.Actor("outside"), desk_at=received_at, customer_at=at)
    _adopt_orphans(state, channel, [inbound.external_id], received_at)
    return "done"


def _begun_by_us(state: State, channel: ChannelFacts, item: Prepared, thread: Thread, received_at: int) -> None:
    """A conversation whose first words are ours: it is the other side's."""
    inbound = item.inbound
    assert isinstance(inbound, net.MessageReceived)
    other = people.known(state, channel, _other_side(inbound), at=received_at)
    contact = state.contacts[other.contact_id]
    conversation = conversations.start(
        state, channel, thread, contact, at=received_at, subject=inbound.title, language=item.language
    )
    if thread.kind == "direct":
        thread.identity_id = other.id
        conversations.joined(state, conversation, other.id)


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
        known = items.find(state, channel, ref) if ref else None
        if known is not None and known.thread_id is not None:
            return state.threads.get(known.thread_id)
    return None


def _conversation_of(
    state: State, channel: ChannelFacts, item: Prepared, thread: Thread, identity: Identity, mark: str, at: int, *,
    quiet: bool,
) -> Conversation:  # fmt: skip
    """The conversation that a customer's item goes to; `quiet`: nothing happens to its status."""
    inbound = item.inbound
    assert isinstance(inbound, net.MessageReceived)
    contact = state.contacts[identity.contact_id]
    threads.move_window(state, channel, thread, inbound, at)
    if thread.conversation_id:
        replied = items.find(state, channel, inbound.in_reply_to or "")
        answers_us = thread.kind == "mail" and replied is not None and replied.direction == "out"
        return conversations.for_item(state, channel, thread, contact, history=quiet, answers_us=answers_us, at=at)
    origin = _json(inbound.origin).decode() if inbound.origin else ""
    started = conversations.start(
        state, channel, thread, contact, at=at if mark != "history" else inbound.occurred_at,
        subject=inbound.title, language=item.language, origin=origin,
    )  # fmt: skip
    for ours in items.unplaced_in(state, thread):
        items.place(state, thread, started, ours)
        _adopt_orphans(state, channel, [ours.external_id or ""], at)
    if started.campaign_id is None:
        started.campaign_id = campaigns.named_in(channel.campaigns, inbound.text, at)
        team_id = channel.campaign_teams.get(started.campaign_id or 0)
        if team_id is not None and team_id != started.team_id:
            state.emit(e.TeamChanged(conversation_id=started.id, before=started.team_id, after=team_id))
    if mark == "history":
        # Nobody has to act on what was said before the channel was connected.
        state.emit(e.ConversationClosed(conversation_id=started.id, episode=1, automatic=True))
    return started


def _edited(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.MessageEdited)
    message = items.placed(state, channel, inbound.external_id)
    if message is None:
        return _orphaned(state, channel, item, inbound.external_id, received_at)
    if message.deleted_at is not None or message.erased:
        return "duplicate"
    newest = state.contents.get(message.id)
    if (message.edited_at is not None and inbound.edited_at <= message.edited_at) or (
        newest is not None and inbound.attachments is None and newest.text == inbound.text
    ):
        return "duplicate"
    message.edited_at = min(inbound.edited_at, received_at)
    items.add_version(state, message, item, text=inbound.text)
    actor = e.Actor("outside") if message.direction == "out" else e.Actor("contact", message.author_id)
    items.versioned(state, message, item, actor)
    return "done"


def _deleted(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.MessageDeleted)
    message = items.placed(state, channel, inbound.external_id)
    if message is None:
        return _orphaned(state, channel, item, inbound.external_id, received_at)
    if message.deleted_at is not None:
        return "duplicate"
    erase = inbound.erase or (channel.erases_unsent and inbound.by == "author")
    items.gone(state, message, by=inbound.by, erase=erase)
    return "done"


def _reaction(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.ReactionChanged)
    message = items.placed(state, channel, inbound.message_id)
    if message is None:
        return _orphaned(state, channel, item, inbound.message_id, received_at)
    if message.erased:
        return "duplicate"
    who = inbound.author.external_id
    entries: list[list[Any]] = msgspec.json.decode(message.reactions) if message.reactions else []
    kept = [entry for entry in entries if entry[0] != who]
    kept += [[who, inbound.author.name, int(inbound.author.is_self), emoji] for emoji in inbound.emojis]
    if kept == entries:
        return "duplicate"
    message.reactions = _json(kept).decode() if kept else ""
    state.touch(message)
    if not inbound.author.is_self:
        actor = e.Actor("contact", message.author_id)
        state.emit(e.ReactionsChanged(conversation_id=message.conversation_id, message_id=message.id), actor)
        return "done"
    outside = e.Actor("outside")
    state.emit(e.ReactionsChanged(conversation_id=message.conversation_id, message_id=message.id), outside)
    if inbound.emojis:
        wait.liked(state, message, outside)
    return "done"


def _receipt(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.ReceiptReceived)
    if inbound.message_id is not None:
        message = items.placed(state, channel, inbound.message_id)
        if message is None:
            return _receipt_by_key(state, channel, item, inbound, received_at)
        return "done" if delivering.receipt(state, message, inbound) else "duplicate"
    thread = state.thread_by_key.get((channel.id, inbound.thread_id or ""))
    if thread is None or inbound.up_to is None:
        return "ignored"
    delivering.watermark(state, thread, inbound)
    return "done"


def _receipt_by_key(
    state: State, channel: ChannelFacts, item: Prepared, inbound: net.ReceiptReceived, received_at: int
) -> Outcome:
    """A receipt whose item has no such id here: it may come before the answer to our own request."""
    message = delivering.taken_with_key(state, inbound)
    if message is not None:
        delivering.receipt(state, message, inbound)
        return "done"
    if delivering.part_with_key(state, inbound.client_ref) is not None:
        # Of something done to an item (a reaction), no state is shown.
        return "ignored"
    return _orphaned(state, channel, item, inbound.message_id or "", received_at)


def _moderated(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.CommentModerated)
    message = items.placed(state, channel, inbound.external_id)
    if message is None:
        return _orphaned(state, channel, item, inbound.external_id, received_at)
    if message.deleted_at is not None:
        return "duplicate"
    if inbound.state == "removed":
        items.gone(state, message, by="us", erase=False, actor=e.Actor("outside"))
        return "done"
    if (message.hidden_at is not None) != (inbound.state == "hidden"):
        items.moderated(state, message, hidden=inbound.state == "hidden", actor=e.Actor("outside"))
        return "done"
    return "duplicate"


def _review(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    assert isinstance(item.inbound, net.ReviewReceived)
    outcome = reviews.receive(state, channel, item, received_at)
    if outcome == "done":
        _adopt_orphans(state, channel, [item.inbound.external_id], received_at)
    return outcome


def _identity(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    assert isinstance(item.inbound, net.IdentityChanged)
    people.changed(state, channel, item.inbound)
    return "done"


def _linked(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    assert isinstance(item.inbound, net.IdentitiesLinked)
    people.linked(state, channel, item.inbound)
    return "done"


def _orphaned(state: State, channel: ChannelFacts, item: Prepared, external_id: str, at: int) -> Outcome:
    return "orphan" if orphans.kept(state, channel, item, external_id, at) else "duplicate"


def _adopt_orphans(state: State, channel: ChannelFacts, external_ids: list[str], received_at: int) -> None:
    """Apply what arrived before its item, oldest first; a deletion wins over all."""
    for external_id in external_ids:
        waiting = state.orphans.pop((channel.id, external_id), [])
        found = [(one.id, orphans.item_of(one)) for one in waiting]
        for orphan_id, late in sorted(found, key=lambda one: (isinstance(one[1].inbound, net.MessageDeleted), one[0])):
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
    net.PostSeen: posts.post_seen,
    net.IdentityChanged: _identity,
    net.IdentitiesLinked: _linked,
    net.ThreadMigrated: threads.migrated,
    net.ThreadClosed: threads.closed,
}
