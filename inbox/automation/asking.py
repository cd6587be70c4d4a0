"""The facts that rules ask about, as a loaded state has them: what an earlier rule of the same step did counts."""

from __future__ import annotations

from inbox.domain.condition_facts import Facts
from inbox.domain.records import Conversation, Message
from inbox.domain.sla import Terms
from inbox.domain.state import State


def facts_now(state: State, conversation: Conversation, item: Message | None, previous: int | None) -> Facts:
    """A conversation and one of its items as they are now. `previous`: earlier conversations of the contact."""
    c = conversation
    content = state.contents.get(item.id) if item is not None else None
    thread = state.threads.get(item.thread_id or 0) if item is not None else None
    post = state.posts.get(thread.post_id or 0) if thread is not None else None
    contact = state.contacts.get(c.contact_id)
    author = state.identities.get(item.identity_id or 0) if item is not None else None
    known = author is not None and author.verified is not None
    return Facts(
        now=state.now, conversation_id=c.id, status=c.status, priority=c.priority, kind=c.kind, audience=c.audience,
        network=c.network, channel=c.channel_id, team=c.team_id, assignee=c.assignee_id, tag_text=c.tags,
        language=c.language, rating=c.rating, campaign=c.campaign_id, post=() if post is None else (post.id,),
        is_ad=post is not None and bool(post.is_ad), spam=bool(c.spam), escalated=bool(c.escalation),
        waiting_since=c.waiting_since, created_at=c.created_at, last_activity_at=c.last_activity_at,
        origin_text=c.origin, contact=c.contact_id, blocked=contact is not None and bool(contact.blocked),
        fields_text=c.fields, contact_text=contact.fields if contact is not None else "",
        previous_conversations=previous,
        verified=bool(author.verified) if author is not None and known else None,
        profile_text=author.profile if author is not None else "", item_kind=item.kind if item is not None else "",
        item_mark=item.mark if item is not None else "live",
        item_automatic=item.automatic if item is not None else "", text=content.text if content is not None else "",
        file_text=content.attachments if content is not None else "",
        sentiment=item.sentiment if item is not None else None, urgency=item.urgency if item is not None else None,
    )  # fmt: skip


def inside_hours(terms: Terms, team_id: int | None, channel_id: int, at: int) -> bool | None:
    """Whether a conversation's business hours are on; None: it has none, it is always open."""
    hours = terms.calendars.at(team_id, channel_id)
    return None if hours is None else hours.open_time(at, at + 1) > 0


def next_opening(terms: Terms, team_id: int | None, channel_id: int, at: int) -> int:
    """When a conversation's hours begin again; 0: not in the years to come."""
    hours = terms.calendars.at(team_id, channel_id)
    opened = hours.add(at, 1) if hours is not None else None
    return 0 if opened is None else opened - 1
