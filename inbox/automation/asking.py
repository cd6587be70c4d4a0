"""The facts that rules ask about, as a loaded state has them: what an earlier rule of the same step did counts."""

from __future__ import annotations

from inbox.domain import rules as r
from inbox.domain.condition_facts import Facts
from inbox.domain.records import Conversation, Message
from inbox.domain.sla import Terms
from inbox.domain.state import State
from inbox.domain.surveys import Answered


def facts_now(
    state: State, conversation: Conversation, item: Message | None, previous: int | None,
    answered: Answered | None = None,
) -> Facts:  # fmt: skip
    """A conversation and one of its items as they are now. `previous`: earlier conversations of the contact;
    `answered`: what was answered to a survey.
    """
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
        previous_conversations=previous, answered=answered,
        verified=bool(author.verified) if author is not None and known else None,
        profile_text=author.profile if author is not None else "", item_kind=item.kind if item is not None else "",
        item_mark=item.mark if item is not None else "live",
        item_automatic=item.automatic if item is not None else "", text=content.text if content is not None else "",
        file_text=content.attachments if content is not None else "",
        sentiment=item.sentiment if item is not None else None, urgency=item.urgency if item is not None else None,
    )  # fmt: skip


def changes_nothing(action: r.Action, facts: Facts) -> bool:
    """Whether what an action would do is so already. False of what is never so: a note, an answer."""
    match action:
        case r.AddTags(tag_ids=tags):
            return set(tags) <= set(facts.tag)
        case r.RemoveTags(tag_ids=tags):
            return set(tags).isdisjoint(facts.tag)
        case r.Assign(agent_id=agent):
            return facts.assignee == agent
        case r.GiveToTeam(team_id=team):
            return facts.team == team
        case r.SetPriority(to=priority):
            return facts.priority == priority
        case r.Escalate():
            return facts.escalated
        case r.Close():
            return facts.status == "closed"
        case r.Dismiss():
            return facts.waiting_since is None
        case r.MarkSpam():
            return facts.spam
        case _:
            return False


def inside_hours(terms: Terms, team_id: int | None, channel_id: int, at: int) -> bool | None:
    """Whether a conversation's business hours are on; None: it has none, it is always open."""
    hours = terms.calendars.at(team_id, channel_id)
    return None if hours is None else hours.open_time(at, at + 1) > 0


def next_opening(terms: Terms, team_id: int | None, channel_id: int, at: int) -> int:
    """When a conversation's hours begin again; 0: not in the years to come."""
    hours = terms.calendars.at(team_id, channel_id)
    opened = hours.add(at, 1) if hours is not None else None
    return 0 if opened is None else opened - 1
