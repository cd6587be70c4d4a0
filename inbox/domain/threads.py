"""The network's own groupings: made, brought up to date, migrated, closed."""

from __future__ import annotations

import msgspec

from connectors import inbound as net
from inbox.domain import events as e
from inbox.domain import people, posts
from inbox.domain.outcome import Outcome
from inbox.domain.records import Identity, Thread
from inbox.domain.state import ChannelFacts, Prepared, State

NEW_THREAD = "new:"
"""Begins the external id of a thread that we began, until the network has named it."""

_json = msgspec.json.Encoder().encode


def thread_of(
    state: State, channel: ChannelFacts, seen: net.Thread, identity: Identity | None, at: int, *,
    replies_to: Thread | None = None,
) -> Thread:  # fmt: skip
    """The stored thread, brought up to date with what the network says now, or a new one without a conversation."""
    thread = state.thread_by_key.get((channel.id, seen.external_id)) or replies_to
    if thread is None and seen.kind == "direct" and identity is not None:
        thread = private_with(state, channel, identity, seen.external_id)
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
        posts.hang(state, channel, thread, seen.post, at)
    return thread


def private_with(state: State, channel: ChannelFacts, identity: Identity, external_id: str) -> Thread | None:
    """The direct thread with a person that the network calls by another of his names now, or that we began and it has
    not named yet. Threads that networks keep apart from one another (called by no name of his) are never meant.
    """
    if not people.is_called(state, identity, external_id):
        return None
    own = [
        th
        for th in state.threads.values()
        if (th.channel_id, th.identity_id, th.kind) == (channel.id, identity.id, "direct")
        and (th.external_id.startswith(NEW_THREAD) or people.is_called(state, identity, th.external_id))
    ]
    thread = max(own, key=lambda th: th.id, default=None)
    if thread is None:
        return None
    if thread.external_id.startswith(NEW_THREAD):
        thread.external_id = external_id
        state.touch(thread)
    state.thread_by_key[channel.id, external_id] = thread
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


def move_window(
    state: State, channel: ChannelFacts, thread: Thread, inbound: net.MessageReceived, received_at: int
) -> None:
    seconds = channel.window_seconds.get(thread.kind)
    ends = inbound.thread.window_closes_at
    if ends is None and seconds is not None:
        ends = min(inbound.occurred_at, received_at) + seconds * 1_000_000
    if ends is not None and ends > (thread.window_closes_at or 0):
        thread.window_closes_at = ends
        state.touch(thread)


def migrated(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.ThreadMigrated)
    thread = state.thread_by_key.get((channel.id, inbound.thread_id))
    identity = people.find(state, channel, net.Author(external_id=inbound.thread_id))
    if thread is None and identity is not None:
        thread = private_with(state, channel, identity, inbound.thread_id)
    if thread is None or (channel.id, inbound.new_thread_id) in state.thread_by_key:
        return "duplicate"
    thread.external_id = inbound.new_thread_id
    state.index(thread)
    state.touch(thread)
    state.emit(e.ThreadMigrated(conversation_id=thread.conversation_id, thread_id=thread.id))
    return "done"


def closed(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    inbound = item.inbound
    assert isinstance(inbound, net.ThreadClosed)
    thread = state.thread_by_key.get((channel.id, inbound.thread_id))
    if thread is None or thread.closed:
        return "duplicate"
    state.emit(e.ThreadClosed(conversation_id=thread.conversation_id, thread_id=thread.id, reason=inbound.reason))
    return "done"
