"""Our own content that comments hang on: made when it is first seen, kept current, counted by `apply`, given to a
campaign with all that is written under it.
"""

from __future__ import annotations

from connectors import inbound as net
from inbox.domain import campaigns, words
from inbox.domain import events as e
from inbox.domain.outcome import Outcome
from inbox.domain.records import Conversation, Post, Thread
from inbox.domain.state import ChannelFacts, Prepared, State

CARRY = "carry_post"
"""Kind of timer: what is written under a post goes to the campaign that the post came to."""


def post_of(state: State, channel: ChannelFacts, seen: net.Post, at: int, *, whole: bool = False) -> Post:
    """The stored post, brought up to date with what the network says now, or a new one. A comment names its post with
    as much as it happens to tell; a post that is told of by itself is `whole`: without words, it has none.
    """
    post = state.post_by_key.get((channel.id, seen.external_id))
    if post is None:
        return _made(state, channel, seen, at)
    before = (post.text, post.url, post.image_url, post.is_ad, post.posted_at)
    if (seen.text or whole) and seen.text != post.text:
        if not post.text and post.campaign_id is None:
            _named_late(state, channel, post, seen, at)
        post.text, post.words = seen.text, words.searchable(seen.text)
    post.url, post.image_url = seen.url or post.url, seen.image_url or post.image_url
    post.is_ad, post.posted_at = post.is_ad or int(seen.is_ad), post.posted_at or seen.posted_at
    if before != (post.text, post.url, post.image_url, post.is_ad, post.posted_at):
        state.touch(post)
        told(state, channel, post)
    return post


def _named_late(state: State, channel: ChannelFacts, post: Post, seen: net.Post, at: int) -> None:
    """A comment told of the post without its words; these name a campaign, to which all that was written under it goes
    too, when the timer fires.
    """
    post.campaign_id = campaigns.named_in(channel.campaigns, seen.text, post.posted_at or seen.posted_at or at)
    if post.campaign_id is not None:
        state.set_timer(CARRY, post.id, state.now)


def _made(state: State, channel: ChannelFacts, seen: net.Post, at: int) -> Post:
    return state.add(
        Post(
            id=state.next_id(),
            channel_id=channel.id,
            external_id=seen.external_id,
            text=seen.text,
            url=seen.url,
            image_url=seen.image_url,
            is_ad=int(seen.is_ad),
            campaign_id=campaigns.named_in(channel.campaigns, seen.text, seen.posted_at or at),
            posted_at=seen.posted_at,
            created_at=at,
            words=words.searchable(seen.text),
        )
    )


def told(state: State, channel: ChannelFacts, post: Post, actor: e.Actor = e.SYSTEM) -> None:
    """Tell those who see the channel that a post is new or changed."""
    state.emit(e.PostChanged(post_id=post.id), actor, audience=e.Audience(channel.id, channel.team_id))


def post_seen(state: State, channel: ChannelFacts, item: Prepared, received_at: int) -> Outcome:
    """The network told of a post by itself."""
    assert isinstance(item.inbound, net.PostSeen)
    known = (channel.id, item.inbound.post.external_id) in state.post_by_key
    post = post_of(state, channel, item.inbound.post, received_at, whole=True)
    if not known:
        told(state, channel, post)
    return "done"


def hang(state: State, channel: ChannelFacts, thread: Thread, seen: net.Post, at: int) -> None:
    """A thread belongs to the post it was first seen with. What was said in it before the network named the post
    counts too.
    """
    post = post_of(state, channel, seen, at)
    if thread.post_id is not None:
        return
    thread.post_id = post.id
    state.touch(thread)
    if not thread.conversation_id:
        return
    for wait in [w for w in state.waits.values() if w.thread_id == thread.id]:
        wait.post_id = post.id
        state.touch(wait)
    state.recounted.add(post.id)
    carry(state, state.conversations[thread.conversation_id], post.campaign_id)


def carry(state: State, conversation: Conversation, campaign_id: int | None, actor: e.Actor = e.SYSTEM) -> bool:
    """A conversation belongs to a campaign from now on, or to none. False when it is so already."""
    before = conversation.campaign_id
    if before == campaign_id:
        return False
    state.emit(e.CampaignChanged(conversation_id=conversation.id, before=before, after=campaign_id), actor)
    return True
